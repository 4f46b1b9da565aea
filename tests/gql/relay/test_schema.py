"""What Relay asks of a schema: nodes, connections and their arguments.

The specifications: relay.dev/graphql/connections.htm and
relay.dev/docs/guides/graphql-server-specification.
"""

import pytest
from graphql import GraphQLObjectType, is_object_type, is_required_argument

from jobwire.gql.schema import core

OBJECTS = [kind for kind in core.type_map.values() if is_object_type(kind)]
CONNECTIONS = [kind for kind in OBJECTS if kind.name.endswith("Connection")]
FIELDS = [
    pytest.param(field, id=f"{kind.name}.{name}")
    for kind in OBJECTS
    for name, field in kind.fields.items()
    if str(field.type).removesuffix("!") in {one.name for one in CONNECTIONS}
]


def _types(kind: GraphQLObjectType) -> dict[str, str]:
    return {name: str(field.type) for name, field in kind.fields.items()}


def test_a_node_is_found_by_an_id_or_not_at_all() -> None:
    assert core.query_type is not None
    node, nodes = core.query_type.fields["node"], core.query_type.fields["nodes"]

    assert {name: str(one.type) for name, one in node.args.items()} == {"id": "ID!"}
    assert str(node.type) == "Node"
    assert {name: str(one.type) for name, one in nodes.args.items()} == {
        "ids": "[ID!]!"
    }
    assert str(nodes.type) == "[Node]!"
    assert _types(core.type_map["Node"]) == {"id": "ID!"}


def test_a_page_tells_where_it_stands() -> None:
    assert _types(core.type_map["PageInfo"]) == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


@pytest.mark.parametrize("kind", CONNECTIONS, ids=str)
def test_a_connection_has_edges_with_cursors(kind: GraphQLObjectType) -> None:
    name = kind.name.removesuffix("Connection")
    types = _types(kind)
    edge = _types(core.type_map[f"{name}Edge"])

    assert types["pageInfo"] == "PageInfo!"
    assert types["edges"] == f"[{name}Edge!]!"
    assert edge == {"cursor": "String!", "node": edge["node"]}
    assert types["nodes"] == f"[{edge['node']}]!"


@pytest.mark.parametrize("field", FIELDS)
def test_a_connection_is_read_in_pages(field) -> None:
    types = {name: str(argument.type) for name, argument in field.args.items()}
    backwards = {"last": "Int", "before": "String"}

    assert str(field.type).endswith("!")
    assert types.items() >= {"first": "Int", "after": "String"}.items()
    assert types.items() >= backwards.items() or not types.keys() & backwards
    assert not any(map(is_required_argument, field.args.values()))

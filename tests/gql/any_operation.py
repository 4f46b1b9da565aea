"""Operations at random: such as fit the schema, and such as do not."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zlib import crc32

from graphql import (
    ArgumentNode,
    DocumentNode,
    IntValueNode,
    NameNode,
    Node,
    ObjectFieldNode,
    ObjectValueNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    Visitor,
    build_schema,
    get_named_type,
    is_input_object_type,
    print_ast,
    visit,
)
from hypothesis import strategies as st
from hypothesis_graphql import Mode, from_schema, nodes

from jobwire.gql.pagination import job_cursors
from jobwire.gql.schema import print_schema
from jobwire.jobs.iso8601 import format_duration

#: Generated from what is printed: @oneOf of the schema in memory is Strawberry's alone.
SCHEMA = build_schema(print_schema())
FIELDS = sorted([*SCHEMA.query_type.fields, *SCHEMA.mutation_type.fields])

_CURSOR = job_cursors().encode(UUID("01941f29-7c00-7000-8000-000000000001"))
#: What texts stand for that would be refused if they were any text.
LIKELY: Mapping[str, Sequence[str]] = {
    "after": [_CURSOR],
    "before": [_CURSOR],
    "cron": ["* * * * *", "@daily", "0 9 * * MON", "0 0 31 2 *", "5L"],
    "timezone": ["UTC", "Europe/Berlin", "America/St_Johns", "Nowhere/Else"],
    "type": ["no-op", "count-primes", "no-such-type"],
    "userId": ["user-1", "user-2"],
    "userIds": ["user-1", "user-2"],
}
#: Names of arguments that hold ids.
_IDS = {"id", "ids", "jobId", "scheduleIds"}
#: Sizes that pages may have, and one that is too large.
_SIZES = {"first": 102, "last": 102, "count": 52}


def _texts(valid: st.SearchStrategy[str]) -> st.SearchStrategy[ValueNode]:
    """Generate values of a scalar that is written as text, nine of ten right."""
    return st.one_of(*[valid] * 9, st.text(max_size=20)).map(nodes.String)


_JSON = st.recursive(
    st.one_of(
        st.just(nodes.Null),
        st.booleans().map(nodes.Boolean),
        st.text(max_size=20).map(nodes.String),
        st.integers(-(2**63), 2**63).map(nodes.Int),
        st.floats(allow_nan=False, allow_infinity=False).map(nodes.Float),
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(nodes.List)
        | st.lists(
            st.builds(
                lambda name, value: ObjectFieldNode(
                    name=NameNode(value=name), value=value
                ),
                st.from_regex(r"[a-z][a-zA-Z]{0,8}", fullmatch=True),
                inner,
            ),
            max_size=3,
            unique_by=lambda member: member.name.value,
        ).map(nodes.Object)
    ),
    max_leaves=6,
)
_SCALARS: Mapping[str, st.SearchStrategy[ValueNode]] = {
    "DateTime": _texts(st.datetimes(timezones=st.timezones()).map(datetime.isoformat)),
    "Duration": _texts(
        st.timedeltas(timedelta(), timedelta(days=40_000)).map(format_duration)
    ),
    "EventCursor": _texts(st.from_regex(r"[A-Za-z0-9._~=-]{1,40}", fullmatch=True)),
    "JSON": _JSON,
}


#: What stands in texts of PostgreSQL, of Python and of the machine.
_INSIDE = re.compile(
    r"INTERNAL_ERROR|Traceback|\.py\b|site-packages|asyncpg|sqlalchemy|<[a-z_]+ object"
    r"|SELECT |INSERT INTO|\$\d+::|violates|invalid input syntax",
)


def tells_of_the_inside(answer: str) -> bool:
    """Whether an answer says what is no business of its reader."""
    return _INSIDE.search(answer) is not None


class _Likely(Visitor):
    """Makes most values of arguments with certain names such as occur."""

    def __init__(self, types: TypeInfo, ids: Sequence[str]) -> None:
        super().__init__()
        self._types = types
        self._texts = {**LIKELY, **dict.fromkeys(_IDS, ids)}
        self._names: list[str] = []

    def enter(self, node: Node, *_: object) -> Node | None:
        if isinstance(node, ArgumentNode | ObjectFieldNode):
            self._names.append(node.name.value)
        name = self._names[-1] if self._names else ""
        if isinstance(node, StringValueNode) and name in self._texts:
            chosen = crc32(node.value.encode())
            if chosen % 4:
                texts = self._texts[name]
                return StringValueNode(value=texts[chosen % len(texts)])
        if isinstance(node, IntValueNode) and name in _SIZES:
            return IntValueNode(value=str(int(node.value) % _SIZES[name]))
        if isinstance(node, ObjectValueNode) and self._is_one_of():
            # The generator knows nothing of @oneOf.
            given = [one for one in node.fields if one.value.kind != "null_value"]
            return ObjectValueNode(fields=tuple(given[-1:]))
        return None

    def _is_one_of(self) -> bool:
        type = get_named_type(self._types.get_input_type())
        return is_input_object_type(type) and type.is_one_of

    def leave(self, node: Node, *_: object) -> None:
        if isinstance(node, ArgumentNode | ObjectFieldNode):
            self._names.pop()


def operations(field: str, ids: Sequence[str]) -> st.SearchStrategy[str]:
    """Generate operations of one root field.

    Args:
        field: The field, of Query or of Mutation.
        ids: Ids of what is there.
    """

    def print_likely(document: DocumentNode) -> str:
        types = TypeInfo(SCHEMA)
        likely = TypeInfoVisitor(types, _Likely(types, ids))
        return print_ast(visit(document, likely))

    return from_schema(
        SCHEMA, fields=[field], custom_scalars=_SCALARS, print_ast=print_likely
    )


def wrong_operations() -> st.SearchStrategy[str]:
    """Generate operations that break the schema in one place."""
    return from_schema(SCHEMA, custom_scalars=_SCALARS, mode=Mode.NEGATIVE)

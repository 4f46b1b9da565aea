"""The printed schema, held to the rules of graphql-eslint."""

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.conftest import run_node

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
#: A schema that breaks rules, each in one place.
FAULTY = '''
"""What can be read."""
type Query {
  """The things."""
  getThings(
    """How many."""
    first: Int
  ): ThingConnection!

  """Where from."""
  old: Int @deprecated
}

"""Nobody can reach it."""
type Alone {
  """A number."""
  aloneNumber: Int
}

"""A page."""
type ThingConnection {
  """What is on it."""
  edges: [ThingEdge]

  """Where it stands."""
  pageInfo: PageInfo
}

type ThingEdge {
  """The thing."""
  node: [Int]
}

"""Where a page stands."""
type PageInfo {
  """Whether there is more."""
  hasNextPage: Boolean
}

"""A choice."""
input choice @oneOf {
  """One."""
  one: Int!
}
'''
BROKEN = {
    "naming-convention",
    "no-typename-prefix",
    "no-unreachable-types",
    "relay-arguments",
    "relay-connection-types",
    "relay-edge-types",
    "relay-page-info",
    "require-deprecation-date",
    "require-deprecation-reason",
    "require-description",
    "require-nullable-fields-with-oneof",
}


@pytest.fixture(scope="module")
def found(npm: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[Any]]:
    """What is wrong with ours, and with the faulty one."""
    faulty = tmp_path_factory.mktemp("schemas") / "faulty.graphql"
    faulty.write_text(FAULTY)
    return run_node(npm / "lint_schema.mjs", str(SCHEMA), str(faulty))


def test_the_schema_keeps_the_rules(found: list[list[Any]]) -> None:
    ours, _ = found

    assert ours == []


def test_the_rules_notice_a_faulty_schema(found: list[list[Any]]) -> None:
    _, theirs = found

    assert {
        fault["rule"].removeprefix("@graphql-eslint/") for fault in theirs
    } == BROKEN

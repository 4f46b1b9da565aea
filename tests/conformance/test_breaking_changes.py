"""The schema against that of the last release: clients of it go on working."""

from pathlib import Path

import pytest

from jobwire.gql.schema import print_schema
from tests.conformance.schema_changes import breaking_changes

RELEASED = Path(__file__).parent / "schema.released.graphql"

#: Changes that break clients of the last release all the same, as the test says them,
#: each with its reason. A release empties it: docs/releasing.md.
ACCEPTED: dict[str, str] = {}

WHAT_TO_DO = """These break clients of the last release. Rather keep the old member
beside the new one, with @deprecated and what to use instead. If it cannot be helped,
write the sentence above into ACCEPTED with the reason, and tell of it in the changelog.
"""
NOT_ANY_MORE = """These are no changes since the last release, or not any more: take
them out of ACCEPTED.
"""

THING = '''
"""What it does. Members may be added."""
enum Open { A }
enum Closed { A B }
"""What it is. Members may be added."""
union OpenUnion = Thing
union ClosedUnion = Thing
directive @requiresScope(scope: Open!) on FIELD_DEFINITION
directive @oneOf on INPUT_OBJECT
type Thing { id: ID! name: String! }
type Other { id: ID! }
input Choice { one: Int two: Int }
type Query {
  thing(id: ID, size: Int = 1, choice: Choice): Thing!
  open: Open
  closed: Closed
  unions: [OpenUnion]
  others: [ClosedUnion]
  secret: Int @requiresScope(scope: A)
}
'''


@pytest.fixture(scope="module")
def found() -> list[str]:
    return breaking_changes(RELEASED.read_text(), print_schema())


def test_nothing_breaks_clients_of_the_last_release(found: list[str]) -> None:
    assert [change for change in found if change not in ACCEPTED] == [], WHAT_TO_DO


def test_what_is_accepted_has_changed(found: list[str]) -> None:
    assert [change for change in ACCEPTED if change not in found] == [], NOT_ANY_MORE


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("name: String! ", "", "Field Thing.name was removed."),
        (
            "): Thing!",
            "): Thing",
            "Field Query.thing changed type from Thing! to Thing.",
        ),
        (
            "(id: ID,",
            "(id: ID!,",
            "Argument Query.thing(id:) has changed type from ID to ID!.",
        ),
        ("size: Int = 1, ", "", "Argument Query.thing(size:) was removed."),
        (
            "size: Int = 1",
            "size: Int = 2",
            "Query.thing(size:) has changed defaultValue from 1 to 2.",
        ),
        ("enum Closed { A B", "enum Closed { A", "Enum value Closed.B was removed."),
        (
            "enum Closed { A B",
            "enum Closed { A B C",
            "Enum value Closed.C was added.",
        ),
        (
            "union ClosedUnion = Thing",
            "union ClosedUnion = Thing | Other",
            "Other was added to union type ClosedUnion.",
        ),
        ("one: Int ", "one: Int! ", "Field Choice.one changed type from Int to Int!."),
        ("input Choice", "input Choice @oneOf", "Choice got @oneOf."),
        (
            "open: Open",
            "open: Open @requiresScope(scope: A)",
            "Query.open got @requiresScope(scope: A).",
        ),
        (
            "secret: Int @requiresScope(scope: A)",
            "secret: Int @requiresScope(scope: B)",
            "Query.secret got @requiresScope(scope: B).",
        ),
    ],
    ids=lambda value: value.strip(),
)
def test_a_change_that_breaks_is_found(old: str, new: str, change: str) -> None:
    assert THING.count(old) == 1

    assert breaking_changes(THING, THING.replace(old, new)) == [change]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("enum Open { A", "enum Open { A B"),
        ("union OpenUnion = Thing", "union OpenUnion = Thing | Other"),
        ("name: String!", "name: String! age: Int"),
        ("size: Int = 1", "size: Int = 1, more: Int"),
        ("two: Int", "two: Int three: Int"),
        ("open: Open", 'open: Open @deprecated(reason: "Read closed.")'),
        ("@requiresScope(scope: A)\n", "\n"),
        ("closed: Closed", "closed: Closed! new: Int @requiresScope(scope: A)"),
    ],
    ids=lambda value: value.strip(),
)
def test_a_change_that_breaks_nothing_is_let_pass(old: str, new: str) -> None:
    assert THING.count(old) == 1

    assert breaking_changes(THING, THING.replace(old, new)) == []

"""The reference of the schema on the site: all of it, once, with links that fit."""

import re

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
)

from jobwire.jobs.errors import JobError
from tests.docs.reader import ROOT
from tools.documentation.schema_reference import PAGES, pages

SDL = (ROOT / "schema.graphql").read_text()
REFERENCE = pages(SDL)
SMALL = '''
"""What can be read."""
type Query {
  """Old jobs | of *anybody*, by SOME_CODE of OldThing."""
  old(first: Int = 20, kinds: [Kind!] = [A]): [OldThing!]!
    @deprecated(reason: "Ask new.")
}
enum Kind { A @deprecated(reason: "Gone on 2027-01-01.") B }
interface UserError { code: String! }
type GoneError implements UserError { code: String! }
type OldThing { id: ID! }
union Any = OldThing | GoneError
input Choice @oneOf { one: ID other: ID }
'''


@pytest.fixture
def small() -> dict[str, str]:
    return pages(SMALL)


def test_each_type_and_each_member_has_one_anchor() -> None:
    schema = build_schema(SDL)
    roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
    expected = [one.name for one in schema.directives if one.ast_node]
    for name, type in schema.type_map.items():
        if name.startswith("__"):
            continue
        if type in roots:
            assert isinstance(type, GraphQLObjectType)
            expected += type.fields
            continue
        expected.append(name)
        if isinstance(
            type, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType
        ):
            expected += [f"{name}.{member}" for member in type.fields]
        elif isinstance(type, GraphQLEnumType):
            expected += [f"{name}.{member}" for member in type.values]

    assert len(expected) > 500
    anchors = [re.findall(r"\{ #([\w.]+) \}", page) for page in REFERENCE.values()]
    assert set(expected) <= {one for page in anchors for one in page}
    # A query and a subscription may have the same name.
    assert [page for page in anchors if len(set(page)) < len(page)] == []


def test_the_menu_has_every_page() -> None:
    menu = (ROOT / "mkdocs.yml").read_text()

    assert set(re.findall(r"- (reference/.+\.md)", menu)) == set(REFERENCE)
    assert len(REFERENCE) == len(PAGES) + 1


def test_what_is_deprecated_is_marked_where_it_stands(small: dict[str, str]) -> None:
    queries, enums = small["reference/queries.md"], small["reference/enums.md"]

    assert '!!! warning "Deprecated"\n\n    Ask new.' in queries
    assert "| **Deprecated: Gone on 2027-01-01.**" in enums


def test_types_defaults_and_words_of_a_description_are_shown(
    small: dict[str, str],
) -> None:
    page = small["reference/queries.md"]

    assert r"Old jobs \| of \*anybody\*, by `SOME_CODE` of [OldThing](" in page
    assert r"\[[`OldThing`](objects.md#OldThing)!\]!" in page
    assert r"[`Int`](scalars.md#Int) = `20`" in page
    assert r"\[[`Kind`](enums.md#Kind)!\] = `[A]`" in page


def test_scopes_and_costs_are_told(small: dict[str, str]) -> None:
    mutations = REFERENCE["reference/mutations.md"]
    [section] = re.findall(
        r"^## scheduleJob .*?(?=^## )", mutations, re.MULTILINE | re.DOTALL
    )

    assert "Needs the scope `JOBS_WRITE`." in section
    assert "scope" not in small["reference/queries.md"]


def test_refusals_have_a_page_of_their_own(small: dict[str, str]) -> None:
    page = small["reference/errors.md"]

    assert "## GoneError {" in page
    assert "GoneError {" not in small["reference/objects.md"]
    codes = {one.code for one in JobError.__subclasses__() if "code" in vars(one)}
    assert codes
    assert all(f"| `{code}` | " in page for code in codes)


def test_unions_and_inputs_of_one_say_so(small: dict[str, str]) -> None:
    assert "One of [`OldThing`](" in small["reference/objects.md"]
    assert "Exactly one member is given." in small["reference/inputs.md"]

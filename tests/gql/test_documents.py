"""Documents: read once, chosen from by name."""

import pytest

from jobwire.gql.documents import MAX_ERRORS, DocumentError, prepare
from jobwire.gql.documents.cache import MAX_CACHED_LENGTH
from jobwire.gql.error_codes import ErrorCode

QUERY = "query A { viewer { userId } } query B { viewer { scopes } }"


def test_a_document_is_read_once() -> None:
    assert prepare(QUERY) is prepare(QUERY)


def test_a_long_document_is_not_kept() -> None:
    long = QUERY.ljust(MAX_CACHED_LENGTH + 1)

    assert prepare(long) is not prepare(long)


def test_a_document_that_does_not_fit_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(DocumentError) as refused:
            prepare("{ nothing }")
        assert refused.value.code is ErrorCode.VALIDATION_FAILED


def test_an_operation_is_chosen_by_its_name() -> None:
    chosen = prepare(QUERY).operation("B")

    assert chosen.name is not None
    assert chosen.name.value == "B"


@pytest.mark.parametrize("name", ["C", None, ""])
def test_an_operation_that_cannot_be_told_is_refused(name: str | None) -> None:
    with pytest.raises(DocumentError) as refused:
        prepare(QUERY).operation(name)

    assert refused.value.code is ErrorCode.OPERATION_RESOLUTION_FAILURE


def test_nothing_is_found_out_about_operations_that_do_not_run() -> None:
    document = prepare(QUERY)
    document.prices["B"].of({})

    assert set(document.prices) == {"B"}


def test_a_long_value_is_not_quoted_for_each_of_its_faults() -> None:
    faults = " ".join(f"a{number}: 1" for number in range(MAX_ERRORS))

    def told(more: str) -> int:
        with pytest.raises(DocumentError) as refused:
            prepare(f"{{ jobs(filter: {{ {faults} {more} }}) {{ nodes {{ id }} }} }}")
        return len(refused.value.errors)

    assert told("") == MAX_ERRORS
    assert told(f"b: [{'1 ' * 9_000}]") == 1


@pytest.mark.parametrize("name", [None, ""])
def test_the_only_operation_needs_no_name(name: str | None) -> None:
    prepare("query A { viewer { userId } }").operation(name)


@pytest.mark.parametrize(
    "text", ["{}", "query Q {}", "{ viewer {} }", "{ ... on Query {} }"]
)
def test_a_selection_of_nothing_is_no_graphql(text: str) -> None:
    with pytest.raises(DocumentError) as refused:
        prepare(text)

    assert refused.value.code is ErrorCode.PARSE_FAILED

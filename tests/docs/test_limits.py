"""`docs/limits.md`: the limits that it names are those that hold."""

from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from jobwire.app.jobwire import STATEMENT_TIMEOUT
from jobwire.app.server import MAX_FRAME_BYTES
from jobwire.app.settings import Settings
from jobwire.gql import context, json_codec, limits, scalars
from jobwire.gql.documents import rules
from jobwire.gql.errors import MAX_MESSAGE
from jobwire.gql.queries.node import MAX_NODES
from jobwire.gql.schema import core
from jobwire.gql.transports import Terms, parameters, protocol
from jobwire.jobs.filters import MAX_ALTERNATIVES
from jobwire.jobs.job_ranges import LOOKS
from jobwire.jobs.queries import MAX_PAGE

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
ROWS = {
    cells[0]: cells[1]
    for line in PAGE.read_text().splitlines()
    if line.startswith("| ")
    and (cells := [cell.strip() for cell in line.strip("|").split(" | ")])
}
LIMITS: dict[str, tuple[float, ...]] = {
    "body of a `POST`": (parameters.MAX_BODY_BYTES,),
    "query string of a `GET`": (parameters.MAX_QUERY_STRING_BYTES,),
    "message over a websocket": (protocol.MAX_MESSAGE_LENGTH, MAX_FRAME_BYTES),
    "levels of nested JSON": (json_codec.MAX_LEVELS,),
    "digits of a number": (json_codec.MAX_DIGITS,),
    "characters": (limits.MAX_LENGTH,),
    "lines": (limits.MAX_LINES,),
    "tokens": (limits.MAX_TOKENS,),
    "comments": (limits.MAX_COMMENTS,),
    "characters of a name": (limits.MAX_NAME,),
    "operations": (limits.MAX_OPERATIONS,),
    "levels of nested fields, introspection left out": (limits.MAX_DEPTH,),
    "fields at the root of an operation": (limits.MAX_ROOTS,),
    "fields of an operation": (limits.MAX_FIELDS,),
    "aliases of an operation": (limits.MAX_ALIASES,),
    "directives of an operation": (limits.MAX_DIRECTIVES,),
    "directives at one place": (limits.MAX_DIRECTIVES_AT_ONCE,),
    "errors that are told": (rules.MAX_ERRORS,),
    "characters of an error's message": (MAX_MESSAGE,),
    "comparisons of fields to validate it": (rules.MAX_COMPARISONS,),
    "cost of an operation": (limits.MAX_COST,),
    "items of a page": (MAX_PAGE,),
    "ids of `nodes(ids:)`": (MAX_NODES,),
    "alternatives in one member of a filter": (MAX_ALTERNATIVES,),
    "jobs that are looked at by each index": (LOOKS[-1],),
    "items of any list of an input": (limits.MAX_LIST,),
    "members of any object of an input": (limits.MAX_MEMBERS,),
    "characters of any `String` or `ID` of an input": (limits.MAX_STRING,),
    "characters of JSON in variables, each counted as often as it is used": (
        limits.MAX_REPEATED,
    ),
    "levels of a `JSON` value": (scalars.MAX_JSON_DEPTH,),
    "stored JSON in one answer: data, results, metadata, changes": (context.MAX_JSON,),
    "time of a query or a mutation": (
        Settings.model_fields["operation_seconds"].default,
    ),
    "time of one statement in the database": (STATEMENT_TIMEOUT.total_seconds(),),
    "operations that start in a minute": (
        Settings.model_fields["operations_per_minute"].default,
    ),
    "queries and mutations under way": (Terms().operations,),
    "websockets and event streams": (Terms().connections,),
    "subscriptions": (Terms().streams,),
    "characters of answers that wait to be read, and of messages of subscriptions that"
    " have more than 65,536": (Terms().unread,),
}
PRICES = [cells for cells in ROWS.items() if cells[0].startswith("`{")]


@pytest.mark.parametrize("limit", LIMITS)
def test_the_numbers_of_a_limit_are_those_that_hold(limit: str) -> None:
    for number in LIMITS[limit]:
        assert f"{number:,.0f}" in ROWS[limit]


@pytest.mark.parametrize(("text", "price"), PRICES)
def test_the_prices_of_the_examples_are_those_that_hold(text: str, price: str) -> None:
    document = parse(text.strip("`"))
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    weights = limits.read_weights(core)

    found = limits.price(core, weights, document, operation).of({})

    assert f"{found:,}" in price.replace(":", " ").split()

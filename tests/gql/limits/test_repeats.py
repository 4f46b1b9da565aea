"""Variables in many places: just below, just above, in literals and by fragments."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from jobwire.gql.limits import MAX_REPEATED, repeated_variables, too_much_repeated
from tests.gql.client import Api

HALF = "x" * (MAX_REPEATED // 2 - 2)
SCHEDULE = 'scheduleJob(input: {type: "no-op", tag: "a", data: %s}) { created }'


def _uses(text: str) -> dict[str, int]:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return dict(repeated_variables(document, operation))


def _refusal(uses: dict[str, int], variables: dict[str, Any]) -> str | None:
    [operation] = parse("{ a }").definitions
    assert isinstance(operation, OperationDefinitionNode)
    refused = too_much_repeated(uses, variables, operation)
    return None if refused is None else refused.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("query ($a: JSON, $b: JSON) { f(x: $a, y: $b) }", {}),
        ("query ($a: JSON) { f(x: [$a, {m: $a}]) }", {"a": 2}),
        ("query ($a: JSON, $b: JSON) { f(x: [$a, $a, $b]) }", {"a": 2, "b": 1}),
        ("query ($a: JSON) { f(x: $a) ...F } fragment F on T { g(x: $a) }", {"a": 2}),
        (
            """query ($a: JSON) { ...F ...F } fragment F on T { ...G ...G }
            fragment G on T { g(x: [$a, $a]) }""",
            {"a": 8},
        ),
    ],
)
def test_each_use_of_a_variable_counts(text: str, expected: dict[str, int]) -> None:
    assert _uses(text) == expected


@pytest.mark.parametrize(
    ("value", "times"),
    [
        (HALF, 2),
        ([HALF[:-3]], 2),
        ({"": HALF[:-6]}, 2),
        (10**998, MAX_REPEATED // 1000),
        (None, MAX_REPEATED // 4),
    ],
)
def test_as_much_as_is_allowed_may_be_repeated_and_no_more(
    value: Any, times: int
) -> None:
    assert _refusal({"a": times}, {"a": value}) is None

    message = _refusal({"a": times + times // 100 + 1}, {"a": value})
    assert message is not None
    assert message.endswith("characters of JSON; at most 2,097,152 are allowed.")


def test_a_variable_that_is_not_given_counts_nothing() -> None:
    assert _refusal({"a": MAX_REPEATED}, {"b": HALF}) is None


@pytest.mark.parametrize(
    ("declared", "variables"),
    [("$a: JSON", {"a": "x" * 1_000}), (f'$a: JSON = "{"x" * 1_000}"', {})],
)
async def test_a_value_in_thousands_of_places_is_refused_before_it_is_read(
    api: Api, declared: str, variables: dict[str, Any]
) -> None:
    text = f"mutation ({declared}) {{ {SCHEDULE % ('[' + '$a ' * 2_100 + ']')} }}"

    answer = await api(text, **variables)

    [error] = answer["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert error["extensions"]["found"] == 2_100 * 1_002


async def test_a_job_in_a_thousand_places_is_refused_before_it_is_read(
    api: Api,
) -> None:
    answer = await api(
        f"""mutation ($job: ScheduleJobInput!) {{
          scheduleJobs(input: {{jobs: [{"$job " * 1_000}]}}) {{ errors {{ code }} }}
        }}""",
        job={"type": "no-op", "tag": "a", "data": "x" * 10_000},
    )

    [error] = answer["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "as often as it is used" in error["message"]

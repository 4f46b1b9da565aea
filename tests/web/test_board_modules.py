"""The board's modules by themselves: forms and words."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from playwright.async_api import Page
from pydantic import BaseModel, Field

pytestmark = pytest.mark.browser


class Color(StrEnum):
    RED = "red"
    GREEN = "green"


class Address(BaseModel):
    city: str
    zip: Annotated[str, Field(pattern="^[0-9]{5}$")] | None = None


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    name: str


class Order(BaseModel):
    name: Annotated[str, Field(min_length=2, max_length=40)]
    notes: str = ""
    count: Annotated[int, Field(ge=1, le=10)] = 1
    ratio: Annotated[float, Field(gt=0, lt=1)] = 0.5
    is_dry: bool = True
    is_checked: bool | None = None
    color: Color = Color.GREEN
    labels: list[str] = []
    limit: int | None = None
    address: Address
    billing: Address | None = None
    since: datetime | None = None
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    amount: int | str = 0
    extra: dict[str, int] = {}


class Tree(BaseModel):
    name: str
    children: list["Tree"] = []


EVERYTHING = Order(
    name="Ada",
    notes="two\nlines",
    count=3,
    ratio=0.25,
    is_dry=False,
    is_checked=True,
    color=Color.RED,
    labels=["a", "b"],
    limit=7,
    address=Address(city="Ulm", zip="89073"),
    billing=Address(city="Bonn"),
    since=datetime(2026, 11, 23, 19, 30, tzinfo=UTC),
    pet=Dog(name="Rex"),
    amount="many",
    extra={"x": 1},
)
LITTLE = Order(name="Bo", address=Address(city="Ulm"), pet=Cat())
TREE = Tree(name="root", children=[Tree(name="leaf", children=[Tree(name="bud")])])


@pytest.fixture
def with_form(modules: Page) -> Callable[..., Any]:
    """Run a piece of JavaScript over `form`, the form of a schema, and `given`."""

    async def run(schema: object, script: str, given: object = None) -> Any:
        return await modules.evaluate(
            f"""async ([schema, given]) => {{
              const {{ DataForm }} = await import("/board/form.js");
              const form = new DataForm(schema);
              document.body.replaceChildren(form.node);
              {script}
            }}""",
            [schema, given],
        )

    return run


@pytest.mark.parametrize("data", [EVERYTHING, LITTLE, TREE], ids=lambda d: repr(d)[:20])
async def test_form_holds_what_a_model_holds(
    with_form: Callable[..., Any], data: BaseModel
) -> None:
    read = await with_form(
        type(data).model_json_schema(),
        "form.write(given); return form.read();",
        data.model_dump(mode="json"),
    )

    assert type(data).model_validate(read) == data


async def test_form_begins_with_the_defaults(with_form: Callable[..., Any]) -> None:
    read = await with_form(Order.model_json_schema(), "return form.read();")

    assert read == {
        "name": "",
        "notes": "",
        "count": 1,
        "ratio": 0.5,
        "is_dry": True,
        "color": "green",
        "labels": [],
        "address": {"city": ""},
        "pet": {"kind": "cat", "lives": 9},
        "amount": 0,
        "extra": {},
    }


@pytest.mark.parametrize(
    ("schema", "control"),
    [
        ({"type": "string", "maxLength": 60}, "text"),
        ({"type": "string", "maxLength": 500}, "textarea"),
        ({"type": "string"}, "textarea"),
        ({"type": "string", "format": "date-time"}, "datetime-local"),
        ({"type": "boolean"}, "checkbox"),
        ({"enum": ["a", "b"]}, "select-one"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "textarea"),
        ({"type": "array", "prefixItems": [{"type": "integer"}]}, "textarea"),
        ({}, "textarea"),
    ],
)
async def test_form_offers_the_control_that_a_schema_asks_for(
    with_form: Callable[..., Any], schema: dict[str, object], control: str
) -> None:
    offered = await with_form(
        {"type": "object", "properties": {"it": schema}, "required": ["it"]},
        """const inputs = form.node.querySelectorAll("section > div:last-child"
             + " :is(input, select, textarea)");
           return [...inputs].map((input) => input.type);""",
    )

    assert offered == [control]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"name": "A"}, "At least 2 characters."),
        ({"count": 11}, "At most 10."),
        ({"count": 1.5}, "Enter a whole number."),
        ({"ratio": 0}, "More than 0."),
        ({"address": {"city": "Ulm", "zip": "x"}}, "It must match ^[0-9]{5}$"),
    ],
)
async def test_form_says_at_the_field_what_cannot_be_right(
    with_form: Callable[..., Any], given: dict[str, object], problem: str
) -> None:
    shown = await with_form(
        Order.model_json_schema(),
        """form.write(given);
           form.check();
           const errors = form.node.querySelectorAll(".field-error:not([hidden])");
           return [...errors].map((error) => error.textContent);""",
        LITTLE.model_dump(mode="json", exclude_none=True) | given,
    )

    assert shown == [problem]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        (["address", "zip"], "Zip"),
        (["labels", "1"], "Item 2"),
        (["pet", "Dog", "name"], "Name"),
        (["pet", "dog", "name"], "Name"),
    ],
)
async def test_form_shows_a_refusal_at_the_field_that_its_path_names(
    with_form: Callable[..., Any], path: list[str], label: str
) -> None:
    shown = await with_form(
        Order.model_json_schema(),
        """form.write(given.data);
           const input = form.show(given.path, "No.");
           const field = input.closest(".field");
           return [field.querySelector("label").firstChild.textContent,
                   field.querySelector(".field-error").textContent];""",
        {"data": EVERYTHING.model_dump(mode="json"), "path": path},
    )

    assert shown == [label, "No."]


async def test_form_keeps_data_as_json_that_it_cannot_hold(
    with_form: Callable[..., Any],
) -> None:
    given = {"limit": 5, "unknown": True}

    read, is_json = await with_form(
        {"type": "object", "properties": {"limit": {"type": "integer"}}},
        """form.write(given);
           return [form.read(), form.node.querySelector("textarea") !== null];""",
        given,
    )

    assert read == given
    assert is_json


async def test_form_without_a_schema_takes_any_json(
    with_form: Callable[..., Any],
) -> None:
    first, read, is_json = await with_form(
        {},
        """const first = form.read();
           form.write(given);
           return [first, form.read(), form.node.querySelector("input") === null];""",
        [1, {"two": 2}],
    )

    assert first == {}
    assert read == [1, {"two": 2}]
    assert is_json


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"dispatch_state": "sending", "dispatch_number": 1},
            "handing over to Trigger.dev",
        ),
        ({"dispatch_state": "sending"}, "handing over to Trigger.dev once more"),
        ({"dispatch_state": "unknown"}, "the answer was lost, looking for the run"),
        ({"dispatch_state": "none"}, "not accepted, to be handed over again"),
        (
            {"dispatch_state": "linked", "trigger_run_id": "run_1"},
            "accepted as run_1",
        ),
        ({"dispatch_state": "paused"}, "paused"),
    ],
)
async def test_history_has_words_for_each_state_of_a_dispatch(
    modules: Page, changes: dict[str, object], words: str
) -> None:
    event = {
        "kind": "DISPATCHED",
        "fromStatus": "QUEUED",
        "toStatus": "QUEUED",
        "source": "DISPATCH",
        "changes": changes,
    }

    told = await modules.evaluate(
        """async (event) => {
          const { describeMove } = await import("/board/event-words.js");
          return describeMove(event);
        }""",
        event,
    )

    assert told == words


@pytest.mark.parametrize(
    ("health", "is_troubled"),
    [
        ("HEALTHY", False),
        ("NOT_CONFIGURED", False),
        ("DEGRADED", True),
        ("UNREACHABLE", True),
        ("ON_HOLIDAY", True),
    ],
)
async def test_health_that_the_page_does_not_know_is_trouble(
    modules: Page, health: str, *, is_troubled: bool
) -> None:
    found = await modules.evaluate(
        """async (health) => {
          const { isTroubled } = await import("/board/executor.js");
          return isTroubled({ executor: "TRIGGER", health, reason: null });
        }""",
        health,
    )

    assert found == is_troubled

"""The board's modules by themselves: forms, the order of a list, words."""

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


def job(id: str, version: int, status: str = "RUNNING") -> dict[str, object]:
    return {"id": id, "version": version, "status": status, "type": "t", "tag": "g"}


def change(
    id: str, event: int, version: int, *, left: bool = False
) -> dict[str, object]:
    return {
        "event": {"jobVersion": event},
        "job": job(id, version, "SUCCEEDED" if left else "RUNNING"),
        "leftFilter": left,
    }


@pytest.fixture
def with_list(modules: Page) -> Callable[..., Any]:
    """Apply changes to a list that begins with these jobs, and return its versions."""

    async def run(jobs: list[object], changes: list[object], script: str = "") -> Any:
        return await modules.evaluate(
            f"""async ([nodes, changes]) => {{
              const {{ JobList }} = await import("/board/job-list.js");
              const list = new JobList();
              const pageInfo = {{ hasNextPage: true, endCursor: "c" }};
              list.reset({{ nodes, pageInfo }});
              for (const change of changes) list.apply(change);
              {script}
              return list.jobs.map(({{ id, version }}) => [id, version]);
            }}""",
            [jobs, changes],
        )

    return run


async def test_list_is_newest_first_and_ignores_what_is_older_than_its_pages(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list(
        [job("job_5", 1), job("job_3", 1)],
        [change("job_4", 1, 1), change("job_1", 1, 1), change("job_6", 1, 1)],
    )

    assert shown == [["job_6", 1], ["job_5", 1], ["job_4", 1], ["job_3", 1]]


async def test_list_drops_a_version_that_it_has_seen(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list([job("job_5", 7)], [change("job_5", 3, 6)])

    assert shown == [["job_5", 7]]


async def test_list_lets_go_of_a_job_whose_row_was_already_read_as_it_left(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list(
        [job("job_5", 1)],
        [change("job_5", 3, 4), change("job_5", 4, 4, left=True)],
    )

    assert shown == []


async def test_list_takes_back_a_job_that_matches_again(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list(
        [job("job_5", 1)],
        [change("job_5", 3, 5, left=True), change("job_5", 5, 5)],
    )

    assert shown == [["job_5", 5]]


async def test_list_keeps_out_a_late_answer_about_a_job_that_has_left(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list(
        [job("job_5", 1)],
        [change("job_5", 4, 4, left=True)],
        'list.put({ id: "job_5", version: 2, status: "RUNNING" }, {});',
    )

    assert shown == []


async def test_list_adds_a_page_as_its_jobs_are_by_the_time_it_has_come(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list(
        [job("job_5", 1)],
        [change("job_3", 2, 2), change("job_2", 2, 2, left=True)],
        """
        const page = Promise.withResolvers();
        const extended = list.extend(page.promise);
        for (const change of changes) list.apply(change);
        const old = ["job_3", "job_2", "job_1"].map((id) => ({ ...nodes[0], id }));
        page.resolve({ nodes: old, pageInfo });
        await extended;
        """,
    )

    assert shown == [["job_5", 1], ["job_3", 2], ["job_1", 1]]


async def test_list_adds_no_page_that_was_asked_for_before_it_began_anew(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list(
        [job("job_5", 1)],
        [],
        """
        const page = Promise.withResolvers();
        const extended = list.extend(page.promise);
        list.reset({ nodes, pageInfo });
        page.resolve({ nodes: [{ ...nodes[0], id: "job_3" }], pageInfo });
        if (await extended) throw new Error("It was added.");
        """,
    )

    assert shown == [["job_5", 1]]


async def test_list_goes_on_after_a_page_that_could_not_be_read(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list(
        [job("job_5", 1)],
        [change("job_3", 2, 2)],
        """
        await list.extend(Promise.reject(new Error("no"))).catch(() => {});
        list.apply(changes[0]);
        const old = [{ ...nodes[0], id: "job_3" }];
        await list.extend(Promise.resolve({ nodes: old, pageInfo }));
        """,
    )

    assert shown == [["job_5", 1], ["job_3", 1]]


async def test_list_keeps_what_was_loaded_and_no_more_than_500_beside_that(
    with_list: Callable[..., Any],
) -> None:
    sizes = """
        const many = (from, to) =>
          Array.from({ length: to - from }, (_, at) => ({
            ...nodes[0], id: `job_${String(from + at).padStart(6, "0")}`,
          }));
        const grow = (from, to) => {
          for (const job of many(from, to)) {
            list.apply({ event: { jobVersion: 1 }, job, leftFilter: false });
          }
          return list.jobs.length;
        };
        list.reset({ nodes: many(1000, 1100), pageInfo });
        const alone = grow(2000, 2600);
        await list.extend(Promise.resolve({ nodes: many(0, 200), pageInfo }));
        const loaded = grow(3000, 3010);
        return [[alone, 1], [loaded, 1], [Number(list.jobs.at(-1).id.slice(4)), 1]];
    """

    shown = await with_list([job("job_5", 1)], [], sizes)

    assert shown == [[500, 1], [700, 1], [10, 1]]


async def test_list_forgets_in_time_what_has_left_it(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list(
        [job("job_5", 1)],
        [change(f"job_9{number}", 4, 4, left=True) for number in range(1001)],
        """
        list.put({ id: "job_91", version: 4, status: "RUNNING" }, {});
        list.put({ id: "job_90", version: 4, status: "RUNNING" }, {});
        """,
    )

    assert shown == [["job_90", 4], ["job_5", 1]]


async def test_list_forgets_its_jobs_when_it_begins_anew(
    with_list: Callable[..., Any],
) -> None:
    shown = await with_list(
        [job("job_5", 1)],
        [change("job_5", 2, 2)],
        "list.jobs; list.reset({ nodes: [], pageInfo });",
    )

    assert shown == []

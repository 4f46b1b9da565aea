"""The modules of the system view by themselves: addresses, words, the reading."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.browser


async def call(modules: Page, module: str, function: str, *given: object) -> Any:
    """Call a function of a module of the board."""
    return await modules.evaluate(
        """async ([module, name, given]) => {
          const all = await import(`/board/${module}.js`);
          return all[name](...given);
        }""",
        [module, function, given],
    )


@pytest.mark.parametrize(
    ("address", "job"), [("#system", None), ("#system/job_1", "job_1")]
)
async def test_address_names_the_view_and_the_job_that_is_open_in_it(
    modules: Page, address: str, job: str | None
) -> None:
    place = await call(modules, "address", "readAddress", address)

    assert place == {"view": "system", "job": job, "schedule": None}
    assert await call(modules, "address", "writeAddress", "system", job) == address


NAMES = (
    "cancelRunning",
    "confirmsCancel",
    "forceCancel",
    "progress",
    "logs",
    "backoff",
    "priority",
    "queues",
    "concurrencyKey",
)


async def test_each_capability_is_a_sentence_whether_it_is_there_or_not(
    modules: Page,
) -> None:
    told: dict[tuple[str, bool], list[dict[str, object]]] = {}
    for executor in ("INTERNAL", "TRIGGER"):
        for is_there in (True, False):
            capabilities = dict.fromkeys(NAMES, is_there) | {"maxDataBytes": 524_288}
            told[executor, is_there] = await call(
                modules,
                "system/capabilities",
                "describeCapabilities",
                {"executor": executor, "capabilities": capabilities},
            )

    for (_, is_there), capabilities in told.items():
        *named, size = capabilities
        assert [one["isThere"] for one in named] == [is_there] * len(NAMES)
        assert size["text"] == "The data of a job may have up to 512 KiB."
    assert told["INTERNAL", False] == told["TRIGGER", False]
    assert "trigger/jobwire.ts" in str(told["TRIGGER", True])
    assert "trigger/jobwire.ts" not in str(told["INTERNAL", True])


def drift(
    before: dict[str, object], after: dict[str, object], **fields: object
) -> dict[str, object]:
    same = {
        "status": "RUNNING",
        "attempts": 1,
        "cancelOutcome": None,
        "triggerStatus": None,
    }
    told = {"before": same | before, "after": same | after, "missedBy": []}
    statuses = {"fromStatus": "RUNNING", "toStatus": after.get("status", "RUNNING")}
    return (
        {"kind": "DRIFT_CORRECTED", "changes": {}, "detail": told} | statuses | fields
    )


@pytest.mark.parametrize(
    ("drift", "words"),
    [
        (
            drift(
                {"status": "QUEUED", "attempts": 0},
                {"status": "SUCCEEDED", "triggerStatus": "COMPLETED"},
                fromStatus="QUEUED",
            ),
            "Queued → Succeeded · Trigger.dev says COMPLETED",
        ),
        (
            drift({}, {"attempts": 2, "triggerStatus": "EXECUTING"}),
            "attempt 1 → 2 · Trigger.dev says EXECUTING",
        ),
        (
            drift(
                {"cancelOutcome": "PENDING"},
                {"status": "SUCCEEDED", "cancelOutcome": "FINISHED_FIRST"},
            ),
            "Running → Succeeded · its cancel: finished first",
        ),
        (drift({}, {}, detail=None), "put right: no path had told it"),
    ],
)
async def test_drift_is_told_by_what_was_put_right(
    modules: Page, drift: dict[str, object], words: str
) -> None:
    told = await call(modules, "system/drift-words", "describeCorrection", drift)

    assert told == words


@pytest.mark.parametrize(
    ("missed", "words"),
    [
        ([], "No path was on."),
        (["poll"], "Not told by asking."),
        (["webhook", "realtime", "pigeon"], "Not told by webhook, Realtime, pigeon."),
    ],
)
async def test_drift_tells_which_paths_had_missed_it(
    modules: Page, missed: list[str], words: str
) -> None:
    event = {"detail": {"missedBy": missed}}

    assert await call(modules, "system/drift-words", "describeMissed", event) == words


async def test_a_state_without_trouble_has_none(modules: Page) -> None:
    state = {
        "executors": [
            {"executor": "INTERNAL", "health": "HEALTHY"},
            {"executor": "TRIGGER", "health": "NOT_CONFIGURED"},
        ],
        "queues": [{"name": "default", "isPaused": False}],
        "reconciliation": {"last": None},
        "notifications": {"all": [{"status": "PENDING"}], "hasMoreFailed": False},
    }

    assert await call(modules, "system/verdict", "findTroubles", state) == []
    paused = [{"name": name, "isPaused": True} for name in ("mail", "video")]
    hidden = {"reconciliation": None, "notifications": None}
    troubled = state | hidden | {"queues": paused}
    troubles = await call(modules, "system/verdict", "findTroubles", troubled)
    assert troubles == ["2 queues are paused."]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"limit": None, "limitPerKey": None}, "No limit"),
        ({"limit": 5, "limitPerKey": None}, "At most 5 at once"),
        ({"limit": None, "limitPerKey": 1}, "No limit, 1 for each key"),
    ],
)
async def test_limits_of_a_queue_are_told(
    modules: Page, limits: dict[str, object], words: str
) -> None:
    assert await call(modules, "system/queue-row", "describeLimits", limits) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "FAILED", "attemptCount": 1}, "Given up after 1 attempt,"),
        ({"status": "DELIVERED", "attemptCount": 1}, "Delivered"),
        ({"status": "DELIVERED", "attemptCount": 2}, "Delivered after 2 attempts,"),
        ({"status": "PENDING", "attemptCount": 0}, "To be sent, made"),
        ({"status": "SWALLOWED", "attemptCount": 1}, "SWALLOWED,"),
    ],
)
async def test_what_became_of_a_notification_is_told(
    modules: Page, fields: dict[str, object], words: str
) -> None:
    given = {"nextAttemptAt": None} | fields

    assert (
        await call(modules, "system/notification-row", "describeDelivery", given)
        == words
    )


async def test_reading_goes_on_for_drifts_and_asks_for_each_tag_once(
    modules: Page,
) -> None:
    state, asked = await modules.evaluate(
        """async () => {
          const { RefusedError } = await import("/board/api.js");
          const { SystemReading } = await import("/board/system/reading.js");
          const asked = [];
          const page = (from, count) => ({
            nodes: Array.from({ length: count }, (_, index) => ({
              id: `evt_${from + index}`, jobId: `job_${from + index}`,
            })),
            pageInfo: { hasNextPage: true, endCursor: String(from + count) },
          });
          const none = { nodes: [], pageInfo: { hasNextPage: false } };
          const answers = {
            System: ({ drifts }) => ({
              executors: [],
              queues: [{ name: "default" }],
              reconciliation: {
                last: null, oldestUnconfirmed: null, lags: [], drifts: page(0, drifts),
              },
              failed: none,
              newest: { nodes: [{ id: "ntf_1", jobId: "job_0", status: "FAILED" }] },
            }),
            QueueCounts: () => { throw new RefusedError("Later.", "UNAVAILABLE"); },
            Drifts: ({ first, after }) => ({
              reconciliation: { drifts: page(Number(after), first) },
            }),
            JobTags: ({ ids }) => ({
              jobs: { nodes: ids.slice(1).map((id) => ({ id, tag: `tag of ${id}` })) },
            }),
          };
          const api = {
            execute: async (query, variables) => {
              const [, operation] = /(?:query) (\\w+)/.exec(query);
              asked.push([operation, variables.first ?? variables.ids?.length ?? 0]);
              return answers[operation](variables);
            },
          };
          const reading = new SystemReading(api);
          await reading.read(true, 120);
          const state = await reading.read(true, 140);
          return [state, asked];
        }"""
    )

    drifts = state["reconciliation"]["drifts"]
    assert len({one["id"] for one in drifts}) == 140
    assert [one["tag"] for one in drifts[:2]] == [None, "tag of job_1"]
    assert state["reconciliation"]["hasMoreDrifts"]
    assert state["notifications"] == {"all": [], "hasMoreFailed": False}
    assert state["queues"] == [{"name": "default", "id": "default", "counts": None}]
    assert [one for one in asked if one[0] != "QueueCounts"] == [
        ["System", 0],
        ["Drifts", 20],
        ["JobTags", 100],
        ["JobTags", 20],
        ["System", 0],
        ["Drifts", 40],
        ["JobTags", 20],
    ]


async def test_a_part_is_built_again_only_when_it_says_something_else(
    modules: Page,
) -> None:
    told = await modules.evaluate(
        """async () => {
          const { Part } = await import("/board/part.js");
          const { element } = await import("/page/dom.js");
          const node = element("div");
          document.body.append(node);
          const part = new Part(node);
          const show = (tags) => part.show(tags, () =>
            tags.map((tag) => element("a", { href: `#${tag}` }, tag)),
          );
          show(["a", "b"]);
          const first = node.lastElementChild;
          first.focus();
          show(["a", "b"]);
          const told = [first === node.lastElementChild];
          show(["b", "c"]);
          told.push(document.activeElement.textContent, node.hidden);
          show([]);
          told.push(node.hidden);
          node.remove();
          return told;
        }"""
    )

    assert told == [True, "b", False, True]


async def test_ages_go_with_the_time(modules: Page) -> None:
    told = await modules.evaluate(
        """async () => {
          const { agoMark, tickAgo } = await import("/board/system/ago.js");
          const { element } = await import("/page/dom.js");
          const at = Date.parse("2026-11-26T09:00:00.000Z");
          const node = element("div", {}, agoMark("2026-11-26T09:00:00.000Z"));
          return [0, 59_000, 3_600_000].map((later) => {
            tickAgo(node, at + later);
            return node.textContent;
          });
        }"""
    )

    assert told == ["now", "59 s ago", "1 h ago"]


async def test_many_queues_are_counted_some_at_once(modules: Page) -> None:
    counts, asked = await modules.evaluate(
        """async () => {
          const { SystemReading } = await import("/board/system/reading.js");
          const queues = Array.from({ length: 60 }, (_, at) => ({ name: `n${at}` }));
          const asked = [];
          const api = {
            execute: async (query, variables) => {
              if (query.includes("query System")) return { executors: [], queues };
              const wanted = Object.keys(variables).filter((name) => /^has/.test(name));
              asked.push(wanted.length);
              return Object.fromEntries(
                wanted.map((name) => name.replace("has", "q"))
                  .map((name) => [name, { of: variables[name] }]),
              );
            },
          };
          const state = await new SystemReading(api).read(false, 20);
          return [state.queues.map(({ counts }) => counts?.of ?? null), asked];
        }"""
    )

    assert counts == [f"n{index}" for index in range(50)] + [None] * 10
    assert asked == [10] * 5

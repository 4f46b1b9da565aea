"""The modules of the schedules view by themselves: addresses, words, the reading."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("", {"view": "jobs", "job": None, "schedule": None}),
        ("#", {"view": "jobs", "job": None, "schedule": None}),
        ("#job_1", {"view": "jobs", "job": "job_1", "schedule": None}),
        ("#schedules", {"view": "schedules", "job": None, "schedule": None}),
        ("#sch_1", {"view": "schedules", "job": None, "schedule": "sch_1"}),
        ("#schedules/job_1", {"view": "schedules", "job": "job_1", "schedule": None}),
    ],
)
async def test_address_names_a_view_and_what_is_open_in_it(
    modules: Page, address: str, place: dict[str, object]
) -> None:
    read, written = await modules.evaluate(
        """async (address) => {
          const { readAddress, writeAddress } = await import("/board/address.js");
          const place = readAddress(address);
          return [place, writeAddress(place.view, place.job)];
        }""",
        address,
    )

    assert read == place
    if place["schedule"] is None:
        assert written == address.removesuffix("#")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-90, "now"),
        (0.9, "now"),
        (1, "in 1 s"),
        (59.9, "in 59 s"),
        (60, "in 1 min"),
        (4 * 60 + 59, "in 4 min"),
        (3600, "in 1 h"),
        (23 * 3600 + 3599, "in 23 h"),
        (24 * 3600, "in 1 d"),
        (65 * 24 * 3600, "in 65 d"),
    ],
)
async def test_wait_is_told_in_one_unit(
    modules: Page, seconds: float, words: str
) -> None:
    told = await modules.evaluate(
        """async (seconds) => {
          const { formatWait } = await import("/board/format.js");
          return formatWait(seconds * 1000);
        }""",
        seconds,
    )

    assert told == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ([2026, 10, 25, 23, 59], "yesterday 23:59"),
        ([2026, 10, 26, 0, 0], "00:00"),
        ([2026, 10, 26, 23, 59], "23:59"),
        ([2026, 10, 27, 0, 0], "tomorrow 00:00"),
        ([2026, 10, 30, 9, 0], "Mon, Nov 30, 09:00"),
        ([2027, 0, 31, 10, 30], "Jan 31, 2027, 10:30"),
    ],
    ids=str,
)
async def test_appointment_is_told_by_the_clock_and_the_calendar_of_the_reader(
    modules: Page, moment: list[int], words: str
) -> None:
    told = await modules.evaluate(
        """async (moment) => {
          const { formatAppointment } = await import("/board/format.js");
          const now = new Date(2026, 10, 26, 23, 30).getTime();
          return formatAppointment(new Date(...moment).toISOString(), now);
        }""",
        moment,
    )

    assert told == words


async def test_times_draw_near_by_themselves(modules: Page) -> None:
    shown = await modules.evaluate(
        """async () => {
          const { NextTimes } = await import("/board/next-times.js");
          const next = new NextTimes();
          const at = "2026-11-26T09:00:00.000Z";
          const start = Date.parse(at) - 240_000;
          next.show([at], start);
          const node = next.node.querySelector("time");
          const words = () => next.node.querySelector(".wait").textContent;
          const told = [node.title, words()];
          next.tick(start + 200_000);
          told.push(words());
          next.show([at], start + 240_000);
          told.push(words(), node === next.node.querySelector("time"));
          return told;
        }"""
    )

    assert shown == ["2026-11-26T09:00:00Z", "in 4 min", "in 40 s", "now", True]


def schedule(**fields: object) -> dict[str, object]:
    return {
        "owner": "JOBWIRE",
        "syncState": None,
        "syncError": None,
        "waitingTickAt": None,
        "lastSkippedTick": None,
        **fields,
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (schedule(), "Fired by Jobwire"),
        (schedule(syncState="PENDING"), "Fired by Jobwire"),
        (
            schedule(owner="TRIGGER_DEV", syncState="PENDING"),
            "Fired by Trigger.dev · not synced yet",
        ),
        (
            schedule(owner="TRIGGER_DEV", syncState="SYNCED"),
            "Fired by Trigger.dev · synced",
        ),
        (
            schedule(owner="TRIGGER_DEV", syncState="FAILED"),
            "Fired by Trigger.dev · refused",
        ),
        (schedule(owner="SUNDIAL", syncState="LATE"), "Fired by SUNDIAL · LATE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_owner_is_told_with_how_far_it_follows(
    modules: Page, given: dict[str, object], words: str
) -> None:
    told = await modules.evaluate(
        """async (schedule) => {
          const { describeOwner } = await import("/board/schedule-words.js");
          return describeOwner(schedule);
        }""",
        given,
    )

    assert told == words


@pytest.mark.parametrize(
    ("given", "notes"),
    [
        (schedule(), []),
        (schedule(owner="TRIGGER_DEV", syncState="SYNCED"), []),
        (
            schedule(owner="TRIGGER_DEV", syncState="PENDING"),
            [("", "Trigger.dev's own schedule does not follow yet.")],
        ),
        (
            schedule(
                owner="TRIGGER_DEV", syncState="FAILED", syncError="No such task."
            ),
            [
                (
                    "error",
                    "Trigger.dev's own schedule does not follow yet. No such task.",
                )
            ],
        ),
        (
            schedule(syncState="PENDING"),
            [("", "It begins to fire once Trigger.dev's own schedule is deleted.")],
        ),
        (
            schedule(
                waitingTickAt="2026-11-26T09:00:00",
                lastSkippedTick={
                    "at": "2026-11-25T09:00:00",
                    "reason": "OVERLAP",
                    "message": "A job was open.",
                },
            ),
            [
                ("", "The tick of 09:00 waits until the open job has ended."),
                ("", "The tick of yesterday 09:00 made no job: A job was open."),
            ],
        ),
        (
            schedule(
                lastSkippedTick={
                    "at": "2026-11-26T09:00:00",
                    "reason": "REFUSED",
                    "message": "No such type.",
                }
            ),
            [("warning", "The tick of 09:00 made no job: No such type.")],
        ),
    ],
    ids=range(7),
)
async def test_notes_tell_what_somebody_may_have_to_know(
    modules: Page, given: dict[str, object], notes: list[tuple[str, str]]
) -> None:
    told = await modules.evaluate(
        """async (schedule) => {
          const { notesOf } = await import("/board/schedule-words.js");
          const now = new Date(2026, 10, 26, 12, 0).getTime();
          return notesOf(schedule, now).map(({ tone, text }) => [tone, text]);
        }""",
        given,
    )

    assert told == [list(note) for note in notes]


async def poll(modules: Page, script: str) -> Any:
    """Run a script over `poll`, whose readings are ended by `answer` in their order."""
    return await modules.evaluate(
        f"""async () => {{
          const {{ Poll }} = await import("/board/poll.js");
          const told = [];
          const begun = [];
          let open = 0;
          const poll = new Poll({{
            every: 10,
            read: () => {{
              open += 1;
              told.push(`read, ${{open}} open`);
              return new Promise((resolve, reject) =>
                begun.push({{ resolve, reject }})).finally(() => (open -= 1));
            }},
            onRead: (answer) => told.push(`got ${{answer}}`),
            onFailed: (error) => told.push(`failed ${{error}}`),
          }});
          const settle = () => new Promise((resolve) => setTimeout(resolve));
          const next = async () => {{
            while (begun.length === 0) await settle();
            return begun.shift();
          }};
          {script}
          poll.stop();
          return told;
        }}"""
    )


async def test_poll_reads_again_after_each_answer_and_never_twice_at_once(
    modules: Page,
) -> None:
    told = await poll(
        modules,
        """poll.start();
           (await next()).resolve("a");
           (await next()).resolve("b");
           await next();""",
    )

    assert told == ["read, 1 open", "got a", "read, 1 open", "got b", "read, 1 open"]


async def test_poll_drops_an_answer_that_is_older_than_a_change(modules: Page) -> None:
    told = await poll(
        modules,
        """poll.start();
           const early = await next();
           poll.now();
           poll.now();
           early.resolve("old");
           (await next()).resolve("new");
           await settle();""",
    )

    assert told == ["read, 1 open", "read, 1 open", "got new"]


async def test_poll_goes_on_after_a_failure(modules: Page) -> None:
    told = await poll(
        modules,
        """poll.start();
           (await next()).reject("dead");
           (await next()).resolve("alive");
           await settle();""",
    )

    assert told == ["read, 1 open", "failed dead", "read, 1 open", "got alive"]


async def test_poll_ends_when_nobody_looks(modules: Page) -> None:
    told = await poll(
        modules,
        """poll.start();
           const last = await next();
           poll.stop();
           last.resolve("unseen");
           await new Promise((resolve) => setTimeout(resolve, 50));""",
    )

    assert told == ["read, 1 open"]

"""`jobwire jobs`, through its entry point, on the database of a running Jobwire."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from jobwire.app.cli import main
from jobwire.app.commands.jobs.following import going_on
from jobwire.gql.scalars import parse_instant
from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.feed import CaughtUp, Closing, Feed, follow_list
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.identifiers import job_id_text, parse_job_id, schedule_id_text
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.job import Job
from jobwire.jobs.logs.append import Portion, append
from jobwire.jobs.logs.line import NUMBERS, line_of_call
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Database
from jobwire.models.vocabulary import LogLevel
from tests.app.commands import running
from tests.clock import FakeClock
from tests.factories import WORKER, insert_job
from tests.servers import RunningServer

Captured = pytest.CaptureFixture[str]
#: Writes a line.
Log = Callable[..., Awaitable[None]]

JOB = """query ($id: ID!) { job(id: $id) {
  id version tag type userId executor status isTerminal isCancelable isRetryable data
  metadata queue priority concurrencyKey idempotencyKey
  result redacted success maxDuration attemptCount nextAttemptAt createdAt runAt
  startedAt finishedAt updatedAt expiresAt triggerTaskId triggerRunId triggerStatus
  failure { kind name message code stack }
  progress { fraction message current total updatedAt }
  retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }
  cancellation { requestedAt requestedBy reason mode graceUntil acknowledgedAt
                 confirmedAt outcome }
  replayOf { id } schedule { id } tickAt
  attention
  attempts { nodes { id number status startedAt finishedAt workerId retryAt backoff
                     failure { kind name message code stack } } }
  events { nodes { id jobId jobVersion kind fromStatus toStatus source actor occurredAt
                   recordedAt attempt changes detail } }
} }"""


@pytest.fixture
def tag() -> str:
    """Of this test's jobs alone, for the database keeps those of others."""
    return f"tag-{uuid4().hex[:8]}"


@pytest.fixture(autouse=True)
def environment(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch, server: RunningServer
) -> dict[str, str]:
    """The settings of the commands: the database of the running Jobwire."""
    assert bare_environment.is_dir()
    given = {
        "DATABASE_URL": str(server.jobwire.engine.database.url),
        "JOBWIRE_EXAMPLES": "true",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


def printed(capsys: Captured, *arguments: str, code: int = 0) -> str:
    """Run a verb; return what it printed as its result."""
    capsys.readouterr()
    assert main(["jobs", *arguments]) == code
    return capsys.readouterr().out


def schedule(capsys: Captured, *arguments: str, code: int = 0) -> str:
    return printed(capsys, "schedule", *arguments, code=code).strip()


def not_understood(capsys: Captured, *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(["jobs", *arguments])
    assert caught.value.code == 2
    return capsys.readouterr().err


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    "verb", ["list", "show", "schedule", "cancel", "retry", "delete", "watch", "logs"]
)
def test_every_verb_explains_itself_by_examples(verb: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["jobs", verb, "--help"])

    assert caught.value.code == 0
    assert f"examples:\n  jobwire jobs {verb} " in capsys.readouterr().out


def test_a_job_is_scheduled_and_its_id_printed(capsys: Captured, tag: str) -> None:
    id = schedule(capsys, "no-op", "--tag", tag)

    [job] = lines(printed(capsys, "list", "--tag", tag, "--json"))
    assert id == job["id"]
    assert (job["type"], job["userId"]) == ("no-op", "cli")


def test_waiting_for_a_job_that_succeeds_exits_0(capsys: Captured, tag: str) -> None:
    assert main(["jobs", "schedule", "no-op", "--tag", tag, "--wait"]) == 0

    told = capsys.readouterr()
    assert re.fullmatch(r"job_\w{26}\n", told.out)
    # The job may have ended before it is followed, and is then told as it stands.
    assert told.err.endswith("SUCCEEDED\n")


def test_waiting_for_a_job_that_ends_otherwise_exits_3(
    capsys: Captured, tag: str
) -> None:
    span = ["--delay", "1h", "--ttl", "1h"]
    id = schedule(capsys, "no-op", "--tag", tag, *span)
    printed(capsys, "cancel", id)

    told = printed(capsys, "watch", id, code=3)

    assert re.fullmatch(rf"\S+  {id}  no-op  {tag}  CANCELED\n", told)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("30s", "PT30S"),
        ("1h30m", "PT1H30M"),
        ("2d", "P2D"),
        ("1.5s", "PT1.5S"),
        ("PT5M", "PT5M"),
    ],
)
def test_a_span_is_short_or_iso(
    capsys: Captured, tag: str, given: str, expected: str
) -> None:
    at = "2030-01-02T03:04:05.000Z"
    id = schedule(capsys, "no-op", "--tag", tag, "--at", at, "--ttl", given)

    job = json.loads(printed(capsys, "cancel", id, "--json"))

    assert job["runAt"] == at
    life = parse_instant(job["expiresAt"]) - parse_instant(at)
    assert format_duration(life) == expected


def test_data_come_from_the_argument_a_file_or_stdin(
    capsys: Captured,
    tag: str,
    tmp_path: Path,
    environment: dict[str, str],
) -> None:
    (tmp_path / "data.json").write_text('{"from": "file"}')
    schedule(capsys, "elsewhere", "--tag", tag, "--data", '{"from": "argument"}')
    schedule(capsys, "elsewhere", "--tag", tag, "--data", "@data.json")
    rest = ("--tag", tag, "--data", "-")
    piped = subprocess.run(
        [sys.executable, "-m", "jobwire", "jobs", "schedule", "elsewhere", *rest],
        input='{"from": "stdin"}',
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )

    jobs = lines(printed(capsys, "list", "--tag", tag, "--json"))

    assert [job["data"]["from"] for job in jobs] == ["stdin", "file", "argument"]
    assert piped.stdout == f"{jobs[0]['id']}\n"


def test_a_type_that_is_not_known_here_is_scheduled_with_a_hint(
    capsys: Captured, tag: str
) -> None:
    assert main(["jobs", "schedule", "no-opp", "--tag", tag, "--delay", "1d"]) == 0

    assert "Did you mean 'no-op'?" in capsys.readouterr().err


def test_the_data_of_a_type_that_is_known_are_checked(
    capsys: Captured, tag: str
) -> None:
    wrong = ["count-primes", "--tag", tag, "--data", '{"limit": "many"}']

    assert schedule(capsys, *wrong, code=1) == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "--status", "RUNNIN"), "did you mean RUNNING?"),
        (("list", "--status", "x"), "those are SCHEDULED, QUEUED"),
        (("list", "--executor", "trigge"), "did you mean trigger?"),
        (("list", "--limit", "0"), "a whole number from 1 on, not '0'"),
        (("list", "--open", "--ended"), "not allowed with"),
        (("show", "job_1"), "expected the id of a job"),
        (("watch",), "say what to watch"),
        (("watch", "--all", "--open"), "one of these"),
        (("cancel",), "say what to cancel"),
        (("cancel", str(UUID(int=7)), "--open"), "one of these"),
        (("cancel", str(UUID(int=7)), "--dry-run"), "are for a selection"),
        (("retry",), "say what to retry"),
        (("retry", "--ended", "--delay", "5m"), "are for one job"),
        (("retry", str(UUID(int=7)), "--expect", "1"), "are for a selection"),
        (("schedule", "a", "--tag", "b", "--delay", "5 days"), "such as 30s, 5m"),
        (("schedule", "a", "--tag", "b", "--delay", ""), "such as 30s, 5m"),
        (("schedule", "a", "--tag", "b", "--at", "noon"), "with an offset from UTC"),
        (("schedule", "a", "--tag", "b", "--data", "{a"), "expected JSON in the arg"),
        (("schedule", "a", "--tag", "b", "--data", "@none"), "cannot read the data"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_expected(
    capsys: Captured, arguments: tuple[str, ...], said: str
) -> None:
    assert said in not_understood(capsys, *arguments)


@pytest.mark.parametrize("verb", ["show", "cancel", "retry", "watch"])
def test_a_job_that_does_not_exist_is_told_in_a_sentence(
    capsys: Captured, verb: str
) -> None:
    id = job_id_text(uuid4())

    assert main(["jobs", verb, id]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"jobwire jobs: There is no job '{id}'.\n"


def test_show_tells_people_of_attempts_and_events(capsys: Captured, tag: str) -> None:
    id = schedule(capsys, "flaky", "--tag", tag, "--wait")

    told = printed(capsys, "show", str(parse_job_id(id)))

    assert told.startswith(id)
    assert re.search(r"status +SUCCEEDED", told)
    assert re.search(r"1 +FAILED .* PT[\d.]+S +TASK_ERROR", told)
    assert re.search(r"RUNNING → SUCCEEDED", told)


def test_json_is_what_the_api_answers(
    capsys: Captured, tag: str, server: RunningServer
) -> None:
    id = schedule(capsys, "flaky", "--tag", tag, "--wait")

    shown = json.loads(printed(capsys, "show", id, "--json"))

    asked = {"query": JOB, "variables": {"id": id}}
    answer = httpx.post(f"{server.url}/graphql", json=asked).json()["data"]["job"]
    assert shown == answer


def test_the_newest_jobs_are_listed_first_and_no_more_than_asked(
    capsys: Captured, tag: str
) -> None:
    ids = [
        schedule(capsys, "no-op", "--tag", tag, "--delay", "1d", "--user", user)
        for user in ("ann", "bob", "ann")
    ]

    def listed(*arguments: str) -> list[str]:
        jobs = lines(printed(capsys, "list", "--tag", tag, "--json", *arguments))
        return [job["id"] for job in jobs]

    assert listed() == ids[::-1]
    assert listed("--limit", "2") == [ids[2], ids[1]]
    assert listed("--user", "ann") == [ids[2], ids[0]]
    assert listed("--open", "--executor", "INTERNAL") == ids[::-1]
    assert listed("--ended") == listed("--executor", "trigger") == []
    assert listed("--status", "scheduled", "queued") == ids[::-1]


async def test_jobs_that_need_attention_are_found_and_say_why(
    capsys: Captured, tag: str, server: RunningServer
) -> None:
    engine = server.jobwire.engine
    connection = await asyncpg.connect(**engine.database.url.connect_arguments())
    now = engine.clock.now()
    mine = {"now": now, "tag": tag, "status": "SCHEDULED"}
    late = await insert_job(connection, attention=["DRIFTED"], **mine)
    await insert_job(connection, **mine)
    await connection.close()
    select = ("list", "--tag", tag, "--attention", "drifted", "orphan_suspect")

    [found] = lines(await asyncio.to_thread(printed, capsys, *select, "--json"))
    table = (await asyncio.to_thread(printed, capsys, *select)).splitlines()
    shown = await asyncio.to_thread(printed, capsys, "show", str(late.id))

    assert (found["id"], found["attention"]) == (job_id_text(late.id), ["DRIFTED"])
    assert "ATTENTION" in table[0]
    assert "DRIFTED" in table[1]
    assert re.search(r"attention +DRIFTED", shown)


async def test_the_schedule_of_a_job_is_shown_with_the_tick_that_made_it(
    capsys: Captured, tag: str, server: RunningServer
) -> None:
    engine = server.jobwire.engine
    connection = await asyncpg.connect(**engine.database.url.connect_arguments())
    schedule = UUID(int=9)
    made = {"status": "SUCCEEDED", "tag": tag, "schedule_id": schedule}
    tick = datetime(2026, 1, 15, 13, tzinfo=UTC)
    ticked = await insert_job(connection, now=tick, tick_at=tick, **made)
    by_hand = await insert_job(connection, now=tick, **made)
    await connection.close()

    async def shown(job: Job) -> str:
        return await asyncio.to_thread(printed, capsys, "show", str(job.id))

    id = schedule_id_text(schedule)
    pattern = rf"schedule +{id}, tick 2026-01-15T13:00:00\.000Z"
    assert re.search(pattern, await shown(ticked))
    assert re.search(rf"schedule +{id}$", await shown(by_hand), re.MULTILINE)


async def test_what_is_secret_is_shown_with_a_flag_alone(
    capsys: Captured, tag: str, server: RunningServer
) -> None:
    engine = server.jobwire.engine
    connection = await asyncpg.connect(**engine.database.url.connect_arguments())
    job = await insert_job(
        connection,
        now=engine.clock.now(),
        status="SUCCEEDED",
        tag=tag,
        data={"card": "4111"},
        result={"paid": "4111"},
        secret_data=True,
        secret_result=True,
    )
    await connection.close()
    id = job_id_text(job.id)

    async def run(*arguments: str) -> str:
        return await asyncio.to_thread(printed, capsys, *arguments)

    for hidden in (
        await run("show", id),
        await run("show", id, "--json"),
        await run("list", "--tag", tag, "--json"),
        await run("watch", id, "--json"),
    ):
        assert "4111" not in hidden
        assert "secret (--secrets shows it)" in hidden or (
            '"redacted": ["DATA", "RESULT"]' in hidden
        )
    for shown in (
        await run("show", id, "--secrets"),
        await run("show", id, "--secrets", "--json"),
    ):
        assert shown.count("4111") >= 2


def test_a_list_that_is_piped_is_whole(
    capsys: Captured, tag: str, environment: dict[str, str]
) -> None:
    long = f"{tag}-{'x' * 100}"
    id = schedule(capsys, "no-op", "--tag", long, "--wait")

    piped = subprocess.run(
        [sys.executable, "-m", "jobwire", "jobs", "list", "--tag", long],
        env={**os.environ, **environment, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )

    heading, row = piped.stdout.splitlines()
    assert heading.split() == (
        ["ID", "TYPE", "TAG", "EXECUTOR", "STATUS", "ATTEMPTS", "AGE", "PROGRESS"]
    )
    assert row.split()[:6] == [id, "no-op", long, "internal", "SUCCEEDED", "1"]


def test_an_empty_list_prints_nothing_as_its_result(capsys: Captured, tag: str) -> None:
    assert printed(capsys, "list", "--tag", tag) == ""


def test_what_a_terminal_would_obey_is_shown_escaped(
    capsys: Captured, tag: str
) -> None:
    schedule(capsys, "a\x1b[2J", "--tag", tag, "--delay", "1d")

    assert r"a\x1b[2J" in printed(capsys, "list", "--tag", tag)


def test_a_reader_that_leaves_ends_a_list_in_silence(
    environment: dict[str, str],
) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    left = subprocess.run(
        [sys.executable, "-m", "jobwire", "jobs", "list", "--json"],
        env={**os.environ, **environment},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)

    assert (left.returncode, left.stderr) == (141, "")


def test_a_job_is_canceled_with_its_reason_and_once(capsys: Captured, tag: str) -> None:
    id = schedule(capsys, "no-op", "--tag", tag, "--delay", "1d")

    first = printed(capsys, "cancel", id, "--reason", "not needed", "--wait")
    again = printed(capsys, "cancel", id, "--json")

    assert first == f"{id}  CANCELED  cancel NEVER_STARTED\n"
    cancellation = json.loads(again)["cancellation"]
    assert cancellation["requestedBy"] == "cli"
    assert cancellation["reason"] == "not needed"
    assert "nothing was changed" in printed(capsys, "cancel", id)


def test_jobs_that_have_ended_are_deleted(capsys: Captured, tag: str) -> None:
    ended, other, still_open = (
        schedule(capsys, "no-op", "--tag", tag, "--delay", "1d") for _ in range(3)
    )
    for id in (ended, other):
        printed(capsys, "cancel", id)

    told = printed(capsys, "delete", ended, other)

    assert told == f"{ended}  deleted\n{other}  deleted\n"
    for words, reason in (
        (["show", ended], "There is no job"),
        (["delete", still_open], "Cancel it first"),
    ):
        assert main(["jobs", *words]) == 1
        assert reason in capsys.readouterr().err
    [listed] = lines(printed(capsys, "list", "--tag", tag, "--json"))
    assert listed["id"] == still_open


def test_a_running_job_is_canceled_by_force_within_a_grace(
    capsys: Captured, tag: str
) -> None:
    data = '{"limit": 1000000000}'
    id = schedule(capsys, "count-primes", "--tag", tag, "--data", data)
    while json.loads(printed(capsys, "show", id, "--json"))["status"] == "QUEUED":
        pass

    job = json.loads(
        printed(capsys, "cancel", id, "--force", "--grace", "5m", "--wait", "--json")
    )

    assert (job["status"], job["cancellation"]["mode"]) == ("CANCELED", "FORCE")
    grace = [
        datetime.fromisoformat(job["cancellation"][name])
        for name in ("requestedAt", "graceUntil")
    ]
    assert grace[1] - grace[0] == timedelta(minutes=5)


def test_a_grace_out_of_range_is_refused_in_words(capsys: Captured, tag: str) -> None:
    id = schedule(capsys, "no-op", "--tag", tag, "--delay", "1d")

    assert main(["jobs", "cancel", id, "--grace", "2d"]) == 1

    assert "from zero to 1 day" in capsys.readouterr().err


def test_waiting_for_the_cancel_of_a_job_that_had_succeeded_exits_3(
    capsys: Captured, tag: str
) -> None:
    id = schedule(capsys, "no-op", "--tag", tag, "--wait")

    printed(capsys, "cancel", id, "--wait", code=3)


def test_many_jobs_are_counted_then_canceled_when_they_are_as_many_as_expected(
    capsys: Captured, tag: str
) -> None:
    ids = [schedule(capsys, "no-op", "--tag", tag, "--delay", "1d") for _ in range(2)]
    select = ("cancel", "--open", "--tag", tag)

    assert printed(capsys, *select, "--dry-run") == "2\n"
    assert main(["jobs", *select, "--expect", "3"]) == 1
    assert "expected to hold 3 jobs and holds 2" in capsys.readouterr().err
    done = printed(
        capsys, *select, "--expect", "2", "--reason", "enough", "--wait", "--json"
    )

    [operation] = lines(done)
    assert operation["id"].startswith("blk_")
    assert (operation["status"], operation["succeededCount"]) == ("COMPLETED", 2)
    jobs = lines(printed(capsys, "list", "--tag", tag, "--json"))
    assert {job["id"] for job in jobs} == set(ids)
    assert {job["status"] for job in jobs} == {"CANCELED"}
    assert {job["cancellation"]["reason"] for job in jobs} == {"enough"}
    again = printed(capsys, *select)
    assert re.fullmatch(r"blk_\w{26}  COMPLETED  0 jobs: .*\n", again)


def test_a_job_that_has_ended_is_run_once_more_and_waited_for(
    capsys: Captured, tag: str
) -> None:
    id = schedule(capsys, "no-op", "--tag", tag, "--delay", "1d")
    printed(capsys, "cancel", id)

    again = printed(capsys, "retry", id, "--wait").strip()

    [job] = lines(printed(capsys, "show", again, "--json"))
    assert (job["status"], job["replayOf"]) == ("SUCCEEDED", {"id": id})
    [other] = lines(
        printed(capsys, "retry", id, "--data", "{}", "--delay", "1d", "--json")
    )
    assert other["status"] == "SCHEDULED"
    assert main(["jobs", "retry", other["id"]]) == 1
    assert "jobwire jobs: " in capsys.readouterr().err


def test_many_jobs_are_counted_then_run_once_more(capsys: Captured, tag: str) -> None:
    for _ in range(2):
        id = schedule(capsys, "no-op", "--tag", tag, "--delay", "1d")
        printed(capsys, "cancel", id)
    select = ("retry", "--status", "CANCELED", "--tag", tag)

    assert printed(capsys, *select, "--dry-run") == "2\n"
    [operation] = lines(printed(capsys, *select, "--expect", "2", "--wait", "--json"))

    assert (operation["status"], operation["succeededCount"]) == ("COMPLETED", 2)
    jobs = lines(printed(capsys, "list", "--tag", tag, "--json"))
    assert sum(job["replayOf"] is not None for job in jobs) == 2
    again = printed(capsys, "retry", "--status", "EXPIRED", "--tag", tag)
    assert re.fullmatch(r"blk_\w{26}  COMPLETED  0 jobs: 0 run again, .*\n", again)


async def test_watching_many_goes_on_until_ctrl_c(
    bare_environment: Path, environment: dict[str, str], tag: str
) -> None:
    with running(
        "jobs", "watch", "--tag", tag, folder=bare_environment, **environment
    ) as watch:
        await asyncio.to_thread(watch.wait_for, "Watching")
        with running(
            "jobs", "schedule", "no-op", "--tag", tag,
            folder=bare_environment, **environment,
        ) as command:  # fmt: skip
            await asyncio.to_thread(command.end)
        await asyncio.to_thread(watch.wait_for, "RUNNING → SUCCEEDED")
        watch.signal(signal.SIGINT)
        code, told = await asyncio.to_thread(watch.end)

    assert code == 130
    assert "Traceback" not in told
    moves = [line.split("  ")[-1] for line in told.splitlines()[1:]]
    assert moves == ["QUEUED", "QUEUED → RUNNING", "RUNNING → SUCCEEDED"]


def test_watching_one_prints_the_messages_of_the_api(
    capsys: Captured, tag: str
) -> None:
    id = schedule(capsys, "no-op", "--tag", tag, "--wait")

    snapshot, caught_up = lines(printed(capsys, "watch", id, "--json"))

    assert snapshot["__typename"] == "JobSnapshot"
    assert (snapshot["job"]["id"], snapshot["job"]["status"]) == (id, "SUCCEEDED")
    assert caught_up.keys() == {"__typename", "cursor"}


@pytest.fixture
async def logged(tag: str, server: RunningServer) -> AsyncIterator[tuple[str, Log]]:
    """A running job of a worker that is not there, and what writes its log."""
    engine = server.jobwire.engine
    connection = await asyncpg.connect(**engine.database.url.connect_arguments())
    now = engine.clock.now()
    lease = {"leased_until": now + timedelta(hours=1)}
    job = await insert_job(connection, now=now, tag=tag, status="RUNNING", **lease)

    async def write(level: LogLevel, message: str, **fields: Any) -> None:
        line = line_of_call(now, NUMBERS[level], message, (), extra=fields)
        async with connection.transaction():
            await append(connection, [Portion(job.id, 1, [line])])

    yield job_id_text(job.id), write
    end = Finish(job.id, 1, Outcome.SUCCEEDED, result="null")
    await finish(connection, [end], worker=WORKER, now=now)
    await connection.close()


async def test_a_log_is_printed_for_people_and_as_the_api_tells_it(
    capsys: Captured, logged: tuple[str, Log]
) -> None:
    id, write = logged
    await write(LogLevel.INFO, "read\x1b[2J it", n=12, file={"a": "ä"})
    await write(LogLevel.ERROR, "no", exception="Traceback:\n  ValueError: \x07")

    told = await asyncio.to_thread(printed, capsys, "logs", id)
    edges = await asyncio.to_thread(printed, capsys, "logs", id, "--json")
    errors = await asyncio.to_thread(printed, capsys, "logs", id, "--level", "error")

    first, second, *trace = told.splitlines()
    assert first.endswith('  INFO   1  read\\x1b[2J it  n=12  file={"a": "ä"}')
    assert second.endswith("  ERROR  1  no")
    assert trace == ["Traceback:", "  ValueError: \\x07"]
    assert errors.splitlines() == [second, *trace]
    info, error = lines(edges)
    assert info.keys() == {"cursor", "node"}
    assert info["node"]["fields"] == {"n": 12, "file": {"a": "ä"}}
    assert error["node"]["level"] == "ERROR"
    assert error["node"].keys() == {
        "at", "level", "attempt", "message", "fields", "droppedCount"
    }  # fmt: skip


async def test_a_log_is_followed_until_its_job_has_ended(
    bare_environment: Path,
    environment: dict[str, str],
    logged: tuple[str, Log],
    server: RunningServer,
) -> None:
    id, write = logged
    engine = server.jobwire.engine
    await write(LogLevel.INFO, "before")
    with running(
        "jobs", "logs", id, "--follow", folder=bare_environment, **environment
    ) as follow:
        await asyncio.to_thread(follow.wait_for, "before")
        await write(LogLevel.INFO, "after")
        await asyncio.to_thread(follow.wait_for, "after")
        connection = await asyncpg.connect(**engine.database.url.connect_arguments())
        end = Finish(parse_job_id(id), 1, Outcome.SUCCEEDED, result="null")
        assert await finish(connection, [end], worker=WORKER, now=engine.clock.now())
        await connection.close()
        code, told = await asyncio.to_thread(follow.end)

    assert code == 0
    assert len(told.splitlines()) == 2


async def test_a_stream_that_closes_is_gone_on_with(
    database: Database, clock: FakeClock
) -> None:
    viewer = trusted("cli")
    async with (
        Doorbell(database) as doorbell,
        Feed(database, doorbell, clock=clock) as first,
        Feed(database, doorbell, clock=clock) as second,
    ):
        feeds = [first, second]
        asked: list[str | None] = []

        def follow(after: str | None):
            asked.append(after)
            return follow_list(feeds.pop(0), viewer, JobFilter(), after=after)

        messages = going_on(follow)
        caught_up = await anext(messages)
        first.begin_closing("The server is shutting down.", timedelta())
        closing = await anext(messages)
        again = await anext(messages)
        await messages.aclose()

    assert isinstance(closing, Closing)
    assert isinstance(caught_up, CaughtUp)
    assert isinstance(again, CaughtUp)
    assert asked == [None, closing.cursor]


def test_without_a_database_nothing_is_created(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, bare_environment: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")

    assert main(["jobs", "list"]) == 1
    assert "There is no database in .jobwire." in capsys.readouterr().err
    assert list(bare_environment.iterdir()) == []


def test_a_database_that_is_not_migrated_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("JOBWIRE_DB_SCHEMA", "nowhere")

    assert main(["jobs", "list"]) == 1
    assert "Run `jobwire migrate` first." in capsys.readouterr().err


def test_jobs_are_seen_though_the_code_of_the_user_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, bare_environment: Path, tag: str
) -> None:
    (bare_environment / "broken.py").write_text("this is no Python")
    monkeypatch.setenv("JOBWIRE_JOBS", "broken.py")

    assert printed(capsys, "list", "--tag", tag) == ""


def test_long_data_are_told_in_lists_and_while_watching(
    capsys: Captured, tag: str
) -> None:
    text = "a\n" + "x\n" * 2_000
    data = json.dumps({"text": text})
    id = schedule(capsys, "profile-csv", "--tag", tag, "--data", data)

    watched = lines(printed(capsys, "watch", id, "--json"))
    [listed] = lines(printed(capsys, "list", "--tag", tag, "--json"))

    assert listed["data"]["text"] == text
    assert {one["job"]["data"]["text"] for one in watched if "job" in one} == {text}

"""The verdict: what all sides tell, held against each other."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from benchmarks.chaos.clients import Asked, CancelAnswer, Ledger
from benchmarks.chaos.journal import Freeze, Line, awake
from benchmarks.chaos.runs import Run
from jobwire.jobs.identifiers import job_id_text
from tests.event_log import check

_ROWS = """
SELECT j.*, (j.retry_config ->> 'maxAttempts')::int AS max_attempts,
       extract(epoch FROM j.finished) * 1e9 AS finished_ns,
       (SELECT count(*) FROM job_events e WHERE e.job_id = j.id
           AND e.to_status IN ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')
           AND e.to_status IS DISTINCT FROM e.from_status) AS ends
  FROM worker_jobs j"""

LOST = "lost"
OVERLAPS = "twice: overlapping attempts"
AFTER_END = "twice: an attempt after the end"
FINISHES = "twice: more than one accepted finish"
RUNS = "twice: two runs of one dispatch"
STATUS = "wrong final status"
SEALED = "sealed rows changed"
LOG = "logs that do not give their row"
DUPLICATES = "duplicates of one schedule"
CANCELS = "cancels whose outcome disagrees"
OPEN = "not converged"
ALL = (
    LOST,
    OVERLAPS,
    AFTER_END,
    FINISHES,
    RUNS,
    STATUS,
    SEALED,
    LOG,
    DUPLICATES,
    CANCELS,
    OPEN,
)

#: Workers follow the clock of the database, which they measure over the wire.
CLOCK_ERROR = 50e6  # nanoseconds

#: The one outcome under which code may still run, and end as it likes.
FORCED = "FORCED_UNCONFIRMED"

Row = Mapping[str, Any]
Found = Iterator[tuple[str, str]]


@dataclass
class Verdict:
    """How many jobs there were, and all that is wrong.

    Attributes:
        wrong: A sentence for each thing, by its line of the table.
    """

    jobs: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.wrong.values())


@dataclass(frozen=True)
class Told:
    """What all but the database tell of a run of chaos."""

    ledger: Ledger
    journal: Mapping[str, list[Line]]
    freezes: list[Freeze]
    runs: Mapping[str, list[Run]]


async def judge(connection: asyncpg.Connection, told: Told) -> Verdict:
    """Compare every job with what is told of it."""
    rows = await connection.fetch(_ROWS)
    jobs = {job_id_text(row["id"]): row for row in rows}
    verdict = Verdict(len(jobs), Counter(row["status"] for row in rows))
    checked = await check(connection)
    verdict.wrong[LOG] += checked.wrong
    if checked.jobs != len(jobs):
        verdict.wrong[LOG].append(f"{checked.unborn} jobs have no CREATED event")
    origins = _origins(jobs, told.ledger)
    for kind, what in [
        *_promises(jobs, told.ledger),
        *_strays(jobs, told.runs),
        *(
            (kind, f"{job}: {what}")
            for job, row in jobs.items()
            for kind, what in _of_job(job, row, origins.get(job), told)
        ),
    ]:
        verdict.wrong[kind].append(what)
    return verdict


def _origins(jobs: Mapping[str, Row], ledger: Ledger) -> dict[str, Asked]:
    """Find for each job what its client asked for; retries ask for the same."""
    return {
        job: ledger.asked[row["tag"]]
        for job, row in jobs.items()
        if row["tag"] in ledger.asked
    }


def _promises(jobs: Mapping[str, Row], ledger: Ledger) -> Found:
    """Hold what clients were answered against what is there."""
    yield from _schedules(jobs, ledger)
    for job, origin in ledger.retries.items():
        replayed = jobs[job]["replay_of"] if job in jobs else None
        if replayed is None or job_id_text(replayed) != origin:
            yield LOST, f"{job} was accepted as a retry of {origin}"
    for job, answers in ledger.cancels.items():
        for answer in answers if job in jobs else ():
            for what in _broken(answer, jobs[job]):
                yield CANCELS, f"{job}: {what}"


def _schedules(jobs: Mapping[str, Row], ledger: Ledger) -> Found:
    first = Counter(row["tag"] for row in jobs.values() if row["replay_of"] is None)
    for tag, asked in ledger.asked.items():
        if asked.job is not None and asked.job not in jobs:
            yield LOST, f"{asked.job} was accepted and is not there"
        if asked.refused is not None:
            yield LOST, f"{tag} was refused: {asked.refused}"
        if first[tag] > (asked.refused is None):
            yield DUPLICATES, f"{first[tag]} jobs with the tag {tag}"


def _broken(answer: CancelAnswer, row: Row) -> Iterator[str]:
    if row["cancel_requested_at"] is None and not answer.already_settled:
        yield "it was taken and forgotten"
    if answer.outcome not in {None, "PENDING", row["cancel_outcome"]}:
        yield f"answered {answer.outcome}, is {row['cancel_outcome']}"
    if answer.already_settled and answer.status != row["status"]:
        yield f"was {answer.status}, is {row['status']}"


def _strays(jobs: Mapping[str, Row], runs: Mapping[str, list[Run]]) -> Found:
    for job, made in runs.items():
        per_dispatch = Counter(run.dispatch for run in made)
        for number, count in per_dispatch.items():
            if count > 1:
                yield RUNS, f"{job}: {count} runs of dispatch {number}"
        row = jobs.get(job)
        if row is None:
            yield LOST, f"{job} has runs and is not there"
        elif row["trigger_run_id"] is None and row["cancel_outcome"] == FORCED:
            # Settled before anybody knew of the run, which is told to stop when found.
            continue
        elif row["trigger_run_id"] not in {run.id for run in made}:
            ids = [run.id for run in made]
            yield RUNS, f"{job} has {row['trigger_run_id']}, and there are {ids}"


def _of_job(job: str, row: Row, asked: Asked | None, told: Told) -> Found:
    if row["finished"] is None:
        yield OPEN, f"{row['status']}, dispatch {row['dispatch_state']}"
        return
    if row["ends"] != 1:
        yield FINISHES, f"{row['ends']} ends"
    lines = told.journal.get(job, [])
    yield from _twice(row, awake(lines, told.freezes))
    yield from _cancel(row, is_wished=job in told.ledger.wishes)
    if asked is None:
        yield LOST, f"nobody asked for the tag {row['tag']}"
    elif row["executor"] == "internal":
        yield from _internal_end(row, asked, lines)
    else:
        yield from _run_end(row, asked, told.runs.get(job, []))


def _twice(row: Row, lines: Sequence[Line]) -> Found:
    spans: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        spans[line.attempt].append(line.at)
    for earlier, later in zip(sorted(spans), sorted(spans)[1:], strict=False):
        overlap = spans[earlier][-1] - spans[later][0]
        if overlap >= 0:
            yield OVERLAPS, f"{earlier} and {later}, for {overlap / 1e6:.0f} ms"
    last = max((line.at for line in lines), default=0)
    late = last - float(row["finished_ns"])
    if late > CLOCK_ERROR and row["cancel_outcome"] != FORCED:
        yield AFTER_END, f"for {late / 1e6:.0f} ms, after {row['status']}"


def _cancel(row: Row, *, is_wished: bool) -> Found:
    outcome, status = row["cancel_outcome"], row["status"]
    canceled = {"STOPPED", "NEVER_STARTED", FORCED}
    if (status == "CANCELED") != (outcome in canceled):
        yield CANCELS, f"{status} with {outcome}"
    if outcome is not None and not is_wished:
        yield CANCELS, f"{outcome}, and nobody asked"
    if (row["cancel_requested_at"] is None) != (outcome is None):
        yield CANCELS, f"{outcome}, asked at {row['cancel_requested_at']}"


def _internal_end(row: Row, asked: Asked, lines: list[Line]) -> Found:
    status, count = row["status"], row["attempts"]
    marks = {(line.attempt, line.what) for line in lines}
    if status == "SUCCEEDED" and (count, "return") not in marks:
        yield STATUS, f"SUCCEEDED, but attempt {count} did not return"
    if status == "FAILED":
        kind = row["failure_kind"]
        if kind not in {"TASK_ERROR", "CRASHED"}:
            yield STATUS, f"FAILED with {kind}"
        if kind == "TASK_ERROR" and (count, "raise") not in marks:
            yield STATUS, f"FAILED, but attempt {count} did not raise"
        if count != row["max_attempts"]:
            yield STATUS, f"FAILED after {count} of {row['max_attempts']} attempts"
    if status == "EXPIRED" and (lines or asked.ttl is None):
        yield STATUS, "EXPIRED, but it ran, or had no time-to-live"
    if row["cancel_outcome"] == "NEVER_STARTED" and lines:
        yield STATUS, "NEVER_STARTED, but it ran"


def _run_end(row: Row, asked: Asked, runs: list[Run]) -> Found:
    status = row["status"]
    if row["cancel_outcome"] == FORCED:
        # Its run may end as it likes, and there may be none.
        return
    if not runs:
        expired = status == "EXPIRED" and asked.ttl is not None
        if not expired and row["cancel_outcome"] != "NEVER_STARTED":
            yield STATUS, f"{status} ({row['failure_kind']}), but there is no run"
        return
    run = next((run for run in runs if run.id == row["trigger_run_id"]), runs[0])
    if run.end != status:
        yield STATUS, f"{status}, but its run {run.id} is {run.end}"
    if row["cancel_outcome"] == "NEVER_STARTED" and run.has_started:
        yield STATUS, f"NEVER_STARTED, but its run {run.id} had started"

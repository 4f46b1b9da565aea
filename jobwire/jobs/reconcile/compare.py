"""Compare: how open jobs stand, and how their runs do."""

from collections.abc import Sequence
from itertools import islice

from jobwire.jobs.borrowing import transaction
from jobwire.jobs.executors.run_words import observation_of_listed, status_of
from jobwire.jobs.observe import observe
from jobwire.jobs.open_runs import OpenRun
from jobwire.jobs.reconcile.glimpses import Glimpse, Glimpses
from jobwire.jobs.reconcile.one_pass import Pass
from jobwire.jobs.run_progress import progress_in
from jobwire.jobs.sync import AT_ONCE, Syncer
from jobwire.jobs.transitions import row
from jobwire.jobs.transitions.observe import confirm
from jobwire.models.vocabulary import AttentionKind, JobStatus, SignalSource
from jobwire.triggerdev import TriggerDevError

#: Runs confirmed with one statement.
_BATCH = 100
#: What a pass takes back when it finds a job right.
_MARKS = frozenset({AttentionKind.DRIFTED.value, AttentionKind.ORPHAN_SUSPECT.value})


async def compare(
    one: Pass, runs: Sequence[OpenRun], glimpses: Glimpses
) -> list[OpenRun]:
    """Compare open jobs with what was seen of their runs, and ask for the rest.

    Lists answer for runs that are alive. Those that have ended are asked, for their
    output or error; so are those that no list showed.

    Returns:
        The jobs whose run is not known. None when some runs did not answer: nor is a
        "not known" to be believed then, and the report says so.
    """
    rest: list[OpenRun] = []
    right: list[tuple[OpenRun, Glimpse]] = []
    for run in runs:
        glimpse = glimpses.get(run.run_id)
        if glimpse is None or glimpse.run.is_terminal:
            rest.append(run)
        elif is_right(run, glimpse):
            right.append((run, glimpse))
        else:
            await _correct(one, run, glimpse)
    one.report.listed = len(runs) - len(rest)
    one.report.checked = one.report.listed
    await _confirm(one, right)
    return await _ask(one, rest)


def is_right(run: OpenRun, glimpse: Glimpse) -> bool:
    """Whether a job stands as a list shows its run, and nothing is to be written."""
    seen = glimpse.run
    status = status_of(seen.status)
    # Runs stand in a queue again between two parts of their way; their jobs do not.
    stands = status in (JobStatus.QUEUED, run.status) or (
        status is None and seen.status == run.word
    )
    is_marked = not _MARKS.isdisjoint(run.attention)
    return stands and not is_marked and not _has_news(run, glimpse)


def _has_news(run: OpenRun, glimpse: Glimpse) -> bool:
    seen = glimpse.run
    if progress_in(seen.metadata) is not None:
        return True
    said = observation_of_listed(seen, source=SignalSource.RECONCILER)
    return said.is_news and seen.status != run.word


async def _correct(one: Pass, run: OpenRun, glimpse: Glimpse) -> None:
    said = observation_of_listed(glimpse.run, source=SignalSource.RECONCILER)
    async with transaction(one.connections) as connection:
        job = await row.lock_by_run(connection, run.run_id)
        if job is None or (
            job.trigger_observed_at is not None
            and job.trigger_observed_at > glimpse.asked_at
        ):
            return
        observed = await observe(connection, said, now=one.clock.now(), paths=one.paths)
    one.report.corrected += observed is not None and observed.drifted


async def _confirm(one: Pass, right: Sequence[tuple[OpenRun, Glimpse]]) -> None:
    remaining = iter(right)
    while batch := list(islice(remaining, _BATCH)):
        async with one.connections() as connection:
            await confirm(
                connection,
                [(run.job_id, run.run_id, seen.run.status) for run, seen in batch],
                source=SignalSource.RECONCILER,
                # Of several lists the first: what was heard since then is newer.
                now=min(seen.asked_at for _, seen in batch),
            )


async def _ask(one: Pass, rest: Sequence[OpenRun]) -> list[OpenRun]:
    syncer = Syncer(one.connections, one.executor, one.clock, paths=one.paths)
    gone: list[OpenRun] = []
    errors: list[TriggerDevError] = []
    remaining = iter(rest)
    while batch := list(islice(remaining, AT_ONCE)):
        # More than are under way at once must not meet a limit that has changed.
        await one.has_room()
        synced = await syncer.ask(batch)
        one.report.checked += synced.checked
        one.report.corrected += synced.drifted
        gone += synced.gone
        errors += synced.errors
    if not errors:
        return gone
    of = one.report.listed + len(rest)
    one.report.error = f"{len(errors)} of {of} runs did not answer: {errors[0].message}"
    return []

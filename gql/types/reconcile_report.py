"""Reports of reconciliation."""

import asyncio
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import ListSize
from jobwire.gql.resolved import resolved
from jobwire.gql.types.job import Job
from jobwire.gql.types.job_status import JobStatus
from jobwire.jobs import reconcile
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.queries import MAX_PAGE

#: Few passes find as many as they may name.
_REPORTED = ListSize(assumed_size=20)


@strawberry.type(
    description="A run on Trigger.dev with this installation's tag that no job has."
)
class OrphanedRun:
    """`jobwire.jobs.reconcile.OrphanedRun`."""

    run_id: str = strawberry.field(description="The run, run_….")
    trigger_task_id: str = strawberry.field(description="The id of its task.")
    raw_status: str = strawberry.field(
        description="Its status, in Trigger.dev's own word."
    )
    created_at: datetime = strawberry.field(description="When it was made.")


@strawberry.type(
    description=(
        "An ended job of whose run Trigger.dev says another end. The job stays as it"
        " is: a hook's word had ended it while Trigger.dev could not be asked."
    )
)
class Disagreement:
    """`jobwire.jobs.reconcile.Disagreement`."""

    job_id: strawberry.ID = strawberry.field(description="The id of the job.")
    status: JobStatus = strawberry.field(description="How the job ended.")
    run_id: str = strawberry.field(description="Its run, run_….")
    raw_status: str = strawberry.field(
        description="What Trigger.dev says of the run, in its own word."
    )


@strawberry.type(
    description=(
        "One comparison of all open TRIGGER jobs with Trigger.dev, and its findings."
    )
)
class ReconcileReport:
    """`jobwire.jobs.reconcile.ReconcileReport`."""

    report: strawberry.Private[reconcile.ReconcileReport]
    started_at: datetime = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    checked_count: int = strawberry.field(description="How many jobs were compared.")
    listed_count: int = strawberry.field(
        description=(
            "How many of them lists answered for, a hundred with one request; the rest"
            " was asked one by one."
        )
    )
    corrected_count: int = strawberry.field(
        description="How many jobs had drifted and were put right."
    )
    api_requests: int = strawberry.field(
        description="How many requests to Trigger.dev it cost."
    )
    withheld: str | None = strawberry.field(
        description=(
            "Why jobs whose run is gone were not settled as lost, for people: it would"
            " have been more than five and more than a tenth; null when none was"
            " withheld."
        )
    )
    error: str | None = strawberry.field(
        description="Why it stopped early, for people; null when it did not."
    )

    @resolved(
        "The jobs whose run is gone, as two looks found: FAILED with the kind ORPHANED,"
        " or dispatched anew if their type says so; at most the first 100 of them.",
        directives=[_REPORTED],
    )
    async def lost_jobs(self, info: Info) -> list[Job]:
        """Read the jobs."""
        return await _read(info, self.report.lost_jobs)

    @resolved(
        "The open jobs whose run was not known, with the attention ORPHAN_SUSPECT: they"
        " are asked again after 30 seconds, held by their type, or withheld; at most"
        " the first 100 of them.",
        directives=[_REPORTED],
    )
    async def suspects(self, info: Info) -> list[Job]:
        """Read the jobs."""
        return await _read(info, self.report.suspects)

    @resolved(
        "The jobs that were adopted or settled as orphans in this pass: at most the"
        " first 100 of them.",
        directives=[_REPORTED],
    )
    async def orphaned_jobs(self, info: Info) -> list[Job]:
        """Read the jobs."""
        return await _read(info, self.report.orphaned_jobs)

    @resolved(
        "Runs with this installation's tag that no job has: at most 100.",
        directives=[_REPORTED],
    )
    def orphaned_runs(self) -> list[OrphanedRun]:
        """Return the runs."""
        return [
            OrphanedRun(
                run_id=run.run_id,
                trigger_task_id=run.task,
                raw_status=run.word,
                created_at=run.created_at,
            )
            for run in self.report.orphaned_runs
        ]

    @resolved(
        "Ended jobs whose run ended otherwise, each named by one report: at most 100.",
        directives=[_REPORTED],
    )
    def disagreements(self) -> list[Disagreement]:
        """Return them."""
        return [
            Disagreement(
                job_id=strawberry.ID(job_id_text(one.job_id)),
                status=JobStatus(one.status),
                run_id=one.run_id,
                raw_status=one.word,
            )
            for one in self.report.disagreements
        ]

    @classmethod
    def of(cls, report: reconcile.ReconcileReport) -> Self:
        """Show a report."""
        return cls(
            report=report,
            started_at=report.started_at,
            finished_at=report.finished_at,
            checked_count=report.checked,
            listed_count=report.listed,
            corrected_count=report.corrected,
            api_requests=report.api_requests,
            withheld=report.withheld,
            error=report.error,
        )


async def _read(info: Info, ids: list[UUID]) -> list[Job]:
    rows = await asyncio.gather(*map(info.context.read_job, ids[:MAX_PAGE]))
    return [Job.of(row) for row in rows if row is not None]

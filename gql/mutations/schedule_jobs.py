"""`scheduleJobs`: accept many jobs."""

from typing import Annotated

import strawberry

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND, ListSize
from jobwire.gql.errors import RefusalsAsData, to_user_error
from jobwire.gql.mutations.changed_job import changed_jobs
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.mutations.schedule_job import ScheduleJobPayload
from jobwire.gql.mutations.schedule_job_input import ScheduleJobInput
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.errors import InvalidInputError, JobError
from jobwire.jobs.schedule import MAX_BATCH, Scheduled, schedule_all, schedule_each
from jobwire.jobs.viewer import Scope


@strawberry.input(description="The jobs to schedule.")
class ScheduleJobsInput:
    """A batch of jobs."""

    jobs: list[ScheduleJobInput] = strawberry.field(
        description=(
            f"1 to {MAX_BATCH:,} jobs, which are accepted in this order. None of them"
            " may have waitForRun."
        )
    )
    atomic: bool = strawberry.field(
        default=True,
        description=(
            "true: all of them or none; false: each one that is not refused, which are"
            " committed together."
        ),
    )


@strawberry.type(description="What scheduleJobs did.")
class ScheduleJobsPayload:
    """What became of each job, or refusals."""

    items: list[ScheduleJobPayload] = strawberry.field(
        default_factory=list,
        description=(
            "What became of each job, in the order of the input; empty when errors is"
            " not."
        ),
    )
    errors: list[UserError] = errors_field()


async def resolve_schedule_jobs(
    info: Info,
    input: Annotated[
        ScheduleJobsInput, strawberry.argument(description="The jobs to schedule.")
    ],
) -> ScheduleJobsPayload:
    """Resolve `scheduleJobs`."""
    _check(input)
    engine, viewer = info.context.engine, info.context.viewer
    accept = schedule_all if input.atomic else schedule_each
    async with info.context.database.transaction() as connection:
        # Holding a thousand jobs to their types takes long.
        await info.context.turn()
        outcomes = await accept(
            connection,
            [one.request() for one in input.jobs],
            registry=engine.registry,
            viewer=viewer,
            now=engine.clock.now(),
            policy=engine.policy,
        )
    if any(isinstance(one, Scheduled) and one.created for one in outcomes):
        engine.doorbell.ring(Topic.WORK, Topic.CHANGE)
    scheduled = [one for one in outcomes if isinstance(one, Scheduled)]
    jobs = iter(await changed_jobs(info, [one.job for one in scheduled]))
    return ScheduleJobsPayload(
        items=[
            ScheduleJobPayload(job=next(jobs), created=outcome.created)
            if isinstance(outcome, Scheduled)
            else _refused(position, outcome)
            for position, outcome in enumerate(outcomes)
        ]
    )


def _check(input: ScheduleJobsInput) -> None:
    if not 1 <= len(input.jobs) <= MAX_BATCH:
        raise InvalidInputError(
            f"A batch has 1 to {MAX_BATCH:,} jobs, not {len(input.jobs):,}.",
            path=("jobs",),
        )
    for position, one in enumerate(input.jobs):
        if one.wait_for_run is not None:
            raise InvalidInputError(
                "waitForRun is for scheduleJob: a batch is answered when its jobs are"
                " committed. Leave it out, and follow the jobs by a subscription.",
                path=("jobs", str(position), "waitForRun"),
            )


def _refused(position: int, refusal: JobError) -> ScheduleJobPayload:
    return ScheduleJobPayload(
        errors=[to_user_error(refusal, within=("input", "jobs", str(position)))]
    )


schedule_jobs = strawberry.mutation(
    resolver=resolve_schedule_jobs,
    description=(
        f"Accept up to {MAX_BATCH:,} jobs in one transaction, as scheduleJob does one."
        " When this answers, they are committed; they start in the order of their"
        " priority and time. TRIGGER jobs are handed over in batches."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: ScheduleJobsPayload(errors=errors)),
    ],
    directives=[
        COMMAND,
        ListSize(slicing_arguments=["input.jobs"], sized_fields=["items", "errors"]),
    ],
)

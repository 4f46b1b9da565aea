"""Somebody's things and the caller's own, to be told from what is not there."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from jobwire.gql.global_ids import GlobalId, Kind
from jobwire.gql.pagination import (
    attempt_cursors,
    event_cursors,
    job_cursors,
    log_cursors,
    notification_cursors,
    refusal_cursors,
    schedule_cursors,
)
from jobwire.jobs.bulk import BulkRequest, ask
from jobwire.jobs.bulk.selection import Selection
from jobwire.jobs.engine import Engine
from jobwire.jobs.identifiers import (
    NOTIFICATION_PREFIX,
    bulk_operation_id_text,
    job_id_text,
    schedule_id_text,
    type_id,
)
from jobwire.jobs.job import Job
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.vocabulary import BulkAction
from tests.gql.client import Api
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import Crons

_ABLE = frozenset(Scope) - {Scope.ADMIN}


@dataclass(frozen=True, slots=True)
class World:
    """Things of somebody, and of the caller, who is user-1.

    Attributes:
        names: Of each kind of thing the name of one that is there, and one of none.
        own: Of the caller: `job`, `schedule` and `operation`.
        job_id: The caller's job.
    """

    names: dict[str, tuple[str, str]]
    own: dict[str, str]
    job_id: UUID


async def furnish(
    user_id: str,
    status: str,
    *,
    api: Api,
    engine: Engine,
    crons: Crons,
    make_job: MakeJob,
) -> World:
    """Make things of a user, with a job of that status, beside those of user-1."""
    places = [
        (await api.data("{ jobs(first: 0) { asOf } }", caller=caller))["jobs"]["asOf"]
        for caller in ("admin", "alice")
    ]
    owner, me = Viewer(user_id, _ABLE), Viewer("user-1", _ABLE)
    schedule = await crons.schedule(
        viewer=owner, key="their-schedule", type="secret-report"
    )
    job = await make_job(
        status=status,
        user_id=user_id,
        tag="theirs",
        queue="theirs",
        idempotency_key="theirs",
        idempotency_input="{}",
        schedule_id=schedule.id,
    )
    await make_job(user_id=user_id, type="their-type")
    await make_job(user_id=user_id, executor="trigger", trigger_run_id="run_theirs")
    operation = await _operation(engine, owner, job)
    mine = await make_job(status="RUNNING", tag="mine")
    own = {
        "job": job_id_text(mine.id),
        "schedule": (await crons.schedule(key="mine")).public_id,
        "operation": bulk_operation_id_text(await _operation(engine, me, mine)),
    }
    names = {
        **_of_job(job.id),
        "schedule": _ids(schedule_id_text, schedule.id),
        "operation": _ids(bulk_operation_id_text, operation),
        "user": ("user-2", "user-3"),
        "tag": ("theirs", "nobody"),
        "type": ("their-type", "other-type"),
        "type of a schedule": ("secret-report", "absent-report"),
        "queue": ("theirs", "nobody"),
        "run": ("run_theirs", "run_nobody"),
        "key": ("theirs", "nobody"),
        "key of a schedule": ("their-schedule", "other-schedule"),
        "place in the log": (places[0], places[1]),
        "cursor of schedules": _ids(schedule_cursors().encode, schedule.id),
        "cursor of refusals": _ids(
            lambda one: refusal_cursors(one).encode(job.id), operation
        ),
    }
    return World(names, own, mine.id)


def _of_job(job_id: UUID) -> dict[str, tuple[str, str]]:
    return {
        kind: _ids(write, job_id)
        for kind, write in {
            "job": job_id_text,
            "uuid": str,
            "attempt": lambda one: str(GlobalId(Kind.ATTEMPT, one, 1)),
            "event": lambda one: str(GlobalId(Kind.EVENT, one, 1)),
            "notification": lambda one: type_id(NOTIFICATION_PREFIX, one),
            "cursor of jobs": job_cursors().encode,
            "cursor of notifications": notification_cursors().encode,
            "cursor of attempts": lambda one: attempt_cursors(one).encode(1),
            "cursor of events": lambda one: event_cursors(one).encode(1),
            "cursor of logs": lambda one: log_cursors(one).encode(1),
        }.items()
    }


def _ids(write: Callable[[UUID], str], one: UUID) -> tuple[str, str]:
    """Return an id and the one next to it, which is nobody's."""
    return write(one), write(UUID(int=one.int ^ 1))


async def _operation(engine: Engine, viewer: Viewer, job: Job) -> UUID:
    request = BulkRequest(action=BulkAction.RETRY, selection=Selection((job.id,)))
    async with engine.database.transaction() as connection:
        asked = await ask(connection, request, viewer=viewer, now=engine.clock.now())
    assert asked.operation is not None
    return asked.operation.id

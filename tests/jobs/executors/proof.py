"""What jobs branch on of Trigger.dev, and what shows that it is so.

Either an exchange with a real server, which is cited, or nothing but its source: then
docs/trigger-dev-emulator.md says so.
"""

from dataclasses import dataclass
from typing import Any

#: Any value, as long as there is one.
ANY = object()
#: No such member.
ABSENT = object()


@dataclass(frozen=True)
class Shown:
    """Something that an exchange shows.

    Attributes:
        what: What is branched on: `status …`, `field …`, `answer …`, or a sentence.
        exchange: The key of the exchange.
        place: Where in its answer: `status`, or into `headers.` or `body.`.
        value: What stands there; or ANY, or ABSENT.
    """

    what: str
    exchange: str
    place: str
    value: Any = ANY


_COMPLETED = "retrieve / completed run"
_FAILED = "retrieve / failed run"
_OPTIONS = "retrieve / run with options"
_DELAYED = "retrieve / delayed run"
_EXPIRED = "delay/ttl outcomes / ttl run"
_PUBLIC = "public token (JWT)"
_LIMITED = (
    "429 (public JWT: 60 requests / minute bucket) / request no. 62 with the same JWT"
)

SHOWN = (
    Shown(
        "status PENDING_VERSION",
        "retrieve / run of unknown task",
        "body.status",
        "PENDING_VERSION",
    ),
    Shown("status DELAYED", _DELAYED, "body.status", "DELAYED"),
    Shown(
        "status QUEUED",
        "production environment key (no deployment) / retrieve",
        "body.status",
        "QUEUED",
    ),
    Shown("status EXECUTING", "retrieve / executing run", "body.status", "EXECUTING"),
    Shown("status COMPLETED", _COMPLETED, "body.status", "COMPLETED"),
    Shown("status FAILED", _FAILED, "body.status", "FAILED"),
    Shown(
        "status CANCELED", "cancel / canceled executing run", "body.status", "CANCELED"
    ),
    Shown("status EXPIRED", _EXPIRED, "body.status", "EXPIRED"),
    Shown("field id", _COMPLETED, "body.id"),
    Shown("field taskIdentifier", _COMPLETED, "body.taskIdentifier", "hello"),
    Shown("field status", _COMPLETED, "body.status"),
    Shown("field idempotencyKey", _OPTIONS, "body.idempotencyKey", "idem-1"),
    Shown("field version", _COMPLETED, "body.version"),
    Shown("field isTest", _COMPLETED, "body.isTest", value=False),
    Shown("field createdAt", _COMPLETED, "body.createdAt"),
    Shown("field updatedAt", _COMPLETED, "body.updatedAt"),
    Shown("field startedAt", _COMPLETED, "body.startedAt"),
    Shown("field finishedAt", _COMPLETED, "body.finishedAt"),
    Shown("field delayedUntil", _DELAYED, "body.delayedUntil"),
    Shown("field expiredAt", _EXPIRED, "body.expiredAt"),
    Shown("field ttl", _EXPIRED, "body.ttl", "1s"),
    Shown("field tags", _OPTIONS, "body.tags", ["org:acme", "user_1"]),
    Shown("field metadata", _OPTIONS, "body.metadata", {"k": 1, "progress": 1}),
    Shown("field attemptCount", _FAILED, "body.attemptCount", 2),
    Shown("field payload", _COMPLETED, "body.payload", {"name": "ann"}),
    Shown("field output", _COMPLETED, "body.output.greeting", "hello ann"),
    Shown("field error", _FAILED, "body.error.name", "Error"),
    Shown("field error.message", _FAILED, "body.error.message"),
    Shown("field error.stackTrace", _FAILED, "body.error.stackTrace"),
    *(
        Shown(f"field {name}", _COMPLETED, f"body.{name}")
        for name in (
            "durationMs",
            "costInCents",
            "baseCostInCents",
            "depth",
            "region",
            "triggerFunction",
            "relatedRuns",
        )
    ),
    Shown("field schedule", "schedule truly fires / cron run", "body.schedule.id"),
    Shown("answer 400", "errors / invalid JSON", "status", 400),
    Shown("answer 401", "errors / bad key", "status", 401),
    Shown(
        "answer 403", f"{_PUBLIC} / trigger with JWT, other task -> 403", "status", 403
    ),
    Shown("answer 404", "cancel / cancel unknown", "status", 404),
    Shown("answer 413", "payload sizes / payload size (curl) (2)", "status", 413),
    Shown("answer 422", "errors / too many tags (11)", "status", 422),
    Shown("answer 429", _LIMITED, "status", 429),
    Shown("answer 500", "payload sizes / payload size (curl)", "status", 500),
    Shown(
        "a 404 of a run may pass",
        "errors / run not found",
        "headers.x-should-retry",
        "true",
    ),
    Shown("the limit, in headers", _COMPLETED, "headers.x-ratelimit-limit", "750"),
    Shown("what is left of it", _COMPLETED, "headers.x-ratelimit-remaining"),
    Shown("when it is reset, in ms", _COMPLETED, "headers.x-ratelimit-reset"),
    Shown("the limit that was reached resets", _LIMITED, "headers.x-ratelimit-reset"),
    Shown(
        "a key finds its run",
        "trigger / idempotency key again, same scope -> isCached",
        "body.isCached",
        value=True,
    ),
    Shown(
        "a key ends with its time-to-live",
        "idempotency key TTL + reset + failed run / after TTL",
        "body.isCached",
        value=False,
    ),
    Shown("an ended run can be canceled", "cancel / cancel completed", "status", 200),
    Shown("a canceled run can be, too", "cancel / cancel again", "status", 200),
    Shown(
        "a run canceled unstarted never finished",
        "cancel / canceled delayed run",
        "body.finishedAt",
        ABSENT,
    ),
    Shown(
        "a run canceled while it ran finished",
        "cancel / canceled executing run",
        "body.finishedAt",
    ),
    Shown(
        "an unknown task is accepted",
        "trigger / unknown task id (accepted!)",
        "status",
        200,
    ),
    Shown(
        "a schedule is made once for each key",
        "schedules / create again, same dedup key (upsert)",
        "body.id",
        "sched_3bij1hp8yn6fdf9xozz1n",
    ),
    Shown(
        "a schedule tells its task",
        "schedules / retrieve",
        "body.task",
        "cron-task",
    ),
    Shown(
        "a schedule tells whether it fires",
        "schedules / deactivate",
        "body.active",
        value=False,
    ),
    Shown(
        "a task must be a scheduled one",
        "schedules / create for a non-scheduled task",
        "body.error",
        "Task with identifier hello is not a scheduled task.",
    ),
    Shown(
        "a schedule that is gone is not found",
        "schedules / delete again",
        "status",
        404,
    ),
    Shown(
        "lists find the runs of a schedule",
        "schedule truly fires / list cron runs by schedule",
        "body.data.0.id",
        "run_cmwtotxdf0017k27diq1qned5",
    ),
    Shown(
        "runs of a schedule have no tags of ours",
        "schedule truly fires / list cron runs by schedule",
        "body.data.0.tags",
        [],
    ),
    Shown(
        "a run is made at the nominal time of its schedule",
        "schedule truly fires / cron run",
        "body.payload.timestamp",
        "2026-11-23T19:58:00.000Z",
    ),
    Shown(
        "which is when it says it was created",
        "schedule truly fires / cron run",
        "body.createdAt",
        "2026-11-23T19:58:00.000Z",
    ),
    Shown("a list goes on", "list / list default", "body.pagination.next"),
    Shown("a list ends", "list / filter tag", "body.pagination", {}),
    Shown(
        "lists find runs by a tag", "list / filter tag", "body.data.0.tags.1", "user_1"
    ),
    Shown(
        "lists tell the key",
        "list / filter tag",
        "body.data.0.idempotencyKey",
        "idem-1",
    ),
    Shown("lists tell the metadata", "list / filter tag", "body.data.0.metadata.k", 1),
    Shown("the environment names itself", f"{_PUBLIC} / claims", "body.sub"),
    Shown(
        "Trigger.dev's own errors have a code and no name",
        "retrieve / schema-validation failure",
        "body.error",
        {"message": "trigger.dev internal error (TASK_INPUT_ERROR)"},
    ),
)

_STATUSES = "`packages/core/src/v3/schemas/api.ts`"
_ERRORS = "`internal-packages/run-engine/src/engine/errors.ts`"
_KEYS = "`apps/webapp/app/runEngine/concerns/idempotencyKeys.server.ts`"
_RETRIES = "`packages/core/src/v3/apiClient/core.ts`"
_ALERT = (
    "`packages/core/src/v3/schemas/webhooks.ts`, `webhooks.constructEvent` of the SDK"
)
_PRESENTER = "`apps/webapp/app/presenters/v3/ApiRetrieveRunPresenter.server.ts`"
#: What no exchange shows, and what it rests on: the rows of the page.
UNSHOWN = {
    "status DEQUEUED": _STATUSES,
    "status WAITING": _STATUSES,
    "status CRASHED": _STATUSES,
    "status SYSTEM_FAILURE": _STATUSES,
    "status TIMED_OUT": _STATUSES,
    "field payloadPresignedUrl": _PRESENTER,
    "field outputPresignedUrl": _PRESENTER,
    "field batchId": _PRESENTER,
    "answer 408": _RETRIES,
    "answer 409": _RETRIES,
    "`x-should-retry: false`": _RETRIES,
    "`x-ratelimit-reset` in seconds": "`apps/webapp/app/routes/api.v3.batches.ts`",
    "a batch makes no run without items": "`apps/webapp/app/routes/api.v3.batches.ts`",
    "a batch makes no run once it tells when it was processed": (
        "`apps/webapp/app/runEngine/services/streamBatchItems.server.ts`"
    ),
    "`OOM_KILLED` in the message of a crashed run": _ERRORS,
    "a key is freed when its run fails": _KEYS,
    "a key is kept when its run is canceled": _KEYS,
    "a key lives for 30 days, and `30d` is one": _KEYS,
    "a time-to-live of `14d` is taken": "`packages/core/src/v3/isomorphic/duration.ts`",
    "lists without a window look back 7 days": (
        "`apps/webapp/app/presenters/v3/NextRunListPresenter.server.ts`"
    ),
    "a schedule is found by its deduplication key": (
        "`apps/webapp/app/routes/api.v1.schedules.$scheduleId.ts`"
    ),
    "the task of a schedule cannot be changed": (
        "`apps/webapp/app/v3/services/upsertTaskSchedule.server.ts`"
    ),
    "the code of a canceled run may go on": (
        "`internal-packages/run-engine/src/engine/systems/runAttemptSystem.ts`"
    ),
    "the alert that a run failed: every field": _ALERT,
    "the signature of alerts": _ALERT,
    "hooks tell nothing when the process dies": (
        "`packages/core/src/v3/workers/taskExecutor.ts`"
    ),
}

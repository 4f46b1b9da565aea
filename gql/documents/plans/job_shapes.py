"""How jobs, and pages of them, are read for plans."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from jobwire.gql.documents.plans.connections import connection
from jobwire.gql.documents.plans.job_parts import ATTEMPTS, EVENTS, LOGS
from jobwire.gql.documents.plans.made import duration, made_or_null
from jobwire.gql.documents.plans.shapes import Code, How, Shape, Text
from jobwire.gql.pagination import job_cursors
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job_status import JobStatus as ShownStatus
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.lifecycle import is_cancelable, is_retryable, is_terminal
from jobwire.jobs.queries import Page
from jobwire.jobs.selected import Selected, SelectedRow
from jobwire.models.vocabulary import JobStatus

#: In UTC with milliseconds, as `format_instant` writes it, up to its `Z`. Of a fraction
#: zeros at the end are left out: it is given another digit, and cut where that begins.
#: `to_char` takes longer. An interval as the zone spares looking up a name.
_INSTANT = (
    "to_json(date_trunc('milliseconds', {} AT TIME ZONE INTERVAL '0')"
    " + INTERVAL '1 microsecond')::text::varchar(24)"
)


def _column(sql: str) -> Text:
    """Write a number or a boolean that is never null."""
    return Text(f"j.{sql}::text")


def _name(name: str, of: Mapping[str, str]) -> Text:
    """Write the name that stands for a word of a closed vocabulary, never null."""
    if all(word == shown for word, shown in of.items()):
        return Text(f"j.{name}", '"', '"')
    cases = " ".join(f"WHEN '{word}' THEN '\"{shown}\"'" for word, shown in of.items())
    return Text(f"CASE j.{name} {cases} END")


def _string(name: str) -> Text:
    return Text(f"to_json(j.{name})::text")


def _or_null(text: Text) -> Text:
    return Text(f"COALESCE({text.whole}, 'null')")


def _instant(name: str) -> Text:
    return Text(_INSTANT.format(f"j.{name}"), after='Z"')


def _whether(holds: Callable[[JobStatus], bool], also: str = "true") -> Text:
    """Write whether something holds for the status, and something else for the row."""
    of = ", ".join(f"'{status}'" for status in JobStatus if holds(status))
    return Text(f"(j.status IN ({of}) AND {also})::text")


@dataclass(slots=True)
class _Row:
    """What the code of a job's fields is called on."""

    row: Selected
    cursor: None = None


_JOB_FIELDS: dict[str, How] = {
    "id": Text("COALESCE(j.public_id, jobwire_job_id(j.id))", '"', '"'),
    "version": _column("version"),
    "asOf": Code(),
    "tag": _string("tag"),
    "type": _string("type"),
    "userId": _string("user_id"),
    "executor": _name("executor", {str(one.value): one.name for one in Executor}),
    "status": _name("status", {str(one.value): one.name for one in ShownStatus}),
    "isTerminal": _whether(is_terminal),
    "isCancelable": _whether(
        lambda status: is_cancelable(status, cancel_pending=False),
        "j.cancel_outcome IS DISTINCT FROM 'PENDING'",
    ),
    "isRetryable": _whether(is_retryable, "j.deleted_at IS NULL"),
    "attention": Text(
        "CASE WHEN j.finished IS NULL THEN to_json(j.attention)::text ELSE '[]' END"
    ),
    "data": Code(("id", "type", "secret_data", "secret_result", "data")),
    "result": Code(
        ("id", "type", "secret_data", "secret_result", "success", "result"), "result"
    ),
    "redacted": Code(("type", "secret_data", "secret_result")),
    "failure": Code(("failure_kind", "result"), "failure_kind"),
    "success": _or_null(_column("success")),
    "progress": Code(("progress", "updated_at"), "progress"),
    "retryConfig": Code(("retry_config",)),
    "metadata": Code(("metadata",)),
    "queue": _string("queue"),
    "priority": _column("priority"),
    "concurrencyKey": _or_null(_string("concurrency_key")),
    "idempotencyKey": _or_null(_string("idempotency_key")),
    "maxDuration": made_or_null(
        attrgetter("max_duration"), duration, columns=("max_duration",)
    ),
    "attemptCount": _column("attempts"),
    "nextAttemptAt": _or_null(_instant("next_attempt_at")),
    "createdAt": _instant("created_at"),
    "runAt": _instant("run_at"),
    "tickAt": _or_null(_instant("tick_at")),
    "startedAt": _or_null(_instant("started")),
    "finishedAt": _or_null(_instant("finished")),
    "updatedAt": _instant("updated_at"),
    "expiresAt": _or_null(_instant("expires_at")),
    "triggerTaskId": _or_null(_string("trigger_task_id")),
    "triggerRunId": _or_null(_string("trigger_run_id")),
    "triggerStatus": _or_null(_string("trigger_status")),
    "cancellation": Code(
        (
            "finished",
            "updated_at",
            "cancel_requested_at",
            "cancel_requested_by",
            "cancel_reason",
            "cancel_mode",
            "cancel_grace_until",
            "cancel_acknowledged_at",
            "cancel_outcome",
            "cancel_confirmed_at",
        ),
        "cancel_outcome",
    ),
    "attempts": ATTEMPTS,
    "events": EVENTS,
    "logs": LOGS,
    "schedule": Code(("schedule_id",), "schedule_id"),
    "replayOf": Code(("replay_of",), "replay_of"),
}
JOB = Shape(_JOB_FIELDS, _Row)


@dataclass(slots=True)
class JobRows:
    """A page of rows, of which its connection is shown.

    Attributes:
        page: The rows.
        filter: Which jobs were asked for.
    """

    page: Page[SelectedRow]
    filter: JobFilter


def _cursor(row: SelectedRow) -> str:
    # The id comes first.
    return job_cursors().encode(row[0])


JOB_CONNECTION = connection(
    JOB,
    _cursor,
    page_of=lambda rows: rows.page,
    beside={"totalCount": Code(), "asOf": Code()},
)

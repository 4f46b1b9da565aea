"""Histories: the events of one job and the rows that they come to, as COPY reads them.

Each value is held as the JSON text that events tell: what an event changes and what the
row then holds cannot differ. What differs between jobs that go the same way has a name
in it, such as `%(id)s`, so that one history does for many of them. No other character
of it needs to be escaped, for COPY, JSON or Python.
"""

from collections.abc import Iterable, Mapping

from jobwire.models.vocabulary import AttemptStatus, EventKind, SignalSource

#: The columns of `worker_jobs` that a history sets; the others have their defaults.
JOB_COLUMNS = (
    "id",
    "public_id",
    "tag",
    "type",
    "user_id",
    "executor",
    "status",
    "data",
    "result",
    "success",
    "failure_kind",
    "retry_config",
    "priority",
    "queue",
    "run_at",
    "next_attempt_at",
    "expires_at",
    "created_at",
    "updated_at",
    "started",
    "finished",
    "version",
    "attempts",
    "metadata",
    "leased_by",
    "leased_until",
    "fence",
    "cancel_requested_at",
    "cancel_requested_by",
    "cancel_reason",
    "cancel_mode",
    "cancel_grace_until",
    "cancel_outcome",
    "cancel_confirmed_at",
    "trigger_task_id",
    "trigger_run_id",
    "trigger_status",
    "trigger_environment",
    "dispatch_state",
    "dispatch_number",
    "dispatched_at",
    "trigger_observed_at",
)
EVENT_COLUMNS = (
    "job_id",
    "user_id",
    "version",
    "kind",
    "from_status",
    "to_status",
    "attempt",
    "source",
    "actor",
    "occurred_at",
    "recorded_at",
    "changes",
)
ATTEMPT_COLUMNS = (
    "job_id",
    "number",
    "status",
    "fence",
    "worker_id",
    "trigger_run_id",
    "started_at",
    "finished_at",
    "failure_kind",
    "failure",
    "retry_at",
)

#: Columns and their values as JSON text.
Values = Mapping[str, str]

NULL = "null"
_NO_FIELD = r"\N"


def text(word: str) -> str:
    """Write a word as JSON."""
    return f'"{word}"'


class History:
    """One job as it goes, from the event on that creates it.

    Args:
        hidden: Columns that no event tells.
    """

    def __init__(self, hidden: Values) -> None:
        self._columns = {"status": NULL, "attempts": "0", "fence": "0", **hidden}
        self._version = 0
        self._attempts: list[dict[str, str]] = []
        #: How long after its acceptance things happen, in milliseconds: `%(t0)s`, ….
        self.moments: list[int] = []
        #: A line of `EVENT_COLUMNS` for each.
        self.events: list[str] = []

    def moment(self, after: int) -> str:
        """Return the name of the instant so many milliseconds after the acceptance."""
        if after not in self.moments:
            self.moments.append(after)
        return text(f"%(t{self.moments.index(after)})s")

    def tell(
        self,
        kind: EventKind,
        at: str,
        source: SignalSource,
        actor: str,
        changes: Values,
        **hidden: str,
    ) -> None:
        """Append an event, and make its changes.

        Args:
            kind: What happened.
            at: When.
            source: Which path brought it.
            actor: Who did it.
            changes: The columns that it sets.
            **hidden: Columns that it sets and does not tell.
        """
        before, self._version = self._columns["status"], self._version + 1
        self._columns |= {**changes, **hidden, "updated_at": at}
        attempt = self._columns["attempts"]
        told = ",".join(f'"{name}":{value}' for name, value in changes.items())
        values = (
            text("%(id)s"),
            text("%(user)s"),
            str(self._version),
            text(kind.value),
            before,
            self._columns["status"],
            NULL if attempt == "0" else attempt,
            text(source.value),
            actor,
            at,
            at,
            f"{{{told}}}",
        )
        self.events.append(_line(values))

    def start_attempt(self, **values: str) -> None:
        """Open an attempt, with some of `ATTEMPT_COLUMNS`."""
        self._attempts.append(
            {
                "job_id": text("%(id)s"),
                "number": str(len(self._attempts) + 1),
                "status": text(AttemptStatus.RUNNING.value),
                "fence": "0",
                **values,
            }
        )

    def end_attempt(self, status: AttemptStatus, at: str, **values: str) -> None:
        """End the attempt that was opened last, with some of `ATTEMPT_COLUMNS`."""
        self._attempts[-1] |= {
            "status": text(status.value),
            "finished_at": at,
            **values,
        }

    @property
    def job(self) -> str:
        """The row that the events come to: a line of `JOB_COLUMNS`."""
        row = {**self._columns, "version": str(self._version)}
        return _line(row.get(name, NULL) for name in JOB_COLUMNS)

    @property
    def attempts(self) -> list[str]:
        """A line of `ATTEMPT_COLUMNS` for each."""
        return [
            _line(attempt.get(name, NULL) for name in ATTEMPT_COLUMNS)
            for attempt in self._attempts
        ]


def _line(values: Iterable[str]) -> str:
    """Write JSON values as a line of COPY: strings without their quotes."""
    fields = (
        _NO_FIELD if one == NULL else one[1:-1] if one[0] == '"' else one
        for one in values
    )
    return "\t".join(fields) + "\n"

"""Where the emulator answers otherwise than a real server, and what it lacks still."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """A difference that is meant, as docs/trigger-dev-emulator.md tells it.

    Attributes:
        exchange: The key of the exchange that shows it.
        place: What differs, with all that lies below; such as `body.region`, or
            `answer`: everything.
        real: What a real server answers.
        here: What the emulator answers.
        why: The reason.
    """

    exchange: str
    place: str
    real: str
    here: str
    why: str

    def covers(self, place: str) -> bool:
        below = (f"{self.place}.", f"{self.place}[")
        return self.place in {"answer", place} or place.startswith(below)

    def row(self) -> str:
        """Return its row in the page."""
        what = f"`{self.exchange}`: `{self.place}`"
        return f"| {what} | {self.real} | {self.here} | {self.why} |"


_OUTSIDE = "outside what jobs need"
_PROJECT = "bulk actions / query / errors / deployments / project"
_PRODUCTION = "production environment key (no deployment) / retrieve"
_ONE_ENVIRONMENT = (
    "an emulator is one development environment, whatever its key is called"
)
_SUBSCRIBED = (
    "realtime (native backend, no Electric) / subscribe run, initial (offset=-1)"
)
_DESCRIBED = "tasks are described, not executed"

DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "retrieve / parent run",
        "body.output.child",
        "what its child returned",
        "told beforehand",
        _DESCRIBED,
    ),
    Difference(
        "production environment key (no deployment) / schedule in prod w/o deployment",
        "answer",
        "200: the project has the task",
        "422",
        _ONE_ENVIRONMENT,
    ),
    Difference(
        "schedule truly fires / list cron runs by schedule",
        "body.data",
        "QUEUED: it was made seconds early",
        "COMPLETED: it is made at its time",
        "it is seen no sooner than it is due",
    ),
    *(
        Difference(
            key,
            "body[].value.status",
            "PENDING",
            "DEQUEUED",
            "a worker that is free takes a run at once",
        )
        for key in (
            _SUBSCRIBED,
            "realtime live poll / realtime",
        )
    ),
    Difference(
        "retrieve / events",
        "body.events",
        "logs and the start of the worker too",
        "the run, its attempts and their code",
        _DESCRIBED,
    ),
    Difference(
        "retrieve / trace",
        "body.trace.rootSpan.children",
        "the engine's own spans and logs too",
        "the run, its attempts and their code",
        _DESCRIBED,
    ),
    Difference(
        "retrieve / attempts",
        "headers.content-security-policy",
        "a long policy",
        "none",
        "the page loads nothing",
    ),
    Difference(
        "errors / unknown route",
        "headers.content-security-policy",
        "a long policy",
        "none",
        "the page loads nothing",
    ),
    Difference(
        f"{_PROJECT} / query (TRQL)", "answer", "rows of a query", "404", _OUTSIDE
    ),
    Difference(
        f"{_PROJECT} / errors list", "answer", "groups of errors", "404", _OUTSIDE
    ),
    Difference(
        "errors API / errors list", "answer", "groups of errors", "404", _OUTSIDE
    ),
    Difference(
        f"{_PROJECT} / deployments", "answer", "the deployments", "404", _OUTSIDE
    ),
    Difference(
        f"{_PROJECT} / whoami (PAT)",
        "answer",
        "the user of a personal token",
        "401",
        "there are no users here",
    ),
    Difference(
        f"{_PROJECT} / projects (PAT)",
        "answer",
        "the projects of a user",
        "404",
        "there are no users here",
    ),
    Difference(
        f"{_PROJECT} / project env + api key (PAT)",
        "answer",
        "the key of an environment",
        "404",
        "there are no users here",
    ),
    Difference(
        f"{_PROJECT} / runs of a project (PAT)",
        "answer",
        "500: a defect",
        "404",
        "there are no users here",
    ),
    Difference(
        _PRODUCTION, "body.status", "QUEUED", "PENDING_VERSION", _ONE_ENVIRONMENT
    ),
    Difference(_PRODUCTION, "body.ttl", "none", "10m", _ONE_ENVIRONMENT),
    Difference(
        _PRODUCTION,
        "body.region",
        "the name of a region",
        "the id of the environment",
        _ONE_ENVIRONMENT,
    ),
    Difference(
        "payload sizes / payload size (curl)",
        "answer",
        "500: it had no object store",
        "200",
        "up to 3 MiB need none here",
    ),
)

_LIMIT = "429 (public JWT: 60 requests / minute bucket)"

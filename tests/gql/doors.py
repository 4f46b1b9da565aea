"""Doors: every argument of the schema by which a caller could name somebody's thing."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from graphql import get_named_type, is_input_object_type, is_object_type

from jobwire.gql.schema import core

#: What can name, or count: nothing else can be somebody's.
_NAMING = frozenset({"ID", "String", "Int", "EventCursor"})
#: What can name nothing that is there, by the place where it stands.
HARMLESS = {
    "*(first)": "a size",
    "*(last)": "a size",
    "*(count)": "a size",
    "Job.logs(attempt)": "a part of a job that was read behind the wall",
    "Query.previewCron(*)": "words to read",
    "Mutation.schedule*(*retryConfig.*)": "sizes",
    "Mutation.schedule*(*.priority)": "a rank",
    "Mutation.schedule*(*.type)": "how a new thing is to be",
    "Mutation.schedule*(*.tag)": "how a new thing is to be",
    "Mutation.schedule*(*.queue)": "how a new thing is to be",
    "Mutation.schedule*(*.concurrencyKey)": "how a new thing is to be",
    "Mutation.schedule*(*.triggerTaskId)": "how a new thing is to be",
    "Mutation.scheduleCronJob(input.cron)": "words to read",
    "Mutation.scheduleCronJob(input.timezone)": "words to read",
    "Mutation.cancelJob*(input.reason)": "words to keep",
    "Mutation.setQueue(*)": "for admins, of queues that are nobody's",
}


@dataclass(frozen=True, slots=True)
class Door:
    """One operation that takes a name as `$given`.

    Attributes:
        document: The operation; `$job`, `$schedule` and `$operation` are the caller's.
        things: What is named: each is a pair of one that is there and one that is not.
        caller: Who knocks.
        admits_admins: Whether an admin is answered otherwise for the two.
    """

    document: str
    things: tuple[str, ...]
    caller: str = "alice"
    admits_admins: bool = True

    @property
    def is_stream(self) -> bool:
        """Whether it is a subscription."""
        return self.document.startswith("subscription")

    @property
    def catches_up(self) -> bool:
        """Whether its stream tells when it is live."""
        return _FOLLOWED in self.document


_ERRORS = """errors {
  __typename message code path
  ... on NotFoundError { id }
  ... on ForbiddenError { requiredScope }
  ... on InvalidStateError { currentStatus }
  ... on VersionConflictError { currentVersion }
  ... on CountMismatchError { actual }
  ... on IdempotencyConflictError { differingFields existingJob { id } }
}"""
_FILTERS = {
    "ids": ("ID", ("job", "uuid")),
    "types": ("String", ("type",)),
    "tags": ("String", ("tag",)),
    "userIds": ("ID", ("user",)),
    "scheduleIds": ("ID", ("schedule",)),
    "triggerRunIds": ("String", ("run",)),
}
_OF_NEW_JOBS = (("userId", "ID", "user"), ("idempotencyKey", "String", "key"))
_PAGE = "nodes { id tag } totalCount { value } pageInfo { hasNextPage hasPreviousPage }"


def _query(given: str, selected: str, more: str = "") -> str:
    return f"query ($given: {given}!{more}) {{ {selected} }}"


def _change(
    field: str, input: str, selected: str, *, given: str = "ID", more: str = ""
) -> str:
    return (
        f"mutation ($given: {given}!{more}) {{"
        f" {field}(input: {{{input}}}) {{ {selected} {_ERRORS} }} }}"
    )


def _stream(given: str, selected: str, more: str = "") -> str:
    return f"subscription ($given: {given}!{more}) {{ {selected} }}"


def _cursors(
    owner: str, field: str, thing: str, before: str, after: str, more: str
) -> dict[str, Door]:
    """Return the doors of the cursors of a connection."""
    return {
        f"{owner}.{field}({name})": Door(
            _query("String", f"{before} {field}({name}: $given) {after}", more),
            (thing,),
            admits_admins=False,
        )
        for name in ("after", "before")
    }


_PART = "{ pageInfo { hasNextPage } } }"
_FOLLOWED = """{ __typename
  ... on JobSnapshot { job { id tag } } ... on JobChange { job { id tag } }
}"""
_BULK = "matchedCount operation { matchedCount }"
_JOB, _SCHEDULE = ", $job: ID!", ", $schedule: ID!"
_OF_SCHEDULE = "node(id: $schedule) { ... on JobSchedule {"

DOORS: dict[str, Door] = {
    "Query.node(id)": Door(
        _query("ID", "node(id: $given) { id }"),
        ("job", "attempt", "event", "schedule", "operation"),
    ),
    "Query.nodes(ids)": Door(
        _query("ID", "nodes(ids: [$given]) { id }"),
        ("job", "attempt", "event", "schedule", "operation"),
    ),
    "Query.job(id)": Door(
        _query("ID", "job(id: $given) { id logs { nodes { at } } }"), ("job", "uuid")
    ),
    "Query.bulkOperation(id)": Door(
        _query("ID", "bulkOperation(id: $given) { id }"), ("operation",)
    ),
    "Query.jobCounts(filter.userIds)": Door(
        _query("ID", "jobCounts(filter: {userIds: [$given]}) { total }"), ("user",)
    ),
    "Query.jobCounts(filter.types)": Door(
        _query("String", "jobCounts(filter: {types: [$given]}) { total }"), ("type",)
    ),
    "Query.jobCounts(filter.queues)": Door(
        _query("String", "jobCounts(filter: {queues: [$given]}) { total }"), ("queue",)
    ),
    "Query.jobSchedules(type)": Door(
        _query("String", "jobSchedules(type: $given) { nodes { id } }"),
        ("type of a schedule",),
    ),
    "Query.notifications(jobId)": Door(
        _query("ID", "notifications(jobId: $given) { nodes { id } }"),
        ("job", "uuid"),
        admits_admins=False,
    ),
    "Query.notifications(after)": Door(
        _query("String", "notifications(after: $given) { nodes { id } }"),
        ("cursor of notifications",),
        admits_admins=False,
    ),
    "Reconciliation.drifts(after)": Door(
        _query("String", "reconciliation { drifts(after: $given) { nodes { id } } }"),
        ("cursor of notifications",),
        admits_admins=False,
    ),
    **_cursors("Query", "jobs", "cursor of jobs", "", f"{{ {_PAGE} }}", ""),
    **_cursors(
        "Query", "jobSchedules", "cursor of schedules", "", "{ nodes { id } }", ""
    ),
    **{
        coordinate: door
        for part in ("attempts", "events", "logs")
        for coordinate, door in _cursors(
            "Job", part, f"cursor of {part}", "job(id: $job) {", _PART, _JOB
        ).items()
    },
    **_cursors(
        "JobSchedule",
        "jobs",
        "cursor of jobs",
        _OF_SCHEDULE,
        f"{{ {_PAGE} }} }} }}",
        _SCHEDULE,
    ),
    "BulkOperation.refusals(after)": Door(
        _query(
            "String",
            "bulkOperation(id: $operation) { refusals(after: $given) { nodes { code } }"
            " }",
            ", $operation: ID!",
        ),
        ("cursor of refusals",),
        admits_admins=False,
    ),
    **{
        f"Query.jobs(filter.{member})": Door(
            _query(kind, f"jobs(filter: {{{member}: [$given]}}) {{ {_PAGE} }}"), things
        )
        for member, (kind, things) in _FILTERS.items()
    },
    **{
        f"JobSchedule.jobs(filter.{member})": Door(
            _query(
                kind,
                f"{_OF_SCHEDULE} jobs(filter: {{{member}: [$given]}}) {{ {_PAGE} }}"
                " } }",
                _SCHEDULE,
            ),
            things,
            admits_admins=False,
        )
        for member, (kind, things) in _FILTERS.items()
    },
    **{
        f"Mutation.{field}(input.select.filter.{member})": Door(
            _change(
                field,
                f"select: {{filter: {{{member}: [$given]}}}}, dryRun: true",
                _BULK,
                given=kind,
            ),
            things,
        )
        for field in ("cancelJobs", "retryJobs")
        for member, (kind, things) in _FILTERS.items()
    },
    **{
        f"Mutation.{field}(input.select.ids)": Door(
            _change(field, "select: {ids: [$given]}", _BULK), ("job", "uuid")
        )
        for field in ("cancelJobs", "retryJobs")
    },
    **{
        f"Mutation.{field}(input.expectedCount)": Door(
            _change(field, "select: {ids: [$given]}, expectedCount: 7", _BULK),
            ("job",),
        )
        for field in ("cancelJobs", "retryJobs")
    },
    "Mutation.cancelJob(input.id)": Door(
        _change("cancelJob", "id: $given", "job { id }"), ("job", "uuid")
    ),
    "Mutation.cancelJob(input.ifVersion)": Door(
        _change("cancelJob", "id: $given, ifVersion: 7", "job { id }"), ("job",)
    ),
    "Mutation.retryJob(input.id)": Door(
        _change("retryJob", "id: $given", "job { id }"), ("job", "uuid")
    ),
    "Mutation.rescheduleJob(input.id)": Door(
        _change("rescheduleJob", 'id: $given, when: {delay: "PT1M"}', "job { id }"),
        ("job", "uuid"),
    ),
    "Mutation.rescheduleJob(input.ifVersion)": Door(
        _change(
            "rescheduleJob",
            'id: $given, when: {delay: "PT1M"}, ifVersion: 7',
            "job { id }",
        ),
        ("job",),
    ),
    "Mutation.deleteJob(input.id)": Door(
        _change("deleteJob", "id: $given", "deletedId"), ("job", "uuid")
    ),
    "Mutation.abortBulkOperation(input.id)": Door(
        _change("abortBulkOperation", "id: $given", _BULK), ("operation",)
    ),
    "Mutation.resendNotification(input.id)": Door(
        _change("resendNotification", "id: $given", "notification { id }"),
        ("notification",),
        admits_admins=False,
    ),
    "Mutation.createViewerToken(input.userId)": Door(
        _change("createViewerToken", 'userId: $given, ttl: "PT1M"', "token"),
        ("user",),
        admits_admins=False,
    ),
    "Mutation.createViewerToken(input.jobId)": Door(
        _change("createViewerToken", 'jobId: $given, ttl: "PT1M"', "token"),
        ("job", "uuid"),
        admits_admins=False,
    ),
    **{
        f"Mutation.scheduleJob(input.{member})": Door(
            _change(
                "scheduleJob",
                f'type: "no-op", tag: "t", {member}: $given',
                "created",
                given=kind,
            ),
            (thing,),
            admits_admins=False,
        )
        for member, kind, thing in _OF_NEW_JOBS
    },
    **{
        f"Mutation.scheduleJobs(input.jobs.{member})": Door(
            _change(
                "scheduleJobs",
                f'jobs: [{{type: "no-op", tag: "t", {member}: $given}}]',
                "items { created }",
                given=kind,
            ),
            (thing,),
            admits_admins=False,
        )
        for member, kind, thing in _OF_NEW_JOBS
    },
    **{
        f"Mutation.scheduleCronJob(input.{name})": Door(
            _change(
                "scheduleCronJob",
                f'type: "report", tag: "t", cron: "0 9 * * *", {input}',
                "created",
                given=kind,
            ),
            (thing,),
            "planner",
            admits_admins=False,
        )
        for name, input, kind, thing in (
            ("userId", "userId: $given", "ID", "user"),
            ("key", "key: $given", "String", "key of a schedule"),
            ("ifVersion", "key: $given, ifVersion: 1", "String", "key of a schedule"),
        )
    },
    **{
        f"Mutation.{field}(input.id)": Door(
            _change(field, "id: $given", "__typename"), ("schedule",), "planner"
        )
        for field in (
            "pauseJobSchedule",
            "resumeJobSchedule",
            "runJobScheduleNow",
            "deleteJobSchedule",
        )
    },
    "Subscription.jobStatusChanged(id)": Door(
        _stream("ID", "jobStatusChanged(id: $given) { id }"), ("job", "uuid")
    ),
    "Subscription.jobUpdates(id)": Door(
        _stream("ID", f"jobUpdates(id: $given) {_FOLLOWED}"), ("job", "uuid")
    ),
    "Subscription.jobUpdates(after)": Door(
        _stream(
            "EventCursor", f"jobUpdates(id: $job, after: $given) {_FOLLOWED}", _JOB
        ),
        ("place in the log",),
        admits_admins=False,
    ),
    "Subscription.jobListUpdates(after)": Door(
        _stream("EventCursor", f"jobListUpdates(after: $given) {_FOLLOWED}"),
        ("place in the log",),
        admits_admins=False,
    ),
    **{
        f"Subscription.jobListUpdates(filter.{member})": Door(
            _stream(
                kind,
                f"jobListUpdates(filter: {{{member}: [$given]}}, snapshot: true)"
                f" {_FOLLOWED}",
            ),
            things,
        )
        for member, (kind, things) in _FILTERS.items()
    },
    "Subscription.bulkOperation(id)": Door(
        _stream("ID", "bulkOperation(id: $given) { id }"), ("operation",)
    ),
    "Subscription.jobLogs(id)": Door(
        _stream("ID", "jobLogs(id: $given) { cursor }"),
        ("job", "uuid"),
        admits_admins=False,
    ),
    "Subscription.jobLogs(after)": Door(
        _stream("String", "jobLogs(id: $job, after: $given) { cursor }", _JOB),
        ("cursor of logs",),
        admits_admins=False,
    ),
    **{
        f"Subscription.jobCounts(filter.{member})": Door(
            _stream(kind, f"jobCounts(filter: {{{member}: [$given]}}) {{ total }}"),
            (thing,),
        )
        for member, kind, thing in (
            ("userIds", "ID", "user"),
            ("types", "String", "type"),
            ("queues", "String", "queue"),
        )
    },
}


def arguments() -> Iterator[tuple[str, str]]:
    """Give every argument, and member of an input, that can name something.

    As `Owner.field(argument.member)`, with its scalar.
    """
    for owner, kind in core.type_map.items():
        if owner.startswith("__") or not is_object_type(kind):
            continue
        for name, field in kind.fields.items():
            for argument, found in field.args.items():
                for path, scalar in _leaves(found.type, (argument,)):
                    if scalar in _NAMING:
                        yield f"{owner}.{name}({'.'.join(path)})", scalar


def is_harmless(coordinate: str) -> bool:
    """Whether it can name nothing that is somebody's."""
    return any(fnmatchcase(coordinate, pattern) for pattern in HARMLESS)


def _leaves(
    given: object, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    kind = get_named_type(given)  # type: ignore[call-overload]  # any type of inputs
    if is_input_object_type(kind):
        for name, field in kind.fields.items():
            yield from _leaves(field.type, (*path, name))
    else:
        yield path, kind.name

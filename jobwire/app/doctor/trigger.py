"""Checks of Trigger.dev: reachable, the right key, and somebody who runs the tasks."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from jobwire.app.doctor.checks import Check
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding, failed, not_checked, ok, warning
from jobwire.app.doctor.no_answer import why_no_answer
from jobwire.app.local_emulator import ORIGIN
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.triggerdev import (
    ApiConnectionError,
    ApiStatusError,
    AuthenticationError,
    InvalidOptionError,
    PermissionDeniedError,
    RetryPolicy,
    RunFilter,
    RunStatus,
    RunSummary,
    TriggerDevClient,
    TriggerDevError,
)
from jobwire.triggerdev.network import Network

_TIMEOUT = timedelta(seconds=4)
_DEADLINE = timedelta(seconds=8)
_CONNECTIONS = 2
#: A date of HTTP has whole seconds, cut off.
_HALF_SECOND = timedelta(seconds=0.5)
#: How far back runs are looked at.
_LATELY = timedelta(days=1)
#: With a worker a run that may start does so sooner.
_UNTOUCHED = timedelta(seconds=30)
#: What the prefix of a key says of its environment.
_ENVIRONMENTS = {
    "tr_dev_": "DEVELOPMENT",
    "tr_prod_": "PRODUCTION",
    "tr_stg_": "STAGING",
    "tr_preview_": "PREVIEW",
}
_DEV = "DEVELOPMENT"
_START_DEV = "Start `npx trigger.dev@latest dev` in the project, and leave it running."
_DEPLOY = "Deploy the project: `npx trigger.dev@latest deploy`."
_TASK_QUEUE = "task"

_PLACES = """
SELECT trigger_environment AS place, count(*) AS jobs FROM worker_jobs
 WHERE executor = 'trigger' AND finished IS NULL AND trigger_environment IS NOT NULL
 GROUP BY 1 ORDER BY 2 DESC"""
_TASKS = """
SELECT DISTINCT trigger_task_id FROM worker_jobs
 WHERE executor = 'trigger' AND finished IS NULL AND trigger_task_id IS NOT NULL
UNION
SELECT trigger_task_id FROM job_schedules
 WHERE deleted_at IS NULL AND NOT is_paused AND trigger_task_id IS NOT NULL"""


class _Listening(httpx.AsyncBaseTransport):
    """The network, which tells what time the other side says it is."""

    def __init__(self, examination: Examination) -> None:
        self._network = Network().anywhere(connections=_CONNECTIONS)
        self._examination = examination

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        before = SystemClock().now()
        response = await self._network.handle_async_request(request)
        half = (SystemClock().now() - before) / 2
        try:
            told = parsedate_to_datetime(response.headers.get("date", ""))
            self._examination.trigger_ahead = told + _HALF_SECOND - (before + half)
        except (TypeError, ValueError):
            # None, or one without a time zone: then there is nothing to compare.
            self._examination.trigger_ahead = None
        return response

    async def aclose(self) -> None:
        await self._network.aclose()


@asynccontextmanager
async def _client(examination: Examination) -> AsyncIterator[TriggerDevClient]:
    access = _access(examination)
    async with TriggerDevClient(
        secret_key=access.secret_key.get_secret_value(),
        api_url=access.api_url,
        branch=access.branch,
        timeout=_TIMEOUT,
        deadline=_DEADLINE,
        retries=RetryPolicy(max_attempts=1),
        transport=_Listening(examination),
    ) as client:
        yield client


def _access(examination: Examination) -> TriggerAccess:
    if examination.access is None:
        raise LookupError("Trigger.dev is not configured")
    return examination.access


async def _configured(examination: Examination) -> Finding:
    access = examination.access
    if access is not None:
        return ok(access.api_url)
    if examination.settings.trigger_enabled is False:
        return not_checked("TRIGGER_ENABLED is false: TRIGGER jobs are refused")
    return not_checked(
        "TRIGGER_SECRET_KEY is not set, and no emulator runs here: TRIGGER jobs are"
        " refused"
    )


async def _api(examination: Examination) -> Finding:
    """Ask who we are; that the key is refused is for the next check."""
    access = _access(examination)
    try:
        async with _client(examination) as client:
            examination.environment = await client.environment_id()
    except (AuthenticationError, PermissionDeniedError) as error:
        return ok(f"{access.api_url} answers {error.status}")
    except InvalidOptionError as error:
        return failed(str(error), "Correct TRIGGER_API_URL or TRIGGER_SECRET_KEY.")
    except ApiConnectionError as error:
        found, advice = why_no_answer(error)
        return failed(f"{access.api_url}: {found}", advice)
    except ApiStatusError as error:
        return failed(
            f"{access.api_url} answers {error.status}: {error.message}",
            "Is TRIGGER_API_URL the address of its API? Else wait: it is in trouble.",
        )
    except TriggerDevError as error:
        return failed(
            f"{access.api_url}: {error.message}",
            "That is not Trigger.dev's API: correct TRIGGER_API_URL.",
        )
    return ok(f"{access.api_url} answers")


async def _key(examination: Examination) -> Finding:
    access = _access(examination)
    kind = _environment_of(access)
    if examination.environment is not None:
        return ok(f"of the environment {examination.environment}, {kind}")
    try:
        async with _client(examination) as client:
            await client.environment_id()
    except TriggerDevError as error:
        advice = "Copy the secret key of the environment again (API keys, in its page)."
        if kind == "PREVIEW" and access.branch is None:
            advice = "Set TRIGGER_PREVIEW_BRANCH: the key is one of preview branches."
        return failed(f"{kind}: {error.message}", advice)
    return ok(kind)


async def _environment(examination: Examination) -> Finding:
    access = _access(examination)
    parts = urlsplit(access.api_url)
    origin = access.origin or f"{parts.scheme}://{parts.netloc}"
    here = f"{origin}#{examination.environment}"
    async with examination.connection() as connection:
        places = {one["place"]: one["jobs"] for one in await connection.fetch(_PLACES)}
    elsewhere = {place: jobs for place, jobs in places.items() if place != here}
    if elsewhere:
        lines = [
            f"{jobs} open jobs are in {place}" for place, jobs in elsewhere.items()
        ]
        return warning(
            "\n".join([f"the key is of {here}", *lines]),
            "Nobody hears of these any more. Give a worker the key of their"
            " environment until they have ended, or cancel them.",
        )
    return ok(f"{places.get(here, 0)} open jobs are in {here}")


async def _workers(examination: Examination) -> Finding:
    access = _access(examination)
    async with _client(examination) as client:
        page = await client.runs.list_page(RunFilter(period=_LATELY))
    now = SystemClock().now() + (examination.trigger_ahead or timedelta())
    return judge_runs(page.runs, is_dev=_environment_of(access) == _DEV, now=now)


def judge_runs(runs: Iterable[RunSummary], *, is_dev: bool, now: datetime) -> Finding:
    """Tell by the newest runs whether anybody runs them.

    Args:
        runs: Of the last day, any of them.
        is_dev: Whether they wait for `trigger.dev dev`, and not for a deployment.
        now: By Trigger.dev's clock.
    """
    listed = list(runs)
    homeless = [one for one in listed if one.status == RunStatus.PENDING_VERSION]
    waiting = [
        one
        for one in listed
        if one.status == RunStatus.QUEUED and now - one.created_at > _UNTOUCHED
    ]
    since = min((one.created_at for one in waiting), default=None)
    is_busy = since is not None and any(
        one.known_status in (RunStatus.EXECUTING, RunStatus.WAITING, RunStatus.DEQUEUED)
        or (one.started_at is not None and one.started_at > since)
        for one in listed
    )
    if since is not None and not is_busy:
        waited = (now - since).total_seconds()
        told = (
            f"{len(waiting)} runs are QUEUED, the first for {waited:,.0f} s, and none"
        )
        if is_dev:
            return failed(
                f"{told} starts: nobody runs `trigger.dev dev` for this DEVELOPMENT"
                " environment",
                _START_DEV,
            )
        return warning(
            f"{told} starts",
            "Look at Trigger.dev for a paused environment or queue, or an incident.",
        )
    if homeless:
        tasks = ", ".join(sorted({one.task_identifier for one in homeless}))
        return failed(
            f"{len(homeless)} runs are PENDING_VERSION: no version of the project that"
            f" is known there has {tasks}",
            _START_DEV if is_dev else _DEPLOY,
        )
    if not listed and is_dev:
        return ok(
            "no run in the last day; whether `trigger.dev dev` runs shows with the next"
        )
    return ok(f"{len(listed)} runs in the last day, and none waits for long")


async def _tasks(examination: Examination) -> Finding:
    access = _access(examination)
    async with _client(examination) as client:
        known = {
            one.name async for one in client.queues.list() if one.type == _TASK_QUEUE
        }
    async with examination.connection() as connection:
        used = {one["trigger_task_id"] for one in await connection.fetch(_TASKS)}
    missing = sorted((used | examination.tasks) - known)
    is_dev = _environment_of(access) == _DEV
    if not known and access.origin != ORIGIN:
        return warning(
            "the environment knows no task", _START_DEV if is_dev else _DEPLOY
        )
    if missing:
        return failed(
            f"not known there: {', '.join(missing)}; its runs wait as PENDING_VERSION",
            _START_DEV if is_dev else _DEPLOY,
        )
    return ok(", ".join(sorted(known)))


def _environment_of(access: TriggerAccess) -> str:
    key = access.secret_key.get_secret_value()
    return next(
        (name for prefix, name in _ENVIRONMENTS.items() if key.startswith(prefix)),
        "an environment of a kind that its key does not tell",
    )


CHECKS = (
    Check("Trigger.dev", _configured, needs=("settings",)),
    Check("Trigger.dev API", _api, needs=("Trigger.dev",)),
    Check("Trigger.dev key", _key, needs=("Trigger.dev API",)),
    Check(
        "Trigger.dev environment",
        _environment,
        needs=("Trigger.dev key", "schema", "rights"),
    ),
    Check("Trigger.dev runs", _workers, needs=("Trigger.dev key",)),
    Check(
        "Trigger.dev tasks",
        _tasks,
        needs=("Trigger.dev key", "schema", "rights", "job types"),
    ),
)

"""Job schedules as clients make and change them."""

from collections.abc import Mapping
from typing import Any

from tests.gql.client import Api

#: Everything of a schedule that does not tell when it was made.
SHOWN = """
  id key tag type userId executor owner cron timezone description
  overlapPolicy misfirePolicy misfireWindow isPaused waitingTickAt lastTickAt
  lastSkippedTick { at reason message }
  triggerTaskId triggerScheduleId syncState syncError version data
  retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }
  nextRunTimes(count: 2)
"""
ERRORS = """errors {
  __typename message code path
  ... on ForbiddenError { requiredScope }
  ... on NotFoundError { id }
  ... on VersionConflictError { currentVersion }
}"""
SCHEDULE = f"""mutation ($input: ScheduleCronJobInput!) {{
  scheduleCronJob(input: $input) {{ created schedule {{ {SHOWN} }} {ERRORS} }}
}}"""
_GIVEN = {"type": "no-op", "tag": "tag-1", "cron": "0 9 * * *"}
_CHANGED = {
    "pauseJobSchedule": f"schedule {{ {SHOWN} }}",
    "resumeJobSchedule": f"schedule {{ {SHOWN} }}",
    "runJobScheduleNow": """created job {
      id type tag userId executor triggerTaskId status data tickAt runAt createdAt
      retryConfig { maxAttempts } schedule { id version }
    }""",
    "deleteJobSchedule": "deletedId",
}
#: The mutations that take a schedule by its id.
CHANGES = {
    name: f"mutation ($input: JobScheduleInput!) {{"
    f" {name}(input: $input) {{ {selected} {ERRORS} }} }}"
    for name, selected in _CHANGED.items()
}


async def schedule_cron(api: Api, *, caller: str = "planner", **input: Any) -> Any:
    """Schedule a job at nine each day, unless told; return the payload."""
    answer = await api.data(SCHEDULE, caller=caller, input={**_GIVEN, **input})
    return answer["scheduleCronJob"]


async def scheduled(api: Api, *, caller: str = "planner", **input: Any) -> Any:
    """Do the same, and return the schedule."""
    payload = await schedule_cron(api, caller=caller, **input)
    assert payload["errors"] == []
    return payload["schedule"]


async def refused(api: Api, *, caller: str = "planner", **input: Any) -> Any:
    """Ask for one that is refused, and return the one error."""
    payload = await schedule_cron(api, caller=caller, **input)
    assert (payload["schedule"], payload["created"]) == (None, False)
    [error] = payload["errors"]
    return error


async def change(
    api: Api, mutation: str, schedule: str | Mapping[str, Any], caller: str = "planner"
) -> Any:
    """Call one of `CHANGES`, and return its payload."""
    id = schedule if isinstance(schedule, str) else schedule["id"]
    answer = await api.data(CHANGES[mutation], caller=caller, input={"id": id})
    return answer[mutation]

"""What is asked: the same fifteen values of a job, in the words of each schema."""

import json
from typing import Any

from benchmarks.load.generator import post

PATH = "/graphql"
_JOB = """id version tag type userId executor status isTerminal success priority queue
  attemptCount createdAt runAt finishedAt"""
JOBS = f"""query ($filter: JobFilter, $after: String) {{
  jobs(first: 50, filter: $filter, after: $after) {{
    nodes {{ {_JOB} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
JOB = f"query ($id: ID!) {{ job(id: $id) {{ {_JOB} }} }}"
SCHEDULE = f"""mutation ($input: ScheduleJobInput!) {{
  scheduleJob(input: $input) {{ job {{ {_JOB} }} errors {{ __typename }} }} }}"""

#: `isTerminal` is computed and no column: another boolean stands in for it.
_ROW = """rowId version tag type userId executor status secretData success priority
  queue attempts createdAt runAt finished"""
ROWS = f"""query ($condition: WorkerJobCondition, $after: Cursor) {{
  allWorkerJobs(first: 50, condition: $condition, after: $after,
                orderBy: [ROW_ID_DESC]) {{
    nodes {{ {_ROW} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
ROW = f"query ($id: UUID!) {{ workerJobByRowId(rowId: $id) {{ {_ROW} }} }}"
CREATE = f"""mutation ($input: CreateWorkerJobInput!) {{
  createWorkerJob(input: $input) {{ workerJob {{ {_ROW} }} }} }}"""


#: The fields that all of them answer.
COMPARED = tuple(name for name in _JOB.split() if name != "isTerminal")


def operation(document: str, variables: dict[str, Any], token: str = "") -> bytes:
    """Write a request of GraphQL.

    Args:
        document: The document.
        variables: Its variables.
        token: A bearer token; "": none is sent.
    """
    body = json.dumps({"query": document, "variables": variables}).encode()
    return post(PATH, body, {"Authorization": f"Bearer {token}"} if token else {})

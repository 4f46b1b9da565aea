"""Scopes: declared once, printed and enforced."""

import pytest
from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode, parse

from jobwire.gql.schema import print_schema
from tests.gql.client import Api
from tests.gql.types import OpenSocket

READS = [
    '{ node(id: "x") { id } }',
    '{ nodes(ids: ["x"]) { id } }',
    '{ job(id: "x") { id } }',
    "{ jobs { nodes { id } } }",
    "{ jobCounts { total } }",
    "{ jobTypes { name } }",
    "{ jobSchedules { nodes { id } } }",
    '{ previewCron(cron: "0 9 * * *") { description } }',
    '{ bulkOperation(id: "x") { id } }',
]
STREAMS = [
    'subscription { jobStatusChanged(id: "x") { id } }',
    'subscription { jobUpdates(id: "x") { __typename } }',
    "subscription { jobListUpdates { __typename } }",
    'subscription { bulkOperation(id: "x") { id } }',
    'subscription { jobLogs(id: "x") { cursor } }',
    "subscription { jobCounts { total } }",
]


@pytest.mark.parametrize("query", READS)
@pytest.mark.parametrize("caller", ["scopeless", "writer"])
async def test_a_query_without_its_scope_is_an_error(
    api: Api, query: str, caller: str
) -> None:
    answer = await api(query, caller=caller)

    [error] = answer["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "requiredScope": "JOBS_READ"}
    assert "jobs:read" in error["message"]


@pytest.mark.parametrize("query", STREAMS)
async def test_a_subscription_without_its_scope_is_an_error(
    open_socket: OpenSocket, query: str
) -> None:
    async with open_socket() as socket:
        await socket.initialise("writer")
        await socket.subscribe(query)

        assert await socket.refused() == "FORBIDDEN"


async def test_admin_implies_every_scope(api: Api) -> None:
    for query in READS:
        assert "errors" not in await api(query, caller="admin")


def _fields() -> list[tuple[str, FieldDefinitionNode]]:
    return [
        (definition.name.value, field)
        for definition in parse(print_schema()).definitions
        if isinstance(definition, ObjectTypeDefinitionNode)
        for field in definition.fields or ()
    ]


def _scope(field: FieldDefinitionNode) -> str | None:
    for directive in field.directives or ():
        if directive.name.value == "requiresScope":
            [argument] = directive.arguments or ()
            return argument.value.value
    return None


def test_every_root_field_says_its_scope_but_the_viewer() -> None:
    scopes = {
        (owner, field.name.value): _scope(field)
        for owner, field in _fields()
        if owner in {"Query", "Mutation", "Subscription"}
    }

    assert scopes.pop(("Query", "viewer")) is None
    assert all(scopes.values())
    for operators in (
        "createViewerToken",
        "reconcileJobs",
        "resendNotification",
        "setQueue",
    ):
        assert scopes.pop(("Mutation", operators)) == "ADMIN"
    for planning in (
        "scheduleCronJob",
        "pauseJobSchedule",
        "resumeJobSchedule",
        "runJobScheduleNow",
        "deleteJobSchedule",
    ):
        assert scopes.pop(("Mutation", planning)) == "SCHEDULES_WRITE"
    assert {scope for (owner, _), scope in scopes.items() if owner == "Mutation"} == {
        "JOBS_WRITE"
    }


def test_the_stack_of_failures_says_its_scope() -> None:
    scoped = {
        (owner, field.name.value): _scope(field)
        for owner, field in _fields()
        if owner not in {"Query", "Mutation", "Subscription"} and _scope(field)
    }

    assert scoped == {("JobFailure", "stack"): "ADMIN"}

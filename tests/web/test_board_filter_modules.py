"""What the board's modules make of ids, of a search and of a filter."""

from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Page

from jobwire.jobs.identifiers import job_id_text

pytestmark = pytest.mark.browser

IDS = [UUID(int=0), UUID(int=(1 << 128) - 1), UUID(int=1 << 127), UUID(int=7)]


async def test_both_forms_of_an_id_are_those_of_the_server(modules: Page) -> None:
    told = await modules.evaluate(
        """async (pairs) => {
          const { isJobId, jobIdOf, uuidOf } = await import("/board/identifiers.js");
          return pairs.map(([id, uuid]) =>
            [jobIdOf(uuid), jobIdOf(id), uuidOf(id), isJobId(id), isJobId(uuid)]);
        }""",
        pairs := [[job_id_text(id), str(id)] for id in IDS],
    )

    assert told == [[id, id, uuid, True, True] for id, uuid in pairs]


@pytest.mark.parametrize(
    "text",
    [
        "job_",
        "job_8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "job_0000000000000000000000000",
        "job_0000000000000000000000000u",
        "sch_00000000000000000000000000",
        "00000000-0000-0000-0000-00000000000",
        "a-tag",
    ],
)
async def test_what_is_no_id_is_a_tag(modules: Page, text: str) -> None:
    assert await _terms(modules, text) == {"tags": [text]}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", {}),
        (" , ,", {}),
        ("sales-2026", {"tags": ["sales-2026"]}),
        (" a b ,c", {"tags": ["a b", "c"]}),
        ("run_cmwx", {"triggerRunIds": ["run_cmwx"]}),
        (str(IDS[3]).upper(), {"ids": [job_id_text(IDS[3])]}),
        (
            f"a, run_1,{job_id_text(IDS[3])}",
            {"tags": ["a"], "triggerRunIds": ["run_1"], "ids": [job_id_text(IDS[3])]},
        ),
    ],
)
async def test_a_search_is_read_as_tags_and_ids(
    modules: Page, text: str, terms: object
) -> None:
    assert await _terms(modules, text) == terms


async def _terms(modules: Page, text: str) -> Any:
    return await modules.evaluate(
        """async (text) => {
          const { readTerms } = await import("/board/search-terms.js");
          return readTerms(text);
        }""",
        text,
    )


JOB = {
    "id": "job_1",
    "status": "FAILED",
    "type": "import",
    "tag": "sales",
    "userId": "ann",
    "executor": "TRIGGER",
    "triggerRunId": "run_1",
    "attention": ["DRIFTED"],
    "createdAt": "2026-11-26T12:00:00.000Z",
}


@pytest.mark.parametrize(
    ("filter", "is_matched"),
    [
        ({}, True),
        ({"ids": ["job_1"], "tags": ["other", "sales"], "userIds": ["ann"]}, True),
        ({"ids": ["job_2"]}, False),
        ({"statuses": ["RUNNING"]}, False),
        ({"types": ["export"]}, False),
        ({"userIds": ["bob"]}, False),
        ({"executors": ["INTERNAL"]}, False),
        ({"triggerRunIds": ["run_1"]}, True),
        ({"triggerRunIds": ["run_2"]}, False),
        ({"attention": ["START_OVERDUE", "DRIFTED"]}, True),
        ({"attention": ["START_OVERDUE"]}, False),
        ({"createdAt": {"from": "2026-11-26T12:00:00.000Z"}}, True),
        ({"createdAt": {"from": "2026-11-26T12:00:00.001Z"}}, False),
    ],
    ids=str,
)
async def test_a_filter_matches_what_the_server_would_select(
    modules: Page, filter: object, *, is_matched: bool
) -> None:
    found = await modules.evaluate(
        """async ([filter, job]) => {
          const { matches } = await import("/board/job-filter.js");
          return matches(filter, job);
        }""",
        [filter, JOB],
    )

    assert found is is_matched


@pytest.mark.parametrize(
    ("filter", "words"),
    [
        ({}, "jobs"),
        ({"isTerminal": False}, "open jobs"),
        (
            {"statuses": ["FAILED", "EXPIRED"], "tags": ["a", "b", "c"]},
            "failed or expired jobs with the tag a, b, or c",
        ),
        (
            {"types": ["import"], "userIds": ["ann"], "executors": ["TRIGGER"]},
            "jobs of the type import of the user ann on Trigger.dev",
        ),
        ({"attention": ["DRIFTED"]}, "jobs that need attention"),
    ],
    ids=str,
)
async def test_a_filter_is_said_in_words(
    modules: Page, filter: object, words: str
) -> None:
    said = await modules.evaluate(
        """async (filter) => {
          const { describeFilter } = await import("/board/job-filter.js");
          return describeFilter(filter);
        }""",
        filter,
    )

    assert said == words


COUNTS = {
    "matchedCount": 1300,
    "succeededCount": 0,
    "skippedCount": 0,
    "failedCount": 0,
}


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ({"succeededCount": 20}, "Canceling 20 of 1,300 jobs."),
        (
            {"status": "COMPLETED", "succeededCount": 1298, "skippedCount": 2},
            "Canceled 1,298 of 1,300 jobs, 2 needed nothing.",
        ),
        (
            {
                "action": "RETRY",
                "status": "ABORTED",
                "succeededCount": 4,
                "failedCount": 1,
            },
            "Retried 4 of 1,300 jobs, stopped after 5, 1 refused.",
        ),
    ],
    ids=str,
)
async def test_a_bulk_operation_is_said_in_words(
    modules: Page, operation: dict[str, object], words: str
) -> None:
    given = {"action": "CANCEL", "status": "RUNNING", **COUNTS, **operation}

    said = await modules.evaluate(
        """async (operation) => {
          const { describeOperation } = await import("/board/bulk-operation.js");
          return describeOperation(operation);
        }""",
        given,
    )

    assert said == words

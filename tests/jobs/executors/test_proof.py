"""Everything of Trigger.dev that jobs branch on was seen, or is named as unseen."""

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import jobwire.triggerdev
from jobwire.jobs.dispatch import _CONFLICT, _REFUSALS
from jobwire.jobs.executors.run_words import STATUSES, status_of
from jobwire.triggerdev import Run, TriggerDevError
from jobwire.triggerdev.errors import _BY_STATUS, _RETRYABLE_STATUSES
from jobwire.triggerdev.runs import read_run
from tests.emulator.transcripts.recording import by_key
from tests.jobs.executors.proof import ABSENT, ANY, SHOWN, UNSHOWN, Shown
from tests.pages import EMULATOR_PAGE, section_of

ROOT = Path(jobwire.triggerdev.__file__).parents[1]
HEADER = "| jobs branch on | rests on |"
NAMED = {one.what for one in SHOWN} | set(UNSHOWN)
#: Errors that jobs tell apart, and the answers that they are.
ANSWERS = {
    "ApiStatusError": "answer 500",
    "AuthenticationError": "answer 401",
    "ConflictError": "answer 409",
    "NotFoundError": "answer 404",
    "PermissionDeniedError": "answer 403",
    "RateLimitedError": "answer 429",
    "UnprocessableError": "answer 422",
}
#: Errors that no answer is: they come about here, or are the class of all.
OWN = {
    "ApiConnectionError",
    "InvalidOptionError",
    "InvalidSignatureError",
    "MalformedAlertError",
    "TriggerDevError",
}


def found_at(one: Shown) -> Any:
    answer = by_key()[one.exchange].answer
    value: Any = {
        "status": answer.status,
        "headers": answer.headers,
        "body": answer.body,
    }
    for name in one.place.split("."):
        if isinstance(value, list):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return ABSENT
    return value


@pytest.mark.parametrize("one", SHOWN, ids=lambda one: one.what)
def test_the_exchange_shows_it(one: Shown) -> None:
    found = found_at(one)

    if one.value is ANY:
        assert found is not ABSENT
        assert found is not None
    else:
        assert found == one.value


@pytest.mark.parametrize(
    "one", [one for one in SHOWN if one.what.startswith("status ")]
)
def test_a_recorded_run_is_read_as_its_status(one: Shown) -> None:
    run = read_run(by_key()[one.exchange].answer.body)

    assert run.known_status is not None
    assert status_of(run.status) is STATUSES[run.known_status]
    assert f"status {run.status}" == one.what


def test_nothing_is_both_seen_and_unseen() -> None:
    assert {one.what for one in SHOWN} & set(UNSHOWN) == set()
    assert len({one.what for one in SHOWN}) == len(SHOWN)


def test_every_status_is_named() -> None:
    assert {f"status {one}" for one in STATUSES} <= NAMED
    assert {what for what in NAMED if what.startswith("status ")} == {
        f"status {one}" for one in STATUSES
    }


def test_every_field_of_a_run_is_named() -> None:
    own = {"duration": "duration_ms", "related": "related_runs"}
    names = {_camel(own.get(field.name, field.name)) for field in fields(Run)}

    assert {f"field {name}" for name in names} - NAMED == set()


def test_every_answer_is_named() -> None:
    statuses = {*_REFUSALS, _CONFLICT, *_BY_STATUS, *_RETRYABLE_STATUSES, 500}

    assert {f"answer {one}" for one in statuses} - NAMED == set()


def test_every_error_that_jobs_tell_apart_is_an_answer_that_is_named() -> None:
    used = {
        name
        for path in (*ROOT.glob("jobs/**/*.py"), *ROOT.glob("worker/**/*.py"))
        for name in _imported_from_client(path)
        if isinstance(kind := getattr(jobwire.triggerdev, name), type)
        and issubclass(kind, TriggerDevError)
    }

    assert used == {*ANSWERS, *OWN}
    assert set(ANSWERS.values()) <= NAMED


def test_the_page_tells_what_is_unseen() -> None:
    text = section_of(EMULATOR_PAGE, "What no transcript shows")
    table = text.partition(HEADER)[2].partition("\n\n")[0]

    rows = re.findall(r"^\| (.+?) \| (.+) \|$", table, re.MULTILINE)

    assert dict(rows) == UNSHOWN


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _imported_from_client(path: Path) -> list[str]:
    return [
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "jobwire.triggerdev"
        for alias in node.names
    ]

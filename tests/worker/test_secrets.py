"""Secrets: the worker tells them to the code, and to no log and no failure."""

import logging
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from jobwire.jobs.decorator import job
from jobwire.jobs.job import Job
from tests.worker.conftest import Workbench

MARK = "4111-1111-1111-1111"


class Card(BaseModel):
    number: str
    until: date


@job("pay", secret_data=True, secret_result=True)
async def pay(data: Card) -> dict[str, Any]:
    return {"paid": data.number}


@job("owe", secret_result=True)
async def owe(data: Card) -> int:
    """Return what it does not promise."""
    return data.number  # type: ignore[return-value]


GOOD = {"number": MARK, "until": "2030-01-31"}


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("pay", GOOD, None),
        ("pay", {"number": [MARK], MARK: MARK, "until": MARK}, "number: string_type"),
        ("owe", GOOD, "cannot be written as JSON"),
        ("owe", {"number": 7, "until": "2030-01-31"}, "should be a valid string"),
    ],
)
async def test_no_log_and_no_failure_of_ours_repeats_it(
    bench: Workbench,
    caplog: pytest.LogCaptureFixture,
    name: str,
    data: Any,
    told: str | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    await bench.start(pay, owe)

    ended: Job = await bench.ended(await bench.schedule(name, data))

    assert MARK not in caplog.text
    if told is None:
        assert ended.result == f'{{"paid": "{MARK}"}}'
    else:
        assert ended.result is not None
        assert told in ended.result
        assert MARK not in ended.result

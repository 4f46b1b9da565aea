"""What lines say that the code of jobs logs, by whichever logger."""

import asyncio
import logging
import threading
from typing import Any

import pytest
from structlog.contextvars import get_contextvars

from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.jobs.identifiers import job_id_text
from tests.worker.conftest import VIEWER, Workbench

_log = logging.getLogger("users.own")


class Heard(logging.Handler):
    """Keeps what was bound where each line was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, dict[str, Any]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.lines[record.getMessage()] = get_contextvars()


@pytest.fixture
def heard():
    handler = Heard()
    _log.addHandler(handler)
    logging.getLogger("jobwire.job").addHandler(handler)
    _log.setLevel(logging.INFO)
    yield handler.lines
    _log.removeHandler(handler)
    logging.getLogger("jobwire.job").removeHandler(handler)


@pytest.mark.parametrize("is_async", [True, False])
async def test_lines_of_any_logger_name_job_and_attempt(
    bench: Workbench, heard: dict[str, dict[str, Any]], *, is_async: bool
) -> None:
    @job("talk")
    async def talk_async(context: JobContext) -> None:
        _log.info("here %s", context.job_id)
        await asyncio.to_thread(_log.info, "beside %s", context.job_id)
        await asyncio.create_task(note(context.job_id))
        msg = f"no luck {context.job_id}"
        raise ValueError(msg)

    @job("talk")
    def talk_sync(context: JobContext) -> None:
        _log.info("here %s", context.job_id)
        asyncio.run(note(context.job_id))
        msg = f"no luck {context.job_id}"
        raise ValueError(msg)

    async def note(job_id: str) -> None:
        _log.info("deeper %s", job_id)

    await bench.start(talk_async if is_async else talk_sync)
    ids = [
        await bench.schedule("talk", retry_config={"maxAttempts": 1}) for _ in range(3)
    ]
    for id in ids:
        await bench.ended(id)

    for id in map(job_id_text, ids):
        about = [bound for line, bound in heard.items() if id in line]
        assert len(about) == (4 if is_async else 3)
        for bound in about:
            assert bound == {
                "job_id": id,
                "job_type": "talk",
                "attempt": 1,
                "user_id": VIEWER.user_id,
            }


async def test_a_thread_forgets_the_job_that_it_ran(
    bench: Workbench, heard: dict[str, dict[str, Any]]
) -> None:
    threads: list[int] = []

    @job("note")
    def note(context: JobContext) -> None:
        threads.append(threading.get_ident())
        _log.info("%s", context.job_id)

    await bench.start(note, threads=1)
    first, second = [await bench.schedule("note") for _ in range(2)]
    await bench.ended(first)
    await bench.ended(second)

    assert len(set(threads)) == 1
    assert {line: bound["job_id"] for line, bound in heard.items()} == {
        job_id_text(id): job_id_text(id) for id in (first, second)
    }

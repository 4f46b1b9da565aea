"""`jobwire notifications`: the log for operators, and secrets."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobwire.app.cli import main
from jobwire.app.commands.api_json import notification_json
from jobwire.jobs.notifications.log import read_page
from jobwire.jobs.notify import split_secrets
from jobwire.jobs.queries import Window
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.gql.types import MakeJob
from tests.jobs.notifications.conftest import SHOP, Notifying

Captured = pytest.CaptureFixture[str]


@pytest.fixture
async def notifying(
    bare_environment: Path,  # noqa: ARG001 - entered
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
    clock: FakeClock,
    make_job: MakeJob,
) -> AsyncIterator[Notifying]:
    """Two that wait."""
    monkeypatch.setenv("DATABASE_URL", str(database.url))
    # What has nothing to do with it does not get in the way.
    monkeypatch.setenv("JOBWIRE_JOBS", "no_such_module")
    async with database.connection() as connection:
        notifying = Notifying(database, connection, clock)
        await notifying.record_all()
        for _ in range(2):
            await make_job()
            await notifying.record_all()
        yield notifying


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["notifications", *arguments])


async def ids(notifying: Notifying) -> list[str]:
    page = await read_page(notifying.connection, Window(first=10))
    return [one.public_id for one in page.items]


async def test_they_are_listed_the_newest_first(
    notifying: Notifying, capsys: Captured
) -> None:
    assert await run("list") == 0

    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading.split()[:3] == ["ID", "TYPE", "JOB"]
    assert [row.split()[0] for row in rows] == await ids(notifying)
    assert all(SHOP in row for row in rows)


async def test_they_are_listed_in_the_words_of_the_api(
    notifying: Notifying, capsys: Captured
) -> None:
    assert await run("list", "--status", "pending", "--limit", "1", "--json") == 0

    [newest, _] = (await read_page(notifying.connection, Window(first=2))).items
    assert json.loads(capsys.readouterr().out) == notification_json(newest)


async def test_when_there_are_none_it_says_so(
    notifying: Notifying, capsys: Captured
) -> None:
    assert await notifying.claim()
    assert await run("list", "--status", "failed") == 0

    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "There are no such notifications.\n")


async def test_some_are_sent_again(notifying: Notifying, capsys: Captured) -> None:
    claimed = [one.message_id for one in await notifying.claim()]
    notifying.clock.advance(3600 * 24 * 365)

    assert await run("resend", *claimed) == 0

    assert capsys.readouterr().out.split() == claimed


async def test_all_that_were_given_up_are_sent_again(
    notifying: Notifying, capsys: Captured
) -> None:
    await notifying.connection.execute(
        "UPDATE notifications SET status = 'FAILED', next_attempt_at = NULL,"
        " ended_at = now()"
    )

    assert await run("resend", "--failed") == 0
    assert "2 are sent again." in capsys.readouterr().err


async def test_one_that_is_not_there_is_refused(
    notifying: Notifying, capsys: Captured
) -> None:
    assert await run("resend", "ntf_x") == 1
    assert "There is no notification 'ntf_x'." in capsys.readouterr().err
    assert len(await ids(notifying)) == 2


def test_a_secret_is_made_anew_each_time(capsys: Captured) -> None:
    for _ in range(2):
        assert main(["notifications", "secret"]) == 0

    made = capsys.readouterr().out.split()
    assert len(set(made)) == 2
    assert split_secrets(",".join(made)) == tuple(made)

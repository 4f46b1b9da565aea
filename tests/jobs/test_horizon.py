from datetime import timedelta

import pytest

from jobwire.jobs.horizon import MOST_XIDS, Holder, read_holders
from jobwire.models.database import Database

MINUTE = timedelta(minutes=1)


async def test_an_open_transaction_is_found_with_its_session(
    database: Database,
) -> None:
    other = await database.connect(application_name="somebody's report")
    try:
        async with other.transaction(), database.connection() as connection:
            await other.fetch("SELECT pg_current_xact_id()")
            pid = str(other.get_server_pid())
            [found] = [one for one in await read_holders(connection) if one.name == pid]
        async with database.connection() as connection:
            later = [one.name for one in await read_holders(connection)]
    finally:
        await other.close()

    assert found.kind == "transaction"
    assert "somebody's report" in found.about
    assert "idle in transaction" in found.about
    assert found.age is not None
    assert found.xids is not None
    assert found.remedy == f"SELECT pg_terminate_backend({pid})"
    assert pid not in later


@pytest.mark.parametrize(
    ("age", "xids", "is_old"),
    [
        (MINUTE, 0, True),
        (MINUTE / 2, MOST_XIDS, False),
        (None, MOST_XIDS, True),
        (None, MOST_XIDS - 1, False),
        (None, None, False),
    ],
)
def test_what_has_no_age_is_old_by_what_it_holds_back(
    age: timedelta | None, xids: int | None, *, is_old: bool
) -> None:
    holder = Holder("replication slot", "standby", "inactive", age, xids)

    assert holder.is_old(MINUTE) is is_old


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        ("prepared transaction", "ROLLBACK PREPARED 'it''s'"),
        ("replication slot", "SELECT pg_drop_replication_slot('it''s')"),
    ],
)
def test_the_remedy_quotes_names(kind: str, remedy: str) -> None:
    assert Holder(kind, "it's", "", None, None).remedy == remedy

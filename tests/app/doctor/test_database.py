"""What doctor says of a database: each time of a real one that is really so."""

import asyncio
import json
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from jobwire.app.cli import main
from jobwire.app.doctor.database import CHECKS as OF_DATABASE
from jobwire.app.doctor.finding import Verdict
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl
from tests.app.doctor.conftest import Examine
from tests.flows.pooler import pooler

SECRET = "0123456789abcdef0123456789abcdef"


#: Names the database of the tests, but for what is given.
NameDatabase = Callable[..., None]


@pytest.fixture
def name_database(
    monkeypatch: pytest.MonkeyPatch, database_url: DatabaseUrl
) -> NameDatabase:
    """Name the database of the tests, but for what is given."""

    def name(**other: object) -> None:
        monkeypatch.setenv("DATABASE_URL", str(replace(database_url, **other)))

    return name


async def test_all_is_well_with_a_database_that_was_migrated(
    on_database: Examine, database: Database
) -> None:
    async with database.connection() as connection:
        version = await connection.fetchval("SHOW server_version")

    found = await on_database()

    assert found["server version"].found == f"PostgreSQL {version}"
    verdicts = {check.name: found[check.name].verdict for check in OF_DATABASE}
    assert set(verdicts.values()) == {Verdict.OK}
    assert found["LISTEN"].found == "LISTEN hears NOTIFY"
    assert found["clock of the database"].verdict is Verdict.OK


async def test_a_port_where_nobody_listens_is_told_and_what_needs_it_is_not_checked(
    examine: Examine, name_database
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = probe.getsockname()[1]
    name_database(host="127.0.0.1", port=closed)

    found = await examine()

    assert found["database"].verdict is Verdict.FAILED
    assert "nobody listens there" in found["database"].found
    assert "Start PostgreSQL" in found["database"].advice
    assert found["workers"].verdict is Verdict.NOT_CHECKED
    assert found["workers"].found == "not checked, because of 'database'"
    # Whatever the database is, this does not need it.
    assert found["webhook secret"].verdict is Verdict.OK


@pytest.mark.parametrize(
    ("other", "found", "advice"),
    [
        pytest.param(
            {"password": "wrong"},
            "the password of jobwire is wrong",
            "percent-encode",
            id="password",
        ),
        pytest.param(
            {"database": "nosuch"},
            "the server has no database nosuch",
            "createdb nosuch",
            id="database",
        ),
        pytest.param(
            {"host": "nosuch.invalid"},
            "the name nosuch.invalid is not known",
            "mend DNS",
            id="name",
        ),
        pytest.param(
            {"ssl_mode": "require"},
            "the server speaks no TLS",
            "take sslmode out",
            id="TLS",
        ),
    ],
)
async def test_why_a_server_does_not_let_us_in_is_told(
    examine: Examine,
    name_database: NameDatabase,
    other: dict[str, str],
    found: str,
    advice: str,
) -> None:
    name_database(**other)

    told = (await examine())["database"]

    assert told.verdict is Verdict.FAILED
    assert found in told.found
    assert advice in told.advice
    assert "wrong" not in told.found.replace("is wrong", "")


async def test_a_schema_ahead_of_the_code_is_told(
    on_database: Examine, database: Database
) -> None:
    async with version_of(database, "9999", oldest="9000"):
        told = (await on_database())["schema"]

    assert told.verdict is Verdict.FAILED
    assert "version 9999" in told.found
    assert "ahead of the code" in told.found
    assert told.advice.startswith("Upgrade Jobwire here.")


async def test_a_schema_ahead_that_the_code_can_use_is_only_a_warning(
    on_database: Examine, database: Database
) -> None:
    async with version_of(database, "9999"):
        told = (await on_database())["schema"]

    assert told.verdict is Verdict.WARNING
    assert told.found == "version 9999 is ahead of the code, which can use it"


async def test_no_command_works_on_a_schema_that_the_code_cannot_use(
    on_database: Examine, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert on_database
    async with version_of(database, "9999", oldest="9000"):
        for command in (["migrate"], ["jobs", "list"]):
            assert await asyncio.to_thread(main, command) == 1

    told = capsys.readouterr().err
    assert told.count("is at version 9999 of Jobwire's schema") == 2
    assert told.count("Install the Jobwire that migrated it") == 2


async def test_a_schema_behind_the_code_is_told(
    on_database: Examine, database: Database
) -> None:
    async with version_of(database, "0001"):
        found = await on_database()

    assert found["schema"].verdict is Verdict.FAILED
    assert "behind the code: 0002, " in found["schema"].found
    assert found["schema"].advice == "Run `jobwire migrate`."
    assert found["counts"].found == "not checked, because of 'schema'"


@asynccontextmanager
async def version_of(
    database: Database, version: str, *, oldest: str = ""
) -> AsyncIterator[None]:
    """Have the database say that it has another version, for code from one on."""
    write = "UPDATE jobwire_alembic_version SET version_num = $1"
    say = "COMMENT ON TABLE jobwire_alembic_version IS '{}'"
    async with database.connection() as connection:
        own, said = await connection.fetchrow(
            """SELECT version_num, obj_description(tableoid, 'pg_class')
                 FROM jobwire_alembic_version"""
        )
        await connection.execute(write, version)
        await connection.execute(
            say.format(f"Code from this version on may use the tables: {oldest}")
        )
        try:
            yield
        finally:
            await connection.execute(write, own)
            await connection.execute(say.format(said or ""))


async def test_tables_that_are_not_there_or_not_ours_are_told(
    on_database: Examine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBWIRE_DB_SCHEMA", "theirs")
    absent = (await on_database())["tables"]
    async with database.connection() as connection:
        await connection.execute(
            "CREATE SCHEMA theirs; CREATE TABLE theirs.worker_jobs ()"
        )
        try:
            foreign = (await on_database())["tables"]
        finally:
            await connection.execute("DROP SCHEMA theirs CASCADE")

    assert (absent.verdict, absent.advice) == (Verdict.FAILED, "Run `jobwire migrate`.")
    assert foreign.verdict is Verdict.FAILED
    assert "that Jobwire did not make" in foreign.found


async def test_a_role_that_may_not_write_is_told_what_it_lacks(
    examine: Examine, name_database: NameDatabase, database: Database
) -> None:
    role, password = f"reader_{secrets.token_hex(4)}", secrets.token_hex(8)
    async with database.connection() as connection:
        await connection.execute(
            f"CREATE ROLE {role} LOGIN PASSWORD '{password}';"
            f" GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
        )
        name_database(user=role, password=password)
        try:
            found = await examine()
        finally:
            await connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")

    assert found["rights"].verdict is Verdict.FAILED
    assert "no INSERT on worker_jobs" in found["rights"].found
    assert f"TO {role};" in found["rights"].advice


async def test_a_transaction_that_goes_on_and_on_is_told(
    on_database: Examine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBWIRE_LONG_TRANSACTION_SECONDS", "0.001")
    async with database.connection() as connection:
        pid = await connection.fetchval("SELECT pg_backend_pid()")
        async with connection.transaction(isolation="repeatable_read"):
            await connection.fetchval("SELECT pg_current_xact_id()")
            told = (await on_database())["long transactions"]

    assert told.verdict is Verdict.WARNING
    assert f"transaction {pid} (" in told.found
    assert "pg_terminate_backend" in told.advice


async def test_a_pooler_that_the_url_does_not_tell_of_is_told(
    examine: Examine,
    name_database: NameDatabase,
    database: Database,
    database_url: DatabaseUrl,
) -> None:
    assert database.schema == "public"
    with (
        tempfile.TemporaryDirectory(prefix="jobwire-pooler-") as folder,
        pooler(database_url, readable(folder)) as behind,
    ):
        name_database(host=behind.host, port=behind.port)
        silent = (await examine())["database"]
        name_database(host=behind.host, port=behind.port, is_pooled=True)
        told = await examine()
    name_database(is_pooled=True)
    wrong = (await examine())["pooler"]

    assert "a pooler stands before the database" in silent.found
    assert "?pgbouncer=true" in silent.advice
    assert told["pooler"].found == "a pooler in transaction mode"
    assert told["LISTEN"].verdict is Verdict.WARNING
    assert wrong.verdict is Verdict.WARNING
    assert "this is PostgreSQL itself" in wrong.found


def readable(folder: str) -> Path:
    """Let PgBouncer read its files, which is somebody else when tests are root's."""
    Path(folder).chmod(0o755)
    return Path(folder)


async def test_few_connections_that_are_left_are_told(
    on_database: Examine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database.schema == "public"
    monkeypatch.setenv("JOBWIRE_POOL_SIZE", "5000")

    told = (await on_database())["connections"]

    assert told.verdict is Verdict.WARNING
    assert "one more API process may take 5002" in told.found


@pytest.mark.usefixtures("database")
def test_the_command_exits_1_when_a_check_failed_and_tells_each_as_json(
    bare_environment: Path,
    monkeypatch: pytest.MonkeyPatch,
    database_url: DatabaseUrl,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bare_environment.is_dir()
    monkeypatch.setenv("DATABASE_URL", str(database_url))
    monkeypatch.setenv("JOBWIRE_AUTH_SECRET", SECRET)

    assert main(["doctor"]) == 0
    assert "0 failed, " in capsys.readouterr().out
    monkeypatch.setenv("JOBWIRE_POOL_SIZE", "many")
    assert main(["doctor", "--json"]) == 1

    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["check"] == "settings"
    assert first["verdict"] == "FAILED"
    assert first["found"] == (
        "JOBWIRE_POOL_SIZE must be a whole number from 1 on, not 'many'."
    )

import asyncio
import json
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from jobwire.app.cli import COMMANDS, main
from jobwire.app.tokens import dev_secret, read_token
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.viewer import Scope
from jobwire.models.database_url import DatabaseUrl
from tests.app.commands import running

SECRET = "a secret of the tests, long enough"

pytestmark = pytest.mark.usefixtures("bare_environment")


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that is refused; return what it says, which is no traceback."""
    assert main(arguments) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["job"], "jobwire: there is no command 'job'; did you mean jobs?\n"),
        (["jobs", "lst"], "jobwire jobs: there is no verb 'lst'; did you mean list?\n"),
        (
            ["keys", "revok"],
            "jobwire keys: there is no action 'revok'; did you mean revoke?\n",
        ),
        (
            ["jobs", "list", "--jsn"],
            "jobwire jobs list: there is no argument --jsn; did you mean --json?\n",
        ),
        (
            ["worker", "--xyz=1"],
            "jobwire worker: there is no argument --xyz; see `jobwire worker --help`\n",
        ),
    ],
)
def test_what_does_not_exist_is_not_understood_and_the_nearest_is_named(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert capsys.readouterr().err == told


def test_of_what_is_unlike_anything_all_that_there_is_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["xyzzy"])

    told = capsys.readouterr().err
    assert "there is no command 'xyzzy'; those are dev, serve, worker," in told


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])

    assert caught.value.code == 0
    assert capsys.readouterr().out == f"jobwire {version('jobwire')}\n"


def test_its_help_imports_no_command() -> None:
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "jobwire", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr

    assert "jobwire.app.cli" in imported
    assert not re.findall(r"jobwire\.app\.commands\.\w+|rich|asyncpg", imported)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])

    assert caught.value.code == 0
    assert f"usage: jobwire {command}" in capsys.readouterr().out


def test_a_wrong_setting_ends_a_command_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOBWIRE_LEASE_SECONDS", "long")

    assert refused(capsys, "worker") == (
        "jobwire worker: JOBWIRE_LEASE_SECONDS must be a number of seconds above 0, not"
        " 'long'.\n"
    )


def test_serve_needs_an_auth_setting(capsys: pytest.CaptureFixture[str]) -> None:
    told = refused(capsys, "serve")

    assert "set JOBWIRE_AUTH_SECRET" in told
    assert "set JOBWIRE_AUTH_JWKS_URL" in told
    assert "API keys count beside them, but are not enough" in told


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("postgresql://u@127.0.0.1:1/d", "refused|Connect call", id="away"),
        pytest.param("postgresql://u@no-such-host.invalid/d", ".", id="no host"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    url: str,
    message: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    assert re.search(f"jobwire migrate: .*({message})", refused(capsys, "migrate"))


def test_a_wrong_password_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: DatabaseUrl,
) -> None:
    wrong = DatabaseUrl(
        database_url.host, database_url.port, database_url.user, "wrong", "jobwire"
    )
    monkeypatch.setenv("DATABASE_URL", str(wrong))

    assert "password authentication failed" in refused(capsys, "migrate")


def test_migrate_says_what_it_did(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: DatabaseUrl,
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(database_url))

    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == (
        f"{database_url.display}, schema public: already up to date\n"
    )
    assert main(["migrate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "database": database_url.display,
        "schema": "public",
        "applied": [],
    }


def test_the_url_of_a_given_database_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://ann:pass@db/jobs")

    assert main(["database-url"]) == 0
    assert capsys.readouterr().out == "postgresql://ann:pass@db:5432/jobs\n"


def test_an_embedded_database_that_does_not_run_has_no_url(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "jobwire dev" in refused(capsys, "database-url")


def test_what_needs_no_server_does_not_load_it() -> None:
    code = """if True:
        import sys
        from jobwire.app.cli import COMMANDS, main

        main(["token", "--user", "ann"])
        import jobwire.app.commands.emulator
        print(*sys.modules)"""
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert {"alembic", "strawberry", "jobwire.app.jobwire"}.isdisjoint(loaded)


def test_a_token_speaks_for_a_user_with_scopes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOBWIRE_AUTH_SECRET", SECRET)

    assert main(["token", "--user", "ann", "--scope", "jobs:read admin"]) == 0

    token = capsys.readouterr().out.strip()
    viewer = read_token(SecretStr(SECRET), token, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert viewer.user_id == "ann"
    assert viewer.scopes == {Scope.JOBS_READ, Scope.ADMIN}


def test_a_token_can_be_of_one_job_and_names_whom_it_is_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOBWIRE_AUTH_SECRET", SECRET)
    monkeypatch.setenv("JOBWIRE_AUTH_ISSUER", "shop")
    monkeypatch.setenv("JOBWIRE_AUTH_AUDIENCE", "jobs")
    job = UUID(int=7)

    assert main(["token", "--user", "ann", "--job", job_id_text(job)]) == 0

    viewer = read_token(
        SecretStr(SECRET),
        capsys.readouterr().out.strip(),
        now=datetime(2026, 1, 1, tzinfo=UTC),
        issuer="shop",
        audience="jobs",
    )
    assert (viewer.job_id, viewer.scopes) == (job, {Scope.JOBS_READ})


def test_without_a_secret_a_token_is_for_dev(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["token", "--user", "ann"]) == 0

    token = capsys.readouterr().out.strip()
    secret = dev_secret(Path(".jobwire"))
    viewer = read_token(secret, token, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert viewer.scopes == {Scope.JOBS_READ, Scope.JOBS_WRITE}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--scope", "jobs:all"),
        ("--hours", "0"),
        ("--hours", "nan"),
        ("--hours", "day"),
        ("--job", "job_1"),
    ],
)
def test_a_token_that_cannot_be_is_not_understood(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["token", "--user", "ann", *arguments])

    assert caught.value.code == 2


def test_the_schema_is_printed_and_held_to_its_file(
    bare_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema"]) == 0
    printed = capsys.readouterr().out
    file = bare_environment / "schema.graphql"

    assert main(["schema", "--check"]) == 1
    file.write_text(printed)
    assert main(["schema", "--check"]) == 0


async def test_serve_and_worker_share_a_database_and_end_in_order(
    bare_environment: Path, database_url: DatabaseUrl
) -> None:
    given = {
        "DATABASE_URL": str(database_url),
        "JOBWIRE_AUTH_SECRET": SECRET,
        "JOBWIRE_EXAMPLES": "true",
        "JOBWIRE_WORKER_PORT": "0",
    }
    with (
        running("serve", "--port", "0", folder=bare_environment, **given) as serve,
        running("worker", folder=bare_environment, **given) as worker,
    ):
        found = await asyncio.to_thread(serve.wait_for, r"serving on (http://\S+/)")
        await asyncio.to_thread(worker.wait_for, r"serves count-primes")
        probes = await asyncio.to_thread(worker.wait_for, r"metrics on (http://\S+/)")
        async with httpx.AsyncClient(base_url=probes.group(1)) as http:
            working = await http.get("/readyz")
            scraped = await http.get("/metrics")
            elsewhere = await http.get("/graphql")
        async with httpx.AsyncClient(base_url=found.group(1)) as http:
            ready = await http.get("/readyz")
            stranger = await http.post("/graphql", json={"query": "{ __typename }"})
        worker.signal(signal.SIGTERM)
        serve.signal(signal.SIGTERM)
        codes = [
            (await asyncio.to_thread(command.end))[0] for command in (worker, serve)
        ]

    assert ready.json() == {"ready": True, "missing": []}
    assert stranger.status_code == 401
    assert working.json() == {"ready": True, "missing": []}
    assert "jobwire_job_slots " in scraped.text
    assert elsewhere.status_code == 404
    assert codes == [0, 0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(
            {},
            "Without JOBWIRE_AUTH_ISSUER and JOBWIRE_AUTH_AUDIENCE any token of that"
            " identity provider counts, whatever its iss and aud.",
            id="neither",
        ),
        pytest.param(
            {"JOBWIRE_AUTH_ISSUER": "https://login.example"},
            "Without JOBWIRE_AUTH_AUDIENCE any token of that identity provider counts,"
            " whatever its aud.",
            id="no audience",
        ),
    ],
)
async def test_serve_starts_with_an_identity_provider_and_says_what_it_leaves_open(
    bare_environment: Path, database_url: DatabaseUrl, given: dict[str, str], told: str
) -> None:
    given = {
        "DATABASE_URL": str(database_url),
        "JOBWIRE_AUTH_JWKS_URL": "https://127.0.0.1:1/keys",
        **given,
    }
    with running("serve", "--port", "0", folder=bare_environment, **given) as serve:
        await asyncio.to_thread(serve.wait_for, re.escape(told))
        serve.signal(signal.SIGTERM)
        code, _ = await asyncio.to_thread(serve.end)

    assert code == 0

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from jobwire.app.notifications import notification_settings
from jobwire.app.settings import Settings, SettingsError, environment_names
from jobwire.app.settings_reference import env_example, markdown_table
from jobwire.jobs.retention import Retention
from tests.receiver import OTHER_SECRET
from tests.receiver import SECRET as WEBHOOK_SECRET

ROOT = Path(__file__).parents[2]
URL = "postgresql://ann:hidden@db.example/jobs"
SECRET = "s" * 32

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_nothing_has_to_be_set() -> None:
    settings = Settings()

    assert settings.database_url is None
    assert settings.data_dir == Path(".jobwire")
    assert settings.auth_secret is None


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("JOBWIRE_PORT", "8123")
    monkeypatch.setenv("JOBWIRE_NOTIFY", "false")
    monkeypatch.setenv("JOBWIRE_LOG_LEVEL", "debug")
    monkeypatch.setenv("JOBWIRE_ALLOWED_ORIGINS", "https://a.example, http://b:3000")

    settings = Settings()

    assert settings.database_url == URL
    assert settings.port == 8123
    assert settings.notify is False
    assert settings.log_level == "DEBUG"
    assert settings.allowed_origins == ("https://a.example", "http://b:3000")


def test_a_file_is_read_and_may_hold_what_is_not_ours(bare_environment: Path) -> None:
    bare_environment.joinpath(".env").write_text(
        "JOBWIRE_PORT=8124\nDEBUG=1\nexport DATABASE_URL='" + URL + "'\n"
    )

    settings = Settings()

    assert (settings.port, settings.database_url) == (8124, URL)


def test_arguments_win_over_the_environment_and_that_over_the_file(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare_environment.joinpath(".env").write_text(
        "JOBWIRE_PORT=1\nJOBWIRE_HOST=file\nJOBWIRE_JOBS=file\n"
    )
    monkeypatch.setenv("JOBWIRE_PORT", "2")
    monkeypatch.setenv("JOBWIRE_HOST", "environment")
    monkeypatch.setenv("DATABASE_URL", URL)

    settings = Settings(port=3, database_url=None)

    assert settings.port == 3
    assert settings.host == "environment"
    assert settings.jobs == "file"
    assert settings.database_url is None


def test_an_empty_value_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBWIRE_PORT", "")
    monkeypatch.setenv("DATABASE_URL", "")

    assert Settings() == Settings(port=None, database_url=None)


def test_settings_that_say_the_same_are_equal_and_hashable() -> None:
    one = Settings(database_url=URL, auth_secret=SECRET, allowed_origins="http://a")
    same = Settings(database_url=URL, auth_secret=SECRET, allowed_origins=("http://a",))

    assert {one: "found"}[same] == "found"
    assert one != Settings(database_url=URL, auth_secret=SECRET)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_secrets_are_not_shown() -> None:
    settings = Settings(database_url=URL, auth_secret=SECRET)

    assert "hidden" not in repr(settings)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        pytest.param(
            "JOBWIRE_PORT",
            "http",
            "JOBWIRE_PORT must be a port from 1 to 65535, or 0 for any free one,"
            " not 'http'.",
            id="word for a number",
        ),
        pytest.param(
            "JOBWIRE_PORT",
            "65536",
            "JOBWIRE_PORT must be a port from 1 to 65535, or 0 for any free one,"
            " not '65536'.",
            id="number out of range",
        ),
        pytest.param(
            "JOBWIRE_NOTIFY",
            "maybe",
            "JOBWIRE_NOTIFY must be true or false, not 'maybe'.",
            id="flag",
        ),
        pytest.param(
            "JOBWIRE_LOG_FORMAT",
            "xml",
            "JOBWIRE_LOG_FORMAT must be console or json, not 'xml'.",
            id="choice",
        ),
        pytest.param(
            "JOBWIRE_LEASE_SECONDS",
            "inf",
            "JOBWIRE_LEASE_SECONDS must be a number of seconds above 0, not 'inf'.",
            id="seconds",
        ),
        pytest.param(
            "JOBWIRE_OPERATIONS_PER_MINUTE",
            "0",
            "JOBWIRE_OPERATIONS_PER_MINUTE must be a whole number from 1 to 1000000000,"
            " or unlimited, not '0'.",
            id="rate limit",
        ),
        pytest.param(
            "JOBWIRE_AUTH_SECRET",
            "too short",
            "JOBWIRE_AUTH_SECRET must be a secret of at least 32 bytes, not one of 9.",
            id="short secret",
        ),
        pytest.param(
            "TRIGGER_SYNC",
            "poll, webhok",
            "TRIGGER_SYNC must be webhook, realtime and poll, or some of them,"
            " separated by commas, or none, not 'webhok'.",
            id="sync path",
        ),
        pytest.param(
            "JOBWIRE_ALLOWED_ORIGINS",
            "https://a.example/path",
            "JOBWIRE_ALLOWED_ORIGINS must be origins such as https://app.example.com,"
            " separated by commas, not 'https://a.example/path'.",
            id="origin with a path",
        ),
        pytest.param(
            "JOBWIRE_DB_SCHEMA",
            "pg_jobs",
            "JOBWIRE_DB_SCHEMA must be a name of 1 to 63 bytes, not 'pg_jobs'.",
            id="reserved schema",
        ),
        pytest.param(
            "DATABASE_URL",
            "mysql://ann:hidden@db/jobs",
            "DATABASE_URL is not usable: its scheme is 'mysql'. Expected"
            " postgresql://user:password@host:port/database.",
            id="database of another kind",
        ),
        pytest.param(
            "JOBWIRE_PROT",
            "8000",
            "There is no setting JOBWIRE_PROT, but the environment has it. Did you mean"
            " JOBWIRE_PORT?",
            id="misspelt",
        ),
        pytest.param(
            "JOBWIRE_DATABASE_URL",
            URL,
            "There is no setting JOBWIRE_DATABASE_URL, but the environment has it. Did"
            " you mean DATABASE_URL?",
            id="prefixed",
        ),
        pytest.param(
            "JOBWIRE_ZZZ",
            "1",
            "There is no setting JOBWIRE_ZZZ, but the environment has it. See"
            " .env.example for all of them.",
            id="like none",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as caught:
        Settings()

    assert str(caught.value) == message


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(port=-1, log_format="xml", prot=3)

    assert len(caught.value.problems) == 3
    assert caught.value.problems[-1] == (
        "There is no setting prot, but the call has it. Did you mean port?"
    )


def test_retention_is_in_days_or_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBWIRE_RETENTION_SUCCEEDED_DAYS", "0.5")
    monkeypatch.setenv("JOBWIRE_RETENTION_FAILED_DAYS", "forever")

    assert Settings().retention == Retention(succeeded=timedelta(hours=12), failed=None)
    assert Settings(retention_failed_days="forever").retention.failed is None


@pytest.mark.parametrize("given", ["0", "-1", "never", "36526", "nan"])
def test_a_retention_of_no_length_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("JOBWIRE_RETENTION_FAILED_DAYS", given)

    with pytest.raises(SettingsError) as refusal:
        Settings()

    [problem] = refusal.value.problems
    expected = "must be a number of days above 0, or forever"
    assert problem == f"JOBWIRE_RETENTION_FAILED_DAYS {expected}, not {given!r}."


def test_the_issuer_is_that_of_the_secret_where_there_is_no_provider() -> None:
    own = Settings(auth_secret=SECRET, auth_issuer="shop")
    both = Settings(
        auth_secret=SECRET,
        auth_issuer="https://login.example/",
        auth_jwks_url="https://login.example/keys",
    )

    assert (own.secret_issuer, both.secret_issuer) == ("shop", None)


def test_an_unknown_name_in_the_file_is_named(bare_environment: Path) -> None:
    bare_environment.joinpath(".env").write_text("JOBWIRE_LOGDIR=x\n")

    with pytest.raises(SettingsError, match=r"\.env has it. Did you mean JOBWIRE_LOG_"):
        Settings()


def test_the_setting_of_the_tests_is_no_mistake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JOBWIRE_TEST_DATABASE_URL", URL)

    assert Settings().database_url is None


def test_the_example_file_is_fresh() -> None:
    assert ROOT.joinpath(".env.example").read_text() == env_example()


def test_the_example_file_shows_every_setting_with_a_value_that_fits(
    bare_environment: Path,
) -> None:
    shown = re.sub(r"^#(?=\S+=)", "", env_example(), flags=re.MULTILINE)
    bare_environment.joinpath(".env").write_text(shown)

    names = re.findall(r"^(\S+)=", shown, flags=re.MULTILINE)

    assert names == list(environment_names().values())
    assert Settings() == Settings(_env_file=None)


def test_the_table_of_the_documentation_is_fresh() -> None:
    assert markdown_table() in ROOT.joinpath("docs/settings.md").read_text()


def test_whom_to_notify_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JOBWIRE_NOTIFY_URL", "https://a.example/x, http://b.example")
    monkeypatch.setenv("JOBWIRE_NOTIFY_SECRET", f"{OTHER_SECRET}, {WEBHOOK_SECRET}")
    monkeypatch.setenv("JOBWIRE_NOTIFY_EVENTS", "job.failed,job.progress")

    told = notification_settings(Settings())

    assert told.secrets == (OTHER_SECRET, WEBHOOK_SECRET)
    assert [one.target for one in told.everywhere] == [
        "https://a.example/x",
        "http://b.example/",
    ]
    assert {one.events for one in told.everywhere} == {("job.failed", "job.progress")}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(
            {"notify_url": "https://ann:hidden@a.example"},
            "JOBWIRE_NOTIFY_URL cannot be used: the URL must not hold a user or a"
            " password: the signature tells who sends.",
            id="password",
        ),
        pytest.param(
            {"notify_url": "https://a.example/?token=hidden"},
            "JOBWIRE_NOTIFY_URL is set without JOBWIRE_NOTIFY_SECRET, and nothing is"
            " posted unsigned. `jobwire notifications secret` makes one.",
            id="unsigned",
        ),
        pytest.param(
            {"notify_url": "https://a.example", "notify_secret": "hidden" * 9},
            "JOBWIRE_NOTIFY_SECRET cannot be used: the secret does not begin with"
            " whsec_.",
            id="no secret",
        ),
        pytest.param(
            {"notify_secret": f"{WEBHOOK_SECRET},whsec_aGlkZGVu"},
            "JOBWIRE_NOTIFY_SECRET cannot be used: secret 2 is of 6 bytes, not of 24 to"
            " 64.",
            id="weak secret",
        ),
        pytest.param(
            {"notify_events": "job.failed"},
            "JOBWIRE_NOTIFY_EVENTS is set without JOBWIRE_NOTIFY_URL, and types of job"
            " say for themselves which events they notify of.",
            id="no target",
        ),
        pytest.param(
            {"notify_events": "job.suceeded"},
            "JOBWIRE_NOTIFY_EVENTS cannot be used: there is no type of events"
            " 'job.suceeded'; perhaps it is job.succeeded.",
            id="misspelt",
        ),
    ],
)
def test_what_cannot_notify_is_refused_without_a_secret(
    given: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(**given)

    assert str(caught.value) == message


def test_whom_to_notify_is_not_shown() -> None:
    settings = Settings(
        notify_url="https://a.example/?token=hidden", notify_secret=WEBHOOK_SECRET
    )

    assert "hidden" not in repr(settings)
    assert WEBHOOK_SECRET not in repr(settings)

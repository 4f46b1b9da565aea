"""Settings: what can be told from outside, read once, as one frozen value."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.notify import (
    MAX_KEY_BYTES,
    MIN_KEY_BYTES,
    NotifyError,
    check_url,
    checked_types,
    split_secrets,
)
from jobwire.jobs.queue import check_queue
from jobwire.jobs.retention import Retention
from jobwire.jobs.sync_paths import SyncPath
from jobwire.models.database_url import DatabaseUrl, parse
from jobwire.models.vocabulary import Executor, LogLevel

PREFIX = "JOBWIRE_"
ENV_FILE = ".env"
#: HS256 keys shorter than the hash are weaker than the hash (RFC 7518, section 3.2).
MIN_SECRET_BYTES = 32
#: Shorter secrets of webhooks could be guessed, in characters.
MIN_WEBHOOK_SECRET = 16

#: The longest retention that is counted, in days.
MOST_DAYS = 36_525
#: What a retention without end is called.
FOREVER = "forever"

#: The highest rate limit that is counted, in operations per minute.
MOST_PER_MINUTE = 1_000_000_000
#: What a rate without a limit is called.
UNLIMITED = "unlimited"

#: What `TRIGGER_SYNC` says when reconciliation alone shall do.
NO_PATH = "none"
#: What `JOBWIRE_LOG_DIR` says where nobody shall write a file.
NO_FOLDER = "none"

_DEFAULT_PORTS = {"http": 80, "https": 443}

#: Shown in no message; the key of tokens tells its length in bytes, by itself.
_SECRETS = frozenset(
    {"notify_secret", "notify_url", "trigger_secret_key", "trigger_webhook_secret"}
)
#: Read by the tests, which have no settings of their own.
_ELSEWHERE = frozenset({"JOBWIRE_TEST_DATABASE_URL"})


class SettingsError(Exception):
    """Settings that are wrong, unknown or missing: each one with what was expected."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Expected:
    """What a setting must be, as the end of the sentence "It must be …"."""

    text: str


def _database_url(text: str) -> str:
    parse(text)
    return text


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < MIN_SECRET_BYTES:
        raise ValueError
    return secret


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    return url


def _secret_key(key: SecretStr) -> SecretStr:
    if not key.get_secret_value().startswith("tr_"):
        raise ValueError
    return key


def _secrets(secrets: SecretStr) -> SecretStr:
    each = [one.strip() for one in secrets.get_secret_value().split(",")]
    if any(len(one) < MIN_WEBHOOK_SECRET for one in each):
        raise ValueError
    return SecretStr(",".join(each))


def _days_or_forever(days: float) -> float:
    if not (0 < days <= MOST_DAYS or days == math.inf):
        raise ValueError
    return days


def _number_or_unlimited(value: object) -> object:
    return None if value == UNLIMITED else value


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _paths(value: object) -> object:
    paths = _split(value)
    return () if paths == (NO_PATH,) else paths


def _folder_or_none(value: object) -> object:
    return None if value == NO_FOLDER else value


def _targets(urls: tuple[str, ...]) -> tuple[str, ...]:
    for url in urls:
        check_url(url)
    return urls


def _notify_secrets(secrets: SecretStr) -> SecretStr:
    return SecretStr(",".join(split_secrets(secrets.get_secret_value())))


def _origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    for origin in origins:
        parts = urlsplit(origin)
        if (
            parts.scheme not in _DEFAULT_PORTS
            or not parts.hostname
            or parts.username is not None
            or f"{parts.scheme}://{parts.netloc}" != origin
        ):
            raise ValueError
    return tuple(_as_browsers_say(origin) for origin in origins)


def _as_browsers_say(origin: str) -> str:
    """Write an origin in lower case and without the port that its scheme implies."""
    parts = urlsplit(origin)
    host = parts.netloc.lower()
    if parts.port == _DEFAULT_PORTS[parts.scheme]:
        host = host.removesuffix(f":{parts.port}")
    return f"{parts.scheme}://{host}"


def _queues(names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        for name in names:
            check_queue(name, Executor.INTERNAL)
    except InvalidInputError as refusal:
        raise ValueError(refusal.message) from None
    return names


def _name_of_schema(name: str) -> str:
    # PostgreSQL silently cuts longer names, and refuses its own prefix.
    if not 1 <= len(name.encode()) <= 63 or name.startswith("pg_") or "\0" in name:  # noqa: PLR2004 - NAMEDATALEN - 1
        raise ValueError
    return name


def _level_of_lines(level: object) -> object:
    if not isinstance(level, str):
        return level
    # As Python and JOBWIRE_LOG_LEVEL spell it.
    return "WARN" if level.upper() == "WARNING" else level.upper()


Count = Annotated[int, Field(ge=1, le=10_000), Expected("a whole number from 1 on")]
Seconds = Annotated[
    float,
    Field(gt=0, le=86_400, allow_inf_nan=False),
    Expected("a number of seconds above 0"),
]
Days = Annotated[
    float,
    Field(gt=0, le=MOST_DAYS, allow_inf_nan=False),
    Expected("a number of days above 0"),
]
DaysOrForever = Annotated[
    float,
    BeforeValidator(lambda days: math.inf if days == FOREVER else days),
    AfterValidator(_days_or_forever),
    Expected(f"a number of days above 0, or {FOREVER}"),
]
PerMinute = Annotated[
    Annotated[int, Field(ge=1, le=MOST_PER_MINUTE)] | None,
    BeforeValidator(_number_or_unlimited),
    Expected(f"a whole number from 1 to {MOST_PER_MINUTE}, or {UNLIMITED}"),
]
Flag = Annotated[bool, Expected("true or false")]
Folder = Annotated[Path, Expected("a folder")]


class Settings(BaseSettings):
    """Everything that Jobwire can be told from outside.

    Values come from the keyword arguments, then from the environment, then from a
    file `.env` in the working directory; an empty value counts as none. The name in
    the environment is `JOBWIRE_` and the upper-case name of the field; `DATABASE_URL`
    and what begins with `TRIGGER_` keep the names that everybody knows. Settings are
    hashable, and two that say the same are equal.

    Raises:
        SettingsError: One is wrong, there is no setting of that name, or one is set
            that does nothing without another.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,
        dotenv_filtering="only_existing",
        validate_by_name=True,
        validate_by_alias=True,
        validate_default=False,
    )

    database_url: Annotated[
        str | None,
        AfterValidator(lambda url: None if url is None else _database_url(url)),
        Expected("a URL such as postgresql://user:password@host:5432/database"),
    ] = Field(
        default=None,
        validation_alias="DATABASE_URL",
        repr=False,
        description="The PostgreSQL (14 or newer) to work with, as a URL. Without it "
        "Jobwire starts one of its own in `JOBWIRE_DATA_DIR`. Add `?pgbouncer=true` "
        "when a pooler in transaction mode stands before it.",
    )
    db_schema: Annotated[
        str, AfterValidator(_name_of_schema), Expected("a name of 1 to 63 bytes")
    ] = Field(
        default="public", description="The schema of the database that holds our tables"
    )
    data_dir: Folder = Field(
        default=Path(".jobwire"),
        description="The folder of the embedded PostgreSQL, and of the key that `dev` "
        "signs tokens with when `JOBWIRE_AUTH_SECRET` is not set.",
    )
    pool_size: Count = Field(
        default=10, description="Connections to the database that the API may hold"
    )
    jobs: str = Field(
        default="",
        description="Where your jobs are: files (`myteam/jobs.py`) and dotted modules "
        "(`myteam.jobs`), separated by commas.",
    )
    examples: Annotated[bool | None, Expected("true or false")] = Field(
        default=None,
        description="Whether the example types `no-op`, `flaky`, `count-primes` and "
        "`profile-csv` are there. By default only in `dev`.",
    )
    files_dir: Annotated[Path | None, Expected("a folder")] = Field(
        default=None,
        description="The one folder whose files `profile-csv` may read. Without it "
        "the job reads only text that comes with it.",
    )
    auth_secret: Annotated[
        SecretStr | None,
        AfterValidator(lambda secret: None if secret is None else _long_enough(secret)),
        Expected(f"a secret of at least {MIN_SECRET_BYTES} bytes"),
    ] = Field(
        default=None,
        description="The key of the HS256 tokens that callers send, at least "
        f"{MIN_SECRET_BYTES} bytes. `serve` needs it, or `JOBWIRE_AUTH_JWKS_URL`, or "
        "both.",
    )
    auth_jwks_url: Annotated[
        str | None,
        AfterValidator(lambda url: None if url is None else _http_url(url)),
        Expected("a URL such as https://login.example.com/.well-known/jwks.json"),
    ] = Field(
        default=None,
        description="Where the public keys of your identity provider are. Tokens that "
        "it signed (RS, PS, ES or EdDSA) count like those of `JOBWIRE_AUTH_SECRET`.",
    )
    auth_issuer: str | None = Field(
        default=None,
        description="What `iss` must be in tokens of the identity provider, or, where "
        "there is none, in tokens of `JOBWIRE_AUTH_SECRET`. Without it any issuer "
        "counts.",
    )
    auth_audience: str | None = Field(
        default=None,
        description="What `aud` must be, or hold, in every token. Without it tokens of "
        "the identity provider count that it made for other applications, and those of "
        "`JOBWIRE_AUTH_SECRET` must have no `aud`.",
    )
    allowed_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_split),
        AfterValidator(_origins),
        Expected("origins such as https://app.example.com, separated by commas"),
    ] = Field(
        default=(),
        description="Origins of other sites whose pages may call the API from a "
        "browser, separated by commas.",
    )
    operations: Annotated[Literal["open", "trusted"], Expected("open or trusted")] = (
        Field(
            default="open",
            description="Which documents callers may run: `open` all that fit the "
            "schema and the limits, `trusted` only those of "
            "`JOBWIRE_TRUSTED_DOCUMENTS` and of the board. Callers with the scope "
            "`admin` may run all.",
        )
    )
    trusted_documents: Annotated[
        tuple[Path, ...],
        NoDecode,
        BeforeValidator(_split),
        Expected("files, separated by commas"),
    ] = Field(
        default=(),
        description="Manifests of documents that callers may ask for by their ids "
        "alone: files as graphql-codegen, relay-compiler and Apollo's tool write them, "
        "separated by commas.",
    )
    introspection: Flag = Field(
        default=True,
        description="Whether all callers are told the schema, by introspection and by "
        "suggestions in errors. `false`: only those with the scope `admin`.",
    )
    max_connections: Annotated[
        int,
        Field(ge=1, le=1_000_000),
        Expected("a whole number from 1 on"),
    ] = Field(
        default=20_000,
        description="Connections of all kinds that one process of `dev` or `serve` "
        "holds; beyond them it answers 503. Each is an open file.",
    )
    connections_per_user: Count = Field(
        default=10_000,
        description="Websockets and event streams that one user may have open in one "
        "process. Whoever asks for more is told to try again later.",
    )
    streams_per_user: Count = Field(
        default=10_000,
        description="Subscriptions that one user may have in one process, over all "
        "connections. One websocket carries at most 100 operations.",
    )
    operations_per_minute: PerMinute = Field(
        default=60_000,
        description="Operations that one user may start in a minute in one process: "
        "each query, each subscription and each field of a mutation is one. As many "
        "may come at once. `unlimited` counts none.",
    )
    idle_seconds: Seconds = Field(
        default=600.0,
        description="How long a websocket may be open without an operation before it "
        "is closed.",
    )
    max_age_seconds: Seconds = Field(
        default=86_400.0,
        description="How long a websocket or an event stream may last. Then its "
        "streams end with `StreamClosing`, and clients connect again, perhaps to a "
        "younger process.",
    )
    shutdown_delay_seconds: Annotated[
        float,
        Field(ge=0, le=600, allow_inf_nan=False),
        Expected("seconds, 0 to 600"),
    ] = Field(
        default=0.0,
        description="How long `serve` goes on serving when it is told to end, while "
        "`/livez` says 503 and each answer closes its connection: as long as a proxy "
        "takes to send nothing more to it.",
    )
    operation_seconds: Seconds = Field(
        default=60.0,
        description="How long a query or a mutation may take before it is stopped; "
        "`waitForRun` may wait for 30 of them.",
    )
    host: str = Field(
        default="127.0.0.1", description="The address that `dev` and `serve` listen on"
    )
    port: Annotated[
        int | None,
        Field(ge=0, le=65_535),
        Expected("a port from 1 to 65535, or 0 for any free one"),
    ] = Field(
        default=None,
        description="The port that `dev` and `serve` listen on. By default 8000; "
        "`dev` then takes the next free one when somebody holds it.",
    )
    worker_port: Annotated[
        int | None,
        Field(ge=0, le=65_535),
        Expected("a port from 1 to 65535, or 0 for any free one"),
    ] = Field(
        default=None,
        description="The port on which `worker` answers `/livez`, `/readyz` and "
        "`/metrics`, at `JOBWIRE_HOST`. By default it answers nobody.",
    )
    log_dir: Annotated[
        Path | None,
        BeforeValidator(_folder_or_none),
        Expected(f"a folder, or {NO_FOLDER}"),
    ] = Field(
        default=Path("logs"),
        description="The folder of `jobwire.log`, which `dev` and `serve` write; "
        "`none`: they write to the console alone, as in containers.",
    )
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        BeforeValidator(
            lambda level: level.upper() if isinstance(level, str) else level
        ),
        Expected("DEBUG, INFO, WARNING or ERROR"),
    ] = Field(default="INFO", description="The least important messages that are kept")
    log_format: Annotated[Literal["console", "json"], Expected("console or json")] = (
        Field(
            default="console",
            description="How messages look on the console: `console` for people, or "
            "`json`.",
        )
    )
    tracing: bool = Field(
        default=False,
        description="Whether requests, attempts and dispatches are traced with "
        "OpenTelemetry, which needs `jobwire[otel]`. Commands send it where the "
        "variables `OTEL_EXPORTER_OTLP_…` say; a host has a tracer provider.",
    )
    job_log_level: Annotated[
        LogLevel,
        BeforeValidator(_level_of_lines),
        Expected("DEBUG, INFO, WARN or ERROR"),
    ] = Field(
        default=LogLevel.INFO,
        description="The least important lines of `ctx.log` that are stored with their "
        "job, whatever `JOBWIRE_LOG_LEVEL` says. A job keeps its newest 1,000, so that "
        "`DEBUG` may crowd out what matters more.",
    )
    worker_concurrency: Count = Field(
        default=100, description="Async jobs that one worker runs at once"
    )
    worker_queues: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_split),
        AfterValidator(_queues),
        Expected("names of queues"),
    ] = Field(
        default=(),
        description="The queues of internal jobs that a worker serves, separated by "
        "commas; unset: all.",
    )
    worker_threads: Count = Field(
        default=8,
        description="Sync jobs that one worker runs at once, each in a thread.",
    )
    lease_seconds: Seconds = Field(
        default=10.0,
        description="How long a worker is believed without a sign of life; the jobs of "
        "a dead one run again after it.",
    )
    drain_seconds: Seconds = Field(
        default=20.0,
        description="How long running jobs may go on when a worker is told to end; "
        "the rest is handed back. In `dev` at most 3.",
    )
    start_overdue_seconds: Seconds = Field(
        default=300.0,
        description="How long a due job may wait for its start before it needs "
        "attention (`START_OVERDUE`); a type may say otherwise.",
    )
    heartbeat_late_seconds: Seconds = Field(
        default=30.0,
        description="How long an INTERNAL job may stay RUNNING after its lease is over "
        "before it needs attention (`HEARTBEAT_LATE`); a type may say otherwise.",
    )
    run_silent_seconds: Seconds = Field(
        default=900.0,
        description="The same for an open TRIGGER job of whose run nothing was heard. "
        "Choose it well above `JOBWIRE_RECONCILE_SECONDS`.",
    )
    slow_statement_seconds: Annotated[
        float, Field(ge=0, le=3600), Expected("seconds from 0 to 3600")
    ] = Field(
        default=1.0,
        description="From when on a statement is slow: the log tells how it begins, "
        "and never its values. 0: none is.",
    )
    long_transaction_seconds: Annotated[
        float, Field(ge=0, le=86_400), Expected("seconds from 0 to 86400")
    ] = Field(
        default=300.0,
        description="From when on the log tells of a transaction that is open, whoever "
        "has begun it: it keeps dead rows in the tables. 0: never.",
    )
    retention_events_days: Days = Field(
        default=7.0,
        description="How long events are kept at least, for whoever resumes a stream; "
        "no job goes before, and a deleted one goes then.",
    )
    retention_succeeded_days: DaysOrForever = Field(
        default=30.0,
        description="How long a job is kept after it SUCCEEDED; `forever` keeps them "
        "all.",
    )
    retention_failed_days: DaysOrForever = Field(
        default=90.0, description="The same for a job that FAILED"
    )
    retention_canceled_days: DaysOrForever = Field(
        default=30.0, description="The same for a job that was CANCELED"
    )
    retention_expired_days: DaysOrForever = Field(
        default=30.0, description="The same for a job that EXPIRED"
    )
    notify: Flag = Field(
        default=True,
        description="Whether processes wake each other by LISTEN and NOTIFY. Without "
        "it, or behind a pooler that does not pass it on, they look every second.",
    )
    notify_url: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_split),
        AfterValidator(_targets),
        Expected("URLs such as https://shop.example/hooks, separated by commas"),
    ] = Field(
        default=(),
        repr=False,
        description="Where workers post events of all jobs, as signed webhooks; "
        "several, separated by commas. All workers must be told the same. "
        "(`JOBWIRE_NOTIFY` is something else.)",
    )
    notify_secret: Annotated[
        SecretStr | None,
        AfterValidator(
            lambda secret: None if secret is None else _notify_secrets(secret)
        ),
        Expected(
            f"secrets, each whsec_ and {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes in"
            " base64, separated by commas"
        ),
    ] = Field(
        default=None,
        description="What those webhooks are signed with, by Standard Webhooks; "
        "several, separated by commas, while one replaces another: all of them sign. "
        "`jobwire notifications secret` makes one.",
    )
    notify_events: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_split),
        AfterValidator(lambda types: checked_types(types) if types else ()),
        Expected(
            "types of events such as job.succeeded, separated by commas, or job.*"
        ),
    ] = Field(
        default=(),
        description="Which events are posted to `JOBWIRE_NOTIFY_URL`, or `job.*` for "
        "all. By default those that change the status of a job; progress only when "
        "`job.progress` is among them.",
    )

    trigger_secret_key: Annotated[
        SecretStr | None,
        AfterValidator(lambda key: None if key is None else _secret_key(key)),
        Expected("a secret key of an environment, which begins with tr_"),
    ] = Field(
        default=None,
        validation_alias="TRIGGER_SECRET_KEY",
        description="The secret key of the Trigger.dev environment that TRIGGER jobs "
        "run in. Without it `dev` starts a local emulator, and `serve` runs none.",
    )
    trigger_api_url: Annotated[
        str,
        AfterValidator(lambda url: _http_url(url).rstrip("/")),
        Expected("a URL such as https://api.trigger.dev"),
    ] = Field(
        default="https://api.trigger.dev",
        validation_alias="TRIGGER_API_URL",
        description="Where Trigger.dev is; your own address when you host it yourself",
    )
    trigger_project_ref: str | None = Field(
        default=None,
        validation_alias="TRIGGER_PROJECT_REF",
        description="The project's ref, `proj_…`: for `trigger/trigger.config.ts`; "
        "Jobwire itself finds the project by the secret key.",
    )
    trigger_preview_branch: str | None = Field(
        default=None,
        validation_alias="TRIGGER_PREVIEW_BRANCH",
        description="The branch, when the secret key is one of preview branches",
    )
    trigger_webhook_secret: Annotated[
        SecretStr | None,
        AfterValidator(lambda secret: None if secret is None else _secrets(secret)),
        Expected("secrets of at least 16 characters, separated by commas"),
    ] = Field(
        default=None,
        validation_alias="TRIGGER_WEBHOOK_SECRET",
        description="What events posted to `/api/trigger/webhook` are signed with; "
        "several, separated by commas, while one replaces another. Without it "
        "`serve` takes no events, and `dev` makes a secret of its own.",
    )
    trigger_enabled: Annotated[bool | None, Expected("true or false")] = Field(
        default=None,
        validation_alias="TRIGGER_ENABLED",
        description="Whether jobs are dispatched to Trigger.dev and kept in step. By "
        "default when there is a secret key or the emulator; `false` refuses TRIGGER "
        "jobs.",
    )
    trigger_sync: Annotated[
        tuple[SyncPath, ...] | None,
        NoDecode,
        BeforeValidator(_paths),
        Expected(
            "webhook, realtime and poll, or some of them, separated by commas, or none"
        ),
    ] = Field(
        default=None,
        validation_alias="TRIGGER_SYNC",
        description="How news of runs come between two passes of reconciliation, which "
        "is never off: `webhook` (posted events), `realtime` (the feed), `poll` (open "
        "runs are asked), separated by commas, or `none`. By default all that are "
        "configured: `webhook` only with `TRIGGER_WEBHOOK_SECRET`.",
    )
    trigger_hook_grace: Seconds = Field(
        default=60.0,
        validation_alias="TRIGGER_HOOK_GRACE",
        description="How long the end that a hook told waits for Trigger.dev's own "
        "word, in seconds, before it counts while the API cannot be reached.",
    )
    trigger_tasks: Annotated[
        Literal["any", "registered"] | None, Expected("any or registered")
    ] = Field(
        default=None,
        description="Which TRIGGER jobs callers may schedule: those of `any` task, or "
        "only types `registered` with `trigger_job`. By default `any` in `dev` and "
        "`registered` in `serve`; admins and Python callers may always.",
    )
    reconcile_seconds: Seconds = Field(
        default=300.0,
        description="How often all open TRIGGER jobs are compared with Trigger.dev",
    )

    @property
    def parsed_database_url(self) -> DatabaseUrl | None:
        """The database that was named; None: the embedded one."""
        return None if self.database_url is None else parse(self.database_url)

    @property
    def secret_issuer(self) -> str | None:
        """The `iss` of tokens of the secret; None: `auth_issuer` is the provider's."""
        return self.auth_issuer if self.auth_jwks_url is None else None

    @property
    def slow_statement(self) -> timedelta | None:
        """From when on a statement is slow; None: none is."""
        seconds = self.slow_statement_seconds
        return timedelta(seconds=seconds) if seconds else None

    @property
    def long_transaction(self) -> timedelta | None:
        """From when on the log tells of a transaction; None: never."""
        seconds = self.long_transaction_seconds
        return timedelta(seconds=seconds) if seconds else None

    @property
    def lease(self) -> timedelta:
        """`lease_seconds` as a span."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def drain(self) -> timedelta:
        """`drain_seconds` as a span."""
        return timedelta(seconds=self.drain_seconds)

    @property
    def retention(self) -> Retention:
        """How long what has ended is kept."""
        return Retention(
            events=timedelta(days=self.retention_events_days),
            succeeded=_span(self.retention_succeeded_days),
            failed=_span(self.retention_failed_days),
            canceled=_span(self.retention_canceled_days),
            expired=_span(self.retention_expired_days),
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, environment and `.env`, after a look at unknown names."""
        places = {"the environment": env_settings, ENV_FILE: dotenv_settings}
        unknown = [
            _no_such(name, place, environment_names().values())
            for place, source in places.items()
            if isinstance(source, EnvSettingsSource)
            for name in _ours(source.env_vars)
        ]
        if unknown:
            raise SettingsError(*unknown)
        return init_settings, env_settings, dotenv_settings

    @model_validator(mode="wrap")
    @classmethod
    def _say_what_was_expected(
        cls, values: Any, validate: ModelWrapValidatorHandler[Self]
    ) -> Self:
        try:
            settings = validate(values)
        except ValidationError as error:
            # Its own text would show secrets.
            problems = [_problem(dict(detail)) for detail in error.errors()]
            raise SettingsError(*problems) from None
        if problems := settings._what_does_not_fit():  # noqa: SLF001 - its own
            raise SettingsError(*problems)
        return settings

    def _what_does_not_fit(self) -> list[str]:
        """Say which settings do nothing, or not what they should, without others."""
        problems = []
        if self.operations == "trusted" and not self.trusted_documents:
            problems.append(
                "JOBWIRE_OPERATIONS is trusted without JOBWIRE_TRUSTED_DOCUMENTS, and"
                " clients could run nothing. Name the manifest that their build writes."
            )
        if self.notify_url and self.notify_secret is None:
            problems.append(
                "JOBWIRE_NOTIFY_URL is set without JOBWIRE_NOTIFY_SECRET, and nothing"
                " is posted unsigned. `jobwire notifications secret` makes one."
            )
        if self.notify_events and not self.notify_url:
            problems.append(
                "JOBWIRE_NOTIFY_EVENTS is set without JOBWIRE_NOTIFY_URL, and types of"
                " job say for themselves which events they notify of."
            )
        return problems


def _span(days: float) -> timedelta | None:
    return None if math.isinf(days) else timedelta(days=days)


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def environment_names() -> dict[str, str]:
    """Return the name in the environment of each field."""
    return {
        name: str(field.validation_alias or PREFIX + name.upper())
        for name, field in Settings.model_fields.items()
    }


def expected(field: str) -> str | None:
    """Return what a setting must be, as the end of a sentence; None: any text."""
    return next(
        (
            found.text
            for found in Settings.model_fields[field].metadata
            if isinstance(found, Expected)
        ),
        None,
    )


def _ours(env_vars: Mapping[str, str | None]) -> list[str]:
    known = {*environment_names().values(), *_ELSEWHERE}
    names = sorted(name.upper() for name in env_vars)
    return [name for name in names if name.startswith(PREFIX) and name not in known]


def _no_such(name: str, place: str, known: Iterable[str]) -> str:
    stems = {each.removeprefix(PREFIX): each for each in known}
    near = [stems[one] for one in get_close_matches(name.removeprefix(PREFIX), stems)]
    hint = f"Did you mean {near[0]}?" if near else "See .env.example for all of them."
    return f"There is no setting {name}, but {place} has it. {hint}"


def _problem(detail: Mapping[str, Any]) -> str:
    given = str(detail["loc"][0])
    names = environment_names()
    field = next((field for field in names if given in (field, names[field])), None)
    if field is None:
        return _no_such(given, "the call", names)
    if field == "database_url" and isinstance(detail["input"], str):
        # It explains itself, without the password.
        return str(detail["ctx"]["error"])
    reason = detail.get("ctx", {}).get("error")
    if isinstance(reason, NotifyError):
        # It explains itself, without a secret.
        return f"{names[field]} cannot be used: {reason}."
    found = repr(detail["input"])
    if field == "auth_secret":
        found = f"one of {len(_text(detail['input']).encode())}"
    elif field in _SECRETS:
        found = f"one of {len(_text(detail['input']))} characters"
    must = expected(field) or "text"
    return f"{names[field]} must be {must}, not {found}."

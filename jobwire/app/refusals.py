"""What a person can mend: told by the command line in a sentence, not a traceback."""

import re

import asyncpg
from sqlalchemy.exc import DBAPIError

from jobwire.app.commands.operating import NoDatabaseError
from jobwire.app.commands.worker import WorkerEndedError
from jobwire.app.jobwire import NotMigratedError
from jobwire.app.listening import AddressError, PortTakenError
from jobwire.app.postgres import PostgresError
from jobwire.app.settings import SettingsError
from jobwire.emulator.errors import EmulatorError
from jobwire.jobs.errors import JobError
from jobwire.jobs.installation import NothingToAnswerError
from jobwire.jobs.loading import JobLoadError
from jobwire.jobs.notifications.targets import MissingSecretError
from jobwire.jobs.registry import RegistryError
from jobwire.jobs.seeding.seed import NotSeededError
from jobwire.migrations import (
    ForeignTablesError,
    LockedTablesError,
    NewerSchemaError,
)
from jobwire.models.database import PooledSchemaError, UnsupportedServerError

#: Those that explain themselves.
_OWN = (
    AddressError,
    EmulatorError,
    ForeignTablesError,
    JobError,
    JobLoadError,
    LockedTablesError,
    MissingSecretError,
    NewerSchemaError,
    NoDatabaseError,
    NotMigratedError,
    NotSeededError,
    NothingToAnswerError,
    PooledSchemaError,
    PortTakenError,
    PostgresError,
    RegistryError,
    SettingsError,
    UnsupportedServerError,
    WorkerEndedError,
)
#: Those of a database that cannot be reached or refuses us, and of files.
_FOREIGN = (
    OSError,
    DBAPIError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.TooManyConnectionsError,
)
EXPECTED = (*_OWN, *_FOREIGN)

#: What SQLAlchemy puts before the words of the driver.
_DRIVER_CLASS = re.compile(r"^<class '[^']*'>: ")
#: What PgBouncer says to a session that wants settings of its own.
_POOLER = "unsupported startup parameter"
_POOLER_HINT = (
    "a pooler stands before the database. If it works in transaction mode, add"
    " ?pgbouncer=true to DATABASE_URL"
)


def told(error: BaseException) -> str:
    """Write an expected error as a person should read it."""
    if isinstance(error, _OWN):
        return str(error)
    text = str(error) or type(error).__name__
    if isinstance(error, DBAPIError) and error.orig is not None:
        text = _DRIVER_CLASS.sub("", str(error.orig))
    return f"{text}: {_POOLER_HINT}." if _POOLER in text else text

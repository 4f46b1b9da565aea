"""Checks of the settings, and of the user's jobs that they name."""

import asyncio
from pathlib import Path

from jobwire.app.doctor.checks import Check
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding, failed, ok, warning
from jobwire.app.local_emulator import local_access
from jobwire.app.settings import Settings, SettingsError, environment_names
from jobwire.app.tokens import kept_webhook_secret
from jobwire.app.trigger import sync_paths, trigger_access
from jobwire.jobs.loading import JobLoadError, JobSource
from jobwire.jobs.registry import RegistryError
from jobwire.jobs.trigger_job import TriggerJob


async def _settings(examination: Examination) -> Finding:
    try:
        settings = Settings(**examination.arguments)
        sync_paths(settings)
        examination.access = trigger_access(settings, local=local_access(settings))
    except SettingsError as error:
        return failed(
            "\n".join(error.problems),
            "Each is explained in docs/settings.md and .env.example.",
        )
    names = environment_names()
    given = sorted(names[field] for field in settings.model_fields_set)
    own = kept_webhook_secret(settings.data_dir)
    if settings.database_url is None and settings.trigger_webhook_secret is None:
        # What `dev` on this folder works with.
        settings = settings.model_copy(update={"trigger_webhook_secret": own})
    examination.settings = settings
    return ok(f"set: {', '.join(given)}" if given else "none is set")


async def _callers(examination: Examination) -> Finding:
    settings = examination.settings
    if settings.auth_secret is not None or settings.auth_jwks_url is not None:
        if settings.auth_jwks_url is not None and settings.auth_audience is None:
            return warning(
                "tokens of the identity provider count that it made for others",
                "Set JOBWIRE_AUTH_AUDIENCE to what `aud` is in yours.",
            )
        return ok("tokens are verified")
    if settings.database_url is None:
        return ok("`dev` makes a key of its own")
    return warning(
        "nothing says whose tokens count, and `serve` does not start without",
        "Set JOBWIRE_AUTH_SECRET or JOBWIRE_AUTH_JWKS_URL where `serve` runs.",
    )


async def _job_types(examination: Examination) -> Finding:
    spec = examination.settings.jobs
    if not spec:
        return ok("JOBWIRE_JOBS is not set: no types but the examples")
    source = JobSource(spec, directory=Path.cwd())
    try:
        definitions = await asyncio.to_thread(source.load)
    except (JobLoadError, RegistryError) as error:
        return failed(str(error), "Mend it; neither API nor worker starts with it.")
    finally:
        source.close()
    examination.tasks = frozenset(
        one.trigger_task_id for one in definitions if isinstance(one, TriggerJob)
    )
    return ok(", ".join(sorted(one.name for one in definitions)))


CHECKS = (
    Check("settings", _settings),
    Check("callers", _callers, needs=("settings",)),
    Check("job types", _job_types, needs=("settings",)),
)

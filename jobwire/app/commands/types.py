"""Types of jobs that a command may or may not know."""

from difflib import get_close_matches

from jobwire.app.settings import Settings
from jobwire.jobs.registry import Registry


def with_examples_of_dev(settings: Settings) -> Settings:
    """Have the examples where the database is that of `dev`, which has them."""
    if settings.database_url is None and settings.examples is None:
        return settings.model_copy(update={"examples": True})
    return settings


def unknown_type(name: str, registry: Registry) -> str:
    """Say that a type is not known here, and which one may be meant."""
    near = get_close_matches(name, registry.names(), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return (
        f"The type {name!r} is not known here, so a worker that knows it has to run"
        f" the job.{hint}"
    )

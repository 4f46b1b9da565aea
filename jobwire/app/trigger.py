"""Trigger.dev, as the settings have it: which environment, and what may run there."""

from jobwire.app.settings import Settings, SettingsError
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.sync_paths import SyncPath

_DISABLED = (
    "TRIGGER_ENABLED is false, so no job runs on Trigger.dev. Set it to true, or leave"
    " out executor."
)
_NOT_CONFIGURED = (
    "Trigger.dev is not configured. Set TRIGGER_SECRET_KEY to the secret key of an"
    " environment, or leave out executor."
)


def trigger_access(
    settings: Settings, *, local: TriggerAccess | None = None
) -> TriggerAccess | None:
    """Return how to reach the environment; None: no job runs on Trigger.dev.

    Args:
        settings: A secret key among them wins.
        local: The emulator that runs here, if one does.

    Raises:
        SettingsError: Trigger.dev was asked for, and there is no key.
    """
    if settings.trigger_enabled is False:
        return None
    if settings.trigger_secret_key is not None:
        return TriggerAccess(
            secret_key=settings.trigger_secret_key,
            api_url=settings.trigger_api_url,
            branch=settings.trigger_preview_branch,
        )
    if local is None and settings.trigger_enabled:
        raise SettingsError(
            "TRIGGER_ENABLED is true, but TRIGGER_SECRET_KEY is not set. Set it to the"
            " secret key of an environment, which begins with tr_."
        )
    return local


def placement_policy(
    settings: Settings, access: TriggerAccess | None
) -> PlacementPolicy:
    """Return what callers of this process may run on Trigger.dev."""
    unavailable = None
    if access is None:
        is_off = settings.trigger_enabled is False
        unavailable = _DISABLED if is_off else _NOT_CONFIGURED
    return PlacementPolicy(unavailable, any_task=settings.trigger_tasks == "any")


def sync_paths(settings: Settings) -> frozenset[SyncPath]:
    """Return how news of runs come between two passes of reconciliation.

    Raises:
        SettingsError: Posted events were asked for, and there is no secret.
    """
    is_signed = settings.trigger_webhook_secret is not None
    if settings.trigger_sync is None:
        return frozenset(SyncPath) - (set() if is_signed else {SyncPath.WEBHOOK})
    if SyncPath.WEBHOOK in settings.trigger_sync and not is_signed:
        raise SettingsError(
            "TRIGGER_SYNC names webhook, but TRIGGER_WEBHOOK_SECRET is not set. Set it"
            " here and where the hooks run, or leave out webhook."
        )
    return frozenset(settings.trigger_sync)


def webhook_secrets(settings: Settings) -> tuple[str, ...]:
    """Return the secrets that posted events may be signed with; none: none count."""
    if settings.trigger_webhook_secret is None or SyncPath.WEBHOOK not in sync_paths(
        settings
    ):
        return ()
    return tuple(settings.trigger_webhook_secret.get_secret_value().split(","))

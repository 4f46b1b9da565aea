"""Wiring of notifications: what the settings say of them."""

from jobwire.app.settings import Settings
from jobwire.jobs.notify import STATUS_TYPES, Notify, split_secrets
from jobwire.worker.notification_settings import NotificationSettings


def notification_settings(settings: Settings) -> NotificationSettings:
    """Return whom workers notify of jobs of every type, and what signs."""
    events = settings.notify_events or STATUS_TYPES
    secret = settings.notify_secret
    return NotificationSettings(
        everywhere=tuple(Notify(url, events) for url in settings.notify_url),
        secrets=(() if secret is None else split_secrets(secret.get_secret_value())),
    )

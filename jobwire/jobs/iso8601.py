"""Instants and durations as the API writes them."""

from datetime import UTC, datetime, timedelta


def format_instant(value: datetime) -> str:
    """Write an instant in UTC with milliseconds, cutting finer parts off."""
    instant = value.astimezone(UTC).replace(tzinfo=None)
    return f"{instant.isoformat(timespec='milliseconds')}Z"


def format_duration(value: timedelta) -> str:
    """Write a duration in days, hours, minutes and seconds; zero is PT0S."""
    sign = "-" if value < timedelta() else ""
    value = abs(value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    time = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{seconds}{fraction}S" if seconds or fraction else "")
    )
    days = f"{value.days}D" if value.days else ""
    return f"{sign}P{days}{f'T{time}' if time else ''}" if days or time else "PT0S"

"""Why a text is no cron expression, and what to write."""

import re
from collections.abc import Iterator

from jobwire.jobs.cron.field_refusals import why_field_is_refused
from jobwire.jobs.cron.fields import FIELDS, HOUR, MINUTE
from jobwire.jobs.errors import InvalidInputError
from jobwire.triggerdev.cron import CronError, expanded, read_cron

_MAX_LENGTH = 255
_ORDER = "minute hour day-of-month month day-of-week"
_ALIASES = "@hourly, @daily, @weekly, @monthly and @yearly"
_OTHER_ALIASES = {
    "@annually": "Write @yearly.",
    "@midnight": "Write @daily.",
    "@reboot": "Nothing here starts with a machine: schedule a job when yours starts.",
    "@minutely": "Write * * * * *.",
}
_EVERY = re.compile(r"@every\s+(\d{1,4})([smh])", re.ASCII)


def check_expression(text: str) -> None:
    """Pass a text that is a cron expression.

    Raises:
        InvalidInputError: It is none. Its path is `cron`.
    """
    reason = next(_reasons(text), None)
    if reason is not None:
        raise InvalidInputError(reason, path=("cron",))
    try:
        read_cron(text)
    except CronError as error:
        # Each field is one, so that only the dates are left to be impossible.
        *_, day, month, _ = text.split(" ")
        raise InvalidInputError(
            f"cron must name a date that comes, but month {month} has no day {day}."
            " Write L for the last day of a month.",
            path=("cron",),
        ) from error


def _reasons(text: str) -> Iterator[str]:
    if not 1 <= len(text) <= _MAX_LENGTH:
        yield (
            f"cron must have 1 to {_MAX_LENGTH} characters, not {len(text)}. Write five"
            f" fields ({_ORDER}) such as 0 9 * * MON-FRI."
        )
    foreign = next((mark for mark in text if not mark.isascii()), None)
    if foreign is not None:
        yield (
            f"cron must be plain ASCII, but it holds {foreign!r}. Write digits as 0-9,"
            " and names in English."
        )
    if text.strip().startswith("@"):
        if text == expanded(text):
            yield _why_alias_is_refused(text.strip())
        return
    yield from _reasons_of_spaces(text)
    fields = text.split(" ")
    if len(fields) > len(FIELDS):
        yield (
            f"cron must have five fields ({_ORDER}), not {len(fields)}: seconds and"
            " years are not supported. Leave out the first field if it is of seconds."
        )
    if len(fields) < len(FIELDS):
        yield (
            f"cron must have five fields ({_ORDER}), not {len(fields)}. Write * for"
            " those that say nothing, such as */5 * * * *."
        )
    for field, written in zip(FIELDS, fields, strict=True):
        reason = why_field_is_refused(field, written)
        if reason is not None:
            yield f"cron's {field.name} {reason}"


def _reasons_of_spaces(text: str) -> Iterator[str]:
    found = None
    control = next((mark for mark in text if not mark.isprintable()), None)
    if control is not None:
        found = "a tab" if control == "\t" else f"the control character {control!r}"
    elif text != text.strip():
        found = "a space before the first field or after the last"
    elif "  " in text:
        found = "two spaces or more in a row"
    if found is not None:
        advice = " ".join(text.split())
        yield (
            f"cron must separate its fields by single spaces, but it holds {found}."
            f" Write {advice!r}."
            if advice
            else f"cron must have five fields ({_ORDER}), but it holds only spaces."
        )


def _why_alias_is_refused(text: str) -> str:
    advice = _OTHER_ALIASES.get(text.lower())
    lower = text.lower()
    every = _EVERY.fullmatch(lower)
    if lower != expanded(lower):
        advice = f"Write {lower}, in lower case and without spaces around it."
    elif lower.startswith("@every"):
        number, unit = every.groups() if every is not None else ("0", "")
        advice = f"Write {_every(int(number), unit)}."
    return (
        f"cron must be five fields or one of {_ALIASES}, not {text!r}."
        f" {advice or 'Write five fields such as 0 9 * * MON-FRI.'}"
    )


def _every(number: int, unit: str) -> str:
    if unit == "m" and 1 <= number <= MINUTE.highest:
        return f"*/{number} * * * *"
    if unit == "h" and 1 <= number <= HOUR.highest:
        return f"0 */{number} * * *"
    return "an interval by steps, such as */5 * * * *"

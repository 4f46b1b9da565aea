"""Redaction: what log lines must not hold, whoever wrote them."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import SecretStr
from structlog.typing import EventDict

from jobwire.app.settings import Settings

#: What stands in place of a secret.
REDACTED = "[redacted]"
#: What shorter settings hold is also a part of other words.
_LEAST_LENGTH = 8

_NAMES = (
    r"(?:authorization|cookie|credentials?|dsn|passphrase|passw(?:or)?d|pwd|secret"
    r"|token|(?:api|private|secret|signing)[_-]?key)"
)
_SECRET_NAME = re.compile(rf"(?:^|[_-]){_NAMES}s?$", re.IGNORECASE)
_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Secrets that are known by their looks; what is captured is left standing.
_SHAPES = re.compile(
    # Trigger.dev's keys, personal tokens and public tokens of a run.
    r"\b(tr_)(?:dev|prod|stg|preview|pat|oat)_\w+"
    # Our own API keys, secrets of webhooks, JSON web tokens.
    r"|\b(jwk_)\w{8,}|\b(whsec_)[\w+/=-]+|\b(eyJ)[\w-]+\.[\w-]+\.[\w-]*"
    r"|\b((?:Bearer|Basic) )[\w.~+/=-]{6,}"
    # The password of a URL.
    r"|(://[^\s:/@]*:)[^\s/@]+(?=@)"
    # What a mapping shows under such a name, and what a query or a DSN gives it.
    rf"|({_NAMES}s?['\"]: b?['\"])[^'\"]+(?=['\"])|({_NAMES}=)[^\s&'\",;)}}]+",
    re.IGNORECASE,
)


class Redact:
    """A processor that takes secrets out of an event.

    They are known by the name that they stand under, by their looks, and to the
    letter. Numbers stay whatever they are called: `tokens=512` tells no secret.

    Args:
        known: Secrets to take out wherever they stand.
    """

    def __init__(self, known: Collection[str] = ()) -> None:
        # Longer ones first: one may be the beginning of another.
        each = sorted((re.escape(one) for one in set(known)), key=len, reverse=True)
        self._known = re.compile("|".join(each)) if each else None

    def __call__(self, _: object, __: str, event: EventDict) -> EventDict:
        """Redact an event."""
        return {
            name: value if name.startswith("_") else self._value(name, value)
            for name, value in event.items()
        }

    def text(self, text: str) -> str:
        """Redact what stands somewhere within a text."""
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        return _SHAPES.sub(_shown, text)

    def _value(self, name: object, value: Any) -> Any:
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if _SECRET_NAME.search(_CAMEL_CASE.sub("_", str(name))):
            return REDACTED
        if isinstance(value, Mapping):
            return {
                self.text(str(each)): self._value(each, inner)
                for each, inner in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self._value("", inner) for inner in value]
        return self.text(value if isinstance(value, str) else str(value))


def secrets_of(settings: Settings) -> set[str]:
    """Return every secret that the settings hold."""
    return {secret for secret in _secrets_of(settings) if len(secret) >= _LEAST_LENGTH}


def _secrets_of(settings: Settings) -> Iterator[str]:
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            # While they are rotated a setting holds several.
            yield from (one.strip() for one in value.get_secret_value().split(","))
    database = settings.parsed_database_url
    if database is not None and database.password:
        yield database.password
    # The path of a URL may be as good as a token.
    yield from settings.notify_url


def _shown(match: re.Match[str]) -> str:
    kept = next((group for group in match.groups() if group is not None), "")
    return kept + REDACTED

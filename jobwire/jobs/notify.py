"""`Notify`: another back end, and which events of jobs it is told of."""

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import SplitResult, urlsplit

from jobwire.models.vocabulary import EventKind

#: Everything, in place of the single types.
EVERY_TYPE = "job.*"
#: Shorter and longer keys Standard Webhooks does not allow, in bytes.
MIN_KEY_BYTES, MAX_KEY_BYTES = 24, 64
#: The longest URL: its name is the key of an index.
MAX_URL_LENGTH = 2000

_UNPRINTABLE = re.compile(r"[\s\x00-\x20\x7f]")


class NotifyError(ValueError):
    """A URL, a secret or a type of events that cannot be; it repeats no secret."""


def type_of(kind: EventKind) -> str:
    """Return the type of the messages that tell of events of a kind."""
    return f"job.{kind.lower()}"


TYPES = tuple(type_of(kind) for kind in EventKind)
#: What changes the status of a job.
STATUS_TYPES = tuple(
    type_of(kind)
    for kind in (
        EventKind.CREATED,
        EventKind.QUEUED,
        EventKind.STARTED,
        EventKind.WAITING,
        EventKind.RESUMED,
        EventKind.ATTEMPT_FAILED,
        EventKind.SUCCEEDED,
        EventKind.FAILED,
        EventKind.CANCELED,
        EventKind.EXPIRED,
    )
)


@dataclass(frozen=True, slots=True)
class Notify:
    """A back end that is told of events of jobs, by signed webhooks.

    Attributes:
        url: Where to post, http or https. A token belongs into its query, which is
            shown nowhere; it cannot hold a user and a password.
        events: Types of messages, such as `job.succeeded`, or `job.*` for all; by
            default whatever changes the status of a job.
        secret: What signs, `whsec_` and 24 to 64 bytes in base64; several, separated by
            commas, while one replaces another: all of them sign. None: those of
            `JOBWIRE_NOTIFY_SECRET`.

    Raises:
        NotifyError: One of them cannot be; the reason repeats no secret.
    """

    url: str = field(repr=False)
    events: Collection[str] = STATUS_TYPES
    secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_url(self.url)
        # A single word would be read letter by letter.
        given = (self.events,) if isinstance(self.events, str) else self.events
        object.__setattr__(self, "events", checked_types(given))
        if self.secret is not None:
            split_secrets(self.secret)

    @property
    def target(self) -> str:
        """What it is called: the URL, with a few letters that stand for its query."""
        parts = urlsplit(self.url)
        name = f"{parts.scheme}://{parts.netloc.lower()}{parts.path or '/'}"
        if not parts.query:
            return name
        return f"{name}?{hashlib.sha256(parts.query.encode()).hexdigest()[:8]}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Its own secrets, the newest first; none: it has none of its own."""
        return () if self.secret is None else split_secrets(self.secret)


def split_secrets(text: str) -> tuple[str, ...]:
    """Read secrets that are separated by commas, the newest first.

    Raises:
        NotifyError: One of them could be guessed, or is none.
    """
    secrets = tuple(part.strip() for part in text.split(",") if part.strip())
    if not secrets:
        raise NotifyError("there is no secret in it")
    for place, secret in enumerate(secrets, start=1):
        reason = _why_weak(secret)
        if reason is not None:
            which = "the secret" if len(secrets) == 1 else f"secret {place}"
            raise NotifyError(f"{which} {reason}")
    return secrets


def _why_weak(secret: str) -> str | None:
    # On first use, so that a module of jobs does not load an HTTP client.
    from jobwire.triggerdev.errors import InvalidOptionError  # noqa: PLC0415 - above
    from jobwire.triggerdev.signature import (  # noqa: PLC0415 - as above
        BASE64_PREFIX,
        standard_key,
    )

    if not secret.startswith(BASE64_PREFIX):
        return f"does not begin with {BASE64_PREFIX}"
    try:
        size = len(standard_key(secret))
    except InvalidOptionError:
        return f"is not base64 after {BASE64_PREFIX}"
    if MIN_KEY_BYTES <= size <= MAX_KEY_BYTES:
        return None
    return f"is of {size} bytes, not of {MIN_KEY_BYTES} to {MAX_KEY_BYTES}"


def check_url(url: str) -> None:
    """Refuse what cannot be a target, without repeating it.

    Raises:
        NotifyError: It is no URL of http, is too long, or holds a user or a fragment.
    """
    if len(url) > MAX_URL_LENGTH or _UNPRINTABLE.search(url):
        raise NotifyError(
            f"the URL must have at most {MAX_URL_LENGTH} characters and no spaces"
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = SplitResult("", "", "", "", ""), None
    if parts.scheme not in {"http", "https"} or not host:
        raise NotifyError(
            "the URL must be one such as https://shop.example/hooks/jobwire"
        )
    if "@" in parts.netloc:
        raise NotifyError(
            "the URL must not hold a user or a password: the signature tells who sends"
        )
    if parts.fragment:
        raise NotifyError("the URL must not have a fragment, which is never sent")


def checked_types(given: Iterable[str]) -> tuple[str, ...]:
    """Return types of messages, `job.*` written out.

    Raises:
        NotifyError: There is none of such a name, or none was named.
    """
    types = tuple(dict.fromkeys(given))
    if EVERY_TYPE in types:
        return TYPES
    for name in types:
        if name not in TYPES:
            near = get_close_matches(name, TYPES, n=1)
            hint = f"perhaps it is {near[0]}" if near else f"those are {_known()}"
            raise NotifyError(f"there is no type of events {name!r}; {hint}")
    if not types:
        raise NotifyError(f"no type of events is named; those are {_known()}")
    return types


def _known() -> str:
    return f"{', '.join(TYPES)}, and {EVERY_TYPE} for all"

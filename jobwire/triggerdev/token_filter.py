"""Which waitpoint tokens are listed, and how that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.json_text import is_unicode
from jobwire.triggerdev.listing import check_aware, check_words, milliseconds
from jobwire.triggerdev.spans import Span, length_of, written
from jobwire.triggerdev.waitpoint_tokens import WaitpointTokenStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitpointTokenFilter:
    """Which tokens to list: those that fit every member that is given.

    Attributes:
        statuses: Tokens in any of these. Beside another one, `COMPLETED` and
            `TIMED_OUT` find each other's too: so does the server.
        tags: Tokens that have any of them.
        idempotency_key: Tokens that have it, or had it.
        period: How far back: a span, or a text such as `7d`.
        created_from: Inclusive, aware.
        created_to: Inclusive, aware.

    Raises:
        InvalidOptionError: A value cannot be asked for.
    """

    statuses: Sequence[str] = ()
    tags: Sequence[str] = ()
    idempotency_key: str | None = None
    period: Span | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None

    def __post_init__(self) -> None:
        check_texts("statuses", self.statuses)
        check_words("statuses", self.statuses, frozenset(WaitpointTokenStatus))
        check_texts("tags", self.tags)
        if self.idempotency_key == "":
            raise InvalidOptionError("idempotency_key", "not be empty")
        if self.period is not None:
            length_of("period", self.period)
        check_aware("created_from", self.created_from)
        check_aware("created_to", self.created_to)

    def to_query(self) -> dict[str, str]:
        """Write the query, without its page."""
        query = {
            "filter[status]": ",".join(self.statuses),
            "filter[tags]": ",".join(self.tags),
            "filter[idempotencyKey]": self.idempotency_key,
            "filter[createdAt][period]": self.period and written(self.period),
            "filter[createdAt][from]": self.created_from
            and milliseconds(self.created_from),
            "filter[createdAt][to]": self.created_to and milliseconds(self.created_to),
        }
        return {name: value for name, value in query.items() if value}


def check_texts(option: str, values: Sequence[str]) -> None:
    """Check what the server reads as a list with commas.

    Raises:
        InvalidOptionError: It is one text, or one of them is blank or has a comma.
    """
    if isinstance(values, str):
        raise InvalidOptionError(option, f"be several texts, not one: {values!r}")
    for value in values:
        if not value.strip() or "," in value or not is_unicode(value):
            raise InvalidOptionError(option, f"be texts without commas, not {value!r}")

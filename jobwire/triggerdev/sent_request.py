"""What a call sent, as its errors tell it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request that was sent, or that should have been.

    Attributes:
        method: Of HTTP.
        path: Percent-encoded, without the query.
        id: The `x-trigger-request-idempotency-key` that all its attempts carried;
            None: it did not go to the API.
        attempts: How often it was sent, the last one included.
    """

    method: str
    path: str
    id: str | None
    attempts: int

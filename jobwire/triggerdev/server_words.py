"""What an answer that refuses says in its own words."""

from collections.abc import Iterator, Mapping

#: How much of them a message repeats, in characters.
MAX_WORDS = 500


def server_words(body: object) -> str:
    """Return the words of any shape that refusals have; empty: it says nothing.

    They are `{"error": "…"}`, with `details` when a query is wrong, and
    `application/problem+json` with a `detail`.
    """
    return "; ".join(_parts(body)) if isinstance(body, Mapping) else ""


def cut(words: str) -> str:
    """Return the first `MAX_WORDS` characters."""
    return words if len(words) <= MAX_WORDS else f"{words[: MAX_WORDS - 1]}…"


def _parts(body: Mapping[str, object]) -> Iterator[str]:
    error = body.get("error")
    if isinstance(error, Mapping):
        error = error.get("message")
    summary = error or body.get("detail")
    if isinstance(summary, str):
        yield summary
    details = body.get("details")
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, Mapping) and isinstance(detail.get("message"), str):
            yield detail["message"]

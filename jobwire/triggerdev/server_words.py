"""What an answer that refuses says in its own words."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

#: How much of them a message repeats, in characters.
MAX_WORDS = 500


class Classified(NamedTuple):
    """How a body classifies the error; None: it does not."""

    code: str | None
    type: str | None
    param: str | None


def server_words(body: object) -> str:
    """Return the words of any shape that refusals have; empty: it says nothing.

    They are `{"error": "…"}`, with `details` or `issues` when a query or a body is
    wrong, and `application/problem+json` with a `detail` or a `title`.
    """
    if isinstance(body, Mapping):
        return "; ".join(_parts(body))
    return "an HTML page" if _is_html(body) else ""


def classification(body: object) -> Classified:
    """Return what the body, or the object that is its `error`, calls the error."""
    whole = body if isinstance(body, Mapping) else {}
    inner = whole.get("error")
    places = (whole, inner) if isinstance(inner, Mapping) else (whole,)

    def first(name: str) -> str | None:
        found = (place.get(name) for place in places)
        return next((text for text in found if isinstance(text, str)), None)

    return Classified(first("code"), first("type"), first("param"))


def cut(words: str) -> str:
    """Return the first `MAX_WORDS` characters."""
    return words if len(words) <= MAX_WORDS else f"{words[: MAX_WORDS - 1]}…"


def _parts(body: Mapping[str, object]) -> Iterator[str]:
    error = body.get("error")
    if isinstance(error, Mapping):
        error = error.get("message")
    for summary in (error, body.get("detail"), body.get("title"), body.get("message")):
        if isinstance(summary, str) and summary:
            yield summary
            break
    for name in ("details", "issues"):
        issues = body.get(name)
        for issue in issues if isinstance(issues, list) else ():
            if isinstance(issue, Mapping) and isinstance(issue.get("message"), str):
                yield _where(issue.get("path")) + issue["message"]


def _where(path: object) -> str:
    steps = path if isinstance(path, list) else []
    return f"{'.'.join(map(str, steps))}: " if steps else ""


def _is_html(body: object) -> bool:
    start = body.lstrip()[:15].lower() if isinstance(body, str) else ""
    return start.startswith(("<!doctype html", "<html"))

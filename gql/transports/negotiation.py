"""Which media types a request brings and accepts."""

from collections.abc import Iterator

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"

#: What can be answered, the one for clients without a preference first.
OFFERED = (JSON, GRAPHQL_RESPONSE, EVENT_STREAM)


def choose(accept: str | None) -> str | None:
    """Choose the media type of the answer.

    Args:
        accept: The Accept header; None or empty: anything.

    Returns:
        The offered type that the client likes best, at a tie the one that it names
        first; None: it accepts none of them.
    """
    if not accept or not accept.strip():
        return JSON
    best, best_quality = None, 0.0
    for media_range, quality in _ranges(accept):
        covered = [kind for kind in OFFERED if _covers(media_range, kind)]
        if covered and quality > best_quality:
            best, best_quality = covered[0], quality
    return best


def is_json(content_type: str | None) -> bool:
    """Whether a body is declared as JSON in UTF-8."""
    kind, _, parameters = (content_type or "").partition(";")
    charsets = [
        value.strip().strip('"').lower()
        for name, _, value in (
            parameter.partition("=") for parameter in parameters.split(";")
        )
        if name.strip().lower() == "charset"
    ]
    return kind.strip().lower() == JSON and charsets in ([], ["utf-8"], ["utf8"])


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        media_range, *parameters = part.split(";")
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        yield media_range.strip().lower(), quality


def _covers(media_range: str, kind: str) -> bool:
    return media_range in (kind, "*/*", f"{kind.partition('/')[0]}/*")

"""Which media types a request brings and accepts (RFC 9110, sections 8.3 and 12.5)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"

#: What can be answered, the one for clients without a preference first.
OFFERED = (JSON, GRAPHQL_RESPONSE, EVENT_STREAM)

#: Headers that are remembered with what they mean: clients send few different ones.
_MAX_REMEMBERED = 256
#: Between two separators; those in a quoted string are none. Neither pattern can fail
#: behind its first character, so both take time in proportion to the header.
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PART = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
_QUALITY = re.compile(r"0?\.[0-9]+|0\.?|1(?:\.0*)?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")


@dataclass(frozen=True, slots=True)
class _MediaType:
    """A media type or a range of them, in lower case, with its parameters in order."""

    kind: str
    parameters: Sequence[tuple[str, str]]

    @classmethod
    def read(cls, text: str) -> Self:
        kind, *parts = (part.strip() for part in _PART.findall(text))
        parameters = []
        for part in parts:
            name, _, value = part.partition("=")
            parameters.append((name.strip().lower(), _unquoted(value.strip())))
        return cls(kind.lower(), parameters)

    @property
    def is_well_formed(self) -> bool:
        kind, slash, subkind = self.kind.partition("/")
        return bool(slash and _TOKEN.fullmatch(kind) and _TOKEN.fullmatch(subkind))

    @property
    def charsets(self) -> list[str]:
        """What it says of its charset, in lower case; mostly nothing, or one."""
        return [value.lower() for name, value in self.parameters if name == "charset"]

    @property
    def is_utf_8(self) -> bool:
        return self.charsets in ([], ["utf-8"], ["utf8"])

    @property
    def quality(self) -> float | None:
        """How much it is liked, from 0 to 1; None: what it says of that is none."""
        found = next((value for name, value in self.parameters if name == "q"), "1")
        return float(found) if _QUALITY.fullmatch(found) else None

    def specificity(self, offered: str) -> int | None:
        """Return how closely it describes an offered type; None: it does not."""
        ranges = ("*/*", f"{offered.partition('/')[0]}/*", offered)
        if self.kind not in ranges or not self.is_utf_8:
            return None
        return 2 * ranges.index(self.kind) + bool(self.charsets)

    @property
    def is_wildcard(self) -> bool:
        return self.kind.endswith("*")


@lru_cache(maxsize=_MAX_REMEMBERED)
def choose(accept: str | None) -> str | None:
    """Choose the media type of the answer.

    Of the ranges that cover an offered type the most specific one says how much it is
    liked, so that `application/json;q=0, */*` excludes JSON. Parameters other than
    `charset` and `q` do not count, nor do members of the header that are none.

    Args:
        accept: The Accept header; None, empty or without any media range: anything.

    Returns:
        The offered type that the client likes best; at a tie one that it names before
        one that a wildcard covers, then the one that comes first. None: it accepts none
        of them.
    """
    ranges = list(_ranges(accept or ""))
    if not ranges:
        return JSON
    best, best_rank = None, (0.0, False, 0)
    for offered in OFFERED:
        # Of equally specific ranges the first one counts.
        fitting = [
            (specificity, -position, quality)
            for position, (media_range, quality) in enumerate(ranges)
            if (specificity := media_range.specificity(offered)) is not None
        ]
        if fitting:
            _, place, quality = max(fitting)
            is_named = not ranges[-place][0].is_wildcard
            rank = (quality, is_named, place)
            if quality > 0 and rank > best_rank:
                best, best_rank = offered, rank
    return best


def is_json(content_types: Sequence[str]) -> bool:
    """Whether a body is declared as JSON in UTF-8, by one header and no other.

    Nothing that is like JSON will do: pages of other sites may send the types of forms
    without asking first, and whoever reads those as JSON lets them in.
    """
    return len(content_types) == 1 and _is_json(content_types[0])


@lru_cache(maxsize=_MAX_REMEMBERED)
def _is_json(content_type: str) -> bool:
    if not content_type.strip(" \t;"):
        return False
    declared = _MediaType.read(content_type)
    return declared.kind == JSON and declared.is_utf_8


def _ranges(accept: str) -> Iterator[tuple[_MediaType, float]]:
    for element in _ELEMENT.findall(accept):
        if not element.strip(" \t;"):
            continue
        media_range = _MediaType.read(element)
        quality = media_range.quality
        if media_range.is_well_formed and quality is not None:
            yield media_range, quality


def _unquoted(value: str) -> str:
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value

"""What is never the same twice: ids, instants, tokens, spans of time.

An expected value is written anew in the terms of the one that was found: what has the
same form is taken over, and what stood for one thing must go on standing for it.
"""

import re
from typing import Any

_TOKENS = (
    # Whose identity is followed from answer to answer …
    ("id", r"\b(?:run|batch|sched|queue|bulk|waitpoint)_[a-z0-9]{21,26}\b"),
    ("cuid", r"\bc[a-z0-9]{24}\b"),
    ("hash", r"\b[0-9a-f]{64}\b"),
    ("trace", r"\b[0-9a-f]{32}\b"),
    ("span", r"\b[0-9a-f]{16}\b"),
    ("nanoid", r"\b(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{24}\b"),
    ("origin", r"https?://(?:127\.0\.0\.1:\d+|emulator)"),
    ("offset", r"\b\d{13}_\d+\b"),
    ("window", r"\bruns_\d{13}_\d_[0-9a-f]{8}\b"),
    # … and which only have a form.
    # (what was on a whole minute was so by no chance)
    ("minute", r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z?"),
    ("instant", r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z?"),
    ("nanoseconds", r"\b\d{19}\b"),
    ("milliseconds", r"\b\d{13}\b"),
    ("token", r"<jwt>"),
)
_FOUND = {"token": r"[\w-]+\.[\w-]+\.[\w-]+|[A-Za-z0-9_-]{20,}"}
_FOLLOWED = frozenset(
    {"id", "cuid", "hash", "trace", "nanoid", "origin", "offset", "window"}
)
_ANY = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _TOKENS))
_FORMS = dict(_TOKENS) | _FOUND
#: By the names of members: numbers that are zero, or not.
_SPANS = frozenset({"durationMs", "duration", "usageDurationMs"})
_SLUGS = frozenset({"shortcode"})


class Names:
    """What recorded names are called here; learned, and never taken back."""

    def __init__(self) -> None:
        self._here: dict[str, str] = {}
        self._there: dict[str, str] = {}

    def learn(self, recorded: str, found: str) -> bool:
        """Take one name for another; False: one of them is taken already."""
        here = self._here.get(recorded, found)
        there = self._there.get(found, recorded)
        if (here, there) != (found, recorded):
            return False
        self._here[recorded], self._there[found] = found, recorded
        return True

    def translate(self, text: str) -> str:
        """Write a recorded text with the names of here; unknown ones stay."""

        def name(match: re.Match[str]) -> str:
            return self._here.get(match[0], match[0])

        return _ANY.sub(name, text)


def in_terms_of(found: Any, expected: Any, names: Names, member: str = "") -> Any:
    """Return what was expected, as it would be written in the place of the found."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return {
            name: in_terms_of(found[name], value, names, name)
            if name in found
            else value
            for name, value in expected.items()
        }
    if isinstance(expected, list) and isinstance(found, list):
        pairs = zip(found, expected, strict=False)
        common = [in_terms_of(one, other, names, member) for one, other in pairs]
        return common + expected[len(common) :]
    if member in _SPANS and _is_span_like(found, expected):
        return found
    if isinstance(expected, str) and isinstance(found, str):
        return _text_in_terms_of(found, expected, names, member)
    return expected


def _is_span_like(found: Any, expected: Any) -> bool:
    if type(found) is not type(expected) or not str(found).isdecimal():
        return False
    return (int(found) == 0) == (int(expected) == 0)


def _text_in_terms_of(found: str, expected: str, names: Names, member: str) -> str:
    if member in _SLUGS and re.fullmatch(r"[a-z0-9-]+", found):
        return found
    if member == "stackTrace":
        return _trace_in_terms_of(found, expected)
    tokens = list(_ANY.finditer(expected))
    if not tokens:
        return expected
    pattern, last = "", 0
    for token in tokens:
        form = _form_of(token)
        pattern += f"{re.escape(expected[last : token.start()])}({form})"
        last = token.end()
    match = re.fullmatch(pattern + re.escape(expected[last:]), found)
    if match is None:
        return names.translate(expected)
    for token, here in zip(tokens, match.groups(), strict=True):
        if token.lastgroup in _FOLLOWED and not names.learn(token[0], here):
            return names.translate(expected)
    return found


def _form_of(token: re.Match[str]) -> str:
    if token.lastgroup == "id":
        return re.escape(token[0].partition("_")[0]) + "_[a-z0-9]{21,26}"
    return _FORMS[str(token.lastgroup)]


def _trace_in_terms_of(found: str, expected: str) -> str:
    head, _, frames = expected.partition("\n")
    here, _, calls = found.partition("\n")
    both = frames.startswith("    at ") and calls.startswith("    at ")
    return found if head == here and both else expected

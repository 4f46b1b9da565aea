"""Comparing an answer with the recorded one: what differs, and where."""

import base64
import difflib
import json
import re
from dataclasses import dataclass
from typing import Any

import httpx

from tests.emulator.transcripts.forms import Names, in_terms_of
from tests.emulator.transcripts.recording import Answer

#: Those that the recording kept whenever there were any.
_WATCHED = re.compile(r"x-ratelimit-|x-trigger-|x-should-retry|electric-")
#: What depends on the speed of the machine, and on who asked before.
_NUMBERS = frozenset({"x-ratelimit-remaining", "x-ratelimit-reset", "electric-cursor"})
#: Of the connection, not of the answer; and said by a cut recording in part only.
_PASSED_OVER = frozenset({"transfer-encoding", "electric-schema"})
_MISSING = "(missing)"
_PAGE = "<html page>"


@dataclass(frozen=True)
class Mismatch:
    """Something that differs.

    Attributes:
        place: Such as `status`, `headers.content-type` or `body.data[].id`.
    """

    place: str
    expected: Any
    found: Any


@dataclass(frozen=True)
class Comparison:
    """An answer beside the recorded one, as indented text."""

    mismatches: tuple[Mismatch, ...]
    expected: str
    found: str

    def report(self) -> str:
        """Return what differs as a unified diff."""
        return "\n".join(
            difflib.unified_diff(
                self.expected.splitlines(),
                self.found.splitlines(),
                "a real server",
                "the emulator",
                lineterm="",
                n=4,
            )
        )


def compare(recorded: Answer, response: httpx.Response, names: Names) -> Comparison:
    """Compare; names that the answer tells are learned."""
    body = _body_of(response)
    headers = _headers_of(response, recorded)
    found = {"status": response.status_code, "headers": headers, "body": body}
    expected = {
        "status": recorded.status,
        "headers": _expected_headers(recorded, headers, names),
        "body": _expected_body(recorded, body, names),
    }
    if recorded.is_cut and body is not _MISSING:
        found["body"] = json.dumps(body, indent=1)[: len(recorded.body)]
    mismatches = [*_mismatches("", expected, found), *_token_mismatches(headers)]
    return Comparison(tuple(mismatches), _text(expected), _text(found))


def _body_of(response: httpx.Response) -> Any:
    if not response.content:
        return None
    try:
        return json.loads(response.content)
    except ValueError:
        return response.text


def _headers_of(response: httpx.Response, recorded: Answer) -> dict[str, str]:
    return {
        name: value
        for name, value in response.headers.items()
        if name not in _PASSED_OVER
        and (name in recorded.headers or _WATCHED.match(name))
    }


def _expected_headers(
    recorded: Answer, found: dict[str, str], names: Names
) -> dict[str, str]:
    expected = {}
    for name, value in recorded.headers.items():
        here = found.get(name, "")
        if name in _PASSED_OVER:
            continue
        if name in _NUMBERS and here.isdecimal():
            expected[name] = here
        else:
            expected[name] = in_terms_of(here, value, names)
    return expected


def _expected_body(recorded: Answer, found: Any, names: Names) -> Any:
    if recorded.body == _PAGE and isinstance(found, str):
        return found if found.startswith("<!DOCTYPE html>") else _PAGE
    return in_terms_of(found, recorded.body, names)


def _token_mismatches(headers: dict[str, str]) -> list[Mismatch]:
    """Return where a token does not say what is told beside it that it says."""
    if not {"x-trigger-jwt", "x-trigger-jwt-claims"} <= headers.keys():
        return []
    part = headers["x-trigger-jwt"].split(".")[1]
    inside = json.loads(base64.urlsafe_b64decode(part + "=="))
    beside = json.loads(headers["x-trigger-jwt-claims"])
    said = {name: inside.get(name) for name in beside}
    if said == beside and inside["exp"] > inside["iat"]:
        return []
    return [Mismatch("headers.x-trigger-jwt", beside, inside)]


def _mismatches(place: str, expected: Any, found: Any) -> list[Mismatch]:
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            one
            for name in {**expected, **found}
            for one in _mismatches(
                f"{place}.{name}".lstrip("."),
                expected.get(name, _MISSING),
                found.get(name, _MISSING),
            )
        ]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return [Mismatch(place, expected, found)]
        pairs = zip(expected, found, strict=True)
        return [one for pair in pairs for one in _mismatches(f"{place}[]", *pair)]
    # In Python, true is 1.
    if type(expected) is type(found) and expected == found:
        return []
    return [Mismatch(place, expected, found)]


def _text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)

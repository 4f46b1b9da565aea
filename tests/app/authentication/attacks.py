"""Tokens that nobody should get in with."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import jwt
from jwt.utils import base64url_encode

from jobwire.app.verify import MAX_LENGTH
from tests.app.authentication.asking import SECRET
from tests.app.authentication.provider import HOUR, jwk, pem, private_key

KEY = SECRET.get_secret_value().encode()
_DEEP = "[" * 10_000
#: What a claim may be that holds seconds, as JSON, and is none.
_NO_SECONDS = (
    '"9999999999"',
    "9999999999.5",
    "1e400",
    "1" + "0" * 30,
    "1" + "0" * 5000,
    "NaN",
    "Infinity",
    "true",
    "null",
    "[]",
    "{}",
    '"soon"',
)
_NO_USERS = ('""', "7", "null", '["ann"]', '"a\\u0000"', f'"{"u" * 256}"')
_NO_JOBS = (
    '""',
    '"job_"',
    '"job_01jdx3v8e4f6t9a2b5c7d1g0h"',
    '"JOB_01JDX3V8E4F6T9A2B5C7D1G0HK"',
    '"sch_01jdx3v8e4f6t9a2b5c7d1g0hk"',
    '"0193b7a1-0000-7000-8000-000000000000"',
    "null",
    "7",
    "[]",
)


class Forger:
    """Makes tokens as no library would.

    Args:
        now: What time it is.
    """

    def __init__(self, now: datetime) -> None:
        self._end = int((now + HOUR).timestamp())

    def claims(self, **claims: Any) -> dict[str, Any]:
        """Claims that are in order, but for those given."""
        return {"sub": "ann", "exp": self._end, "scope": "jobs:read", **claims}

    def payload(self, more: str = "", *, without: str = "") -> str:
        """The claims as text, with more at the end."""
        kept = {name: one for name, one in self.claims().items() if name != without}
        return json.dumps(kept).removesuffix("}") + (f", {more}}}" if more else "}")

    def signed(
        self,
        header: dict[str, Any] | str | None = None,
        payload: str | bytes | None = None,
        *,
        key: bytes = KEY,
    ) -> str:
        """Sign with HMAC-SHA256, whatever the header says."""
        return _signed(
            {"alg": "HS256"} if header is None else header,
            self.payload() if payload is None else payload,
            key,
        )

    def of_length(self, length: int) -> str:
        """A token in order that has so many characters."""
        # Base64 cannot have every length, so the header takes up what is left.
        tokens = (
            self.signed({"alg": "HS256", "kid": "x" * more}, self._padded(pad))
            for more in range(4)
            for pad in range(length * 3 // 4 - 400, length * 3 // 4)
        )
        return next(token for token in tokens if len(token) == length)

    def all(self) -> Iterator[tuple[str, str]]:
        """Give each attack and its token."""
        yield from self._with_algorithms()
        yield from self._with_keys()
        yield from self._with_headers()
        yield from self._with_claims()
        yield from self._with_forms()

    def _padded(self, pad: int) -> str:
        return self.payload(f'"pad": "{"x" * pad}"')

    def _with_algorithms(self) -> Iterator[tuple[str, str]]:
        for word in ("none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256"):
            signed = self.signed({"alg": word})
            yield f"alg {word!r}", signed
            yield f"alg {word!r}, unsigned", signed.rpartition(".")[0] + "."
        for value in (None, 7, ["HS256"], {"HS256": 1}):
            yield f"alg {value!r}", self.signed({"alg": value})
        yield "no alg", self.signed({"typ": "JWT"})
        yield "HS512 of the secret", jwt.encode(self.claims(), KEY * 2, "HS512")
        yield "alg twice", self.signed('{"alg": "none", "alg": "HS256"}')

    def _with_keys(self) -> Iterator[tuple[str, str]]:
        for kind, public in (
            ("PEM", pem("RSA")),
            ("trimmed PEM", pem("RSA").strip()),
            ("JWK", json.dumps(jwk("RSA")).encode()),
        ):
            header = {"alg": "HS256", "kid": "RSA"}
            yield f"a public key, as {kind}", self.signed(header, key=public)
        yield "an empty key", self.signed(key=b"")
        yield "another key", self.signed(key=KEY[:-1])
        for kid in (
            "../../../../../../dev/null",
            "/dev/null",
            "' UNION SELECT '' -- ",
            "| sleep 10",
            "x" * 5000,
        ):
            header = {"alg": "HS256", "kid": kid}
            yield f"kid {kid[:20]!r}", self.signed(header, key=b"")
        for kid in (None, 7, ["RSA"]):
            yield f"kid {kid!r}", self.signed({"alg": "HS256", "kid": kid})
        theirs = private_key("RSA", 7)
        for name, value in (
            ("jku", "http://127.0.0.1:1/keys"),
            ("x5u", "http://127.0.0.1:1/chain.pem"),
            ("jwk", jwk("RSA", 7)),
            ("x5c", ["MIIB"]),
        ):
            yield (
                f"a key of one's own by {name}",
                jwt.encode(
                    self.claims(), theirs, "RS256", headers={name: value, "kid": "RSA"}
                ),
            )

    def _with_headers(self) -> Iterator[tuple[str, str]]:
        for crit in (["exp"], ["x"], [], "b64", [7], None):
            header = {"alg": "HS256", "crit": crit, "x": 1}
            yield f"crit {crit!r}", self.signed(header)
        for crit in ({}, {"crit": ["b64"]}):
            header = {"alg": "HS256", "b64": False, **crit}
            yield f"b64 false {crit}", self.signed(header)
            head = base64url_encode(json.dumps(header).encode()).decode()
            mark = _mark(f"{head}.{self.payload()}", KEY)
            yield f"b64 false {crit}, detached", f"{head}..{mark}"
        for header in ("[]", "7", "null", '"HS256"', "{", _DEEP, '{"a":' * 5000):
            yield f"header {header[:10]}", self.signed(header)

    def _with_claims(self) -> Iterator[tuple[str, str]]:
        for name, values in (
            ("exp", (*_NO_SECONDS, "-1", "0", "1e3")),
            ("nbf", (*_NO_SECONDS, str(self._end))),
            ("sub", _NO_USERS),
            ("scope", ('["admin"]', "7", "null", "{}")),
            ("scp", ("7", '{"admin": 1}')),
            ("aud", ('"elsewhere"', '["elsewhere"]')),
            ("job", _NO_JOBS),
        ):
            without = "scope" if name == "scp" else name
            for value in values:
                payload = self.payload(f'"{name}": {value}', without=without)
                yield f"{name} {value[:20]}", self.signed(payload=payload)
        for name in ("exp", "sub"):
            payload = self.payload(without=name)
            yield f"no {name}", self.signed(payload=payload)
        for twice in ('"sub": "bob"', '"scope": "admin"', f'"exp": {self._end}'):
            yield f"twice {twice}", self.signed(payload=self.payload(twice))

    def _with_forms(self) -> Iterator[tuple[str, str]]:
        good = self.signed()
        head, body, mark = good.split(".")
        for payload in (b"", b"[]", b"null", b"7", b"{", b"\xff\xfe", _DEEP.encode()):
            yield f"payload {payload[:5]!r}", self.signed(payload=payload)
        yield "one segment", head
        yield "two segments", f"{head}.{body}"
        yield "four segments", f"{good}.{mark}"
        yield "five segments", f"{head}.{body}.{mark}.{body}.{mark}"
        yield "dots", "..."
        yield "no signature", f"{head}.{body}."
        yield "half a signature", f"{head}.{body}.{mark[:20]}"
        yield "an idle bit", good[:-1] + ("B" if good[-1] == "A" else "A")
        yield "spaces", f"{head}. {body}.{mark}"
        yield "as in base64", f"{head}.{body}.+/{mark[2:]}"
        yield "too long", self.of_length(MAX_LENGTH + 1)
        yield "very long", "x" * 60_000


def _signed(header: dict[str, Any] | str, payload: str | bytes, key: bytes) -> str:
    text = header if isinstance(header, str) else json.dumps(header)
    body = payload.encode() if isinstance(payload, str) else payload
    parts = [base64url_encode(part).decode() for part in (text.encode(), body)]
    return ".".join([*parts, _mark(".".join(parts), key)])


def _mark(signing_input: str, key: bytes) -> str:
    digest = hmac.digest(key, signing_input.encode(), hashlib.sha256)
    return base64url_encode(digest).decode()

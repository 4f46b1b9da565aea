"""An identity provider: real keys, and a key set on the wire."""

import asyncio
import json
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobwire.jobs.clock import Clock

URL = "https://login.example/keys"
CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}
RSA_BITS = {"RSA": 2048, "weak RSA": 1024}
HOUR = timedelta(hours=1)


@cache
def private_key(kind: str, number: int = 0) -> Any:  # noqa: ARG001 - for the cache
    """A key of a kind, the same at each call; numbers tell several apart."""
    if kind in RSA_BITS:
        return rsa.generate_private_key(65537, RSA_BITS[kind])
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(CURVES[kind]())


def jwk(kind: str, number: int = 0, **members: Any) -> dict[str, Any]:
    """The public half as a member of a key set, by default with the kind as its kid."""
    public = private_key(kind, number).public_key()
    made: dict[str, Any]
    if kind in RSA_BITS:
        made = RSAAlgorithm.to_jwk(public, as_dict=True)
        del made["key_ops"]
    elif kind == "Ed25519":
        made = OKPAlgorithm.to_jwk(public, as_dict=True)
    else:
        made = ECAlgorithm.to_jwk(public, as_dict=True)
    given = {"kid": kind, **made, **members}
    return {name: value for name, value in given.items() if value is not None}


def pem(kind: str) -> bytes:
    """The public half as text, which everybody can read."""
    public = private_key(kind).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Provider:
    """Serves a key set, and signs tokens.

    Attributes:
        keys: The members of its key set.
        answer: What it answers instead; None: the key set.
        is_away: Whether nobody can connect to it.
        hold: What it waits for before it answers; None: nothing.
        asked: How often it was asked.
    """

    def __init__(self, clock: Clock, *keys: dict[str, Any]) -> None:
        self._clock = clock
        self.keys = list(keys)
        self.answer: Response | None = None
        self.is_away = False
        self.hold: asyncio.Event | None = None
        self.asked = 0
        self.app = Starlette(routes=[Route("/keys", self._serve)])

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        """The way there."""
        return httpx.ASGITransport(self.app)

    def token(
        self,
        kind: str,
        algorithm: str,
        *,
        number: int = 0,
        kid: str | None = "",
        **claims: Any,
    ) -> str:
        """Sign a token; a claim or kid that is None is left out."""
        given = {
            "sub": "ann",
            "exp": self._clock.now() + HOUR,
            "scope": "jobs:read",
            **claims,
        }
        headers = {} if kid is None else {"kid": kid or kind}
        return jwt.encode(
            {name: value for name, value in given.items() if value is not None},
            private_key(kind, number),
            algorithm=algorithm,
            headers=headers,
        )

    async def _serve(self, _: Request) -> Response:
        self.asked += 1
        if self.hold is not None:
            await self.hold.wait()
        if self.is_away:
            raise httpx.ConnectError("connection refused")
        if self.answer is not None:
            return self.answer
        return Response(json.dumps({"keys": self.keys}), media_type="application/json")

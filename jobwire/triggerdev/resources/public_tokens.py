"""Public tokens: made by the server, or signed here with the secret key."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from jobwire.triggerdev.answers import answer_fields
from jobwire.triggerdev.ends import end_of
from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.public_tokens import (
    AUDIENCE,
    ISSUER,
    check_scopes,
    sign_claims,
)
from jobwire.triggerdev.sending import Sender
from jobwire.triggerdev.spans import Span

_LONGEST = timedelta(days=30)
_DEFAULT_LIFETIME = timedelta(minutes=15)
_CLAIMS = "/api/v1/auth/jwt/claims"

#: A span, a text such as `15m`, or an aware instant.
Expiration = Span | datetime


class PublicTokens:
    """`client.public_tokens`: what lets a browser do a few things without the key.

    A token does what its scopes say and nothing else: `action:type` or
    `action:type:id`, such as `read:runs`, `trigger:tasks:my-task`. It expires in the
    future, after 30 days at most; a text is a span such as `15m`.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def create(
        self,
        scopes: Sequence[str],
        *,
        expiration: Expiration = _DEFAULT_LIFETIME,
        one_time_use: bool = False,
        skip_columns: Sequence[str] = (),
    ) -> str:
        """Have the server make a token.

        Args:
            scopes: What it may do.
            expiration: Until when it is valid.
            one_time_use: Whether it triggers once only.
            skip_columns: What whoever follows runs with it is not told.

        Raises:
            InvalidOptionError: A scope or the expiration cannot be one.
            PermissionDeniedError: The scopes go beyond the key's own.
        """
        check_scopes(scopes)
        body: dict[str, Any] = {
            "scopes": list(scopes),
            "expirationTime": int(self._end(expiration).timestamp()),
        }
        if one_time_use:
            body["oneTimeUse"] = True
        if skip_columns:
            body["realtime"] = {"skipColumns": list(skip_columns)}
        return await self._made("/api/v1/auth/public-tokens", body)

    async def create_jwt(
        self, scopes: Sequence[str], *, expiration: Expiration = _DEFAULT_LIFETIME
    ) -> str:
        """Have the server make a token by the older route, which knows scopes only.

        Raises:
            InvalidOptionError: A scope or the expiration cannot be one.
        """
        check_scopes(scopes)
        body = {
            "claims": {"scopes": list(scopes)},
            "expirationTime": int(self._end(expiration).timestamp()),
        }
        return await self._made("/api/v1/auth/jwt", body)

    async def sign(
        self,
        scopes: Sequence[str],
        *,
        expiration: Expiration = _DEFAULT_LIFETIME,
        one_time_use: bool = False,
        skip_columns: Sequence[str] = (),
    ) -> str:
        """Sign a token here, as the official SDK does with an environment's root key.

        The server is only asked what tokens of the environment must say. Every other
        key than the root key makes tokens that the server refuses.

        Raises:
            InvalidOptionError: A scope or the expiration cannot be one.
        """
        check_scopes(scopes)
        end = self._end(expiration)
        answer = await self._sender.call("POST", _CLAIMS, body=b"{}", repeatable=True)
        claims: dict[str, Any] = {
            "sub": answer_fields(answer).text("sub"),
            "pub": True,
            "scopes": list(scopes),
        }
        if one_time_use:
            claims["otu"] = True
        if skip_columns:
            claims["realtime"] = {"skipColumns": list(skip_columns)}
        claims |= {
            "iat": int(self._sender.now().timestamp()),
            "iss": ISSUER,
            "aud": AUDIENCE,
            "exp": int(end.timestamp()),
        }
        return sign_claims(claims, self._sender.endpoint.secret_key)

    async def _made(self, path: str, body: dict[str, Any]) -> str:
        # A second token takes nothing from the first one.
        answer = await self._sender.call(
            "POST", path, body=encode("scopes", body), repeatable=True
        )
        return answer_fields(answer).text("token")

    def _end(self, expiration: Expiration) -> datetime:
        now = self._sender.now()
        end = end_of("expiration", expiration, now)
        if end - now > _LONGEST:
            must = f"be within {_LONGEST.days} days, not {expiration}"
            raise InvalidOptionError("expiration", must)
        return end

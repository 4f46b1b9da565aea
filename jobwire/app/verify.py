"""Verifying JWTs: who signed one, and for whom."""

import json
from collections.abc import Iterable
from typing import Any

import jwt
from jwt.types import Options
from jwt.utils import base64url_decode

from jobwire.jobs.errors import UnauthenticatedError

#: The longest token that is looked at, in characters.
MAX_LENGTH = 16_384

_OPTIONS: Options = {
    "require": ["exp", "sub"],
    # PyJWT would ask the machine's clock.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "enforce_minimum_key_length": True,
}


class _OneMeaning(jwt.PyJWT):
    """Refuses what other parsers could read in another way than ours."""

    def _decode_payload(self, decoded: dict[str, Any]) -> dict[str, Any]:
        try:
            claims = json.loads(decoded["payload"], object_pairs_hook=_each_once)
        except (RecursionError, ValueError):
            raise jwt.DecodeError("The payload is no JSON.") from None
        if not isinstance(claims, dict):
            raise jwt.DecodeError("The payload is no object.")
        return claims


_jwt = _OneMeaning()


def verified(
    token: str,
    key: Any,
    *,
    algorithms: Iterable[str],
    issuer: str | None,
    audience: str | None,
    takes_any_audience: bool = False,
) -> dict[str, Any]:
    """Return the claims of a token whose signature is good.

    What its header says of keys (`jku`, `x5u`, `jwk`) counts for nothing; an extension
    that it calls critical is refused.

    Args:
        token: The token.
        key: What it must be signed with.
        algorithms: By which of these.
        issuer: What `iss` must be; None: anything.
        audience: What `aud` must be or hold; None: it must not be there.
        takes_any_audience: Without an audience, it may be there and hold anything.

    Raises:
        UnauthenticatedError: It is not signed so, or was not made for us.
    """
    try:
        header, _, _ = token.partition(".")
        json.loads(base64url_decode(header), object_pairs_hook=_each_once)
        return _jwt.decode(
            token,
            key,
            algorithms=sorted(algorithms),
            issuer=issuer,
            audience=audience,
            options={
                **_OPTIONS,
                "verify_aud": audience is not None or not takes_any_audience,
            },
        )
    except (jwt.InvalidIssuerError, jwt.InvalidAudienceError):
        raise UnauthenticatedError("The token was not made for this server.") from None
    except jwt.MissingRequiredClaimError as error:
        raise UnauthenticatedError(f"The token lacks {error.claim!r}.") from None
    except (jwt.PyJWTError, RecursionError, ValueError):
        raise UnauthenticatedError("The token is not valid.") from None


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(members)
    if len(read) != len(members):
        raise ValueError("A member is there twice.")
    return read

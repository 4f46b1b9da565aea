"""Public keys of an identity provider, as its key set (RFC 7517) tells them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
#: What each type of key may verify. An algorithm that shares its secret is in none:
#: whoever reads a public key could sign with it.
_BY_TYPE = {
    ("RSA", None): _RSA,
    ("EC", "P-256"): frozenset({"ES256"}),
    ("EC", "P-384"): frozenset({"ES384"}),
    ("EC", "P-521"): frozenset({"ES512"}),
    ("OKP", "Ed25519"): frozenset({"EdDSA"}),
    ("OKP", "Ed448"): frozenset({"EdDSA"}),
}
#: Every algorithm that a token of an identity provider may have.
ALGORITHMS = frozenset[str]().union(*_BY_TYPE.values())


class KeySetError(ValueError):
    """An answer that is no key set."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One key that verifies tokens.

    Attributes:
        kid: What tokens call it; None: nothing.
        key: The key, for `jwt.decode`.
        algorithms: What it may verify, by its type or by its own word.
    """

    kid: str | None
    key: Any
    algorithms: frozenset[str]


class PublicKeys:
    """The keys of one key set."""

    def __init__(self, keys: Sequence[PublicKey] = ()) -> None:
        self._keys = tuple(keys)

    def __iter__(self) -> Iterator[PublicKey]:
        return iter(self._keys)

    def choose(self, kid: str | None, algorithm: str) -> PublicKey | None:
        """Return the key of a token; None: none of them.

        It is the one that the token names. A token that names none, or a key without
        a name, fits when no other key could be meant.
        """
        able = [key for key in self._keys if algorithm in key.algorithms]
        named = [key for key in able if kid is not None and key.kid == kid]
        if named:
            return named[0]
        if len(able) == 1 and (kid is None or able[0].kid is None):
            return able[0]
        return None


def read_key_set(body: bytes) -> PublicKeys:
    """Read a key set; members that can verify no token of ours are left out.

    Raises:
        KeySetError: It is none, or holds no key that can.
    """
    try:
        members = list(json.loads(body)["keys"])
    except (LookupError, RecursionError, TypeError, ValueError):
        raise KeySetError("its answer is no key set") from None
    keys = [key for member in members if (key := _read(member)) is not None]
    if not keys:
        raise KeySetError("its key set holds no key that can verify tokens")
    return PublicKeys(keys)


def _read(member: Any) -> PublicKey | None:
    try:
        if not _is_for_verifying(member):
            return None
        algorithms = _BY_TYPE[member["kty"], member.get("crv")]
        jwk = jwt.PyJWK.from_dict(member)
    # What others write may be anything.
    except (jwt.PyJWTError, AttributeError, LookupError, TypeError, ValueError):
        return None
    if "alg" in member:
        algorithms &= {jwk.algorithm_name}
    return PublicKey(jwk.key_id, jwk.key, algorithms) if algorithms else None


def _is_for_verifying(member: Mapping[str, Any]) -> bool:
    return (
        member.get("use", "sig") == "sig"
        and "verify" in member.get("key_ops", ("verify",))
        # Whoever publishes a private key lets everybody sign.
        and "d" not in member
    )

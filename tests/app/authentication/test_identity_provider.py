import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode
from jwt.warnings import InsecureKeyLengthWarning

from jobwire.app.authentication import Chain
from jobwire.app.authentication.identity_provider import ByIdentityProvider
from jobwire.app.authentication.key_set import KeySet
from jobwire.app.authentication.public_keys import read_key_set
from jobwire.app.authentication.secret import by_secret
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Scope, Viewer
from tests.app.authentication.asking import SECRET, asking, connection, token_of
from tests.app.authentication.provider import (
    HOUR,
    URL,
    Provider,
    jwk,
    pem,
    private_key,
)
from tests.clock import FakeClock

ALL = [
    *(
        ("RSA", f"{family}{bits}")
        for family in ("RS", "PS")
        for bits in (256, 384, 512)
    ),
    ("P-256", "ES256"),
    ("P-384", "ES384"),
    ("P-521", "ES512"),
    ("Ed25519", "EdDSA"),
]


@pytest.fixture
def provider(clock: FakeClock) -> Provider:
    """A provider with a key of each kind."""
    return Provider(clock, *(jwk(kind) for kind in dict(ALL)))


@pytest.fixture
async def key_set(provider: Provider, clock: FakeClock) -> AsyncIterator[KeySet]:
    async with KeySet(URL, clock, transport=provider.transport) as key_set:
        yield key_set


@pytest.fixture
def authenticate(key_set: KeySet, clock: FakeClock) -> ByIdentityProvider:
    return ByIdentityProvider(key_set, clock)


@pytest.mark.parametrize(("kind", "algorithm"), ALL)
async def test_a_token_of_the_provider_speaks_for_its_user(
    authenticate: ByIdentityProvider,
    provider: Provider,
    clock: FakeClock,
    kind: str,
    algorithm: str,
) -> None:
    token = provider.token(kind, algorithm)

    assert await authenticate(asking(token)) == Viewer(
        "ann", frozenset({Scope.JOBS_READ}), clock.now() + HOUR
    )


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        pytest.param({"scope": "openid jobs:read admin"}, "jobs:read admin", id="text"),
        pytest.param({"scp": ["jobs:read", "x", 5]}, "jobs:read", id="scp, a list"),
        pytest.param({"scp": "jobs:read jobs:write"}, "jobs:read jobs:write", id="scp"),
        pytest.param({"scopes": ["jobs:write"]}, "jobs:write", id="scopes"),
        pytest.param({"scope": "", "scp": ["admin"]}, "", id="the first that is there"),
        pytest.param({}, "", id="none"),
    ],
)
async def test_scopes_are_read_as_providers_write_them(
    authenticate: ByIdentityProvider,
    provider: Provider,
    claims: dict[str, Any],
    scopes: str,
) -> None:
    token = provider.token("P-256", "ES256", **{"scope": None, **claims})

    viewer = await authenticate(asking(token))

    assert viewer is not None
    assert viewer.scopes == set(scopes.split())


def forged(algorithm: str, key: bytes | None, now: datetime) -> str:
    """A token whose header says what its maker likes."""
    header = {"typ": "JWT", "kid": "RSA", "alg": algorithm}
    claims = {"sub": "ann", "exp": (now + HOUR).timestamp(), "scope": "admin"}
    parts = [base64url_encode(json.dumps(part).encode()) for part in (header, claims)]
    signature = b""
    if key is not None:
        hmac = jwt.PyJWS().get_algorithm_by_name(algorithm)
        signature = hmac.sign(b".".join(parts), key)
    return b".".join([*parts, base64url_encode(signature)]).decode()


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512", "none", "None", ""])
async def test_whoever_only_reads_the_public_key_can_sign_nothing(
    authenticate: ByIdentityProvider, clock: FakeClock, algorithm: str
) -> None:
    chain = Chain([by_secret(SECRET, clock), authenticate])
    key = pem("RSA") if algorithm.startswith("HS") else None
    token = forged(algorithm, key, clock.now())

    with pytest.raises(UnauthenticatedError):
        await chain(connection(), {"token": token})


async def test_a_token_of_the_secret_is_not_the_provider_s(
    authenticate: ByIdentityProvider, provider: Provider, clock: FakeClock
) -> None:
    assert await authenticate(asking(token_of(clock))) is None
    assert await authenticate(asking(None)) is None
    assert await authenticate(asking("jwk_something")) is None
    assert provider.asked == 0


async def test_a_token_of_the_provider_is_not_the_secret_s(
    provider: Provider, clock: FakeClock
) -> None:
    token = provider.token("RSA", "RS256")

    assert by_secret(SECRET, clock)(asking(token)) is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param({"number": 1}, "not valid", id="another key of that kid"),
        pytest.param({"kid": "P-256"}, "has no key", id="a kid of another type"),
        pytest.param({"exp": None}, "lacks 'exp'", id="no end"),
        pytest.param({"exp": "soon"}, "whole seconds", id="an end that is no time"),
        pytest.param(
            {"exp": float("nan")}, "whole seconds", id="an end that is no number"
        ),
        pytest.param({"sub": None}, "lacks 'sub'", id="no user"),
        pytest.param({"sub": ""}, "names no user", id="an empty user"),
        pytest.param({"sub": "a\0"}, "names no user", id="an unstorable user"),
        pytest.param({"sub": 7}, "not valid", id="a user that is no text"),
        pytest.param({"scope": ["admin"]}, "hold scopes", id="scope as a list"),
        pytest.param({"scope": None, "scp": 5}, "hold scopes", id="scopes as a number"),
    ],
)
async def test_a_token_that_is_not_in_order_is_refused(
    authenticate: ByIdentityProvider,
    provider: Provider,
    given: dict[str, Any],
    reason: str,
) -> None:
    token = provider.token("RSA", "RS256", **given)

    with pytest.raises(UnauthenticatedError) as caught:
        await authenticate(asking(token))

    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("claim", "seconds", "valid"),
    [("exp", 4, True), ("exp", 5, False), ("nbf", -6, False), ("nbf", -5, True)],
)
async def test_clocks_may_differ_by_five_seconds(
    authenticate: ByIdentityProvider,
    provider: Provider,
    clock: FakeClock,
    claim: str,
    seconds: int,
    *,
    valid: bool,
) -> None:
    edge = timedelta(minutes=1)
    token = provider.token("P-256", "ES256", **{claim: clock.now() + edge})

    clock.advance(edge + timedelta(seconds=seconds))

    assert await is_valid(authenticate, token) is valid


async def is_valid(authenticate: ByIdentityProvider, token: str) -> bool:
    try:
        return await authenticate(asking(token)) is not None
    except UnauthenticatedError:
        return False


@pytest.mark.parametrize(
    ("claims", "passes"),
    [
        pytest.param({"iss": "https://login", "aud": "jobs"}, True, id="both"),
        pytest.param(
            {"iss": "https://login", "aud": ["x", "jobs"]}, True, id="several"
        ),
        pytest.param({"iss": "https://login", "aud": "shop"}, False, id="another aud"),
        pytest.param({"iss": "https://evil", "aud": "jobs"}, False, id="another iss"),
        pytest.param({"iss": "https://login"}, False, id="no aud"),
        pytest.param({"aud": "jobs"}, False, id="no iss"),
    ],
)
async def test_issuer_and_audience_are_held_to_the_settings(
    key_set: KeySet,
    provider: Provider,
    clock: FakeClock,
    claims: dict[str, Any],
    *,
    passes: bool,
) -> None:
    authenticate = ByIdentityProvider(
        key_set, clock, issuer="https://login", audience="jobs"
    )

    token = provider.token("P-256", "ES256", **claims)

    assert await is_valid(authenticate, token) is passes


async def test_without_settings_any_issuer_and_audience_counts(
    authenticate: ByIdentityProvider, provider: Provider
) -> None:
    token = provider.token("P-256", "ES256", iss="https://any", aud=["any"])

    assert await is_valid(authenticate, token)


async def test_a_key_that_is_too_short_verifies_nothing(
    authenticate: ByIdentityProvider, provider: Provider
) -> None:
    provider.keys = [jwk("weak RSA")]
    with pytest.warns(InsecureKeyLengthWarning):
        token = provider.token("weak RSA", "RS256")

    with pytest.raises(UnauthenticatedError, match="not valid"):
        await authenticate(asking(token))


async def test_a_key_that_names_its_algorithm_verifies_no_other(
    authenticate: ByIdentityProvider, provider: Provider
) -> None:
    provider.keys = [jwk("RSA", alg="RS256")]

    assert await is_valid(authenticate, provider.token("RSA", "RS256"))
    assert not await is_valid(authenticate, provider.token("RSA", "PS256"))
    assert not await is_valid(authenticate, provider.token("RSA", "RS512"))


@pytest.mark.parametrize(
    ("key", "kid"),
    [
        pytest.param(jwk("RSA"), None, id="the token"),
        pytest.param(jwk("RSA", kid=None), "RSA", id="the key"),
        pytest.param(jwk("RSA", kid=None), None, id="both"),
    ],
)
async def test_a_single_key_needs_no_name(
    authenticate: ByIdentityProvider,
    provider: Provider,
    key: dict[str, Any],
    kid: str | None,
) -> None:
    provider.keys = [key]

    assert await is_valid(authenticate, provider.token("RSA", "RS256", kid=kid))


async def test_a_token_that_names_none_of_several_keys_is_refused(
    authenticate: ByIdentityProvider, provider: Provider
) -> None:
    provider.keys = [jwk("RSA", kid="old"), jwk("RSA", 1, kid="new")]

    assert not await is_valid(authenticate, provider.token("RSA", "RS256", kid=None))


@pytest.mark.parametrize(
    "member",
    [
        pytest.param({"kty": "oct", "k": "c2VjcmV0", "kid": "x"}, id="a shared secret"),
        pytest.param(jwk("RSA", use="enc"), id="for encryption"),
        pytest.param(jwk("RSA", key_ops=["encrypt"]), id="not for verifying"),
        pytest.param(
            ECAlgorithm.to_jwk(private_key("P-256"), as_dict=True), id="a private key"
        ),
        pytest.param(jwk("RSA", alg="HS256"), id="of an algorithm that shares"),
        pytest.param(jwk("RSA", alg="ES256"), id="of another type's algorithm"),
        pytest.param(jwk("RSA", alg=["RS256"]), id="of an algorithm that is none"),
        pytest.param(jwk("P-256", crv="secp256k1"), id="of a curve that is not ours"),
        pytest.param(jwk("P-256", x="AA"), id="garbled"),
        pytest.param({"kty": ["RSA"]}, id="of a type that is none"),
        pytest.param(jwk("RSA", key_ops=5), id="with operations that are none"),
        pytest.param("RSA", id="no key"),
    ],
)
def test_members_that_can_verify_nothing_are_left_out(member: Any) -> None:
    keys = read_key_set(json.dumps({"keys": [member, jwk("P-521")]}).encode())

    assert [key.kid for key in keys] == ["P-521"]

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from pydantic import SecretStr

from jobwire.app.tokens import dev_secret, mint_token, read_token
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Scope, Viewer

SECRET = SecretStr("a secret of the tests, long enough")
OTHER = SecretStr("another secret, also long enough for HS256")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def sign(secret: SecretStr = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """A token as somebody else's code may make it; None takes a claim away."""
    given = {"sub": "ann", "exp": NOW + HOUR, "scope": "jobs:read", **claims}
    present = {name: value for name, value in given.items() if value is not None}
    key = None if algorithm == "none" else secret.get_secret_value()
    return jwt.encode(present, key, algorithm=algorithm)


def test_a_minted_token_is_read_back() -> None:
    scopes = {Scope.JOBS_READ, Scope.JOBS_WRITE}

    token = mint_token(SECRET, user_id="ann", scopes=scopes, lifetime=HOUR, now=NOW)

    assert read_token(SECRET, token, now=NOW) == Viewer(
        "ann", frozenset(scopes), NOW + HOUR
    )


def test_a_token_of_one_job_reads_and_no_more() -> None:
    job = UUID(int=7)

    token = mint_token(
        SECRET, user_id="ann", scopes=Scope, lifetime=HOUR, now=NOW, job_id=job
    )

    assert read_token(SECRET, token, now=NOW) == Viewer(
        "ann", frozenset({Scope.JOBS_READ}), NOW + HOUR, job_id=job
    )


@pytest.mark.parametrize(
    ("claims", "is_taken"),
    [
        ({"iss": "shop", "aud": "jobs"}, True),
        ({"iss": "shop", "aud": ["else", "jobs"]}, True),
        ({"iss": "shop", "aud": "else"}, False),
        ({"iss": "else", "aud": "jobs"}, False),
        ({"iss": "shop"}, False),
        ({"aud": "jobs"}, False),
    ],
)
def test_a_token_is_held_to_an_issuer_and_an_audience_that_are_set(
    claims: dict[str, Any], *, is_taken: bool
) -> None:
    token = sign(**claims)
    try:
        read_token(SECRET, token, now=NOW, issuer="shop", audience="jobs")
    except UnauthenticatedError:
        assert not is_taken
    else:
        assert is_taken


def test_a_minted_token_names_issuer_and_audience() -> None:
    given = {"issuer": "shop", "audience": "jobs"}
    token = mint_token(
        SECRET, user_id="ann", scopes=[], lifetime=HOUR, now=NOW, **given
    )

    assert read_token(SECRET, token, now=NOW, **given).user_id == "ann"
    with pytest.raises(UnauthenticatedError, match="not made for this server"):
        # Without an audience nobody can be meant but others.
        read_token(SECRET, token, now=NOW)


def test_without_settings_any_issuer_counts() -> None:
    assert read_token(SECRET, sign(iss="anybody"), now=NOW).user_id == "ann"


def test_a_token_is_valid_until_five_seconds_after_its_end() -> None:
    token = sign()

    read_token(SECRET, token, now=NOW + HOUR + timedelta(seconds=4))
    with pytest.raises(UnauthenticatedError, match=r"expired at 2026-01-02T04:04:05"):
        read_token(SECRET, token, now=NOW + HOUR + timedelta(seconds=5))


def test_scopes_that_we_do_not_know_count_for_nothing() -> None:
    token = sign(scope="openid jobs:read jobs:everything")

    assert read_token(SECRET, token, now=NOW).scopes == {Scope.JOBS_READ}


def test_a_token_without_scope_allows_nothing() -> None:
    assert read_token(SECRET, sign(scope=None), now=NOW).scopes == frozenset()


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(sign(OTHER), id="another key"),
        pytest.param(sign(algorithm="none"), id="no signature"),
        pytest.param(
            sign(SecretStr(SECRET.get_secret_value() * 2), algorithm="HS512"),
            id="another algorithm",
        ),
        pytest.param(sign(exp=None), id="no end"),
        pytest.param(sign(exp="soon"), id="an end that is no time"),
        pytest.param(sign(exp=10**20), id="an end beyond the calendar"),
        pytest.param(sign(sub=None), id="no user"),
        pytest.param(sign(sub=""), id="an empty user"),
        pytest.param(sign(sub=7), id="a user that is no text"),
        pytest.param(sign(sub="u" * 256), id="a user that is too long"),
        pytest.param(sign(scope=["jobs:read"]), id="scopes that are no text"),
        pytest.param(sign(aud="elsewhere"), id="for somebody else"),
        pytest.param(sign(nbf=NOW + timedelta(minutes=1)), id="not yet"),
        pytest.param("", id="empty"),
        pytest.param("not a token", id="no token"),
        pytest.param("ä.ö.ü", id="not ASCII"),
    ],
)
def test_a_token_that_is_not_ours_or_not_in_order_is_refused(token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        read_token(SECRET, token, now=NOW)


def test_the_key_of_dev_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    first = dev_secret(folder)

    assert dev_secret(folder) == first
    assert len(first.get_secret_value()) >= 32
    assert folder.joinpath("auth-secret").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in folder.iterdir()] == ["auth-secret"]

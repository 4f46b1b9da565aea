from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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

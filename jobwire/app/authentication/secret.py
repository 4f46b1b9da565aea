"""Tokens that `JOBWIRE_AUTH_SECRET` signed."""

from pydantic import SecretStr

from jobwire.app.authentication.chain import Asking, Authenticator
from jobwire.app.tokens import ALGORITHM, read_token
from jobwire.jobs.clock import Clock
from jobwire.jobs.viewer import Viewer


def by_secret(
    secret: SecretStr,
    clock: Clock,
    *,
    issuer: str | None = None,
    audience: str | None = None,
) -> Authenticator:
    """Authenticate by HS256 tokens of one secret; see `read_token`."""

    async def authenticate(asking: Asking) -> Viewer | None:
        if asking.token is None or asking.jwt_header().get("alg") != ALGORITHM:
            return None
        return read_token(
            secret, asking.token, now=clock.now(), issuer=issuer, audience=audience
        )

    return authenticate

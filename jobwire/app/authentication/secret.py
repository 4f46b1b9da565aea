"""Tokens that `JOBWIRE_AUTH_SECRET` signed."""

from pydantic import SecretStr

from jobwire.app.authentication.chain import Asking, Authenticator
from jobwire.app.authentication.remembered import Remembered
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
    remembered = Remembered()

    def authenticate(asking: Asking) -> Viewer | None:
        token, now = asking.token, clock.now()
        if token is None:
            return None
        if (known := remembered.find(token, now=now)) is not None:
            return known
        if asking.jwt_header().get("alg") != ALGORITHM:
            return None
        viewer = read_token(secret, token, now=now, issuer=issuer, audience=audience)
        return remembered.keep(token, viewer)

    return authenticate

"""Viewer tokens: those of the secret that we make ourselves, for browsers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from jobwire.app.authentication.chain import Asking, Authenticator
from jobwire.app.settings import Settings
from jobwire.app.tokens import ALGORITHM, mint_token, read_token
from jobwire.jobs.clock import Clock
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.jobs.viewer_token import SignViewer

#: The `typ` of their header, by which they are told from all other tokens.
KIND = "jobwire-viewer+jwt"


def viewer_signer(settings: Settings) -> SignViewer | None:
    """Return what signs viewer tokens; None: the settings hold no secret for it."""
    secret = settings.auth_secret
    if secret is None:
        return None

    def sign(viewer: Viewer, now: datetime) -> str:
        if viewer.expires_at is None:
            raise ValueError("A token without an end.")
        return mint_token(
            secret,
            user_id=viewer.user_id,
            scopes=sorted(viewer.scopes),
            lifetime=viewer.expires_at - now,
            now=now,
            job_id=viewer.job_id,
            issuer=settings.secret_issuer,
            audience=settings.auth_audience,
            kind=KIND,
        )

    return sign


def by_viewer_token(settings: Settings, clock: Callable[[], Clock]) -> Authenticator:
    """Authenticate by viewer tokens and by no others; they read, and never more.

    Args:
        settings: What they are signed with; without a secret none is known.
        clock: Returns the clock of whoever is open at the time.
    """

    def authenticate(asking: Asking) -> Viewer | None:
        secret, header = settings.auth_secret, asking.jwt_header()
        if (
            secret is None
            or asking.token is None
            or (header.get("typ"), header.get("alg")) != (KIND, ALGORITHM)
        ):
            return None
        viewer = read_token(
            secret,
            asking.token,
            now=clock().now(),
            issuer=settings.secret_issuer,
            audience=settings.auth_audience,
        )
        return replace(viewer, scopes=viewer.scopes & {Scope.JOBS_READ})

    return authenticate

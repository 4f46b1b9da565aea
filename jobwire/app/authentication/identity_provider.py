"""Tokens that the users' own identity provider signed."""

from jobwire.app.authentication.chain import Asking
from jobwire.app.authentication.key_set import KeySet
from jobwire.app.authentication.public_keys import ALGORITHMS
from jobwire.app.claims import viewer_of
from jobwire.app.verify import verified
from jobwire.jobs.clock import Clock
from jobwire.jobs.viewer import Viewer


class ByIdentityProvider:
    """Authenticates by JWTs with an asymmetric signature.

    Args:
        key_set: The provider's keys, open.
        clock: What time it is.
        issuer: What `iss` must be; None: anything.
        audience: What `aud` must be or hold; None: anything.
    """

    def __init__(
        self,
        key_set: KeySet,
        clock: Clock,
        *,
        issuer: str | None = None,
        audience: str | None = None,
    ) -> None:
        self._key_set = key_set
        self._clock = clock
        self._issuer = issuer
        self._audience = audience

    async def __call__(self, asking: Asking) -> Viewer | None:
        """Return whom the token speaks for; None: it has no asymmetric signature.

        Raises:
            UnauthenticatedError: It is not the provider's, not meant for us, or not
                valid at this time.
        """
        header = asking.jwt_header()
        algorithm = header.get("alg")
        if (
            asking.token is None
            or not isinstance(algorithm, str)
            or algorithm not in ALGORITHMS
        ):
            return None
        found = await self._key_set.find(header.get("kid"), algorithm)
        claims = verified(
            asking.token,
            found.key,
            algorithms=found.algorithms,
            issuer=self._issuer,
            audience=self._audience,
            # Whoever names no audience takes what the provider made for others.
            takes_any_audience=True,
        )
        return viewer_of(claims, now=self._clock.now())

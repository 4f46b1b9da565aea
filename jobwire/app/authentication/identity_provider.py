"""Tokens that the users' own identity provider signed."""

import jwt

from jobwire.app.authentication.chain import Asking
from jobwire.app.authentication.key_set import KeySet
from jobwire.app.authentication.public_keys import ALGORITHMS
from jobwire.app.claims import OPTIONS, viewer_of
from jobwire.jobs.clock import Clock
from jobwire.jobs.errors import UnauthenticatedError
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
        algorithm = asking.jwt_algorithm()
        if asking.token is None or algorithm not in ALGORITHMS:
            return None
        kid = jwt.get_unverified_header(asking.token).get("kid")
        found = await self._key_set.find(kid, algorithm)
        try:
            claims = jwt.decode(
                asking.token,
                found.key,
                algorithms=sorted(found.algorithms),
                issuer=self._issuer,
                audience=self._audience,
                options={
                    **OPTIONS,
                    "verify_aud": self._audience is not None,
                    "enforce_minimum_key_length": True,
                },
            )
        except (jwt.InvalidIssuerError, jwt.InvalidAudienceError):
            raise UnauthenticatedError(
                "The token was not made for this server."
            ) from None
        except jwt.MissingRequiredClaimError as error:
            raise UnauthenticatedError(f"The token lacks {error.claim!r}.") from None
        except (jwt.PyJWTError, ValueError):
            raise UnauthenticatedError("The token is not valid.") from None
        return viewer_of(claims, now=self._clock.now())

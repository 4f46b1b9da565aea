"""The chain of proofs: each looks at what was sent, and the first to know answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import jwt
from starlette.requests import HTTPConnection

from jobwire.app.verify import MAX_LENGTH
from jobwire.asgi.headers import headers
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Viewer


class Asking(NamedTuple):
    """Somebody who asks to be known.

    Attributes:
        connection: Where they come from.
        token: What they sent; None: nothing; empty: something that is no bearer token.
    """

    connection: HTTPConnection
    token: str | None

    def jwt_header(self) -> Mapping[str, Any]:
        """Return what the token says of itself; nothing: it is no JWT.

        It only tells whose token this may be; what it is verified with is not its to
        say.
        """
        if not self.token or len(self.token) > MAX_LENGTH:
            return {}
        try:
            return jwt.get_unverified_header(self.token)
        except (jwt.InvalidTokenError, RecursionError, ValueError):
            return {}


#: One kind of proof: returns who is asking, or None when what was sent is of another
#: kind; at once, or when it has looked. It raises UnauthenticatedError for a proof of
#: its kind that does not hold.
Authenticator: TypeAlias = Callable[[Asking], Awaitable[Viewer | None] | Viewer | None]


class Chain:
    """Asks one authenticator after the other; usable as `authenticate` of an app."""

    def __init__(self, authenticators: Sequence[Authenticator]) -> None:
        self._authenticators = tuple(authenticators)

    def then(self, authenticator: Authenticator) -> "Chain":
        """Return a chain that also asks another one, last."""
        return Chain((*self._authenticators, authenticator))

    async def __call__(
        self, connection: HTTPConnection, params: Mapping[str, Any]
    ) -> Viewer | None:
        """Return who is asking; None: nothing was sent.

        Args:
            connection: A request, or a socket.
            params: The payload of `connection_init`; empty over HTTP.

        Raises:
            UnauthenticatedError: Something was sent, and it proves nothing.
        """
        asking = Asking(connection, presented_token(connection, params))
        if asking.token is not None and len(asking.token) > MAX_LENGTH:
            raise UnauthenticatedError(
                f"A token has at most {MAX_LENGTH:,} characters, not"
                f" {len(asking.token):,}."
            )
        for authenticator in self._authenticators:
            viewer = authenticator(asking)
            if viewer is not None and not isinstance(viewer, Viewer):
                viewer = await viewer
            if viewer is not None:
                return viewer
        if asking.token is not None:
            raise UnauthenticatedError("This server takes no token of this kind.")
        return None


def presented_token(
    connection: HTTPConnection, params: Mapping[str, Any]
) -> str | None:
    """Return the token of a request or of a `connection_init`.

    It is the value of `Authorization: Bearer …`, as a header or as a member of the
    payload, or the payload's member `token`, bare. None: there is none of these; an
    empty string: there is, but it is no bearer token, or the header is there twice:
    whoever stands in front may have looked at the other one.
    """
    bare = params.get("token")
    given = headers(connection, b"authorization")
    if len(given) > 1:
        return ""
    presented = (
        given[0] if given else params.get("Authorization", params.get("authorization"))
    )
    if presented is None:
        return None if bare is None else str(bare)
    kind, _, token = str(presented).strip().partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""

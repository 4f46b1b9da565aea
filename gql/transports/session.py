"""What all transports ask of their host: an engine, and who is calling."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import HTTPConnection

from jobwire.gql.context import Context, OnAnswer
from jobwire.gql.documents import DocumentPolicy
from jobwire.gql.transports.admission import Admission
from jobwire.gql.transports.terms import Terms
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Viewer

log = logging.getLogger(__name__)

#: Returns the open engine; raises while there is none.
EngineOf = Callable[[], Engine]
#: Tells who is calling, from the connection and the payload of `connection_init`, which
#: is empty over HTTP; None: nobody that is known. It may raise UnauthenticatedError.
Authenticate = Callable[[HTTPConnection, Mapping[str, Any]], Awaitable[Viewer | None]]


class UnavailableError(Exception):
    """There is no engine: the process is starting or stopping."""


class Host:
    """The process that the transports belong to.

    Attributes:
        terms: On which terms it holds connections.
        admission: Counts them for all transports.
        policy: Which documents it runs.
    """

    def __init__(
        self,
        engine_of: EngineOf,
        authenticate: Authenticate,
        terms: Terms,
        policy: DocumentPolicy,
        on_answer: OnAnswer,
    ) -> None:
        self.terms = terms
        self.policy = policy
        self.admission = Admission(terms)
        self._engine_of = engine_of
        self._authenticate = authenticate
        self._on_answer = on_answer

    def engine(self) -> Engine:
        """Return the open engine.

        Raises:
            UnavailableError: There is none at the moment.
        """
        try:
            return self._engine_of()
        # Hosts say in many ways that they are not ready, and to clients all are one.
        except Exception as error:
            log.warning("There is no engine for a request: %s", error)
            raise UnavailableError from error

    async def identify(
        self, connection: HTTPConnection, parameters: Mapping[str, Any]
    ) -> Viewer:
        """Return who is calling.

        Raises:
            UnauthenticatedError: Nobody that is known.
        """
        viewer = await self._authenticate(connection, parameters)
        if viewer is None:
            raise UnauthenticatedError
        return viewer

    def context(
        self, engine: Engine, viewer: Viewer, *, resume_after: str | None = None
    ) -> Context:
        """Make what one operation works with."""
        return Context(
            engine,
            viewer,
            deadline=self.terms.deadline,
            resume_after=resume_after,
            hides_schema=self.policy.hides_schema(viewer),
            on_answer=self._on_answer,
        )

"""The application under test."""

from starlette.applications import Starlette

from jobwire.gql.transports import graphql_routes
from jobwire.jobs.engine import Engine
from tests.gql.callers import authenticate


class Host:
    """An application whose engine changes with each test."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.app = Starlette(routes=graphql_routes(self.engine_of, authenticate))

    def engine_of(self) -> Engine:
        """Return the engine of the test that runs."""
        if self.engine is None:
            raise RuntimeError("There is no engine.")
        return self.engine

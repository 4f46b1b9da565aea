"""The application under test."""

from starlette.applications import Starlette

from jobwire.gql.documents import Document, DocumentPolicy
from jobwire.gql.request import Request
from jobwire.gql.transports import graphql_routes
from jobwire.jobs.engine import Engine
from jobwire.jobs.viewer import Viewer
from tests.gql.callers import authenticate


class Policy(DocumentPolicy):
    """A policy that stands for another one."""

    def __init__(self) -> None:
        super().__init__()
        self.now = DocumentPolicy()

    def hides_schema(self, viewer: Viewer) -> bool:
        return self.now.hides_schema(viewer)

    def prepare(self, request: Request, viewer: Viewer) -> Document:
        return self.now.prepare(request, viewer)


class Host:
    """An application whose engine and policy change with each test."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.policy = Policy()
        self.app = Starlette(
            routes=graphql_routes(self.engine_of, authenticate, policy=self.policy)
        )

    def engine_of(self) -> Engine:
        """Return the engine of the test that runs."""
        if self.engine is None:
            raise RuntimeError("There is no engine.")
        return self.engine

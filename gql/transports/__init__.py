"""The transports: GraphQL over HTTP, Server-Sent Events and websockets, on one path."""

from jobwire.gql.transports.routes import graphql_endpoint, graphql_routes
from jobwire.gql.transports.session import Authenticate, EngineOf
from jobwire.gql.transports.terms import Terms

__all__ = ["Authenticate", "EngineOf", "Terms", "graphql_endpoint", "graphql_routes"]

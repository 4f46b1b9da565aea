"""A whole Jobwire in a process of its own, under terms that a test can wait for.

Run as a module with the address of a database; it prints its port.
"""

import logging
import sys

from jobwire import Jobwire, Settings, create_app
from jobwire.app.connection_terms import ConnectionTerms
from jobwire.app.listening import listen
from jobwire.app.server import Server
from jobwire.app.signals import run_until_signal
from jobwire.asgi.whole import DirectApplication
from jobwire.gql.transports import Terms, graphql_endpoint, graphql_routes
from jobwire.web.attend import directly
from tests.gql.callers import authenticate

#: Whom the webhook believes.
SECRET = "a-secret-of-the-attacked-server"
#: Seconds for whatever a client has to do.
DEADLINE = 2.0
UNINITIALISED = 1_000


async def serve(database_url: str) -> None:
    settings = Settings(
        _env_file=None,
        database_url=database_url,
        jobs="",
        examples=True,
        auth_secret="not used: " + "x" * 32,
        trigger_webhook_secret=SECRET,
    )
    async with Jobwire(settings, worker=False) as jobwire:
        # The routes of GraphQL once more, before those with the terms of the settings.
        graphql = graphql_routes(
            lambda: jobwire.engine,
            authenticate,
            terms=Terms(
                init=DEADLINE,
                body=DEADLINE,
                uninitialised=UNINITIALISED,
            ),
        )
        posts = [(graphql[0], graphql_endpoint(graphql[0]))]
        app = DirectApplication(
            directly(posts, lambda: None),
            routes=[*graphql, *create_app(jobwire).routes],
        )
        terms = ConnectionTerms(head=DEADLINE, body=DEADLINE + 0.5, linger=0.5)
        listener = listen("127.0.0.1", 0)
        print(listener.getsockname()[1], flush=True)  # noqa: T201 - for the test
        await Server(app, jobwire, terms).run_on([listener])


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    run_until_signal(serve(sys.argv[1]))

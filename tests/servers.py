"""A whole Jobwire behind a real uvicorn, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from jobwire.app.authentication import by_loopback
from jobwire.app.http import create_app
from jobwire.app.jobwire import Jobwire
from jobwire.app.listening import listen
from jobwire.app.server import Server
from jobwire.app.settings import Settings


@dataclass(frozen=True)
class RunningServer:
    """A server that is up: API, worker, the examples, and user `dev` on loopback."""

    url: str
    jobwire: Jobwire


@contextmanager
def running_server(
    database_url: str,
    *,
    within: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    **settings: object,
) -> Iterator[RunningServer]:
    """Run a server until the block ends; its thread blocks nobody's event loop.

    Args:
        within: Puts the application into another one.
    """
    given = {"examples": True, "drain_seconds": 1, "lease_seconds": 2, **settings}
    ready = threading.Event()
    outcome: dict[str, object] = {}

    async def serve() -> None:
        chosen = Settings(database_url=database_url, **given)
        listener = listen("127.0.0.1", 0)
        async with Jobwire(chosen) as jobwire:
            authenticate = jobwire.authenticate.then(by_loopback)
            app = create_app(jobwire, authenticate=authenticate)
            server = Server(within(app), jobwire)
            port = listener.getsockname()[1]
            outcome["server"] = server
            outcome["up"] = RunningServer(f"http://127.0.0.1:{port}", jobwire)
            asyncio.get_running_loop().call_soon(ready.set)
            await server.run_on([listener])

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - raised again by the test
            outcome["error"] = error
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="server-under-test")
    thread.start()
    ready.wait(timeout=30)
    try:
        if "error" in outcome:
            raise outcome["error"]
        yield outcome["up"]
    finally:
        if "server" in outcome:
            outcome["server"].stop()
        thread.join(timeout=30)

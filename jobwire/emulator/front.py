"""What every request comes to first: it is for the API, or for us."""

from starlette.types import ASGIApp, Receive, Scope, Send

_CONTROL = "/emulator"


class Front:
    """Parts what Trigger.dev has too from what only an emulator has.

    Args:
        api: Takes everything that the real server could be asked.
        control: Takes `/`, `/emulator` and what is below it.
    """

    def __init__(self, api: ASGIApp, control: ASGIApp) -> None:
        self._api = api
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        path = scope.get("path", "")
        ours = path in {"/", _CONTROL} or path.startswith(f"{_CONTROL}/")
        app = self._control if ours and scope["type"] == "http" else self._api
        await app(scope, receive, send)

"""What an emulator has and Trigger.dev has not: its clock, its faults, its page."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from jobwire.emulator.api.responses import EXCEPTION_HANDLERS
from jobwire.emulator.control.access import Access
from jobwire.emulator.control.alerts import post_alert
from jobwire.emulator.control.clock import move_clock, show_clock
from jobwire.emulator.control.faults import (
    add_fault,
    clear_faults,
    list_faults,
    remove_fault,
)
from jobwire.emulator.control.page import page, page_file
from jobwire.emulator.control.server import ControlServer
from jobwire.emulator.control.state import cancel_run, show_state


def create_control(server: ControlServer) -> Starlette:
    """Make the control API and the page of an emulator."""
    app = Starlette(
        routes=[
            Route("/", page),
            Route("/emulator", page),
            Route("/emulator/page/{file}", page_file),
            Route("/emulator/state", show_state),
            Route("/emulator/clock", show_clock),
            Route("/emulator/clock", move_clock, methods=["POST"]),
            Route("/emulator/faults", list_faults),
            Route("/emulator/faults", add_fault, methods=["POST"]),
            Route("/emulator/faults", clear_faults, methods=["DELETE"]),
            Route("/emulator/faults/{fault}", remove_fault, methods=["DELETE"]),
            Route("/emulator/alerts", post_alert, methods=["POST"]),
            Route("/emulator/runs/{run}/cancel", cancel_run, methods=["POST"]),
        ],
        middleware=[Middleware(Access, secret_key=server.secret_key)],
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.state.server = server
    return app

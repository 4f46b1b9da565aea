"""For tests of your own: a pytest plugin that brings a local Trigger.dev.

Installed with Jobwire it is there by itself; the fixture is `jobwire_emulator`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobwire.testing.running import Receiver, RunningEmulator, run_emulator

# Imported on first use: pytest loads the plugin in every project that has Jobwire.
_HOME = "jobwire.testing.running"

__all__ = ["Receiver", "RunningEmulator", "run_emulator"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME), name)

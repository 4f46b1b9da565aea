"""Tokens that were found good before: the same one need not be verified again."""

from collections import OrderedDict
from datetime import datetime

from jobwire.app.claims import LEEWAY
from jobwire.jobs.viewer import Viewer

#: How many are remembered.
MOST = 1_000
#: The longest one that is, in characters.
LONGEST = 2_048


class Remembered:
    """Tokens of one key, with whom they speak for, until they end.

    It is right for keys that do not change, and for tokens that nobody takes back.
    """

    def __init__(self) -> None:
        self._viewers: OrderedDict[str, Viewer] = OrderedDict()

    def find(self, token: str, *, now: datetime) -> Viewer | None:
        """Return whom a token speaks for; None: it is not known, or has ended."""
        viewer = self._viewers.get(token)
        if viewer is None or viewer.has_expired(now - LEEWAY):
            return None
        self._viewers.move_to_end(token)
        return viewer

    def keep(self, token: str, viewer: Viewer) -> Viewer:
        """Remember whom a token speaks for, and return them."""
        if len(token) <= LONGEST:
            self._viewers[token] = viewer
            if len(self._viewers) > MOST:
                self._viewers.popitem(last=False)
        return viewer

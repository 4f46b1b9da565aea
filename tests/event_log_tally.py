"""What was checked of the log in a whole run of the tests, said in its last lines."""

from collections import Counter
from typing import Any

import pytest

from jobwire.models.database import Connection
from tests.event_log import Checked, check

#: The marker by which a test says that it edits rows by hand, and why.
BY_HAND = "rows_by_hand"
_KEY = "event_log_tally"


class Tally:
    """Checks databases and counts, as a plugin; workers tell it to their controller."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    async def check(self, connection: Connection, item: pytest.Item | None) -> None:
        """Hold a database to its log, unless its test edits rows by hand.

        Args:
            connection: Of the database.
            item: The test that used it; None: many did.
        """
        marker = item.get_closest_marker(BY_HAND) if item is not None else None
        if marker is not None:
            assert marker.args, f"{BY_HAND} wants a reason"
            self._counts["by hand"] += 1
            return
        checked = await check(connection)
        self.count(checked)
        if checked.wrong:
            shown = "\n  ".join(checked.wrong[:10])
            where = "" if item is not None else " of the database that servers share"
            pytest.fail(
                f"the log does not give the rows{where}; a test that edits rows by hand"
                f" says so with pytest.mark.{BY_HAND}(why):\n  {shown}",
                pytrace=False,
            )

    def count(self, checked: Checked) -> None:
        """Take down what became of a check."""
        self._counts["databases"] += bool(checked.jobs)
        self._counts["jobs"] += checked.jobs
        self._counts["unborn"] += checked.unborn

    @property
    def line(self) -> str:
        """What was checked, in a sentence."""
        counts = self._counts
        return (
            f"event log: {counts['jobs']} jobs of {counts['databases']} databases"
            f" folded into their rows; {counts['unborn']} jobs without a CREATED event,"
            f" {counts['by hand']} tests that edit rows by hand"
        )

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_KEY] = dict(self._counts)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._counts.update(getattr(node, "workeroutput", {}).get(_KEY, {}))

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        terminalreporter.write_line(self.line)

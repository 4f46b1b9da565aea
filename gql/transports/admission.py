"""How many connections and streams each user has here."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from jobwire.gql.transports.terms import Terms


class TooManyError(Exception):
    """One user has as many as one user may have.

    Attributes:
        message: What, and how many; for the user.
    """

    def __init__(self, what: str, most: int) -> None:
        self.message = (
            f"One user may have at most {most:,} {what} open here; close some, or ask"
            " another process."
        )
        super().__init__(self.message)


class Admission:
    """Counts for one process, so that no user takes what belongs to all."""

    def __init__(self, terms: Terms) -> None:
        self._most_connections = terms.connections
        self._most_streams = terms.streams
        self._connections: Counter[str] = Counter()
        self._streams: Counter[str] = Counter()

    @contextmanager
    def connection(self, user_id: str) -> Iterator[None]:
        """Count a connection while the block lasts.

        Raises:
            TooManyError: The user has too many already.
        """
        with _counted(
            self._connections, user_id, self._most_connections, "connections"
        ):
            yield

    @contextmanager
    def stream(self, user_id: str) -> Iterator[None]:
        """Count a subscription while the block lasts.

        Raises:
            TooManyError: The user has too many already.
        """
        with _counted(self._streams, user_id, self._most_streams, "subscriptions"):
            yield


@contextmanager
def _counted(
    counter: Counter[str], user_id: str, most: int, what: str
) -> Iterator[None]:
    if counter[user_id] >= most:
        raise TooManyError(what, most)
    counter[user_id] += 1
    try:
        yield
    finally:
        counter[user_id] -= 1
        if not counter[user_id]:
            del counter[user_id]

from collections.abc import Iterator

import pytest

from tools.record_hooks import Receiver, receive


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on loopback that events are posted to."""
    with receive() as running:
        yield running

"""A worker's steps, for what subscriptions watch."""

import pytest

from jobwire.jobs.engine import Engine
from tests.gql.steps import Steps


@pytest.fixture
def steps(engine: Engine) -> Steps:
    return Steps(engine)

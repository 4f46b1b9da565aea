"""Any valid document, by its plan and by the executor: the same bytes."""

import os
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchmarks.differential import DOCUMENTS as DIFFERENTIAL
from jobwire.gql.documents import DocumentError
from jobwire.jobs.engine import Engine
from tests.gql.any_operation import FIELDS, operations
from tests.gql.callers import CALLERS
from tests.gql.plans.both import both
from tests.gql.plans.rewriting import rewrite
from tests.gql.test_any_operation import FEW

#: How many documents of each root field, and how often more of what leads to others.
#: `./dev bench differential` wants more of them, and others each time.
MORE = os.environ.get(DIFFERENTIAL)
DOCUMENTS = int(MORE or 40)
OF_MANY = dict.fromkeys(("job", "jobs", "jobSchedules", "node", "nodes"), 5)

EACH = settings(FEW, max_examples=DOCUMENTS)
if MORE is not None:
    EACH = settings(EACH, derandomize=False, phases=[Phase.generate, Phase.shrink])

#: It is made once for each field, not for each document.
_operations = cache(operations)


@pytest.mark.parametrize("field", FIELDS)
@settings(EACH)
@given(data=st.data())
async def test_a_plan_answers_as_the_executor_does(
    engine: Engine, furnished: Sequence[str], field: str, data: st.DataObject
) -> None:
    literals = _operations(field, tuple(furnished))
    for _ in range(OF_MANY.get(field, 1)):
        random = data.draw(st.randoms(use_true_random=False))
        caller = data.draw(st.sampled_from(["alice", "admin"]))
        text, variables = rewrite(data.draw(literals), random)
        try:
            answers = await both(engine, CALLERS[caller], text, variables)
        except DocumentError:
            # The generator does not know all that makes a value fit.
            continue
        assert answers.is_same, (text, variables, answers)

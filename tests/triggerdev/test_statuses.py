import pytest

from jobwire.triggerdev import TERMINAL, RunStatus


def test_the_statuses_are_the_thirteen_of_the_api() -> None:
    assert {*RunStatus} == {
        "PENDING_VERSION",
        "DELAYED",
        "QUEUED",
        "DEQUEUED",
        "EXECUTING",
        "WAITING",
        "COMPLETED",
        "FAILED",
        "CANCELED",
        "CRASHED",
        "SYSTEM_FAILURE",
        "TIMED_OUT",
        "EXPIRED",
    }


@pytest.mark.parametrize("status", ["EXPIRED", "TIMED_OUT", "CANCELED"])
def test_statuses_that_the_server_s_own_flags_disagree_on_are_terminal(
    status: str,
) -> None:
    assert status in TERMINAL


def test_no_status_before_the_end_is_terminal() -> None:
    assert {*RunStatus} - TERMINAL == {
        "PENDING_VERSION",
        "DELAYED",
        "QUEUED",
        "DEQUEUED",
        "EXECUTING",
        "WAITING",
    }

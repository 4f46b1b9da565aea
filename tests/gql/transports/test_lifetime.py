"""When a socket is pinged and when it ends, by a clock that the test moves."""

from jobwire.gql.transports.lifetime import Due, Lifetime
from jobwire.gql.transports.terms import Terms

TERMS = Terms(ping=25, silence=60, idle=600, max_age=3600)


def test_a_silent_client_is_asked_for_a_sign_of_life_and_then_given_up() -> None:
    lifetime = Lifetime(TERMS, now=100)
    assert lifetime.next(110, is_busy=True) == (15, Due.PING)
    lifetime.ping()
    assert lifetime.next(125, is_busy=True) == (35, Due.SILENT)
    assert lifetime.next(170, is_busy=True) == (-10, Due.SILENT)


def test_whatever_the_client_sends_is_a_sign_of_life() -> None:
    lifetime = Lifetime(TERMS, now=0)
    lifetime.ping()
    lifetime.hear(40)

    assert lifetime.next(40, is_busy=True) == (25, Due.PING)


def test_a_socket_on_which_nothing_runs_ends_and_a_busy_one_does_not() -> None:
    lifetime = Lifetime(TERMS, now=0)
    lifetime.hear(590)
    assert lifetime.next(590, is_busy=False) == (10, Due.IDLE)
    lifetime.next(595, is_busy=True)
    lifetime.hear(1190)

    assert lifetime.next(1190, is_busy=False) == (5, Due.IDLE)


def test_an_old_socket_ends_however_lively_it_is() -> None:
    lifetime = Lifetime(TERMS, now=0)
    lifetime.hear(3599)

    assert lifetime.next(3599, is_busy=True) == (1, Due.OLD)

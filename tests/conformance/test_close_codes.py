"""The codes that our sockets close with, as the client of graphql-ws takes them."""

from pathlib import Path

from jobwire.gql.transports.protocol import CloseCode
from tests.conformance.conftest import run_node

#: What uvicorn closes with when the process ends.
SERVICE_RESTART = 1012
#: The same client may come again: with a new token, in time, or when there is room.
PASSING = {
    CloseCode.GOING_AWAY,
    CloseCode.TRY_AGAIN_LATER,
    CloseCode.FORBIDDEN,
    CloseCode.INITIALISATION_TIMEOUT,
    SERVICE_RESTART,
}


def test_the_client_comes_again_where_that_can_help_and_nowhere_else(npm: Path) -> None:
    codes = [*CloseCode, SERVICE_RESTART]

    found = run_node(npm / "close_codes.mjs", *map(str, map(int, codes)))

    assert found == {str(int(code)): code in PASSING for code in codes}

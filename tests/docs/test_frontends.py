"""docs/frontends.md: its figures are those of the code, its links lead somewhere."""

import re

import pytest

from jobwire.app.server import MAX_FRAME_BYTES
from jobwire.gql.transports.operations import MAX_OPERATIONS
from jobwire.gql.transports.parameters import MAX_BODY_BYTES, MAX_QUERY_STRING_BYTES
from jobwire.gql.transports.terms import Terms
from jobwire.jobs import webhook
from jobwire.jobs.feed import RECONNECT_AFTER
from tests.docs.reader import ROOT

TEXT = (ROOT / "docs" / "frontends.md").read_text()
KIB = 1024
TERMS = Terms()


@pytest.mark.parametrize(
    "sentence",
    [
        f"a body of {MAX_BODY_BYTES // KIB // KIB} MiB",
        f"{MAX_OPERATIONS} operations on one socket",
        f"messages of {MAX_FRAME_BYTES // KIB} KiB to the server",
        f"{MAX_QUERY_STRING_BYTES // KIB} KiB of address",
        f"pings after {TERMS.ping:.0f} s of silence,",
        f"closes after {TERMS.silence:.0f} s without a sign of life",
        f"sends a comment every {TERMS.heartbeat:.0f} s",
        f"at the webhook {webhook.MAX_BODY_BYTES // KIB // KIB} MiB",
        f"takes {TERMS.connections:,} connections and subscriptions of one user",
        f'`reconnectAfter: "PT{RECONNECT_AFTER.seconds}S"`',
    ],
)
def test_its_figures_are_those_of_the_code(sentence: str) -> None:
    assert sentence in TEXT


@pytest.mark.parametrize(
    "page", ["docs/frontends.md", "docs/board.md", "docs/trusted-documents.md"]
)
def test_its_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text()
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)

    assert targets
    assert [
        one for one in targets if not (ROOT / page).parent.joinpath(one).exists()
    ] == []

"""GraphQL over HTTP, held to by the audits of its reference implementation."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobwire.models.database_url import DatabaseUrl
from tests.conformance.conftest import run_node
from tests.exclusive import exclusive
from tests.flows.endpoint import endpoint, token

#: Every audit of graphql-http, whether it is a MUST, a SHOULD or a MAY.
AUDITS = """
22EB 4655 47DE 80D8 82A3 BF61 78D5 2C94 5A70 9C48 9ABE 03D4 A5BF 423L
LKJ0 LKJ1 LKJ2 LKJ3 34A2 13EE 6C00 6C01 6C02 6C03 8161 B8B3
94B0 0220 94B1 0221 94B2 0222 4760 4761 4762 4763 2EA1 28B9 D6D5 6A70
58B0 58B1 58B2 58B3 428F 1B7A B6DC BCF8 B7N8 8764 3E3A
572B FDE2 7B9B 865D 556A D586 51FE 74FF 5E5B 86EE
"""


@pytest.fixture(scope="session")
def audits(
    npm: Path,
    server_database_url: DatabaseUrl,
    shared_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """What each audit found on `jobwire serve`; made once for all workers."""
    kept = shared_folder / "audits.json"
    with exclusive(shared_folder / "audits.lock"):
        if not kept.exists():
            folder = tmp_path_factory.mktemp("audited")
            with endpoint(str(server_database_url), folder) as server:
                found = run_node(npm / "audits.mjs", server.url, token())
            kept.write_text(json.dumps(found))
    return {audit["id"]: audit for audit in json.loads(kept.read_text())}


def test_no_audit_is_left_out(audits: dict[str, Any]) -> None:
    assert sorted(audits) == sorted(AUDITS.split())


@pytest.mark.parametrize("id", AUDITS.split())
def test_the_audit_is_passed(audits: dict[str, Any], id: str) -> None:
    audit = audits[id]

    assert audit["status"] == "ok", audit

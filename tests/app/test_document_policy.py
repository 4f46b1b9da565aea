"""What the settings say of documents, up to the application that holds to it."""

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from jobwire.app.http import create_app
from jobwire.app.settings import Settings, SettingsError
from jobwire.app.tokens import mint_token
from jobwire.gql.document_ids import sha256_id
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.viewer import Scope
from jobwire.models.database_url import DatabaseUrl
from tests.servers import running_server

VIEWER = "query Viewer { viewer { userId } }"
SECRET = "s" * 32

pytestmark = pytest.mark.usefixtures("bare_environment")


def manifest(folder: Path, *texts: str) -> Path:
    path = folder / "persisted-documents.json"
    path.write_text(json.dumps({sha256_id(text): text for text in texts}))
    return path


def test_the_manifests_are_files_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JOBWIRE_TRUSTED_DOCUMENTS", "a.json, b/c.json")

    assert Settings().trusted_documents == (Path("a.json"), Path("b/c.json"))


def test_trusted_operations_need_a_manifest() -> None:
    with pytest.raises(SettingsError, match="without JOBWIRE_TRUSTED_DOCUMENTS"):
        Settings(operations="trusted")


def test_a_document_that_does_not_fit_keeps_the_application_from_starting(
    tmp_path: Path,
) -> None:
    path = manifest(tmp_path, VIEWER, "{ nothing }")
    settings = Settings(auth_secret=SECRET, trusted_documents=(path,))

    with pytest.raises(SettingsError) as caught:
        create_app(settings)

    [problem] = caught.value.problems
    assert problem.startswith(f"JOBWIRE_TRUSTED_DOCUMENTS cannot be used: {path}: ")
    assert sha256_id("{ nothing }") in problem
    assert "Cannot query field 'nothing' on type 'Query'." in problem


async def test_the_application_holds_to_all_three(
    server_database_url: DatabaseUrl, tmp_path: Path
) -> None:
    secret = SecretStr(SECRET)
    token = mint_token(
        secret,
        user_id="ann",
        scopes=[Scope.JOBS_READ],
        lifetime=timedelta(minutes=5),
        now=SystemClock().now(),
    )
    with running_server(
        str(server_database_url),
        auth_secret=secret,
        operations="trusted",
        trusted_documents=(manifest(tmp_path, VIEWER, "{ __schema { description } }"),),
        introspection=False,
    ) as server:
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
            bodies = [
                {"documentId": sha256_id(VIEWER)},
                {"query": "{ viewer { userId } }"},
                {"query": "{ __schema { description } }"},
            ]
            answers = [(await http.post("/graphql", json=one)).json() for one in bodies]

    assert answers[0] == {"data": {"viewer": {"userId": "ann"}}}
    codes = [answer["errors"][0]["extensions"]["code"] for answer in answers[1:]]
    assert codes == ["DOCUMENT_NOT_TRUSTED", "INTROSPECTION_DISABLED"]

"""Manifests as real tools make them from the examples, on a server that trusts them."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from jobwire.app.tokens import mint_token
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.viewer import Scope
from jobwire.models.database_url import DatabaseUrl
from tests.frontend_examples.conftest import EXAMPLES, program
from tests.frontend_examples.products import run_script, skip_without_node
from tests.frontend_examples.test_projects import SCHEMA
from tests.node_project import install_node_project
from tests.servers import RunningServer, running_server

SECRET = SecretStr("a secret of the tests, long enough")
OTHER = "query Other { viewer { scopes } }"
#: Where each tool writes its manifest, with what docs/trusted-documents.md says of it.
MANIFESTS = {
    "react-urql": "src/gql/persisted-documents.json",
    "react-apollo": "src/gql/persisted-documents.json",
    "react-relay": "persisted-documents.json",
}
PRESET = "presetConfig: { fragmentMasking: false"


def make_manifest(shared_folder: Path, name: str, folder: Path) -> Path:
    """Have the tool of an example write the manifest of its documents."""
    skip_without_node()
    project = install_node_project(shared_folder, EXAMPLES / name)
    copy = folder / name
    left = shutil.ignore_patterns("node_modules", "build", "dist")
    shutil.copytree(project, copy, ignore=left)
    (copy / "node_modules").symlink_to(project / "node_modules")
    shutil.copy(SCHEMA, copy / "schema.graphql")
    manifest = copy / MANIFESTS[name]
    if name == "react-relay":
        manifest.write_text("{}")
        config = json.loads((copy / "relay.config.json").read_text())
        config["persistConfig"] = {"file": MANIFESTS[name]}
        (copy / "relay.config.json").write_text(json.dumps(config))
    else:
        config = (copy / "codegen.ts").read_text()
        assert PRESET in config
        config = config.replace(PRESET, f"{PRESET}, persistedDocuments: true")
        (copy / "codegen.ts").write_text(config)
    run_script(copy, "codegen")
    return manifest


@contextmanager
def trusting(
    database_url: DatabaseUrl, manifest: Path
) -> Iterator[tuple[RunningServer, str]]:
    """Run a server that runs nothing else; give it and an ordinary token."""
    token = mint_token(
        SECRET,
        user_id="ann",
        scopes=[Scope.JOBS_READ, Scope.JOBS_WRITE],
        lifetime=timedelta(minutes=5),
        now=SystemClock().now(),
    )
    with running_server(
        str(database_url),
        auth_secret=SECRET,
        operations="trusted",
        trusted_documents=(manifest,),
    ) as server:
        yield server, token


@pytest.mark.parametrize("name", ["react-relay", "react-urql"])
def test_what_an_example_was_built_with_runs_and_nothing_else(
    shared_folder: Path, tmp_path: Path, server_database_url: DatabaseUrl, name: str
) -> None:
    manifest = make_manifest(shared_folder, name, tmp_path)
    texts: dict[str, str] = json.loads(manifest.read_text())
    assert len(texts) >= 7
    accept = {"accept": "text/event-stream"}

    with trusting(server_database_url, manifest) as (server, token):
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=server.url, headers=headers) as http:
            for id, text in texts.items():
                # Without its variables hardly any runs, but each one is known.
                body = {"documentId": id}
                needs = re.search(r"\$\w+: [^\s,)=]*!(?!\s*=)", text)
                if needs is None and "subscription" in text:
                    continue
                told = http.post("/graphql", json=body, headers=accept).text
                expected = '{"data":{' if needs is None else "BAD_USER_INPUT"
                assert expected in told, text
            refused = http.post("/graphql", json={"query": OTHER})

    [error] = refused.json()["errors"]
    assert error["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"


def test_apollo_client_asks_by_persisted_queries(
    shared_folder: Path, tmp_path: Path, server_database_url: DatabaseUrl
) -> None:
    manifest = make_manifest(shared_folder, "react-apollo", tmp_path)
    texts = json.loads(manifest.read_text()).items()
    [(id, text)] = [(id, text) for id, text in texts if "query JobTypes" in text]
    script = Path(__file__).with_name("persisted_query.mjs")

    with trusting(server_database_url, manifest) as (server, token):
        project = EXAMPLES / "react-apollo"
        command = [program("node"), script, f"{server.url}/graphql", token, project]
        ended = subprocess.run(
            [*command, id, text, OTHER],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [
        [["jobTypes"], [["POST", False]]],
        [["jobTypes"], [["GET", False]]],
        # Not known, so the document is sent, and is not trusted.
        ["DOCUMENT_NOT_TRUSTED", [["POST", False], ["POST", True]]],
    ]

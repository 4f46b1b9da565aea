"""Manifests of trusted documents: what is read, and what is refused with its reason."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from jobwire.gql.documents import ManifestError, TrustedDocuments

VIEWER = "query Viewer { viewer { userId } }"
TYPES = "query Types { jobTypes { name } }"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def write(path: Path, content: Any) -> Path:
    if not isinstance(content, bytes):
        content = content if isinstance(content, str) else json.dumps(content)
        content = content.encode()
    path.write_bytes(content)
    return path


def apollo(**changes: Any) -> dict[str, Any]:
    operation = {"id": sha256(TYPES), "name": "Types", "type": "query", "body": TYPES}
    return {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [operation],
        **changes,
    }


def test_several_manifests_are_read_and_a_document_is_parsed_once(
    tmp_path: Path,
) -> None:
    md5 = hashlib.md5(VIEWER.encode(), usedforsecurity=False).hexdigest()
    sha1 = hashlib.sha1(VIEWER.encode(), usedforsecurity=False).hexdigest()
    manifests = [
        write(tmp_path / "codegen.json", {sha1: VIEWER}),
        write(tmp_path / "relay.json", {md5: VIEWER}),
        write(tmp_path / "apollo.json", apollo()),
    ]

    trusted = TrustedDocuments.read(manifests)

    document = trusted.by_text(VIEWER)
    assert document is not None
    assert all(
        one is document for one in map(trusted.by_id, (md5, sha1, sha256(VIEWER)))
    )
    assert trusted.by_id(sha256(TYPES)) is trusted.by_text(TYPES) is not None
    assert trusted.by_id(sha256("{ a }")) is trusted.by_text(VIEWER + " ") is None
    assert trusted.has_ids


NONE = sha256("")
DEAR = "{ jobs(first: 100) { nodes { events(first: 100) { nodes { id } } } } }"
WRONG = {
    "no JSON": ("{", "no JSON"),
    "no UTF-8": (b'{"\xff": ""}', "no JSON in UTF-8"),
    "a nesting without end": ("[" * 100_000, "no JSON"),
    "an array": ([], "must be a JSON object"),
    "nothing in it": ({}, "holds no document"),
    "no document in it": (apollo(operations=[]), "holds no document"),
    "a document that is none": ({NONE: 5}, f"the document {NONE} must be a string"),
    "an id that is no hash": ({"Viewer": VIEWER}, "the id Viewer must be the SHA-256"),
    "an id in upper case": ({sha256(VIEWER).upper(): VIEWER}, "lower-case"),
    "a document that was edited": ({sha256(VIEWER): f"{VIEWER} "}, sha256(VIEWER)),
    "a syntax error": ({sha256("{"): "{"}, f"{sha256('{')} cannot run: Syntax Error"),
    "an unknown field": (
        {sha256("{ a }"): "{ a }"},
        f"{sha256('{ a }')} cannot run: Cannot query field 'a'",
    ),
    "a document beyond the limits": (
        {sha256(text): text for text in ["{" + "a " * 10_000 + "}"]},
        "cannot run: Syntax Error: Document contains more than 10000 tokens",
    ),
    "an operation beyond the limits": (
        {sha256(DEAR): DEAR},
        "cannot run: The operation would cost",
    ),
    "another format": (apollo(format="other"), "not 'other' of version 1"),
    "another version": (apollo(version=2), "of version 2"),
    "operations that are none": (apollo(operations={}), "operations must be an array"),
    "an operation without an id": (
        apollo(operations=[{"body": TYPES}]),
        "operations[0] must be an object with id and body",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_manifest_that_cannot_be_used_is_refused_by_its_name(
    tmp_path: Path, what: str
) -> None:
    content, reason = WRONG[what]
    path = write(tmp_path / "manifest.json", content)

    with pytest.raises(ManifestError) as caught:
        TrustedDocuments.read([path])

    assert str(path) in str(caught.value)
    assert reason in str(caught.value)


def test_a_manifest_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="No such file"):
        TrustedDocuments.read([tmp_path / "manifest.json"])

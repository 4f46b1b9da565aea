"""What a client asks to run: the document, or its id in one of three spellings."""

import hashlib
from typing import Any

import pytest

from jobwire.gql.request import MalformedRequestError, Request

QUERY = "{ viewer { userId } }"
SHA256 = hashlib.sha256(QUERY.encode()).hexdigest()
SHA1 = hashlib.sha1(QUERY.encode(), usedforsecurity=False).hexdigest()
MD5 = hashlib.md5(QUERY.encode(), usedforsecurity=False).hexdigest()
OTHER = "0" * 64


def _apollo(sha256: object = SHA256, version: object = 1) -> dict[str, Any]:
    return {"persistedQuery": {"version": version, "sha256Hash": sha256}}


@pytest.mark.parametrize(
    "parameters",
    [
        {"documentId": SHA256},
        {"documentId": f"sha256:{SHA256}"},
        {"documentId": SHA256, "query": None},
        # Clients whose types demand a query send none all the same.
        {"documentId": SHA256, "query": ""},
        {"extensions": _apollo()},
        {"extensions": _apollo(), "query": ""},
        {"extensions": _apollo(), "documentId": SHA256},
        {
            "extensions": {
                "persistedQuery": {**_apollo()["persistedQuery"], "miss": True}
            }
        },
    ],
)
def test_an_id_stands_for_a_document(parameters: dict[str, Any]) -> None:
    request = Request.read(parameters)

    assert (request.document_id, request.query) == (SHA256, None)


@pytest.mark.parametrize("document_id", [SHA256, SHA1, MD5, f"sha256:{SHA256}"])
def test_an_id_may_come_with_the_document_that_it_is_the_hash_of(
    document_id: str,
) -> None:
    request = Request.read({"query": QUERY, "documentId": document_id})

    assert request.query == QUERY
    assert request.document_id == document_id.removeprefix("sha256:")


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"query": None, "documentId": None},
        {"documentId": ""},
        {"documentId": 5},
        {"documentId": [SHA256]},
        {"query": QUERY, "documentId": OTHER},
        {"query": QUERY, "documentId": SHA256.upper()},
        {"query": QUERY, "documentId": "an-id-of-my-own"},
        {"query": QUERY + " ", "extensions": _apollo()},
        {"documentId": OTHER, "extensions": _apollo()},
        {"extensions": {"persistedQuery": SHA256}},
        {"extensions": {"persistedQuery": {}}},
        {"extensions": _apollo(version=2)},
        {"extensions": _apollo(version="1")},
        {"extensions": _apollo(version=True)},
        {"extensions": _apollo(sha256=None)},
        {"extensions": _apollo(sha256="")},
        {"query": QUERY, "extensions": {"persistedQuery": 5}},
    ],
)
def test_no_document_two_of_them_and_no_id_are_refused(
    parameters: dict[str, Any],
) -> None:
    with pytest.raises(MalformedRequestError):
        Request.read(parameters)

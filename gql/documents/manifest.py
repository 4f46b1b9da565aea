"""Manifests: files that say which documents the clients of a server were built with."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jobwire.gql.document_ids import bare_id, identifies

#: What the manifests of Apollo's tools say of themselves.
_APOLLO_FORMAT = "apollo-persisted-query-manifest"
_APOLLO_VERSION = 1


class ManifestError(Exception):
    """A manifest that cannot be used.

    Attributes:
        path: The file.
        reason: Why, as a sentence; it names the document, if one is at fault.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def read_manifest(path: Path) -> dict[str, str]:
    """Read the texts of a manifest by their ids.

    It is a JSON object of ids and texts, as graphql-codegen writes it to
    `persisted-documents.json` and relay-compiler to its `persistConfig.file`, or what
    Apollo's `generate-persisted-query-manifest` writes.

    Raises:
        ManifestError: It cannot be read, is of another form or holds no document, or an
            id is not the hash of its text.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = f"it cannot be read: {error.strerror or error}."
        raise ManifestError(path, reason) from None
    except (ValueError, RecursionError) as error:
        raise ManifestError(path, f"it is no JSON in UTF-8: {error}.") from None
    if not isinstance(content, dict):
        raise ManifestError(path, "it must be a JSON object of ids and documents.")
    texts: dict[str, str] = {}
    for given, text in _documents(path, content):
        if not isinstance(text, str):
            raise ManifestError(path, f"the document {given} must be a string.")
        document_id = bare_id(given)
        if not identifies(document_id, text):
            raise ManifestError(
                path,
                f"the id {given} must be the SHA-256, the SHA-1 or the MD5 of its"
                " document, in lower-case hexadecimal, and is none of them. Make the"
                " manifest anew instead of editing it.",
            )
        texts[document_id] = text
    if not texts:
        raise ManifestError(path, "it holds no document.")
    return texts


def _documents(path: Path, content: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    if "format" not in content:
        yield from content.items()
        return
    if (content["format"], content.get("version")) != (_APOLLO_FORMAT, _APOLLO_VERSION):
        raise ManifestError(
            path,
            f"its format must be {_APOLLO_FORMAT} of version {_APOLLO_VERSION}, not"
            f" {content['format']!r} of version {content.get('version')!r}.",
        )
    operations = content.get("operations")
    if not isinstance(operations, list):
        raise ManifestError(path, "operations must be an array.")
    for number, operation in enumerate(operations):
        match operation:
            case {"id": str(document_id), "body": body}:
                yield document_id, body
            case _:
                reason = f"operations[{number}] must be an object with id and body."
                raise ManifestError(path, reason)

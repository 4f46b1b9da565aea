"""Trusted documents: known before anybody asks, read once and kept for good."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from jobwire.gql.document_ids import sha256_id
from jobwire.gql.documents.document import Document, DocumentError
from jobwire.gql.documents.manifest import ManifestError, read_manifest
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.limits import MAX_COST, exceeded


class TrustedDocuments:
    """The documents of the manifests, and of the pages that the server brings along.

    Args:
        texts: Documents that are told by their texts alone.

    Raises:
        DocumentError: One of them is not fit to run.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._by_text = {text: _read(text) for text in texts}
        self._by_id: dict[str, Document] = {}

    @classmethod
    def read(cls, manifests: Iterable[Path], texts: Iterable[str] = ()) -> Self:
        """Read manifests, and each of their documents.

        A document is found by its id, by the SHA-256 of its text and by the text.

        Args:
            manifests: The files.
            texts: Documents that are told by their texts alone.

        Raises:
            ManifestError: One cannot be used, or a document of it is not fit to run.
            DocumentError: One of the texts is not fit to run.
        """
        trusted = cls(texts)
        for path in manifests:
            for document_id, text in read_manifest(path).items():
                try:
                    document = trusted._by_text.get(text) or _read(text)
                except DocumentError as refused:
                    raise ManifestError(
                        path, f"the document {document_id} cannot run: {refused}"
                    ) from None
                trusted._by_text[text] = document
                trusted._by_id[document_id] = document
                trusted._by_id[sha256_id(text)] = document
        return trusted

    @property
    def has_ids(self) -> bool:
        """Whether any document can be asked for by an id."""
        return bool(self._by_id)

    def by_id(self, document_id: str) -> Document | None:
        """Return the document of an id; None: there is none."""
        return self._by_id.get(document_id)

    def by_text(self, text: str) -> Document | None:
        """Return the document of exactly this text; None: there is none."""
        return self._by_text.get(text)


def _read(text: str) -> Document:
    """Read a document, and refuse what would be refused whenever it is asked for."""
    document = Document.read(text)
    for name, operation in document.operations.items():
        cost = document.prices[name].of({})
        if cost > MAX_COST and not operation.variable_definitions:
            refused = exceeded(
                "The operation would cost {}", cost, MAX_COST, at=operation
            )
            raise DocumentError([refused], ErrorCode.LIMIT_EXCEEDED)
    return document

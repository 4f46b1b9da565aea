"""The ids of documents: hashes of their texts, as the tools that collect them write."""

import hashlib

#: By the length of the id. All of graphql-codegen (SHA-1 unless told), relay-compiler
#: (MD5 unless told) and Apollo (SHA-256) write lower-case hexadecimal. None of them has
#: to withstand forgers: an id only chooses among documents that were read at the start.
_HASHES = {32: "md5", 40: "sha1", 64: "sha256"}
#: How GraphQL over HTTP may mark an id that is one.
_PREFIX = "sha256:"


def bare_id(document_id: str) -> str:
    """Return an id without the mark of its hash."""
    return document_id.removeprefix(_PREFIX)


def sha256_id(text: str) -> str:
    """Return the id by which any document can be asked for."""
    return _hash(text, "sha256")


def identifies(document_id: str, text: str) -> bool:
    """Whether an id is the SHA-256, the SHA-1 or the MD5 of a text."""
    algorithm = _HASHES.get(len(document_id))
    return algorithm is not None and _hash(text, algorithm) == document_id


def _hash(text: str, algorithm: str) -> str:
    data = text.encode(errors="surrogatepass")
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()

"""What a client asks to run, read from the JSON that it sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from jobwire.gql.document_ids import bare_id, identifies

#: The version of persisted queries that Apollo's clients speak.
_PERSISTED_QUERY_VERSION = 1


class MalformedRequestError(Exception):
    """A JSON value that is no GraphQL request."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks to run.

    Attributes:
        query: The document; None: it is told by `document_id` alone.
        variables: The values of its variables, by name.
        operation_name: Which of its operations; None: the only one.
        document_id: The id of a document that the server has; with `query` it is the
            hash of that.
    """

    query: str | None
    variables: dict[str, Any]
    operation_name: str | None
    document_id: str | None = None

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> Self:
        """Read the parameters of a request; members that are not known are ignored.

        Raises:
            MalformedRequestError: One is missing, of another type or at odds with
                another one.
        """
        query = parameters.get("query")
        variables = parameters.get("variables")
        operation_name = parameters.get("operationName")
        extensions = parameters.get("extensions")
        if query is not None and not isinstance(query, str):
            raise MalformedRequestError("query must be a string with the document.")
        if variables is not None and not isinstance(variables, dict):
            raise MalformedRequestError("variables must be an object or null.")
        if operation_name is not None and not isinstance(operation_name, str):
            raise MalformedRequestError("operationName must be a string or null.")
        if extensions is not None and not isinstance(extensions, dict):
            raise MalformedRequestError("extensions must be an object or null.")
        document_id = _document_id(parameters.get("documentId"), extensions or {})
        if document_id is None:
            if query is None:
                raise MalformedRequestError(
                    "query must be a string with the document, or documentId the id of"
                    " a document that the server has."
                )
        # Clients whose types demand a query send an empty one.
        elif not query:
            query = None
        elif not identifies(document_id, query):
            raise MalformedRequestError(
                "query and documentId are two documents: the id is not the hash of"
                " the query. Send one of them."
            )
        return cls(query, variables or {}, operation_name, document_id)


def _document_id(given: object, extensions: Mapping[str, Any]) -> str | None:
    """Return the id of the document, in whichever way it was told; None: it was not."""
    persisted = _persisted_query(extensions)
    if given is None:
        return persisted
    if not isinstance(given, str) or not given:
        raise MalformedRequestError("documentId must be a string with an id, or null.")
    document_id = bare_id(given)
    if persisted not in (None, document_id):
        raise MalformedRequestError(
            "documentId and extensions.persistedQuery are two documents: send one of"
            " them."
        )
    return document_id


def _persisted_query(extensions: Mapping[str, Any]) -> str | None:
    """Return what Apollo's clients call the hash of a persisted query."""
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict):
        raise MalformedRequestError(
            "extensions.persistedQuery must be an object with version and sha256Hash."
        )
    version = persisted.get("version")
    if version != _PERSISTED_QUERY_VERSION or isinstance(version, bool):
        raise MalformedRequestError("extensions.persistedQuery.version must be 1.")
    found = persisted.get("sha256Hash")
    if not isinstance(found, str) or not found:
        raise MalformedRequestError(
            "extensions.persistedQuery.sha256Hash must be a string with an id."
        )
    return bare_id(found)

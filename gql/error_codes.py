"""The codes of errors that come before or beside the use cases' own."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """What `extensions.code` says; refusals of use cases bring codes of their own."""

    #: The document is no GraphQL.
    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    #: The document does not fit the schema.
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    #: Variables or arguments are not of their types.
    BAD_USER_INPUT = "BAD_USER_INPUT"
    #: A limit of documents, requests or connections is exceeded.
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    #: The named operation is not in the document, or none of several was named.
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    #: The process runs documents of its manifest alone, and this is none of them.
    DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"
    #: No document has the id that was sent; the code that Apollo's clients look for.
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    #: The process has no documents that can be asked for by ids; as above.
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    #: The schema is not told to this caller.
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    #: The request is no GraphQL request.
    BAD_REQUEST = "BAD_REQUEST"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    #: It ran for too long and was stopped.
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    #: The request did not come in time.
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"
    #: The server is starting, stopping or without its database.
    UNAVAILABLE = "UNAVAILABLE"
    #: Something that nobody expected; the log tells more under the same id.
    INTERNAL_ERROR = "INTERNAL_ERROR"

"""Which documents a process runs, and what of its schema it tells to whom."""

from graphql import GraphQLError

from jobwire.gql.documents.cache import prepare
from jobwire.gql.documents.document import Document, DocumentError
from jobwire.gql.documents.trusted import TrustedDocuments
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.request import Request
from jobwire.jobs.viewer import Scope, Viewer


class DocumentPolicy:
    """What documents are held to beyond the schema and the limits.

    Callers with the scope admin are held to none of it: they see and change everything
    as it is, and must be able to look into what nobody foresaw.

    Args:
        trusted: The documents that can be asked for by an id.
        only_trusted: Run no others.
        introspection: Tell everybody the schema, also by suggestions in errors.
    """

    def __init__(
        self,
        trusted: TrustedDocuments | None = None,
        *,
        only_trusted: bool = False,
        introspection: bool = True,
    ) -> None:
        self._trusted = trusted or TrustedDocuments()
        self._only_trusted = only_trusted
        self._introspection = introspection

    def hides_schema(self, viewer: Viewer) -> bool:
        """Whether a caller is told nothing of the schema."""
        return not self._introspection and not viewer.has(Scope.ADMIN)

    def prepare(self, request: Request, viewer: Viewer) -> Document:
        """Return the document of a request that is fit to run for its caller.

        What was prepared for one caller is kept for all, so what differs between them
        is asked each time.

        Raises:
            DocumentError: It is not fit, not known or not for this caller.
        """
        document = self._find(request, viewer)
        if document.introspection and self.hides_schema(viewer):
            raise DocumentError(
                [
                    GraphQLError(
                        "Introspection is turned off on this server: the field"
                        f" {field.name.value} is for callers with the scope admin.",
                        field,
                    )
                    for field in document.introspection
                ],
                ErrorCode.INTROSPECTION_DISABLED,
            )
        return document

    def _find(self, request: Request, viewer: Viewer) -> Document:
        if request.document_id is not None:
            known = self._trusted.by_id(request.document_id)
            if known is not None:
                return known
        if request.query is None:
            raise self._unknown_id()
        trusted = self._trusted.by_text(request.query)
        if trusted is not None:
            return trusted
        if self._only_trusted and not viewer.has(Scope.ADMIN):
            raise DocumentError(
                [
                    GraphQLError(
                        "This server runs only the documents that its clients were"
                        " built with, and this is none of them. Send one exactly as"
                        " it stands in the manifest, or its id as documentId."
                    )
                ],
                ErrorCode.DOCUMENT_NOT_TRUSTED,
            )
        return prepare(request.query, hide_suggestions=self.hides_schema(viewer))

    def _unknown_id(self) -> DocumentError:
        # Apollo's clients and urql know these words, and send the document instead;
        # after the second answer they ask by id no more.
        if self._trusted.has_ids:
            message, code = (
                "PersistedQueryNotFound",
                ErrorCode.PERSISTED_QUERY_NOT_FOUND,
            )
        else:
            message, code = (
                "PersistedQueryNotSupported",
                ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED,
            )
        return DocumentError([GraphQLError(message)], code)

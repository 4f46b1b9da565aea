"""Documents: parsed, limited and validated before anything of them runs."""

from jobwire.gql.documents.cache import prepare
from jobwire.gql.documents.document import Document, DocumentError
from jobwire.gql.documents.manifest import ManifestError
from jobwire.gql.documents.policy import DocumentPolicy
from jobwire.gql.documents.rules import MAX_ERRORS
from jobwire.gql.documents.trusted import TrustedDocuments

__all__ = [
    "MAX_ERRORS",
    "Document",
    "DocumentError",
    "DocumentPolicy",
    "ManifestError",
    "TrustedDocuments",
    "prepare",
]

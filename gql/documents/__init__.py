"""Documents: parsed, limited and validated before anything of them runs."""

from jobwire.gql.documents.cache import prepare
from jobwire.gql.documents.document import Document, DocumentError

__all__ = ["Document", "DocumentError", "prepare"]

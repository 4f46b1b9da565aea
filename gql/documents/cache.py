"""Documents that were read before: the same text need not be read again."""

from functools import lru_cache

from jobwire.gql.documents.document import Document

#: How many documents are kept.
MAX_CACHED = 512
#: Longer documents are read each time, which bounds the memory of the cache.
MAX_CACHED_LENGTH = 8_192

_read_cached = lru_cache(maxsize=MAX_CACHED)(Document.read)


def prepare(text: str, *, hide_suggestions: bool = False) -> Document:
    """Return the document of a text that is fit to run.

    Args:
        text: The document.
        hide_suggestions: Have errors suggest no names of the schema.

    Raises:
        DocumentError: It is not fit; such documents are not kept.
    """
    read = _read_cached if len(text) <= MAX_CACHED_LENGTH else Document.read
    return read(text, hide_suggestions=hide_suggestions)

"""Documents that were read before: the same text need not be read again."""

from collections import OrderedDict

from jobwire.gql.documents.document import Document

#: How many documents are kept.
MAX_CACHED = 512
#: How much memory they may take together, about.
MAX_CACHED_BYTES = 128 * 1024 * 1024
#: Longer documents are read each time.
MAX_CACHED_LENGTH = 8_192


class DocumentCache:
    """Documents by their texts: those that were asked for last, within bounds.

    Attributes:
        found: How often a document was here, since the start.
        read: How often one had to be read, fit to run or not.
    """

    def __init__(self) -> None:
        self.found = 0
        self.read = 0
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._documents)

    def prepare(self, text: str, *, hide_suggestions: bool = False) -> Document:
        """Return the document of a text that is fit to run.

        Args:
            text: The document.
            hide_suggestions: Have errors suggest no names of the schema.

        Raises:
            DocumentError: It is not fit; such documents are not kept.
        """
        found = self._documents.get(text)
        if found is not None:
            self.found += 1
            self._documents.move_to_end(text)
            return found
        self.read += 1
        read = Document.read(
            text, hide_suggestions=hide_suggestions, on_growth=self._trim
        )
        if len(text) <= MAX_CACHED_LENGTH:
            self._documents[text] = read
            self._trim()
        return read

    def _trim(self) -> None:
        """Forget the oldest until all is within its bounds; plans grow as they run."""
        size = sum(document.size for document in self._documents.values())
        while len(self._documents) > MAX_CACHED or size > MAX_CACHED_BYTES:
            _, oldest = self._documents.popitem(last=False)
            size -= oldest.size


#: Those of the process.
documents = DocumentCache()
prepare = documents.prepare

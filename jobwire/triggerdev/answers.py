"""The answers of calls, opened for reading."""

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.fields import Fields


def answer_fields(body: object) -> Fields:
    """Look into the JSON of a 2xx.

    Raises:
        MalformedResponseError: It is no object; later, when a field is not as asked
            for.
    """
    return Fields(body, "the answer", refuse=MalformedResponseError)

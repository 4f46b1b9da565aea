"""Request ids: what names one request in its answer and in every log line about it."""

import os
import re

from starlette.types import Scope

from jobwire.asgi.headers import raw_header

#: The header that may carry one, and answers with it.
HEADER = b"x-request-id"
#: What a proxy or a caller may choose; whatever else it sends is not repeated.
_SANE = re.compile(rb"[!-~]{1,128}")


def request_id_of(scope: Scope) -> bytes:
    """Return the id that a request came with, or a new one.

    The caller's is kept if it is 1 to 128 printable ASCII characters without blanks.
    """
    given = raw_header(scope, HEADER)
    if given is not None and _SANE.fullmatch(given):
        return given
    # Numbers would tell each caller how much the others ask.
    return os.urandom(8).hex().encode()

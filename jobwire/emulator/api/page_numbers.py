"""Lists by page numbers: which page is asked for."""

from collections.abc import Mapping
from typing import Any

from jobwire.emulator.api.responses import ApiError

_MAX_SIZE = 100


def read_page(given: Mapping[str, str], *, default_size: int) -> tuple[int, int]:
    """Understand `page` and `perPage`; return the number of the page and its size.

    More than 100 a page is 100.

    Raises:
        ApiError: 400, with every fault.
    """
    faults: list[dict[str, Any]] = []
    page = _positive(given, "page", 1, faults)
    size = _positive(given, "perPage", default_size, faults)
    if faults:
        raise ApiError(400, "Query Error", details=faults)
    return page, min(size, _MAX_SIZE)


def _positive(
    given: Mapping[str, str], name: str, default: int, faults: list[dict[str, Any]]
) -> int:
    text = given.get(name)
    if text is None:
        return default
    try:
        number = float(text or 0)
    except ValueError:
        faults.append(_wrong(name, "number", "nan"))
        return default
    if not number.is_integer():
        faults.append(_wrong(name, "integer", "float"))
        return default
    if number <= 0:
        faults.append(
            {
                "code": "too_small",
                "minimum": 0,
                "type": "number",
                "inclusive": False,
                "exact": False,
                "message": "Number must be greater than 0",
                "path": [name],
            }
        )
    return int(number)


def _wrong(name: str, expected: str, received: str) -> dict[str, Any]:
    return {
        "code": "invalid_type",
        "expected": expected,
        "received": received,
        "path": [name],
        "message": f"Expected {expected}, received {received}",
    }

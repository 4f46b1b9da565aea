"""The GraphQL documents that the board sends, read from the modules that hold them."""

import re
from pathlib import Path

_BOARD = Path(__file__).with_name("board")
_MODULES = ("documents.js", "system/documents.js")
#: In these modules all texts are constants, made of nothing but constants above them.
_CONSTANT = re.compile(r"^(?:export )?const ([A-Z_]+) =\s*`([^`]*)`;$", re.MULTILINE)
_PLACE = re.compile(r"\$\{([A-Z_]+)\}")
_OPERATION = re.compile(r"\s*(?:query|mutation|subscription)\b")


def board_documents() -> list[str]:
    """Return the documents exactly as the board sends them."""
    return [
        text
        for module in _MODULES
        for text in _texts(_BOARD.joinpath(module).read_text("utf-8"))
        if _OPERATION.match(text)
    ]


def _texts(module: str) -> list[str]:
    texts: dict[str, str] = {}
    for name, template in _CONSTANT.findall(module):
        texts[name] = _PLACE.sub(lambda place: texts[place[1]], template)
    return list(texts.values())

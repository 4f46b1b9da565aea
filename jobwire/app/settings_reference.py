"""The settings as text: the table of the documentation, and `.env.example`.

`python -m jobwire.app.settings_reference table` prints the one, and
`python -m jobwire.app.settings_reference env` the other.
"""

import sys
import textwrap
from pathlib import Path
from typing import Any

from jobwire.app.settings import Settings, environment_names, expected

_WIDTH = 88
_HEAD = """\
# Settings of Jobwire. Copy this file to .env and take away the # before what you set.
# The environment wins over .env. All of them are optional."""


def markdown_table() -> str:
    """Return the table of all settings, in the order of the fields."""
    rows = [
        f"| `{name}` | {_shown(field)} | {_sentence(field)} |"
        for field, name in environment_names().items()
    ]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])


def env_example() -> str:
    """Return a `.env` in which every setting stands as a comment."""
    blocks = [_HEAD]
    for field, name in environment_names().items():
        about = _sentence(field).replace("`", "")
        must = expected(field)
        if must is not None:
            about += f" Expected: {must}."
        lines = textwrap.wrap(
            about, _WIDTH - 2, break_long_words=False, break_on_hyphens=False
        )
        value = _text(Settings.model_fields[field].default)
        blocks.append("\n".join([*(f"# {line}" for line in lines), f"#{name}={value}"]))
    return "\n\n".join(blocks) + "\n"


def _sentence(field: str) -> str:
    return f"{(Settings.model_fields[field].description or '').rstrip('.')}."


def _shown(field: str) -> str:
    value = _text(Settings.model_fields[field].default)
    return f"`{value}`" if value else ""


def _text(default: Any) -> str:
    if default is None or default == ():
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, float):
        return f"{default:g}"
    return default.as_posix() if isinstance(default, Path) else str(default)


if __name__ == "__main__":
    texts = {"table": markdown_table, "env": env_example}
    sys.stdout.write(texts[sys.argv[1]]().rstrip("\n") + "\n")

"""The metrics as text: the table of the documentation.

`python -m jobwire.app.metrics_reference` prints it.
"""

import sys

from jobwire.web.catalogue import Figure
from jobwire.web.metrics import Metrics


def markdown_table() -> str:
    """Return the table of all metrics, in the order of their making."""
    return "\n".join(
        [
            "| metric | labels | over processes | says |",
            "|---|---|---|---|",
            *(_row(figure) for figure in Metrics().figures),
        ]
    )


def _row(figure: Figure) -> str:
    labels = ", ".join(f"`{label}`" for label in figure.labels)
    kind = f"{figure.kind}: {figure.about}"
    return f"| `{figure.name}` | {labels} | {figure.over} | {kind} |"


if __name__ == "__main__":
    sys.stdout.write(markdown_table() + "\n")

"""Fill: whole histories enter the tables by COPY, with the rows that they come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from jobwire.models.database import Connection


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows of one table.

    Attributes:
        table: The table.
        columns: Those that are given; the others have their defaults.
        lines: The rows, in COPY's text format.
    """

    table: str
    columns: Sequence[str]
    lines: Sequence[str]


async def fill(connection: Connection, *copied: Copied) -> None:
    """Copy rows: → any status, with all events that led to it.

    One transaction, in the order in which the tables are given. The caller answers for
    it that the events of each job fold into its row.
    """
    async with connection.transaction():
        for one in copied:
            await connection.copy_to_table(
                one.table,
                source=BytesIO("".join(one.lines).encode()),
                columns=one.columns,
            )

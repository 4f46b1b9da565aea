"""`duties`: loops that one process at a time holds."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Text

from jobwire.models.base import INSTANT, Table, check, column


class Duty(Table, table=True):
    """One elected loop; its term fences what its holder writes."""

    __tablename__: ClassVar[str] = "duties"
    __table_args__: ClassVar[Any] = (
        check("term_is_positive", "term > 0"),
        {"comment": "Loops that one process at a time holds."},
    )

    name: str = column(Text, "The loop.", key=True)
    holder: str = column(Text, "The process that holds it.")
    term: int = column(BigInteger, "Rises with every change of holder.")
    until: datetime = column(INSTANT, "Until when the holder is believed.")

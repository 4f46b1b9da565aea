"""Rules of a table that one function keeps: those of what every job writes to.

PostgreSQL reads the CHECKs of a table anew for each statement that writes to it, which
takes longer than to write one row. A function is read once in a session.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import CheckConstraint, Table
from sqlalchemy.dialects import postgresql

from jobwire.models.base import make_with


class Rule(NamedTuple):
    """What must hold of each row.

    Attributes:
        sentence: At most 63 characters of snake_case; what an error will quote.
        condition: The SQL condition that must not be false. It names no function or
            operator that is not PostgreSQL's own.
    """

    sentence: str
    condition: str


def function(table: str, columns: Mapping[str, str], rules: Sequence[Rule]) -> str:
    """Write the function that keeps the rules of a table.

    Its arguments are the columns, so that it reads none that no rule is about. It
    returns true, or raises what a CHECK by the name of the broken rule would raise, but
    without the row, which is nothing for a log.

    Args:
        table: The table.
        columns: Those that the rules are about, with their SQL types.
        rules: The rules.
    """
    arguments = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    broken = "\n    ".join(
        f"WHEN NOT ({condition}) THEN '{sentence}'" for sentence, condition in rules
    )
    return f"""
CREATE FUNCTION jobwire_{table}_rules({arguments}) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE broken text := CASE
    {broken}
    END;
BEGIN
  IF broken IS NULL THEN
    RETURN true;
  END IF;
  RAISE check_violation USING TABLE = '{table}', CONSTRAINT = broken,
    MESSAGE = format('new row for relation "{table}" violates check constraint "%s"',
                     broken);
END $$"""


def call(table: str, columns: Mapping[str, str]) -> str:
    """Write the condition of the CHECK that calls this function."""
    return f"jobwire_{table}_rules({', '.join(columns)})"


def to_function(
    table: str, sentence: str, columns: Mapping[str, str], rules: Sequence[Rule]
) -> tuple[str, str]:
    """Write what exchanges a CHECK for each rule for one that calls the function.

    Rows that are there are not looked at: they kept the rules already.

    Args:
        table: The table.
        sentence: The name of the CHECK that calls the function.
        columns: As of `function`.
        rules: The rules.
    """
    dropped = ", ".join(f"DROP CONSTRAINT {rule.sentence}" for rule in rules)
    added = f"ADD CONSTRAINT {sentence} CHECK ({call(table, columns)}) NOT VALID"
    return function(table, columns, rules), f"ALTER TABLE {table} {dropped}, {added}"


def to_checks(table: str, sentence: str, rules: Sequence[Rule]) -> tuple[str, str]:
    """Write what takes `to_function` back."""
    added = ", ".join(
        f"ADD CONSTRAINT {name} CHECK ({condition})" for name, condition in rules
    )
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT {sentence}, {added}",
        f"DROP FUNCTION jobwire_{table}_rules",
    )


def keep(table: Table, sentence: str, rules: Sequence[Rule]) -> None:
    """Have the rules made with the table, and kept by one CHECK.

    Args:
        table: The table.
        sentence: The name of the CHECK.
        rules: What it keeps.
    """
    words = {word for rule in rules for word in re.findall(r"\w+", rule.condition)}
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not annotate it
    columns = {
        # An argument has no collation.
        column.name: column.type.compile(dialect).partition(" COLLATE")[0]
        for column in table.columns
        if column.name in words
    }
    make_with(table, function(table.name, columns, rules), before=True)
    table.append_constraint(CheckConstraint(call(table.name, columns), name=sentence))

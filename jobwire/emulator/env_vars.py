"""Environment variables of the environment, which its tasks here never see."""

from dataclasses import dataclass
from sqlite3 import Connection


@dataclass(frozen=True)
class EnvVar:
    """A variable: its name and its value."""

    name: str
    value: str


def list_env_vars(connection: Connection) -> list[EnvVar]:
    """Return all, by name."""
    rows = connection.execute("SELECT name, value FROM env_vars ORDER BY name")
    return [EnvVar(row["name"], row["value"]) for row in rows]


def find_env_var(connection: Connection, name: str) -> EnvVar | None:
    """Return one, or None."""
    row = connection.execute(
        "SELECT name, value FROM env_vars WHERE name = ?", (name,)
    ).fetchone()
    return None if row is None else EnvVar(row["name"], row["value"])


def set_env_var(connection: Connection, variable: EnvVar) -> None:
    """Make one, or give it another value."""
    connection.execute(
        "INSERT INTO env_vars (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (variable.name, variable.value),
    )


def delete_env_var(connection: Connection, name: str) -> None:
    """Delete one, if it is there."""
    connection.execute("DELETE FROM env_vars WHERE name = ?", (name,))

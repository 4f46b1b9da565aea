"""The horizon: what keeps PostgreSQL from taking away dead rows, and for how long.

Claims, counts and the feed read tables whose rows change all the time. While an old
transaction, a prepared one or a replication slot could still look at what they were,
VACUUM keeps every version, and each read gets slower.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from jobwire.models.database import Connection

#: How many transactions may have begun since, before a holder without an age is old.
MOST_XIDS = 1_000_000

# Of sessions of other roles only pg_read_all_stats tells more than that they are there.
_READ = """
SELECT 'transaction' AS kind, pid::text AS name,
       concat_ws(', ', NULLIF(application_name, ''), usename, state) AS about,
       extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds,
       GREATEST(age(backend_xid), age(backend_xmin))::bigint AS xids
  FROM pg_stat_activity
 WHERE (datname = current_database() OR datname IS NULL) AND pid <> pg_backend_pid()
   AND (xact_start IS NOT NULL OR backend_xmin IS NOT NULL)
   AND backend_type NOT LIKE 'autovacuum%'
 UNION ALL
SELECT 'prepared transaction', gid, owner,
       extract(epoch FROM clock_timestamp() - prepared)::float8, age(transaction)
  FROM pg_prepared_xacts WHERE database = current_database()
 UNION ALL
SELECT 'replication slot', slot_name,
       CASE WHEN active THEN 'active' ELSE 'inactive' END, NULL,
       GREATEST(age(xmin), age(catalog_xmin))
  FROM pg_replication_slots WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Something that may hold the horizon back.

    Attributes:
        kind: transaction, prepared transaction or replication slot.
        name: Its process id, identifier or name.
        about: What is known of it, in words; never its statement.
        age: How long it has been open; None: nobody knows.
        xids: How many transactions have begun since; None: it holds nothing back.
    """

    kind: str
    name: str
    about: str
    age: timedelta | None
    xids: int | None

    def is_old(self, threshold: timedelta) -> bool:
        """Whether it holds the horizon back for too long."""
        if self.age is None:
            return self.xids is not None and self.xids >= MOST_XIDS
        return self.age >= threshold

    def __str__(self) -> str:
        """Name it, with how long it holds on and how much is behind it."""
        since = (
            "" if self.age is None else f", open for {self.age.total_seconds():,.0f} s"
        )
        behind = "" if self.xids is None else f", {self.xids:,} transactions behind"
        return f"{self.kind} {self.name} ({self.about}){since}{behind}"

    @property
    def remedy(self) -> str:
        """What ends it, as SQL."""
        literal = "'" + self.name.replace("'", "''") + "'"
        match self.kind:
            case "prepared transaction":
                return f"ROLLBACK PREPARED {literal}"
            case "replication slot":
                return f"SELECT pg_drop_replication_slot({literal})"
            case _:
                return f"SELECT pg_terminate_backend({self.name})"


async def read_holders(connection: Connection) -> Sequence[Holder]:
    """Return what is open at this moment, in no order."""
    return [
        Holder(
            record["kind"],
            record["name"],
            record["about"] or "",
            None
            if record["seconds"] is None
            else timedelta(seconds=max(record["seconds"], 0)),
            record["xids"],
        )
        for record in await connection.fetch(_READ)
    ]

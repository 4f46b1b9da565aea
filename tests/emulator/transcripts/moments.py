"""When the recorded requests were made, as far as their answers depend on it.

The instants are read from the recorded answers; between them, the clock goes on by the
milliseconds that each exchange took.
"""

from datetime import UTC, datetime, timedelta

_LIMIT = "429 (public JWT: 60 requests / minute bucket)"
LIMITED = f"{_LIMIT} / request no. 62 with the same JWT"
BEGINNING = datetime(2026, 11, 23, 19, 44, 52, 589_000, tzinfo=UTC)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{text}+00:00")


#: No earlier than these; by the key of the exchange.
MOMENTS = {
    "batch trigger / batch v1 (tasks/batch)": _at("19:44:54.100"),
    "retrieve / completed run": _at("19:45:00.400"),
    "run mutations / reschedule delayed run": _at("19:45:01.115"),
    "cancel / canceled executing run": _at("19:45:04.000"),
    "env vars / queues / misc / waitpoint token create": _at("19:45:06.357"),
    "persistence after full restart / list after restart": _at("19:56:40.774"),
    "idempotency key TTL + reset + failed run / after TTL": _at("19:56:47.100"),
    "batch v3: create + NDJSON items / create batch": _at("19:56:47.502"),
    "delay/ttl outcomes / delay 3s": _at("19:56:52.988"),
    "delay/ttl outcomes / delayed run completed": _at("19:56:59.000"),
    "realtime (native backend, no Electric) / slow 8s": _at("19:57:04.302"),
    "realtime (native backend, no Electric) / subscribe tag, initial": _at(
        "19:57:04.900"
    ),
    "production environment key (no deployment) / trigger in prod w/o deployment": _at(
        "19:57:07.615"
    ),
    # Lists lag by a second here; the real server made the run nine seconds early.
    "schedule truly fires / list cron runs by schedule": _at("19:58:01.100"),
    "schedule truly fires / cron run": _at("19:58:03.400"),
    f"{_LIMIT} / mint JWT": _at("20:00:23.330"),
    # "Retry in 35.475 seconds", at 20:01:00.
    LIMITED: _at("20:00:24.525"),
    "retrieve with a JWT scoped to another run / expired JWT": _at("20:00:27.000"),
}

#: The worker had so much else to do that the runs of these had not begun when they were
#: next looked at; here it takes them at once, so the clock waits.
HELD = frozenset(
    {
        "batch trigger / batch v2",
        "batch v3: create + NDJSON items / create batch",
        "batch v3: create + NDJSON items / stream items",
        "realtime (native backend, no Electric) / slow 8s",
        "realtime live poll / slow 6s",
    }
)

#: The server was stopped and started before these.
RESTARTS = frozenset({"persistence after full restart / list after restart"})


class Unrecorded:
    """A run that nobody recorded being triggered, and later answers show.

    Attributes:
        recorded: Its id.
        at: When it was triggered.
    """

    def __init__(self, recorded: str, at: str, seconds: int, tag: str) -> None:
        self.recorded = recorded
        self.at = _at(at)
        self.task = "slow"
        self.payload = {"seconds": seconds}
        self.tag = tag


#: In the order of time; the first exchange after them.
UNRECORDED_BEFORE = "persistence after full restart / list after restart"
UNRECORDED = (
    Unrecorded("run_cmwtojbm2000zpx7d0ieald21", "19:49:36.272", 8, "rt"),
    Unrecorded("run_cmwtoo0am001gpx7dxft5tkv0", "19:53:14.882", 6, "rt2"),
)

#: Requests with the same token, of which only the last was recorded.
REPEATED = {LIMITED: 61}
#: No request took longer than this.
LONGEST = timedelta(seconds=30)

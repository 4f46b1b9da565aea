"""Triggering: a new run, or the one that the idempotency key already has.

Source: `apps/webapp/app/runEngine/services/triggerTask.server.ts` and
`…/concerns/idempotencyKeys.server.ts` of triggerdotdev/trigger.dev, read 2026-11-23.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from jobwire.emulator import packets
from jobwire.emulator.debounce import Debounce, DebounceError
from jobwire.emulator.durations import (
    LAST_INSTANT,
    later,
    parse_delay,
    parse_key_ttl,
    write_duration,
)
from jobwire.emulator.identifiers import new_cuid
from jobwire.emulator.payloads import (
    JSON_TYPE,
    STORE_TYPE,
    stored_payload,
    write_json,
)
from jobwire.emulator.queues import clean_name
from jobwire.emulator.run import Run, RunStep, find_run, insert_run, update_run
from jobwire.emulator.state import State
from jobwire.emulator.statuses import RELEASES_KEY, RunStatus
from jobwire.emulator.transitions import Transitions, enqueued

MAX_TAGS = 10
MAX_METADATA_BYTES = 262_144
_MIN_DURATION_SECONDS = 5
_MAX_INT = 2**31 - 1
#: In a development environment, a run that nobody starts for so long expires.
_DEFAULT_TTL = "10m"
_DEFAULT_KEY_TTL_MS = 30 * 24 * 60 * 60 * 1000
_OF_KEY = "SELECT * FROM runs WHERE task = ? AND idempotency_key = ?"


class TriggerRefusedError(Exception):
    """A trigger that is understood and cannot be: a status of HTTP, and why."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Triggered:
    """The run, and whether its idempotency key found it."""

    id: str
    is_cached: bool


def trigger(
    state: State,
    transitions: Transitions,
    task: str,
    body: Mapping[str, Any],
    *,
    now: int,
    one_time_token: str | None = None,
    **origin: Any,
) -> Triggered:
    """Make a run in a transaction of its own; when this returns, it is kept.

    The body holds `payload` and `options`, checked; the time is in milliseconds since
    1970. The origin is told by columns such as `trigger_function` or `batch_id`. A
    one-time token, which is told by its hash, makes one run only.

    Raises:
        TriggerRefusedError: It cannot be.
    """
    with state.transaction() as connection:
        return trigger_within(
            connection,
            state,
            transitions,
            task,
            body,
            now=now,
            one_time_token=one_time_token,
            **origin,
        )


def trigger_within(
    connection: Connection,
    state: State,
    transitions: Transitions,
    task: str,
    body: Mapping[str, Any],
    *,
    now: int,
    one_time_token: str | None = None,
    **origin: Any,
) -> Triggered:
    """Make a run in a transaction of the caller's; see `trigger`."""
    options: Mapping[str, Any] = body.get("options", {})
    tags = _tags(options)
    key = options.get("idempotencyKey")
    held = _holder_of_key(connection, task, key, now) if key else None
    if held is not None:
        return Triggered(held.id, is_cached=True)
    _check_version(state, transitions, options, task)
    id = f"run_{new_cuid(now)}"
    packet = _packet(body, options)
    if transitions.stores_packets:
        packet["payload"], packet["payload_type"] = packets.moved(
            connection,
            f"{id}/payload.json",
            packet["payload"],
            packet["payload_type"],
            limit=packets.MAX_PAYLOAD_BYTES,
        )
    values = {
        "id": id,
        "task": task,
        "created_at": now,
        "updated_at": now,
        "tags": tags,
        "options": write_json(options),
        "is_test": options.get("test", False),
        "machine": options.get("machine"),
        "queue": _queue(transitions, task, options),
        "concurrency_key": str(options.get("concurrencyKey", "")),
        **packet,
        **_limits(options),
        **_key_columns(options, now),
        **_family(connection, options),
        **origin,
    }
    debounce = _debounce(options)
    if debounce is not None:
        moved = debounce.push_back(connection, task, values, now)
        if moved is not None:
            return Triggered(moved.id, is_cached=False)
        values |= debounce.columns(now)
    else:
        values |= _beginning(options, values["ttl"], now)
    if _has_fired(connection, origin):
        return Triggered(values["id"], is_cached=True)
    if one_time_token is not None:
        use_up(connection, one_time_token, f"trigger {task}")
    insert_run(connection, values)
    return Triggered(values["id"], is_cached=False)


def use_up(connection: Connection, token: str, what: str) -> None:
    """Take note that a one-time token did something.

    Raises:
        TriggerRefusedError: It had done so already.
    """
    done = connection.execute("INSERT OR IGNORE INTO used_tokens VALUES (?)", (token,))
    if done.rowcount == 0:
        raise TriggerRefusedError(
            422,
            f"Cannot {what} with a one-time use token as it has already been used.",
        )


def _has_fired(connection: Connection, origin: Mapping[str, Any]) -> bool:
    """Whether a schedule's time has its run already: the process died just then."""
    row = connection.execute(
        "SELECT 1 FROM runs WHERE fired = ?", (origin.get("fired"),)
    ).fetchone()
    return row is not None


def _tags(options: Mapping[str, Any]) -> str:
    given = options.get("tags", [])
    tags = [given] if isinstance(given, str) else given
    if len(tags) > MAX_TAGS:
        raise TriggerRefusedError(
            422,
            f"Runs can only have {MAX_TAGS} tags, you're trying to set {len(tags)}.",
        )
    return write_json(sorted(tag for tag in tags if tag.strip()))


def _holder_of_key(connection: Connection, task: str, key: str, now: int) -> Run | None:
    """Return the run that has the key; one that has lost its right to it loses it."""
    row = connection.execute(_OF_KEY, (task, key)).fetchone()
    if row is None:
        return None
    run = Run.from_row(row)
    expires_at = run.idempotency_key_expires_at
    if run.status not in RELEASES_KEY and (expires_at is None or now < expires_at):
        return run
    update_run(
        connection,
        run,
        now=now,
        idempotency_key=None,
        idempotency_key_expires_at=None,
        idempotency_key_shown=None,
    )
    return None


def _queue(transitions: Transitions, task: str, options: Mapping[str, Any]) -> str:
    given = options.get("queue")
    return (given and clean_name(given["name"])) or transitions.queue_of(task)


def _packet(body: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    payload_type = options.get("payloadType", JSON_TYPE)
    payload = stored_payload(dict(body), payload_type)
    if payload_type == STORE_TYPE and not payload:
        raise TriggerRefusedError(
            400, "A payload of type application/store must be the path of a packet"
        )
    metadata = _metadata(options)
    if metadata is not None and len(metadata.encode()) > MAX_METADATA_BYTES:
        raise TriggerRefusedError(
            413, f"Metadata exceeds maximum size of {MAX_METADATA_BYTES} bytes"
        )
    return {"payload": payload, "payload_type": payload_type, "metadata": metadata}


def _metadata(options: Mapping[str, Any]) -> str | None:
    metadata = options.get("metadata")
    if metadata is None:
        return None
    if isinstance(metadata, str):
        try:
            json.loads(metadata)
        except ValueError:
            return write_json(metadata)
        return metadata
    return write_json(metadata)


def _limits(options: Mapping[str, Any]) -> dict[str, Any]:
    max_duration = options.get("maxDuration")
    if max_duration is not None:
        max_duration = min(max(_MIN_DURATION_SECONDS, int(max_duration)), _MAX_INT)
    max_attempts = options.get("maxAttempts")
    if max_attempts is not None:
        max_attempts = min(int(max_attempts), _MAX_INT)
    priority = int(options.get("priority", 0) * 1000)
    ttl = options.get("ttl", _DEFAULT_TTL)
    return {
        "ttl": ttl if isinstance(ttl, str) else write_duration(int(ttl)),
        "max_attempts": max_attempts,
        "max_duration": max_duration,
        "priority_ms": min(max(-_MAX_INT - 1, priority), _MAX_INT),
    }


def _key_columns(options: Mapping[str, Any], now: int) -> dict[str, Any]:
    key = options.get("idempotencyKey")
    if not key:
        return {}
    span = parse_key_ttl(options.get("idempotencyKeyTTL", ""))
    named = options.get("idempotencyKeyOptions")
    return {
        "idempotency_key": key,
        "idempotency_key_expires_at": later(
            now, _DEFAULT_KEY_TTL_MS if span is None else span
        ),
        "idempotency_key_shown": named["key"] if named else None,
    }


def _family(connection: Connection, options: Mapping[str, Any]) -> dict[str, Any]:
    given = options.get("parentRunId")
    parent = find_run(connection, given) if given else None
    if parent is None:
        return {}
    return {
        "parent_id": parent.id,
        "root_id": parent.root_id or parent.id,
        "depth": parent.depth + 1,
    }


def _debounce(options: Mapping[str, Any]) -> Debounce | None:
    option = options.get("debounce")
    if option is None:
        return None
    try:
        return Debounce.from_option(option)
    except DebounceError as error:
        raise TriggerRefusedError(422, str(error)) from error


def _beginning(options: Mapping[str, Any], ttl: str | None, now: int) -> dict[str, Any]:
    delay = options.get("delay")
    until = None
    if isinstance(delay, str):
        until = parse_delay(delay, now)
    elif isinstance(delay, int | float) and now < delay <= LAST_INSTANT:
        until = int(delay)
    if until is None:
        return enqueued(now, ttl)
    return {
        "status": RunStatus.DELAYED,
        "delay_until": until,
        "step": RunStep.ENQUEUE,
        "due_at": until,
    }


def _check_version(
    state: State, transitions: Transitions, options: Mapping[str, Any], task: str
) -> None:
    version = options.get("lockToVersion")
    if version is None:
        return
    queue = _queue(transitions, task, options)
    if version != state.version:
        fault = f"Task locked to version '{version}', but no worker found with that"
        raise TriggerRefusedError(422, f"{fault} version.")
    if not transitions.has_task(task):
        fault = f"Task '{task}' not found on locked version '{version}'."
        raise TriggerRefusedError(422, fault)
    if not transitions.is_deployed(task, queue):
        raise TriggerRefusedError(
            422,
            f"Specified queue '{queue}' not found or not associated with locked"
            f" version '{version}'.",
        )

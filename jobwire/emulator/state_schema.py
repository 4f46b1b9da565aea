"""The tables of an emulator's state, as scripts that each take them one version on.

Instants are milliseconds since 1970. `step` is what happens to the run at `due_at`.
"""

_RUNS = """
CREATE TABLE environment (
    id TEXT NOT NULL,
    version TEXT NOT NULL
) STRICT;
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    task TEXT NOT NULL,
    status TEXT NOT NULL,
    step TEXT,
    due_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    delay_until INTEGER,
    queued_at INTEGER,
    expires_at INTEGER,
    locked_at INTEGER,
    started_at INTEGER,
    completed_at INTEGER,
    expired_at INTEGER,
    version TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    attempt_started_at INTEGER,
    plan TEXT,
    steps_done INTEGER NOT NULL DEFAULT 0,
    usage_ms INTEGER NOT NULL DEFAULT 0,
    payload TEXT,
    payload_type TEXT NOT NULL,
    output TEXT,
    error TEXT,
    metadata TEXT,
    tags TEXT NOT NULL,
    ttl TEXT,
    queue TEXT NOT NULL,
    priority_ms INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER,
    max_duration INTEGER,
    machine TEXT,
    is_test INTEGER NOT NULL DEFAULT 0,
    idempotency_key TEXT,
    idempotency_key_expires_at INTEGER,
    idempotency_key_shown TEXT,
    debounce TEXT,
    parent_id TEXT REFERENCES runs (id),
    root_id TEXT REFERENCES runs (id),
    depth INTEGER NOT NULL DEFAULT 0,
    options TEXT NOT NULL,
    CHECK ((step IS NULL) = (due_at IS NULL))
) STRICT;
CREATE INDEX runs_due ON runs (due_at, created_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX runs_queued ON runs (queued_at - priority_ms, created_at, id)
    WHERE status = 'PENDING';
CREATE INDEX runs_stopping ON runs (id) WHERE status = 'CANCELED' AND step IS NOT NULL;
CREATE INDEX runs_busy ON runs (id)
    WHERE status IN ('DEQUEUED', 'EXECUTING', 'RETRYING_AFTER_FAILURE');
CREATE INDEX runs_debounced ON runs (task)
    WHERE status = 'DELAYED' AND debounce IS NOT NULL;
CREATE INDEX runs_listed ON runs (created_at, id);
CREATE INDEX runs_parent ON runs (parent_id) WHERE parent_id IS NOT NULL;
CREATE UNIQUE INDEX runs_idempotency ON runs (task, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
"""
#: A run that has failed is written down with its end, whatever has ended it. The body
#: of a trigger stays on one line: scripts are cut at the ends of lines.
_ALERTS = """
CREATE TABLE alert_channels (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT,
    secret TEXT,
    email TEXT,
    alert_types TEXT NOT NULL,
    deduplication_key TEXT UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE failed_runs (
    run TEXT PRIMARY KEY
) STRICT;
CREATE TABLE alert_deliveries (
    id INTEGER PRIMARY KEY,
    event TEXT NOT NULL,
    run TEXT,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    body TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    is_held INTEGER NOT NULL,
    corruption TEXT
) STRICT;
CREATE INDEX alert_deliveries_due ON alert_deliveries (due_at, id);
CREATE TRIGGER runs_failed AFTER UPDATE OF status ON runs
WHEN NEW.status IN
    ('COMPLETED_WITH_ERRORS', 'CRASHED', 'SYSTEM_FAILURE', 'TIMED_OUT')
    AND OLD.status <> NEW.status
BEGIN INSERT OR IGNORE INTO failed_runs VALUES (NEW.id); END;
CREATE TRIGGER runs_failed_at_once AFTER INSERT ON runs
WHEN NEW.status IN
    ('COMPLETED_WITH_ERRORS', 'CRASHED', 'SYSTEM_FAILURE', 'TIMED_OUT')
BEGIN INSERT OR IGNORE INTO failed_runs VALUES (NEW.id); END;
"""
_ORIGINS = """
ALTER TABLE runs ADD COLUMN trigger_function TEXT NOT NULL DEFAULT 'trigger';
ALTER TABLE runs ADD COLUMN batch_id TEXT;
ALTER TABLE runs ADD COLUMN schedule_id TEXT;
CREATE INDEX runs_of_batch ON runs (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX runs_of_schedule ON runs (schedule_id) WHERE schedule_id IS NOT NULL;
"""
#: Attempts are written down by whatever moves the run that they belong to.
_ATTEMPTS = """
CREATE TABLE attempts (
    run TEXT NOT NULL REFERENCES runs (id),
    number INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_as TEXT,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER attempt_starts AFTER UPDATE OF attempt ON runs
WHEN NEW.attempt > OLD.attempt
BEGIN INSERT INTO attempts (run, number, started_at)
    VALUES (NEW.id, NEW.attempt, NEW.attempt_started_at); END;
CREATE TRIGGER attempt_ends AFTER UPDATE OF status ON runs
WHEN NEW.attempt > 0 AND NEW.status NOT IN
    ('PENDING', 'DEQUEUED', 'EXECUTING', 'WAITING_TO_RESUME')
BEGIN UPDATE attempts SET ended_at = NEW.updated_at, ended_as = NEW.status
    WHERE run = NEW.id AND number = NEW.attempt AND ended_at IS NULL; END;
"""
_BULK_ACTIONS = """
CREATE TABLE bulk_actions (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    name TEXT,
    created_at INTEGER NOT NULL,
    completed_at INTEGER,
    due_at INTEGER
) STRICT;
CREATE INDEX bulk_actions_due ON bulk_actions (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE bulk_items (
    bulk_action TEXT NOT NULL REFERENCES bulk_actions (id),
    position INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id),
    outcome TEXT,
    made TEXT REFERENCES runs (id),
    PRIMARY KEY (bulk_action, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX bulk_items_run ON bulk_items (coalesce(made, run));
"""
_BATCHES = """
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    run_count INTEGER NOT NULL,
    is_sealed INTEGER NOT NULL DEFAULT 0,
    idempotency_key TEXT UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    processed_at INTEGER,
    due_at INTEGER
) STRICT;
CREATE INDEX batches_due ON batches (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE batch_items (
    batch TEXT NOT NULL REFERENCES batches (id),
    position INTEGER NOT NULL,
    task TEXT NOT NULL,
    body TEXT,
    run TEXT REFERENCES runs (id),
    error TEXT,
    PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_items_waiting ON batch_items (batch, position)
    WHERE run IS NULL AND error IS NULL;
"""
_PACKETS = """
CREATE TABLE packets (
    path TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
ALTER TABLE runs ADD COLUMN output_type TEXT NOT NULL DEFAULT 'application/json';
"""
#: Of these the log of the Realtime feed tells changes; tags are a matter of their own.
_FOLLOWED = (
    "task",
    "status",
    "updated_at",
    "started_at",
    "delay_until",
    "queued_at",
    "completed_at",
    "expired_at",
    "usage_ms",
    "ttl",
    "payload",
    "payload_type",
    "metadata",
    "output",
    "output_type",
    "error",
)
_WHOLE = ", ".join(
    f"'{name}', NEW.{name}" for name in (*_FOLLOWED, "tags") if name != "payload"
)
_DIFFERENT = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FOLLOWED)
#: The log of the Realtime feed: each run as it was after a change of what is shown, but
#: for its payload, which may be large. Only the newest changes are kept.
_REALTIME = f"""
CREATE TABLE run_changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    tags TEXT NOT NULL,
    tags_before TEXT,
    row TEXT NOT NULL
) STRICT;
CREATE INDEX run_changes_of_run ON run_changes (run_id, seq);
CREATE TRIGGER run_began AFTER INSERT ON runs BEGIN
    INSERT INTO run_changes (run_id, tags, row)
    VALUES (NEW.id, NEW.tags, json_object({_WHOLE})); END;
CREATE TRIGGER run_tagged AFTER UPDATE ON runs WHEN NEW.tags IS NOT OLD.tags BEGIN
    INSERT INTO run_changes (run_id, tags, tags_before, row)
    VALUES (NEW.id, NEW.tags, OLD.tags, json_object({_WHOLE})); END;
CREATE TRIGGER run_changed AFTER UPDATE ON runs
WHEN NEW.tags IS OLD.tags AND ({_DIFFERENT}) BEGIN
    INSERT INTO run_changes (run_id, tags, tags_before, row)
    VALUES (NEW.id, NEW.tags, OLD.tags, json_object({_WHOLE})); END;
CREATE TRIGGER run_changes_bounded AFTER INSERT ON run_changes BEGIN
    DELETE FROM run_changes WHERE seq <= NEW.seq - 10000; END;
"""
_ENV_VARS = """
CREATE TABLE env_vars (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
"""
_SCHEDULES = """
CREATE TABLE schedules (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    task TEXT NOT NULL,
    cron TEXT NOT NULL,
    timezone TEXT NOT NULL,
    external_id TEXT,
    deduplication_key TEXT NOT NULL UNIQUE,
    shows_key INTEGER NOT NULL,
    window TEXT,
    is_active INTEGER NOT NULL DEFAULT 1,
    next_at INTEGER,
    due_at INTEGER,
    last_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX schedules_due ON schedules (due_at) WHERE due_at IS NOT NULL;
ALTER TABLE runs ADD COLUMN fired TEXT;
CREATE UNIQUE INDEX runs_fired ON runs (fired) WHERE fired IS NOT NULL;
"""
#: A lane is a queue, or what one concurrency key has of it: it counts its runs, so that
#: thousands of them cost nothing. `place` is what a run takes of its lane; what is
#: canceled holds its place until it has stopped. Limits of null are those of the
#: environment.
_QUEUES = """
CREATE TABLE queues (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    is_paused INTEGER NOT NULL DEFAULT 0,
    base_limit INTEGER,
    override_limit INTEGER,
    override_percent REAL,
    overridden_at INTEGER
) STRICT;
CREATE TABLE lanes (
    queue TEXT NOT NULL,
    key TEXT NOT NULL,
    queued INTEGER NOT NULL DEFAULT 0,
    resuming INTEGER NOT NULL DEFAULT 0,
    running INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (queue, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX lanes_queued ON lanes (queue, key) WHERE queued > 0;
CREATE INDEX lanes_resuming ON lanes (queue, key) WHERE resuming > 0;
ALTER TABLE runs ADD COLUMN concurrency_key TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN place TEXT GENERATED ALWAYS AS (CASE
    WHEN status = 'PENDING' THEN 'QUEUED'
    WHEN status IN ('DEQUEUED', 'EXECUTING', 'RETRYING_AFTER_FAILURE') THEN 'RUNNING'
    WHEN status = 'CANCELED' AND step IS NOT NULL THEN 'RUNNING'
    WHEN status = 'WAITING_TO_RESUME' AND resumes = 1 THEN 'RESUMING'
    END) VIRTUAL;
CREATE INDEX runs_in_lane ON runs
    (queue, concurrency_key, place, queued_at - priority_ms, created_at, id)
    WHERE place IS NOT NULL;
INSERT INTO lanes SELECT queue, concurrency_key, sum(place = 'QUEUED'), 0,
    sum(place = 'RUNNING') FROM runs WHERE place IS NOT NULL GROUP BY 1, 2;
CREATE TRIGGER lane_entered AFTER INSERT ON runs WHEN NEW.place IS NOT NULL
BEGIN INSERT OR IGNORE INTO lanes (queue, key)
    VALUES (NEW.queue, NEW.concurrency_key); UPDATE lanes
    SET queued = queued + (NEW.place IS 'QUEUED'),
        resuming = resuming + (NEW.place IS 'RESUMING'),
        running = running + (NEW.place IS 'RUNNING')
    WHERE queue = NEW.queue AND key = NEW.concurrency_key; END;
CREATE TRIGGER lane_left AFTER UPDATE ON runs WHEN OLD.place IS NOT NULL
    AND (OLD.place IS NOT NEW.place OR OLD.queue <> NEW.queue
        OR OLD.concurrency_key <> NEW.concurrency_key)
BEGIN UPDATE lanes
    SET queued = queued - (OLD.place IS 'QUEUED'),
        resuming = resuming - (OLD.place IS 'RESUMING'),
        running = running - (OLD.place IS 'RUNNING')
    WHERE queue = OLD.queue AND key = OLD.concurrency_key; DELETE FROM lanes
    WHERE queue = OLD.queue AND key = OLD.concurrency_key
        AND queued = 0 AND resuming = 0 AND running = 0; END;
CREATE TRIGGER lane_changed AFTER UPDATE ON runs WHEN NEW.place IS NOT NULL
    AND (OLD.place IS NOT NEW.place OR OLD.queue <> NEW.queue
        OR OLD.concurrency_key <> NEW.concurrency_key)
BEGIN INSERT OR IGNORE INTO lanes (queue, key)
    VALUES (NEW.queue, NEW.concurrency_key); UPDATE lanes
    SET queued = queued + (NEW.place IS 'QUEUED'),
        resuming = resuming + (NEW.place IS 'RESUMING'),
        running = running + (NEW.place IS 'RUNNING')
    WHERE queue = NEW.queue AND key = NEW.concurrency_key; END;
"""
#: What ends by itself is due when it does.
_WAITPOINTS = """
CREATE TABLE waitpoints (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    timeout_at INTEGER,
    due_at INTEGER,
    completed_at INTEGER,
    output TEXT,
    output_type TEXT NOT NULL,
    idempotency_key TEXT UNIQUE,
    idempotency_key_expires_at INTEGER,
    idempotency_key_shown TEXT NOT NULL,
    is_key_given INTEGER NOT NULL,
    tags TEXT NOT NULL
) STRICT;
CREATE INDEX waitpoints_due ON waitpoints (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX waitpoints_shown_key ON waitpoints (idempotency_key_shown);
CREATE TABLE used_tokens (
    hash TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
"""
#: `waits_for` is the token or the child that a run waits for. Whatever ends one of
#: these lets the run go on.
_WAITS = """
ALTER TABLE runs ADD COLUMN waits_done INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN waits_for TEXT;
ALTER TABLE runs ADD COLUMN waiting_since INTEGER;
ALTER TABLE runs ADD COLUMN waited_ms INTEGER NOT NULL DEFAULT 0;
CREATE TABLE wanted_children (
    parent TEXT PRIMARY KEY REFERENCES runs (id),
    task TEXT NOT NULL,
    payload TEXT NOT NULL,
    due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_waiting ON runs (waits_for) WHERE waits_for IS NOT NULL;
CREATE TRIGGER child_ended AFTER UPDATE OF status ON runs
WHEN NEW.parent_id IS NOT NULL AND OLD.status <> NEW.status AND NEW.status IN
    ('COMPLETED_SUCCESSFULLY', 'COMPLETED_WITH_ERRORS', 'CANCELED', 'EXPIRED',
    'TIMED_OUT', 'CRASHED', 'SYSTEM_FAILURE')
BEGIN UPDATE runs SET resumes = 1
    WHERE waits_for = NEW.id AND status = 'WAITING_TO_RESUME'; END;
CREATE TRIGGER waitpoint_ended AFTER UPDATE OF status ON waitpoints
WHEN OLD.status = 'WAITING' AND NEW.status <> 'WAITING'
BEGIN UPDATE runs SET resumes = 1
    WHERE waits_for = NEW.id AND status = 'WAITING_TO_RESUME'; END;
"""
#: In the order of versions; a folder of an older version gets those that it lacks.
SCRIPTS = (
    _RUNS,
    _ALERTS,
    _ORIGINS,
    _ATTEMPTS,
    _BULK_ACTIONS,
    _BATCHES,
    _PACKETS,
    _REALTIME,
    _ENV_VARS,
    _SCHEDULES,
    _QUEUES,
    _WAITPOINTS,
    _WAITS,
)

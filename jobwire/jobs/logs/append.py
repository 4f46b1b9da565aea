"""Append: lines get their numbers, and older ones make room for them.

Who reads behind a number must miss nothing. So the writers of one job take turns, by a
lock that lasts until the commit: the numbers of a job rise in the order in which its
lines can be seen, without a gap.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.logs.line import Line

#: Lines of one job that are kept, beside the one that tells what was dropped.
MAX_LINES = 1000

# One order for all writers: none waits for another who waits for it.
_TAKE_TURNS = """
SELECT pg_advisory_xact_lock(turn)
  FROM (SELECT DISTINCT hashtextextended('jobwire.job_logs ' || id, 0) AS turn
          FROM unnest($1::text[]) AS id ORDER BY turn) AS turns"""

# A statement of its own: its snapshot shows what those before have committed. Whoever
# deletes a job holds its row meanwhile; the lock waits for that.
_APPEND = """
WITH given AS (
  SELECT *, row_number() OVER (PARTITION BY job_id ORDER BY place) AS nth
    FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[], $5::text[],
                $6::text[], $7::bigint[]) WITH ORDINALITY
      AS given (job_id, attempt, at, level, message, fields, dropped, place)),
behind AS (
  SELECT job_id, COALESCE((SELECT max(l.id) FROM job_logs l
                            WHERE l.job_id = g.job_id), 0) AS id
    FROM (SELECT DISTINCT job_id FROM given) g
   WHERE EXISTS (SELECT FROM worker_jobs j
                  WHERE j.id = g.job_id AND j.deleted_at IS NULL FOR KEY SHARE))
INSERT INTO job_logs (job_id, id, attempt, at, level, message, fields, dropped)
SELECT job_id, behind.id + nth, attempt, at, level, message, fields::jsonb, dropped
  FROM given JOIN behind USING (job_id)
RETURNING job_id, id"""

# The newest of the lines that are dropped becomes the one that tells of them all.
_TRIM = """
WITH full_logs AS (
  SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS f (job_id, cut)),
gone AS (
  SELECT f.job_id, f.cut, sum(COALESCE(l.dropped, 1))::bigint AS dropped
    FROM full_logs f JOIN job_logs l ON l.job_id = f.job_id AND l.id <= f.cut
   GROUP BY f.job_id, f.cut),
deleted AS (
  DELETE FROM job_logs l USING gone g WHERE l.job_id = g.job_id AND l.id < g.cut)
UPDATE job_logs l
   SET level = 'WARN', fields = NULL, dropped = g.dropped,
       message = 'Older lines were dropped: '
         || to_char(g.dropped, 'FM999,999,999,999,999')
         || '. A job keeps its newest ' || to_char($3::int, 'FM999,999,999') || '.'
  FROM gone g WHERE l.job_id = g.job_id AND l.id = g.cut"""

_STORED = """
SELECT job_id, attempt, at FROM job_logs WHERE job_id = ANY ($1::uuid[])"""


@dataclass(frozen=True, slots=True)
class Portion:
    """Lines of one attempt.

    Attributes:
        job_id: The job.
        attempt: The number of the attempt.
        lines: In their order.
    """

    job_id: UUID
    attempt: int
    lines: Sequence[Line]


async def append(
    connection: SqlConnection,
    portions: Sequence[Portion],
    *,
    in_doubt: Collection[UUID] = (),
) -> None:
    """Store lines behind those of their jobs; no event, no version.

    Must run inside a transaction. Lines of jobs that do not exist, or were deleted, are
    dropped.

    Args:
        connection: A connection inside a transaction.
        portions: At most one of each job.
        in_doubt: Jobs whose portion may be stored already, in part: what has the time
            of a stored line of the same attempt is not stored again.
    """
    jobs = [portion.job_id for portion in portions]
    await connection.fetch(_TAKE_TURNS, [str(job_id) for job_id in jobs])
    given = [
        (portion.job_id, portion.attempt, line)
        for portion in portions
        for line in portion.lines
    ]
    if in_doubt:
        stored = {
            (record["job_id"], record["attempt"], record["at"])
            for record in await connection.fetch(_STORED, list(in_doubt))
        }
        given = [one for one in given if (one[0], one[1], one[2].at) not in stored]
    numbered = await connection.fetch(
        _APPEND,
        [job_id for job_id, _, _ in given],
        [attempt for _, attempt, _ in given],
        [line.at for _, _, line in given],
        [line.level.value for _, _, line in given],
        [line.message for _, _, line in given],
        [line.fields for _, _, line in given],
        [line.dropped for _, _, line in given],
    )
    cuts: dict[UUID, int] = {}
    for record in numbered:
        cut = record["id"] - MAX_LINES
        if cut > 0:
            cuts[record["job_id"]] = max(cut, cuts.get(record["job_id"], 0))
    if cuts:
        await connection.fetch(_TRIM, list(cuts), list(cuts.values()), MAX_LINES)

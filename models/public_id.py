"""Public ids in SQL: `jobwire_job_id(uuid)` writes them as `jobs.identifiers` does.

A row keeps its public id, so that PostgreSQL can write whole answers of jobs.
"""

from sqlalchemy import DDL

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = 26


def _five_bits(place: int) -> str:
    """Write the value of a letter: five bits of the 128, behind two that are 0."""
    end = 5 * place + 3
    last, rest = (end - 1) // 8, -end % 8
    low = f"(get_byte(b, {last}) >> {rest})"
    if place == 0 or end - 5 >= 8 * last:
        return f"{low} & 31"
    return f"(get_byte(b, {last - 1}) << {8 - rest} | {low}) & 31"


_WRITTEN = " || ".join(
    f"substr('{_ALPHABET}', 1 + ({_five_bits(place)}), 1)" for place in range(_LETTERS)
)
# As one expression it takes half as long as a loop does. PL/pgSQL keeps it prepared; a
# function of SQL would be taken apart anew for every statement that writes a job.
JOB_ID = DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy does not annotate it
    f"""CREATE FUNCTION jobwire_job_id(id uuid) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE b bytea := uuid_send(id);
BEGIN
  RETURN 'job_' || {_WRITTEN};
END $$"""
)

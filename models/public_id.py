"""Public ids in SQL: `jobwire_job_id(uuid)` writes them as `jobs.identifiers` does.

A row keeps its public id, so that PostgreSQL can write whole answers of jobs. Whoever
inserts a job may leave it out; rows that are older than the column have none.
"""

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


# As one expression it takes half as long as a loop does.
_WRITTEN = "'job_' || " + " || ".join(
    f"substr('{_ALPHABET}', 1 + ({_five_bits(place)}), 1)" for place in range(_LETTERS)
)
JOB_ID = f"""
CREATE FUNCTION jobwire_job_id(id uuid) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE b bytea := uuid_send(id);
BEGIN
  RETURN {_WRITTEN};
END $$"""
# It names no other function: whose search path it runs on is not ours to know.
KEEP_JOB_ID = f"""
CREATE FUNCTION jobwire_keep_job_id() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE b bytea := uuid_send(NEW.id);
BEGIN
  NEW.public_id := {_WRITTEN};
  RETURN NEW;
END $$"""
ON_INSERT = """
CREATE TRIGGER keep_job_id BEFORE INSERT ON worker_jobs
FOR EACH ROW WHEN (NEW.public_id IS NULL) EXECUTE FUNCTION jobwire_keep_job_id()"""

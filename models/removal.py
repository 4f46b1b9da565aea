"""Removal in SQL: events and attempts of a job go with it, whoever deletes it.

They are written by statements that have the row of their job locked, so that none can
come without it. A foreign key would look for that row again with each of them, which is
a fifth of what it costs PostgreSQL to run a job.
"""

# Whoever deletes may look for tables elsewhere than where this one is.
REMOVE = """
CREATE FUNCTION jobwire_remove_with_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  belonging text;
BEGIN
  FOREACH belonging IN ARRAY ARRAY['job_events', 'job_attempts'] LOOP
    IF TG_OP = 'TRUNCATE' THEN
      -- The statement may name it, too: then it is in use, and empty.
      EXECUTE format('DELETE FROM %I.%I', TG_TABLE_SCHEMA, belonging);
    ELSE
      EXECUTE format('DELETE FROM %I.%I WHERE job_id = ANY ($1)',
                     TG_TABLE_SCHEMA, belonging)
        USING ARRAY(SELECT id FROM gone);
    END IF;
  END LOOP;
  RETURN NULL;
END $$"""
ON_DELETE = """
CREATE TRIGGER remove_with_jobs AFTER DELETE ON worker_jobs
REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION jobwire_remove_with_jobs()"""
ON_TRUNCATE = """
CREATE TRIGGER truncate_with_jobs AFTER TRUNCATE ON worker_jobs
FOR EACH STATEMENT EXECUTE FUNCTION jobwire_remove_with_jobs()"""

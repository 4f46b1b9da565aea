"""A Jobwire that is one version ahead of this one."""

from collections.abc import Callable
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from jobwire.migrations import configuration

OWN = str(ScriptDirectory.from_config(configuration()).get_current_head())
NEXT = f"{int(OWN) + 1:04}"

#: Adds what this code knows nothing of.
EXPAND = """
from alembic import op


def upgrade():
    op.execute("ALTER TABLE worker_jobs ADD COLUMN cost bigint")
    op.execute("ALTER TABLE queues ADD COLUMN region text NOT NULL DEFAULT 'eu'")
    op.execute("CREATE TABLE job_costs (job_id uuid PRIMARY KEY)")
    op.execute("CREATE INDEX ix_worker_jobs_cost ON worker_jobs (cost)")


def downgrade():
    op.execute("DROP TABLE job_costs")
    op.execute("ALTER TABLE queues DROP COLUMN region")
    op.execute("ALTER TABLE worker_jobs DROP COLUMN cost")
"""
#: Lets the same be read by another index.
INDEX = """
from alembic import op


def upgrade():
    op.execute("CREATE INDEX ix_worker_jobs_tag ON worker_jobs (tag)")


def downgrade():
    op.execute("DROP INDEX ix_worker_jobs_tag")
"""
#: Takes away what this code uses, and says so.
CONTRACT = f"""
from alembic import op

oldest_code = "{NEXT}"


def upgrade():
    op.execute("ALTER TABLE worker_jobs DROP COLUMN metadata")


def downgrade():
    op.execute("ALTER TABLE worker_jobs ADD COLUMN metadata jsonb")
"""


def code_with(version: str, folder: Path) -> Callable[[], Config]:
    """Return the configuration of a Jobwire that has one version more."""
    head = f'"""One more."""\n\nrevision = "{NEXT}"\ndown_revision = "{OWN}"\n'
    (folder / f"{NEXT}.py").write_text(head + version)
    own = Path(configuration().get_main_option("script_location") or "") / "versions"

    def newer() -> Config:
        config = configuration()
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_locations", f"{own}:{folder}")
        return config

    return newer

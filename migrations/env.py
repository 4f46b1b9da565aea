"""Alembic's entry: runs on the connection that it is given, logs nothing."""

from alembic import context
from sqlalchemy.dialects.postgresql.base import ischema_names

from jobwire.migrations import VERSION_TABLE
from jobwire.models import WorkerJob
from jobwire.models.base import Xid8

metadata = WorkerJob.metadata
# SQLAlchemy does not know the type when it reads a database's schema.
ischema_names["xid8"] = Xid8

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    compare_server_default=True,
    # A schema may hold tables of its own beside ours.
    include_name=lambda name, kind, _: kind != "table" or name in metadata.tables,
)
context.run_migrations()

"""What of a job only admins may read."""

from enum import Enum

import strawberry

from jobwire.jobs.secrets import JobSecret as Part


@strawberry.enum(
    name="JobSecret",
    description=(
        "A part of a job that only callers with ADMIN may read, because its type is"
        " marked so or it was scheduled so. Members may be added."
    ),
)
class JobSecret(Enum):
    """The published form of `jobwire.jobs.secrets.JobSecret`."""

    DATA = strawberry.enum_value(Part.DATA.value, description="The input.")
    RESULT = strawberry.enum_value(
        Part.RESULT.value, description="The output; failures are never secret."
    )

"""Registered types of job."""

from datetime import timedelta
from typing import Self

import strawberry
from strawberry.scalars import JSON

from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job_secret import JobSecret
from jobwire.gql.types.retry_config import RetryConfig
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.queue import queue_of
from jobwire.jobs.trigger_job import TriggerJob


@strawberry.type(
    description=(
        "A registered type of job, with all that a frontend needs to offer it and to"
        " build its form."
    )
)
class JobType:
    """A definition in the registry."""

    name: str = strawberry.field(
        description="The name to schedule it by: 1 to 120 characters."
    )
    description: str | None = strawberry.field(
        description="What it does, for people; null when its code does not say."
    )
    executor: Executor = strawberry.field(description="Where its jobs run.")
    data_schema: JSON = strawberry.field(
        description="The JSON Schema (draft 2020-12) that data of its jobs must fit."
    )
    result_schema: JSON | None = strawberry.field(
        description=(
            "The JSON Schema (draft 2020-12) of its results; null when its code"
            " promises none."
        )
    )
    secrets: list[JobSecret] = strawberry.field(
        description="What of its jobs only callers with ADMIN may read."
    )
    retry_config: RetryConfig = strawberry.field(
        description="How failed attempts are tried again, unless a job says otherwise."
    )
    max_duration: timedelta | None = strawberry.field(
        description=(
            "How long one attempt may run, unless a job says otherwise; null when"
            " there is no limit."
        )
    )
    queue: str = strawberry.field(
        description="The queue that its jobs wait in, unless a job says otherwise."
    )
    trigger_task_id: str | None = strawberry.field(
        description="The Trigger.dev task of its jobs; null for INTERNAL."
    )

    @classmethod
    def of(cls, definition: JobDefinition) -> Self:
        """Show a definition."""
        task = (
            definition.trigger_task_id if isinstance(definition, TriggerJob) else None
        )
        return cls(
            name=definition.name,
            description=definition.description,
            executor=Executor(definition.executor.value),
            data_schema=JSON(definition.data_schema),
            result_schema=(
                None
                if definition.result_schema is None
                else JSON(definition.result_schema)
            ),
            secrets=[
                part
                for part, is_secret in (
                    (JobSecret.DATA, definition.secret_data),
                    (JobSecret.RESULT, definition.secret_result),
                )
                if is_secret
            ],
            retry_config=RetryConfig.of(definition.retry_config),
            max_duration=definition.max_duration,
            queue=queue_of(None, definition.queue, task),
            trigger_task_id=task,
        )

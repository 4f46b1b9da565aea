"""The tasks of `trigger/example-task.ts`, which the local emulator has too."""

from typing import Annotated

from pydantic import BaseModel, Field

from jobwire.jobs.trigger_job import trigger_job


class Dataset(BaseModel):
    """What to process."""

    dataset: str = Field(default="sales-2026", description="Its name")
    seconds: Annotated[float, Field(ge=0.1, le=600)] = Field(
        default=20, description="How long it takes"
    )


process_large_dataset = trigger_job(
    "process-large-dataset",
    data=Dataset,
    description="Process a dataset step by step, with progress, and stop on request.",
)
daily_report_generation = trigger_job(
    "daily-report-generation", description="Make the report of a day."
)
my_task = trigger_job("my-task", description="Greet, and return what came.")
always_fails = trigger_job(
    "always-fails", description="Fail in every attempt, to see retries and their end."
)

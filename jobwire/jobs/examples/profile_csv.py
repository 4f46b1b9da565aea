"""`profile-csv`: statistics of every column of a table, read as a stream."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, BinaryIO

from pydantic import AfterValidator, BaseModel, Field, model_validator

from jobwire.jobs.context import JobContext, NonRetryable
from jobwire.jobs.decorator import job
from jobwire.jobs.examples.column import Column, ColumnProfile
from jobwire.jobs.examples.confined import NotConfinedError, open_confined

#: The most columns; a file with more is no table for people.
MAX_COLUMNS = 1000
#: Distinct values remembered over all columns, which bounds the memory.
MAX_VALUES = 200_000
#: Rows between two looks at `cancelled` and two reports of progress.
ROWS_PER_STEP = 500

Delimiter = Annotated[str, Field(pattern=r'^[^\r\n"]$', description="One character.")]


def _inside(path: str) -> str:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path or "\0" in path:
        raise ValueError("give a path inside the configured folder, without ..")
    return path


class CsvText(BaseModel):
    """A table that comes with the job."""

    text: str = Field(min_length=1, description="The table itself, with a header row.")
    delimiter: Delimiter = ","


class CsvSource(BaseModel):
    """A table that comes with the job, or a file in the configured folder."""

    text: str | None = Field(
        default=None, min_length=1, description="The table itself, with a header row."
    )
    path: Annotated[str, AfterValidator(_inside)] | None = Field(
        default=None,
        min_length=1,
        max_length=500,
        description="A file in the worker's folder of files, relative to it.",
    )
    delimiter: Delimiter = ","

    @model_validator(mode="after")
    def _exactly_one(self) -> "CsvSource":
        if (self.text is None) == (self.path is None):
            raise ValueError("give either text or path")
        return self


class CsvProfile(BaseModel):
    """What was found."""

    rows: int = Field(description="Rows below the header.")
    ragged_rows: int = Field(description="Rows longer or shorter than the header.")
    columns: list[ColumnProfile]


def csv_profiler(files: Path | None) -> Callable[..., CsvProfile]:
    """Make the job.

    Args:
        files: The one folder that it may read; None: no file at all.
    """
    if files is None:

        @job("profile-csv")
        def profile_text(context: JobContext, data: CsvText) -> CsvProfile:
            """Compute statistics of every column of a CSV table."""
            return _profile(context, io.BytesIO(data.text.encode()), data.delimiter)

        return profile_text

    @job("profile-csv")
    def profile_source(context: JobContext, data: CsvSource) -> CsvProfile:
        """Compute statistics of every column of a CSV table."""
        if data.path is None:
            raw: BinaryIO = io.BytesIO((data.text or "").encode())
        else:
            try:
                raw = open_confined(files, data.path)
            except (NotConfinedError, OSError) as error:
                raise NonRetryable(f"{data.path} cannot be read: {error}") from error
        return _profile(context, raw, data.delimiter)

    return profile_source


def _profile(context: JobContext, raw: BinaryIO, delimiter: str) -> CsvProfile:
    size = raw.seek(0, io.SEEK_END)
    raw.seek(0)
    with io.TextIOWrapper(
        raw, encoding="utf-8-sig", errors="replace", newline=""
    ) as text:
        rows = csv.reader(text, delimiter=delimiter)
        try:
            header = next(rows, None)
            if not header:
                raise NonRetryable("The table has no header row.")
            if len(header) > MAX_COLUMNS:
                raise NonRetryable(
                    f"The table has {len(header):,} columns; at most {MAX_COLUMNS:,}"
                    " are profiled."
                )
            return _read(context, header, rows, lambda: raw.tell() / size)
        except csv.Error as error:
            raise NonRetryable(
                f"Line {rows.line_num:,} is not CSV: {error}."
            ) from error


def _read(
    context: JobContext,
    header: list[str],
    rows: Iterator[list[str]],
    fraction: Callable[[], float],
) -> CsvProfile:
    limit = max(MAX_VALUES // len(header), 100)
    columns = [Column(name, position, limit) for position, name in enumerate(header, 1)]
    count = ragged = 0
    for row in rows:
        if not row:
            continue
        count += 1
        if count % ROWS_PER_STEP == 0:
            context.raise_if_cancelled()
            context.progress(fraction(), f"{count:,} rows")
        if len(row) != len(columns):
            ragged += 1
            row.extend([""] * (len(columns) - len(row)))
        for column, value in zip(columns, row, strict=False):
            column.add(value)
    context.progress(1.0, f"{count:,} rows")
    if ragged:
        context.log.warning(
            "%d of %d rows have more or fewer cells than the header",
            ragged,
            count,
            extra={"rows": count, "ragged": ragged},
        )
    return CsvProfile(
        rows=count,
        ragged_rows=ragged,
        columns=[column.profile() for column in columns],
    )

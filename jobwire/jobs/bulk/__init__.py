"""Bulk operations: one action over the jobs of a selection, in the background.

`ask` counts what a `Selection` matches, freezes those jobs in chunks and records the
operation. Any worker then handles a chunk at a time (`carry_out`), each in a short
transaction that also counts and forgets it: whoever dies at any moment leaves a whole
number of chunks. `abort` stops before the next chunk, `follow` tells how it goes on.
"""

from jobwire.jobs.bulk.abort import abort
from jobwire.jobs.bulk.ask import MAX_JOBS, Asked, BulkRequest, ask
from jobwire.jobs.bulk.carry_out import MAX_REFUSALS, carry_out_chunk
from jobwire.jobs.bulk.follow import follow
from jobwire.jobs.bulk.operation import (
    BulkOperation,
    Refusal,
    read_operation,
    read_refusals,
)
from jobwire.jobs.bulk.selection import MAX_IDS, Selection

__all__ = [
    "MAX_IDS",
    "MAX_JOBS",
    "MAX_REFUSALS",
    "Asked",
    "BulkOperation",
    "BulkRequest",
    "Refusal",
    "Selection",
    "abort",
    "ask",
    "carry_out_chunk",
    "follow",
    "read_operation",
    "read_refusals",
]

"""`count-primes`: work for a processor, in a thread, that can be stopped."""

import math
from collections.abc import Iterator

from pydantic import BaseModel, Field

from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job

#: Odd numbers per segment: half a megabyte, some milliseconds between two looks at
#: `cancelled`.
SEGMENT = 1 << 19


class CountPrimes(BaseModel):
    """Up to where to count."""

    limit: int = Field(
        ge=0, le=1_000_000_000, description="The last number looked at, inclusive."
    )


class PrimeCount(BaseModel):
    """How many there are."""

    limit: int
    count: int
    largest: int | None = Field(description="The last prime; null when there is none.")


@job("count-primes")
def count_primes(context: JobContext, data: CountPrimes) -> PrimeCount:
    """Count the primes up to a limit with a segmented sieve of Eratosthenes."""
    count, largest = (1, 2) if data.limit >= 2 else (0, None)  # noqa: PLR2004 - the even prime
    for first, segment in _odd_segments(data.limit):
        context.raise_if_cancelled()
        count += segment.count(1)
        last = segment.rfind(1)
        if last >= 0:
            largest = first + 2 * last
        context.progress(
            current=min(first + 2 * len(segment), data.limit), total=data.limit
        )
    context.log.info("Found %d primes up to %d", count, data.limit)
    return PrimeCount(limit=data.limit, count=count, largest=largest)


def _odd_segments(limit: int) -> Iterator[tuple[int, bytearray]]:
    """Yield (first odd number, one byte per odd number: 1 for a prime) from 3 on."""
    primes = _odd_primes(math.isqrt(limit))
    for first in range(3, limit + 1, 2 * SEGMENT):
        size = min(SEGMENT, (limit - first) // 2 + 1)
        segment = bytearray(b"\1") * size
        last = first + 2 * (size - 1)
        for prime in primes:
            square = prime * prime
            if square > last:
                break
            multiple = max(square, -(-first // prime) * prime)
            if multiple % 2 == 0:
                multiple += prime
            start = (multiple - first) // 2
            segment[start::prime] = bytes(len(range(start, size, prime)))
        yield first, segment


def _odd_primes(limit: int) -> list[int]:
    """Return the odd primes up to a limit small enough for one sieve."""
    sieve = bytearray(b"\1") * (limit + 1)
    for number in range(3, math.isqrt(limit) + 1, 2):
        if sieve[number]:
            start = number * number
            sieve[start :: 2 * number] = bytes(len(range(start, limit + 1, 2 * number)))
    return [number for number in range(3, limit + 1, 2) if sieve[number]]

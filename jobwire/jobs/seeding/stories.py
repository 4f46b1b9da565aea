"""Stories: which jobs are invented, and how each of them goes.

The same seed tells the same stories, of which the youngest begins an hour before the
instant that is given for now.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any, Self
from uuid import UUID

from jobwire.jobs.identifiers import job_id_text, milliseconds
from jobwire.jobs.seeding.course import DAY, MINUTE, SECOND, Course
from jobwire.jobs.seeding.on_trigger import CourseOnTrigger
from jobwire.jobs.seeding.on_workers import CourseOnWorkers

#: Jobs that have their random numbers in common.
CHUNK = 1000
#: Over which time the jobs are spread, up to an hour ago.
SPAN = 90 * DAY
_YOUNGEST = 60 * MINUTE
#: The share of the jobs, the youngest, that may still be open.
_YOUNG_SHARE = 0.04

_EPOCH = date(1970, 1, 1)

#: The steps of a course, one after the other.
Story = tuple[Callable[[Any], None], ...]

_W, _T = CourseOnWorkers, CourseOnTrigger
_SENT = (_T.accept, _T.dispatch)
_RETRIED = (_W.accept, _W.start, _W.back_off, _W.promote, _W.start)


#: Of those that have ended, and of the youngest; each with its weight.
_ENDED: dict[type[Course], dict[Story, float]] = {
    _W: {
        (_W.accept, _W.start, _W.succeed): 78,
        (_W.accept_for_later, _W.promote, _W.start, _W.succeed): 8,
        (*_RETRIED, _W.succeed): 4,
        (_W.accept, _W.start, _W.fail): 3,
        (*_RETRIED, _W.back_off, _W.promote, _W.start, _W.fail): 2,
        (_W.accept, _W.cancel): 2,
        (_W.accept, _W.start, _W.request_cancel, _W.stop): 1.5,
        (_W.accept_for_a_while, _W.expire): 1.5,
    },
    _T: {
        (*_SENT, _T.start, _T.succeed): 80,
        (*_SENT, _T.start, _T.wait, _T.resume, _T.succeed): 9,
        (*_SENT, _T.start, _T.fail): 6,
        (*_SENT, _T.start, _T.request_cancel, _T.stop): 3,
        (_T.accept, _T.cancel): 2,
    },
}
# Of TRIGGER jobs none waits to be sent: a worker would send it to its Trigger.dev.
_YOUNG: dict[type[Course], dict[Story, float]] = {
    _W: {
        (_W.accept, _W.start, _W.succeed): 40,
        (_W.accept,): 25,
        (_W.accept, _W.start): 15,
        (_W.accept, _W.start, _W.back_off): 10,
        (_W.accept_for_another_season,): 10,
    },
    _T: {
        (*_SENT, _T.start, _T.succeed): 40,
        _SENT: 20,
        (*_SENT, _T.start): 20,
        (*_SENT, _T.start, _T.wait): 20,
    },
}
#: Types of job. No worker has one of such a name, so that none runs what is open.
_TYPES: dict[tuple[str, type[Course]], float] = {
    ("seed-send-report", _W): 30,
    ("seed-resize-image", _W): 20,
    ("seed-import-csv", _W): 15,
    ("seed-charge-card", _W): 10,
    ("seed-sync-contacts", _W): 4,
    ("seed-close-month", _W): 1,
    ("seed-render-video", _T): 12,
    ("seed-transcribe-audio", _T): 8,
}
#: Up to where each type is drawn.
_OFTEN = list(accumulate(_TYPES.values()))
#: Tags that half of the jobs have; some forty jobs share one of the others.
_TAGS = (
    "nightly",
    "weekly",
    "monthly",
    "import",
    "export",
    "signup",
    "invoice",
    "misc",
)
#: How many stories of each type are told of those that ended, and of the youngest.
_VARIANTS = 150


@dataclass(frozen=True, slots=True)
class _Script:
    """One history in lines of COPY, with names for what differs between jobs."""

    job: str
    events: str
    attempts: str
    #: The names of its moments, and how long after the acceptance they are.
    moments: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, course: Course, story: Story) -> Self:
        for step in story:
            step(course)
        told = course.history
        moments = tuple((f"t{place}", one) for place, one in enumerate(told.moments))
        return cls(told.job, "".join(told.events), "".join(told.attempts), moments)


@dataclass(slots=True)
class Lines:
    """What some jobs come to, as lines of COPY."""

    jobs: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)


class Stories:
    """Invented jobs, by the thousand.

    Args:
        jobs: How many there are, from the oldest to the youngest.
        users: How many users they belong to; the first of them have the most.
        seed: Another one tells others.
        now: What time it is.
        young: How many of the youngest may be open; None: one of twenty-five.
    """

    def __init__(
        self,
        *,
        jobs: int,
        users: int,
        seed: int,
        now: datetime,
        young: int | None = None,
    ) -> None:
        self._jobs = jobs
        self._grown = jobs - (round(jobs * _YOUNG_SHARE) if young is None else young)
        self._users = users
        self._seed = seed
        self._begin = milliseconds(now) - SPAN - _YOUNGEST
        random = self._random("scripts")
        self._ended = _write_scripts(random, _ENDED)
        self._young = _write_scripts(random, _YOUNG)

    def _random(self, of: object) -> Random:
        return Random(f"{self._seed}/{of}")  # noqa: S311 - guards nothing

    @property
    def chunks(self) -> range:
        """The numbers of the chunks."""
        return range(-(-self._jobs // CHUNK))

    def tell(self, chunk: int) -> Lines:
        """Invent the jobs of a chunk."""
        random = self._random(chunk)
        lines = Lines()
        for place in range(chunk * CHUNK, min((chunk + 1) * CHUNK, self._jobs)):
            scripts = self._ended if place < self._grown else self._young
            [of_type] = random.choices(scripts, cum_weights=_OFTEN)
            script = random.choice(of_type)
            accepted = self._begin + (place + 1) * SPAN // self._jobs | 1
            id = _id(random, accepted)
            values = {
                "id": id,
                "public_id": job_id_text(UUID(id)),
                "user": f"user-{int(self._users * random.random() ** 3) + 1}",
                "tag": self._tag(random),
                "run": id.replace("-", "")[-25:],
            }
            for name, after in script.moments:
                values[name] = _instant(accepted + after)
            lines.jobs.append(script.job % values)
            lines.events.append(script.events % values)
            lines.attempts.append(script.attempts % values)
        return lines

    def _tag(self, random: Random) -> str:
        if random.getrandbits(1):
            return random.choice(_TAGS)
        return f"order-{random.randrange(self._jobs // 80 + 1)}"


def _write_scripts(
    random: Random, stories: dict[type[Course], dict[Story, float]]
) -> list[list[_Script]]:
    """Write scripts for each type."""
    scripts = []
    for type, course in _TYPES:
        told, weights = zip(*stories[course].items(), strict=True)
        drawn = random.choices(told, weights, k=_VARIANTS)
        scripts.append([_Script.of(course(random, type), story) for story in drawn])
    return scripts


def _id(random: Random, accepted: int) -> str:
    """Write the UUIDv7 of a job that was accepted at a millisecond."""
    a, b = random.getrandbits(12), random.getrandbits(62)
    digits = f"{accepted << 80 | 0x7 << 76 | a << 64 | 0b10 << 62 | b:032x}"
    return "-".join(
        (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    )


def _instant(milliseconds: int) -> str:
    """Write the instant of an odd number of milliseconds as PostgreSQL does in JSON.

    It leaves out the zeros at the end of a fraction, of which an odd number has none.
    """
    day, rest = divmod(milliseconds, DAY)
    minute, rest = divmod(rest, MINUTE)
    return (
        f"{_date(day)}T{minute // 60:02}:{minute % 60:02}"
        f":{rest // SECOND:02}.{rest % SECOND:03}+00:00"
    )


@cache
def _date(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).isoformat()

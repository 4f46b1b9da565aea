"""PostgreSQL's time, as a process knows it."""

from datetime import datetime, timedelta

from jobwire.jobs.clock import SAMPLES, DatabaseClock
from tests.clock import FakeClock

AHEAD = timedelta(minutes=5)
SHORT, LONG = timedelta(milliseconds=2), timedelta(milliseconds=400)


class Answers:
    """A server that is ahead, whose first answer is slow on its way back."""

    def __init__(self, machine: FakeClock, clock: DatabaseClock) -> None:
        self.offsets: list[timedelta] = []
        self._machine = machine
        self._clock = clock

    async def fetchval(self, _: str) -> datetime:
        back = SHORT if self.offsets else LONG
        self.offsets.append(self._clock.offset)
        theirs = self._machine.now() + AHEAD
        self._machine.advance(back)
        return theirs


async def test_the_quickest_answer_tells_the_time() -> None:
    machine = FakeClock()
    clock = DatabaseClock(machine)

    await clock.synchronize(Answers(machine, clock))

    assert abs(clock.offset - AHEAD) <= SHORT / 2
    assert clock.now() == machine.now() + clock.offset


async def test_time_does_not_move_forth_and_back_while_it_is_measured() -> None:
    machine = FakeClock()
    clock = DatabaseClock(machine)
    await clock.synchronize(Answers(machine, clock))
    before = clock.offset

    answers = Answers(machine, clock)
    await clock.synchronize(answers)

    assert answers.offsets == [before] * SAMPLES

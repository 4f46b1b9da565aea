"""Walls: what is not the caller's does not exist, in words and in statements."""

import pytest

from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.viewer import Scope, Viewer
from tests.gql.client import Api
from tests.gql.doors import DOORS, arguments, is_harmless
from tests.gql.knock import Settle
from tests.gql.types import MakeJob
from tests.jobs.cron.conftest import Crons

OTHER = Viewer("user-2", frozenset({Scope.SCHEDULES_WRITE}))


def test_every_argument_that_can_name_something_has_a_door_or_a_reason() -> None:
    places = dict(arguments())

    assert [one for one in places if (one in DOORS) == is_harmless(one)] == []
    # What is an id, or a place in the log, can always name something.
    assert {places[one] for one in places if is_harmless(one)} <= {"String", "Int"}
    assert DOORS.keys() <= places.keys()


@pytest.mark.parametrize(
    ("owner", "caller"),
    [
        pytest.param("user-2", None, id="of another user"),
        pytest.param("user-1", "bound", id="beyond the one job"),
    ],
)
async def test_no_door_tells_what_is_behind_the_wall_from_nothing(
    settle: Settle, owner: str, caller: str | None, subtests: pytest.Subtests
) -> None:
    world, knock = await settle(owner)

    for coordinate, door in DOORS.items():
        for thing in door.things:
            there, absent = world.names[thing]
            with subtests.test(coordinate, thing=thing):
                hidden, nothing = await knock.both(
                    door, there, absent, caller or door.caller
                )

                assert hidden == nothing


async def test_an_admin_passes_every_door(
    settle: Settle, subtests: pytest.Subtests
) -> None:
    world, knock = await settle("user-2")

    # Behind a deletion there is nothing to be seen.
    for coordinate, door in sorted(DOORS.items(), key=lambda one: "delete" in one[0]):
        for thing in door.things if door.admits_admins else ():
            there, absent = world.names[thing]
            with subtests.test(coordinate, thing=thing):
                seen = await knock(door, there, "admin")
                nothing = await knock(door, absent, "admin")

                assert seen.told != nothing.told


async def test_a_replay_of_a_hidden_job_shows_none(api: Api, make_job: MakeJob) -> None:
    theirs = await make_job(status="FAILED", user_id="user-2")
    mine = await make_job(replay_of=theirs.id)

    found = await api.data(
        "query ($id: ID!) { job(id: $id) { replayOf { id } } }",
        id=job_id_text(mine.id),
    )

    assert found == {"job": {"replayOf": None}}


async def test_a_job_of_a_hidden_schedule_shows_none(
    api: Api, crons: Crons, make_job: MakeJob
) -> None:
    theirs = await crons.schedule(viewer=OTHER)
    mine = await make_job(schedule_id=theirs.id)
    query = "query ($id: ID!) { job(id: $id) { schedule { id } } }"

    hidden = await api.data(query, id=job_id_text(mine.id))
    seen = await api.data(query, id=job_id_text(mine.id), caller="admin")

    assert hidden == {"job": {"schedule": None}}
    assert seen == {"job": {"schedule": {"id": theirs.public_id}}}


async def test_a_schedule_shows_no_hidden_job(
    api: Api, crons: Crons, make_job: MakeJob
) -> None:
    mine = await crons.schedule()
    await make_job(schedule_id=mine.id, user_id="user-2")
    query = "{ jobSchedules { nodes { lastJob { tag } jobs { nodes { tag } } } } }"

    hidden = await api.data(query)
    seen = await api.data(query, caller="admin")

    assert hidden["jobSchedules"]["nodes"] == [{"lastJob": None, "jobs": {"nodes": []}}]
    assert seen["jobSchedules"]["nodes"][0]["lastJob"] == {"tag": "tag-1"}

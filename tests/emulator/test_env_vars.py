"""Environment variables over the API."""

from pathlib import Path

from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

ALL = "/api/v1/projects/proj_any/envvars/dev"
ONE = f"{ALL}/FOO"


async def test_a_variable_is_made_changed_and_deleted(stage: Stage) -> None:
    made = await stage.http.post(ALL, json={"name": "FOO", "value": "bar"})
    changed = await stage.http.put(ONE, json={"value": "baz"})
    shown = await stage.http.get(ONE)
    deleted = await stage.http.delete(ONE)
    gone = await stage.http.get(ONE)

    assert made.json() == changed.json() == deleted.json() == {"success": True}
    assert shown.json() == {"name": "FOO", "value": "baz", "isSecret": False}
    assert gone.status_code == 404
    assert gone.json() == {"error": "Environment variable not found"}


async def test_making_a_variable_again_gives_it_the_new_value(stage: Stage) -> None:
    for name, value in [("B", "1"), ("A", "2"), ("B", "3")]:
        await stage.http.post(ALL, json={"name": name, "value": value})

    assert [tuple(one.values()) for one in (await stage.http.get(ALL)).json()] == [
        ("A", "2", False),
        ("B", "3", False),
    ]


async def test_variables_are_there_after_a_restart(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock) as stage:
        await stage.http.post(ALL, json={"name": "FOO", "value": "bar"})
    async with opened(tmp_path, clock) as stage:
        assert (await stage.http.get(ONE)).json()["value"] == "bar"


async def test_a_body_that_lacks_something_is_told_what(stage: Stage) -> None:
    answer = await stage.http.post(ALL, json={"value": 1})

    assert answer.status_code == 400
    assert [(issue["path"], issue["message"]) for issue in answer.json()["issues"]] == [
        (["name"], "Required"),
        (["value"], "Expected string, received number"),
    ]


async def test_only_the_key_of_the_environment_sees_them(stage: Stage) -> None:
    wrong = {"authorization": "Bearer tr_dev_wrong"}
    unknown = await stage.http.get(ALL, headers=wrong)
    elsewhere = await stage.http.get(ALL.replace("dev", "prod"))

    assert unknown.status_code == 401
    assert unknown.json() == {"error": "Invalid or Missing API key"}
    assert elsewhere.status_code == 400


async def test_nobody_has_a_personal_token(stage: Stage) -> None:
    answer = await stage.http.get("/api/v2/whoami")

    assert answer.status_code == 401
    assert answer.json() == {"error": "Invalid or Missing Access Token"}

"""The official SDK cannot tell the emulator from the real server: batches."""

from typing import Any

import pytest

from tests.emulator.sdk.conftest import Talk


@pytest.fixture(scope="module")
async def heard(talk: Talk) -> dict[str, Any]:
    return await talk("batches.mjs")


def test_a_batch_makes_its_runs(heard: dict[str, Any]) -> None:
    told, first = heard["told"], heard["first"]

    assert heard["one"] == {"runCount": 3, "token": "string"}
    assert (told["runCount"], len(told["runs"])) == (3, 3)
    assert told["processing"]["errors"] == []
    assert (first["payload"], first["tags"]) == ({"n": 1}, ["n1"])
    assert first["batchId"] == told["id"]
    assert first["triggerFunction"] == "batchTrigger"


def test_a_batch_is_of_several_tasks(heard: dict[str, Any]) -> None:
    assert heard["tasks"] == ["my-task", "always-fails"]


def test_the_items_of_a_batch_with_a_key_have_keys(heard: dict[str, Any]) -> None:
    assert heard["keyed"] == {"same": True, "isCached": True}


def test_large_payloads_and_outputs_come_back_whole(heard: dict[str, Any]) -> None:
    assert heard["large"] == {"payload": True, "output": True}
    assert heard["largeItem"] is True

"""The recording is whole, and its secrets are masked."""

import re

from tests.emulator.transcripts.recording import FOLDER, by_key, exchanges


def test_no_exchange_was_dropped() -> None:
    # 167 blocks were recorded; one is a count of answers and no exchange.
    assert len(exchanges()) == 166
    assert len({one.section for one in exchanges()}) == 24


def test_every_exchange_has_a_name_of_its_own() -> None:
    assert len(by_key()) == len(exchanges())


def test_keys_and_tokens_are_masked() -> None:
    text = "".join(path.read_text() for path in FOLDER.glob("*.json"))

    keys = set(re.findall(r"tr_(?:dev|prod|pat)_\w+", text))

    assert {key for key in keys if not key.endswith("_" + "x" * 20)} == {"tr_dev_wrong"}
    assert "eyJ" not in text

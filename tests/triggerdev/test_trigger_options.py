"""What is refused before it is sent, and how the rest is written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from jobwire.triggerdev import InvalidOptionError, TriggerOptions


def test_no_options_are_no_fields() -> None:
    assert TriggerOptions().to_json() == {}


def test_every_option_is_written_under_the_server_s_name() -> None:
    options = TriggerOptions(
        idempotency_key="k",
        idempotency_key_ttl="30d",
        tags=("a", "job:1"),
        metadata={"k": [1, None]},
        max_attempts=3,
        max_duration=timedelta(minutes=5),
        ttl="1h30m",
        queue="q",
        concurrency_key="user-1",
        priority=-5,
        delay="10m",
    )

    assert options.to_json() == {
        "idempotencyKey": "k",
        "idempotencyKeyTTL": "30d",
        "tags": ["a", "job:1"],
        "metadata": {"k": [1, None]},
        "maxAttempts": 3,
        "maxDuration": 300,
        "ttl": "1h30m",
        "queue": {"name": "q"},
        "concurrencyKey": "user-1",
        "priority": -5,
        "delay": "10m",
    }


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ({"ttl": timedelta(days=14)}, {"ttl": "1209600s"}),
        ({"ttl": timedelta(milliseconds=1)}, {"ttl": "1s"}),
        ({"delay": timedelta(milliseconds=1001)}, {"delay": "2s"}),
        ({"delay": "2w1d3hr4m5s"}, {"delay": "2w1d3hr4m5s"}),
        (
            {
                "delay": datetime(
                    2026, 1, 2, 4, 4, 5, 678_999, timezone(timedelta(hours=1))
                )
            },
            {"delay": "2026-01-02T03:04:05.678Z"},
        ),
        ({"max_duration": timedelta(seconds=5.1)}, {"maxDuration": 6}),
        ({"metadata": {}}, {"metadata": {}}),
        ({"priority": 0}, {"priority": 0}),
    ],
)
def test_spans_and_instants_are_written_as_the_server_reads_them(
    given: dict[str, object], written: dict[str, object]
) -> None:
    assert TriggerOptions(**given).to_json() == written


@pytest.mark.parametrize(
    "most",
    [
        {"idempotency_key": "k" * 2048},
        {"tags": tuple(f"t{number}" for number in range(10))},
        {"tags": ("t" * 128,)},
        {"metadata": {"k": "x" * (262_144 - 8)}},
        {"max_attempts": 250},
        {"max_duration": timedelta(seconds=5)},
        {"priority": 2_147_483},
    ],
    ids=lambda most: next(iter(most)),
)
def test_what_is_just_allowed_is_allowed(most: dict[str, object]) -> None:
    assert TriggerOptions(**most).to_json() != {}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"idempotency_key": ""}, "have 1 to 2,048 characters, not 0"),
        ({"idempotency_key": "k" * 2049}, "have 1 to 2,048 characters, not 2,049"),
        ({"idempotency_key_ttl": "1w"}, "be a number and one of s, m, h and d"),
        ({"idempotency_key_ttl": "1h30m"}, "be a number and one of s, m, h and d"),
        ({"idempotency_key_ttl": "1d\n"}, "be a number and one of s, m, h and d"),
        ({"idempotency_key_ttl": "\u0661d"}, "be a number and one of s, m, h and d"),
        ({"tags": tuple("abcdefghijk")}, "be at most 10, not 11"),
        ({"tags": ("t" * 129,)}, "have 1 to 128 characters and no comma"),
        ({"tags": ("a,b",)}, "have 1 to 128 characters and no comma, not 'a,b'"),
        ({"tags": (" ",)}, "have 1 to 128 characters and no comma"),
        (
            {"metadata": {"k": "x" * (262_144 - 7)}},
            "have at most 262,144 bytes, not 262,145",
        ),
        ({"metadata": {"k": float("inf")}}, "be JSON"),
        ({"max_attempts": 0}, "be from 1 to 250, not 0"),
        ({"max_attempts": 251}, "be from 1 to 250, not 251"),
        ({"max_duration": timedelta(seconds=4)}, "be from 0:00:05 to"),
        ({"max_duration": timedelta(days=30_000)}, "be from 0:00:05 to"),
        ({"ttl": "later"}, "be a span such as 1h30m"),
        ({"ttl": ""}, "be a span such as 1h30m"),
        ({"ttl": "10min"}, "be a span such as 1h30m"),
        ({"ttl": "1h 30m"}, "be a span such as 1h30m"),
        ({"ttl": "1h2hr"}, "be a span such as 1h30m"),
        ({"ttl": "1" * 100 + "s"}, "be a span such as 1h30m"),
        ({"ttl": timedelta()}, "be longer than nothing"),
        ({"delay": "soonish"}, "be a span such as 1h30m"),
        ({"delay": timedelta(seconds=-1)}, "be longer than nothing"),
        ({"delay": datetime(2026, 1, 2)}, "have a time zone"),  # noqa: DTZ001 - refused
        ({"queue": ""}, "not be empty"),
        ({"concurrency_key": ""}, "not be empty"),
        ({"priority": 2_147_484}, "be from -2,147,483 to 2,147,483 seconds"),
    ],
)
def test_what_the_server_would_refuse_or_ignore_is_refused_here(
    wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        TriggerOptions(**wrong)

    (option,) = wrong
    assert caught.value.option == option
    assert str(caught.value).startswith(f"{option} must {words}")


def test_an_instant_in_the_past_is_left_to_the_server_which_starts_at_once() -> None:
    past = datetime(2001, 1, 1, tzinfo=UTC)

    assert TriggerOptions(delay=past).to_json() == {"delay": "2001-01-01T00:00:00.000Z"}

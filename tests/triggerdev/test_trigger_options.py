"""What is refused before it is sent, and how the rest is written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from jobwire.triggerdev import (
    Debounce,
    IdempotencyKeyOptions,
    InvalidOptionError,
    TriggerOptions,
)


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
        idempotency_key_options=IdempotencyKeyOptions("order-1", "run"),
        machine="small-2x",
        region="eu-central-1",
        version="20261101.1",
        test=True,
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
        "idempotencyKeyOptions": {"key": "order-1", "scope": "run"},
        "machine": "small-2x",
        "region": "eu-central-1",
        "lockToVersion": "20261101.1",
        "test": True,
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
        ({"test": False}, {"test": False}),
        ({"external_deployment_id": "d-1"}, {"externalDeploymentId": "d-1"}),
        (
            {"debounce": Debounce(key="k", delay="5s")},
            {"debounce": {"key": "k", "delay": "5s"}},
        ),
        (
            {
                "debounce": Debounce(
                    key="k",
                    delay=timedelta(seconds=5),
                    mode="trailing",
                    max_delay="1m",
                )
            },
            {
                "debounce": {
                    "key": "k",
                    "delay": "5s",
                    "mode": "trailing",
                    "maxDelay": "1m",
                }
            },
        ),
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
        {"idempotency_key": "k" * 64},
        {"queue": "task/a-B_9" + "x" * 118},
        {"external_deployment_id": "d" * 128},
        {"delay": timedelta(days=36_500)},
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
        ({"delay": "0s"}, "be longer than nothing, not 0s"),
        ({"ttl": "0h0m"}, "be longer than nothing, not 0h0m"),
        ({"ttl": "1w1d" * 2}, "be a span such as 1h30m"),
        ({"ttl": "9" * 99 + "w"}, "be at most 100 years"),
        ({"delay": timedelta(days=36_501)}, "be at most 100 years"),
        ({"queue": ""}, "not be empty"),
        (
            {"queue": "my queue"},
            "have at most 128 of A-Z a-z 0-9 _ - /, not 'my queue'",
        ),
        ({"queue": "q\n"}, "have at most 128 of A-Z a-z 0-9 _ - /"),
        ({"queue": "q" * 129}, "have at most 128 of A-Z a-z 0-9 _ - /"),
        ({"idempotency_key": "a\0"}, "have no NUL characters"),
        ({"idempotency_key": "  "}, "not be empty"),
        ({"tags": ("a\0",)}, "have no NUL characters"),
        ({"concurrency_key": "a\0"}, "have no NUL characters"),
        ({"machine": "mega-9x"}, "be one of micro, small-1x"),
        ({"region": ""}, "not be empty"),
        ({"version": " "}, "not be empty"),
        ({"external_deployment_id": "d" * 129}, "have at most 128 characters"),
        ({"concurrency_key": ""}, "not be empty"),
        ({"priority": 2_147_484}, "be from -2,147,483 to 2,147,483 seconds"),
    ],
)
def test_what_the_server_would_refuse_or_ignore_is_refused_here(
    wrong: dict[str, object], words: str
) -> None:
    # Alone it would do nothing, which is refused too.
    key = {"idempotency_key": "k"} if "idempotency_key_ttl" in wrong else {}
    with pytest.raises(InvalidOptionError) as caught:
        TriggerOptions(**wrong, **key)

    (option,) = wrong
    assert caught.value.option == option
    assert str(caught.value).startswith(f"{option} must {words}")


@pytest.mark.parametrize(
    ("wrong", "option", "words"),
    [
        (
            {"idempotency_key_ttl": "1d"},
            "idempotency_key_ttl",
            "come with an idempotency_key; without one it does nothing",
        ),
        (
            {"idempotency_key_options": IdempotencyKeyOptions("k")},
            "idempotency_key_options",
            "come with an idempotency_key; without one it does nothing",
        ),
        (
            {"version": "20261101.1", "external_deployment_id": "d"},
            "external_deployment_id",
            "come without a version, which would win over it",
        ),
        (
            {"delay": "1h", "debounce": Debounce(key="k", delay="5s")},
            "debounce",
            "come without a delay",
        ),
    ],
)
def test_options_of_which_one_would_be_ignored_are_refused(
    wrong: dict[str, object], option: str, words: str
) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        TriggerOptions(**wrong)

    assert caught.value.option == option
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "option", "words"),
    [
        ({"key": ""}, "debounce.key", "have 1 to 512 characters"),
        ({"key": "k" * 513}, "debounce.key", "have 1 to 512 characters"),
        ({"key": "a\0"}, "debounce.key", "no NUL"),
        ({"delay": "soon"}, "debounce.delay", "be a span such as 1h30m"),
        ({"delay": "2026-01-02"}, "debounce.delay", "be a span such as 1h30m"),
        ({"delay": timedelta()}, "debounce.delay", "be longer than nothing"),
        ({"mode": "both"}, "debounce.mode", "be leading or trailing, not 'both'"),
        ({"max_delay": "1"}, "debounce.max_delay", "be a span such as 1h30m"),
        ({"max_delay": "5s"}, "debounce.max_delay", "be longer than the delay of 5s"),
        ({"max_delay": timedelta(seconds=4)}, "debounce.max_delay", "be longer than"),
    ],
)
def test_a_debounce_that_could_not_be_is_refused(
    wrong: dict[str, object], option: str, words: str
) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        Debounce(**{"key": "k", "delay": "5s", **wrong})

    assert caught.value.option == option
    assert words in str(caught.value)


def test_a_key_has_one_of_the_scopes_of_the_official_client() -> None:
    with pytest.raises(InvalidOptionError, match="scope must be run, attempt or glob"):
        IdempotencyKeyOptions("k", "job")


def test_an_instant_is_over_or_not_at_the_time_of_the_trigger() -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    options = TriggerOptions(delay=now)

    options.check_at(now - timedelta(seconds=1))
    with pytest.raises(InvalidOptionError, match="delay must be later than now"):
        options.check_at(now)
    TriggerOptions(delay="1s").check_at(now)

"""The shipped jobs do what they say."""

import json
import math
import os
import statistics
from pathlib import Path
from typing import Any

import pytest

from jobwire.jobs.context import (
    Cancelled,
    JobContext,
    NonRetryable,
    Progress,
    StopSignal,
)
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.examples import column, example_jobs, profile_csv
from jobwire.jobs.examples.count_primes import SEGMENT
from jobwire.jobs.examples.flaky import FlakyError


def example(name: str, files: Path | None = None) -> JobDefinition:
    return next(one for one in example_jobs(files) if one.name == name)


def run(
    name: str,
    data: Any,
    *,
    files: Path | None = None,
    context: JobContext | None = None,
) -> Any:
    definition = example(name, files)
    definition.encode_data(data)
    value = definition.call(
        lambda: context or JobContext(), definition.decode(json.dumps(data))
    )
    return json.loads(definition.encode(value) or "null")


def profile(text: str, **context: Any) -> Any:
    return run("profile-csv", {"text": text}, **context)


def test_examples_have_their_names_and_descriptions(tmp_path: Path) -> None:
    jobs = example_jobs(tmp_path)

    assert [one.name for one in jobs] == [
        "count-primes",
        "flaky",
        "no-op",
        "profile-csv",
    ]
    assert all(one.description for one in jobs)


async def test_no_op_returns_nothing() -> None:
    assert await example("no-op").function() is None


async def test_flaky_fails_twice_then_succeeds() -> None:
    flaky = example("flaky")

    for attempt in (1, 2):
        with pytest.raises(FlakyError):
            await flaky.function(JobContext(attempt=attempt))

    assert await flaky.function(JobContext(attempt=3)) == {"attempts": 3}
    assert flaky.retry_config.max_attempts == 3


@pytest.mark.parametrize(
    ("limit", "count", "largest"),
    [
        (0, 0, None),
        (1, 0, None),
        (2, 1, 2),
        (3, 2, 3),
        (4, 2, 3),
        (9, 4, 7),
        (10, 4, 7),
        (100, 25, 97),
        (2 * SEGMENT, 82025, 1048573),
        (2 * SEGMENT + 3, 82025, 1048573),
        (10_000_000, 664_579, 9_999_991),
    ],
)
def test_count_primes_counts(limit: int, count: int, largest: int | None) -> None:
    result = run("count-primes", {"limit": limit})

    assert result == {"limit": limit, "count": count, "largest": largest}


@pytest.mark.parametrize("limit", [-1, 1_000_000_001, "many", 1.5])
def test_count_primes_refuses_limits_out_of_range(limit: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        example("count-primes").encode_data({"limit": limit})

    assert caught.value.path == ("data", "limit")


def test_count_primes_tells_its_progress_to_the_end() -> None:
    reports: list[Progress] = []

    run("count-primes", {"limit": 3_000_000}, context=JobContext(report=reports.append))

    fractions = [one.fraction or 0.0 for one in reports]
    assert fractions == sorted(fractions)
    assert len(fractions) > 1
    assert fractions[-1] == 1.0


def test_count_primes_stops_at_the_next_segment_when_canceled() -> None:
    signal = StopSignal()
    reports: list[Progress] = []

    def cancel(progress: Progress) -> None:
        reports.append(progress)
        signal.asked = True

    with pytest.raises(Cancelled):
        run(
            "count-primes",
            {"limit": 1_000_000_000},
            context=JobContext(report=cancel, stop=signal),
        )

    assert len(reports) == 1


def test_profile_csv_describes_a_column_of_numbers() -> None:
    values = [3, -1.5, 1e3, 3]

    result = profile("n\n" + "\n".join(map(str, values)) + "\n")

    assert result == {
        "rows": 4,
        "ragged_rows": 0,
        "columns": [
            {
                "name": "n",
                "type": "number",
                "count": 4,
                "empty": 0,
                "distinct": 3,
                "distinct_is_exact": True,
                "shortest": 1,
                "longest": 6,
                "most_frequent": [
                    {"value": "3", "count": 2},
                    {"value": "-1.5", "count": 1},
                    {"value": "1000.0", "count": 1},
                ],
                "numbers": {
                    "min": -1.5,
                    "max": 1000.0,
                    "mean": pytest.approx(statistics.fmean(values)),
                    "stddev": pytest.approx(statistics.pstdev(values)),
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2"], "integer"),
        (["1", "2.5"], "number"),
        (["1e5", ".5"], "number"),
        (["true", "No"], "boolean"),
        (["2026-01-02"], "date"),
        (["2026-01-02", "2026-01-02T03:04"], "datetime"),
        (["2026-13-02"], "text"),
        (["1", "x"], "text"),
        (["1", "2026-01-02"], "text"),
        (["nan"], "text"),
        (["1e999"], "text"),
        (["9" * 400], "text"),
        (["", " "], "empty"),
    ],
)
def test_profile_csv_infers_the_narrowest_type(values: list[str], kind: str) -> None:
    result = profile("a,b\n" + "\n".join(f"{value},x" for value in values))

    assert result["columns"][0]["type"] == kind


def test_profile_csv_counts_empty_values_and_ragged_rows() -> None:
    result = profile("a,b\n1\n2,,extra\n\n3,4\n")

    assert (result["rows"], result["ragged_rows"]) == (3, 2)
    assert [one["empty"] for one in result["columns"]] == [0, 2]


def test_profile_csv_names_columns_without_a_name() -> None:
    assert [one["name"] for one in profile("a,,\n1,2,3")["columns"]] == [
        "a",
        "column 2",
        "column 3",
    ]


def test_profile_csv_says_when_it_stopped_counting_distinct_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(profile_csv, "MAX_VALUES", 100)

    told = profile("n\n" + "\n".join(map(str, range(150))))["columns"][0]

    assert (told["distinct"], told["distinct_is_exact"]) == (100, False)


def test_profile_csv_survives_numbers_beyond_a_float() -> None:
    told = profile(f"n\n{'9' * 300}\n-{'9' * 300}\n1.7e308\n-1.7e308")["columns"][0]

    assert told["numbers"]["stddev"] is None
    assert math.isfinite(told["numbers"]["max"])


def test_profile_csv_cuts_long_values() -> None:
    told = profile("n\n" + "x" * 500)["columns"][0]

    assert len(told["most_frequent"][0]["value"]) == column.MAX_VALUE_LENGTH
    assert told["longest"] == 500


def test_profile_csv_reads_another_delimiter() -> None:
    result = run("profile-csv", {"text": "a;b\n1;2", "delimiter": ";"})

    assert [one["name"] for one in result["columns"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n", "no header row"),
        (",".join("x" * 1001), "1,001 columns"),
        ("a\n" + "x" * 200_000, "Line 2 is not CSV"),
    ],
)
def test_profile_csv_gives_up_on_what_is_no_table(text: str, reason: str) -> None:
    with pytest.raises(NonRetryable, match=reason):
        profile(text)


def test_profile_csv_tells_its_progress_to_the_end() -> None:
    reports: list[Progress] = []

    profile("n\n" + "1\n" * 100_000, context=JobContext(report=reports.append))

    fractions = [one.fraction or 0.0 for one in reports]
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < 1
    assert reports[-1] == Progress(1.0, "100,000 rows", None, None)


def test_profile_csv_stops_when_canceled() -> None:
    with pytest.raises(Cancelled):
        profile("n\n" + "1\n" * 1000, context=JobContext(stop=StopSignal(asked=True)))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": "a", "path": "a.csv"},
        {"text": ""},
        {"path": "/etc/passwd"},
        {"path": "../a.csv"},
        {"path": "a/../../b"},
        {"path": "a\\b"},
        {"path": ""},
        {"text": "a", "delimiter": ",,"},
        {"text": "a", "delimiter": "\n"},
        {"text": "a", "delimiter": '"'},
    ],
)
def test_profile_csv_refuses_data_that_name_no_table(
    tmp_path: Path, data: dict[str, str]
) -> None:
    with pytest.raises(InvalidInputError):
        example("profile-csv", tmp_path).encode_data(data)


def test_profile_csv_reads_a_file_inside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_bytes(b"\xef\xbb\xbfn\n1\n\xff\n")

    result = run("profile-csv", {"path": "in/a.csv"}, files=tmp_path)

    assert result["columns"][0]["name"] == "n"
    assert result["columns"][0]["most_frequent"][1]["value"] == "\ufffd"


def test_profile_csv_takes_no_path_without_a_folder() -> None:
    job = example("profile-csv")

    assert "path" not in job.data_schema["properties"]
    with pytest.raises(InvalidInputError):
        job.encode_data({"path": "a.csv"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "files"
    (inside / "sub").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.csv").write_text("secret\n1\n")
    (inside / "link.csv").symlink_to("../outside/secret.csv")
    (inside / "link").symlink_to("../outside")
    (inside / "sub" / "real.csv").write_text("a\n1\n")
    (inside / "within.csv").symlink_to("sub/real.csv")
    os.mkfifo(inside / "pipe.csv")
    return inside


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("link.csv", "symbolic link"),
        ("link/secret.csv", "symbolic link"),
        ("within.csv", "symbolic link"),
        ("sub", "not a regular file"),
        ("pipe.csv", "not a regular file"),
        ("missing.csv", "no such file"),
        ("sub/real.csv/more", "Not a directory"),
    ],
)
def test_profile_csv_opens_nothing_but_files_inside_its_folder(
    folder: Path, path: str, reason: str
) -> None:
    with pytest.raises(NonRetryable, match=reason):
        run("profile-csv", {"path": path}, files=folder)


def test_failure_does_not_tell_where_the_folder_is(folder: Path) -> None:
    with pytest.raises(NonRetryable) as caught:
        run("profile-csv", {"path": "missing.csv"}, files=folder)

    assert str(folder) not in str(caught.value)

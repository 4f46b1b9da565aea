"""Time zones by their IANA names alone; any other spelling is answered with them."""

from zoneinfo import available_timezones

import pytest

from jobwire.jobs.cron.time_zone import check_zone, zone_of
from jobwire.jobs.errors import InvalidInputError

NO_ZONES = {"Factory", "localtime", "posixrules"}


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Asia/Kolkata", "Etc/GMT-2"])
def test_a_name_of_the_database_is_accepted(name: str) -> None:
    check_zone(name)

    assert zone_of(name).key == name


def test_all_names_are_accepted_but_those_of_files_that_are_no_zones() -> None:
    for name in available_timezones() - NO_ZONES:
        check_zone(name)
    for name in NO_ZONES:
        with pytest.raises(InvalidInputError):
            check_zone(name)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("europe/berlin", "Write Europe/Berlin."),
        (" Europe/Berlin", "Write Europe/Berlin."),
        ("utc", "Write UTC."),
        ("Berlin", "Write Europe/Berlin."),
        ("New York", "Write America/New_York."),
        ("Europe/Berln", "Did you mean Europe/Berlin"),
        ("Asia/Calcuta", "Did you mean Asia/Calcutta?"),
        ("CEST", "Abbreviations are not accepted; write for example Europe/Berlin."),
        ("pst", "write for example America/Los_Angeles."),
        ("Z", "write for example UTC."),
        ("+02:00", "for this offset all year, Etc/GMT-2."),
        ("UTC+2", "for this offset all year, Etc/GMT-2."),
        ("GMT-5", "for this offset all year, Etc/GMT+5."),
        ("-0330", "write the name of a city's zone."),
        ("+00:00", "for this offset all year, UTC."),
        ("+20", "write the name of a city's zone."),
        ("", "Write UTC, or the name of a large city"),
        ("Mars/X", "Write UTC, or the name of a large city"),
        ("\0", "Write UTC, or the name of a large city"),
        ("../UTC", "must be the IANA name of a time zone"),
        ("x" * 5000, "Write UTC, or the name of a large city"),
    ],
)
def test_another_spelling_is_refused_with_the_nearest_names(
    name: str, advice: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_zone(name)

    assert caught.value.path == ("timezone",)
    assert advice in caught.value.message
    assert len(caught.value.message) < 300

"""The reference of the commands is what they say of themselves."""

import argparse

import pytest

from jobwire.app.cli import parser
from jobwire.app.command_reference import FILE, reference
from jobwire.app.exit_codes import MEANINGS, ExitCode
from jobwire.app.parser import choices_of
from tests.docs.reader import ROOT


def test_the_committed_page_is_what_the_commands_say() -> None:
    assert ROOT.joinpath(FILE).read_text() == reference()


def test_it_holds_every_option_of_every_command() -> None:
    page = reference()

    for command in choices_of(parser()).values():
        for one in (command, *choices_of(command).values()):
            section = page.partition(f" {one.prog}\n")[2].partition("\n## ")[0]
            for option in one._option_string_actions:  # noqa: SLF001 - all it takes
                assert option in ("-h", "--help") or option in section


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitCode)


def test_every_command_is_named_where_they_are_explained() -> None:
    page = ROOT.joinpath("docs", "command-line.md").read_text()

    for command in choices_of(parser(of=())):
        assert f"`jobwire {command}" in page or f"`{command}`" in page


@pytest.mark.parametrize(
    "shows",
    [
        "doctor",
        "installation",
        "jobs cancel",
        "jobs list",
        "jobs logs",
        "jobs retry",
        "jobs schedule",
        "jobs show",
        "jobs watch",
        "keys list",
        "migrate",
        "notifications list",
        "reconcile",
        "retention",
        "schedules list",
        "schedules run",
        "schedules schedule",
        "schedules show",
        "workers",
    ],
)
def test_what_shows_something_shows_it_as_json(shows: str) -> None:
    one: argparse.ArgumentParser = parser()
    for word in shows.split():
        one = choices_of(one)[word]

    assert "--json" in one.format_help()

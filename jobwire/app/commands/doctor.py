"""`jobwire doctor`: look at everything, and say what is wrong and what to do."""

import argparse
import asyncio
import json
import sys
from contextlib import AsyncExitStack

from jobwire.app.commands.arguments import add_data_dir, given
from jobwire.app.doctor.checks import Checked, make_checks
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Verdict
from jobwire.app.doctor.rooms import CHECKS

_ABOUT = """\
look at settings, database, clocks, workers and Trigger.dev, and say what to do.

Each check has a verdict, what was found, and what to do about it; one that fails does
not keep the others from being made. It changes nothing, and needs no worker."""
_EXAMPLES = """\
It exits 1 when a check failed, and 0 when none did, with warnings or without.

examples:
  jobwire doctor
  jobwire doctor --webhook-url https://example.ngrok.app
  jobwire doctor --json | jq -r 'select(.verdict == "FAILED") | .advice'
"""
_MARKS = {
    Verdict.OK: "ok",
    Verdict.WARNING: "warning",
    Verdict.FAILED: "FAILED",
    Verdict.NOT_CHECKED: "-",
}
_NAME = max(len(check.name) for check in CHECKS)
_MARK = max(map(len, _MARKS.values()))


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = _ABOUT, _EXAMPLES
    parser.add_argument(
        "--webhook-url",
        metavar="URL",
        help="where Trigger.dev's hooks reach us: a signed ping is posted to it",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make all checks and print each as it is made; return the exit code."""
    examination = Examination(
        arguments=given(arguments, "data_dir"), webhook_url=arguments.webhook_url
    )
    return asyncio.run(_examine(examination, as_json=arguments.json))


async def _examine(examination: Examination, *, as_json: bool) -> int:
    found = dict.fromkeys(Verdict, 0)
    async with AsyncExitStack() as stack:
        examination.stack = stack
        async for checked in make_checks(CHECKS, examination):
            found[checked.finding.verdict] += 1
            if as_json:
                print(_line(checked), flush=True)
            else:
                _show(checked)
    if not as_json:
        print(
            f"{found[Verdict.FAILED]} failed, {found[Verdict.WARNING]} warnings,"
            f" {found[Verdict.OK]} ok, {found[Verdict.NOT_CHECKED]} not checked"
        )
    return 1 if found[Verdict.FAILED] else 0


def _show(checked: Checked) -> None:
    told = _told(checked)
    if not sys.stdout.isatty():
        print(told, flush=True)
        return
    # A pipe has no colours, and should not wait for what makes them.
    from jobwire.app.commands.jobs.colours import painted  # noqa: PLC0415

    painted(told, checked.finding.verdict)


def _line(checked: Checked) -> str:
    finding = checked.finding
    written = {
        "check": checked.name,
        "verdict": finding.verdict,
        "found": finding.found,
        "advice": finding.advice or None,
    }
    return json.dumps(written, ensure_ascii=False)


def _told(checked: Checked) -> str:
    finding = checked.finding
    [first, *others] = finding.found.splitlines() or [""]
    margin = " " * (_MARK + 2 + _NAME + 2)
    lines = [
        f"{_MARKS[finding.verdict]:<{_MARK}}  {checked.name:<{_NAME}}  {first}",
        *(f"{margin}{line}" for line in others),
    ]
    if finding.advice:
        lines.append(f"{margin}→ {finding.advice}")
    return "\n".join(lines)

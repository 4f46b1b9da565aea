"""`jobwire reconcile`: compare the open TRIGGER jobs with Trigger.dev, once."""

import argparse

from jobwire.app.commands.api_json import line, report_json
from jobwire.app.commands.arguments import add_data_dir, given
from jobwire.app.commands.operating import operate
from jobwire.app.jobwire import Jobwire
from jobwire.app.local_emulator import local_access
from jobwire.app.settings import Settings, SettingsError
from jobwire.app.trigger import trigger_access
from jobwire.app.trigger_api import reconcile_trigger_jobs
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.reconcile import ReconcileReport

_EXAMPLES = """\
Workers do so by themselves every few minutes. A job whose run is not known becomes a
suspect, and a pass at least 30 s later settles it by the orphan_policy of its type;
hence the modules of JOBWIRE_JOBS are loaded. A pass that would settle many jobs as lost
settles none of them, and waits for somebody to accept that. It exits 1 when it withheld
losses or stopped early.

examples:
  jobwire reconcile
  jobwire reconcile --dry-run
  jobwire reconcile --accept-losses --json | jq -r '.lostJobs[].id'
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.epilog = _EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--accept-losses",
        action="store_true",
        help=(
            "settle jobs whose runs are gone, however many they are; takes half a"
            " minute when some were not looked at twice"
        ),
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="tell what a pass would do, and change nothing, here or at Trigger.dev",
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make one pass and print its report; return the exit code."""
    # With the types of the user, unlike other commands: they say what a loss means.
    settings = Settings(**given(arguments, "data_dir"))
    _check(settings)

    async def work(jobwire: Jobwire) -> int:
        report = await reconcile_trigger_jobs(
            jobwire,
            accept_losses=arguments.accept_losses,
            dry_run=arguments.dry_run,
        )
        told = line(report_json(report)) if arguments.json else _told(report)
        print(told)
        if arguments.dry_run and not arguments.json:
            print("Nothing was changed: this is what a pass would do.")
        return 0 if report.withheld is None and report.error is None else 1

    return operate(settings, work)


def _check(settings: Settings) -> None:
    if trigger_access(settings, local=local_access(settings)) is not None:
        return
    if settings.trigger_enabled is False:
        raise SettingsError(
            "TRIGGER_ENABLED is false, so there is nothing to compare with. Set it to"
            " true, or leave it out."
        )
    raise SettingsError(
        "Trigger.dev is not configured, so there is nothing to compare with. Set"
        " TRIGGER_SECRET_KEY to the secret key of an environment, or start"
        f" `jobwire dev`, whose emulator in {settings.data_dir} is then asked."
    )


def _told(report: ReconcileReport) -> str:
    lost = set(report.lost_jobs)
    adopted = [job for job in report.orphaned_jobs if job not in lost]
    asked = f"by {report.api_requests} requests, {report.listed} of them from lists"
    lines = [
        f"environment    {report.environment}",
        f"checked        {report.checked} open jobs, {asked}",
        f"corrected      {report.corrected}",
        f"adopted        {len(adopted)}",
        *(f"  {job_id_text(job)}" for job in adopted),
        f"lost           {len(report.lost_jobs)}",
        *(f"  {job_id_text(job)}" for job in report.lost_jobs),
        f"suspects       {len(report.suspects)}",
        *(f"  {job_id_text(job)}" for job in report.suspects),
        f"orphaned runs  {len(report.orphaned_runs)}",
        *(f"  {run.run_id}  {run.task}  {run.word}" for run in report.orphaned_runs),
    ]
    lines += [
        f"disagrees      {job_id_text(one.job_id)}  {one.status}  {one.run_id}"
        f"  {one.word}"
        for one in report.disagreements
    ]
    if report.looks_again:
        lines.append("               Suspects are settled by a pass 30 s later.")
    if report.withheld is not None:
        lines.append(f"withheld       {report.withheld}")
    if report.error is not None:
        lines.append(f"stopped early  {report.error}")
    return "\n".join(lines)

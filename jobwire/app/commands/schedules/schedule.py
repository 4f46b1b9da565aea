"""`jobwire schedules schedule`: make jobs by a cron, or change a job schedule."""

import argparse

from jobwire.app.commands.api_json import line, schedule_json
from jobwire.app.commands.arguments import given
from jobwire.app.commands.jobs import reading
from jobwire.app.commands.operating import ACTOR, OPERATOR, operate, say
from jobwire.app.commands.types import unknown_type, with_examples_of_dev
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.app.settings import Settings
from jobwire.jobs.cron.request import CronRequest
from jobwire.jobs.cron.schedule_cron import schedule_cron
from jobwire.jobs.cron.trial import try_out
from jobwire.jobs.doorbell import Topic
from jobwire.models.vocabulary import MisfirePolicy, OverlapPolicy, ScheduleOwner

EXAMPLES = """\
Whoever has a schedule under the key gets it changed: what is left out has its default
from then on; only a pause stays. Its id is printed. The data of a type that is known
here are checked at once; a type that is not known here is accepted too.

examples:
  jobwire schedules schedule no-op --tag nightly --cron '0 3 * * *'
  jobwire schedules schedule send-report --tag monday --cron '0 9 * * MON' \\
    --timezone Europe/Berlin --data @report.json --user ann
  jobwire schedules schedule cron-task --tag daily --cron @daily \\
    --executor trigger --trigger-task cron-task --owner trigger-dev
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("type", metavar="TYPE", help="the name of the code to run")
    parser.add_argument(
        "--tag", required=True, metavar="TAG", help="what its jobs are about"
    )
    parser.add_argument(
        "--cron",
        required=True,
        metavar="CRON",
        help="five fields, or @hourly, @daily, @weekly, @monthly, @yearly",
    )
    parser.add_argument(
        "--timezone",
        default="UTC",
        metavar="ZONE",
        help="the IANA time zone that it is read in (UTC)",
    )
    parser.add_argument(
        "--key", metavar="KEY", help="its stable name, unique per user (the tag)"
    )
    parser.add_argument(
        "--user", default=ACTOR, metavar="USER", help=f"whose schedule it is ({ACTOR})"
    )
    parser.add_argument(
        "--data",
        type=reading.json_value,
        metavar="JSON|-|@FILE",
        help="the input of each job: JSON, - for stdin, or @ and a file ({})",
    )
    parser.add_argument(
        "--executor",
        type=reading.executor,
        metavar="EXECUTOR",
        help="where its jobs run: internal or trigger (where the type is registered)",
    )
    parser.add_argument(
        "--trigger-task", metavar="ID", help="the Trigger.dev task that they run"
    )
    parser.add_argument(
        "--owner",
        type=reading.owner,
        metavar="OWNER",
        help=f"whose clock fires it: {', '.join(ScheduleOwner)} (JOBWIRE)",
    )
    parser.add_argument(
        "--overlap-policy",
        type=reading.overlap_policy,
        metavar="POLICY",
        help="what a tick does while an earlier job is open:"
        f" {', '.join(OverlapPolicy)} (SKIP)",
    )
    parser.add_argument(
        "--misfire-policy",
        type=reading.misfire_policy,
        metavar="POLICY",
        help="what becomes of ticks that nobody could use in time:"
        f" {', '.join(MisfirePolicy)} (RUN_ONCE)",
    )
    parser.add_argument(
        "--misfire-window",
        type=reading.duration,
        metavar="SPAN",
        help="how far back RUN_ALL reaches (1d)",
    )
    parser.add_argument(
        "--if-version",
        type=reading.version,
        metavar="N",
        help="only if it has this version; 0: only if there is none under the key",
    )
    parser.add_argument("--json", action="store_true", help="print the schedule")


def run(arguments: argparse.Namespace) -> int:
    """Make or change the schedule and print its id; return the exit code."""
    settings = with_examples_of_dev(Settings(**given(arguments, "data_dir")))

    async def work(jobwire: Jobwire) -> int:
        engine = jobwire.engine
        request = _request(arguments)
        is_known = engine.registry.find(arguments.type) is not None
        if is_known:
            await try_out(engine, request, viewer=OPERATOR)
        async with own_transaction(jobwire, None, Topic.CHANGE) as (connection, now):
            scheduled = await schedule_cron(
                connection,
                request,
                registry=engine.registry if is_known else None,
                viewer=OPERATOR,
                now=now,
                policy=engine.policy,
            )
        schedule = scheduled.schedule
        if not is_known and arguments.trigger_task is None:
            say(unknown_type(arguments.type, engine.registry))
        if arguments.json:
            print(line(schedule_json(schedule, now=now)))
        else:
            print(schedule.public_id)
        return 0

    return operate(settings, work)


def _request(arguments: argparse.Namespace) -> CronRequest:
    return CronRequest(
        type=arguments.type,
        tag=arguments.tag,
        cron=arguments.cron,
        timezone=arguments.timezone,
        key=arguments.key,
        user_id=arguments.user,
        executor=arguments.executor,
        owner=arguments.owner,
        trigger_task_id=arguments.trigger_task,
        data=arguments.data,
        overlap_policy=arguments.overlap_policy,
        misfire_policy=arguments.misfire_policy,
        misfire_window=arguments.misfire_window,
        if_version=arguments.if_version,
    )

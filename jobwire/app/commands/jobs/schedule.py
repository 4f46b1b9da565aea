"""`jobwire jobs schedule`: accept a job and print its id."""

import argparse

from jobwire.app.commands.arguments import given
from jobwire.app.commands.jobs import reading
from jobwire.app.commands.jobs.outcome import print_outcome
from jobwire.app.commands.jobs.run_time import add_run_time, run_time_of
from jobwire.app.commands.operating import ACTOR, OPERATOR, operate, say
from jobwire.app.commands.types import unknown_type, with_examples_of_dev
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.app.settings import Settings
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.job import Job
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest

EXAMPLES = """\
The data of a type that is known here are checked at once. A type that is not known here
is accepted too: a worker that knows it has to run it.

examples:
  jobwire jobs schedule count-primes --tag try-it --data '{"limit": 100000}' --wait
  jobwire jobs schedule send-report --tag monthly --data @report.json --delay 30m
  jobwire jobs schedule resize --tag cat.png --executor trigger --trigger-task resize
  id=$(jobwire jobs schedule no-op --tag scripted)
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("type", metavar="TYPE", help="the name of the code to run")
    parser.add_argument(
        "--tag", required=True, metavar="TAG", help="what the job is about"
    )
    parser.add_argument(
        "--user", default=ACTOR, metavar="USER", help=f"whose job it is ({ACTOR})"
    )
    parser.add_argument(
        "--data",
        type=reading.json_value,
        metavar="JSON|-|@FILE",
        help="its input: JSON, - for stdin, or @ and a file ({})",
    )
    parser.add_argument(
        "--executor",
        type=reading.executor,
        metavar="EXECUTOR",
        help="where it runs: internal or trigger (where its type is registered)",
    )
    parser.add_argument(
        "--trigger-task", metavar="ID", help="the Trigger.dev task that it runs"
    )
    add_run_time(parser)
    parser.add_argument(
        "--ttl",
        type=reading.duration,
        metavar="SPAN",
        help="how long after that it may still start (for ever)",
    )
    parser.add_argument(
        "--priority", type=int, metavar="0-9", help="higher ones start first (0)"
    )
    parser.add_argument(
        "--queue", metavar="NAME", help="the queue that it waits in (that of its type)"
    )
    parser.add_argument(
        "--concurrency-key",
        metavar="KEY",
        help="jobs of one key share the queue's limit per key",
    )
    parser.add_argument(
        "--metadata",
        type=reading.json_value,
        metavar="JSON|-|@FILE",
        help="notes of your own: a JSON object ({})",
    )
    parser.add_argument(
        "--idempotency-key",
        metavar="KEY",
        help="a repeat with the same key and input prints the first job's id",
    )
    parser.add_argument(
        "--wait",
        action="store_true",
        help="follow it to its end; exit 0 when it SUCCEEDED, 3 otherwise",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the job; with --wait as it ended"
    )


def run(arguments: argparse.Namespace) -> int:
    """Schedule the job and print its id; return the exit code."""
    settings = with_examples_of_dev(Settings(**given(arguments, "data_dir")))

    async def work(jobwire: Jobwire) -> int:
        job = await _schedule(jobwire, arguments)
        return await print_outcome(jobwire.engine, job, arguments)

    return operate(settings, work)


async def _schedule(jobwire: Jobwire, arguments: argparse.Namespace) -> Job:
    engine = jobwire.engine
    request = ScheduleRequest(
        type=arguments.type,
        tag=arguments.tag,
        executor=arguments.executor,
        trigger_task_id=arguments.trigger_task,
        user_id=arguments.user,
        data=arguments.data,
        when=run_time_of(arguments),
        ttl=arguments.ttl,
        priority=arguments.priority,
        queue=arguments.queue,
        concurrency_key=arguments.concurrency_key,
        metadata=arguments.metadata,
        idempotency_key=arguments.idempotency_key,
    )
    is_known = engine.registry.find(arguments.type) is not None
    async with own_transaction(jobwire, None, Topic.WORK) as (connection, now):
        scheduled = await schedule(
            connection,
            request,
            registry=engine.registry if is_known else None,
            viewer=OPERATOR,
            now=now,
            policy=engine.policy,
        )
    if not is_known and arguments.trigger_task is None:
        say(unknown_type(arguments.type, engine.registry))
    return scheduled.job

"""Schedules a job, and shows its progress until it has ended. Ctrl-C cancels it."""

import argparse
import asyncio
import json
import os
import signal
import sys

from jobwire_client import Job, JobwireClient, JobwireError, UnavailableError
from jobwire_client.progress_bar import ProgressBar

#: Exit codes; 0: it SUCCEEDED.
REFUSED, ENDED_OTHERWISE, INTERRUPTED = 1, 3, 130


def main() -> None:
    """Run the command, and exit as the job did."""
    parser = argparse.ArgumentParser(prog="jobwire_client", description=__doc__)
    parser.add_argument("type", help="the name of the code to run")
    parser.add_argument("--tag", help="what the job is about (default: the type)")
    parser.add_argument("--data", type=json.loads, default={}, help="its input, JSON")
    parser.add_argument("--key", help="a repeat with the same key finds the same job")
    arguments = parser.parse_args()
    bar = ProgressBar(sys.stderr)
    try:
        code = asyncio.run(_run(arguments, bar))
    except JobwireError as error:
        where = f" ({'.'.join(error.path)})" if error.path else ""
        bar.say(f"{error.code}: {error}{where}")
        code = REFUSED
    except KeyboardInterrupt:
        code = INTERRUPTED
    bar.close()
    sys.exit(code)


async def _run(arguments: argparse.Namespace, bar: ProgressBar) -> int:
    url = os.environ.get("JOBWIRE_URL", "http://127.0.0.1:8000")
    async with JobwireClient(url, token=os.environ.get("JOBWIRE_TOKEN")) as jobwire:
        job = await jobwire.schedule(
            type=arguments.type,
            tag=arguments.tag or arguments.type,
            data=arguments.data,
            idempotency_key=arguments.key,
        )
        bar.show(job)
        following = asyncio.create_task(_follow(jobwire, job, bar))
        canceling = _cancel_on_interrupt(jobwire, job, bar, following)
        try:
            job = await following
        except asyncio.CancelledError:
            return INTERRUPTED
        finally:
            for task in canceling:
                task.cancel()
    if job.status == "SUCCEEDED":
        bar.close()
        sys.stdout.write(f"{json.dumps(job.result)}\n")
        return 0
    return INTERRUPTED if canceling else ENDED_OTHERWISE


async def _follow(jobwire: JobwireClient, job: Job, bar: ProgressBar) -> Job:
    last = job
    async for last in jobwire.follow(job.id, on_loss=lambda loss: bar.say(f"{loss} …")):
        bar.show(last)
    return last


def _cancel_on_interrupt(
    jobwire: JobwireClient, job: Job, bar: ProgressBar, following: asyncio.Task[Job]
) -> list[asyncio.Task[None]]:
    """Cancel the job at the first Ctrl-C, and leave it to itself at the second.

    Returns:
        What cancels it; empty until then.
    """
    loop = asyncio.get_running_loop()
    canceling: list[asyncio.Task[None]] = []

    def interrupt() -> None:
        if canceling:
            following.cancel()
        else:
            canceling.append(loop.create_task(_cancel(jobwire, job, bar)))

    def on_signal(*_: object) -> None:
        loop.call_soon_threadsafe(interrupt)

    signal.signal(signal.SIGINT, on_signal)
    return canceling


async def _cancel(jobwire: JobwireClient, job: Job, bar: ProgressBar) -> None:
    """Ask until somebody answers."""
    while True:
        try:
            bar.show(await jobwire.cancel(job.id, reason="Ctrl-C"))
        except UnavailableError as error:
            bar.say(f"{error} Ctrl-C leaves the job to itself.")
        except JobwireError as error:
            bar.say(f"It is not canceled: {error}")
            return
        else:
            return


if __name__ == "__main__":
    main()

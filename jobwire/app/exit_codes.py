"""Exit codes: what every command says by them, one meaning each."""

import signal
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command ends with."""

    DONE = 0
    REFUSED = 1
    NOT_UNDERSTOOD = 2
    ENDED_OTHERWISE = 3
    CRASHED = 70
    # What shells say of a command that a signal ended.
    INTERRUPTED = 128 + signal.SIGINT
    UNREAD = 128 + signal.SIGPIPE


MEANINGS = {
    ExitCode.DONE: "done; with `--wait`, `watch ID` and `logs ID --follow`: the job"
    " SUCCEEDED (`cancel --wait`: was CANCELED; of many: all were handled)",
    ExitCode.REFUSED: "refused, or there is no such thing; `reconcile`: losses were"
    " withheld, or it stopped early; `installation`: it waits for an answer; `doctor`:"
    " a check failed; `workers`: none is connected; `schema --check`: the file differs",
    ExitCode.NOT_UNDERSTOOD: "the arguments were not understood",
    ExitCode.ENDED_OTHERWISE: "the job that was waited for ended otherwise; of many:"
    " some were refused, or it was aborted",
    ExitCode.CRASHED: "`emulator` alone: a fault told it to crash",
    ExitCode.INTERRUPTED: "Ctrl-C",
    ExitCode.UNREAD: "nobody reads the output any more, as behind `| head`",
}

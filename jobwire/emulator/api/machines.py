"""The machines that a run can ask for, by name."""

MACHINES = (
    "micro",
    "small-1x",
    "small-2x",
    "medium-1x",
    "medium-2x",
    "large-1x",
    "large-2x",
)
#: What a run has that asked for none.
DEFAULT_MACHINE = "small-1x"

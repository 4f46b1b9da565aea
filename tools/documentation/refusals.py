"""The codes of refusals, from the errors of the use cases."""

from jobwire.jobs.errors import JobError


def table_of_codes() -> str:
    """A table of the stable code of each refusal, with what it means."""
    rows = [
        f"| `{error.code}` | {_first_sentence(error)} |"
        for error in sorted(_leaves(JobError), key=lambda error: error.code)
    ]
    return "\n".join(["## Codes", "", "| code | when |", "|---|---|", *rows, ""])


def _leaves(error: type[JobError]) -> set[type[JobError]]:
    own = {error} if "code" in vars(error) else set()
    return own.union(*(_leaves(one) for one in error.__subclasses__()))


def _first_sentence(error: type[JobError]) -> str:
    text = (error.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    return " ".join(text.split())

"""Lanes: async and sync jobs are claimed apart, each up to its own capacity."""

from collections.abc import Sequence

from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.function_job import FunctionJob
from jobwire.jobs.registry import Registry, code_of


class Lane:
    """How many jobs of one kind run, and may run.

    A job is only claimed when it can start at once: a lease must not be spent on
    waiting for a thread while another worker has one free.

    Args:
        registry: Which types there are; it may be exchanged while we run.
        is_async: Whether the lane takes async functions or the others.
        capacity: Jobs that may run at once.
    """

    def __init__(self, registry: Registry, *, is_async: bool, capacity: int) -> None:
        self._registry = registry
        self.is_async = is_async
        self.capacity = capacity
        self.running = 0
        #: Those of them that were told to stop, and have not within their grace.
        self.overdue = 0
        self._registered: Sequence[JobDefinition] = ()
        self._definitions: dict[str, FunctionJob] = {}

    @property
    def free(self) -> int:
        """Jobs that may start now.

        Code that is overdue gives its place back, up to the capacity once more: a lane
        never runs more than twice as many.
        """
        return self.capacity - self.running + min(self.overdue, self.capacity)

    def types(self) -> Sequence[str]:
        """Return the names of the types that the lane can run, as of now.

        What is claimed by these names runs as it is defined now, even when the
        registry is exchanged while the claim is under way.
        """
        registered = self._registry.definitions()
        if registered != self._registered:
            self._registered = registered
            self._definitions = {
                code.name: code
                for code in map(code_of, registered)
                if code is not None and code.is_async is self.is_async
            }
        return list(self._definitions)

    def definition(self, name: str) -> FunctionJob:
        """Return the definition of a type that `types` has named."""
        return self._definitions[name]

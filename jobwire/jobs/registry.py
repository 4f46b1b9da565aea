"""The registry: which types of job there are."""

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from jobwire.jobs.decorator import definition_of
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.errors import UnknownTypeError
from jobwire.jobs.function_job import FunctionJob
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.queue import Queue
from jobwire.jobs.trigger_job import TriggerJob


class RegistryError(Exception):
    """Definitions that do not go together."""


class DuplicateTypeError(RegistryError):
    """Two functions under one name."""

    def __init__(self, first: JobDefinition, second: JobDefinition) -> None:
        super().__init__(
            f"Two jobs are named {first.name!r}: {first.place} and {second.place}."
            " Rename one of them."
        )


class DuplicateQueueError(RegistryError):
    """Two jobs declare other limits of one queue."""

    def __init__(self, name: str, first: JobDefinition, second: JobDefinition) -> None:
        super().__init__(
            f"{first.place} and {second.place} declare other limits of the queue"
            f" {name!r}. Declare it once, as queue = Queue({name!r}, …), and give that"
            " to both, or name it as text."
        )


class NotAJobError(Exception):
    """Something that was given as a job and is none."""

    def __init__(self, found: object) -> None:
        super().__init__(
            f"Expected a module, a function marked with @job or a definition, not"
            f" {found!r}."
        )


class Registry:
    """The types of job that this process knows.

    Reading and replacing are safe from any thread: a reader sees all definitions of
    one load, never a mixture.
    """

    def __init__(self, definitions: Iterable[JobDefinition] = ()) -> None:
        self._definitions = _by_name(definitions)

    def get(self, name: str) -> JobDefinition:
        """Return the definition of a type.

        Raises:
            UnknownTypeError: There is none of that name.
        """
        definitions = self._definitions
        try:
            return definitions[name]
        except KeyError:
            raise UnknownTypeError(name, definitions) from None

    def find(self, name: str) -> JobDefinition | None:
        """Return the definition of a type; None when there is none of that name."""
        return self._definitions.get(name)

    def orphan_policy_of(self, name: str) -> OrphanPolicy:
        """Return what becomes of a lost job of a type; of one not known: it fails."""
        definition = self._definitions.get(name)
        if isinstance(definition, TriggerJob):
            return definition.orphan_policy
        return OrphanPolicy.FAIL

    def definitions(self) -> tuple[JobDefinition, ...]:
        """Return all definitions, by name."""
        return tuple(self._definitions.values())

    def names(self) -> tuple[str, ...]:
        """Return the names of all types, sorted."""
        return tuple(self._definitions)

    def declared_queues(self) -> tuple[Queue, ...]:
        """Return the queues whose limits code declares, by name."""
        return tuple(_queues(self._definitions.values()).values())

    def queue_names(self) -> frozenset[str]:
        """Return the queues of internal jobs that types name."""
        return frozenset(
            code.queue
            for code in map(code_of, self._definitions.values())
            if code is not None and code.queue is not None
        )

    def replace(self, definitions: Iterable[JobDefinition]) -> None:
        """Exchange all definitions at once.

        Raises:
            DuplicateTypeError: Two have the same name; nothing was exchanged.
            DuplicateQueueError: Two declare other limits of one queue.
        """
        self._definitions = _by_name(definitions)


def collect(
    *sources: ModuleType | Callable[..., Any] | JobDefinition,
) -> tuple[JobDefinition, ...]:
    """Gather the definitions of modules and marked functions, each one once.

    Raises:
        NotAJobError: Something is neither a module nor a job.
        DuplicateTypeError: Two functions have the same name.
    """
    found: list[JobDefinition] = []
    for source in sources:
        if isinstance(source, ModuleType):
            found += filter(None, map(definition_of, vars(source).values()))
        elif isinstance(source, JobDefinition):
            found.append(source)
        else:
            definition = definition_of(source)
            if definition is None:
                raise NotAJobError(source)
            found.append(definition)
    return tuple(_by_name(found).values())


def _by_name(definitions: Iterable[JobDefinition]) -> dict[str, JobDefinition]:
    given = list(definitions)
    # Where a type has moved away from stays with the definition that it moved to.
    left = {
        one.moved_from.place
        for one in given
        if isinstance(one, TriggerJob) and one.moved_from is not None
    }
    found: dict[str, JobDefinition] = {}
    for definition in given:
        if definition.place in left:
            continue
        other = found.setdefault(definition.name, definition)
        if other is not definition:
            raise DuplicateTypeError(other, definition)
    _queues(found.values())
    return dict(sorted(found.items()))


def _queues(definitions: Iterable[JobDefinition]) -> dict[str, Queue]:
    declared: dict[str, tuple[Queue, FunctionJob]] = {}
    for code in map(code_of, definitions):
        if code is None or code.declared_queue is None:
            continue
        queue = code.declared_queue
        other, place = declared.setdefault(queue.name, (queue, code))
        if other != queue:
            raise DuplicateQueueError(queue.name, place, code)
    return {name: queue for name, (queue, _) in sorted(declared.items())}


def code_of(definition: JobDefinition) -> FunctionJob | None:
    """Return what runs the internal jobs of a type; None: nothing does."""
    if isinstance(definition, FunctionJob):
        return definition
    return definition.moved_from if isinstance(definition, TriggerJob) else None

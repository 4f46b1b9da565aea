"""The registry: which types of job there are."""

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from jobwire.jobs.decorator import definition_of
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.errors import UnknownTypeError
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.trigger_job import TriggerJob


class DuplicateTypeError(Exception):
    """Two functions under one name."""

    def __init__(self, first: JobDefinition, second: JobDefinition) -> None:
        super().__init__(
            f"Two jobs are named {first.name!r}: {first.place} and {second.place}."
            " Rename one of them."
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

    def replace(self, definitions: Iterable[JobDefinition]) -> None:
        """Exchange all definitions at once.

        Raises:
            DuplicateTypeError: Two have the same name; nothing was exchanged.
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
    return dict(sorted(found.items()))

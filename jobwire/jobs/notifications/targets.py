"""Targets: who is to be told of an event, by everything that was said of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from jobwire.jobs.job import Event, Job
from jobwire.jobs.notifications.message import message_type
from jobwire.jobs.notify import Notify, type_of
from jobwire.models.vocabulary import EventKind


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is told of which types of messages.

    Attributes:
        target: The name of the target.
        events: The types.
    """

    target: str
    events: Collection[str]

    @classmethod
    def of(cls, notify: Notify) -> Self:
        """Return what a `Notify` says, without its secrets."""
        return cls(notify.target, tuple(notify.events))


@dataclass(frozen=True, slots=True)
class Target:
    """Where notifications are posted, whoever named it.

    Attributes:
        name: The URL without its query: what rows, logs and people call it.
        url: The whole URL.
        secrets: What signs; several: all of them do.
    """

    name: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def origin(self) -> str:
        """Its scheme and host: what logs tell, for a path may be as good as a token."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


class MissingSecretError(Exception):
    """A target for which there is no secret to sign with."""

    def __init__(self, target: str, type: str) -> None:
        super().__init__(
            f"The type {type!r} notifies {target} without a secret. Set"
            " JOBWIRE_NOTIFY_SECRET (`jobwire notifications secret` makes one), or"
            " give its Notify a secret of its own."
        )


@dataclass(frozen=True, slots=True)
class Targets:
    """Everybody who is told of anything.

    Attributes:
        everywhere: Told of jobs of all types.
        types: Told of jobs of a type, beside them.
        secrets: What signs where nothing else was said.
        elsewhere: Told of jobs of types that only other workers have, which deliver.
    """

    everywhere: Sequence[Notify] = ()
    types: Mapping[str, Sequence[Notify]] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    elsewhere: Mapping[str, Sequence[Rule]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for type, told in self.types.items():
            for one in told:
                if not (one.secrets or self.secrets):
                    raise MissingSecretError(one.target, type)

    def of(self, event: Event, job: Job) -> list[str]:
        """Return the names of those who are told of an event, each once."""
        type = message_type(event)
        told: list[Notify | Rule] = [
            *self.everywhere,
            *self.types.get(job.type, ()),
            *self.elsewhere.get(job.type, ()),
        ]
        return list(dict.fromkeys(one.target for one in told if type in one.events))

    def by_name(self) -> dict[str, Target]:
        """Return all targets of this worker by name.

        A URL that was named several times is one target, whose messages are signed with
        the secrets of all.
        """
        found: dict[str, Target] = {}
        for one in self._all():
            known = found.get(one.target)
            secrets = (
                *(known.secrets if known else ()),
                *(one.secrets or self.secrets),
            )
            found[one.target] = Target(
                one.target, one.url, tuple(dict.fromkeys(secrets))
            )
        return found

    def names(self) -> set[str]:
        """Return the names of all targets, those of other workers included."""
        return {one.target for one in self._everybody()}

    def wanted_kinds(self) -> tuple[EventKind, ...]:
        """Return the kinds of events that anybody is told of by their own type."""
        wanted = {type for one in self._everybody() for type in one.events}
        return tuple(kind for kind in EventKind if type_of(kind) in wanted)

    def _all(self) -> list[Notify]:
        return [
            *self.everywhere,
            *(one for told in self.types.values() for one in told),
        ]

    def _everybody(self) -> list[Notify | Rule]:
        others = [rule for rules in self.elsewhere.values() for rule in rules]
        return [*self._all(), *others]

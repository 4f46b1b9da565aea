"""Job definitions: what there is to know of a type of job, wherever it runs."""

import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from jobwire.jobs import json_text
from jobwire.jobs.attention import Attention
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.notify import Notify
from jobwire.jobs.queue import check_queue
from jobwire.jobs.retry_config import RetryConfig
from jobwire.models.vocabulary import Executor

#: How many reasons one refusal of data tells.
MAX_REASONS = 10
#: What stands for a name that may be data.
ANY = "*"
#: Where the data stand in the input.
DATA = "data"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}")


class JobDefinitionError(Exception):
    """A function that cannot be a job, with the place and what to do."""

    def __init__(self, function: object, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{place_of(function)} cannot be a job: {reason}")


def check_name(owner: object, name: str) -> None:
    """Refuse a name that the API could not show.

    Raises:
        JobDefinitionError: With the place of the owner.
    """
    if not _NAME.fullmatch(name):
        raise JobDefinitionError(
            owner,
            f"its name {name!r} must be 1-120 letters, digits and . _ : / - and begin"
            " with a letter or digit.",
        )


def check_max_duration(owner: object, max_duration: timedelta | None) -> None:
    """Refuse a limit that no attempt could keep.

    Raises:
        JobDefinitionError: With the place of the owner.
    """
    if max_duration is not None and max_duration <= timedelta():
        raise JobDefinitionError(
            owner, f"max_duration must be above zero, not {max_duration}."
        )


def check_queue_name(owner: object, name: str | None, executor: Executor) -> None:
    """Refuse a name that no queue of an executor can have.

    Raises:
        JobDefinitionError: With the place of the owner.
    """
    try:
        check_queue(name, executor)
    except InvalidInputError as refusal:
        raise JobDefinitionError(owner, refusal.message) from None


def all_of(notify: Notify | Iterable[Notify] | None) -> tuple[Notify, ...]:
    """Return what may be none, one or several as several."""
    if notify is None:
        return ()
    return (notify,) if isinstance(notify, Notify) else tuple(notify)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class JobDefinition(ABC):
    """One type of job; its subclasses say what runs it.

    Attributes:
        name: Its name in the API, 1-120 characters.
        description: What it does, for people; None: nothing was said.
        retry_config: What follows a failed attempt, unless a job says otherwise.
        max_duration: How long one attempt may run; None: without limit.
        attention: When its jobs need attention.
        queue: The queue that its jobs wait in; None: its executor's own.
        notify: Who else is told of its jobs, beside `JOBWIRE_NOTIFY_URL`.
        data_schema: The JSON schema of its data.
        result_schema: The JSON schema of its result; None: nothing is promised.
        data_adapter: Reads the data; None: the job takes none.
        secret_data: Whether only admins may read the data of its jobs.
        secret_result: The same of what its jobs return.
    """

    #: Where jobs of this kind run.
    executor: ClassVar[Executor]

    name: str
    description: str | None
    retry_config: RetryConfig
    max_duration: timedelta | None
    attention: Attention
    queue: str | None
    data_schema: dict[str, Any]
    result_schema: dict[str, Any] | None
    data_adapter: TypeAdapter[Any] | None = field(repr=False)
    notify: tuple[Notify, ...] = ()
    secret_data: bool = False
    secret_result: bool = False

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is defined, for people."""

    def encode_data(self, data: Any) -> str:
        """Write data as JSON text, held to the definition.

        Args:
            data: JSON as Python values.

        Raises:
            InvalidInputError: They do not fit. The path is that of the first reason,
                from "data" on; the message tells at most ten. Of secret data it tells
                no value, and no name but those of the schema.
        """
        text = json_text.encode(data, limit=json_text.MAX_DATA_BYTES, path=(DATA,))
        if self.data_adapter is None:
            if data not in ({}, None):
                raise InvalidInputError(
                    f"{self.name} takes no data; send {{}} or nothing.", path=(DATA,)
                )
            return text
        try:
            self.data_adapter.validate_json(text)
        except ValidationError as error:
            raise self.misfit(error) from None
        except (ArithmeticError, LookupError, TypeError) as error:
            if self.secret_data:
                raise InvalidInputError(
                    f"The data do not fit: {type(error).__name__}.", path=(DATA,)
                ) from None
            raise InvalidInputError(
                f"The data do not fit: {error}.", path=(DATA,)
            ) from error
        return text

    def misfit(self, error: ValidationError) -> InvalidInputError:
        """Say why data do not fit, without the data."""
        details = error.errors(
            include_url=False, include_input=False, include_context=False
        )
        places = [tuple(map(str, detail["loc"])) for detail in details]
        reasons = [detail["msg"].removeprefix("Value error, ") for detail in details]
        if self.secret_data:
            # Messages and names of members may be data.
            known = _names(self.data_schema)
            places = [
                tuple(one if one in known or one.isdecimal() else ANY for one in place)
                for place in places
            ]
            reasons = [f"{detail['type']} (the data are secret)" for detail in details]
        told = [
            f"{'.'.join(place)}: {reason}" if place else reason
            for place, reason in zip(places, reasons, strict=True)
        ][:MAX_REASONS]
        if len(details) > MAX_REASONS:
            told.append(f"and {len(details) - MAX_REASONS} more")
        return InvalidInputError("; ".join(told), path=(DATA, *places[0]))


def _names(schema: Any) -> set[str]:
    """Return the names of all members that a schema describes."""
    if isinstance(schema, list):
        return set().union(*map(_names, schema))
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties")
    names = set(own) if isinstance(own, dict) else set()
    return names.union(*map(_names, schema.values()))


def place_of(function: object) -> str:
    """Return where a function stands, as name (file:line)."""
    code = getattr(function, "__code__", None)
    name = getattr(function, "__qualname__", None) or repr(function)
    if code is not None:
        return f"{name} ({code.co_filename}:{code.co_firstlineno})"
    module = sys.modules.get(getattr(function, "__module__", ""))
    file = getattr(module, "__file__", None)
    return f"{name} ({file})" if file else name

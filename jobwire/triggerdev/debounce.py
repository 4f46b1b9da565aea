"""Debouncing: triggers with one key, close together, that share a run."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.spans import Span, length_of, written

MAX_DEBOUNCE_KEY_LENGTH = 512

DebounceMode = Literal["leading", "trailing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Debounce:
    """How triggers of one key share a run, which each of them puts off.

    All but the first answer with the run that is there, and `is_cached` false.

    Attributes:
        key: 1 to 512 characters, within environment and task.
        delay: How long after the last of them the run starts: a span or a text such
            as `30s`, never a date.
        mode: Whose payload, metadata, tags, attempts, duration and machine count:
            those of the first (`leading`) or of the last one (`trailing`); None: the
            first.
        max_delay: How long after the first of them the run starts at the latest;
            longer than `delay`. None: the server's own longest.

    Raises:
        InvalidOptionError: One is not as said above.
    """

    key: str
    delay: Span
    mode: DebounceMode | None = None
    max_delay: Span | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.key) <= MAX_DEBOUNCE_KEY_LENGTH or "\0" in self.key:
            must = f"have 1 to {MAX_DEBOUNCE_KEY_LENGTH} characters and no NUL"
            raise InvalidOptionError("debounce.key", must)
        if self.mode is not None and self.mode not in get_args(DebounceMode):
            must = f"be leading or trailing, not {self.mode!r}"
            raise InvalidOptionError("debounce.mode", must)
        delay = length_of("debounce.delay", self.delay)
        if self.max_delay is None:
            return
        if length_of("debounce.max_delay", self.max_delay) <= delay:
            must = f"be longer than the delay of {self.delay}, not {self.max_delay}"
            raise InvalidOptionError("debounce.max_delay", must)

    def to_json(self) -> dict[str, Any]:
        """Write the option of the request."""
        json: dict[str, Any] = {"key": self.key, "delay": written(self.delay)}
        if self.mode is not None:
            json["mode"] = self.mode
        if self.max_delay is not None:
            json["maxDelay"] = written(self.max_delay)
        return json

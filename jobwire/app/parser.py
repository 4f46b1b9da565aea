"""The parser of the command line, which says what may have been meant."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

#: How an argument is called that argparse only knows by its place.
_HINT = "; did you mean {}?"


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors name the nearest thing that there is."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = action.choices
        if choices is None or value in choices:
            return
        what = (action.metavar or action.dest or "value").lower()  # type: ignore[union-attr]
        known = [str(one) for one in choices]
        told = _nearest(str(value), known) or f"; those are {', '.join(known)}"
        raise argparse.ArgumentError(None, f"there is no {what} {value!r}{told}")

    def parse_args(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        namespace: argparse.Namespace | None = None,
    ) -> argparse.Namespace:
        """Parse, and say of the first that is not known what may have been meant."""
        parsed, unknown = self.parse_known_args(args, namespace)
        if unknown:
            chosen = _chosen(self, vars(parsed))
            options = (name for one in chosen._actions for name in one.option_strings)
            word = unknown[0].partition("=")[0]
            told = _nearest(word, options) or f"; see `{chosen.prog} --help`"
            chosen.error(f"there is no argument {word}{told}")
        return parsed

    def error(self, message: str) -> NoReturn:
        """Write the message without the usage of all arguments, and exit with 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def choices_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of a command's verbs by their names; empty: it has none."""
    return {
        name: choice
        for action in _branches(parser)
        for name, choice in action.choices.items()
    }


def _branches(
    parser: argparse.ArgumentParser,
) -> "Iterator[argparse._SubParsersAction[argparse.ArgumentParser]]":
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield action


def _chosen(
    parser: argparse.ArgumentParser, parsed: dict[str, Any]
) -> argparse.ArgumentParser:
    """Walk down to the parser of the verb that was chosen."""
    for action in _branches(parser):
        name = parsed.get(action.dest)
        if name in action.choices:
            return _chosen(action.choices[name], parsed)
    return parser


def _nearest(word: str, known: Iterable[str]) -> str:
    # Only who has mistyped pays for it.
    from difflib import get_close_matches  # noqa: PLC0415 - see above

    near = get_close_matches(word, list(known), n=1)
    return _HINT.format(near[0]) if near else ""

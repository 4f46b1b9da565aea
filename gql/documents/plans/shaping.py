"""Compiling what is read in a shape: from what is selected to columns and writers."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, TypeAlias

from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
)
from graphql.execution.collect_fields import FieldDetailsList

from jobwire.gql.documents.plans.answer import Answer, Write
from jobwire.gql.documents.plans.compiler import Compiler, Member
from jobwire.gql.documents.plans.loader import Loader
from jobwire.gql.documents.plans.resolving import Resolver
from jobwire.gql.documents.plans.run import Run
from jobwire.gql.documents.plans.shapes import (
    Code,
    Loaded,
    Made,
    Part,
    SelectList,
    Shape,
    Text,
    quote,
)
from jobwire.gql.documents.plans.values import (
    constant,
    items,
    loaded_member,
    nullable,
    read_member,
    required,
    resolved_member,
)

Rows: TypeAlias = Sequence[Any]


class Shaping:
    """Compiles what is read by one statement.

    Args:
        compiler: That of the operation.
        select: What the statement selects; it is filled here.
    """

    def __init__(self, compiler: Compiler, select: SelectList) -> None:
        self._compiler = compiler
        self._select = select

    def value(
        self, kind: GraphQLOutputType, details: FieldDetailsList, shape: Shape
    ) -> Write:
        """Return what writes a value of a type, whose objects have a shape."""
        if isinstance(kind, GraphQLNonNull):
            return required(self._present(kind.of_type, details, shape))
        return nullable(self._present(kind, details, shape))

    def _present(
        self, kind: GraphQLOutputType, details: FieldDetailsList, shape: Shape
    ) -> Write:
        if isinstance(kind, GraphQLObjectType):
            return self._object(kind, details, shape).write()
        # Of what has a shape, no list holds nulls.
        assert isinstance(kind, GraphQLList)  # noqa: S101 - nothing else has one
        item = kind.of_type.of_type
        return self._object(item, details, shape).write_each()

    def _object(
        self, kind: GraphQLObjectType, details: FieldDetailsList, shape: Shape
    ) -> "_Parts":
        parts = _Parts(self._select)
        selected = self._compiler.members(kind, details)
        for member in selected:
            parts.constant(member.label)
            if member.name == "__typename":
                parts.constant(encode_basestring(kind.name))
                continue
            match shape.fields[member.name]:
                case Text(sql, before, after):
                    parts.constant(before)
                    parts.column(sql)
                    parts.constant(after)
                case Made(columns, make):
                    self._select.columns(columns)
                    parts.made(make)
                case how:
                    parts.written(self._member(kind, member, shape, how))
        parts.constant("}" if selected else "{}")
        return parts

    def _member(
        self,
        kind: GraphQLObjectType,
        member: Member,
        shape: Shape,
        how: Code | Part | Loaded,
    ) -> Write:
        answered = kind.fields[member.name].type
        match how:
            case Part(of_part, read):
                write = self.value(answered, member.details, of_part)
                return read_member("", read, write)
            case Loaded(columns, read, of_loaded):
                self._select.columns(columns)
                load = Loader(kind, member, read)
                write = self.value(answered, member.details, of_loaded)
                return loaded_member("", load, write)
            case Code(columns, is_null_with):
                self._select.columns(columns)
                write = self._compiler.value(answered, member.details)
                resolve = Resolver(self._compiler.source, kind, member.details)

                def resolve_of_row(run: Run, row: Any) -> Any:
                    if is_null_with and getattr(row, is_null_with) is None:
                        return None
                    return resolve(run, shape.source(row))

                return resolved_member("", resolve_of_row, write)


class _Parts:
    """The parts of an object in turn: texts of its row, and what writes by itself.

    Texts that PostgreSQL makes and constants between them are one column.
    """

    def __init__(self, select: SelectList) -> None:
        self._select = select
        self._constant = ""
        self._sql: list[str] = []
        #: Of all rows at once, for there may be many.
        self._texts: list[Callable[[Rows], Iterable[str]]] = []
        self._written: list[Write] = []

    def constant(self, text: str) -> None:
        """Add what is always the same."""
        self._constant += text

    def column(self, sql: str) -> None:
        """Add what PostgreSQL makes."""
        self._sql += (quote(self._constant), sql)
        self._constant = ""

    def made(self, make: Callable[[Any], str]) -> None:
        """Add what is made here."""
        self._end_column()
        self._end_constant()
        self._texts.append(partial(map, make))

    def written(self, write: Write) -> None:
        """Add what writes by itself."""
        self._end_texts()
        self._written.append(write)

    def write(self) -> Write:
        """Return what writes the object."""
        self._end_texts()
        written = self._written
        if len(written) == 1:
            return written[0]

        def write(row: Any, answer: Answer) -> None:
            for one in written:
                one(row, answer)

        return write

    def write_each(self) -> Write:
        """Return what writes a list of such objects."""
        if self._written:
            return items(self.write())
        texts = self._text()

        def write(rows: Any, answer: Answer) -> None:
            answer.pieces += ("[", ",".join(texts(rows)), "]")

        return write

    def _end_constant(self) -> None:
        if self._constant:
            constant, self._constant = self._constant, ""
            self._texts.append(lambda rows: [constant] * len(rows))

    def _end_column(self) -> None:
        if self._sql:
            if self._constant:
                self._sql.append(quote(self._constant))
            column = self._select.text(_concatenated(self._sql))
            self._texts.append(partial(map, itemgetter(column)))
            self._constant, self._sql = "", []

    def _text(self) -> Callable[[Rows], Iterable[str]]:
        """Return what makes one text of each row, of all that was added last."""
        self._end_column()
        self._end_constant()
        texts, self._texts = self._texts, []
        if len(texts) == 1:
            return texts[0]
        return lambda rows: map(
            "".join, zip(*[text(rows) for text in texts], strict=True)
        )

    def _end_texts(self) -> None:
        if not self._texts and not self._sql:
            if self._constant:
                self._written.append(constant(self._constant))
                self._constant = ""
        else:
            texts = self._text()

            def write(row: Any, answer: Answer) -> None:
                answer.pieces.extend(texts((row,)))

            self._written.append(write)


def _concatenated(parts: Sequence[str]) -> str:
    """Write one text of several, by halves: from the left each copies all before it."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"({_concatenated(parts[:half])} || {_concatenated(parts[half:])})"

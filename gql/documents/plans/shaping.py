"""Compiling what is read in a shape: from what is selected to columns and writers."""

from json.encoder import encode_basestring
from typing import Any

from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
)
from graphql.execution.collect_fields import FieldDetailsList

from jobwire.gql.documents.plans.answer import Answer, Write
from jobwire.gql.documents.plans.compiler import Compiler, Member
from jobwire.gql.documents.plans.resolving import Resolver
from jobwire.gql.documents.plans.run import Run
from jobwire.gql.documents.plans.shapes import (
    Code,
    Made,
    Part,
    SelectList,
    Shape,
    Shown,
    Text,
)
from jobwire.gql.documents.plans.values import (
    constant,
    items,
    nullable,
    read_member,
    required,
    resolved_member,
)


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
        if isinstance(kind, GraphQLList):
            return items(self.value(kind.of_type, details, shape))
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - shapes are of objects
        return self._object(kind, details, shape)

    def _object(
        self, kind: GraphQLObjectType, details: FieldDetailsList, shape: Shape
    ) -> Write:
        written: list[Write] = []
        texts = _Texts(self._select)
        selected = self._compiler.members(kind, details)
        for member in selected:
            if member.name == "__typename":
                texts.add(member.label + encode_basestring(kind.name))
                continue
            match shape.fields[member.name]:
                case Text(sql):
                    texts.add(member.label, sql)
                case Made(columns, write):
                    self._select.columns(columns)
                    texts.add(member.label)
                    written += (*texts.end(), _made(write))
                case how:
                    texts.add(member.label)
                    written += (*texts.end(), self._other(kind, member, shape, how))
        texts.add("}" if selected else "{}")
        written += texts.end()
        return written[0] if len(written) == 1 else _in_turn(written)

    def _other(
        self,
        kind: GraphQLObjectType,
        member: Member,
        shape: Shape,
        how: Code | Part | Shown,
    ) -> Write:
        answered = kind.fields[member.name].type
        match how:
            case Part(of_part, read):
                write = self.value(answered, member.details, of_part)
                return read_member("", read, write)
            case Shown(make):
                write = self._compiler.value(answered, member.details)
                return read_member("", make, write)
            case Code(columns):
                self._select.columns(columns)
                write = self._compiler.value(answered, member.details)
                resolve = Resolver(self._compiler.source, kind, member.details)

                def resolve_of_row(run: Run, row: Any) -> Any:
                    return resolve(run, shape.source(row))

                return resolved_member("", resolve_of_row, write)


class _Texts:
    """Text that follows on text, up to something that is no text."""

    def __init__(self, select: SelectList) -> None:
        self._select = select
        self._constant = ""
        self._sql: list[str] = []

    def add(self, constant: str, sql: str | None = None) -> None:
        """Add what is always the same, and then what PostgreSQL makes."""
        self._constant += constant
        if sql is not None:
            self._sql += (_quote(self._constant), sql)
            self._constant = ""

    def end(self) -> list[Write]:
        """Return what writes all that was added, and begin anew."""
        if self._sql and self._constant:
            self._sql.append(_quote(self._constant))
            self._constant = ""
        written = []
        if self._sql:
            written.append(_column(self._select.text(" || ".join(self._sql))))
        elif self._constant:
            written.append(constant(self._constant))
        self._constant, self._sql = "", []
        return written


def _quote(text: str) -> str:
    """Write a text without backslashes as a literal of SQL."""
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _column(name: str) -> Write:
    def write(row: Any, answer: Answer) -> None:
        answer.pieces.append(row[name])

    return write


def _made(make: Any) -> Write:
    def write(row: Any, answer: Answer) -> None:
        answer.pieces.append(make(row))

    return write


def _in_turn(written: list[Write]) -> Write:
    def write(row: Any, answer: Answer) -> None:
        for one in written:
            one(row, answer)

    return write

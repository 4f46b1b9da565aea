"""The reference of the GraphQL API: pages made from `schema.graphql`.

A page for each kind of thing, a section for each thing, an anchor for each member: that
of `Job.status` is `objects.html#Job.status`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    print_ast,
    value_from_ast_untyped,
)

from tools.documentation.refusals import table_of_codes

_ERROR = "UserError"
#: The pages, in the order of the menu: their titles and what is said first.
PAGES = {
    "queries": ("Queries", "What can be read."),
    "mutations": (
        "Mutations",
        (
            "What can be done. Each takes one `input` and answers with a payload, whose"
            " `errors` hold expected refusals: [errors](errors.md)."
        ),
    ),
    "subscriptions": (
        "Subscriptions",
        (
            "What can be watched: over a websocket or as Server-Sent Events, as told in"
            " [live updates](../live-updates.md)."
        ),
    ),
    "objects": ("Objects", "What is answered: objects, interfaces and unions."),
    "inputs": ("Inputs", "What is given."),
    "enums": ("Enums", "Closed lists of words. Members may be added where it says so."),
    "scalars": ("Scalars and directives", "Values, and what is said about fields."),
    "errors": (
        "Errors",
        (
            "Expected refusals are data: members of the `errors` of a payload, as the"
            " types below. What is wrong with a request stands in the `errors` of the"
            " answer: see [requests](../graphql.md#requests-and-refusals)."
        ),
    ),
}


def pages(sdl: str) -> dict[str, str]:
    """The Markdown of each page by its place, the list of all types among them."""
    reference = _Reference(build_schema(sdl))
    found = {f"reference/{page}.md": reference.page(page) for page in PAGES}
    return {"reference/index.md": reference.index(), **found}


class _Reference:
    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._roots = {
            page: root
            for page, root in (
                ("queries", schema.query_type),
                ("mutations", schema.mutation_type),
                ("subscriptions", schema.subscription_type),
            )
            if root is not None
        }
        roots = {root.name for root in self._roots.values()}
        self._page_of = {
            name: _page(type)
            for name, type in sorted(schema.type_map.items())
            if not name.startswith("__") and name not in roots
        }
        # Words of prose that are types: those with a hump, for "Job" is a word as well.
        humps = "|".join(
            name for name in self._page_of if re.search("[a-z][A-Z]", name)
        )
        self._names = re.compile(rf"\b({humps or '(?!)'})\b|\b([A-Z]+(?:_[A-Z]+)+)\b")

    def index(self) -> str:
        lines = [
            "# The schema",
            "",
            (
                "Everything that [the GraphQL API](../graphql.md) has, made from"
                " [schema.graphql](schema.graphql){ download }."
            ),
            "",
        ]
        for page, (title, _) in PAGES.items():
            if page in self._roots:
                names: Iterable[str] = self._roots[page].fields
            else:
                names = [name for name, own in self._page_of.items() if own == page]
            links = " · ".join(f"[`{name}`]({page}.md#{name})" for name in names)
            lines += [f"## {title}", "", links or "None.", ""]
        return "\n".join(lines)

    def page(self, page: str) -> str:
        title, says = PAGES[page]
        parts = [f"# {title}\n\n{says}\n"]
        if page in self._roots:
            root = self._roots[page]
            parts += [self._root_field(name, one) for name, one in root.fields.items()]
            return "\n".join(parts)
        if page == "errors":
            parts.append(table_of_codes())
        parts += [
            self._type(self._schema.type_map[name])
            for name, own in self._page_of.items()
            if own == page
        ]
        if page == "scalars":
            parts += self._directives()
        return "\n".join(parts)

    def _root_field(self, name: str, field: GraphQLField) -> str:
        lines = [f"## {name} {{ #{name} }}", "", self._text(field.description), ""]
        if field.deprecation_reason is not None:
            reason = self._text(field.deprecation_reason)
            lines += ['!!! warning "Deprecated"', "", f"    {reason}", ""]
        lines += [f"Answers with {self._link(field.type)}.{_terms(field)}", ""]
        return "\n".join([*lines, *self._arguments(name, field.args)])

    def _arguments(self, owner: str, args: Mapping[str, GraphQLArgument]) -> list[str]:
        if not args:
            return []
        rows = [
            self._row(owner, name, self._given(one), one) for name, one in args.items()
        ]
        return ["| argument | type | meaning |", "|---|---|---|", *rows, ""]

    def _type(self, type: GraphQLNamedType) -> str:
        lines = [f"## {type.name} {{ #{type.name} }}", "", self._text(type.description)]
        lines += ["", *self._members(type)]
        return "\n".join(lines)

    def _members(self, type: GraphQLNamedType) -> Iterator[str]:
        match type:
            case GraphQLObjectType() | GraphQLInterfaceType():
                yield from self._relatives(type)
                yield from ("| field | type | meaning |", "|---|---|---|")
                for name, field in type.fields.items():
                    kind = self._link(field.type)
                    yield self._row(type.name, name, kind, field, self._more(field))
            case GraphQLInputObjectType():
                if type.is_one_of:
                    yield from ("Exactly one member is given.", "")
                yield from ("| member | type | meaning |", "|---|---|---|")
                for name, member in type.fields.items():
                    yield self._row(type.name, name, self._given(member), member)
            case GraphQLEnumType():
                yield from ("| word | meaning |", "|---|---|")
                for name, value in type.values.items():
                    anchor = _anchor(type.name, name)
                    yield f"| {anchor} | {self._said(value)} |"
            case GraphQLUnionType():
                links = ", ".join(self._link(one) for one in type.types)
                yield f"One of {links}."
            case GraphQLScalarType() if type.specified_by_url:
                yield f"As in [{type.specified_by_url}]({type.specified_by_url})."
        yield ""

    def _relatives(
        self, type: GraphQLObjectType | GraphQLInterfaceType
    ) -> Iterator[str]:
        interfaces = [self._link(one) for one in type.interfaces]
        if interfaces:
            yield from (f"Is a {', a '.join(interfaces)}.", "")
        if isinstance(type, GraphQLInterfaceType):
            own = self._schema.get_possible_types(type)
            links = sorted(self._link(one) for one in own)
            yield from (f"Types that are one: {', '.join(links)}.", "")

    def _row(
        self, owner: str, name: str, kind: str, member: Any, more: str = ""
    ) -> str:
        meaning = f"{self._said(member)}{more}"
        return f"| {_anchor(owner, name)} | {kind} | {meaning} |"

    def _said(self, member: Any) -> str:
        text = self._text(member.description)
        if member.deprecation_reason is None:
            return text
        return f"**Deprecated: {self._text(member.deprecation_reason)}** {text}"

    def _more(self, field: GraphQLField) -> str:
        """What a field of an object takes and asks for, for the end of its cell."""
        lines = [
            f"`{name}`: {self._given(one)} {self._said(one)}"
            for name, one in field.args.items()
        ]
        terms = _terms(field)
        return "".join(f"<br>{line}" for line in lines) + terms

    def _given(self, member: GraphQLArgument | GraphQLInputField) -> str:
        kind = self._link(member.type)
        default = member.ast_node and member.ast_node.default_value
        return f"{kind} = `{print_ast(default)}`" if default else kind

    def _link(self, type: Any) -> str:
        if isinstance(type, GraphQLNonNull):
            return f"{self._link(type.of_type)}!"
        if isinstance(type, GraphQLList):
            return f"\\[{self._link(type.of_type)}\\]"
        return f"[`{type.name}`]({self._page_of[type.name]}.md#{type.name})"

    def _text(self, description: str | None) -> str:
        """A description as Markdown on one line, with the names of types as links."""
        text = re.sub(r"\s+", " ", description or "").strip()
        text = re.sub(r"([\\*|\[\]_])", r"\\\1", text).replace("<", "&lt;")

        def one(found: re.Match[str]) -> str:
            if found[2]:
                return f"`{found[2]}`"
            return f"[{found[1]}]({self._page_of[found[1]]}.md#{found[1]})"

        return self._names.sub(one, text.replace("\\_", "_"))

    def _directives(self) -> Iterator[str]:
        own = [one for one in self._schema.directives if one.ast_node is not None]
        for directive in own:
            lines = [f"## @{directive.name} {{ #{directive.name} }}", ""]
            lines += [self._text(directive.description), ""]
            lines += self._arguments(directive.name, directive.args)
            yield "\n".join(lines)


def _page(type: GraphQLNamedType) -> str:
    match type:
        case GraphQLInputObjectType():
            return "inputs"
        case GraphQLEnumType():
            return "enums"
        case GraphQLScalarType():
            return "scalars"
        case GraphQLObjectType() | GraphQLInterfaceType():
            names = {type.name, *(one.name for one in type.interfaces)}
            return "errors" if _ERROR in names else "objects"
        case _:
            return "objects"


def _anchor(owner: str, name: str) -> str:
    return f"[`{name}`](#{owner}.{name}){{ #{owner}.{name} }}"


def _terms(field: GraphQLField) -> str:
    """What a caller needs for a field, and what it costs by itself."""
    node = field.ast_node
    said = {
        directive.name.value: {
            argument.name.value: value_from_ast_untyped(argument.value)
            for argument in directive.arguments or ()
        }
        for directive in (node and node.directives) or ()
    }
    scope = said.get("requiresScope", {}).get("scope")
    weight = said.get("cost", {}).get("weight")
    needs = f" Needs the scope `{scope}`." if scope else ""
    costs = (
        f" [Costs](../limits.md#the-cost-of-an-operation) {weight}." if weight else ""
    )
    return needs + costs

"""Strategies for GraphQL documents that walk the server's own schema: mostly valid, sometimes with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    print_ast,
)
from graphql.utilities import ast_from_value
from hypothesis import strategies as st

from wandb_testkit.server.executor import schema
from wandb_testkit.server.resolvers.ids import storage_id

Draw = Callable[[st.SearchStrategy[Any]], Any]

RUN_IDS = st.sampled_from(
    [storage_id("Run", "testkit-user", "p", "r"), storage_id("Run", "stranger", "p", "secret"), "UnVu", "", "%"]
)

NAMES = st.sampled_from(["r", "p", "secret", "testkit-user", "stranger", "", "..", "../x", "\ud800", "x" * 300])

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=5),
    NAMES,
    st.sampled_from(
        ["{}", "[]", '{"a": NaN}', '{"keys": ["a"]}', "[" * 3000, '{"$or": 1}', '{"name": {"$regex": "("}}']
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)

DEEPEST = 5

MISTAKES = (
    ("viewer", "viewer {...f} fragment f on User {...f}"),  # a fragment that holds itself, at the wrong place
    ("{", "{ nothing "),
    ("}", "} }"),
    ("(", "(nothing: 3, "),
    ("{", "{ __typename @skip(if: $missing) "),
    ("query", "subscription"),
    ("mutation", "query"),
    (":", ": [[[["),
    ('"', '\\u0000"'),
)


@st.composite
def documents(draw: Draw) -> dict[str, Any]:
    """The body of a request: a query or a mutation of the schema, with its arguments as literals or variables."""
    is_query = draw(st.booleans())
    root = schema().query_type if is_query else schema().mutation_type
    assert root is not None
    writing = _Writing(draw)
    fields = " ".join(writing.field(root, 0) for _ in range(draw(st.integers(1, 3))))
    declared = ", ".join(f"${name}: {kind}" for name, kind in writing.declared.items())
    head = "query" if is_query else "mutation"
    text = f"{head} Q{f'({declared})' if declared else ''} {{ {fields} }}"
    if draw(st.integers(0, 9)) == 0:
        right, wrong = draw(st.sampled_from(MISTAKES))
        text = text.replace(right, wrong, 1)
    body: dict[str, Any] = {"query": text, "variables": writing.variables}
    if draw(st.integers(0, 9)) == 0:
        body[draw(st.sampled_from(["operationName", "variables", "extensions"]))] = draw(ODD)
    return body


class _Writing:
    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.declared: dict[str, str] = {}
        self.variables: dict[str, Any] = {}

    def field(self, parent: Any, depth: int) -> str:
        """One field of a type, under an alias so that two never collide."""
        name = self.draw(st.sampled_from(sorted(parent.fields)))
        field = parent.fields[name]
        given = []
        for argument, one in field.args.items():
            if isinstance(one.type, GraphQLNonNull) or self.draw(st.booleans()):
                given.append(f"{argument}: {self.argument(argument, one.type)}")
        alias = f"a{len(self.declared)}_{self.draw(st.integers(0, 99))}"
        arguments = f"({', '.join(given)})" if given else ""
        return f"{alias}: {name}{arguments}{self.selection(get_named_type(field.type), depth)}"

    def selection(self, kind: Any, depth: int) -> str:
        if isinstance(kind, GraphQLUnionType):
            return " { __typename }"
        if not isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            return ""
        if depth >= DEEPEST:
            return " { __typename }"
        return " { " + " ".join(self.field(kind, depth + 1) for _ in range(self.draw(st.integers(1, 3)))) + " }"

    def argument(self, name: str, kind: Any) -> str:
        """A variable, mostly: its value may be anything, where a literal must fit."""
        value = self.draw(ODD) if self.draw(st.integers(0, 14)) == 0 else self.value(name, kind)
        if self.draw(st.booleans()):
            try:
                literal = ast_from_value(value, kind)
            except Exception:  # no literal says that
                literal = None
            if literal is not None and "\ud800" not in str(value):
                return print_ast(literal)
        variable = f"v{len(self.declared)}"
        self.declared[variable] = str(kind)
        self.variables[variable] = value
        return f"${variable}"

    def value(self, name: str, kind: Any) -> Any:
        """A value that fits a type, and is likely to hit something that is there."""
        if isinstance(kind, GraphQLNonNull):
            return self.value(name, kind.of_type)
        if isinstance(kind, GraphQLList):
            return [self.value(name, kind.of_type) for _ in range(self.draw(st.integers(0, 3)))]
        if isinstance(kind, GraphQLInputObjectType):
            chosen = {
                inner: one.type
                for inner, one in kind.fields.items()
                if isinstance(one.type, GraphQLNonNull) or self.draw(st.integers(0, 2)) == 0
            }
            return {inner: self.value(inner, one) for inner, one in chosen.items()}
        if isinstance(kind, GraphQLEnumType):
            return self.draw(st.sampled_from(sorted(kind.values)))
        if kind.name == "Boolean":
            return self.draw(st.booleans())
        if kind.name in ("Int", "Int64"):
            return self.draw(st.integers(-2, 10) | st.integers(-(2**31), 2**31 - 1))
        if kind.name == "Float":
            return self.draw(st.floats(-10, 10))
        if kind.name in ("JSON", "JSONString", "Duration"):
            return self.draw(ODD)
        if name == "id" or kind.name == "ID":
            return self.draw(RUN_IDS)
        return self.draw(NAMES)

"""Owns GraphQL: executes a client's own document against the one schema (protocol.md 3).

Never by the name of the operation: old clients give most of theirs the same one (protocol.md 11).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    GraphQLUnionType,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from wandb_testkit.errors import NotModelledError
from wandb_testkit.server.context import Context
from wandb_testkit.server.document_size import MAX_DEPTH, MAX_LENGTH, refusal_of
from wandb_testkit.server.not_modelled import told
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers import KINDS_OF, RESOLVERS
from wandb_testkit.server.resolvers.table import Resolver
from wandb_testkit.wire.http import Request, Response, WireError, as_object, json_response

MAX_TOKENS = 10_000
"""Of one document; the longest that a client sends has some 1,500."""

CACHED_DOCUMENTS = 256
MAX_CACHED_LENGTH = 50_000
"""Longer documents are parsed each time they come, so that the cache stays small."""


def execute(context: Context, body: Mapping[str, Any]) -> Response:
    """Execute a document.

    Args:
        body: `query`, `variables` and `operationName` as sent; variables that the document does not declare are
            ignored.
    Raises:
        WireError: 400: the document does not fit the schema, or the variables do not fit the document.
        Refused: The server refuses what the document asks for.
    """
    query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(query, str):
        raise WireError("the body has no query")
    if name is not None and not isinstance(name, str):
        raise WireError("operationName should be a string")
    document = _document(query) if len(query) <= MAX_CACHED_LENGTH else _read_document(query)
    if isinstance(document, str):
        raise WireError(document)
    lent = [context]  # taken back below: an executor of graphql-core refers to itself, and lives until it is collected
    with context.server.lock:
        result = execute_sync(
            schema(),
            document,
            context_value=lent,
            variable_values=as_object(variables or {}, "variables"),
            operation_name=name or None,  # wandb 0.28+ sends ""
        )
    lent.clear()
    for error in result.errors or ():
        if isinstance(error.original_error, (Refused, WireError)):
            raise error.original_error
        if isinstance(error.original_error, NotModelledError):
            raise WireError(str(error.original_error))
        if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
            raise error.original_error
    if result.errors:
        raise WireError(_told(result.errors))
    return json_response({"data": result.data})


def operation_of(request: Request) -> str:
    """The name of a request's operation, "" if it has none."""
    found = re.search(rb"\b(?:query|mutation)\s+(\w+)", request.body[:10_000])
    return found.group(1).decode() if found else ""


def is_question(request: Request) -> bool:
    """Whether a request for GraphQL cannot but ask: its body, not packed, has no mutation anywhere."""
    is_plain = "content-encoding" not in request.headers and b"\\u" not in request.body
    return request.path == "/graphql" and is_plain and b"mutation" not in request.body


@lru_cache(maxsize=CACHED_DOCUMENTS)
def _document(query: str) -> DocumentNode | str:
    return _read_document(query)


def _read_document(query: str) -> DocumentNode | str:
    """The document, or what is wrong with it."""
    if len(query) > MAX_LENGTH:
        return f"the document has more than {MAX_LENGTH} characters"
    try:
        document = parse(query, max_tokens=MAX_TOKENS)
        if _depth(query) > MAX_DEPTH:
            return f"the document is nested more than {MAX_DEPTH} levels deep"
        if too_large := refusal_of(document):
            return too_large
        errors = validate(schema(), document)
    except GraphQLSyntaxError as error:
        return f"the document cannot be read: {error.message}"
    except RecursionError:
        return "the document is nested too deeply"
    return _told(errors) if errors else document


def _told(errors: list[GraphQLError]) -> str:
    return told(error.message for error in errors)


def _depth(query: str) -> int:
    """How deep the braces of a document are nested."""
    deepest = depth = 0
    for brace in re.findall(r"[{}]", query):
        depth += 1 if brace == "{" else -1
        deepest = max(deepest, depth)
    return deepest


# ---------------------------------------------------------------- the schema


@cache
def schema() -> GraphQLSchema:
    """The schema, with a resolver for each field that is no plain item of its parent."""
    text = resources.files("wandb_testkit.server").joinpath("schema.graphql").read_text(encoding="utf-8")
    built = build_schema(text)
    for type_name, fields in RESOLVERS.items():
        kind = built.type_map[type_name]
        if not isinstance(kind, GraphQLObjectType):
            raise TypeError(f"resolvers are given for {type_name}, which is no object type")
        for field_name, resolver in fields.items():
            kind.fields[field_name].resolve = _resolving(resolver)
    for type_name, kind_of in KINDS_OF.items():
        abstract = built.type_map[type_name]
        if not isinstance(abstract, (GraphQLInterfaceType, GraphQLUnionType)):
            raise TypeError(f"kinds are given for {type_name}, which is no interface and no union")
        abstract.resolve_type = _choosing(kind_of)
    for kind in built.type_map.values():
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) and not kind.name.startswith("__"):
            for field in kind.fields.values():
                for name, argument in field.args.items():
                    argument.out_name = _snake_case(name)
        elif isinstance(kind, GraphQLInputObjectType):
            for name, item in kind.fields.items():
                item.out_name = _snake_case(name)
    return built


def _resolving(resolver: Resolver) -> Callable[..., Any]:
    def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        return resolver(source, info.context[0], **arguments)

    return resolve


def _choosing(kind_of: Callable[[Any], str]) -> Callable[..., str]:
    def resolve_type(source: Any, info: Any, abstract_type: Any) -> str:
        return kind_of(source)

    return resolve_type


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z]+)", r"_\1", name).lower()

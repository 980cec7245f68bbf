"""Owns the shape of the tables that name a resolver for each field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Resolver = Callable[..., Any]
"""`f(source, context, **arguments)`; argument names in snake case."""

Fields = dict[str, Resolver]
"""Name of a field of one type -> its resolver."""

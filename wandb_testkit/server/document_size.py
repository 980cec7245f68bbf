"""Owns how large a GraphQL document may be, its fragments put in place; it is measured before it is validated.

A short document can name a fragment twice in one that is named twice in another, and so on; and to check that fields of
one name can be merged takes time with the square of their number.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_LENGTH = 200_000
"""Characters; the longest document of a client has some 10,000."""

MAX_DEPTH = 25
"""Introspection by tools goes down to 13, clients to 10."""

MAX_FIELDS = 5_000
"""The longest document of a client has some 500."""

MAX_REPEATED = 50
"""Fields and fragments that stand beside one of the same name."""


class Size(NamedTuple):
    """How many fields there are, how many of them are repeated, and how deep they are nested."""

    fields: int = 0
    repeated: int = 0
    depth: int = 0


def refusal_of(document: DocumentNode) -> str:
    """Why a document is too large, "" if it is not; a fragment within itself is for the validation to find."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    measuring = _Measuring(fragments)
    for definition in document.definitions:
        if isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode)):
            size = measuring.of(definition.selection_set)
            for has, most, what in (
                (size.depth, MAX_DEPTH, "levels"),
                (size.fields, MAX_FIELDS, "fields"),
                (size.repeated, MAX_REPEATED, "fields beside one of the same name"),
            ):
                if has > most:
                    return f"the document has more than {most} {what} once its fragments are put in place"
    return ""


class _Measuring:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode | None) -> Size:
        fields = repeated = depth = 0
        names: Counter[str] = Counter()
        for selection in selections.selections if selections is not None else ():
            if isinstance(selection, FieldNode):
                names[(selection.alias or selection.name).value] += 1
                inner = self.of(selection.selection_set)
                inner = Size(inner.fields + 1, inner.repeated, inner.depth + 1)
            elif isinstance(selection, FragmentSpreadNode):
                names[f"...{selection.name.value}"] += 1
                inner = self._of_fragment(selection.name.value)
            else:
                inner = self.of(getattr(selection, "selection_set", None))
            fields, repeated, depth = fields + inner.fields, repeated + inner.repeated, max(depth, inner.depth)
        return Size(fields, repeated + sum(names.values()) - len(names), depth)

    def _of_fragment(self, name: str) -> Size:
        if name not in self._known:
            self._known[name] = Size()  # within itself it has no size
            fragment = self._fragments.get(name)
            self._known[name] = Size() if fragment is None else self.of(fragment.selection_set)
        return self._known[name]

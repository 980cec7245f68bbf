"""Owns lists in pages, as GraphQL clients read them: edges, cursors and what comes after (protocol.md 3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wandb_testkit.records import Refusal
from wandb_testkit.server.refused import Refused

DEFAULT_FIRST = 50


def connection(nodes: Sequence[Any], first: int | None = None, after: str | None = None) -> dict[str, Any]:
    """One page of a list; a cursor is the number of nodes up to it.

    Raises:
        Refused: 400: the cursor is none of ours, or `first` is negative.
    """
    count = DEFAULT_FIRST if first is None else first
    if after and not (after.isascii() and after.isdigit() and len(after) < 16):
        raise Refused(Refusal(400, f"cursor {after!r} was not given out by this server"))
    if count < 0:
        raise Refused(Refusal(400, f"first should be 0 or more, not {count}"))
    start = int(after) if after else 0
    page = nodes[start : start + count]
    edges = [{"node": node, "cursor": str(number)} for number, node in enumerate(page, start + 1)]
    return {
        "edges": edges,
        "pageInfo": {
            "hasNextPage": start + len(page) < len(nodes),
            "endCursor": edges[-1]["cursor"] if edges else after or None,
        },
        "totalCount": len(nodes),
    }

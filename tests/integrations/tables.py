"""Owns tables in which autologgers keep ids, times and speeds: such cells are shown as being there.

And so are the names that clients make up of tables that another points to.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

MADE_UP_COLUMNS = frozenset({"ID", "Timestamp", "Elapsed Time", "Speed"})

TABLES = re.compile(rb"(?<=media/tables/t_)\w{8}")


INCREMENT = re.compile(rb"wandb-client-artifact://\w{128}|\b(?:None|\d+)-\d{13}(?=\.)")


def without_made_up_cells(name: str, content: bytes) -> bytes:
    """A file as it is, or a table with stars in the place of such cells."""
    if name.endswith(".table.json"):
        content = INCREMENT.sub(b"*", content)
    if not _has_made_up_cells(name, content):
        return TABLES.sub(b"*", content)
    table = json.loads(content)
    for row in table["data"]:
        for place, column in enumerate(table["columns"]):
            if column in MADE_UP_COLUMNS and row[place] is not None:
                row[place] = "*"
    return json.dumps(table).encode()


def made_up_sums(files: Mapping[str, bytes]) -> list[str]:
    """The sums of those tables, which are in names and rows: whole, and as names have them."""
    sums = [hashlib.sha256(content).hexdigest() for name, content in files.items() if _has_made_up_cells(name, content)]
    return [*sums, *(whole[:20] for whole in sums)]


def _has_made_up_cells(name: str, content: bytes) -> bool:
    return name.endswith(".table.json") and not MADE_UP_COLUMNS.isdisjoint(json.loads(content).get("columns", ()))

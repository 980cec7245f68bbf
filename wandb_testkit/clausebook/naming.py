"""Owns how a text names clauses: numbers, parts of a clause, ranges.

"RESUME-7a" and the rule "AUTO-4.c" name RESUME-7 and AUTO-4; "LOG-1 to LOG-6", "MAGIC-1..3" and "FORCE-1/2" name every
clause in between; "A.1" is a clause of its own and does not name "A.1.mode".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from wandb_testkit.spec.clauses import clauses

_NAME = re.compile(
    r"""(?<![\w.-])
    (?: (?P<family>[A-Z]{2,})-(?P<first>\d+)                       # RESUME-7
      | F\.(?P<list>[23])\.(?P<item>\d+)                           # F.2.9
      | (?P<whole>A\.1\.[a-z_]+ | A\.[1-4] | C\.[56] | E\.[12])    # A.1.mode
    )
    (?!\w*[A-Z_])
    (?: [a-z]\b )? (?: \.[a-z]\b )?                                # RESUME-7a, AUTO-4.c
    (?: (?:\s+to\s+|\s*\.\.\s*) (?:(?P=family)-|F\.(?P=list)\.)? (?P<last>\d+)
      | (?P<more>(?:/\d+)+)
    )?""",
    re.VERBOSE,
)


@functools.cache
def known_ids() -> frozenset[str]:
    """The number of every clause."""
    return frozenset(clause.id for clause in clauses())


def named(text: str) -> list[str]:
    """The clauses that a text names, in order, each once; numbers that look like one and are none are left out."""
    return list(dict.fromkeys(name for name in _names(text) if name in known_ids()))


def unknown(text: str) -> list[str]:
    """Numbers of known families that no clause has: mistakes of whoever wrote the text."""
    families = {name.rpartition("-")[0] for name in known_ids()} | {"F.2", "F.3", "A.1"}
    return [
        name
        for name in dict.fromkeys(_names(text))
        if name not in known_ids() and (name.rpartition("-")[0] or name.rpartition(".")[0]) in families
    ]


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text):
        if match["whole"]:
            yield match["whole"]
            continue
        start, number = (
            (f"{match['family']}-", match["first"]) if match["family"] else (f"F.{match['list']}.", match["item"])
        )
        yield f"{start}{number}"
        if match["last"]:
            yield from (f"{start}{between}" for between in range(int(number) + 1, int(match["last"]) + 1))
        if match["more"]:
            yield from (f"{start}{other}" for other in match["more"].strip("/").split("/"))

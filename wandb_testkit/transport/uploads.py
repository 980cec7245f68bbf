"""Owns which refused uploads of files are sent again, and how often: a file replaces what is there, so each try counts.

Observed: of 18 statuses that met the first upload of a file, 0.10.33 and 0.31.0 tried these again, and a connection
that was cut. Between 0.18 and 0.22 clients try every status again.
"""

from __future__ import annotations

from collections.abc import Callable

from wandb_testkit.records import FilesRecord, Record, Result

RETRIES = 20
"""After the first try (protocol.md 6.2); 0.10.33 goes on longer."""

RETRIED = {
    "0.10.33": frozenset({408, 409, 429, 500, 502, 503, 504}),
    "0.31.0": frozenset({429, *range(500, 600)} - {501}),
}
"""The wandb version -> the statuses that are tried again."""

NO_ANSWER = 0
"""The status of what did not arrive, or whose answer did not: it is always sent again."""


def arrived(record: Record, result: Result, version: str, send: Callable[[Record], Result]) -> Result:
    """What becomes of a record in the end that a server in this process has refused: files are sent again, at once.

    Nothing but a fault of the test's is over at the next try, so a refusal of any other kind stays.
    """
    if type(record) is not FilesRecord:
        return result
    for _ in range(RETRIES):
        refusal = result.refusal
        if refusal is None or not (refusal.on_purpose and refusal.how in ("refuse", "cut", "lose_answer")):
            break
        if refusal.status != NO_ANSWER and refusal.status not in RETRIED[version]:
            break
        result = send(record)
    return result

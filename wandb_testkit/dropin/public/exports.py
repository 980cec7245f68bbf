"""Owns the files that W&B exports histories to: a fresh run has none, and so has a run of the fake.

A real server writes them some time after the run; until then a client is told that the history is not in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class IncompleteRunHistoryError(Exception):
    """Rows of the run have not been exported yet."""


@dataclass(frozen=True)
class DownloadHistoryResult:
    """What was downloaded.

    Attributes:
        paths: The files.
        contains_live_data: Whether there are rows that are in none of them.
        errors: File -> what went wrong.
    """

    paths: list[Path]
    contains_live_data: bool
    errors: dict[Path, str] | None = None


def download_exports(has_rows: bool, require_complete_history: bool) -> DownloadHistoryResult:
    """The exports of a run of the fake: none.

    Raises:
        IncompleteRunHistoryError: It has rows, and all of them are wanted.
    """
    if has_rows and require_complete_history:
        raise IncompleteRunHistoryError
    return DownloadHistoryResult([], has_rows, {})

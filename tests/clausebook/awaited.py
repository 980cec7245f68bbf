"""The clauses that no test holds yet, each with the reason; the list only shrinks, and a test keeps it honest.

Take an entry out as soon as a test names its clause: the test of this list fails until you do.
"""

from __future__ import annotations

from collections.abc import Mapping

NO_CODE = "save_code is refused by name"
NO_FORK = "fork_from and resume_from are refused by name"
NO_LOG_FILES = "no log file is written yet"
NO_SHARED = "mode='shared' is refused by name"

AWAITED: Mapping[str, str] = {
    "A.1.fork_from": NO_FORK,
    "A.1.resume_from": NO_FORK,
    "A.1.save_code": NO_CODE,
    "RESUME-12": "what the fake server keeps of a run can always be read",
    "SHARED-1": NO_SHARED,
    "FORK-1": NO_FORK,
    "FORK-2": NO_FORK,
    "F.2.22": NO_LOG_FILES,
    "F.3.5": NO_FORK,
}
"""Number of a clause -> what is missing."""

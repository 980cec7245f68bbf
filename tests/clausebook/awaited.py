"""The clauses that no test holds yet, each with the reason; the list only shrinks, and a test keeps it honest.

Take an entry out as soon as a test names its clause: the test of this list fails until you do.
"""

from __future__ import annotations

from collections.abc import Mapping

NO_CODE = "save_code is refused by name"
NO_LOG_FILES = "no log file is written yet"

AWAITED: Mapping[str, str] = {
    "A.1.save_code": NO_CODE,
    "F.2.22": NO_LOG_FILES,
}
"""Number of a clause -> what is missing."""

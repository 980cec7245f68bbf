"""The clauses that no test holds yet, each with the reason; the list only shrinks, and a test keeps it honest.

Take an entry out as soon as a test names its clause: the test of this list fails until you do.
"""

from __future__ import annotations

from collections.abc import Mapping

NO_CODE = "save_code is refused by name"
NO_FORK = "fork_from and resume_from are refused by name"
NO_GYM = "monitor_gym is refused by name"
NO_LOG_FILES = "no log file is written yet"
NO_SHARED = "mode='shared' is refused by name"
NO_TENSORBOARD = "tensorboard is refused by name"

AWAITED: Mapping[str, str] = {
    "A.1.fork_from": NO_FORK,
    "A.1.monitor_gym": NO_GYM,
    "A.1.resume_from": NO_FORK,
    "A.1.save_code": NO_CODE,
    "A.1.sync_tensorboard": NO_TENSORBOARD,
    "A.1.tensorboard": NO_TENSORBOARD,
    "RESUME-12": "what the fake server keeps of a run can always be read",
    "SHARED-1": NO_SHARED,
    "TB-2": NO_TENSORBOARD,
    "TB-3": NO_TENSORBOARD,
    "GYM-2": NO_GYM,
    "FORK-1": NO_FORK,
    "FORK-2": NO_FORK,
    "F.2.22": NO_LOG_FILES,
    "F.3.5": NO_FORK,
}
"""Number of a clause -> what is missing."""

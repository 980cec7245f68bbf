"""Owns the faults of a server: which one a record or a request meets, and what its sender is then told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from wandb_testkit.artifact_records import ArtifactFileRequest, ArtifactRecord
from wandb_testkit.faults import Fault
from wandb_testkit.records import (
    AlertRecord,
    AnonymousAccountRequest,
    ExitRecord,
    FileRequest,
    FilesRecord,
    HistoryRecord,
    OutputRecord,
    PreemptingRecord,
    Refusal,
    StatsRecord,
    SummaryRecord,
    WatchRecord,
)

AFTER_THE_WORK = ("lose_answer", "malformed")
"""Ways of failing after which the server has what was sent, and its sender does not know."""

ADDING = (AlertRecord, AnonymousAccountRequest, WatchRecord, ArtifactRecord)
"""Records that add instead of replacing; clients that may repeat one name it, so the second is known (repeats.py)."""

REQUESTS: dict[type, str] = {
    **dict.fromkeys(
        (HistoryRecord, SummaryRecord, StatsRecord, OutputRecord, ExitRecord, PreemptingRecord), "file_stream"
    ),
    FilesRecord: "upload",
    FileRequest: "download",
    ArtifactFileRequest: "download",
}
"""The request over HTTP that a record is, as far as faults on requests go; all others are "graphql"."""

UNREAD = (HistoryRecord, SummaryRecord, StatsRecord, OutputRecord, FilesRecord, PreemptingRecord, ExitRecord)
"""Records whose answer says nothing that a client must know: one that is unreadable passes (protocol.md 4.5)."""


class ArmedFault:
    """A fault, the number that it has on its server, and how many records or requests of its kind came by."""

    __slots__ = ("fault", "met", "number")

    def __init__(self, fault: Fault, number: int) -> None:
        self.fault = fault
        self.number = number
        self.met = 0


def fault_on(kind: str, faults: Sequence[ArmedFault], files: Iterable[str] = (), *, request: str = "") -> Fault | None:
    """The first fault that is due for one more of this kind; each counts what came by until then.

    Args:
        files: What a file that it is about may be called.
        request: The kind of request that a record would be which did not come in one.
    """
    for armed in faults:
        if armed.fault.on not in ("any", kind, request):
            continue
        pattern = armed.fault.file
        if pattern is not None and not any(fnmatchcase(name, pattern) for name in files):
            continue
        armed.met += 1
        if armed.fault.nth in (None, armed.met):
            return armed.fault
    return None


def refusal_before(fault: Fault) -> Refusal | None:
    """What the sender is told instead of the work being done; None where the fault lets it be done."""
    if fault.how == "refuse":
        return Refusal(fault.reply, fault.text, on_purpose=True, retry_after=fault.retry_after)
    if fault.how == "cut":
        return Refusal(0, fault.text, on_purpose=True, how="cut")
    return None


def refusal_after(fault: Fault) -> Refusal | None:
    """What the sender makes of it that the work was done and the answer did not come through."""
    if fault.how not in AFTER_THE_WORK:
        return None
    return Refusal(0 if fault.how == "lose_answer" else 502, fault.text, on_purpose=True, how=fault.how)

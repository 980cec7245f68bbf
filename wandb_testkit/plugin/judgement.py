"""Owns what a test is told about its world at the end: data that production would have lost, runs nobody finished.

wandb never fails a script over lost data: it prints a line, or nothing, and the run lacks a row. That is what a test is
for, so here it fails. An unfinished run is no loss, because the end of a process finishes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wandb_testkit.recorder import RefusedRecord, path_of
from wandb_testkit.records import (
    KINDS,
    AnonymousAccountRequest,
    FileRequest,
    GraphQLRequest,
    HistoryRecord,
    RewindRequest,
    RunRecord,
    RunStatusRequest,
    ViewerRequest,
)

if TYPE_CHECKING:
    from wandb_testkit.world import World

MAX_LINES = 10

_ASKED = (AnonymousAccountRequest, FileRequest, GraphQLRequest, RewindRequest, RunStatusRequest, ViewerRequest)


def lost_data(world: World) -> str:
    """What was lost in a world without a word to the code under test; "" if nothing was."""
    recorder = world.recorder
    lines = [notice.message for notice in recorder.dropped_rows]
    lines += [_refusal_line(refused) for refused in recorder.refusals if _is_silent(refused)]
    if not lines:
        return ""
    return _listed(
        "data that this test logged was lost, and in production the script would have gone on without it:",
        lines,
        "Correct the call that logs it. If the loss itself is what you test, do it in a world of its own:",
        f"    with wandb_testkit.fake(profile={str(world.profile)!r}) as fake: ...",
    )


def unfinished_runs(names: list[str]) -> str:
    """What to say about runs that were finished in the test's stead."""
    which = "run " + repr(names[0]) if len(names) == 1 else f"{len(names)} runs ({', '.join(map(repr, names))})"
    it, was = ("it", "was") if len(names) == 1 else ("they", "were")
    return (
        f"the test left {which} unfinished; {it} {was} finished with exit code 0, as at the end of a process. "
        "Call run.finish(), or write `with wandb.init() as run:`; "
        "or allow it with @pytest.mark.wandb(allow_unfinished=True)."
    )


def refused_connections(messages: list[str]) -> str:
    """What to say about connections that were refused while the test went on."""
    return _listed(
        "the test went on although it was about to reach the network:",
        messages,
        "Find out why the code asks there; the ini option wandb_network says what is refused.",
    )


def left_behind(things: list[str]) -> str:
    """What to say about what a test left behind."""
    return _listed("the test left behind:", things)


def real_wandb_held(holders: list[str]) -> str:
    """What to say about code that took hold of the real wandb before the test."""
    return _listed(
        "the real wandb was imported before this test, and is still used where a name cannot be bound anew:",
        holders,
        "Run pytest with --wandb-fake: then it is the fake that is imported, everywhere.",
    )


def _listed(head: str, lines: list[str], *end: str) -> str:
    left = len(lines) - MAX_LINES
    shown = [f"  {line}" for line in lines[:MAX_LINES]] + ([f"  ... and {left} more"] if left > 0 else [])
    return "\n".join((head, *shown, *end))


def _is_silent(refused: RefusedRecord) -> bool:
    """Whether a refusal reached nobody: a refused question raises in the code under test, a fault is no news."""
    record, refusal = refused
    is_told = isinstance(record, _ASKED) or (isinstance(record, RunRecord) and record.starts)
    return not is_told and not refusal.on_purpose


def _refusal_line(refused: RefusedRecord) -> str:
    record, refusal = refused
    path = path_of(record)
    run = "" if path is None else f"run {path.run_id!r}: "
    what = KINDS[type(record)]
    if isinstance(record, HistoryRecord):
        steps = [row["_step"] for row in record.rows]
        what = (
            f"the row of step {steps[0]}" if len(steps) == 1 else f"{len(steps)} rows (steps {steps[0]} to {steps[-1]})"
        )
    status = f" ({refusal.status})" if refusal.status else ""
    return f"{run}the server refused {what}: {refusal.message}{status}"

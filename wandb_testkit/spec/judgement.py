"""Owns the comparison of a cell's outcome with what an implementation showed: field by field, from outside only.

Nothing is asked but the observation: objects, exceptions, requests, files and the runs at the end. What one cell cannot
show is listed in `UNSEEN`, by field, with the reason. Source: spec.md C.2 and the table of families in section B.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from wandb_testkit.observation import Observation, RunView
from wandb_testkit.profiles import Profile
from wandb_testkit.spec.cells import Cell
from wandb_testkit.spec.outcome import ERROR_CLASSES, Outcome
from wandb_testkit.spec.script_of_cell import (
    DUMMY,
    HINT,
    JUDGED,
    JUDGED_CONFIG,
    OTHER,
    PRIOR,
    PRIOR_CONFIG,
    PRIOR_ID,
    PRIOR_STEPS,
)

UNSEEN: Mapping[str, str] = {
    "run_id of an error before the server step": "no request names it, and no object comes back",
    "mode of an error": "no object comes back that has one",
    "owner of an error": "seen only where a request named the entity",
    "start of a dummy": "a disabled run has no step of its own",
    "network": "an upper bound: fewer requests agree as well",
    "previous - or untouched": "both leave the active run as it was",
    "resume_file unchanged or written": "one and the same where the file named the run already",
}
"""What one cell cannot show: the field, and why."""

GENERATED = re.compile(r"[0-9a-z]{8}\Z")
LOGIN_REQUESTS = frozenset({"viewer", "anonymous"})
RUN_REQUESTS = frozenset({"status", "rewind", "run"})
ANONYMOUS_ENTITY = "anonymous"

ERROR_WORDS: Mapping[str, re.Pattern[str]] = {
    "LOGIN": re.compile(r"log ?in|API key", re.I),
    "MUST_ABSENT": re.compile(r"n[o']t exist|not been initialized", re.I),
    "NEVER_EXISTS": re.compile(r"never.*exist|not allow resuming", re.I | re.S),
    "DELETED": re.compile(r"deleted", re.I),
    "VALIDATION": re.compile(r"resume", re.I),
    "ACTIVE_MUST": re.compile(r"must", re.I),
    "ID_IN_USE": re.compile(r"in use", re.I),
    "COMM_REJECTED": re.compile(r"401|403|not accepted|permission", re.I),
    "COMM_UNREACHABLE": re.compile(r"reach|refused|timed out|deadline exceeded", re.I),
}
"""What the message of an error has to say; texts changed between versions, words did not (protocol.md 5.2)."""


class _Sight:
    """What a field's check looks at."""

    __slots__ = ("active", "cell", "expected", "profile", "runs", "seen", "user")

    def __init__(self, cell: Cell, profile: Profile, expected: Outcome, seen: Observation, user: str) -> None:
        self.cell = cell
        self.profile = profile
        self.expected = expected
        self.seen = next(init for init in seen.inits if init.run == JUDGED)
        self.runs = {(run.mode, run.entity, run.id): run for run in seen.runs}
        self.user = user
        self.active = {"other": OTHER, "same": PRIOR}.get(cell.active, "")

    def active_view(self) -> RunView | None:
        """The run that was active before, as it is at the end."""
        run_id = PRIOR_ID if self.active == PRIOR else OTHER
        mode, entity = ("online", self.user) if self.cell.auth == "ok" else ("offline", "")
        return self.runs.get((mode, entity, run_id))

    def asked_run(self) -> tuple[str, str] | None:
        """Entity and id of the run that requests were about."""
        for kind, entity, run_id in self.seen.asked:
            if kind in RUN_REQUESTS:
                return entity, run_id
        return None


def disagreements(cell: Cell, profile: Profile, expected: Outcome, observation: Observation, *, user: str) -> list[str]:
    """What an observation of the cell's script shows that the outcome denies: a line a field, none if they agree.

    Args:
        user: The entity of the account that the machine is logged in with.
    """
    sight = _Sight(cell, profile, expected, observation, user)
    lines = []
    for field, check in CHECKS.items():
        saw = check(sight)
        if saw is not None:
            lines.append(f"{field}: expected {getattr(expected, field)!r}, saw {saw}")
    return lines


def _kind(at: _Sight) -> str | None:
    seen = at.seen
    if seen.error:
        saw = "error"
    elif seen.is_dummy:
        saw = "dummy"
    elif seen.returned != JUDGED:
        saw = "active"
    else:
        saw = "resumed" if seen.resumed else "new"
    return None if saw == at.expected.kind else f"{saw} ({seen.error}: {seen.message})" if seen.error else saw


def _error(at: _Sight) -> str | None:
    seen, error = at.seen, at.expected.error
    if error == "-":
        return None if not seen.error else f"{seen.error}: {seen.message}"
    is_class = seen.error == ERROR_CLASSES[at.profile][error]
    return None if is_class and ERROR_WORDS[error].search(seen.message) else f"{seen.error}: {seen.message}"


def _run_id(at: _Sight) -> str | None:
    word = at.expected.run_id
    if at.expected.kind == "active" or word == "-":
        return None  # which object came back is `kind` and `previous`
    if at.expected.kind == "error":
        asked = at.asked_run()
        if asked is None:
            return None if at.expected.error in ("ACTIVE_MUST", "ID_IN_USE") else "no request about a run"
        return None if _is_id(word, asked[1]) else asked[1]
    return None if _is_id(word, at.seen.run_id) else at.seen.run_id


def _is_id(word: str, run_id: str) -> bool:
    if word in ("given", "file"):
        return run_id == PRIOR_ID
    if word == "hint":
        return run_id == HINT
    if word == "dummy":
        return len(run_id) == 22
    return GENERATED.match(run_id) is not None


def _resumed(at: _Sight) -> str | None:
    if at.expected.kind in ("active", "error"):
        return None
    return None if at.seen.resumed == at.expected.resumed else str(at.seen.resumed)


def _start(at: _Sight) -> str | None:
    if at.expected.kind not in ("new", "resumed"):
        return None
    step = PRIOR_STEPS[-1] + 1 if at.expected.start == "last+1" else 0
    return None if at.seen.starting_step == step else str(at.seen.starting_step)


def _server(at: _Sight) -> str | None:
    cell, expected = at.cell, at.expected
    prior = at.runs.get(("online", at.user, PRIOR_ID))
    if expected.server == "untouched" or expected.run_id not in ("given", "file") or expected.owner != "user":
        was_there = cell.prior not in ("absent", "deleted") and (cell.active != "same" or cell.auth == "ok")
        if not was_there:
            if prior is not None and not (expected.server == "created" and expected.run_id in ("given", "file")):
                return f"a record of {PRIOR_ID!r} that should not be there"
        elif prior is None:
            return f"no record of {PRIOR_ID!r}"
        elif _loss_steps(prior) != PRIOR_STEPS or prior.config != PRIOR_CONFIG:
            return _shown(prior)
    entity = at.user if expected.owner == "user" else at.seen.entity
    own = ("online", entity, at.seen.run_id)
    others = {("online", at.user, PRIOR_ID), ("online", at.user, OTHER)}
    if expected.server != "untouched":
        others.add(own)
    unexpected = [run for key, run in at.runs.items() if key[0] == "online" and key not in others]
    if unexpected:
        return f"a record of {unexpected[0].path!r} that should not be there"
    if expected.server == "untouched":
        return None
    run = at.runs.get(own)
    if run is None:
        return "no record of the run"
    steps, config = _AFTER[expected.server]
    seen_steps = [row["_step"] for row in run.history]
    return None if (seen_steps, run.config) == (steps, config) else _shown(run)


_AFTER: Mapping[str, tuple[list[int], dict[str, int]]] = {
    "created": ([0], JUDGED_CONFIG),
    "overwritten": ([0], JUDGED_CONFIG),
    "appended": ([*PRIOR_STEPS, 0], JUDGED_CONFIG),
    "continued": ([*PRIOR_STEPS, PRIOR_STEPS[-1] + 1], {**PRIOR_CONFIG, **JUDGED_CONFIG}),
}
"""Server effect -> steps and config of the record, once the judged run has logged one row."""


def _loss_steps(run: RunView) -> list[int]:
    # Not history.steps(), which raises where the rows are gone: that is what is to be told.
    return [row["_step"] for row in run.history if "loss" in row]


def _shown(run: RunView) -> str:
    return f"{run.path} with steps {[row['_step'] for row in run.history]} and config {run.config}"


def _mode(at: _Sight) -> str | None:
    if at.expected.kind in ("active", "error"):
        return None
    return None if at.seen.mode == at.expected.mode else at.seen.mode


def _network(at: _Sight) -> str | None:
    kinds = {kind for kind, _, _ in at.seen.asked}
    saw = "full" if kinds & RUN_REQUESTS else "login" if kinds & LOGIN_REQUESTS else "forbidden"
    levels = ("forbidden", "login", "full")
    return None if levels.index(saw) <= levels.index(at.expected.network) else f"{saw}: {sorted(kinds)}"


def _owner(at: _Sight) -> str | None:
    expected, seen = at.expected, at.seen
    if expected.kind == "error":
        asked = at.asked_run()
        entity = asked[0] if asked is not None else ""
        return None if not entity or _is_owner(at, entity) else entity
    if expected.owner in ("active", "-"):
        return None
    if expected.owner == "local":
        return None if ("offline", seen.entity, seen.run_id) in at.runs else f"no local run of {seen.run_id!r}"
    return None if _is_owner(at, seen.entity) else seen.entity


def _is_owner(at: _Sight, entity: str) -> bool:
    return entity == at.user if at.expected.owner == "user" else entity.startswith(ANONYMOUS_ENTITY)


def _resume_file(at: _Sight) -> str | None:
    before, after = at.seen.resume_file
    word = at.expected.resume_file
    if word == "unchanged":
        agrees = after == before
    elif word == "removed":
        agrees = after is None
    else:
        agrees = after is not None and _is_id(_named_by_auto(at, before), after)
        if agrees and at.expected.kind in ("new", "resumed"):
            agrees = after == at.seen.run_id
    return None if agrees else f"{before!r} before and {after!r} after"


def _named_by_auto(at: _Sight, before: str | None) -> str:
    """Which id auto writes: the given one, else the one in the file, else a new one (AUTO-4)."""
    if at.expected.run_id != "active":
        return at.expected.run_id
    if at.cell.id != "none":
        return "given"
    return "generated" if before is None else "file"


def _previous(at: _Sight) -> str | None:
    word = at.expected.previous
    if not at.active:
        return None if word == "-" else "no active run"
    if word == "returned":
        return None if at.seen.returned == at.active else f"{at.seen.returned or 'nothing'} returned"
    view = at.active_view()
    state = "gone" if view is None else str(view.state)
    if word == "finished":
        return None if state == "finished" or _is_continued(at) else state
    if word == "shadowed" and at.seen.wandb_run != JUDGED:
        return f"wandb.run is {at.seen.wandb_run or None}"
    return None if state == "running" else state


def _is_continued(at: _Sight) -> bool:
    """The run that was finished is running again because the judged init() took its id."""
    return at.active == PRIOR and at.expected.kind in ("new", "resumed") and at.expected.run_id in ("given", "file")


def _wandb_run(at: _Sight) -> str | None:
    before = at.active or (DUMMY if at.cell.active == "dummy" else "")
    wanted = {"result": JUDGED, "unchanged": before, "none": ""}[at.expected.wandb_run]
    return None if at.seen.wandb_run == wanted else at.seen.wandb_run or "None"


def _warnings(at: _Sight) -> str | None:
    return None if at.seen.warnings == at.expected.warnings else str(sorted(at.seen.warnings))


CHECKS: Mapping[str, Callable[[_Sight], str | None]] = {
    "kind": _kind,
    "error": _error,
    "run_id": _run_id,
    "resumed": _resumed,
    "start": _start,
    "server": _server,
    "mode": _mode,
    "network": _network,
    "owner": _owner,
    "resume_file": _resume_file,
    "previous": _previous,
    "wandb_run": _wandb_run,
    "warnings": _warnings,
}
"""Field of the outcome -> what was seen instead, None where it agrees."""

"""Owns the check of C.1's equivalences on an implementation: a cell shows what the cell that stands for it shows.

No outcome is asked: two observations are compared, once what is made up (ids, names, accounts) has the same words in
both.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from wandb_testkit.observation import Observation
from wandb_testkit.profiles import Profile, to_profile
from wandb_testkit.spec.cells import Cell, quotient_of
from wandb_testkit.spec.script_of_cell import HINT, JUDGED, OTHER, PRIOR, PRIOR_ID, UNUSED_ID, script_of
from wandb_testkit.verification.cells import TARGET

RUN_FIELDS = (
    *("mode", "entity", "id", "project", "state", "exit_code", "config", "summary", "history", "tags", "group"),
    *("job_type", "notes", "resumed_from"),
)
"""What is compared of a run: all but its display name, which the server makes up."""

KNOWN_IDS = frozenset({"", PRIOR_ID, OTHER, HINT, UNUSED_ID})
"""The ids that a cell's script gives; W&B makes up the others."""


def difference(cell: Cell, profile: Profile | str) -> list[str]:
    """What the reference implementation shows in a cell and not in its quotient cell, a line a fact; none if alike.

    Source: spec.md C.1, "Equivalences".
    """
    known = to_profile(profile)
    stands_for = quotient_of(cell, known)
    # With the invalid word for an id nobody names P, so the active run P is for this call some other run: the worlds
    # differ in which run is active, and only the call itself and its own run can be compared.
    is_same_world = cell.active == stands_for.active
    mine, its = (
        _facts(TARGET.run(script_of(one, known), known), with_others=is_same_world) for one in (cell, stands_for)
    )
    return [
        f"{name}: {mine.get(name)!r}, in its quotient cell {its.get(name)!r}"
        for name in dict.fromkeys([*mine, *its])
        if mine.get(name) != its.get(name)
    ]


def _facts(seen: Observation, *, with_others: bool) -> dict[str, Any]:
    judged = next(init for init in seen.inits if init.run == JUDGED)
    words = _words(seen)
    facts = {field.name: _put(words, getattr(judged, field.name)) for field in dataclasses.fields(judged)}
    if not with_others:
        facts = {name: _put({PRIOR: OTHER, PRIOR_ID: OTHER}, value) for name, value in facts.items()}
    for run in seen.runs:
        if with_others or (judged.returned == JUDGED and run.id == judged.run_id):
            fields = {field: list(run.history) if field == "history" else getattr(run, field) for field in RUN_FIELDS}
            name = f"run {run.mode} {run.entity}/{run.project}/{words.get(run.id, run.id)}"
            facts[name] = {field: _put(words, value) for field, value in fields.items()}
    return facts


def _words(seen: Observation) -> Mapping[str, str]:
    """Made-up id -> what it is called here, by the order in which it was seen."""
    ids = [id for init in seen.inits for id in (init.run_id, *(asked[2] for asked in init.asked), *init.resume_file)]
    ids += [run.id for run in seen.runs]
    made_up = dict.fromkeys(id for id in ids if id is not None and id not in KNOWN_IDS)
    return {id: f"made up {at}" for at, id in enumerate(made_up)}


def _put(words: Mapping[str, str], value: Any) -> Any:
    """The value with words in the place of ids, whole texts and, in messages, between quotes or after a slash."""
    if type(value).__module__.startswith("wandb_testkit.sdk."):
        return type(value)  # classic's dummy answers with dummies, which are equal to everything
    if isinstance(value, str):
        if value in words:
            return words[value]
        return re.sub(r"(?<=['/])[0-9a-z]+\b", lambda found: words.get(found[0], found[0]), value)
    if isinstance(value, tuple):
        return tuple(_put(words, item) for item in value)
    return value

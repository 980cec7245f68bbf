"""Owns what a real client shows beside its answers: what it warns of in its own words, and what it asks the server."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from wandb_testkit.observation import ActionSeen
from wandb_testkit.recorder import path_of
from wandb_testkit.records import KINDS, Record, RunRecord
from wandb_testkit.wire.http import Request

SPOKEN: Mapping[str, re.Pattern[str]] = {
    "offline_fallback": re.compile(r"(?<!verify login in )offline mode|running offline", re.I),
    "anonymous_ignored": re.compile(r"anonymous", re.I),
    "reinit_bool": re.compile(r"reinit", re.I),
    "other_id_remembered": re.compile(r"auto resume run with id|loaded due to resume='auto'", re.I),
    "locked_key": re.compile(r"locked by", re.I),
    "shared_experimental": re.compile(r"experimental", re.I),
    "row_dropped": re.compile(r"must only increase in log calls", re.I),
}
"""Kind of warning -> how clients say it, at once: on lines that begin with the client's name."""

DROPPED = re.compile(r"(?:Tried to log to step|User provided step:) (\d+) (?:that )?is less than (?:the )?current step")
"""How clients since 0.12 say that a row was dropped: some time later, and at the latest when the run ends."""


def warnings_in(printed: str) -> frozenset[str]:
    """The kinds of warnings in what a client has printed."""
    lines = [line for line in printed.splitlines() if "WARNING" in line or "ERROR" in line]
    return frozenset(kind for kind, words in SPOKEN.items() if any(words.search(line) for line in lines))


def with_dropped_rows(
    seen: Sequence[ActionSeen], told: Iterable[tuple[Sequence[tuple[int, int]], str]]
) -> list[ActionSeen]:
    """What actions showed, each with the warning that came late: the first log() of that step is meant.

    Args:
        told: For each process, place in the script and step of each log(step=...), and all that it has printed.
    """
    by_place = {one.at: one for one in seen}
    for logged, printed in told:
        left = list(logged)
        for step in map(int, DROPPED.findall(printed)):
            meant = next((one for one in left if one[1] == step), None)
            if meant is not None:
                left.remove(meant)
                one = by_place.get(meant[0], ActionSeen(meant[0]))
                by_place[meant[0]] = dataclasses.replace(one, warnings=one.warnings | {"row_dropped"})
    return [by_place[place] for place in sorted(by_place)]


def asked_of(record: Record) -> tuple[str, str, str]:
    """What a record asked that came of a request: its kind, the entity and the run."""
    path = path_of(record)
    is_edit = isinstance(record, RunRecord) and not record.starts  # of a run that is active: no question of an init()
    return ("edit" if is_edit else KINDS[type(record)], path.entity if path else "", path.run_id if path else "")


def asked_by(request: Request) -> list[tuple[str, str, str]]:
    """What a request asked that got no answer: its kind, and the run it names."""
    try:
        body = json.loads(request.body)
        variables, query = body.get("variables") or {}, body["query"]
    except (ValueError, KeyError, AttributeError):
        return []
    for mark, (kind, name) in QUESTIONS.items():
        if mark in query:
            return [(kind, variables.get("entity") or "", variables.get(name) or "")]
    return []


QUESTIONS: Mapping[str, tuple[str, str]] = {
    "upsertBucket": ("run", "name"),
    "rewindRun": ("rewind", "runName"),
    "missingOk": ("status", "name"),
    "createAnonymous": ("anonymous", ""),
    "viewer": ("viewer", ""),
}
"""What a document has to contain -> the kind of question it is, and the variable that names the run."""

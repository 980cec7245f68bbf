"""Owns what a real client shows beside its answers: what it warns of in its own words, and what it asks the server."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

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

DROPPED = re.compile(r"Tried to log to step (\d+) that is less than the current step")
"""How clients with a Go core say that a row was dropped: some time later, and at the latest when the run ends."""


def warnings_in(printed: str) -> frozenset[str]:
    """The kinds of warnings in what a client has printed."""
    lines = [line for line in printed.splitlines() if "WARNING" in line or "ERROR" in line]
    return frozenset(kind for kind, words in SPOKEN.items() if any(words.search(line) for line in lines))


def steps_dropped(printed: str) -> list[int]:
    """The steps of rows that were dropped, as far as the client told of it by now."""
    return [int(step) for step in DROPPED.findall(printed)]


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
    "bucket(": ("status", "name"),
    "createAnonymous": ("anonymous", ""),
    "viewer": ("viewer", ""),
}
"""What a document has to contain -> the kind of question it is, and the variable that names the run."""

"""Owns the comparison of a prediction with an observation: what must be equal, and what has a placeholder.

Not compared: times, telemetry, texts of warnings, request counts about accounts (LOGIN-2), what a dummy answers beyond
its config and summary, and the fields that a prediction calls open.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wandb_testkit.observation import ActionSeen, InitSeen, Observation, RunView
from wandb_testkit.spec.judgement import ERROR_WORDS, LOGIN_REQUESTS, RUN_REQUESTS
from wandb_testkit.spec.model import GENERATED_NAME, USER
from wandb_testkit.spec.sight import BAD_ARGUMENT, MESSAGES, OPEN, PROBLEM

_PLACEHOLDER_ID = re.compile(r"gen\d{5}(0{14})?\Z")
_UNMET = re.compile(r"'gen\d{5}(?:0{14})?'|\bgen\d{5}(?:0{14})?\b")
_GENERATED_ID = re.compile(r"[0-9A-Za-z]+\Z")
_PLACEHOLDER_ENTITY = re.compile(rf"{USER}\Z|anonymous-\d+\Z")

_REASONS = {MESSAGES[error]: pattern for error, pattern in ERROR_WORDS.items()}
_REASONS[MESSAGES["BRANCH"]] = re.compile("fork|resume|rewind", re.I)
_REASONS[MESSAGES["REWIND_ABSENT"]] = re.compile("rewind", re.I)
_REASONS[PROBLEM] = re.compile(rf"\A{PROBLEM}$", re.M)  # what led to it may stand on the next lines
_REASONS[BAD_ARGUMENT] = re.compile(".")

_RUN_FIELDS = (
    *("mode", "entity", "project", "id", "name", "state", "exit_code", "config", "summary", "history"),
    *("tags", "group", "job_type", "notes", "resumed_from", "files", "alerts", "forked_from"),
)
NO_ERROR = "no error"

_ALERT_KEYS = ("title", "text", "level")
"""What an alert says; how long the next one is held back is the client's own."""


class Difference(NamedTuple):
    """One field in which an observation differs from the prediction.

    Attributes:
        aspect: What kind of field it is: "init.run_id", "action.warnings", "shown.step", "run.history", or "inits" and
            "runs" where their number differs. Where only one of both has an error it is "init.raises"; where a summary
            differs in nothing but `_step`, "run.step in the summary".
        where: The field of this very observation.
        expected, got: Its value in the prediction and in the observation, as text.
    """

    aspect: str
    where: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, got {self.got}"


def same(predicted: Observation, observed: Observation) -> list[str]:
    """Where an observation differs from the prediction: one line a field, expected first; none if they agree.

    Placeholders stand for whatever was seen in their place first, each for something of its own.
    """
    return [str(difference) for difference in differences(predicted, observed)]


def differences(predicted: Observation, observed: Observation) -> list[Difference]:
    """What same() tells, field by field."""
    names = _Names()
    for expected, got in zip(predicted.inits, observed.inits, strict=False):
        names.meet_init(expected, got)
    for mine, theirs in zip(predicted.runs, observed.runs, strict=False):
        names.meet_run(mine, theirs)
    found = [
        *_counted(
            "inits", "init() calls", [seen.run for seen in predicted.inits], [seen.run for seen in observed.inits]
        ),
        *(line for pair in zip(predicted.inits, observed.inits, strict=False) for line in _init_lines(names, *pair)),
        *_action_lines(predicted.actions, observed.actions),
        *_counted("runs", "runs", [names.of(run.id) for run in predicted.runs], [run.id for run in observed.runs]),
        *(line for pair in zip(predicted.runs, observed.runs, strict=False) for line in _run_lines(names, *pair)),
    ]
    return [one._replace(expected=_in_words(one.expected)) for one in found]


def _in_words(text: str) -> str:
    """What is expected, with words for placeholders that nothing was seen for."""
    text = _UNMET.sub("a new generated id", text)
    return text.replace(repr(GENERATED_NAME), GENERATED_NAME)


class _Names:
    """What the placeholders of a prediction stand for."""

    def __init__(self) -> None:
        self._meaning: dict[str, str] = {}

    def of(self, text: str) -> str:
        """The text with its placeholder filled in."""
        return self._meaning.get(text, text)

    def meet_init(self, expected: InitSeen, got: InitSeen) -> None:
        """Learn from what an init() showed."""
        self._meet(expected.run_id, got.run_id)
        self._meet(expected.entity, got.entity)
        for remembered, their_id in zip(expected.resume_file, got.resume_file, strict=True):
            self._meet(remembered or "", their_id or "")
        for mine, theirs in zip(_about_runs(expected), _about_runs(got), strict=False):
            self._meet(mine[2], theirs[2])
            self._meet(mine[1], theirs[1])

    def meet_run(self, expected: RunView, got: RunView) -> None:
        """Learn from a run."""
        self._meet(expected.id, got.id)
        self._meet(expected.entity, got.entity)

    def _meet(self, expected: str, got: str) -> None:
        if expected in self._meaning or not got or got in self._meaning.values():
            return
        is_id = _PLACEHOLDER_ID.match(expected) and _GENERATED_ID.match(got) and len(expected) == len(got)
        if is_id or _PLACEHOLDER_ENTITY.match(expected):
            self._meaning[expected] = got


def _about_runs(seen: InitSeen) -> list[tuple[str, str, str]]:
    return [asked for asked in seen.asked if asked[0] in RUN_REQUESTS]


def _counted(aspect: str, what: str, expected: Sequence[str], got: Sequence[str]) -> Iterator[Difference]:
    if len(expected) != len(got):
        yield Difference(aspect, what, *(f"{len(one)} ({', '.join(map(str, one))})" for one in (expected, got)))


def _init_lines(names: _Names, expected: InitSeen, got: InitSeen) -> Iterator[Difference]:
    where = f"init {expected.run!r}"
    for field, mine, theirs in _init_fields(names, expected, got):
        if mine != theirs:
            aspect = "raises" if field == "error" and not (mine and theirs) else field
            told = (NO_ERROR if field == "error" and not value else repr(value) for value in (mine, theirs))
            yield Difference(f"init.{aspect}", f"{where}: {field}", *told)
    if expected.message and not _REASONS[expected.message].search(got.message):
        yield Difference("init.message", f"{where}: message", repr(expected.message), repr(got.message))


def _init_fields(names: _Names, expected: InitSeen, got: InitSeen) -> Iterator[tuple[str, Any, Any]]:
    for field in ("error", "returned", "is_dummy", "wandb_run"):
        yield field, getattr(expected, field), getattr(got, field)
    yield "resume_file", tuple(name and names.of(name) for name in expected.resume_file), got.resume_file
    if expected.message in (PROBLEM, BAD_ARGUMENT):
        return
    yield "warnings", sorted(expected.warnings), sorted(got.warnings)
    accounts = {kind for kind, _, _ in got.asked} & LOGIN_REQUESTS
    yield "requests about accounts", set(), accounts - {kind for kind, _, _ in expected.asked}
    yield "requests about runs", *_requests(names, expected, got)
    yield "run_id", names.of(expected.run_id), got.run_id
    if expected.error:
        return
    yield "mode", expected.mode, got.mode
    yield "resumed", expected.resumed, got.resumed
    if not expected.is_dummy:
        yield "starting_step", expected.starting_step, got.starting_step
        yield "entity", names.of(expected.entity), got.entity


def _requests(names: _Names, expected: InitSeen, got: InitSeen) -> tuple[Any, Any]:
    """Kind, entity and id of the requests about runs; an entity that the client does not know yet may be left out."""
    theirs = _about_runs(got)
    mine = [(kind, names.of(entity), names.of(run_id)) for kind, entity, run_id in _about_runs(expected)]
    if len(mine) == len(theirs):
        mine = [
            (kind, their_entity and entity, run_id)
            for (kind, entity, run_id), (_, their_entity, _) in zip(mine, theirs, strict=True)
        ]
    return mine, theirs


def _action_lines(expected: Sequence[ActionSeen], got: Sequence[ActionSeen]) -> Iterator[Difference]:
    by_place = ({seen.at: seen for seen in expected}, {seen.at: seen for seen in got})
    for at in sorted({*by_place[0], *by_place[1]}):
        mine, theirs = (seen.get(at) or ActionSeen(at) for seen in by_place)
        if mine.error != theirs.error:
            aspect = "error" if mine.error and theirs.error else "raises"
            told = (seen.error or NO_ERROR for seen in (mine, theirs))
            yield Difference(f"action.{aspect}", f"action {at}: error", *told)
        if mine.warnings != theirs.warnings:
            kinds = (str(sorted(seen.warnings)) for seen in (mine, theirs))
            yield Difference("action.warnings", f"action {at}: warnings", *kinds)
        for name, value in mine.shown.items():
            if not _is_alike(value, theirs.shown.get(name)):
                shown = theirs.shown.get(name)
                yield Difference(
                    f"shown.{_part(name, value, shown)}", f"action {at}: {name} shown", repr(value), repr(shown)
                )


def _run_lines(names: _Names, expected: RunView, got: RunView) -> Iterator[Difference]:
    for field in _RUN_FIELDS:
        if field in expected.client.get(OPEN, ()):
            continue
        mine, theirs = getattr(expected, field), getattr(got, field)
        if field in ("id", "entity"):
            mine = names.of(mine)
        elif field == "history":
            mine, theirs = list(mine), list(theirs)
        elif field == "alerts":
            mine, theirs = ([{key: alert[key] for key in _ALERT_KEYS} for alert in one] for one in (mine, theirs))
        if not _is_alike(mine, theirs):
            meant = names.of(expected.id)
            where = f"run {got.id if _PLACEHOLDER_ID.match(meant) else meant!r}: {field}"
            yield Difference(f"run.{_part(field, mine, theirs)}", where, repr(mine), repr(theirs))


def _part(field: str, expected: Any, got: Any) -> str:
    """What of a field differs: in a summary, the step that the client adds is told from what the user logged."""
    if field != "summary" or not (isinstance(expected, Mapping) and isinstance(got, Mapping)):
        return field
    mine, theirs = ({key: value for key, value in one.items() if key != "_step"} for one in (expected, got))
    return "step in the summary" if _is_alike(mine, theirs) else field


def _is_alike(expected: Any, got: Any) -> bool:
    """Equal, NaN being equal to itself, and a name that the server made being any name."""
    if isinstance(expected, str) and expected == GENERATED_NAME:
        return isinstance(got, str) and got != ""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return expected.keys() == got.keys() and all(_is_alike(expected[key], got[key]) for key in expected)
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(map(_is_alike, expected, got))
    if isinstance(expected, float) and isinstance(got, float) and math.isnan(expected):
        return math.isnan(got)
    return bool(expected == got)

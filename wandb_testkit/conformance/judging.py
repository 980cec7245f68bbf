"""Owns the verdict on one case: what the spec predicts, what the target shows, and what of that counts.

A target's own objects are taken for what they print: one that says it equals everything proves nothing.
"""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from wandb_testkit.actions import Init, Script
from wandb_testkit.artifact_view import NO_ARTIFACTS
from wandb_testkit.conformance.capability import ASPECTS, Capability
from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.results import CaseResult, Outcome
from wandb_testkit.conformance.showing import reproduction
from wandb_testkit.conformance.target import Target, WrongTargetError
from wandb_testkit.history_view import History
from wandb_testkit.observation import ActionSeen, InitSeen, Observation, RunState, RunView
from wandb_testkit.spec.comparison import NO_ERROR, Difference, differences
from wandb_testkit.spec.model import Unspecified
from wandb_testkit.spec.predict import predict

MAX_DEPTH = 20

PLAIN: Script = (Init("run", {"project": "p"}),)
"""What no target refuses that is one."""

_UNKNOWN_ARGUMENT = re.compile("unexpected keyword argument")
"""How Python says that a function has no argument of that name."""


class NoObservation(Exception):
    """A target did not come to an observation; the text says what it came to."""


def judge(case: Case, target: Target, tries: int | None = None) -> CaseResult:
    """Run a case on a target, in this process, and compare what it judges with what the spec predicts.

    Args:
        tries: How often a case that fails is tried; None means as often as the target says.
    """
    found = _judge_once(case, target)
    for _ in range(1, target.tries if tries is None else tries):
        if found.outcome is not Outcome.FAIL:
            break
        found = _judge_once(case, target)
    return found


def _judge_once(case: Case, target: Target) -> CaseResult:
    began = time.perf_counter()
    missing = sorted(map(str, case.needs - target.claimed))
    if missing:
        return result(case, Outcome.SKIP, f"the target does not claim {', '.join(missing)}")
    try:
        predicted = predict(case.script, target.known_profile)
    except Unspecified as why:
        return result(case, Outcome.ERROR, f"the suite is wrong: spec.md leaves open what the script leads to: {why}")
    except Exception as error:
        told = f"the suite is wrong: the prediction raised {type(error).__name__}: {error}"
        return result(case, Outcome.ERROR, told, seconds=time.perf_counter() - began)
    try:
        observed = observe(target, case.script)
    except NoObservation as why:
        return failed(case, target, str(why), seconds=time.perf_counter() - began)
    return compared(case, target, predicted, observed, seconds=time.perf_counter() - began)


def compared(
    case: Case, target: Target, predicted: Observation, observed: Observation, *, seconds: float = 0.0
) -> CaseResult:
    """What the observation of a case comes to: PASS, or FAIL with what of it differs and is judged."""
    differing = _differing(target, predicted, observed, case.aspects(target.claimed))
    if not differing:
        return result(case, Outcome.PASS, seconds=seconds)
    return CaseResult(
        case.id,
        case.chapter,
        case.clauses,
        Outcome.FAIL,
        expected="\n".join(f"{one.where}: {one.expected}" for one in differing),
        got="\n".join(f"{one.where}: {one.got}" for one in differing),
        differences=tuple(map(str, differing)),
        crossed=crossed(observed),
        script=reproduction(case, target),
        seconds=seconds,
    )


def _differing(
    target: Target, predicted: Observation, observed: Observation, judged: Collection[str]
) -> list[Difference]:
    """Where an observation differs from the prediction, of what is judged."""
    found = [one for one in differences(predicted, observed) if one.aspect in judged]
    if Capability.ERROR_CLASSES not in target.claimed:
        found = [one._replace(expected="an error") if _lacks_error(one) else one for one in found]
        found += _no_refusals(target, predicted, observed)
    return found


def _lacks_error(one: Difference) -> bool:
    return one.aspect in ("init.raises", "action.raises") and one.got == NO_ERROR


def _no_refusals(target: Target, predicted: Observation, observed: Observation) -> Iterator[Difference]:
    """Where a value was to be refused, and the error says nothing about the value.

    It is no refusal that init() does not know the argument, nor an error that it raises without that, too.
    """
    for expected, got in zip(predicted.inits, observed.inits, strict=False):
        if not (expected.error and got.error) or expected.error == got.error:
            continue
        told = f"{got.error}: {got.message.strip()}"
        if got.error == "TypeError" and _UNKNOWN_ARGUMENT.search(got.message):
            yield Difference("init.raises", f"init {got.run!r}: error", "a refusal of the value", told)
        elif (plain := observe(target, PLAIN).inits) and plain[0].error:
            told = f"{told}; init(project='p') raises {plain[0].error}, too"
            yield Difference("init.raises", f"init {got.run!r}: error", "a refusal of the value", told)


def told_differences(target: Target, script: Script, judges: Iterable[str] | None = None) -> list[str]:
    """Where a target differs from the prediction: one line a field, expected first; none if they agree.

    Args:
        judges: The aspects that count (capability.ASPECTS); None means all that the target claims to show.
    Raises:
        NoObservation: The target did not come to an observation.
        Unspecified: spec.md leaves open what the script leads to.
    """
    claimed = target.claimed
    judged = [name for name, needs in ASPECTS.items() if claimed.issuperset(needs)] if judges is None else list(judges)
    found = _differing(target, predict(script, target.known_profile), observe(target, script), judged)
    return list(map(str, found))


def result(case: Case, outcome: Outcome, reason: str = "", *, seconds: float = 0.0) -> CaseResult:
    """What became of a case, where no more is to be told than why."""
    return CaseResult(case.id, case.chapter, case.clauses, outcome, reason, seconds=seconds)


def failed(case: Case, target: Target, reason: str, *, seconds: float) -> CaseResult:
    """A case in which the target came to nothing that could be compared."""
    return CaseResult(
        case.id,
        case.chapter,
        case.clauses,
        Outcome.FAIL,
        reason,
        expected="an observation",
        got=reason,
        script=reproduction(case, target),
        seconds=seconds,
    )


def observe(target: Target, script: Script) -> Observation:
    """What the target shows of a script, as plain values.

    Raises:
        NoObservation: run() raised, or returned something else.
        WrongTargetError: It says that it is declared wrongly.
    """
    try:
        shown = target.carry_out(script)
        if not isinstance(shown, Observation):
            raise NoObservation(f"run(script) returned {_text(shown)}, which is no Observation")
        return plain_observation(shown)
    except (NoObservation, WrongTargetError):
        raise
    except Exception as error:
        where = "".join(traceback.format_tb(error.__traceback__)[-2:])
        raise NoObservation(f"run(script) raised {type(error).__name__}: {error}\n{where}".rstrip()) from None


def crossed(observed: Observation) -> tuple[str, ...]:
    """What was seen between client and server, a line each: the questions of each init(), the records of each run."""
    asked = tuple(
        f"init {init.run!r}: {kind} {entity}/{run_id}" for init in observed.inits for kind, entity, run_id in init.asked
    )
    return (*asked, *(f"run {run.id!r}: {', '.join(run.requests)}" for run in observed.runs if run.requests))


# ---------------------------------------------------------------------- plain values


def plain_observation(shown: Observation) -> Observation:
    """The observation without any object of the target's own."""
    return Observation(
        tuple(map(_plain_init, shown.inits)),
        tuple(map(_plain_run, shown.runs)),
        tuple(map(_plain_action, shown.actions)),
    )


def _plain_init(seen: InitSeen) -> InitSeen:
    before, after = seen.resume_file
    return InitSeen(
        run=_text(seen.run),
        error=_text(seen.error),
        message=_text(seen.message),
        returned=_text(seen.returned),
        is_dummy=_plain(seen.is_dummy),
        run_id=_text(seen.run_id),
        resumed=_plain(seen.resumed),
        starting_step=_plain(seen.starting_step),
        mode=_text(seen.mode),
        entity=_text(seen.entity),
        wandb_run=_text(seen.wandb_run),
        asked=tuple((_text(kind), _text(entity), _text(run_id)) for kind, entity, run_id in seen.asked),
        resume_file=(_text_or_none(before), _text_or_none(after)),
        warnings=frozenset(map(_text, seen.warnings)),
    )


def _plain_action(seen: ActionSeen) -> ActionSeen:
    shown = {_text(name): _plain(value) for name, value in seen.shown.items()}
    if "tags" in shown and isinstance(shown["tags"], list):
        shown["tags"] = tuple(shown["tags"])
    return ActionSeen(int(seen.at), _text(seen.error), frozenset(map(_text, seen.warnings)), shown)


def _plain_run(run: RunView) -> RunView:
    state = str(run.state)
    return RunView(
        id=_text(run.id),
        entity=_text(run.entity),
        project=_text(run.project),
        name=_text_or_none(run.name),
        state=RunState(state) if state in {one.value for one in RunState} else state,  # type: ignore[arg-type] # as shown
        exit_code=_plain(run.exit_code),
        config=_plain(run.config),
        summary=_plain(run.summary),
        history=History([_plain(row) for row in run.history], run_id=_text(run.id)),
        tags=tuple(map(_text, run.tags)),
        group=_text_or_none(run.group),
        job_type=_text_or_none(run.job_type),
        notes=_text_or_none(run.notes),
        resumed_from=_plain(run.resumed_from),
        files={_text(name): bytes(content) for name, content in run.files.items()},
        artifacts=NO_ARTIFACTS,
        output=[],
        alerts=[_plain(alert) for alert in run.alerts],
        warnings=[],
        requests=[_text(kind) for kind in run.requests],
        mode=_text(run.mode),
        client={"config": _plain(run.client.get("config", {}))},
    )


def _plain(value: Any, depth: int = 0) -> Any:
    """The value if it is plain data through and through; of anything else the text that it prints."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if depth < MAX_DEPTH and isinstance(value, Mapping) and kind.__module__ != "unittest.mock":
        return {_text(key): _plain(item, depth + 1) for key, item in value.items()}
    if depth < MAX_DEPTH and kind in (list, tuple):
        items = [_plain(item, depth + 1) for item in value]
        return items if kind is list else tuple(items)
    return f"<{_text(value)}>"


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    try:
        return f"{type(value).__name__} object {value!r}"
    except Exception as error:  # whatever a target's repr does
        return f"{type(value).__name__} object whose repr raises {type(error).__name__}"


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)

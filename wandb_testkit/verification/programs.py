"""Owns the products of programs: WANDB_RESUME, auto over processes, several active runs, rows, metric definitions.

A product is told by its dimensions and by how a choice of words reads as a script. No outcome here: `agreement` asks
the oracle.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from wandb_testkit.actions import Action, DefineMetric, EndProcess, Finish, Init, Kill, Log, Look, Script, StartProcess
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec.cells import DIMENSIONS, Cell
from wandb_testkit.spec.script_of_cell import JUDGED, script_of

ProgramProduct = Literal["resume-variable", "auto", "active", "rows", "metrics"]
PROGRAM_PRODUCTS: tuple[ProgramProduct, ...] = get_args(ProgramProduct)

PROBE = "probe"
"""How the inits are called that only look at the resume file at the end."""


class Part(NamedTuple):
    """Programs of one length: the words of each place, and the script that a choice of them makes."""

    words: tuple[tuple[str, ...], ...]
    script: Callable[[Sequence[str], Profile], Script]

    @property
    def size(self) -> int:
        """How many programs there are."""
        return math.prod(map(len, self.words))


def parts(product: ProgramProduct, profile: Profile) -> tuple[Part, ...]:
    """The parts of a product, short programs first."""
    return _PARTS[product](profile)


def program_size(product: ProgramProduct, profile: Profile) -> int:
    """How many programs a product has."""
    return sum(part.size for part in parts(product, profile))


def programs(product: ProgramProduct, profile: Profile, start: int, stop: int) -> Iterator[Script]:
    """The programs with numbers from `start` up to `stop`; in each part the last place turns fastest."""
    before = 0
    for part in parts(product, profile):
        first, last = max(start - before, 0), min(stop - before, part.size)
        for number in range(first, last):
            yield part.script(_words_at(part.words, number), profile)
        before += part.size


def _words_at(words: Sequence[tuple[str, ...]], number: int) -> list[str]:
    backwards = []
    for place in reversed(words):
        number, digit = divmod(number, len(place))
        backwards.append(place[digit])
    return backwards[::-1]


# ---------------------------------------------------------------------- WANDB_RESUME (C.6, RESUME-9)

_VARIABLES: Mapping[str, str | None] = {
    "unset": None,
    "empty": "",
    **{word: word for word in ("auto", "allow", "must", "never", "true", "ALLOW", "other")},
}


def _resume_variable(profile: Profile) -> tuple[Part, ...]:
    words = (
        (*DIMENSIONS[profile]["resume"], "empty"),
        tuple(_VARIABLES),
        DIMENSIONS[profile]["prior"],
        ("none", "arg", "env"),
        ("unset", "offline", "disabled"),
    )
    return (Part(words, _with_variable),)


def _with_variable(words: Sequence[str], profile: Profile) -> Script:
    resume, variable, prior, id_, mode = words
    word = "unset" if resume == "empty" else resume
    cell = Cell(word, id_, prior, mode, "unset", "ok", "unset", "unset", "unset", "none", "no")
    value = _VARIABLES[variable]
    set_here = {} if value is None else {"WANDB_RESUME": value}
    script: list[Action] = []
    for action in script_of(cell, profile):
        if isinstance(action, StartProcess) and action.name == "main":
            script.append(dataclasses.replace(action, env={**action.env, **set_here}))
        elif isinstance(action, Init) and action.run == JUDGED and resume == "empty":
            script.append(Init(JUDGED, {**action.kwargs, "resume": ""}))
        else:
            script.append(action)
    return tuple(script)


# ---------------------------------------------------------------------- auto (D)

_WHERE = ("here", "there")
_ENDS = ("finish 0", "finish 1", "kill", "end 0", "end 1")
_RESUME = ("auto", "unset", "allow")
_PROJECTS = ("same", "other")
_PROCESS = (_WHERE, _PROJECTS, _RESUME, _ENDS)
# Directory and project of the first process are only names for the others to be the same as or not.
_FIRST_PROCESS = (("here",), ("same",), _RESUME, _ENDS)


def _auto(profile: Profile) -> tuple[Part, ...]:
    return tuple(Part((*_FIRST_PROCESS, *(_PROCESS * others)), _in_processes) for others in range(3))


def _in_processes(words: Sequence[str], profile: Profile) -> Script:
    script: list[Action] = []
    for at in range(0, len(words), len(_PROCESS)):
        directory, project, resume, end = words[at : at + len(_PROCESS)]
        run = f"run{at // len(_PROCESS) + 1}"
        kwargs = {"project": f"{project} project", **({} if resume == "unset" else {"resume": resume})}
        script += [StartProcess(run, directory=directory), Init(run, kwargs), Log(run, {"x": at})]
        script.append(_ended(run, end))
    for directory in _WHERE:
        script += [StartProcess(f"{PROBE} {directory}", directory=directory)]
        script += [Init(f"{PROBE} {directory}", {"mode": "disabled"})]
    return tuple(script)


def _ended(run: str, end: str) -> Action:
    how, _, code = end.partition(" ")
    return Kill() if how == "kill" else Finish(run, int(code)) if how == "finish" else EndProcess(int(code))


# ---------------------------------------------------------------------- several active runs (REINIT)

_LAST_RESUME = ("unset", "allow", "must")


def _active(profile: Profile) -> tuple[Part, ...]:
    return tuple(_active_part(profile, calls) for calls in range(1, 4))


def _active_part(profile: Profile, calls: int) -> Part:
    # The ids are names: the first call's is "a", each other call has one of those before or a new one.
    per_call = itertools.chain.from_iterable(
        (DIMENSIONS[profile]["reinit"], tuple("abc"[: n + 1])) for n in range(calls)
    )
    orders = tuple("".join(order) for order in itertools.permutations("123"[:calls]))
    return Part((("no", "yes"), *per_call, _LAST_RESUME, orders), _in_one_process)


_REINIT: Mapping[str, Any] = {"false": False, "true": True}


def _in_one_process(words: Sequence[str], profile: Profile) -> Script:
    notebook, *calls, resume, order = words
    script: list[Action] = [StartProcess("main", notebook=notebook == "yes")]
    how_many = len(calls) // 2
    for at in range(how_many):
        reinit, id_ = calls[2 * at : 2 * at + 2]
        kwargs: dict[str, Any] = {"id": id_}
        if reinit != "unset":
            kwargs["reinit"] = _REINIT.get(reinit, reinit)
        if at == how_many - 1 and resume != "unset":
            kwargs["resume"] = resume
        script += [Init(f"run{at + 1}", kwargs), Log(f"run{at + 1}", {"x": at})]
    for number in order:
        script += [Finish(f"run{number}"), Look(f"run{number}")]
    return tuple(script)


# ---------------------------------------------------------------------- rows (LOG-1 to LOG-4)

_STEPS: Mapping[str, int | None] = {"unset": None, "0": 0, "1": 1, "3": 3}
_COMMITS: Mapping[str, bool | None] = {"unset": None, "no": False, "yes": True}
_ONE_LOG = (("loss", "acc"), tuple(_STEPS), tuple(_COMMITS))


def _rows(profile: Profile) -> tuple[Part, ...]:
    return tuple(Part((("new", "resumed"), *(_ONE_LOG * calls)), _in_rows) for calls in range(1, 4))


def _in_rows(words: Sequence[str], profile: Profile) -> Script:
    start, *calls = words
    script: list[Action] = []
    if start == "resumed":  # at step 1: one word for steps means the open one, one a step that has gone by
        script += [Init("earlier", {"id": "p"}), Log("earlier", {"loss": 10}), Finish("earlier")]
    script += [Init("run", {"id": "p", **({"resume": "must"} if start == "resumed" else {})}), Look("run")]
    for at in range(0, len(calls), len(_ONE_LOG)):
        key, step, commit = calls[at : at + len(_ONE_LOG)]
        script += [Log("run", {key: at}, _STEPS[step], _COMMITS[commit]), Look("run")]
    return (*script, Finish("run"))


# ---------------------------------------------------------------------- metrics (SUMMARY-1, protocol.md 4.1, 4.3)

_BOTH_KEEP = ("min", "max", "mean", "last", "none", "copy", "min,max")
_KEPT: Mapping[Profile, tuple[str, ...]] = {
    CLASSIC: (*_BOTH_KEEP, "best minimize", "best maximize"),
    CURRENT: (*_BOTH_KEEP, "first"),
}
_VALUES = ("1", "2", "3")


def _metrics(profile: Profile) -> tuple[Part, ...]:
    return (Part((_KEPT[profile], *[_VALUES] * 3), _in_metrics),)


def _in_metrics(words: Sequence[str], profile: Profile) -> Script:
    kept, *values = words
    summary, _, goal = kept.partition(" ")
    script: list[Action] = [Init("run"), DefineMetric("run", "loss", summary, goal=goal or None)]
    for value in values:
        script += [Log("run", {"loss": int(value)}), Look("run")]
    return (*script, Finish("run"))


_PARTS: Mapping[ProgramProduct, Callable[[Profile], tuple[Part, ...]]] = {
    "resume-variable": _resume_variable,
    "auto": _auto,
    "active": _active,
    "rows": _rows,
    "metrics": _metrics,
}

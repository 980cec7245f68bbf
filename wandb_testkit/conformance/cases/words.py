"""Owns the words that cases are written in: actions in short, so that a script reads as a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from wandb_testkit.actions import Action, Finish, Init, Log, Look, StartProcess, UpdateConfig
from wandb_testkit.conformance.case import Case, case
from wandb_testkit.profiles import Profile
from wandb_testkit.spec.chapters.clause import BOTH

STEP = ("init.resumed", "init.starting_step")
REQUESTS = ("init.requests about runs",)
FILE = ("init.resume_file",)
ACCOUNTS = ("init.requests about accounts",)


class Chapter(Protocol):
    """Makes the cases of one chapter."""

    def __call__(
        self, name: str, /, clauses: str, script: Iterable[Action], *judges: str, profiles: tuple[Profile, ...] = BOTH
    ) -> Case: ...


def chapter(name: str) -> Chapter:
    """What makes the cases of a chapter: name, clauses as one text, script, and what is judged."""

    def make(
        of_case: str, /, clauses: str, script: Iterable[Action], *judges: str, profiles: tuple[Profile, ...] = BOTH
    ) -> Case:
        return case(f"{name}/{of_case}", clauses, script, *judges, profiles=profiles)

    return make


def init(run: str = "run", /, **kwargs: Any) -> Init:
    """`run = wandb.init(project="p", ...)`; project=None leaves it out."""
    given = {"project": "p", **kwargs}
    return Init(run, {name: value for name, value in given.items() if name != "project" or value is not None})


def log(run: str = "run", /, *, at: int | None = None, commit: bool | None = None, **data: Any) -> Log:
    """`run.log(data, step=at, commit=commit)`."""
    return Log(run, data, at, commit)


def config(run: str = "run", /, *, allow: bool | None = None, **values: Any) -> UpdateConfig:
    """`run.config.update(values, allow_val_change=allow)`."""
    return UpdateConfig(run, values, allow)


def look(run: str = "run") -> Look:
    """The program reads what its run says."""
    return Look(run)


def finish(run: str = "run", exit_code: int | None = None) -> Finish:
    """`run.finish(exit_code)`."""
    return Finish(run, exit_code)


def process(name: str, directory: str = "here", *, notebook: bool = False, **variables: str) -> StartProcess:
    """A process begins, with these WANDB_ variables: RESUME="allow"."""
    return StartProcess(name, directory, {f"WANDB_{key}": value for key, value in variables.items()}, notebook)


def one_run(*actions: Action, **kwargs: Any) -> tuple[Action, ...]:
    """One run that does this and ends well."""
    return (init(**kwargs), *actions, finish())


def earlier(*, rows: int = 3, end: Callable[[], Action] | None = None, **kwargs: Any) -> tuple[Action, ...]:
    """A process that makes run "a", logs a few rows and ends it; then another one."""
    logged = (log("earlier", loss=number) for number in range(rows))
    return (process("first"), init("earlier", id="a", **kwargs), *logged, finish("earlier"), process("second"))

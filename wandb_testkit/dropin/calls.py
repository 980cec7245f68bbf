"""Owns what the functions of the drop-in do; their signatures are in `classic` and `current`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from wandb_testkit.dropin.preinit import must_init
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk.restoring import restored_without_run
from wandb_testkit.world import World, current

_shown: WeakKeyDictionary[World, set[str]] = WeakKeyDictionary()
"""The lines that each world has shown so far, for `repeat=False`."""


def start_run(arguments: Callable[..., dict[str, Any]], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """init() in the world in force.

    Args:
        arguments: Has the signature that the caller sees. The world may be of the other profile, so it is given names.
    Raises:
        TypeError: An argument that the signature does not have.
    """
    given = arguments(*args, **kwargs)
    return current().init(**{name: value for name, value in given.items() if value is not None})


def active_run(what: str) -> Any:
    """The run that `wandb.what()` speaks to.

    Raises:
        Error: There is none (GLOBAL-1).
    """
    run = current().session.run
    if run is None:
        raise must_init(what)
    return run


def end_run(profile: Profile, exit_code: int | None) -> None:
    """End what `wandb.run` shows, as finish() does: that may be something a test has put there (GLOBAL-3)."""
    from wandb_testkit.dropin.tree import tree_of

    run = tree_of(profile).root.run
    if run is not None:
        run.finish(exit_code=exit_code)


def restore(name: str, run_path: str | None, replace: bool, root: str | None) -> Any:
    """restore() of the run, or without one."""
    session = current().session
    run = session.run
    if run is not None and not run.disabled:
        return run.restore(name, run_path, replace, root)
    return restored_without_run(session, name, run_path, replace, root)


def log_in(**arguments: Any) -> bool:
    """login() in the world in force, with the arguments that were given: the world may be of the other profile."""
    return current().login(**{name: value for name, value in arguments.items() if value is not None})


def show_line(text: str, level: str, *, repeat: bool = True, prefix: bool = True) -> None:
    """Show a line on the world's terminal; without `repeat`, once in a world.

    The terminal keeps text and level; how a real one is decorated (`prefix`, line ends) leaves no trace.
    """
    world = current()
    shown = _shown.setdefault(world, set())
    if repeat or text not in shown:
        shown.add(text)
        world.session.terminal.line(text, level=level)

"""A run in a notebook, in a real bare IPython shell: hooks, displayed data, `%wandb`, what is saved, and the end of it.

Only a kernel's shell has a `kernel`, so that of current gets one; real kernels are in tests/notebook.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.sdk.init import _WandbInit

HISTORY = "code/_session_history.ipynb"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """IPython's shell, which is one per process while the test runs."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # a shell brings one of its own
    config = Config()
    config.HistoryManager.enabled = False  # no database
    shell: Any = InteractiveShell.instance(config=config)
    yield shell
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notebook(make_world: Callable[..., wt.World], profile: Profile, shell: Any, clock: Clock) -> wt.World:
    """A world of each profile whose process is the shell's."""
    if profile is CURRENT:
        shell.kernel = SimpleNamespace(language_info={"name": "python", "version": "3"})
    world = make_world(profile, notebook=None, clock=clock)
    shell.user_ns.update(world=world, init=world.init)
    return world


def hooks(shell: Any) -> dict[str, int]:
    """How many hooks there are: callbacks that IPython did not bring, and wrappers of publish."""
    own = {
        event: sum("wandb_testkit" in getattr(callback, "__module__", "") for callback in callbacks)
        for event, callbacks in shell.events.callbacks.items()
    }
    return {
        "pre_run_cell": own["pre_run_cell"],
        "post_run_cell": own["post_run_cell"],
        "publish": int(hasattr(shell.display_pub, "_orig_publish")),
    }


ONE_OF_EACH = {"pre_run_cell": 1, "post_run_cell": 1, "publish": 1}
NONE = {"pre_run_cell": 0, "post_run_cell": 0, "publish": 0}


def cells(shell: Any, *sources: str) -> None:
    """Run cells as a notebook does; a cell that raises fails the test."""
    for source in sources:
        shell.run_cell(source, store_history=True).raise_error()


DISPLAY = """
from IPython.display import display
class Rich:
    def _repr_html_(self):
        return "<b>rich</b>"
    def _repr_png_(self):
        return b"\\x89PNG"
display(Rich())
"""


# ---------------------------------------------------------------------- hooks


def test_a_run_puts_its_hooks_in_place(notebook: wt.World, shell: Any) -> None:
    """JUPYTER-1"""
    original = shell.display_pub.publish

    notebook.init()

    assert hooks(shell) == ONE_OF_EACH
    assert shell.display_pub._orig_publish == original
    assert shell.display_pub.publish != original


def test_a_second_setup_registers_nothing_twice(notebook: wt.World, shell: Any) -> None:
    """JUPYTER-1"""
    notebook.init()

    starting = _WandbInit(notebook.session)
    starting._jupyter_setup({})

    assert hooks(shell) == ONE_OF_EACH
    starting.teardown()
    assert hooks(shell) == ONE_OF_EACH  # they are the run's


def test_finish_leaves_the_shell_as_it_was(notebook: wt.World, shell: Any) -> None:
    """JUPYTER-3"""
    before = ({event: list(own) for event, own in shell.events.callbacks.items()}, dict(vars(shell.display_pub)))

    notebook.init().finish()

    after = ({event: list(own) for event, own in shell.events.callbacks.items()}, dict(vars(shell.display_pub)))
    assert after == before
    assert not hasattr(shell.display_pub, "_orig_publish")


def test_a_publish_that_somebody_else_wrapped_is_restored(notebook: wt.World, shell: Any) -> None:
    """JUPYTER-3"""
    seen: list[Any] = []
    shell.display_pub.publish = wrapped = lambda data, *args, **kwargs: seen.append(data)

    with notebook.init():
        shell.display_pub.publish({"text/plain": "x"}, source="old")

    assert shell.display_pub.publish is wrapped
    assert seen == [{"text/plain": "x"}]


def test_reinit_leaves_one_hook_of_each_kind(notebook: wt.World, shell: Any) -> None:
    """JUPYTER-6, REINIT-4, DEV-20"""
    runs = [notebook.init() for _ in range(3)]

    assert len({run.id for run in runs}) == 3
    assert [run.state for run in notebook.runs] == ["finished", "finished", "running"]
    assert hooks(shell) == ONE_OF_EACH
    runs[-1].finish()
    assert hooks(shell) == NONE


def test_a_failed_init_leaves_no_hook(notebook: wt.World, shell: Any) -> None:
    """ERR-4, JUPYTER-3"""
    with pytest.raises(wt.UsageError):
        notebook.init(id="gone", resume="must")

    assert hooks(shell) == NONE


def test_a_returned_run_keeps_the_hooks_it_has(notebook: wt.World, shell: Any) -> None:
    """REINIT-10, JUPYTER-1"""
    run = notebook.init()
    before = list(shell.events.callbacks["pre_run_cell"])

    again = notebook.init(reinit=False)

    assert again is run
    assert shell.events.callbacks["pre_run_cell"] == before


def test_disabled_mode_touches_nothing(notebook: wt.World, shell: Any) -> None:
    """JUPYTER-4"""
    notebook.init(mode="disabled")

    assert hooks(shell) == NONE
    assert "wandb" not in shell.magics_manager.magics["line"]


def test_current_leaves_a_shell_in_a_terminal_alone(make_world: Callable[..., wt.World], shell: Any) -> None:
    """JUPYTER-5, CONFIG-8, REINIT-4"""
    world = make_world(CURRENT, notebook=None)

    first: Any = world.init(config={"lr": 1})

    assert hooks(shell) == NONE
    with pytest.raises(wt.ConfigError):
        first.config["lr"] = 2
    assert world.init() is not first  # here a terminal counts as a notebook


def test_config_may_change_in_a_notebook(notebook: wt.World) -> None:
    """CONFIG-8"""
    run: Any = notebook.init(config={"lr": 1})

    run.config["lr"] = 2

    assert run.config["lr"] == 2
    with pytest.raises(wt.ConfigError):
        run.config.update({"lr": 3}, allow_val_change=False)


def test_a_world_that_closes_leaves_no_hook(shell: Any) -> None:
    """JUPYTER-3"""
    world = wt.fake(profile=CLASSIC, environ={}).enter()
    world.init()
    before = hooks(shell)

    world.close()

    assert (before, hooks(shell)) == (ONE_OF_EACH, NONE)


# ---------------------------------------------------------------------- pause and resume


def test_between_cells_the_runtime_goes_on_in_classic_and_stands_still_in_current(
    notebook: wt.World, shell: Any, clock: Clock, profile: Profile
) -> None:
    """JUPYTER-2"""
    shell.user_ns["clock"] = clock
    cells(shell, "run = init()\nclock.now += 10\nrun.log({'a': 1})")
    clock.now += 100
    notebook.session.run.log({"a": 2})  # type: ignore[union-attr] # a thread that logs between cells
    clock.now += 100
    cells(shell, "clock.now += 10\nrun.log({'a': 3})", "clock.now += 10\nrun.finish()")

    assert notebook.run.history["_runtime"] == ([10, 110, 220] if profile is CLASSIC else [10.0, 10.0, 20.0])
    assert [row["a"] for row in notebook.run.history] == [1, 2, 3]


# ---------------------------------------------------------------------- displayed data


def test_what_a_cell_displays_is_recorded_and_still_displayed(
    notebook: wt.World, shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """JUPYTER-1"""
    shown: list[Any] = []
    shell.display_pub.publish = lambda data, *args, **kwargs: shown.append(data)
    starting = _WandbInit(notebook.session)
    starting._jupyter_setup({})
    assert starting.notebook is not None

    cells(shell, "1 + 1", DISPLAY, "display(2); display(3)")

    outputs = starting.notebook.outputs
    starting.teardown()
    rich, two, three = shown
    assert (rich["text/html"], rich["image/png"]) == ("<b>rich</b>", b"\x89PNG")
    assert {count: [one["data"] for one in some] for count, some in outputs.items()} == {
        2: [{**rich, "image/png": "iVBORw=="}],
        3: [two, three],
    }


# ---------------------------------------------------------------------- %wandb


def magic(shell: Any, line: str = "", cell: str | None = None) -> list[Any]:
    """What the magic displays."""
    shown: list[Any] = []
    original = shell.display_pub.publish
    shell.display_pub.publish = lambda data, *args, **kwargs: shown.append(data)
    try:
        if cell is None:
            shell.run_line_magic("wandb", line)
        else:
            shell.run_cell_magic("wandb", line, cell)
    finally:
        shell.display_pub.publish = original
    return shown


@pytest.fixture
def in_classic(make_world: Callable[..., wt.World], shell: Any) -> wt.World:
    world = make_world(CLASSIC, notebook=None)
    shell.user_ns.update(init=world.init)
    return world


def test_the_line_magic_shows_the_run(in_classic: wt.World, shell: Any) -> None:
    """JUPYTER-1"""
    run: Any = in_classic.init(project="digits", config={"lr": 0.125}, notes="<script>")
    for step in range(5):
        run.log({"loss": 1 / (step + 1)})

    (shown,) = magic(shell)

    assert shown["text/plain"] == f"<Run {run.path}>"
    assert shown["text/html"].startswith("<iframe srcdoc=")
    assert all(text in shown["text/html"] for text in ("digits", "0.125", "loss", "svg"))
    assert "<script>" not in shown["text/html"]


def test_the_magic_shows_the_last_run_when_none_is_active(in_classic: wt.World, shell: Any) -> None:
    """JUPYTER-1"""
    run: Any = in_classic.init(project="digits")
    run.finish()

    (shown,) = magic(shell)

    assert "digits" in shown["text/html"]


def test_the_cell_magic_runs_the_cell_and_then_shows_its_run(in_classic: wt.World, shell: Any) -> None:
    """JUPYTER-1"""
    in_classic.init().finish()  # registers the magic

    (shown,) = magic(shell, cell="run = init(project='of-the-cell'); run.log({'loss': 1})")

    assert "of-the-cell" in shown["text/html"]
    assert in_classic.runs[-1].history["loss"] == [1]


def test_the_magic_says_where_there_is_no_run(in_classic: wt.World, shell: Any) -> None:
    """JUPYTER-1"""
    in_classic.init()

    with wt.fake(profile=CLASSIC, environ={}):
        (shown,) = magic(shell)

    assert shown["text/plain"] == "No run to show: call wandb.init() first; %wandb shows the run that it started."


def test_the_magic_says_what_it_does_not_take(
    in_classic: wt.World, shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """JUPYTER-1"""
    in_classic.init()

    assert magic(shell, "--height 3") == []
    assert capsys.readouterr().out == "%wandb takes no arguments but --display; got '--height 3'\n"


def test_current_has_no_magic_of_its_own(notebook: wt.World, shell: Any, profile: Profile) -> None:
    """JUPYTER-1"""
    notebook.init()

    assert ("wandb" in shell.magics_manager.magics["line"]) is (profile is CLASSIC)


# ---------------------------------------------------------------------- what is saved


def saved(world: wt.World) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(world.run.files[HISTORY])
    return document


def test_the_history_of_the_session_is_saved_as_a_notebook(notebook: wt.World, shell: Any) -> None:
    """JUPYTER-3, CODE-1"""
    cells(shell, "x = 1", "run = init(save_code=True)", DISPLAY, "x + 1", "run.finish()", "too = 'late'")

    document = saved(notebook)

    assert [cell["source"].strip() for cell in document["cells"]] == [
        "x = 1",
        "run = init(save_code=True)",
        DISPLAY.strip(),
        "x + 1",
        "run.finish()",
    ]
    assert document["cells"][2]["outputs"][0]["data"]["text/html"] == "<b>rich</b>"
    assert document["cells"][3]["outputs"] == [
        {"output_type": "execute_result", "execution_count": 4, "data": {"text/plain": "2"}, "metadata": {}}
    ]
    assert (document["nbformat"], document["metadata"]["language_info"]["name"]) == (4, "python")
    assert notebook.run.client["config"]["session_history"] == HISTORY


def test_the_saved_history_is_a_valid_notebook(notebook: wt.World, shell: Any) -> None:
    """JUPYTER-3, CODE-1"""
    cells(shell, "run = init(save_code=True)", DISPLAY, "1", "run.finish()")

    nbformat.validate(saved(notebook))


@pytest.mark.parametrize("save_code", [None, False])
def test_without_save_code_no_history_is_saved(notebook: wt.World, shell: Any, save_code: bool | None) -> None:
    """JUPYTER-3, CODE-1"""
    shell.user_ns["save_code"] = save_code

    cells(shell, "run = init(save_code=save_code)", "run.finish()")

    assert notebook.run.files == {}
    assert notebook.recorder.warnings == []


def test_the_notebook_itself_is_saved_as_it_is_after_each_cell(
    make_world: Callable[..., wt.World],
    profile: Profile,
    shell: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CODE-1"""
    if profile is CURRENT:
        shell.kernel = SimpleNamespace(language_info={"name": "python"})
    monkeypatch.chdir(tmp_path)
    document = tmp_path / "my.ipynb"
    document.write_text("{}")
    world = make_world(profile, notebook=None, environ={"WANDB_NOTEBOOK_NAME": "my.ipynb"})
    shell.user_ns.update(init=world.init, document=document)

    cells(shell, "run = init(save_code=True)", "document.write_text('{\"cells\": []}')")
    after_a_cell = world.run.files["code/my.ipynb"]
    cells(shell, "run.finish()")

    assert after_a_cell == b'{"cells": []}'
    assert set(world.run.files) == {"code/my.ipynb", HISTORY}
    assert world.run.client["config"]["code_path"] == "code/my.ipynb"


def test_a_session_without_history_saves_none(notebook: wt.World, shell: Any) -> None:
    """JUPYTER-3"""
    notebook.init(save_code=True).finish()

    assert notebook.run.files == {}

"""Runs in a real Jupyter kernel: what its user sees, and what is left in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.notebook.conftest import Kernel

OPEN = """
import wandb_testkit as wt
world = wt.fake(profile={profile!r}).enter()
init = world.init
"""

CLOCK = """
import wandb_testkit as wt
class Clock:
    now = 1000.0
    def time(self):
        return self.now
    def before_a_cell(self, info):
        self.now += 100
clock = Clock()
get_ipython().events.register("pre_run_cell", clock.before_a_cell)
init = (world := wt.fake(profile={profile!r}, clock=clock).enter()).init
"""
"""A world in which 100 seconds pass between cells."""

HOOKS = """
shell = get_ipython()
[sum("wandb_testkit" in getattr(f, "__module__", "") for f in shell.events.callbacks[event])
 for event in ("pre_run_cell", "post_run_cell")] + [hasattr(shell.display_pub, "_orig_publish")]
"""

RICH = """
from IPython.display import display
class Rich:
    def _repr_html_(self):
        return "<b>rich</b>"
display(Rich())
"""


@pytest.fixture(params=["classic", "current"])
def profile(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


def quiet(kernel: Kernel, *cells: str) -> None:
    """Run cells of which nothing is to be seen."""
    for cell in cells:
        seen = kernel.run(cell)
        assert (seen.stdout, seen.stderr, seen.displayed, seen.error) == ("", "", [], None), cell


def test_a_session_in_a_kernel(kernel: Kernel, profile: str) -> None:
    """JUPYTER-1, JUPYTER-2, JUPYTER-3, JUPYTER-5, JUPYTER-6, REINIT-4, CONFIG-8, CODE-1"""
    quiet(kernel, OPEN.format(profile=profile))
    quiet(kernel, "first = init(config={'lr': 1}, save_code=True)")
    assert kernel.value(HOOKS) == "[1, 1, True]"

    quiet(kernel, "first.config['lr'] = 2")  # allowed in notebooks
    shown = kernel.run(RICH).displayed
    quiet(kernel, "first.log({'loss': 1})")

    assert [data["text/html"] for data in shown] == ["<b>rich</b>"]
    quiet(kernel, "second = init(save_code=True)")  # acts as reinit=True
    assert kernel.value("[run.state.value for run in world.runs]") == "['finished', 'running']"
    assert kernel.value(HOOKS) == "[1, 1, True]"

    quiet(kernel, "second.finish()")
    assert kernel.value(HOOKS) == "[0, 0, False]"

    told = kernel.run("import sys; sys.stdout.write(world.runs[0].files['code/_session_history.ipynb'].decode())")
    cells: list[dict[str, Any]] = json.loads(told.stdout)["cells"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert cells[-1]["source"] == "second = init(save_code=True)"
    (rich,) = [cell for cell in cells if cell["source"].strip() == RICH.strip()]
    assert [output["data"]["text/html"] for output in rich["outputs"]] == ["<b>rich</b>"]
    assert kernel.value("(world.runs[0].config, world.runs[0].history['loss'])") == "({'lr': 2}, [1])"


def test_time_between_cells(kernel: Kernel, profile: str) -> None:
    """JUPYTER-2"""
    quiet(kernel, CLOCK.format(profile=profile), "run = init()")
    quiet(kernel, "clock.now += 1; run.log({'a': 1})", "clock.now += 1; run.log({'a': 2})", "run.finish()")

    counted = kernel.value("[int(seconds) for seconds in world.run.history['_runtime']]")

    assert counted == ("[101, 202]" if profile == "classic" else "[1, 2]")


def test_the_magic_shows_the_run_or_that_there_is_none(kernel: Kernel) -> None:
    """JUPYTER-1"""
    quiet(kernel, OPEN.format(profile="classic"), "run = init(project='digits', id='abc')", "run.log({'loss': 1})")

    by_line = kernel.run("%wandb")
    by_cell = kernel.run("%%wandb\nrun.log({'loss': 2})\nprint('inside')")
    quiet(kernel, "empty = wt.fake(profile='classic').enter()")
    without = kernel.run("%wandb")

    assert [data["text/plain"] for data in by_line.displayed] == ["<Run testkit-user/digits/abc>"]
    assert by_line.displayed[0]["text/html"].startswith("<iframe srcdoc=")
    assert (by_cell.stdout, len(by_cell.displayed)) == ("inside\n", 1)
    assert [data["text/plain"] for data in without.displayed] == [
        "No run to show: call wandb.init() first; %wandb shows the run that it started."
    ]
    assert kernel.value("world.run.history['loss']") == "[1, 2]"


def test_an_error_in_a_cell_leaves_the_run_going(kernel: Kernel, profile: str) -> None:
    """JUPYTER-1, FINISH-4"""
    quiet(kernel, OPEN.format(profile=profile), "run = init()")

    seen = kernel.run("1 / 0")
    quiet(kernel, "run.log({'a': 1})")

    assert seen.error is not None
    assert "ZeroDivisionError" in seen.error
    assert "wandb_testkit" not in seen.error
    assert kernel.value("(world.run.state.value, world.run.history['a'])") == "('running', [1])"


def test_the_drop_in_module_in_a_kernel(kernel: Kernel) -> None:
    """JUPYTER-1, JUPYTER-3"""
    quiet(
        kernel,
        "import wandb_testkit as wt\ninstalled = wt.install(profile='current')",
        "import wandb\nrun = wandb.init(project='p')",
        "wandb.log({'loss': 1})",
        "wandb.finish()",
    )

    assert kernel.value("installed.world.run.history['loss']") == "[1]"
    assert kernel.value(HOOKS) == "[0, 0, False]"

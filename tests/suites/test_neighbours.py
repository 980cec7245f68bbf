"""The plugin beside other plugins, in the oldest and the newest Python and pytest.

They run where WANDB_TESTKIT_PYTESTS is "ci" or "all", as `make test-pytests` does; the first run makes environments.
"""

from __future__ import annotations

import os
import re
import subprocess
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.suites.environment import Pair, in_ci, pairs, python_of

ROOT = Path(__file__).parents[2]

_asked = os.environ.get("WANDB_TESTKIT_PYTESTS", "")
TRIED = in_ci() if _asked == "ci" else pairs() if _asked == "all" else ()

pytestmark = pytest.mark.skipif(not TRIED, reason="WANDB_TESTKIT_PYTESTS says neither ci nor all: make test-pytests")

SUITE = {
    "train.py": """
        import wandb

        def train(**config):
            with wandb.init(project="demo", config=config) as run:
                for step in range(3):
                    run.log({"loss": 1.0 / (step + 1)})
    """,
    "test_processes.py": """
        import multiprocessing
        import pytest
        from train import train

        @pytest.mark.filterwarnings("error::DeprecationWarning")  # of a thread beside a fork, from Python 3.12 on
        @pytest.mark.parametrize("n", [1, 2])
        def test_forked_children(wandb_fake, n):
            for _ in range(2):
                child = multiprocessing.get_context("fork").Process(target=train, kwargs={"lr": n})
                child.start()
                child.join()
            assert [run.config for run in wandb_fake.runs] == [{"lr": n}, {"lr": n}]
    """,
    "test_functions.py": """
        import os
        import pytest
        import wandb
        import wandb_testkit as wt
        from train import train

        SEEN = set()

        @pytest.mark.parametrize("lr", [0.1, 0.2, 0.3])
        def test_parameters(wandb_fake, lr):
            assert wandb_fake.runs == []
            train(lr=lr)
            assert wandb_fake.run.config == {"lr": lr}
            SEEN.add(wandb_fake.run.id)

        @pytest.fixture(scope="module")
        def trained():
            with wt.fake(profile="current") as world:
                train(lr=0.5)
                yield world

        @pytest.mark.parametrize("n", [1, 2])
        def test_a_world_of_the_module(trained, wandb_fake, n):
            assert trained.run.config == {"lr": 0.5}
            train(lr=n)
            assert [run.config for run in trained.runs] == [{"lr": 0.5}]
            assert wandb_fake.run.config == {"lr": n}

        @pytest.mark.parametrize("name", ["one", "two"])
        def test_variables(monkeypatch, wandb_fake, name):
            monkeypatch.setenv("WANDB_NAME", name)
            monkeypatch.setenv("WANDB_MODE", "offline")
            train()
            assert (wandb_fake.run.name, wandb_fake.run.mode) == (name, "offline")

        def test_no_variables(wandb_fake):
            assert not {"WANDB_NAME", "WANDB_MODE"} & os.environ.keys()
            train()
            assert wandb_fake.run.mode == "online"

        @pytest.mark.wandb
        class TestMarked:
            @pytest.fixture(autouse=True)
            def runs(self, wandb_fake):
                train()
                yield
                assert len(wandb_fake.runs) == 2

            def test_bare_mark(self, wandb_fake):
                train()
    """,
    "test_own_fixture.py": """
        import pytest
        import wandb
        import wandb_testkit as wt

        @pytest.fixture
        def wandb_fake():
            return "the suite's own"

        @pytest.mark.parametrize("n", [1, 2])
        def test_a_world_all_the_same(wandb_fake, n):
            assert wandb_fake == "the suite's own"
            assert wt.current().runs == []
            wandb.init().finish()
            assert len(wt.current().runs) == 1
    """,
    "test_classes.py": """
        import unittest
        import wandb
        import wandb_testkit as wt
        from train import train

        class TestCase(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.runs = []

            def setUp(self):
                assert wt.current().runs == []
                self.run_ = wandb.init(project="demo")
                self.addCleanup(self.run_.finish)

            def test_one(self):
                self.run_.log({"loss": 1.0})
                self.assertEqual(wt.current().run.history["loss"], [1.0])

            def test_two(self):
                self.assertEqual(len(wt.current().run.history), 0)

        class TestAsync(unittest.IsolatedAsyncioTestCase):
            async def test_coroutine(self):
                train()
                self.assertEqual(len(wt.current().runs), 1)
    """,
    "test_async.py": """
        import asyncio
        import pytest
        import wandb
        from train import train

        @pytest.fixture
        async def run():
            with wandb.init(project="demo") as run:
                yield run

        @pytest.mark.asyncio
        async def test_coroutine(run, wandb_fake):
            async def log(value):
                await asyncio.sleep(0)
                run.log({"loss": value})
            await asyncio.gather(*map(log, range(3)))
            assert wandb_fake.run.history["loss"] == [0, 1, 2]

        @pytest.mark.asyncio
        @pytest.mark.parametrize("n", [1, 2])
        async def test_fresh(wandb_fake, n):
            assert wandb_fake.runs == []
            await asyncio.get_running_loop().run_in_executor(None, train)
            assert len(wandb_fake.runs) == 1
    """,
    "test_flaky.py": """
        import pytest
        from train import train

        TIMES = []

        @pytest.mark.flaky(reruns=2)
        def test_flaky(wandb_fake):
            assert wandb_fake.runs == []
            train()
            TIMES.append(1)
            assert len(TIMES) == 2
    """,
    "test_properties.py": """
        import wandb
        import wandb_testkit as wt
        from hypothesis import given, settings, strategies as st

        @settings(max_examples=20, deadline=None)
        @given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=5))
        def test_a_world_for_each_example(losses):
            with wt.fake(profile="current") as fake:
                with wandb.init(project="demo") as run:
                    for loss in losses:
                        run.log({"loss": loss})
                assert fake.run.history["loss"] == losses
    """,
    "test_inner.py": """
        import pytest
        import wandb
        import wandb_testkit as wt

        pytest_plugins = ["pytester"]

        INNER = '''
            import wandb
            import wandb_testkit as wt

            def test_inner(wandb_fake):
                assert wandb_fake.runs == []
                wandb.init(project="inner").finish()
                assert wandb_fake.run.project == "inner"
                assert wt.current() is wandb_fake

            def test_left():
                wandb.init(project="inner")
        '''

        @pytest.mark.parametrize("args", [[], ["--wandb-fake"]])
        def test_a_pytest_inside(pytester, wandb_fake, args):
            pytester.makepyfile(INNER)
            outer = wandb.init(project="outer")
            result = pytester.runpytest_inprocess("-p", "PLUGIN", *args, "-W", "default", "-p", "no:randomly")
            result.assert_outcomes(passed=2, warnings=1 if args else 0)
            assert wt.current() is wandb_fake
            assert wandb.run is outer
            outer.log({"loss": 1.0})
            outer.finish()
            assert wandb_fake.runs[0].history["loss"] == [1.0]

        def test_a_pytest_of_its_own(pytester, wandb_fake):
            pytester.makepyfile(INNER)
            result = pytester.runpytest_subprocess("--wandb-fake", "-p", "PLUGIN", "-p", "no:randomly")
            result.assert_outcomes(passed=2, warnings=1)
            assert wandb_fake.runs == []
    """,
    "pytest.ini": """
        [pytest]
        asyncio_mode = auto
        addopts = --strict-markers
        filterwarnings =
            error
            # pytest-asyncio 0.23, the last for pytest 8.0, leaves an event loop to the garbage collector.
            ignore::pytest.PytestUnraisableExceptionWarning
            ignore:The configuration option "asyncio_default_fixture_loop_scope":pytest.PytestDeprecationWarning
    """,
}
"""What users' suites look like; `PLUGIN` is how the kit's plugin is named where it is not installed."""

TESTS = 24


class Ran(NamedTuple):
    """How a pytest ended: its last line, and all it said."""

    counts: dict[str, int]
    output: str


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    folder = tmp_path / "suite"
    folder.mkdir()
    for name, text in SUITE.items():
        text = textwrap.dedent(text).replace("PLUGIN", "wandb_testkit.pytest_plugin")
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def play(pair: Pair, suite: Path, *args: str) -> Ran:
    """Run the suite, with every other plugin loaded."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [str(python_of(pair)), "-B", "-m", "pytest", "-p", "wandb_testkit.pytest_plugin", *args],
        cwd=suite,
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    counts = {word.rstrip("s"): int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", last)}
    return Ran(counts, done.stdout + done.stderr)


@pytest.fixture(params=TRIED or [None], ids=str)
def pair(request: pytest.FixtureRequest) -> Pair:
    found = request.param
    assert isinstance(found, Pair)
    return found


@pytest.mark.parametrize(
    "args",
    [
        ("-p", "randomly", "--timeout=120"),
        ("--cov=train", "--cov-branch", "-p", "no:randomly"),
        ("-n", "2", "--cov=train", "--wandb-report=runs.html"),
        ("--disable-socket", "--allow-unix-socket", "--deselect", "test_inner.py"),
        ("-o", "wandb_strict=true", "-o", "wandb_network=none", "--reruns", "1"),
    ],
    ids=["random, timeout", "coverage", "xdist, coverage", "no sockets", "strict, reruns"],
)
def test_a_suite_passes_beside_other_plugins(pair: Pair, suite: Path, args: tuple[str, ...]) -> None:
    ran = play(pair, suite, "--wandb-fake", *args)

    assert ran.counts.get("failed", 0) + ran.counts.get("error", 0) == 0, ran.output
    assert ran.counts["passed"] == TESTS - (3 if "test_inner.py" in args else 0), ran.output
    assert ran.counts["rerun"] == 1, ran.output
    if "--wandb-report=runs.html" in args:
        page = (suite / "runs.html").read_text(encoding="utf-8")
        assert page.count('"test": ') == TESTS - 2  # not of a pytest of its own, or of other worlds


def test_fixtures_in_a_test_with_generated_examples_are_hypothesis_business(pair: Pair, suite: Path) -> None:
    (suite / "test_given.py").write_text(
        "from hypothesis import given, strategies as st\n\n"
        "@given(st.integers())\ndef test_it(wandb_fake, n):\n    pass\n",
        encoding="utf-8",
    )

    ran = play(pair, suite, "--wandb-fake", "test_given.py")

    assert "function-scoped fixture 'wandb_fake'" in ran.output

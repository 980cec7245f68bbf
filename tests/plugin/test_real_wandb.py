"""Without the option: suites whose modules have imported the real wandb at collection."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

REAL = """
    REAL = True
    __version__ = "0.31.0"

    class Settings:
        pass

    class Real:
        pass

    def init(*args, **kwargs):
        raise RuntimeError("the real init")

    def log(*args, **kwargs):
        raise RuntimeError("the real log")

    def of_this_version_only():
        pass

    run = None
    present = Real()
"""


@pytest.fixture
def real_wandb(pytester: pytest.Pytester, install_real_wandb: Callable[[str], Path]) -> None:
    site = install_real_wandb("0.31.0")
    (site / "wandb" / "__init__.py").write_text(textwrap.dedent(REAL))
    (site / "wandb" / "errors.py").write_text("class CommError(Exception): pass\n")


@pytest.mark.usefixtures("real_wandb")
def test_names_in_modules_mean_the_fake_during_the_test_and_are_given_back(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        train="""
        import wandb
        import wandb as wb
        import wandb.errors
        from wandb import init, log
        from wandb import Settings as Options
        from wandb.errors import CommError

        def train():
            with init(project="demo", settings=Options()) as run:
                log({"loss": 1.0})
                wb.log({"loss": 0.5})
                assert wandb.run is run
            return CommError
        """,
        test_it="""
        import pytest
        import train
        import wandb

        @pytest.mark.parametrize("n", [1, 2])
        def test_asks(wandb_fake, n):
            assert train.train() is wandb.CommError
            assert wandb_fake.run.history["loss"] == [1.0, 0.5]
            assert not hasattr(wandb, "REAL")

        def test_does_not_ask():
            assert wandb.REAL and train.wb is wandb and train.wandb is wandb
            assert train.init is wandb.init and train.Options is wandb.Settings
            with pytest.raises(RuntimeError, match="the real init"):
                train.train()
        """,
    )

    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=3)


@pytest.mark.usefixtures("real_wandb")
def test_what_cannot_be_bound_anew_is_named_with_advice(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        train="""
        import wandb
        from wandb import of_this_version_only, present

        class Logger:
            module = wandb

        class MySettings(wandb.Settings):
            pass

        def log(metrics, to=wandb.log, *, settings=wandb.Settings):
            to(metrics)

        def make_logger():
            log = wandb.log
            def inner(metrics):
                log(metrics)
            return inner

        logger = make_logger()
        """,
        test_it="""
        import pytest
        import train

        def test_asks(wandb_fake):
            train.wandb.init(project="demo").finish()

        def test_fails(wandb_fake):
            train.log({"loss": 1.0})

        @pytest.mark.wandb(strict=True)
        def test_strict(wandb_fake):
            pass

        def test_does_not_ask():
            pass
        """,
    )

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(passed=3, failed=1, errors=1, warnings=1)
    named = [
        "* the real wandb was imported before this test, and is still used where a name cannot be bound anew:",
        "    train.Logger.module (a class attribute: wandb)",
        "    train.MySettings (a subclass of wandb.Settings)",
        "    train.log() (a default: wandb.log)",
        "    train.log() (a default: wandb.Settings)",
        "    train.logger() (a closure: wandb.log)",
        "    train.of_this_version_only (wandb.of_this_version_only, which the fake lacks)",
        "    train.present (wandb.present, which the fake lacks)",
        "  Run pytest with --wandb-fake: then it is the fake that is imported, everywhere.",
    ]
    result.stdout.fnmatch_lines_random(
        ["*RealWandbHeldWarning:" + named[0], *(f"*{line.strip()}" for line in named[1:])]
    )
    result.stdout.fnmatch_lines(["* real wandb *", named[0][2:]])


@pytest.mark.usefixtures("real_wandb")
def test_a_name_that_a_test_binds_anew_is_left_as_the_test_has_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        train="from wandb import init\n",
        test_it="""
        import train

        def test_asks(wandb_fake):
            train.init = "of the test"

        def test_after():
            assert train.init == "of the test"
        """,
    )

    pytester.runpytest_subprocess("-W", "error", "-p", "no:randomly").assert_outcomes(passed=2)


@pytest.mark.parametrize("where", ["test_it.py", "conftest.py"])
def test_a_collection_that_fails_for_want_of_wandb_says_what_to_do(pytester: pytest.Pytester, where: str) -> None:
    pytester.path.joinpath(where).write_text("import wandb\n")

    result = pytester.runpytest_subprocess()

    lines = result.outlines + result.errlines
    advice = (
        "wandb is not installed here, and need not be: run pytest with --wandb-fake, and `import wandb` is the fake."
    )
    assert advice in lines
    assert result.ret != pytest.ExitCode.OK
    assert pytester.runpytest_subprocess("--wandb-fake").ret == pytest.ExitCode.NO_TESTS_COLLECTED

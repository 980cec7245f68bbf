"""Every test has a world of its own, and nothing of it is left for the next."""

from __future__ import annotations

import pytest


def test_every_test_has_a_world_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import asyncio
        import unittest

        import pytest
        import wandb
        import wandb_testkit as wt


        def train(loss):
            assert wandb.run is None
            assert wt.current().runs == []
            run = wandb.init(project="demo", config={"loss": loss})
            wandb.log({"loss": loss})
            run.finish()
            assert [run.history["loss"] for run in wt.current().runs] == [[loss]]

        @pytest.mark.parametrize("loss", [0.1, 0.2])
        def test_function(loss):
            train(loss)

        class TestClass:
            def test_method(self):
                train(0.3)

        class Case(unittest.TestCase):
            def setUp(self):
                self.run = wandb.init(project="set-up")

            def tearDown(self):
                self.run.finish()

            def test_case(self):
                self.run.log({"loss": 0.4})
                assert wt.current().run.history["loss"] == [0.4]

        class AsyncCase(unittest.IsolatedAsyncioTestCase):
            async def test_async_case(self):
                await asyncio.sleep(0)
                train(0.5)

        async def test_coroutine():
            await asyncio.sleep(0)
            train(0.6)
        """
    )
    pytester.makeconftest(
        """
        import asyncio
        import inspect
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_pyfunc_call(pyfuncitem):
            if inspect.iscoroutinefunction(pyfuncitem.obj):
                asyncio.run(pyfuncitem.obj())
                return True
        """
    )

    for args in ([], ["-n", "2"]):
        pytester.runpytest_subprocess("--wandb-fake", "-W", "error", *args).assert_outcomes(passed=6)


def test_the_world_is_there_before_fixtures_are_set_up_and_after_they_are_torn_down(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        import wandb
        import wandb_testkit as wt

        @pytest.fixture(autouse=True)
        def logger():
            run = wandb.init(project="demo")
            yield
            run.log({"at": "the end"})
            run.finish()
            assert wt.current().run.history["at"] == ["the end"]

        def test_it(wandb_fake):
            wandb.log({"loss": 1})
            assert wandb_fake is wt.current()
            assert wandb_fake.run.history["loss"] == [1]
        """
    )

    pytester.runpytest_subprocess("--wandb-fake", "-W", "error").assert_outcomes(passed=1)


def test_nothing_leaks_into_the_next_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import logging
        import os
        import pathlib
        import tempfile
        import wandb
        import wandb_testkit as wt

        LEFT = {}

        def looks_untouched():
            logger = logging.getLogger("wandb")
            assert wandb.run is None
            assert "lr" not in dict(wandb.config.items()) if wandb.run else True
            assert "WANDB_PROJECT" not in os.environ
            assert os.environ["WANDB_NOTES"] == "as the shell said"
            assert (logger.level, logger.propagate, logger.handlers, logger.filters) == (logging.NOTSET, True, [], [])
            assert wt.current().runs == []
            assert all(not pathlib.Path(path).exists() for path in LEFT)

        def leaves_everything(lr):
            run = wandb.init(config={"lr": lr})
            wandb.config.update({"lr": lr}, allow_val_change=True)
            os.environ["WANDB_PROJECT"] = "leak"
            del os.environ["WANDB_NOTES"]
            logger = logging.getLogger("wandb")
            logger.setLevel(logging.ERROR)
            logger.propagate = False
            logger.addHandler(logging.NullHandler())
            logger.addFilter(lambda record: False)
            pathlib.Path(run.dir, "model.txt").write_text("weights")
            LEFT[run.dir] = True

        def test_one():
            looks_untouched()
            leaves_everything(0.1)

        def test_two():
            looks_untouched()
            leaves_everything(0.2)
        """
    )
    pytester._monkeypatch.setenv("WANDB_NOTES", "as the shell said")

    pytester.runpytest_subprocess("--wandb-fake").assert_outcomes(passed=2, warnings=2)


def test_nothing_is_written_where_no_place_was_named(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb

        def test_it(wandb_fake):
            with wandb.init(project="demo", config={"lr": 0.1}) as run:
                run.log({"loss": 1.0})
            assert wandb_fake.run.history["loss"] == [1.0]
        """
    )
    pytester.makepyfile(
        run="""
        import os, pytest
        os.chdir("empty")
        os.environ["TMPDIR"] = os.getcwd()
        assert pytest.main(["--wandb-fake", "-p", "no:cacheprovider", ".."]) == 0
        assert os.listdir() == []
        print("nothing")
        """
    )
    pytester.mkdir("empty")

    pytester.runpython(pytester.path / "run.py").stdout.fnmatch_lines(["nothing"])


def test_what_a_wide_fixture_sets_stands_as_long_as_the_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_a="""
        import logging
        import os
        import pytest

        @pytest.fixture(scope="module", autouse=True)
        def for_the_module():
            os.environ["WANDB_PROJECT"] = "of the module"
            logging.getLogger("wandb").setLevel(logging.ERROR)
            yield
            del os.environ["WANDB_PROJECT"]
            logging.getLogger("wandb").setLevel(logging.NOTSET)

        @pytest.fixture(scope="session", autouse=True)
        def forgetful():
            os.environ["WANDB_NOTES"] = "of the session"

        @pytest.mark.parametrize("n", range(2))
        def test_it(n):
            import wandb
            assert os.environ["WANDB_PROJECT"] == "of the module"
            assert os.environ["WANDB_NOTES"] == "of the session"
            assert logging.getLogger("wandb").level == logging.ERROR
            with wandb.init() as run:
                assert run.project == "of the module"
            os.environ["WANDB_PROJECT"] = "of the test"
            os.environ["WANDB_NAME"] = "of the test"
        """,
        test_b="""
        import logging
        import os

        def test_it():
            assert not {"WANDB_PROJECT", "WANDB_NAME"} & os.environ.keys()
            assert os.environ["WANDB_NOTES"] == "of the session"
            assert logging.getLogger("wandb").level == logging.NOTSET
        """,
    )
    script = pytester.makepyfile(
        run="""
        import os, pytest
        assert pytest.main(["--wandb-fake", "-W", "error", "test_a.py", "test_b.py"]) == 0
        assert not [name for name in os.environ if name.startswith("WANDB_")]
        print("clean")
        """
    )

    pytester.runpython(script).stdout.fnmatch_lines(["clean"])


def test_variables_that_monkeypatch_sets_are_read_by_init(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb

        def test_set(monkeypatch, wandb_fake):
            monkeypatch.setenv("WANDB_PROJECT", "from the environment")
            wandb.init().finish()
            assert wandb_fake.run.project == "from the environment"

        def test_not_set(wandb_fake):
            wandb.init().finish()
            assert wandb_fake.run.project == "uncategorized"
        """
    )

    pytester.runpytest_subprocess("--wandb-fake").assert_outcomes(passed=2)


def test_a_run_that_is_made_at_import_belongs_to_no_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb

        module_run = wandb.init(project="at import")

        def test_it(wandb_fake):
            assert wandb.run is None
            assert wandb_fake.runs == []
        """
    )

    pytester.runpytest_subprocess("--wandb-fake").assert_outcomes(passed=1)


def test_the_marker_chooses_the_profile_of_a_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        import wandb
        import wandb_testkit as wt

        def test_as_the_run_says():
            assert wt.current().profile == "current"

        @pytest.mark.wandb(profile="classic")
        class TestOld:
            def test_classic(self):
                import wandb as of_this_test
                assert wt.current().profile == "classic"
                assert of_this_test.__version__ == "0.10.33"
                for module in (wandb, of_this_test):
                    module.init(project="demo").finish()
                assert len(wt.current().runs) == 2

            @pytest.mark.wandb(profile=wt.CURRENT)
            def test_the_closest_marker_decides(self):
                assert wt.current().profile == "current"
        """
    )

    pytester.runpytest_subprocess("--wandb-fake", "--wandb-profile=current", "-W", "error").assert_outcomes(passed=3)


def test_a_test_that_is_repeated_has_a_fresh_world_each_time(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb

        TIMES = []

        def test_flaky(wandb_fake):
            assert wandb_fake.runs == []
            wandb.init().finish()
            TIMES.append(1)
            assert len(TIMES) == 2
        """
    )
    # What pytest-rerunfailures does: the whole protocol of a test again, in one pytest_runtest_protocol.
    pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            if any(report.failed for report in reports):
                item._initrequest()
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
            for report in reports:
                item.ihook.pytest_runtest_logreport(report=report)
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            return True
        """
    )

    pytester.runpytest_subprocess("--wandb-fake", "-W", "error").assert_outcomes(passed=1)


def test_without_the_option_asking_for_the_fixture_is_enough(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        train="""
        def train():
            import wandb

            with wandb.init(project="demo") as run:
                run.log({"loss": 1.0})
        """,
        test_it="""
        import sys
        import unittest

        import pytest
        import wandb_testkit as wt
        from train import train

        @pytest.fixture(autouse=True)
        def trainer(request):
            "Is set up before the fixtures that the test names, and yet in the test's world."
            if "wandb_fake" in request.fixturenames:
                train()

        def test_before():
            assert "wandb" not in sys.modules

        def test_argument(trainer, wandb_fake):
            train()
            assert [run.history["loss"] for run in wandb_fake.runs] == [[1.0], [1.0]]

        def test_in_the_middle():
            assert "wandb" not in sys.modules

        @pytest.mark.usefixtures("wandb_fake")
        class Case(unittest.TestCase):
            def test_case(self):
                assert wt.current().run.history["loss"] == [1.0]

        @pytest.mark.parametrize("n", range(2))
        def test_by_name(n, request):
            fake = request.getfixturevalue("wandb_fake")
            train()
            assert fake.run.history["loss"] == [1.0]

        def test_after():
            assert "wandb" not in sys.modules
        """,
    )

    for args in ([], ["-n", "2"]):
        pytester.runpytest_subprocess(*args, "-W", "error").assert_outcomes(passed=7)


def test_a_suite_may_have_a_fixture_of_the_same_name(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_hidden="""
        import sys
        from unittest.mock import MagicMock
        import pytest

        @pytest.fixture
        def wandb_fake(monkeypatch):
            assert "wandb" not in sys.modules
            monkeypatch.setitem(sys.modules, "wandb", MagicMock())

        def test_it(wandb_fake):
            import wandb
            assert isinstance(wandb, MagicMock)
        """,
        test_built_upon="""
        import pytest

        @pytest.fixture
        def wandb_fake(wandb_fake):
            wandb_fake.server.add_run("old", project="demo", rows=[{"loss": 1}])
            return wandb_fake

        @pytest.fixture(autouse=True)
        def early():
            import wandb
            wandb.init(project="demo", id="new").finish()

        def test_it(wandb_fake):
            assert sorted(run.id for run in wandb_fake.runs) == ["new", "old"]
        """,
    )

    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_a_wide_fixture_cannot_ask_for_the_world_of_a_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module")
        def wide(wandb_fake): pass

        def test_it(wide): pass
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ScopeMismatch*function scoped*wandb_fake*module scoped*"])


def test_a_world_of_the_module_holds_in_the_tests_that_use_it_and_do_not_name_their_own(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import pytest
        import wandb
        import wandb_testkit as wt

        @pytest.fixture(scope="module")
        def trained():
            with wt.fake(profile="current") as world:
                wandb.init(project="demo", id="trained").finish()
                yield world

        @pytest.mark.parametrize("n", [1, 2])
        def test_uses_it(trained, n):
            wandb.init(project="demo", id=f"run{n}").finish()
            assert trained.runs[-1].id == f"run{n}"

        @pytest.mark.parametrize("n", [1, 2])
        def test_names_its_own_as_well(trained, wandb_fake, n):
            wandb.init(project="demo", id="own").finish()
            assert [run.id for run in wandb_fake.runs] == ["own"]
            assert "own" not in [run.id for run in trained.runs]

        def test_does_not_use_it():
            assert wt.current().runs == []
        """
    )

    for args in ([], ["-p", "randomly"]):
        pytester.runpytest_subprocess("--wandb-fake", "-W", "error", *args).assert_outcomes(passed=5)


def test_a_port_is_opened_by_those_alone_who_ask_for_one(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys
        import threading

        def test_it(wandb_fake):
            assert "http.server" not in sys.modules
            assert threading.active_count() == 1
        """
    )

    for args in ([], ["--wandb-fake"]):
        pytester.runpytest_subprocess(*args).assert_outcomes(passed=1)

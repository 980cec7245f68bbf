"""The same fake without pytest: python -m unittest, and plain scripts."""

from __future__ import annotations

import sys

import pytest


def test_python_m_unittest_has_a_world_for_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        train="""
        import wandb

        def train(**config):
            with wandb.init(project="digits", config=config) as run:
                run.log({"loss": 1.0})
        """,
        test_training="""
        import sys
        import unittest

        import wandb_testkit as wt

        installed = wt.install()
        from train import train

        def tearDownModule():
            installed.uninstall()
            assert "pytest" not in sys.modules

        class TestTraining(unittest.TestCase):
            def setUp(self):
                self.world = wt.fake(profile="current").enter()
                self.addCleanup(self.world.close)

            def test_one(self):
                train(lr=1)
                self.assertEqual(self.world.run.config, {"lr": 1})

            def test_two(self):
                train(lr=2)
                self.assertEqual(self.world.run.history["loss"], [1.0])
        """,
    )

    result = pytester.run(sys.executable, "-W", "error", "-m", "unittest", "test_training")

    assert result.ret == 0
    result.stderr.fnmatch_lines(["Ran 2 tests in *", "OK"])


def test_a_script_is_given_back_what_it_had(pytester: pytest.Pytester) -> None:
    script = pytester.makepyfile(
        run="""
        import sys
        import wandb_testkit as wt

        with wt.install() as installed:
            import wandb

            wandb.init(project="digits", id="abc").finish()
            assert wt.current().run.id == "abc"
        assert "wandb" not in sys.modules
        print("clean")
        """
    )

    pytester.runpython(script).stdout.fnmatch_lines(["clean"])

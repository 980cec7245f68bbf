"""What the plugin costs those who have the kit installed and do not use it in this pytest run."""

from __future__ import annotations

import pytest


def test_the_plugin_module_loads_nothing_that_pytest_has_not_loaded(pytester: pytest.Pytester) -> None:
    script = pytester.makepyfile(
        run="""
        import argparse, sys
        import pytest
        before = set(sys.modules)
        import wandb_testkit.pytest_plugin
        print("loaded", sorted(set(sys.modules) - before))
        """
    )

    result = pytester.runpython(script)

    result.stdout.fnmatch_lines(["loaded [[]'wandb_testkit', 'wandb_testkit.pytest_plugin'[]]"])


def test_a_run_that_does_not_use_it_loads_no_more_of_the_kit(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it():
            ours = sorted(name for name in sys.modules if name.startswith("wandb"))
            assert ours == ["wandb_testkit", "wandb_testkit.pytest_plugin"]
        """
    )

    pytester.runpytest_subprocess("--strict-markers").assert_outcomes(passed=1)

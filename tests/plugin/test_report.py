"""What is shown of the runs: a section in a failing test, a page for the whole pytest run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.plugin.collected import CollectedRuns
from wandb_testkit.plugin.worlds import RUNS
from wandb_testkit.report.html import read_html

FAILS = """
    import pytest
    import wandb

    def train(project="demo"):
        with wandb.init(project=project, id=project + "-1", config={"lr": 0.1}) as run:
            for loss in (3.0, 2.0, 1.0):
                run.log({"loss": loss})

    def test_passes():
        train()

    def test_fails(wandb_fake):
        train()
        assert wandb_fake.run.history["loss"][-1] == 0
"""


def test_a_failing_test_shows_its_runs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FAILS)

    for args in ([], ["-n", "2"]):
        result = pytester.runpytest_subprocess("--wandb-fake", *args)

        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(
            ["*- wandb runs -*", "*/demo/demo-1*finished*3 rows*", "*config*lr=0.1*", "*loss*3 -> 1*"]
        )
        assert str(result.stdout).count("- wandb runs -") == 1


def test_a_fixture_that_fails_shows_the_runs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        FAILS
        + """
    @pytest.fixture
    def set_up():
        train("set-up")
        raise RuntimeError("broken")

    @pytest.fixture
    def torn_down():
        yield
        train("torn-down")
        raise RuntimeError("broken")

    def test_set_up(set_up): pass
    def test_torn_down(torn_down): pass
    def test_both(torn_down): assert train("both")
    """
    )

    result = pytester.runpytest_subprocess("--wandb-fake", "-k", "set_up or torn_down or both")

    result.assert_outcomes(errors=3, failed=1, passed=1)
    for runs in ("set-up", "torn-down", "both"):
        result.stdout.fnmatch_lines(["*- wandb runs -*", f"*/{runs}/{runs}-1*"])
    assert str(result.stdout).count("- wandb runs -") == 3


def test_tests_without_runs_and_expected_failures_show_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        FAILS.partition("def test_passes")[0]
        + """
    def test_no_runs():
        assert False

    @pytest.mark.xfail
    def test_expected():
        train()
        assert False
    """
    )

    result = pytester.runpytest_subprocess("--wandb-fake", "-rA")

    result.assert_outcomes(failed=1, xfailed=1)
    result.stdout.no_fnmatch_line("*wandb runs*")


def test_hostile_runs_are_shown_and_reported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        r"""
        import wandb

        class Hostile:
            def __repr__(self): raise RuntimeError("no repr")

        def test_it():
            with wandb.init(project="demo", name="</script>\x1b[31m\ud800") as run:
                run.log({"loss": float("nan"), "text": "\udfff" * 10, "big": 10 ** 400})
                run.log({"loss": float("inf")})
            assert False
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake", "--wandb-report=runs.html", "-n", "1")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- wandb runs -*"])
    assert len(_tests_in(pytester.path / "runs.html")) == 1


@pytest.mark.parametrize("args", [[], ["-n", "2"]], ids=["one process", "xdist"])
def test_the_page_holds_the_runs_of_all_tests(pytester: pytest.Pytester, args: list[str]) -> None:
    pytester.makepyfile(
        test_a=FAILS, test_b=FAILS.replace("assert wandb_fake.run.history", "pytest.skip() or wandb_fake")
    )

    result = pytester.runpytest_subprocess("--wandb-fake", "--wandb-report=out/runs.html", *args)

    result.stdout.fnmatch_lines(["*wandb report: 4 runs, file://*/out/runs.html*"])
    tests = _tests_in(pytester.path / "out" / "runs.html")
    assert {name: (outcome, [run["id"] for run in runs]) for name, (outcome, runs) in tests.items()} == {
        "test_a.py::test_passes": ("passed", ["demo-1"]),
        "test_a.py::test_fails": ("failed", ["demo-1"]),
        "test_b.py::test_passes": ("passed", ["demo-1"]),
        "test_b.py::test_fails": ("skipped", ["demo-1"]),
    }


def test_the_page_also_holds_the_runs_of_tests_that_ask_for_the_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(wandb_fake):
            import wandb
            wandb.init(id="asked").finish()

        def test_other(): pass
        """
    )

    pytester.runpytest_subprocess("--wandb-report", "runs.html").assert_outcomes(passed=2)

    assert list(_tests_in(pytester.path / "runs.html")) == [
        "test_the_page_also_holds_the_runs_of_tests_that_ask_for_the_fixture.py::test_it"
    ]


def test_a_failed_subtest_fails_its_test_on_the_page_until_the_test_is_repeated(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    collected = CollectedRuns(request.config, str(tmp_path / "runs.html"))
    seen = []

    for when, outcome in (
        ("setup", "passed"),
        ("call", "failed"),  # of a subtest
        ("call", "passed"),
        ("teardown", "passed"),
        ("setup", "passed"),
        ("call", "passed"),
        ("teardown", "passed"),
    ):
        report = pytest.TestReport("test_it", ("test_it.py", 0, "test_it"), {}, outcome, None, when)  # type: ignore[arg-type]
        report.__dict__[RUNS] = '[{"id": "a"}]'
        collected.pytest_runtest_logreport(report)
        seen.append(collected.entries()[0]["outcome"])

    assert seen == ["passed", "failed", "failed", "failed", "passed", "passed", "passed"]


def test_a_directory_is_no_place_for_the_page(pytester: pytest.Pytester) -> None:
    pytester.mkdir("out")

    result = pytester.runpytest_subprocess("--wandb-report=out")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --wandb-report=out: is a directory; name a file*"])


def test_reports_carry_runs_only_if_there_is_a_page_to_write(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FAILS.partition("def test_fails")[0])
    pytester.makeconftest(
        """
        def pytest_runtest_logreport(report):
            if report.when == "teardown":
                print("carries", hasattr(report, "wandb_runs"))
        """
    )

    pytester.runpytest_subprocess("--wandb-fake", "-s").stdout.fnmatch_lines(["*carries False*"])
    pytester.runpytest_subprocess("--wandb-fake", "-s", "--collect-only", "--wandb-report=runs.html")

    assert not pytester.path.joinpath("runs.html").exists()


def _tests_in(page: Path) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    entries = read_html(page)
    json.dumps(entries)
    return {entry["test"]: (entry["outcome"], entry["runs"]) for entry in entries}

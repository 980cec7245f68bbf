"""What a test is told at its end: lost data fails it, unfinished runs warn."""

from __future__ import annotations

import pytest

LOSES_A_ROW = """
    def test_loses_a_row(wandb_fake):
        import wandb

        with wandb.init(project="demo", id="abc") as run:
            run.log({"loss": 1.0}, step=5)
            run.log({"loss": 0.5}, step=3)
"""
NEVER_FINISHES = """
    import pytest

    def test_never_finishes(wandb_fake):
        import wandb

        run = wandb.init(project="demo", id="abc")
        run.log({"loss": 1.0})
"""


def test_a_dropped_row_fails_the_test_in_words(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(LOSES_A_ROW)

    for args in (["--wandb-fake"], []):
        result = pytester.runpytest_subprocess(*args)

        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            [
                "* test_loses_a_row *",
                "data that this test logged was lost*",
                "  log({'loss': 0.5}, step=3) of run 'abc' was dropped: *",
                "Correct the call*",
            ]
        )
        result.stdout.no_fnmatch_line("*own_world.py*")


def test_a_refused_request_fails_the_test_in_words(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb

        def test_is_refused(wandb_fake):
            run = wandb.init(project="demo", id="abc")
            run.log({"loss": 1.0})
            assert wandb_fake.run.history["loss"] == [1.0]
            wandb_fake.server.delete_run("abc")
            run.log({"loss": 0.5})
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["  run 'abc': the server refused the row of step 1: *"])


def test_an_error_that_the_code_under_test_saw_is_no_loss(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        import wandb

        def test_must_resume(wandb_fake):
            with pytest.raises(wandb.Error):
                wandb.init(project="demo", id="missing", resume="must")

        def test_wrong_entity(wandb_fake):
            wandb_fake.server.add_user("stranger")
            with pytest.raises(wandb.Error):
                wandb.init(project="demo", entity="stranger")
        """
    )

    pytester.runpytest_subprocess("--wandb-fake").assert_outcomes(passed=2)


def test_a_test_that_fails_by_itself_is_not_failed_twice(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        import wandb

        def lose():
            run = wandb.init(project="demo", id="abc")
            run.log({"loss": 1.0}, step=5)
            run.log({"loss": 0.5}, step=3)

        def test_fails():
            lose()
            assert False

        @pytest.mark.xfail(raises=ZeroDivisionError, strict=True)
        def test_expected():
            lose()
            1 / 0

        def test_skipped():
            lose()
            pytest.skip("not today")

        @pytest.fixture
        def broken():
            lose()
            raise RuntimeError("broken")

        def test_set_up(broken): pass

        @pytest.fixture
        def broken_end():
            yield
            lose()
            raise RuntimeError("broken")

        def test_torn_down(broken_end): pass
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake", "-o", "wandb_strict=true", "-W", "error")

    result.assert_outcomes(failed=1, xfailed=1, skipped=1, errors=2, passed=1)
    result.stdout.no_fnmatch_line("*was lost*")


def test_a_row_that_is_lost_while_fixtures_are_torn_down_is_an_error(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        import wandb

        @pytest.fixture
        def run():
            run = wandb.init(project="demo", id="abc")
            yield run
            run.log({"loss": 0.5}, step=3)
            run.finish()

        def test_it(run):
            run.log({"loss": 1.0}, step=5)
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_it*", "data that this test logged was lost*"])


def test_a_loss_that_is_the_point_of_a_test_has_a_world_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb
        import wandb_testkit as wt

        def test_it():
            with wt.fake(profile="current") as fake, wandb.init(project="demo") as run:
                run.log({"loss": 1.0}, step=5)
                run.log({"loss": 0.5}, step=3)
                fake.server.fail("summary")
                run.summary["best"] = 1.0
            assert fake.run.history["loss"] == [1.0]
            assert "best" not in fake.run.summary
        """
    )

    pytester.runpytest_subprocess("--wandb-fake").assert_outcomes(passed=1)


def test_an_unfinished_run_is_finished_and_named_in_a_warning(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(NEVER_FINISHES)

    for args in (["--wandb-fake"], [], ["--wandb-fake", "-n", "1"]):
        result = pytester.runpytest_subprocess(*args, "--wandb-report=runs.html")

        result.assert_outcomes(passed=1, warnings=1)
        result.stdout.fnmatch_lines(["*.py:3: UnfinishedRunWarning: the test left run '*/demo/abc' unfinished*"])
        assert '"state": "finished"' in pytester.path.joinpath("runs.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("ini", "mark", "outcome"),
    [
        ("wandb_strict = true", "", {"passed": 1, "errors": 1}),
        ("", "@pytest.mark.wandb(strict=True)", {"passed": 1, "errors": 1}),
        ("filterwarnings = error::wandb_testkit.pytest_plugin.UnfinishedRunWarning", "", {"passed": 1, "errors": 1}),
        ("filterwarnings = error", "", {"passed": 1, "errors": 1}),
        ("", "@pytest.mark.filterwarnings('error')", {"passed": 1, "errors": 1}),
        ("filterwarnings = ignore::wandb_testkit.pytest_plugin.UnfinishedRunWarning", "", {"passed": 1, "warnings": 0}),
        ("wandb_strict = true", "@pytest.mark.wandb(strict=False)", {"passed": 1, "warnings": 1}),
        ("wandb_strict = true", "@pytest.mark.wandb(allow_unfinished=True)", {"passed": 1, "warnings": 0}),
        ("filterwarnings = error", "@pytest.mark.wandb(allow_unfinished=True)", {"passed": 1, "warnings": 0}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unfinished_runs_can_be_failures_or_allowed(
    pytester: pytest.Pytester, ini: str, mark: str, outcome: dict[str, int]
) -> None:
    pytester.makepyfile(NEVER_FINISHES.replace("    def", f"    {mark}\n    def"))
    pytester.makeini(f"[pytest]\n{ini}\n")

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(**outcome)
    if "errors" in outcome:
        result.stdout.fnmatch_lines(["*the test left run '*/demo/abc' unfinished; it was finished with exit code 0*"])


def test_several_unfinished_runs_are_one_warning(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb

        def test_it():
            wandb.init(id="a", reinit="create_new")
            wandb.init(id="b", reinit="create_new")
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*the test left 2 runs ('*/a', '*/b') unfinished; they were finished*"])


def test_a_run_that_a_fixture_finishes_is_not_unfinished(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        import wandb

        @pytest.fixture
        def run():
            with wandb.init() as run:
                yield run

        def test_it(run):
            run.log({"loss": 1.0})
        """
    )

    pytester.runpytest_subprocess("--wandb-fake", "-W", "error").assert_outcomes(passed=1)


def test_a_fault_that_the_test_armed_is_no_loss_to_be_told_of(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb

        def test_meets_a_fault(wandb_fake):
            wandb_fake.server.fail(on="history", nth=2, reply=429)
            with wandb.init() as run:
                run.log({"loss": 1.0})
                run.log({"loss": 0.5})
            wandb_fake.server.heal()
            assert wandb_fake.recorder.refusals[0].refusal.status == 429
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(passed=1)


def test_a_team_that_nobody_registered_may_be_written_to(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb

        def test_logs_for_its_team(wandb_fake):
            with wandb.init(entity="acme", project="digits"):
                wandb.log({"loss": 1.0})
            assert wandb_fake.run.entity == "acme"
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(passed=1)

"""How the fake is switched on, and what a mistake is answered with."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from wandb_testkit import pytest_plugin
from wandb_testkit.plugin.wishes import Wishes
from wandb_testkit.profiles import Profile

IS_FAKE = """
    import wandb

    def test_wandb_is_the_fake(request):
        assert request.getfixturevalue("wandb_fake").runs == []
        with wandb.init(project="demo") as run:
            run.log({"loss": 1.0})
        assert len(request.getfixturevalue("wandb_fake").runs) == 1
"""


def test_a_path_after_the_option_stays_a_path(pytester: pytest.Pytester) -> None:
    pytester.mkdir("tests").joinpath("test_it.py").write_text(
        "import wandb\n\ndef test_it(wandb_fake):\n    wandb.init().finish()\n    assert len(wandb_fake.runs) == 1\n"
    )
    pytester.makepyfile(test_elsewhere="def test_elsewhere(): assert False")

    result = pytester.runpytest_subprocess("--wandb-fake", "tests")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("option", ["--wandb-fake", "--wandb-fake=module"])
def test_the_option_works_from_PYTEST_ADDOPTS(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    pytester.makepyfile(IS_FAKE)
    monkeypatch.setenv("PYTEST_ADDOPTS", option)

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("line", ["addopts = --wandb-fake", "addopts = --wandb-fake=module", "wandb_fake = module"])
def test_the_option_works_from_the_configuration_file(pytester: pytest.Pytester, line: str) -> None:
    pytester.makepyfile(IS_FAKE)
    pytester.makeini(f"[pytest]\n{line}\n")

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_command_line_can_take_back_what_the_configuration_file_says(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import sys\n\ndef test_it():\n    assert 'wandb' not in sys.modules\n")
    pytester.makeini("[pytest]\nwandb_fake = module\n")

    pytester.runpytest_subprocess("-o", "wandb_fake=").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("where", "spelled"),
    [
        ("command line", "--wandb-fake=modul"),
        ("command line", "--wandb-fake="),
        ("PYTEST_ADDOPTS", "--wandb-fake=Module"),
        ("addopts", "--wandb-fake=yes"),
        ("ini", "wandb_fake = true"),
    ],
)
def test_a_mistyped_value_is_answered_with_the_values_there_are(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, where: str, spelled: str
) -> None:
    args = []
    if where == "command line":
        args.append(spelled)
    elif where == "PYTEST_ADDOPTS":
        monkeypatch.setenv("PYTEST_ADDOPTS", spelled)
    else:
        pytester.makeini(f"[pytest]\n{'addopts = ' if where == 'addopts' else ''}{spelled}\n")

    result = pytester.runpytest_subprocess(*args)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: {spelled}: there is no such value; there is module and server. --wandb-fake is *"]
    )
    result.stderr.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("spelled", ["--wandb-fake=server", "-owandb_fake=server"])
def test_the_server_needs_a_real_wandb_and_says_so(pytester: pytest.Pytester, spelled: str) -> None:
    result = pytester.runpytest_subprocess(spelled)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *server runs the real wandb, and none is installed: pip install wandb, or *"])


def test_a_profile_that_the_installed_wandb_does_not_have_is_refused(
    pytester: pytest.Pytester, install_real_wandb: Callable[[str], Path]
) -> None:
    install_real_wandb("0.31.0")

    result = pytester.runpytest_subprocess("--wandb-fake=server", "--wandb-profile=classic")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --wandb-profile=classic: the installed wandb 0.31.0 behaves as it does; *"])


def test_a_mistake_is_answered_in_process_as_well(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--wandb-fake=modul")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --wandb-fake=modul: there is no such value*"])


def test_help_shows_the_options(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--help")

    result.stdout.fnmatch_lines(["*--wandb-fake, --wandb-fake=module, --wandb-fake=server*"])
    result.stdout.fnmatch_lines(["*--wandb-profile={classic,current}*"])
    result.stdout.fnmatch_lines(["*--wandb-report=FILE.html*"])
    result.stdout.fnmatch_lines(["*wandb_strict (bool)*"])


def test_the_profiles_on_the_command_line_are_those_there_are() -> None:
    assert tuple(map(str, Profile)) == pytest_plugin.PROFILES


@pytest.mark.parametrize("profile", ["classic", "current"])
def test_the_profile_can_be_chosen(pytester: pytest.Pytester, profile: str) -> None:
    pytester.makepyfile(
        f"""
        import inspect
        import wandb

        def test_the_signature():
            first = next(iter(inspect.signature(wandb.init).parameters))
            assert first == {{"classic": "job_type", "current": "entity"}}[{profile!r}]
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake", f"--wandb-profile={profile}")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"wandb: fake, profile {profile}"])


def test_the_marker_is_known_and_changes_nothing_when_bare(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.wandb
        def test_marked(): pass

        def test_other(): pass
        """
    )

    result = pytester.runpytest_subprocess("--strict-markers", "-m", "wandb")

    result.assert_outcomes(passed=1, deselected=1)


def test_a_marker_with_an_unknown_argument_is_answered_with_those_there_are(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.wandb(proflie="classic")
        def test_mistyped(): pass

        @pytest.mark.wandb(profile="clasic")
        def test_unknown(): pass

        @pytest.mark.wandb
        def test_good(): pass
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        [
            "*wandb does not take proflie; it takes profile=, mode=, logged_in=, entity=, faults=, *",
            "*wandb: profile 'clasic' does not exist; expected 'classic' * or 'current' *",
        ],
    )


@pytest.mark.parametrize(
    ("argument", "answer"),
    [
        ("mode='ofline'", "mode='ofline' does not exist; expected one of online, offline, disabled, *"),
        ("logged_in='no'", "logged_in='no': expected True or False"),
        ("strict=1", "strict=1: expected True or False"),
        ("entity=''", "entity='': expected the name of a user or a team"),
        (
            "faults=['history']",
            "faults=[[]'history'[]]: expected wandb_testkit.Fault(...) or a list of them*",
        ),
    ],
)
def test_a_marker_with_a_wrong_value_says_what_it_should_be(
    pytester: pytest.Pytester, argument: str, answer: str
) -> None:
    pytester.makepyfile(f"import pytest\n\n@pytest.mark.wandb({argument})\ndef test_it(): pass\n")

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"@pytest.mark.wandb: {answer}"])


def test_the_marker_says_mode_entity_and_who_is_logged_in(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os
        import pytest
        import wandb

        @pytest.mark.wandb(mode="offline", entity="team")
        class TestAway:
            def test_offline(self, wandb_fake):
                wandb.init(project="demo").finish()
                assert (wandb_fake.run.mode, wandb_fake.run.entity) == ("offline", "team")

            @pytest.mark.wandb(mode="disabled")
            def test_disabled(self, wandb_fake):
                wandb.init(project="demo").finish()
                assert wandb_fake.runs == []

        @pytest.mark.wandb(entity="team")
        def test_entity(wandb_fake):
            wandb.init(project="demo").finish()
            assert wandb_fake.run.entity == "team"

        @pytest.mark.wandb(logged_in=False)
        def test_nobody_is_logged_in(wandb_fake):
            with pytest.raises(wandb.errors.UsageError, match="API key"):
                wandb.init(project="demo")

        def test_as_it_was(wandb_fake):
            wandb.init(project="demo").finish()
            assert (wandb_fake.run.mode, wandb_fake.run.entity) == ("online", "testkit-user")
            assert os.environ["WANDB_API_KEY"] == "k" * 40
            assert "WANDB_MODE" not in os.environ
        """
    )
    pytester.makeconftest("import os\nos.environ['WANDB_API_KEY'] = 'k' * 40\n")

    pytester.runpytest_subprocess("--wandb-fake").assert_outcomes(passed=5)


def test_the_marker_arms_faults_anew_for_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        import wandb
        import wandb_testkit as wt

        @pytest.mark.wandb(faults=[wt.Fault(on="run", nth=1, reply=403, message="no")])
        @pytest.mark.parametrize("n", [1, 2])
        def test_refused_once(n, wandb_fake):
            with pytest.raises(wandb.errors.CommError, match="no"):
                wandb.init(project="demo")
            wandb.init(project="demo").finish()

        def test_not_refused():
            wandb.init(project="demo").finish()
        """
    )

    pytester.runpytest_subprocess("--wandb-fake").assert_outcomes(passed=3)


def test_the_page_of_the_plugin_names_all_that_there_is(pytester: pytest.Pytester) -> None:
    page = Path(__file__).parents[2].joinpath("docs", "pytest.md").read_text(encoding="utf-8")
    told = "\n".join(pytester.runpytest_subprocess("--help").outlines)

    options = set(re.findall(r"--wandb-(?:fake|profile|report)", told))
    settings = set(re.findall(r"^  (wandb_[a-z]+) \(", told, re.M))
    warnings = {name for name in vars(pytest_plugin) if name.endswith("Warning")}
    arguments = {field.name for field in dataclasses.fields(Wishes)}
    assert (len(options), len(settings), len(warnings)) == (3, 3, 5)
    for name in {*options, *settings, *warnings, *(f"`{argument}=" for argument in arguments), *pytest_plugin.FIXTURES}:
        assert name in page


def test_the_plugin_can_be_left_out(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")

    pytester.runpytest_subprocess("-p", "no:wandb_testkit").assert_outcomes(passed=1)
    refused = pytester.runpytest_subprocess("-p", "no:wandb_testkit", "--wandb-fake")

    assert refused.ret == pytest.ExitCode.USAGE_ERROR

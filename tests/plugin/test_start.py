"""When the fake takes wandb's place, and when it gives it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

IN_CONFTEST = """
    import wandb
    from wandb import init
    import wandb.sdk.wandb_run

    SEEN_BY_CONFTEST = (getattr(wandb, "REAL", False), wandb)
"""
IN_TEST = """
    import sys
    import wandb

    def test_conftest_saw_the_fake(request):
        conftest = next(p for p in request.config.pluginmanager.get_plugins() if hasattr(p, "SEEN_BY_CONFTEST"))
        assert conftest.SEEN_BY_CONFTEST == (False, wandb)
        wandb.init(project="demo").finish()

    def test_every_process_has_it(wandb_fake):
        wandb.init(project="demo").finish()
        assert wandb_fake.run.project == "demo"
"""
AUTOLOAD_OFF = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"


@pytest.mark.parametrize(
    "args",
    [
        ["-p", "no:randomly"],
        ["-p", "randomly"],
        ["-n", "2"],
        ["-n", "2", "-p", "randomly"],
    ],
    ids=" ".join,
)
def test_the_first_conftest_imports_the_fake(pytester: pytest.Pytester, args: list[str]) -> None:
    pytester.makeconftest(IN_CONFTEST)
    pytester.makepyfile(IN_TEST)

    pytester.runpytest_subprocess("--wandb-fake", *args).assert_outcomes(passed=2)


@pytest.mark.parametrize("args", [[], ["-n", "2", "-p", "xdist"]], ids=["one process", "xdist"])
def test_the_plugin_can_be_named_where_plugins_are_not_loaded_by_themselves(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    pytester.makeconftest(IN_CONFTEST)
    pytester.makepyfile(IN_TEST)
    monkeypatch.setenv(AUTOLOAD_OFF, "1")

    pytester.runpytest_subprocess("-p", "wandb_testkit", "--wandb-fake", *args).assert_outcomes(passed=2)


def test_naming_the_plugin_twice_does_no_harm(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        IN_TEST.partition("def test_every")[0].replace("test_conftest_saw", "no_test")
        + "\n    def test_it(wandb_fake): pass"
    )

    pytester.runpytest_subprocess("-p", "wandb_testkit", "--wandb-fake").assert_outcomes(passed=1)


def test_a_suite_may_name_the_plugin_in_its_root_conftest(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeconftest('pytest_plugins = ["wandb_testkit.pytest_plugin"]')
    pytester.makepyfile(
        "import wandb\n\ndef test_it(wandb_fake):\n    wandb.init().finish()\n    assert wandb_fake.run"
    )
    pytester.makeini("[pytest]\nwandb_fake = module\n")
    monkeypatch.setenv(AUTOLOAD_OFF, "1")

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(("installed", "profile"), [("0.12.21", "classic"), ("0.19.1", "current")])
def test_the_fake_stands_in_for_an_installed_wandb_and_plays_its_profile(
    pytester: pytest.Pytester, install_real_wandb: Callable[[str], Path], installed: str, profile: str
) -> None:
    install_real_wandb(installed)
    pytester.makeconftest(IN_CONFTEST)
    pytester.makepyfile(
        IN_TEST
        + f"""
    def test_it_answers_as_the_installed_one():
        import importlib.metadata, importlib.util
        assert importlib.metadata.version("wandb") == wandb.__version__ == {installed!r}
        assert importlib.util.find_spec("wandb") is not None
        """
    )

    result = pytester.runpytest_subprocess("--wandb-fake")

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines([f"wandb: fake, profile {profile}"])


def test_without_an_installed_wandb_the_fake_is_the_newest(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import importlib.metadata, importlib.util
        import wandb

        def test_it_answers_as_an_installed_one():
            assert importlib.metadata.version("wandb") == wandb.__version__ == "0.31.0"
            assert "wandb" in importlib.metadata.packages_distributions()
            assert importlib.util.find_spec("wandb").name == "wandb"
        """
    )

    pytester.runpytest_subprocess("--wandb-fake").assert_outcomes(passed=1)


def test_a_plugin_that_imported_the_real_wandb_first_is_named(
    pytester: pytest.Pytester, install_real_wandb: Callable[[str], Path]
) -> None:
    install_real_wandb("0.31.0")
    pytester.makepyfile(early="import wandb")
    pytester.makepyfile("import wandb\n\ndef test_it():\n    assert not hasattr(wandb, 'REAL')\n")

    warned = pytester.runpytest_subprocess("-p", "early", "--wandb-fake")
    refused = pytester.runpytest_subprocess("-p", "early", "--wandb-fake", "-W", "error")

    warned.assert_outcomes(passed=1, warnings=1)
    warned.stdout.fnmatch_lines(["*RealWandbImportedWarning*early*"])
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    refused.stderr.fnmatch_lines(["ERROR: *early*"])
    refused.stderr.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("end", ["passes", "fails", "is interrupted", "has a broken conftest"])
def test_the_real_wandb_is_back_however_the_run_ends(
    pytester: pytest.Pytester, install_real_wandb: Callable[[str], Path], end: str
) -> None:
    install_real_wandb("0.31.0")
    if end == "has a broken conftest":
        pytester.makeconftest("import wandb\nraise RuntimeError('broken')")
    body = {"fails": "assert False", "is interrupted": "raise KeyboardInterrupt"}.get(end, "pass")
    pytester.makepyfile(
        f"import os, wandb\n\ndef test_it():\n    os.environ['WANDB_PROJECT'] = 'x'\n    wandb.init()\n    {body}"
    )
    script = pytester.makepyfile(
        run="""
        import os, sys, logging
        before = set(sys.modules), list(sys.meta_path), list(sys.path_hooks)
        import pytest
        code = pytest.main(["--wandb-fake", "-p", "no:cacheprovider"])
        assert "WANDB_PROJECT" not in os.environ
        assert not [name for name in sys.modules if name.partition(".")[0] == "wandb"], "wandb is still there"
        assert not [finder for finder in sys.meta_path if "wandb" in type(finder).__module__]
        import wandb
        assert wandb.REAL
        print("back after exit code", int(code))
        """
    )

    result = pytester.runpython(script)

    code = {"passes": 0, "fails": 1, "is interrupted": 2, "has a broken conftest": 4}[end]
    result.stdout.fnmatch_lines([f"back after exit code {code}"])


def test_a_pytest_inside_a_pytest_has_worlds_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["pytester"]')
    pytester.makepyfile(
        """
        import wandb

        def test_outer(pytester, wandb_fake):
            run = wandb.init(project="outer")
            pytester.makepyfile(test_inner='''
                import wandb

                def test_inner(wandb_fake):
                    assert wandb.run is None
                    wandb.init(project="inner").finish()
                    assert wandb_fake.run.project == "inner"
            ''')

            pytester.runpytest_inprocess("--wandb-fake").assert_outcomes(passed=1)

            assert wandb.run is run
            run.log({"after": 1})
            run.finish()
            assert wandb_fake.run.project == "outer"
            assert wandb_fake.run.history["after"] == [1]
            import wandb as again
            assert again is wandb
        """
    )

    pytester.runpytest_subprocess("--wandb-fake").assert_outcomes(passed=1)

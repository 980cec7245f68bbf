"""The pytest plugin: its options, its marker and its fixtures; what they do is loaded when a run asks for it.

Every pytest run of everyone who has the kit installed imports this module. It therefore imports nothing of ours and
nothing that pytest has not loaded already; the work is done in `wandb_testkit.plugin`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import sys
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import wandb_testkit as wt
    from wandb_testkit.plugin.worlds import Worlds

OPTION = "--wandb-fake"
MODES = ("module", "server")
FIXTURES = ("wandb_fake", "wandb_server")
PROFILES = ("classic", "current")  # the names of profiles.Profile, which only a run that wants a world loads

THERE_IS = (
    f"{OPTION} is short for {OPTION}=module: `import wandb` is the fake, whether or not wandb is installed. "
    f"{OPTION}=server: the installed wandb, against a fake server on this machine."
)

NO_WANDB = "No module named 'wandb'"
ADVICE = f"wandb is not installed here, and need not be: run pytest with {OPTION}, and `import wandb` is the fake."

WORLDS = pytest.StashKey["Worlds"]()


class UnfinishedRunWarning(pytest.PytestWarning):
    """A test left a run that nobody finished; it was finished for it, with exit code 0."""


class RefusedConnectionWarning(pytest.PytestWarning):
    """Code under test was about to reach Weights & Biases, was refused, and the test went on."""


class LeftoverWarning(pytest.PytestWarning):
    """A test left threads, child processes or files behind."""


class UnreachedWorkersWarning(pytest.PytestWarning):
    """A test is connected to a cluster of ray whose workers do not know its world."""


class RealWandbHeldWarning(pytest.PytestWarning):
    """A test without the option runs code that took hold of the real wandb before, in a way that cannot be undone."""


class _FakeAction(argparse.Action):
    """An option that takes its value after "=" only, so that in `--wandb-fake tests/` the path stays a path.

    argparse has no such thing: `nargs="?"` would take the path. So each value is an option string of its own.
    """

    def __init__(self, option_strings: Sequence[str], dest: str, **settings: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **settings)

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, (option_string or "").partition("=")[2] or "module")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options, on the command line and in the configuration file."""
    _check_spelling(pluginmanager)
    group = parser.getgroup("wandb_testkit", "wandb_testkit: Weights & Biases without a network")
    group.addoption(
        OPTION,
        *(f"{OPTION}={mode}" for mode in MODES),
        action=_FakeAction,
        dest="wandb_fake",
        default=None,
        help=f"give every test a fake wandb of its own. {THERE_IS}",
    )
    group.addoption(
        "--wandb-profile",
        choices=PROFILES,
        help="which wandb.init() to play: classic (2021) or current (0.31); default: that of the installed wandb",
    )
    group.addoption(
        "--wandb-target",
        metavar="TARGET",
        help="what `pytest --pyargs wandb_testkit.conformance` judges: reference, wandb==VERSION, trackio, the URL of "
        "a server, or MODULE:NAME",
    )
    group.addoption(
        "--wandb-deep",
        action="store_true",
        help="with --wandb-target: also covering arrays of the decision tables, and programs that Hypothesis grows",
    )
    group.addoption("--wandb-known", metavar="FILE", help="known failures of that target, a line each: `glob: reason`")
    group.addoption("--wandb-report", metavar="FILE.html", help="write the recorded runs of all tests to one page")
    parser.addini("wandb_fake", f"the same as {OPTION}=VALUE: module or server", default="")
    parser.addini(
        "wandb_strict", "fail a test that leaves runs, threads, processes or files (default: warn)", type="bool"
    )
    parser.addini(
        "wandb_network",
        "which connections are refused while wandb is a fake: wandb (W&B's hosts), none (nothing leaves this machine) "
        "or all (every connection is let through)",
        default="wandb",
    )


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Put the fake in the place of wandb before the first conftest is imported.

    The innermost wrapper: inside those that catch output and warnings, and before every plugin that does its work here.
    """
    _start(early_config, early_config.known_args_namespace)
    try:
        return (yield)
    except Exception as failure:
        if NO_WANDB in repr(getattr(failure, "cause", failure)):
            sys.stderr.write(f"{ADVICE}\n")  # pytest shows the error itself, and no more than that
        raise


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the report if there is to be one."""
    config.addinivalue_line(
        "markers",
        "wandb(profile='current', mode='offline', logged_in=False, entity='team', faults=[wandb_testkit.Fault(...)], "
        "allow_unfinished=True, strict=True): how the fake wandb of this test behaves (wandb_testkit); without "
        "arguments it changes nothing.",
    )
    # A plugin named in a conftest's pytest_plugins is loaded too late for pytest_load_initial_conftests.
    _start(config, config.option)
    report = config.getoption("wandb_report")
    if report and not hasattr(config, "workerinput"):  # a worker of xdist sends its runs to the controller
        from wandb_testkit.plugin.collected import CollectedRuns

        config.pluginmanager.register(CollectedRuns(config, report), "wandb_testkit_report")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that wandb is a fake, and which."""
    worlds = config.stash.get(WORLDS, None)
    return None if worlds is None else worlds.headline()


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Where collection fails for want of wandb, say what to do."""
    if report.failed and NO_WANDB in str(report.longrepr):
        report.sections.append(("wandb_testkit", ADVICE))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the option, load the worlds only if some test asks for one."""
    if any(is_asked_for(item, name) for item in items for name in FIXTURES):
        worlds_of(config)


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Explain a failed `==` on what a run recorded; whatever else is compared is none of ours."""
    if op != "==" or "wandb_testkit.world" not in sys.modules:
        return None
    from wandb_testkit.plugin.comparison import explain, runs_at_hand

    worlds = config.stash.get(WORLDS, None)
    everything = config.get_verbosity(pytest.Config.VERBOSITY_ASSERTIONS) > 1
    return explain(left, right, runs_at_hand(worlds), everything=everything)


@pytest.fixture
def wandb_fake(request: pytest.FixtureRequest) -> wt.World:
    """The test's own world: its runs, its fake server, its init().

    With --wandb-fake every test has a world, and this is how a test looks at it. Without the option, asking for the
    fixture is enough: `import wandb` is the fake for the duration of the test.
    """
    return worlds_of(request.config).of(request.node, "wandb_fake").world


@pytest.fixture
def wandb_server(request: pytest.FixtureRequest) -> wt.World:
    """The test's own world, reached over HTTP: the environment points the real wandb, and child processes, to it.

    With --wandb-fake=server every test has such a world, and this is the same as `wandb_fake`. Otherwise asking for the
    fixture is enough: WANDB_BASE_URL and WANDB_API_KEY are set for the duration of the test.
    """
    return worlds_of(request.config).of(request.node, "wandb_server").world


def worlds_of(config: pytest.Config) -> Worlds:
    """The worlds of this pytest run; without the option they are there for the tests that ask."""
    if WORLDS not in config.stash:
        _load(config, config.option.wandb_profile, mode=None)
    return config.stash[WORLDS]


def is_asked_for(item: pytest.Item, name: str) -> bool:
    """Whether a test uses our fixture of this name, and not one of the same name that its suite defines."""
    # pytest has no public way to tell, before a fixture is set up, which one a name stands for.
    info = getattr(item, "_fixtureinfo", None)
    if info is None:
        return False
    for fixture in reversed(info.name2fixturedefs.get(name, ())):
        if fixture.func.__module__ == __name__:
            return True
        if name not in fixture.argnames:
            return False  # hides ours; one that takes its own name builds on it
    return False


def _start(config: pytest.Config, options: argparse.Namespace) -> None:
    mode = options.wandb_fake or config.getini("wandb_fake")
    if not mode or WORLDS in config.stash:
        return
    _check_mode(mode, f"{OPTION}={mode}" if options.wandb_fake else f"wandb_fake = {mode}")
    _load(config, options.wandb_profile, mode=mode)


def _load(config: pytest.Config, profile: str | None, *, mode: str | None) -> None:
    from wandb_testkit.plugin.worlds import Worlds

    worlds = Worlds(config, profile, mode=mode)
    config.stash[WORLDS] = worlds
    config.pluginmanager.register(worlds, "wandb_testkit_worlds")


def _check_mode(mode: str, spelled: str) -> None:
    if mode not in MODES:
        raise pytest.UsageError(f"{spelled}: there is no such value; there is {' and '.join(MODES)}. {THERE_IS}")


def _check_spelling(pluginmanager: pytest.PytestPluginManager) -> None:
    """Answer a mistyped value in words; argparse would say "ignored explicit argument", after its three names."""
    for arg in _given_args(pluginmanager):
        if arg.startswith(f"{OPTION}=") and (mode := arg.partition("=")[2]) not in MODES:
            _check_mode(mode, arg)


def _given_args(pluginmanager: pytest.PytestPluginManager) -> Iterator[str]:
    config = pluginmanager.get_plugin("pytestconfig")
    if config is None:
        return
    yield from shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    # Handed over as pytest.main(plugins=[...]), we are here before the configuration file has been read.
    with contextlib.suppress(KeyError, ValueError):
        yield from config.getini("addopts")
    yield from map(os.fspath, config.invocation_params.args)

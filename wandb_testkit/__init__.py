"""wandb_testkit: test, mock and simulate `wandb.init()`.

Public names load at first use: every pytest run of everybody who installs this package imports it.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for True by its name; importing typing costs more than all the rest

if TYPE_CHECKING:
    from wandb_testkit import conformance, spec
    from wandb_testkit.assertions import (
        assert_artifact,
        assert_config,
        assert_decreasing,
        assert_increasing,
        assert_logged,
        assert_summary,
    )
    from wandb_testkit.errors import (
        AnswersError,
        AuthenticationError,
        CommError,
        ConfigError,
        Error,
        NotAnOfflineRunError,
        NotARecordingError,
        NotModelledError,
        OfflineRunWarning,
        RunLookupError,
        ServerResponseError,
        TestkitError,
        UnknownMetricError,
        UsageError,
        ValidationError,
    )
    from wandb_testkit.faults import Fault
    from wandb_testkit.history_view import History
    from wandb_testkit.installation import install
    from wandb_testkit.observation import Observation, RunState, RunView
    from wandb_testkit.offline_runs import read_offline
    from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
    from wandb_testkit.pytest_plugin import UnfinishedRunWarning
    from wandb_testkit.recorded_runs import load
    from wandb_testkit.recorder import Recorder
    from wandb_testkit.sdk.classic_dummy import Dummy
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.settings import Settings
    from wandb_testkit.server.app import FakeServer
    from wandb_testkit.world import World, current, fake, init

__version__ = "0.1.0"

_HOMES = {
    "AnswersError": "errors",
    "AuthenticationError": "errors",
    "CLASSIC": "profiles",
    "CURRENT": "profiles",
    "CommError": "errors",
    "ConfigError": "errors",
    "Dummy": "sdk.classic_dummy",
    "Error": "errors",
    "FakeServer": "server.app",
    "Fault": "faults",
    "History": "history_view",
    "NotARecordingError": "errors",
    "NotAnOfflineRunError": "errors",
    "NotModelledError": "errors",
    "Observation": "observation",
    "OfflineRunWarning": "errors",
    "Profile": "profiles",
    "Recorder": "recorder",
    "Run": "sdk.run",
    "RunLookupError": "errors",
    "RunState": "observation",
    "RunView": "observation",
    "ServerResponseError": "errors",
    "Settings": "sdk.settings",
    "TestkitError": "errors",
    "UnfinishedRunWarning": "pytest_plugin",
    "UnknownMetricError": "errors",
    "UsageError": "errors",
    "ValidationError": "errors",
    "World": "world",
    "assert_artifact": "assertions",
    "assert_config": "assertions",
    "assert_decreasing": "assertions",
    "assert_increasing": "assertions",
    "assert_logged": "assertions",
    "assert_summary": "assertions",
    "current": "world",
    "fake": "world",
    "init": "world",
    "install": "installation",
    "load": "recorded_runs",
    "read_offline": "offline_runs",
}
"""Public name -> the module below this package that has it."""

__all__ = [
    "CLASSIC",
    "CURRENT",
    "AnswersError",
    "AuthenticationError",
    "CommError",
    "ConfigError",
    "Dummy",
    "Error",
    "FakeServer",
    "Fault",
    "History",
    "NotARecordingError",
    "NotAnOfflineRunError",
    "NotModelledError",
    "Observation",
    "OfflineRunWarning",
    "Profile",
    "Recorder",
    "Run",
    "RunLookupError",
    "RunState",
    "RunView",
    "ServerResponseError",
    "Settings",
    "TestkitError",
    "UnfinishedRunWarning",
    "UnknownMetricError",
    "UsageError",
    "ValidationError",
    "World",
    "assert_artifact",
    "assert_config",
    "assert_decreasing",
    "assert_increasing",
    "assert_logged",
    "assert_summary",
    "conformance",
    "current",
    "fake",
    "init",
    "install",
    "load",
    "read_offline",
    "spec",
]


if not TYPE_CHECKING:  # a type checker sees the imports above, and is to complain of any other name

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name in ("conformance", "spec"):
            return import_module(f"wandb_testkit.{name}")
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module 'wandb_testkit' has no attribute {name!r}; it has {', '.join(__all__)}")
        value: object = getattr(import_module(f"wandb_testkit.{home}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

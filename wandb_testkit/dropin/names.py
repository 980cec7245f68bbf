"""Owns the table of names: every dotted name of the drop-in `wandb`, where it comes from, and which profiles have it.

Everything else is a view of this table: the modules, their `dir()`, what `from wandb import x` finds, docs/names.md.
A name stands here only if wandb 0.10.33 (classic) or 0.31.0 (current) has it in the same place.
`python -m wandb_testkit.dropin.names` prints the page.
"""

from __future__ import annotations

from collections.abc import Mapping

from wandb_testkit.dropin import names_of_callbacks, names_of_data, names_of_integrations, names_of_tools
from wandb_testkit.dropin.entries import CLASSIC, CURRENT, Name, State, Table, joined
from wandb_testkit.dropin.entries import own as _own
from wandb_testkit.profiles import Profile

PAGE = "docs/names.md"

_RUN = _own("Run")
_SETTINGS = _own("Settings")
_CONFIG = Name("wandb_testkit.sdk.config:Config")
_SUMMARY = Name("wandb_testkit.sdk.summary:Summary")
_RUN_DISABLED = _own("RunDisabled")
_ERROR = Name("wandb_testkit.errors:Error")
_COMM_ERROR = Name("wandb_testkit.errors:CommError")
_USAGE_ERROR = Name("wandb_testkit.errors:UsageError")
_AUTHENTICATION_ERROR = Name("wandb_testkit.errors:AuthenticationError", CURRENT)
_UNSUPPORTED_ERROR = Name("wandb_testkit.errors:UnsupportedError", CURRENT)
_CORE_NOT_AVAILABLE_ERROR = Name("wandb_testkit.errors:WandbCoreNotAvailableError", CURRENT)
_ALERT_LEVEL = Name("wandb_testkit.sdk.alert:AlertLevel")
_TERM = {name: _own(name, state=State.RECORDED) for name in ("termlog", "termwarn", "termerror")}

_RUNS: Table = {
    "wandb": {
        "__version__": Name("wandb_testkit.dropin.originals:shown_version()"),
        "init": _own("init"),
        "finish": _own("finish"),
        "join": _own("join"),
        "run": Name(":run"),
        "config": Name(":config"),
        "summary": Name(":summary"),
        "log": _own("log"),
        "define_metric": _own("define_metric"),
        "save": _own("save"),
        "restore": _own("restore"),
        "alert": _own("alert", state=State.RECORDED),
        "AlertLevel": _ALERT_LEVEL,
        "mark_preempting": _own("mark_preempting", state=State.RECORDED),
        "watch": _own("watch"),
        "unwatch": _own("unwatch"),
        "login": _own("login"),
        "setup": _own("setup"),
        "teardown": _own("teardown", CURRENT),
        **_TERM,
        "Settings": _SETTINGS,
        "Config": _CONFIG,
        "Run": _RUN._replace(profiles=CURRENT),
        "Error": _ERROR,
        "CommError": _COMM_ERROR,
        "UsageError": _USAGE_ERROR,
        "wandb_sdk": Name("wandb.sdk:"),
        "wandb_lib": Name("wandb.sdk.lib:"),
    },
    "wandb.errors": {
        "Error": _ERROR,
        "CommError": _COMM_ERROR,
        "UsageError": _USAGE_ERROR,
        "AuthenticationError": _AUTHENTICATION_ERROR,
        "UnsupportedError": _UNSUPPORTED_ERROR,
        "LogError": Name("wandb_testkit.errors:LogError", CLASSIC),
        "LogMultiprocessError": Name("wandb_testkit.errors:LogMultiprocessError", CLASSIC),
        "WandbCoreNotAvailableError": _CORE_NOT_AVAILABLE_ERROR,
    },
    "wandb.errors.errors": {
        "Error": _ERROR._replace(profiles=CURRENT),
        "CommError": _COMM_ERROR._replace(profiles=CURRENT),
        "UsageError": _USAGE_ERROR._replace(profiles=CURRENT),
        "AuthenticationError": _AUTHENTICATION_ERROR,
        "UnsupportedError": _UNSUPPORTED_ERROR,
        "WandbCoreNotAvailableError": _CORE_NOT_AVAILABLE_ERROR,
    },
    "wandb.errors.term": _TERM,
    "wandb.sdk": {
        "AlertLevel": _ALERT_LEVEL,
        "init": _own("init"),
        "finish": _own("finish"),
        "login": _own("login"),
        "setup": _own("setup"),
        "teardown": _own("teardown", CURRENT),
        "Settings": _SETTINGS,
        "Config": _CONFIG,
        "Summary": _SUMMARY,
        "History": Name("wandb_testkit.sdk.classic_history:History", CLASSIC),
        **{name: _own(name, CLASSIC) for name in ("unwatch", "watch")},
    },
    "wandb.sdk.lib": {"RunDisabled": _RUN_DISABLED},
    "wandb.sdk.lib.config_util": {"ConfigError": Name("wandb_testkit.errors:ConfigError")},
    "wandb.sdk.lib.disabled": {"RunDisabled": _RUN_DISABLED},
    "wandb.sdk.lib.runid": {
        "generate_id": _own("generate_id"),
        "generate_fast_id": _own("generate_id", CURRENT),
        "ascii_lowercase": Name("string:ascii_lowercase", CURRENT),
        "digits": Name("string:digits", CURRENT),
    },
    "wandb.sdk.wandb_alerts": {"AlertLevel": _ALERT_LEVEL},
    "wandb.sdk.wandb_config": {"Config": _CONFIG},
    "wandb.sdk.wandb_history": {"History": Name("wandb_testkit.sdk.classic_history:History", CLASSIC)},
    "wandb.sdk.wandb_init": {
        "init": _own("init"),
        "_set_logger": Name("wandb_testkit.sdk.init:_set_logger", CLASSIC),  # the reference page has both
        "_WandbInit": Name("wandb_testkit.sdk.init:_WandbInit", CLASSIC),
    },
    "wandb.sdk.wandb_login": {"login": _own("login")},
    "wandb.sdk.wandb_metric": {"Metric": Name("wandb_testkit.sdk.metric:Metric")},
    "wandb.sdk.wandb_run": {"Run": _RUN, "finish": _own("finish"), "restore": _own("restore")},
    "wandb.sdk.wandb_settings": {"Settings": _SETTINGS},
    "wandb.sdk.wandb_setup": {"setup": _own("setup"), "teardown": _own("teardown", CURRENT)},
    "wandb.sdk.wandb_summary": {"Summary": _SUMMARY},
    "wandb.util": {"generate_id": _own("generate_id", CLASSIC)},
    "wandb.wandb_run": {"Run": _RUN},
}

NAMES: Mapping[str, Mapping[str, Name]] = joined(
    _RUNS, names_of_callbacks.NAMES, names_of_data.NAMES, names_of_integrations.NAMES, names_of_tools.NAMES
)
"""Module -> name -> where it comes from."""

MODULES_OF_ONE_PROFILE: Mapping[str, Profile] = {
    "wandb.errors.errors": Profile.CURRENT,
    "wandb.sdk.wandb_history": Profile.CLASSIC,
    **names_of_callbacks.MODULES_OF_ONE_PROFILE,
    **names_of_data.MODULES_OF_ONE_PROFILE,
    **names_of_integrations.MODULES_OF_ONE_PROFILE,
    **names_of_tools.MODULES_OF_ONE_PROFILE,
}

NEEDS = {**names_of_callbacks.NEEDS, **names_of_integrations.NEEDS}
"""Modules whose names need a library: the real wandb has no such module where that is not installed."""

MODULES_BY_IMPORT_ONLY = (
    frozenset({"wandb.wandb_run"})
    | names_of_callbacks.BY_IMPORT_ONLY
    | names_of_integrations.BY_IMPORT_ONLY
    | names_of_tools.BY_IMPORT_ONLY
)
"""Modules that `import wandb` does not bring along: they are attributes only once somebody has imported them."""

STAR: Mapping[Profile, tuple[str, ...]] = {
    Profile.CLASSIC: (
        *("__version__", "init", "setup", "save", "sweep", "agent", "config", "log", "summary", "join", "Api"),
        *("Graph", "Image", "Plotly", "Video", "Audio", "Table", "Html", "Object3D", "Molecule", "Histogram"),
    ),
    Profile.CURRENT: (
        *("__version__", "init", "finish", "setup", "save", "sweep", "controller", "agent", "config", "log"),
        *("summary", "join", "Api", "Graph", "Image", "Plotly", "Video", "Audio", "Table", "EvalTable", "Html"),
        *("box3d", "Object3D", "Molecule", "Histogram", "ArtifactTTL", "log_artifact", "use_artifact"),
        *("log_model", "use_model", "link_model", "define_metric", "watch", "unwatch", "plot_table", "Run"),
    ),
}
"""wandb's own `__all__`."""


def has_module(fullname: str, profile: Profile) -> bool:
    """Whether the tree of a profile has this module."""
    return fullname in NAMES and MODULES_OF_ONE_PROFILE.get(fullname, profile) is profile


PACKAGES = frozenset({"wandb.integration", "wandb.plot"} | names_of_callbacks.PACKAGES | names_of_integrations.PACKAGES)
"""Modules that are packages also where nothing of what is below them is there."""


def is_package(fullname: str, profile: Profile) -> bool:
    """Whether other modules of a profile are below this one."""
    return fullname in PACKAGES or any(
        other.startswith(f"{fullname}.") and has_module(other, profile) for other in NAMES
    )


def names_of(fullname: str, profile: Profile) -> dict[str, Name]:
    """The names that a module has in a profile."""
    return {name: entry for name, entry in NAMES[fullname].items() if profile in entry.profiles}


def submodules_of(fullname: str, profile: Profile) -> tuple[str, ...]:
    """The modules right below a package that are its attributes without further ado, by their short names."""
    return tuple(
        child.rpartition(".")[2]
        for child in NAMES
        if child.rpartition(".")[0] == fullname and child not in MODULES_BY_IMPORT_ONLY and has_module(child, profile)
    )


def star_of(fullname: str, profile: Profile) -> tuple[str, ...]:
    """What `from module import *` brings."""
    there = names_of(fullname, profile)
    return tuple(name for name in STAR[profile] if name in there) if fullname == "wandb" else tuple(there)


if __name__ == "__main__":
    from wandb_testkit.dropin import real_names

    print(real_names.markdown(), end="")

"""The table against the wandb that is installed in this interpreter, where that is a version the profiles play."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.dropin import real_names
from wandb_testkit.dropin import names, originals
from wandb_testkit.dropin.install import install
from wandb_testkit.dropin.real_names import FILE, state_of
from wandb_testkit.profiles import Profile
from wandb_testkit.world import fake

VERSION = originals.installed_version()
PROFILE = next((profile for profile, version in originals.VERSIONS.items() if version == VERSION), None)

pytestmark = pytest.mark.skipif(
    PROFILE is None,
    reason=f"needs wandb {' or '.join(originals.VERSIONS.values())} in this interpreter; there is {VERSION or 'none'}",
)

LOOK = """
import importlib, inspect, json, sys, warnings
warnings.simplefilter("ignore")
sys.modules["numpy"] = None  # 0.10.33 does not know numpy 2, and can do without
import wandb
table = json.loads({table!r})

def described(parameters):
    plain = (type(None), bool, int, str)
    def default(value):
        return "" if value is inspect.Parameter.empty else repr(value) if isinstance(value, plain) else "?"
    return [[p.name, p.kind.name, default(p.default)] for p in parameters]

def attribute(dotted):
    value = sys.modules["wandb"]
    for part in dotted.split(".")[1:]:
        value = getattr(value, part)
    return value

seen = {{"attributes": [], "modules": {{}}, "names": {{}}, "signatures": {{}}, "star": sorted(wandb.__all__)}}
for module in table:
    try:
        attribute(module)
    except AttributeError:
        continue
    seen["attributes"].append(module)
for module, known in table.items():
    try:
        there = importlib.import_module(module)
    except ImportError:
        continue
    seen["modules"][module] = hasattr(there, "__path__")
    seen["names"][module] = [name for name in known if hasattr(there, name)]
for name in {functions!r}:
    value = getattr(wandb, name, None)
    if value is not None:
        parameters = list(inspect.signature(value).parameters.values())
        if parameters and parameters[0].name == "self":
            del parameters[0]  # before init(), functions of a run show the unbound method
        seen["signatures"][name] = described(parameters)
from wandb.sdk.lib import module
module.unset_globals()
def said(function):
    try:
        function()
    except Exception as error:
        return [type(error).__name__, str(error)]
seen["said"] = [said(lambda: wandb.config.lr), said(lambda: wandb.config["lr"]), said(lambda: wandb.summary["lr"]),
                said(lambda: wandb.config.update({{}})), said(lambda: wandb.log({{}})), said(lambda: wandb.save("x")),
                said(lambda: wandb.define_metric("x")), said(lambda: wandb.watch(None)), said(lambda: wandb.finish()),
                said(lambda: setattr(wandb.config, "lr", 1)), said(lambda: wandb.config.__setitem__("lr", 1))]
print(json.dumps(seen))
"""

LISTED = real_names.MODULES

FUNCTIONS = (
    "sweep",
    "agent",
    "controller",
    "require",
    "attach",
    "Api",
    "init",
    "finish",
    "join",
    "log",
    "define_metric",
    "save",
    "watch",
    "login",
    "setup",
    "teardown",
    "termlog",
    "termwarn",
    "termerror",
    *("Artifact", "Audio", "Classes", "Graph", "Histogram", "Html", "Image", "JoinedTable", "Molecule", "Object3D"),
    *("Plotly", "Table", "Video", "link_model", "log_artifact", "log_model", "plot_table", "use_artifact", "use_model"),
    *("box3d", "visualize"),
)


@pytest.fixture(scope="module")
def real(python: Callable[..., str]) -> dict[str, Any]:
    """What can be seen of the installed wandb, in an interpreter of its own."""
    table = json.dumps({module: list(known) for module, known in names.NAMES.items() if module not in names.NEEDS})
    return json.loads(python(LOOK.format(table=table, functions=FUNCTIONS), with_site=True))  # type: ignore[no-any-return]


def the_profile() -> Profile:
    assert PROFILE is not None
    return PROFILE


def modules() -> list[str]:
    """Those of the profile; wandb has those of other libraries where these are installed, and here they are not."""
    return [m for m in names.NAMES if names.has_module(m, the_profile()) and m not in names.NEEDS]


def test_modules_are_where_wandb_has_them(real: dict[str, Any]) -> None:
    ours = {m: names.is_package(m, the_profile()) for m in modules()}

    assert {m: is_package for m, is_package in real["modules"].items() if m in ours} == ours


def test_modules_are_attributes_without_an_import_where_they_are_in_wandb(real: dict[str, Any]) -> None:
    ours = [m for m in modules() if m not in names.MODULES_BY_IMPORT_ONLY]

    refused = set(names.NAMES) - set(ours)
    assert [m for m in real["attributes"] if m not in refused] == ours


def test_names_are_where_wandb_has_them(real: dict[str, Any]) -> None:
    ours = {m: names.names_of(m, the_profile()) for m in modules()}

    assert {m: [name for name in real["names"].get(m, ()) if name in ours[m]] for m in ours} == {
        m: list(there) for m, there in ours.items()
    }


def test_what_wandb_has_and_the_table_has_not_is_refused(real: dict[str, Any]) -> None:
    for module, known in real["names"].items():
        for name in known:
            assert state_of(module, name, the_profile()) is not None or module not in LISTED, f"{module}.{name}"


def test_a_star_import_brings_what_wandb_brings(real: dict[str, Any]) -> None:
    assert real["star"] == sorted(names.STAR[the_profile()])


def test_the_list_of_real_names_is_what_wandb_has() -> None:
    stored = json.loads(FILE.read_text(encoding="utf-8"))[str(the_profile())]

    assert real_names.listed(sys.executable) == stored


def test_signatures_are_those_of_wandb(real: dict[str, Any]) -> None:
    def default(value: object) -> str:
        if value is inspect.Parameter.empty:
            return ""
        return repr(value) if isinstance(value, (type(None), bool, int, str)) else "?"

    ours = {}
    with install(profile=the_profile()):
        wandb = importlib.import_module("wandb")
        for name in FUNCTIONS:
            if hasattr(wandb, name):
                parameters = inspect.signature(getattr(wandb, name)).parameters.values()
                ours[name] = [[p.name, p.kind.name, default(p.default)] for p in parameters]

    assert real["signatures"] == ours


def test_without_a_run_the_words_are_those_of_wandb(real: dict[str, Any]) -> None:
    def said(function: Callable[[], object]) -> list[str] | None:
        try:
            function()
        except Exception as error:
            return [type(error).__name__, str(error)]
        return None

    with install(profile=the_profile()), fake(profile=the_profile()):
        wandb = importlib.import_module("wandb")
        ours = [
            said(lambda: wandb.config.lr),
            said(lambda: wandb.config["lr"]),
            said(lambda: wandb.summary["lr"]),
            said(lambda: wandb.config.update({})),
            said(lambda: wandb.log({})),
            said(lambda: wandb.save("x")),
            said(lambda: wandb.define_metric("x")),
            said(lambda: wandb.watch(None)),
            said(lambda: wandb.finish()),
            said(lambda: setattr(wandb.config, "lr", 1)),
            said(lambda: wandb.config.__setitem__("lr", 1)),
        ]

    assert real["said"] == ours

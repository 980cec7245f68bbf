"""The public names: exactly those of `__all__`, each of which resolves, and those that people and tools rely on."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import ModuleType

import pytest

import wandb_testkit as wt

ROOT = Path(wt.__file__).parent

RELIED_ON = (
    *("init", "Run", "Dummy", "Settings", "fake", "current", "install", "read_offline", "spec"),
    *("World", "FakeServer", "Recorder", "RunView", "Fault", "CLASSIC", "CURRENT"),
    *("assert_logged", "assert_decreasing", "assert_config", "assert_artifact", "load"),
    *("Error", "CommError", "UsageError", "ValidationError"),
)
"""The names of the design that are there by now."""


def kind_of(name: str) -> int:
    """Constants, then classes, then the rest: the order in which the names are listed."""
    return 0 if name.isupper() else 1 if name[0].isupper() else 2


def test_the_list_is_sorted_and_names_nothing_twice() -> None:
    assert wt.__all__ == sorted(set(wt.__all__), key=lambda name: (kind_of(name), name))


@pytest.mark.parametrize("name", wt.__all__)
def test_every_listed_name_resolves_and_is_the_same_each_time(name: str) -> None:
    value = getattr(wt, name)

    assert getattr(wt, name) is value
    assert value is not None


def test_dir_shows_the_list() -> None:
    assert dir(wt) == sorted([*wt.__all__, "__version__"])


def test_a_star_import_brings_the_list() -> None:
    names: dict[str, object] = {}

    exec("from wandb_testkit import *", names)

    assert sorted(set(names) - {"__builtins__"}) == sorted(wt.__all__)


def test_editors_see_the_same_names() -> None:
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))  # the first one: TYPE_CHECKING

    seen = [alias.name for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names]

    assert sorted(seen) == sorted(wt.__all__)


@pytest.mark.parametrize("name", RELIED_ON)
def test_a_name_that_people_rely_on_is_there(name: str) -> None:
    assert name in wt.__all__


def test_another_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'fakes'; it has .*, fake, .*") as raised:
        _ = wt.fakes  # type: ignore[attr-defined] # that it is not there is the point

    assert "'wandb_testkit'" in str(raised.value)
    assert not hasattr(wt, "fakes")


def test_no_module_stands_in_the_way_of_a_public_name() -> None:
    in_the_way = [
        name
        for name in wt.__all__
        if ((ROOT / f"{name}.py").exists() or (ROOT / name).is_dir()) and not isinstance(getattr(wt, name), ModuleType)
    ]

    assert in_the_way == []


def test_public_functions_and_classes_say_what_they_are() -> None:
    silent = [
        name for name in wt.__all__ if not isinstance(getattr(wt, name), str) and not inspect.getdoc(getattr(wt, name))
    ]

    assert silent == []


def test_init_shows_the_signature_of_the_reference_page() -> None:
    first = list(inspect.signature(wt.init).parameters)[:5]

    assert first == ["job_type", "dir", "config", "project", "entity"]

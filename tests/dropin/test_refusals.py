"""How the drop-in says no."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from wandb_testkit.dropin import real_names
from wandb_testkit.dropin.advice import ADVICE
from wandb_testkit.dropin.entries import State
from wandb_testkit.dropin.install import install
from wandb_testkit.errors import NotModelledAttributeError, NotModelledImportError, NotModelledModuleError, TestkitError
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.world import fake

LIST = "docs/names.md"


def test_a_missing_name_is_refused_by_name_with_the_list_of_names(wandb: Any, profile: Profile) -> None:
    with pytest.raises(NotModelledAttributeError) as caught:
        _ = wandb.Frobnicator

    assert str(caught.value) == (
        f"wandb.Frobnicator is not part of the drop-in wandb of wandb_testkit (profile {profile}). "
        f"The names there are: dir(wandb), or {LIST} of wandb_testkit"
    )
    assert (caught.value.name, caught.value.obj) == ("Frobnicator", wandb)


def test_a_missing_name_is_missing_for_hasattr_and_getattr(wandb: Any) -> None:
    assert not hasattr(wandb, "Artefact")
    assert getattr(wandb, "Artefact", None) is None
    assert not hasattr(wandb.util, "nope")
    assert "Artefact" not in dir(wandb)


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(wandb: Any) -> None:
    with pytest.raises(AttributeError, match=r"Did you mean wandb\.define_metric\?"):
        _ = wandb.define_metrics


def test_a_name_of_the_other_profile_is_answered_with_that_profile(wandb: Any, profile: Profile) -> None:
    name, other = ("teardown", CURRENT) if profile is CLASSIC else ("generate_id", CLASSIC)
    module = wandb if profile is CLASSIC else wandb.util

    with pytest.raises(AttributeError, match=f"Profile {other} has it"):
        getattr(module, name)


def test_names_between_underscores_are_missing_without_fuss(wandb: Any) -> None:
    for name in ("__wrapped__", "__nope__"):
        with pytest.raises(AttributeError) as caught:
            getattr(wandb, name)
        assert not isinstance(caught.value, TestkitError)
    assert not hasattr(wandb.util, "__path__")


def test_from_import_of_a_missing_name_is_an_import_error_of_ours(wandb: Any) -> None:
    with pytest.raises(NotModelledImportError) as caught:
        exec("from wandb import Artefact")

    assert str(caught.value).startswith("wandb.Artefact is not part of the drop-in wandb")
    assert LIST in str(caught.value)
    assert caught.value.name == "wandb"
    with pytest.raises(NotModelledImportError, match=r"wandb\.util\.nope .*docs/names\.md"):
        exec("from wandb.util import nope")
    with pytest.raises(NotModelledImportError, match=r"wandb\.Artefact "):
        exec("from wandb import Error, Artefact")


def test_from_import_far_into_a_long_function_is_an_import_error_of_ours(wandb: Any) -> None:
    """Its instruction then has a prefix: the name has an index above 255."""
    lines = "".join(f"a{i} = b.c{i}\n" for i in range(300))
    code = (
        f"def f(b):\n    if b:\n        {lines.replace(chr(10), chr(10) + '        ')}\n    from wandb import zebra\n"
    )
    scope: dict[str, Any] = {}
    exec(code, scope)

    with pytest.raises(NotModelledImportError, match=r"wandb\.zebra"):
        scope["f"](None)


def test_from_import_under_a_tracer_is_an_import_error_of_ours(wandb: Any) -> None:
    def trace(*_: object) -> Any:
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with pytest.raises(NotModelledImportError, match=r"wandb\.zebra"):
            exec("def importing():\n    from wandb import zebra\nimporting()")
    finally:
        sys.settrace(before)


def test_a_missing_module_cannot_be_imported_and_says_so(wandb: Any) -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("wandb.nope")

    assert isinstance(caught.value, NotModelledImportError)
    assert str(caught.value).startswith("wandb.nope is not part of the drop-in wandb")
    assert LIST in str(caught.value)
    assert caught.value.name == "wandb.nope"
    with pytest.raises(ModuleNotFoundError, match=r"^wandb\.nope "):
        exec("from wandb.nope import x")
    with pytest.raises(ModuleNotFoundError, match=r"^wandb\.sdk\.launch .*dir\(wandb\.sdk\)"):
        importlib.import_module("wandb.sdk.launch.inputs")
    assert not [name for name in sys.modules if name.startswith(("wandb.nope", "wandb.sdk.launch"))]


def test_a_module_of_the_other_profile_is_answered_with_that_profile(wandb: Any, profile: Profile) -> None:
    if profile is CURRENT:
        importlib.import_module("wandb.errors.errors")
        return
    with pytest.raises(ModuleNotFoundError, match="Profile current has it"):
        importlib.import_module("wandb.errors.errors")


def test_who_only_looks_for_a_missing_module_gets_none(wandb: Any) -> None:
    assert importlib.util.find_spec("wandb.nope") is None
    assert importlib.util.find_spec("wandb.sdk.nope") is None
    assert __import__("wandb", fromlist=["nope"]) is wandb


def test_a_module_that_import_wandb_does_not_bring_along_must_be_imported(python: Callable[..., str]) -> None:
    said = python(
        """
        from wandb_testkit.dropin.install import install
        install()
        import wandb
        assert not hasattr(wandb, "wandb_run")
        try:
            wandb.wandb_run
        except AttributeError as error:
            print(error)
        from wandb import wandb_run
        assert wandb.wandb_run is wandb_run
        """
    )

    assert said == "module 'wandb' has no attribute 'wandb_run' until somebody says: import wandb.wandb_run"


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("wandb.integration.prodigy", "--wandb-fake=server"),
        ("wandb.proto", "inside of wandb"),
        ("wandb.docker", "Mock it"),
    ],
)
def test_a_refusal_says_what_to_do(wandb: Any, name: str, advice: str, profile: Profile) -> None:
    parent, _, child = name.rpartition(".")
    if name == "wandb.docker" and profile is CURRENT:
        pytest.skip("0.31 has no wandb.docker")
    with pytest.raises(NotModelledAttributeError, match=advice):
        getattr(importlib.import_module(parent), child)


def test_a_refusal_says_which_profile_has_it_and_what_to_do_in_the_other() -> None:
    with install(profile=CURRENT), fake(profile=CURRENT):
        wandb = importlib.import_module("wandb")
        with pytest.raises(NotModelledAttributeError, match=r"Profile classic has it\. .*sync_tensorboard=True"):
            _ = wandb.tensorflow
        with pytest.raises(NotModelledModuleError, match=r"Profile classic has it\. .*from fastai\.callback\.wandb"):
            importlib.import_module("wandb.integration.fastai")


def test_every_advice_is_about_a_name_that_is_refused() -> None:
    listed = json.loads(real_names.FILE.read_text(encoding="utf-8"))
    refused = {
        f"{module}.{name}"
        for profile in Profile
        for module in listed[profile.value]
        for name in real_names.known(module)
        if real_names.state_of(module, name, profile) is State.REFUSED
    }

    names = [name for name in ADVICE if not name.startswith("Api.")]
    assert [name for name in names if not any(known.startswith(name) for known in refused)] == []

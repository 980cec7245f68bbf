"""wandb.Api() reads registries; the same script with wandb 0.31.0: fixtures/parity/api_registries.py."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.errors import NotModelledAttributeError, NotModelledError
from wandb_testkit.profiles import CURRENT
from wandb_testkit.world import World, fake


@pytest.fixture
def world() -> Iterator[World]:
    with install(profile=CURRENT), fake(profile=CURRENT) as made:
        made.server.add_organization("lab", members=("testkit-user",), registries=("hats",))
        yield made


@pytest.fixture
def api(world: World) -> Any:
    wandb = importlib.import_module("wandb")
    with wandb.init(project="p") as run:
        for number in range(2):
            model = wandb.Artifact("net", type="model", metadata={"depth": number})
            with model.new_file("weights.txt") as file:
                file.write(str(number))
            run.link_artifact(model, "wandb-registry-hats/Nets", aliases=[f"a{number}"])
    return wandb.Api()


def test_a_registry_tells_what_is_linked_to_it(api: Any) -> None:
    registry = api.registry("hats")

    assert [one.name for one in api.registries()] == ["model", "dataset", "hats"]
    assert [(one.name, one.type) for one in registry.collections()] == [("Nets", "model")]
    assert [one.name for one in registry.versions()] == ["Nets:v0", "Nets:v1"]
    assert [one.name for one in registry.versions(filter={"metadata.depth": 1})] == ["Nets:v1"]
    assert list(api.registry("dataset").versions()) == []


def test_pages_are_read_to_their_end(api: Any) -> None:
    registries = api.registries(per_page=1)

    assert (registries.length, [one.name for one in registries][-1], registries.length) == (None, "hats", 1)
    assert [one.name for one in api.registry("hats").versions(per_page=1)] == ["Nets:v0", "Nets:v1"]


def test_whose_registries_has_to_be_said_where_it_is_not_clear(api: Any, world: World) -> None:
    world.server.add_organization("club", members=("testkit-user",))

    with pytest.raises(ValueError, match="Multiple organizations found"):
        api.registries()

    assert [one.name for one in api.registries(organization="club")] == ["model", "dataset"]


def test_an_organization_of_others_is_not_there() -> None:
    with install(profile=CURRENT), fake(profile=CURRENT) as world:
        world.server.add_organization("others")
        api = importlib.import_module("wandb").Api()
        with pytest.raises(ValueError, match="No organizations found"):
            api.registries()
        with pytest.raises(ValueError, match="Organization 'others' not found"):
            list(api.registries(organization="others"))


def test_registries_are_not_changed_from_here(api: Any) -> None:
    registry = api.registry("hats")

    with pytest.raises(NotModelledAttributeError, match=r"Registry\.save .*add_organization"):
        registry.save()
    with pytest.raises(NotModelledError, match="start="):
        api.registries(start="cursor")
    assert not hasattr(registry, "nothing")


def test_a_filter_that_is_not_known_is_named(api: Any) -> None:
    with pytest.raises(Exception, match="key 'colour' of registries is not part of the fake"):
        list(api.registries(filter={"colour": "red"}))

"""watch() of a torch model logs what the real 0.31.0 logs: the same script, the same seed, equal rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integrations.conftest import Play, Played, Seen

pytest.importorskip("torch", reason="make test-integrations installs it")

pytestmark = pytest.mark.xdist_group("watch")  # all of them look at what one process has done

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "gradients": ("train", {"log_freq": 2}),
    "seldom": ("train", {}),
    "all": ("train", {"log_freq": 2, "log": "all"}),
    "numbered": ("train", {"log_freq": 1, "log": "parameters", "idx": 3}),
    "nothing": ("train", {"log_freq": 1, "log": None}),
    "twice": ("twice", {"log_freq": 1}),
    "twice-the-same": ("twice", {"log_freq": 1, "idx": 0}),
    "several": ("several", {"log_freq": 1, "log": "all", "idx": 0}),
    "unwatch": ("unwatch", {"log_freq": 1, "log": "all"}),
    "refusals": ("refusals", {}),
    "tensors": ("tensors", {}),
}
GRAPHS: dict[str, tuple[str, dict[str, Any]]] = {
    "graph": ("train", {"log": None, "log_graph": True, "idx": 0}),
    "graph-twice": ("twice", {"log": None, "log_graph": True, "idx": 0}),
}


@pytest.fixture(scope="module")
def played(play: Play) -> tuple[Played, Played]:
    """All cases in one process, one after the other: torch takes long to import."""
    return play("watch.py", json.dumps([[name, *case] for name, case in {**CASES, **GRAPHS}.items()]))


@pytest.mark.parametrize("name", CASES)
def test_rows_of_a_watched_model_are_those_of_the_real_client(played: tuple[Played, Played], name: str) -> None:
    real, ours = played

    assert ours.told[name] == real.told[name]
    assert ours.runs[name] == real.runs[name]
    assert real.runs[name].history or name == "refusals"


@pytest.mark.parametrize("name", GRAPHS)
def test_the_graph_of_layers_is_that_of_the_real_client(played: tuple[Played, Played], name: str) -> None:
    real, ours = played

    assert ours.told[name] == real.told[name]
    assert graph(ours.runs[name]) == graph(real.runs[name])
    assert ours.runs[name].history == real.runs[name].history


def graph(seen: Seen) -> dict[str, Any]:
    """The graph in the summary and in its file, without ids, which are addresses in memory with the real client."""
    value = seen.summary["graph_0"]
    content = json.loads(seen.files[value["path"]])
    for node in content["nodes"]:
        del node["id"]
    return {"type": value["_type"], "of": value["path"].rpartition("_")[0], **content}

from __future__ import annotations

import enum
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wandb_testkit.artifact_view import ArtifactView
from wandb_testkit.observation import RunView
from wandb_testkit.report.data import MAX_ITEMS, MAX_POINTS, clean, plain, to_data

MakeRun = Callable[..., RunView]


class Colour(str, enum.Enum):
    RED = "red"


class Grumpy:
    def __repr__(self) -> str:
        raise RuntimeError("no")


def is_plain(value: object) -> bool:
    if type(value) is dict:
        return all(type(key) is str and is_plain(item) for key, item in value.items())
    if type(value) is list:
        return all(map(is_plain, value))
    return value is None or type(value) in (bool, int, float, str)


def test_a_run_becomes_plain_json(make_run: MakeRun) -> None:
    run = make_run(config={"lr": 0.1, "layers": (1, 2)}, tags=("a",), files={"model.bin": b"abc"}, exit_code=1)

    data = to_data(run)

    assert is_plain(data)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["path"] == "user/digits/k3x9p2aa"
    assert data["config"] == {"lr": 0.1, "layers": [1, 2]}
    assert data["files"] == {
        "model.bin": {"size": 3, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}
    }


def test_a_metric_is_its_course_and_its_extremes(make_run: MakeRun) -> None:
    data = to_data(make_run([{"loss": 3}, {"other": "text"}, {"loss": 1.5}]))

    assert data["metrics"] == {
        "loss": {"count": 2, "first": 3, "last": 1.5, "min": 1.5, "max": 3, "steps": [0, 2], "values": [3, 1.5]}
    }
    assert data["values"] == {"other": {"count": 1, "last": "text"}}


def test_nested_values_are_metrics_with_dotted_names(make_run: MakeRun) -> None:
    data = to_data(make_run([{"val": {"loss": 1.0}, "image": {"_type": "image-file", "size": 3}}]))

    assert list(data["metrics"]) == ["val.loss"]
    assert list(data["values"]) == ["image"]


def test_a_long_metric_is_thinned_and_keeps_its_extremes(make_run: MakeRun) -> None:
    rows = [{"loss": math.sin(i)} for i in range(20_000)]
    rows[7_777]["loss"] = 50.0
    rows[8_888]["loss"] = -50.0

    metric = to_data(make_run(rows))["metrics"]["loss"]

    assert metric["count"] == 20_000
    assert len(metric["values"]) == len(metric["steps"]) <= MAX_POINTS
    assert (metric["steps"][0], metric["steps"][-1]) == (0, 19_999)
    assert {50.0, -50.0} < set(metric["values"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(math.nan, "NaN", id="nan"),
        pytest.param(math.inf, "Infinity", id="infinity"),
        pytest.param(-math.inf, "-Infinity", id="minus-infinity"),
        pytest.param(np.float64(0.5), 0.5, id="numpy-float"),
        pytest.param(True, True, id="bool"),
        pytest.param(Colour.RED, "red", id="str-enum"),
        pytest.param(10**400, "an int of 1329 bits", id="huge-int"),
        pytest.param({1: {2}}, {"1": "{2}"}, id="odd-key-and-set"),
        pytest.param(Grumpy(), "<Grumpy, whose repr() raised RuntimeError>", id="repr-raises"),
        pytest.param("a\x1b[31m\u202eb\ud800\x00", "a\\x1b[31m\\u202eb\\ud800\\x00", id="control-characters"),
        pytest.param("one\ntwo\tthree", "one\ntwo\tthree", id="line-breaks-and-tabs"),
    ],
)
def test_an_odd_value_becomes_the_nearest_plain_one(value: object, expected: object) -> None:
    result = plain(value)

    assert result == expected
    assert is_plain(result)


def test_a_value_that_contains_itself_ends_somewhere() -> None:
    knot: dict[str, Any] = {}
    knot["self"] = knot

    assert is_plain(plain(knot))


def test_much_is_cut_and_says_so() -> None:
    assert plain(list(range(MAX_ITEMS + 5)))[-1] == "... 5 more"
    assert plain({str(i): i for i in range(MAX_ITEMS + 5)})["..."] == "5 more"
    assert clean("ab " * 10_000).endswith("... (30000 characters)")


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("0123456789abcdef" * 2 + "01234567", id="40-hex"),
        pytest.param("A1" * 30, id="60-letters-and-digits"),
        pytest.param("local-" + "ab12" * 10, id="prefix"),
        pytest.param("wandb_v1_" + "aB3_" * 19, id="v1"),
        pytest.param("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n", id="jwt"),
    ],
)
def test_an_api_key_never_appears(make_run: MakeRun, key: str) -> None:
    run = make_run(
        [{"loss": 1.0, "text": f"key {key}"}],
        config={"api_key": key, key: 1, "nested": [{"deep": key}], "object": {key}},
        summary={"s": key},
        notes=f"use {key}!",
        tags=(key,),
        output=["x" * 1_990 + " " + key + " rest" * 5_000],
        warnings=[f"?apiKey={key}"],
        files={f"{key}.txt": b""},
    )

    assert key not in json.dumps(to_data(run))
    assert key[:30] not in json.dumps(to_data(run))


def test_a_long_metric_name_is_no_secret() -> None:
    name = "gradients/encoder_layer_12_attention_output_dense_weight"

    assert clean(name) == name


def test_of_an_artifact_the_contents_are_told_by_size_and_digest(make_run: MakeRun) -> None:
    files = {f"{number}.bin": b"\0" * 1000 for number in range(400)}
    references = {"far": "s3://bucket/key"}
    view = ArtifactView("model", "v1", "model", ("best",), None, {"a": 1}, "0" * 32, 7, files, references, logged=True)

    artifact = to_data(make_run(artifacts={"model": view}))["artifacts"]["model"]

    assert (artifact["version"], artifact["aliases"], artifact["logged"], artifact["used"]) == (
        "v1",
        ["best"],
        True,
        False,
    )
    assert (artifact["references"], artifact["metadata"], artifact["file_count"]) == (references, {"a": 1}, 400)
    assert len(artifact["files"]) == 300
    assert artifact["files"]["0.bin"]["size"] == 1000

"""run.history and wandb.tensorboard.log of 0.10.33, without torch and TensorFlow; with them: tests/integrations."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.errors import NotModelledAttributeError
from wandb_testkit.profiles import CLASSIC
from wandb_testkit.world import World, fake


@pytest.fixture
def world() -> Iterator[World]:
    with install(profile=CLASSIC), fake(profile=CLASSIC) as there:
        yield there


@pytest.fixture
def wandb(world: World) -> Any:
    return importlib.import_module("wandb")


def test_old_code_writes_rows_by_the_history_of_a_run(wandb: Any, world: World) -> None:
    with wandb.init() as run:
        run.history.add({"a": 1})
        run.history._row_update({"b": 2})
        pending, step = run.history._data, run.history._step
        run.history._row_add({"c": 3})

        assert run.history is run.history
        assert run.history.start_time == run.start_time

    assert world.run.history == [{"_step": 0, "a": 1}, {"_step": 1, "b": 2, "c": 3}]
    assert (pending, step) == ({"b": 2}, 1)


def test_what_else_a_history_has_is_refused_by_name(wandb: Any) -> None:
    with wandb.init() as run, pytest.raises(NotModelledAttributeError, match=r"run\.history\._flush is not part"):
        run.history._flush()


def test_hooks_need_torch(wandb: Any) -> None:
    with wandb.init() as run, pytest.raises(wandb.Error, match="torch is not imported"):
        run.history.torch.unhook_all()


def summary(**scalars: float) -> Any:
    messages = importlib.import_module("tensorboard.compat.proto.summary_pb2")
    return messages.Summary(value=[messages.Summary.Value(tag=tag, simple_value=n) for tag, n in scalars.items()])


def test_a_row_of_summaries_is_complete_when_a_step_goes_on(wandb: Any, world: World) -> None:
    with wandb.init():
        for step in (1, 2):
            wandb.tensorboard.log(summary(loss=0.5 * step), step=step, namespace="train")
            wandb.tensorboard.log(summary(loss=0.25 * step).SerializeToString(), step=step, namespace="test")

    assert world.run.history == [
        {"_step": 1, "train/loss": 0.5, "test/loss": 0.25, "global_step": 1},
        {"_step": 2, "train/loss": 1.0, "test/loss": 0.5, "global_step": 2},
    ]


def test_steps_begin_anew_in_every_world(wandb: Any) -> None:
    for _ in range(2):
        with fake(profile=CLASSIC) as world:
            with wandb.init():
                wandb.tensorboard.log(summary(loss=0.5), step=3)
                wandb.tensorboard.log(summary(loss=0.25), step=4)
            assert [row["loss"] for row in world.run.history] == [0.5, 0.25]


def test_a_summary_is_a_dict_of_what_log_takes(wandb: Any) -> None:
    messages = importlib.import_module("tensorboard.compat.proto.summary_pb2")
    histogram = importlib.import_module("tensorboard.compat.proto.histogram_pb2").HistogramProto
    spread = histogram(bucket_limit=[1.0, 2.0, 3.0], bucket=[4.0, 5.0, 6.0])
    narrow = histogram(bucket_limit=[1.0, 2.0], bucket=[4.0, 5.0])
    values = [messages.Summary.Value(tag=tag, histo=histo) for tag, histo in (("spread", spread), ("narrow", narrow))]

    found = wandb.tensorboard.tf_summary_to_dict(messages.Summary(value=values), "train")

    assert list(found) == ["train/spread"]
    assert found["train/spread"].bins == [0.0, 1.0, 2.0, 3.0]
    assert wandb.tensorboard.tf_summary_to_dict(messages.Summary()) is None


def test_validation_data_are_tables_without_keras(wandb: Any, world: World) -> None:
    data_logging = importlib.import_module("wandb.sdk.integration_utils.data_logging")
    with wandb.init():
        tables = data_logging.ValidationDataLogger([[1, 2], [3, 4]], [0, 1], infer_missing_processors=False)
        tables.log_predictions(tables.make_predictions(lambda inputs: [sum(one) for one in inputs]))

    assert world.run.tables["validation_predictions"].rows == [
        {"val_row": 0, "output": 3},
        {"val_row": 1, "output": 7},
    ]

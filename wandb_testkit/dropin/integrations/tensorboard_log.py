"""Owns wandb.tensorboard.log of 0.10.33: rows of summaries that somebody hands over, and the hook that hands them over.

A row is complete when the step of some namespace goes on beyond that of all others. Source: observed with 0.10.33.
"""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from wandb_testkit.dropin.calls import active_run, show_line
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.errors import Error
from wandb_testkit.profiles import Profile
from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types.classic_types import Image, Table, Video
from wandb_testkit.sdk.data_types.histogram import Histogram
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.plots.custom_chart import plot_table
from wandb_testkit.world import World, current

MESSAGES = ("tensorboard.compat.proto.summary_pb2", "tensorflow.core.framework.summary_pb2")


class Steps:
    """How far each namespace has come.

    Attributes:
        last: The greatest step of all.
    """

    def __init__(self) -> None:
        self.last = 0
        self._of: dict[str, int] = {}

    def go_on(self, namespace: str, step: int) -> bool:
        """Take note of a step, and tell whether the row before it is complete."""
        goes_on = self._of.get(namespace, 0) < step != self.last
        self._of[namespace] = step
        self.last = max(self.last, step)
        return goes_on


_steps: WeakKeyDictionary[World, Steps] = WeakKeyDictionary()


def log(tf_summary_str_or_pb: Any, history: Any = None, step: int = 0, namespace: str = "", **kwargs: Any) -> None:
    """Make the values of a summary a part of the run's row.

    Args:
        tf_summary_str_or_pb: A summary, an event, or a summary as bytes.
        history: `run.history` of the run; None means that of the run in force.
        step: The global step; steps come in order.
        namespace: What keys begin with, before a slash.
        kwargs: None of them has an effect.
    Raises:
        Error: There is no run.
    """
    rows = history if history is not None else active_run("wandb.tensorboard.log()").history
    steps = _steps.setdefault(current(), Steps())
    values = tf_summary_to_dict(tf_summary_str_or_pb, namespace)
    if values is None:
        return
    is_complete = steps.go_on(namespace, step)
    values.pop("_timestamp", None)  # a row has the time at which it is complete
    if namespace:
        values["global_step"] = steps.last
    if is_complete:
        rows.add({})
    rows._row_update(values)


def reset_state() -> None:
    """Forget the steps that were logged."""
    _steps.pop(current(), None)


def tf_summary_to_dict(tf_summary_str_or_pb: Any, namespace: str = "") -> Row | None:
    """The values of a summary as log() takes them; None if it has none.

    Text, audio, graphs and what else has no place in a row leave no value.
    """
    values: Row = {}
    summary = tf_summary_str_or_pb
    if hasattr(summary, "summary"):
        values[_key("global_step", namespace)] = summary.step
        values["_timestamp"] = summary.wall_time
        summary = summary.summary
    elif isinstance(summary, (str, bytes, bytearray)):
        read = _message()()
        read.ParseFromString(summary)
        summary = read
    if not len(getattr(summary, "value", ())):
        return None
    for value in summary.value:
        kind = value.WhichOneof("value")
        if kind == "simple_value":
            values[_key(value.tag, namespace)] = value.simple_value
        elif kind == "image":
            _add_images(values, [value.image.encoded_image_string], value.tag, namespace)
        elif kind == "histo":
            _add_buckets(values, value.histo, _key(value.tag, namespace))
        elif kind == "tensor":
            _add_tensor(values, value, namespace)
    return values


def _message() -> Any:
    for module in MESSAGES:
        try:
            return importlib.import_module(module).Summary
        except ImportError:
            continue
    raise Error("a summary that is given as bytes needs tensorboard: pip install tensorboard")


def _key(tag: str, namespace: str) -> str:
    if not namespace:
        return tag
    return namespace if tag in namespace else f"{namespace}/{tag}"  # writers of add_scalars() repeat the tag


# ---------------------------------------------------------------------- values


def _add_tensor(values: Row, value: Any, namespace: str) -> None:
    plugin, key = value.metadata.plugin_data.plugin_name, _key(value.tag, namespace)
    if plugin in ("scalars", ""):
        values[key] = _array(value.tensor)
    elif plugin == "images":
        _add_images(values, value.tensor.string_val[2:], value.tag, namespace)  # the first two are width and height
    elif plugin == "histograms":
        rows = _array(value.tensor)
        if len(rows):
            edges = [rows[0][0], *(row[1] for row in rows)]
            values[key] = Histogram(np_histogram=([row[2] for row in rows], edges))
    elif plugin == "pr_curves":
        *_, precision, recall = _array(value.tensor).tolist()
        points = [[x, y] for x, y in zip(recall, precision, strict=False) if x != 0 or y != 0]
        table = Table(data=sorted(points, key=lambda point: (point[0], -point[1])), columns=["recall", "precision"])
        fields = {"x": "recall", "y": "precision"}
        values[key] = plot_table("wandb/line/v0", table, fields, {"title": "Precision v. Recall"})


def _array(tensor: Any) -> Any:
    array = needed("tensorboard.util.tensor_util", "wandb.tensorboard.log()").make_ndarray(tensor)
    return None if array.dtype == "object" else array


def _add_buckets(values: Row, histo: Any, key: str) -> None:
    limits = list(histo.bucket_limit)
    if len(limits) < 3:
        show_line(f'Not logging key "{key}".  Found a histogram with only 2 bins.', "warning", repeat=False)
        return
    edges = [2 * limits[0] - limits[1], *limits[:-1], 2 * limits[-2] - limits[-3]]
    try:
        values[key] = Histogram(np_histogram=(list(histo.bucket), edges))
    except ValueError:
        text = f'Not logging key "{key}". Histograms must have fewer than {Histogram.MAX_LENGTH} bins'
        show_line(text, "warning", repeat=False)


def _add_images(values: Row, contents: Iterable[bytes], tag: str, namespace: str) -> None:
    pictures = needed("PIL.Image", "wandb.tensorboard.log() of images")
    made = [
        Video(io.BytesIO(content), format="gif")
        if content.startswith(b"GIF")
        else Image(pictures.open(io.BytesIO(content)))
        for content in contents
    ]
    if not made:
        return
    name, _, number = tag.rpartition("/")
    if name and number.isdigit():
        values.setdefault(_key(_as_part(name), namespace), []).extend(made)
    else:
        values[_key(_as_part(tag), namespace)] = made


def _as_part(tag: str) -> str:
    return re.sub(r"[/\\]", "_", tag)


# ---------------------------------------------------------------------- estimators


class WandbHook:
    """Hands the summaries of a session of TensorFlow to log().

    Args:
        summary_op: What makes them; None: all of the graph, merged.
        steps_per_log: Every so many global steps.
        history: As for log().
    """

    def __init__(self, summary_op: Any = None, steps_per_log: int = 1000, history: Any = None) -> None:
        self._summary_op = summary_op
        self._steps_per_log = steps_per_log
        self._history = history

    def begin(self) -> None:
        """Find the summaries."""
        if self._summary_op is None:
            self._summary_op = importlib.import_module("tensorflow").compat.v1.summary.merge_all()

    def before_run(self, run_context: Any) -> Any:
        """Ask for them, and for the global step."""
        train = importlib.import_module("tensorflow").compat.v1.train
        return train.SessionRunArgs({"summary": self._summary_op, "global_step": train.get_global_step()})

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Log them, if it is time."""
        step = run_values.results["global_step"]
        if step % self._steps_per_log == 0:
            log(run_values.results["summary"], history=self._history, step=step)


def hook_class(profile: Profile) -> type:
    """WandbHook as a hook of TensorFlow's sessions.

    Raises:
        AttributeError: This TensorFlow has no estimators: they ended with 2.15, and wandb 0.10.33 asks for them.
        ModuleNotFoundError: TensorFlow is not installed.
    """
    return built(WandbHook, _estimators().SessionRunHook.__module__, "SessionRunHook", "wandb.integration.tensorflow")


def log_of(profile: Profile) -> Callable[..., None]:
    """log() by its name in wandb.tensorflow, which is not there without estimators.

    Raises:
        AttributeError, ModuleNotFoundError: As hook_class().
    """
    _estimators()
    return log


def _estimators() -> Any:
    tensorflow = importlib.import_module("tensorflow")
    try:
        return tensorflow.estimator
    except AttributeError:
        raise AttributeError(
            f"wandb.tensorflow of 0.10.33 asks for tf.estimator, which ended with TensorFlow 2.15; this is "
            f"{tensorflow.__version__}. Use wandb.tensorboard.log(), or init(sync_tensorboard=True)"
        ) from None

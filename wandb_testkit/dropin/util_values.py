"""Owns those helpers of `wandb.util` that look at values of other libraries, and write JSON of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any

from wandb_testkit.dropin.util import (
    get_full_typename,
    get_module,
    is_matplotlib_typename,
    is_numpy_array,
    is_plotly_typename,
    is_pytorch_tensor_typename,
    is_tf_tensor_typename,
)
from wandb_testkit.errors import UsageError

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact

_PLOTLY = (
    "plotly is required to log interactive plots, install with: `pip install plotly` or convert the plot to an image "
    "with `wandb.Image(plt)`"
)

MAX_LISTED = 32
"""Items of an array that stays a list in JSON."""

load, loads, dump, dumps = json.load, json.loads, json.dump, json.dumps

# ---------------------------------------------------------------------- kinds


def is_tf_tensor(obj: Any) -> bool:
    """Whether it is a tensor of TensorFlow, which has to be installed."""
    from importlib import import_module

    return isinstance(obj, import_module("tensorflow").Tensor)


def is_tf_eager_tensor_typename(typename: str) -> bool:
    """Whether a type is an eager tensor of TensorFlow."""
    return typename.startswith("tensorflow.") and "EagerTensor" in typename


def is_jax_tensor_typename(typename: str) -> bool:
    """Whether a type is an array of jax."""
    return typename.startswith("jaxlib.") and "Array" in typename


def get_jax_tensor(obj: Any) -> Any:
    """An array of jax as one of numpy."""
    from importlib import import_module

    return import_module("jax").device_get(obj)


def get_h5_typename(o: Any) -> str:
    """The type's name, with its package."""
    name = get_full_typename(o)
    if is_tf_tensor_typename(name):
        return "tensorflow.Tensor"
    if is_pytorch_tensor_typename(name):
        return "torch.Tensor"
    return f"{type(o).__module__.partition('.')[0]}.{type(o).__name__}"


# ---------------------------------------------------------------------- figures


def ensure_matplotlib_figure(obj: Any) -> Any:
    """The figure of something of matplotlib's.

    Raises:
        ValueError: It has none.
    """
    from importlib import import_module

    figure = import_module("matplotlib.figure").Figure
    if getattr(obj, "__name__", "") == "matplotlib.pyplot":
        return obj.gcf()
    if not isinstance(obj, figure) and hasattr(obj, "figure"):
        obj = obj.figure
        if not isinstance(obj, figure):
            raise ValueError("Only matplotlib.pyplot or matplotlib.pyplot.Figure objects are accepted.")
    return obj


def matplotlib_contains_images(obj: Any) -> bool:
    """Whether a figure shows images."""
    return any(axes.images for axes in ensure_matplotlib_figure(obj).axes)


def matplotlib_to_plotly(obj: Any) -> Any:
    """A figure of matplotlib as one of plotly.

    Raises:
        Error: plotly is not installed.
    """
    return get_module("plotly.tools", required=_PLOTLY).mpl_to_plotly(ensure_matplotlib_figure(obj))


def convert_plots(obj: Any) -> Any:
    """A figure as W&B draws it; other things as they are."""
    if is_matplotlib_typename(get_full_typename(obj)):
        obj = get_module("plotly.tools", required=_PLOTLY).mpl_to_plotly(obj)
    if is_plotly_typename(get_full_typename(obj)):
        return {"_type": "plotly", "plot": obj.to_plotly_json()}
    return obj


# ---------------------------------------------------------------------- fewer values


def downsample(values: Iterable[Any], target_length: int) -> list[Any]:
    """Evenly fewer values, with the first and the last.

    Raises:
        UsageError: `target_length` is not above 1.
    """
    if target_length <= 1:
        raise UsageError("target_length must be > 1")
    known = list(values)
    if len(known) < target_length:
        return known
    ratio = (len(known) - 1) / (target_length - 1)
    return [known[int(index * ratio)] for index in range(target_length)]


def sample_with_exponential_decay_weights(
    xs: Iterable[Any], ys: Iterable[Any], keys: Iterable[Any] | None = None, sample_size: int = 1500
) -> tuple[list[Any], list[Any], list[Any] | None]:
    """Rows by chance, the first ones more often."""
    import numpy as np  # only who has arrays pays for it

    rows, columns = np.array(xs), np.array(ys)
    weights = np.exp(-np.arange(len(rows)) / len(rows))
    chosen = np.random.choice(len(rows), size=sample_size, p=weights / weights.sum())
    named = np.array(keys)[chosen].tolist() if keys else None
    return rows[chosen].tolist(), columns[chosen].tolist(), named


def maybe_compress_history(obj: Any) -> tuple[Any, bool]:
    """A large array as a histogram, and whether it was one."""
    if not is_numpy_array(obj) or obj.size <= MAX_LISTED:
        return obj, False
    from wandb_testkit.sdk.data_types.histogram import Histogram

    return Histogram(obj, num_bins=32).to_json(), True


def maybe_compress_summary(obj: Any, h5_typename: str) -> tuple[Any, bool]:
    """A large array as its statistics, and whether it was one."""
    if not is_numpy_array(obj) or obj.size <= MAX_LISTED:
        return obj, False
    import numpy as np  # as above

    told: dict[str, Any] = {"_type": h5_typename, "var": obj.var().item(), "mean": obj.mean().item()}
    told |= {"min": obj.min().item(), "max": obj.max().item()}
    told |= {f"{percent}%": np.percentile(obj, percent) for percent in (10, 25, 75, 90)}
    return {**told, "size": obj.size}, True


# ---------------------------------------------------------------------- JSON


class JSONEncoderUncompressed(json.JSONEncoder):
    """JSON of arrays and numbers of numpy, all of them."""

    def default(self, obj: Any) -> Any:
        """What stands for such a value; TypeError if nothing does."""
        if is_numpy_array(obj):
            return obj.tolist()
        if type(obj).__module__ == "numpy" and hasattr(obj, "item"):
            return obj.item()
        return super().default(obj)


def json_dump_uncompressed(obj: Any, fp: IO[str], **kwargs: Any) -> None:
    """Write JSON, with all of each array."""
    json.dump(obj, fp, cls=JSONEncoderUncompressed, **kwargs)


def load_json_yaml_dict(config: str) -> Any:
    """What a file of JSON or YAML holds, or a text of JSON means; None if it is neither."""
    extension = os.path.splitext(config)[1]
    if extension == ".json":
        with open(config) as file:
            return json.load(file)
    if extension == ".yaml":
        import yaml  # only who has some pays for it

        with open(config) as file:
            return yaml.safe_load(file)
    try:
        return json.loads(config)
    except ValueError:
        return None


def parse_tfjob_config() -> Any:
    """What TF_CONFIG holds, False where there is none."""
    try:
        return json.loads(os.environ.get("TF_CONFIG") or "false")
    except ValueError:
        return False


def parse_backend_error_messages(response: Any) -> list[str]:
    """The messages in a server's answer (requests.Response)."""
    try:
        told = response.json()
    except ValueError:
        return []
    if not isinstance(told, dict):
        return []
    listed = [told["error"]] if told.get("error") else told.get("errors") or []
    said = [item.get("message") if isinstance(item, dict) else item for item in listed if isinstance(listed, list)]
    return [message for message in said if isinstance(message, str) and message]


# ---------------------------------------------------------------------- artifacts in values


def artifact_to_json(artifact: Artifact) -> dict[str, Any]:
    """What stands for an artifact in a config."""
    return {
        "_type": "artifactVersion",
        "_version": "v0",
        "id": artifact.id,
        "version": artifact.source_version,
        "sequenceName": artifact.source_name.partition(":")[0],
        "usedAs": None,
    }


def check_dict_contains_nested_artifact(d: Mapping[Any, Any], nested: bool = False) -> bool:
    """Whether there is an artifact, or the URI of one, below the first level."""
    from wandb_testkit.sdk.artifacts.artifact import Artifact

    for item in d.values():
        if isinstance(item, dict):
            if check_dict_contains_nested_artifact(item, True):
                return True
        elif nested and (isinstance(item, Artifact) or str(item).startswith("wandb-artifact://")):
            return True
    return False

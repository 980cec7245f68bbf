"""Owns `wandb.util`: those of its helpers that scripts and libraries call."""

from __future__ import annotations

import importlib
import json
import math
import os
import random
import re
import secrets
import string
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from itertools import pairwise
from numbers import Number
from typing import IO, Any
from urllib.parse import urlparse

from wandb_testkit.sdk.credentials import app_url as app_url

POW_10_BYTES = [(unit, 1000**power) for power, unit in enumerate(("B", "KB", "MB", "GB", "TB", "PB", "EB"))]
POW_2_BYTES = [(unit, 1024**power) for power, unit in enumerate(("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"))]
VALUE_BYTES_LIMIT = 100000
MAX_LINE_BYTES = (10 << 20) - (100 << 10)

MAX_LISTED = 32
"""Items of an array that stays a list in JSON."""

Units = Sequence[tuple[str, int]] | None

# ---------------------------------------------------------------------- names and paths


def to_forward_slash_path(path: str) -> str:
    """The path with the slashes of URLs."""
    return path.replace("\\", "/") if os.name == "nt" else path


def to_native_slash_path(path: str) -> str:
    """The path with the slashes of this system."""
    return path.replace("/", os.sep)


def make_artifact_name_safe(name: str) -> str:
    """A name that an artifact may have: letters, digits, "_", "-", ".", at most 128 of them."""
    cleaned = re.sub(r"[^a-zA-Z0-9_\-.]", "_", name)
    return cleaned if len(cleaned) <= 128 else f"{cleaned[:63]}..{cleaned[-63:]}"


def host_from_path(path: str | None) -> str:
    """The host of a URL."""
    return str(urlparse(path or "").netloc)


def uri_from_path(path: str | None) -> str:
    """The path of a URL, without its first slash."""
    return str(urlparse(path or "").path).removeprefix("/")


def rand_alphanumeric(length: int = 8, rand: Any = None) -> str:
    """Digits and letters by chance, in capitals."""
    source = rand or random
    return "".join(source.choice("0123456789ABCDEF") for _ in range(length))


def random_string(length: int = 12) -> str:
    """Letters and digits by chance."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))


def to_human_size(size: float, units: Units = None) -> str:
    """Bytes as people read them."""
    known = units or POW_10_BYTES
    for (unit, value), (_, following) in pairwise(known):
        if size < following:
            return f"{round(float(size) / value, 1)}{unit}"
    unit, value = known[-1]
    return f"{round(float(size) / value, 1)}{unit}"


def from_human_size(size: str, units: Units = None) -> int:
    """Bytes from what people write.

    Raises:
        ValueError: It is no size, or has a unit that there is not.
    """
    known = {unit.upper(): value for unit, value in units or POW_10_BYTES}
    found = re.fullmatch(r"(\d+\.?\d*)\s*([A-Za-z]*)", size.strip())
    if not found or found[2].upper() not in known:
        raise ValueError(f"size {size!r}: expected a number and one of {', '.join(known)}")
    return int(float(found[1]) * known[found[2].upper()])


def isatty(ob: IO[Any]) -> bool:
    """Whether somebody sits at a stream."""
    return hasattr(ob, "isatty") and ob.isatty()


# ---------------------------------------------------------------------- modules


def get_module(name: str, required: str | None = None, lazy: bool = True) -> Any:
    """A module, None if it is not installed.

    Args:
        required: The text of an error in that case.
        lazy: Accepted; the module is there at once.
    Raises:
        Error: It is not installed, and required.
    """
    from wandb_testkit.errors import Error

    try:
        return importlib.import_module(name)
    except ImportError as error:
        if required:
            raise Error(required) from error
        return None


def classic_get_module(name: str, required: str | None = None) -> Any:
    """As get_module()."""
    return get_module(name, required)


def get_optional_module(name: str) -> Any:
    """A module, None if it is not installed."""
    return get_module(name)


# ---------------------------------------------------------------------- kinds of values


def get_full_typename(o: Any) -> str:
    """The type's name, with its module unless that is builtins."""
    kind = type(o)
    return kind.__name__ if kind.__module__ in (None, "builtins") else f"{kind.__module__}.{kind.__name__}"


def has_num(dictionary: Mapping[Any, Any], key: Any) -> bool:
    """Whether a key has a number."""
    return key in dictionary and isinstance(dictionary[key], Number)


def is_numpy_array(obj: Any) -> bool:
    """Whether it is an array of numpy."""
    return get_full_typename(obj) == "numpy.ndarray"


def is_pandas_data_frame(obj: Any) -> bool:
    """Whether it is a data frame of pandas."""
    return is_pandas_data_frame_typename(get_full_typename(obj))


def is_pandas_data_frame_typename(typename: str) -> bool:
    """Whether a type is a data frame of pandas."""
    return typename.startswith("pandas.") and "DataFrame" in typename


def is_matplotlib_typename(typename: str) -> bool:
    """Whether a type is one of matplotlib's."""
    return typename.startswith("matplotlib.")


def is_plotly_typename(typename: str) -> bool:
    """Whether a type is one of plotly's."""
    return typename.startswith("plotly.")


def is_plotly_figure_typename(typename: str) -> bool:
    """Whether a type is a figure of plotly."""
    return typename.startswith("plotly.") and typename.endswith(".Figure")


def is_pytorch_tensor_typename(typename: str) -> bool:
    """Whether a type is a tensor of torch."""
    return typename.startswith("torch.") and ("Tensor" in typename or "Variable" in typename)


def is_pytorch_tensor(obj: Any) -> bool:
    """Whether it is a tensor of torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(obj, torch.Tensor)


def is_tf_tensor_typename(typename: str) -> bool:
    """Whether a type is a tensor of TensorFlow."""
    return typename.startswith("tensorflow.") and ("Tensor" in typename or "Variable" in typename)


def is_fastai_tensor_typename(typename: str) -> bool:
    """Whether a type is a tensor of fastai."""
    return typename.startswith("fastai.") and "Tensor" in typename


# ---------------------------------------------------------------------- JSON


def json_friendly(obj: Any) -> tuple[Any, bool]:
    """A value that JSON can say, and whether it is another one."""
    kind = get_full_typename(obj)
    if is_pytorch_tensor_typename(kind) or is_tf_tensor_typename(kind):
        obj = obj.detach().cpu() if hasattr(obj, "detach") else obj
        obj = obj.numpy() if getattr(obj, "size", None) is not None and hasattr(obj, "numpy") else obj
    if is_numpy_array(obj):
        if obj.size == 1:
            return obj.flatten()[0].item(), True
        return (obj.tolist(), True) if obj.size <= MAX_LISTED else (obj, False)
    if get_full_typename(obj).startswith("numpy.") and hasattr(obj, "item"):
        return obj.item(), True
    if isinstance(obj, bytes):
        return obj.decode("utf-8"), True
    if isinstance(obj, (date, datetime)):
        return obj.isoformat(), True
    if isinstance(obj, (set, frozenset)):
        return list(obj), True
    if isinstance(obj, Enum):
        return obj.name, True
    if isinstance(obj, slice):
        return {"slice_start": obj.start, "slice_step": obj.step, "slice_stop": obj.stop}, True
    if callable(obj):
        return f"{obj.__module__}.{obj.__qualname__}" if hasattr(obj, "__qualname__") else str(obj), True
    if isinstance(obj, float) and math.isnan(obj):
        return None, True
    return obj, False


class WandBJSONEncoder(json.JSONEncoder):
    """JSON of values that JSON does not know."""

    def default(self, obj: Any) -> Any:
        """What stands for such a value; TypeError if nothing does."""
        value, is_another = json_friendly(obj)
        return value if is_another else super().default(obj)


def json_dumps_safer(obj: Any, **kwargs: Any) -> str:
    """JSON, also of values that JSON does not know.

    Raises:
        TypeError: Nothing stands for a value.
    """
    return json.dumps(obj, cls=WandBJSONEncoder, **kwargs)


def json_dumps_safer_history(obj: Any, **kwargs: Any) -> str:
    """As json_dumps_safer()."""
    return json_dumps_safer(obj, **kwargs)


def json_dump_safer(obj: Any, fp: IO[str], **kwargs: Any) -> None:
    """Write JSON, also of values that JSON does not know."""
    json.dump(obj, fp, cls=WandBJSONEncoder, **kwargs)


def make_json_if_not_number(v: Any) -> Any:
    """A number as it is, everything else as JSON."""
    return v if isinstance(v, (float, int)) else json_dumps_safer(v)


def make_safe_for_json(obj: Any) -> Any:
    """NaN and infinities as text, mappings as dicts, other iterables as lists."""
    if isinstance(obj, Mapping):
        return {key: make_safe_for_json(value) for key, value in obj.items()}
    if isinstance(obj, str):
        return obj
    if isinstance(obj, Iterable):
        return [make_safe_for_json(value) for value in obj]
    if isinstance(obj, float) and not math.isfinite(obj):
        return "NaN" if math.isnan(obj) else "Infinity" if obj > 0 else "-Infinity"
    return obj


def load_yaml(file: Any) -> Any:
    """What a text or a stream of YAML means."""
    import yaml  # only who has some pays for it

    return yaml.safe_load(file)

"""Owns `wandb.util`: those of its helpers that scripts and libraries call."""

from __future__ import annotations

import importlib
import importlib.util
import math
import os
import random
import re
import secrets
import string
import sys
from collections.abc import Mapping, Sequence
from numbers import Number
from types import ModuleType
from typing import IO, Any
from urllib.parse import urlparse

POW_10_BYTES = [(unit, 1000**power) for power, unit in enumerate(("B", "KB", "MB", "GB", "TB", "PB", "EB"))]
POW_2_BYTES = [(unit, 1024**power) for power, unit in enumerate(("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"))]
VALUE_BYTES_LIMIT = 100000
MAX_LINE_BYTES = (10 << 20) - (100 << 10)
MAX_LINE_SIZE = (9 << 20) - (100 << 10)

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
    """Bytes as people read them: below 1024 of a unit, whatever the next one is."""
    known = units or POW_10_BYTES
    factors = [(round(float(size) / value, 1), unit) for unit, value in known]
    factor, unit = next((pair for pair in factors if pair[0] < 1024), factors[-1])
    return f"{factor}{unit}"


def from_human_size(size: str, units: Units = None) -> int:
    """Bytes from what people write; what comes after number and unit does not count.

    Raises:
        ValueError: It does not begin with a number.
    """
    known = {unit.upper(): value for unit, value in units or POW_10_BYTES}
    found = re.match(rf"(\d+\.?\d*)\s*({'|'.join(known)})?", size, re.IGNORECASE)
    if not found:
        raise ValueError(f"size {size!r} must be of the form `10`, `10B` or `10 B`.")
    return int(float(found[1]) * known[(found[2] or "B").upper()])


def isatty(ob: IO[Any]) -> bool:
    """Whether somebody sits at a stream."""
    return hasattr(ob, "isatty") and ob.isatty()


# ---------------------------------------------------------------------- modules

pd_available = importlib.util.find_spec("pandas") is not None


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


def get_optional_module(name: str) -> Any:
    """A module, None if it is not installed."""
    return get_module(name)


# ---------------------------------------------------------------------- kinds of values


def get_full_typename(o: Any) -> str:
    """The type's name, with its module; a module's own name."""
    kind = type(o)
    return str(o.__name__) if isinstance(o, ModuleType) else f"{kind.__module__}.{kind.__name__}"


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


def make_safe_for_json(obj: Any) -> Any:
    """NaN and infinities as text, mappings as dicts, other sequences as lists."""
    if isinstance(obj, Mapping):
        return {key: make_safe_for_json(value) for key, value in obj.items()}
    if isinstance(obj, str):
        return obj
    if isinstance(obj, Sequence):
        return [make_safe_for_json(value) for value in obj]
    if isinstance(obj, float) and not math.isfinite(obj):
        return "NaN" if math.isnan(obj) else "Infinity" if obj > 0 else "-Infinity"
    return obj


def load_yaml(file: Any) -> Any:
    """What a text or a stream of YAML means."""
    import yaml  # only who has some pays for it

    return yaml.safe_load(file)

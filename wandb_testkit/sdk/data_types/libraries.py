"""Owns the way to the libraries that media are made with: imported when used, else an error says what to install."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from wandb_testkit.errors import Error

PACKAGES = {"PIL": "pillow", "sklearn": "scikit-learn"}
"""Libraries that are installed under another name."""


def needed(module: str, why: str) -> Any:
    """A module of a library.

    Args:
        why: What needs it, as the user wrote it.
    Raises:
        Error: The library is not there.
    """
    try:
        return import_module(module)
    except ImportError as cause:
        library = module.partition(".")[0]
        package = PACKAGES.get(library, library)
        raise Error(f"{why} needs {library}, which is not installed: pip install {package}") from cause


def loaded(library: str) -> Any | None:
    """A library if somebody has imported it: a value of its types exists only then."""
    return sys.modules.get(library)


def library_of(value: object) -> str:
    """The name of the library that the type of a value comes from."""
    return type(value).__module__.partition(".")[0]


def is_tensor(value: object) -> bool:
    """Whether it is a torch tensor."""
    return library_of(value) == "torch" and type(value).__name__ in ("Tensor", "Parameter", "Variable")


def is_numpy_array(data: object) -> bool:
    """Whether it is an array of numpy."""
    numpy = loaded("numpy")
    return numpy is not None and isinstance(data, numpy.ndarray)


def is_data_frame(value: object) -> bool:
    """Whether it is a data frame of pandas."""
    pandas = loaded("pandas")
    return pandas is not None and isinstance(value, getattr(pandas, "DataFrame", ()))


def is_figure_of_plotly(value: object) -> bool:
    """Whether it is a figure of plotly."""
    return library_of(value) == "plotly" and type(value).__name__ == "Figure"


def is_of_matplotlib(value: object) -> bool:
    """Whether it is a figure, an axes, or `matplotlib.pyplot` itself."""
    module = getattr(value, "__name__", "")
    return library_of(value) == "matplotlib" or (type(value) is type(sys) and module.startswith("matplotlib."))

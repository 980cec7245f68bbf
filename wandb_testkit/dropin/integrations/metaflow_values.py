"""Owns what becomes of the values of a flow that are more than numbers and texts: files of artifacts."""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.data_types.libraries import loaded


class Kind(NamedTuple):
    """One kind of values.

    Attributes:
        shown: What wandb_track(testing=True) tells of it.
        used_as: What wandb_use(testing=True) tells of it.
        words: How lines on the terminal call it; "": by its type.
        artifact_type: That of the artifact.
        write: Writes a value into an artifact, under a name.
    """

    shown: str
    used_as: str
    words: str
    artifact_type: str
    write: Callable[[Artifact, str, Any], None]


def _write_frame(artifact: Artifact, name: str, data: Any) -> None:
    with artifact.new_file(f"{name}.parquet", "wb") as file:
        data.to_parquet(file, engine="pyarrow")


def _write_module(artifact: Artifact, name: str, data: Any) -> None:
    with artifact.new_file(f"{name}.pkl", "wb") as file:
        importlib.import_module("torch").save(data, file)


def _write_pickle(artifact: Artifact, name: str, data: Any) -> None:
    with artifact.new_file(f"{name}.pkl", "wb") as file:
        pickle.dump(data, file)


def _write_path(artifact: Artifact, name: str, data: Path) -> None:
    if data.is_dir():
        artifact.add_dir(str(data))
    elif data.is_file():
        artifact.add_file(str(data))


FRAME = Kind("pd.DataFrame", "datasets", "Pandas DataFrame", "dataset", _write_frame)
MODULE = Kind("nn.Module", "models", "PyTorch nn.Module", "model", _write_module)
ESTIMATOR = Kind("BaseEstimator", "models", "sklearn BaseEstimator", "model", _write_pickle)
PATH = Kind("Path", "datasets", "", "dataset", _write_path)


def kind_of(data: Any, *, datasets: bool, models: bool) -> Kind | None:
    """The kind of a value, if values of that kind are asked for."""
    if datasets and _is(data, "pandas", "DataFrame"):
        return FRAME
    if models and _is(data, "torch.nn", "Module"):
        return MODULE
    if models and _is(data, "sklearn.base", "BaseEstimator"):
        return ESTIMATOR
    return PATH if datasets and isinstance(data, Path) else None


def _is(data: Any, module: str, name: str) -> bool:
    """Whether it is of a class; there is nothing of a class whose library nobody has imported."""
    home = loaded(module)
    return home is not None and isinstance(data, getattr(home, name))

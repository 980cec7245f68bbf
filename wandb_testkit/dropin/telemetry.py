"""Owns `wandb.sdk.lib.telemetry`: how libraries tell that they were used with wandb; no protocol buffers are needed.

What they tell is kept with the run as `client["config"]["telemetry"]`, where a real client keeps it as numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wandb_testkit.world import current

IMPORTS = frozenset(
    [
        *("catboost", "datasets", "diffusers", "fastai", "flax", "ignite", "jax", "keras", "langchain", "lightgbm"),
        *("lightning", "monai", "openai", "optuna", "peft", "pytorch_lightning", "ray", "sklearn", "skorch", "spacy"),
        *("stable_baselines3", "tensorflow", "timm", "torch", "torchvision", "transformers", "trl", "ultralytics"),
        *("vllm", "xgboost"),
    ]
)
"""Libraries that a client looks for."""


class Flags:
    """A part of a record: each attribute is False until it is set."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return False

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class TelemetryImports(Flags):
    """Which libraries were imported."""


class TelemetryRecord:
    """What is told: `feature`, `env`, `label`, `deprecated` and the imports, each with attributes that are set."""

    def __init__(self) -> None:
        self.imports_init = TelemetryImports()
        self.imports_finish = TelemetryImports()
        self.feature = Flags()
        self.env = Flags()
        self.label = Flags()
        self.deprecated = Flags()
        self.issues = Flags()

    def told(self) -> dict[str, Any]:
        """What was set: `feature.keras` -> True."""
        return {
            f"{part}.{name}": value for part, flags in vars(self).items() for name, value in sorted(vars(flags).items())
        }


@contextmanager
def context(run: Any = None, obj: TelemetryRecord | None = None) -> Iterator[TelemetryRecord]:
    """A record to be filled in; at the end of the block the run, or the one of the process, is told."""
    record = obj or TelemetryRecord()
    yield record
    tell(run if run is not None else current().session.run, record)


def tell(run: Any, record: TelemetryRecord) -> None:
    """Keep with a run what a record says; a run that is over, or disabled, is told nothing."""
    if run is not None and not getattr(run, "disabled", True):
        run._telemetry_callback(record)


def list_telemetry_imports(only_imported: bool = False) -> set[str]:
    """The libraries that a client looks for, or those of them that are imported."""
    return set(IMPORTS & set(sys.modules)) if only_imported else set(IMPORTS)

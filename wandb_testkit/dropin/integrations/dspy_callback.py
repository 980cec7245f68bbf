"""Owns wandb.integration.dspy: a callback that logs evaluations of DSPy's programs, and keeps the best of them."""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wandb_testkit.dropin.calls import active_run, show_line
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.dropin.preinit import must_init
from wandb_testkit.dropin.telemetry import context
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.world import current

FEATURE = "dspy_callback"

_LOG = logging.getLogger(__name__)


class WandbDSPyCallback:
    """Logs the score of each evaluation, tables of what was predicted, and one of the programs that were evaluated.

    Args:
        log_results: Log what was predicted.
        run: The run to log to; None: the active one.
    Raises:
        Error: There is none.
    """

    def __init__(self, log_results: bool = True, run: Any = None) -> None:
        self._run: Any = run if run is not None else current().session.run
        if self._run is None:
            raise must_init("instantiating WandbDSPyCallback().")
        with context(self._run) as told:
            setattr(told.feature, FEATURE, True)
        self.log_results = log_results
        self._has_config = False
        self._program: dict[str, Any] = {}
        self._table: Table | None = None
        self._step = 0

    def on_evaluate_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """Keep what the first evaluation is like in the config, and what the program is like for its end."""
        if not self._has_config:
            told = {
                name: value for name, value in getattr(instance, "__dict__", {}).items() if not name.startswith("_")
            }
            told.pop("devset", None)
            self._run.config.update(told)
            self._has_config = True
        if inputs.get("program"):
            self._program = described(inputs["program"])

    def on_evaluate_end(self, call_id: str, outputs: Any, exception: Exception | None = None) -> None:
        """Log the score and the predictions, and add the program to the table."""
        score = None
        expected = importlib.import_module("dspy.evaluate.evaluate").EvaluationResult
        if exception is not None:
            text = f"on_evaluate_end received exception: {exception}. Skipping logging score and `log_results`."
            show_line(text, "warning")
        elif isinstance(outputs, expected):
            score = outputs.score
            active_run("wandb.log()").log({"score": float(score)}, step=self._step)
            rows = [dict(_flat(row)) for row in _rows(outputs.results)] if self.log_results else []
            if rows:
                table = Table(columns=list(rows[0]), data=[list(row.values()) for row in rows], log_mode="IMMUTABLE")
                self._run.log({f"predictions_{self._step}": table}, step=self._step)
        else:
            show_line(
                f"on_evaluate_end received unexpected outputs type: {type(outputs)}. Expected "
                "dspy.evaluate.evaluate.EvaluationResult; skipping logging score and `log_results`.",
                "warning",
            )
        has_score = isinstance(score, float)
        if self._table is None:
            columns = ["step", *self._program, *(["score"] if has_score else [])]
            self._table = Table(columns=columns, log_mode="INCREMENTAL")
        self._table.add_data(self._step, *self._program.values(), *([score] if has_score else []))
        self._run.log({"program_signature": self._table}, step=self._step)
        self._step += 1

    def log_best_model(
        self,
        model: Any,
        *,
        save_program: bool = True,
        save_dir: str | None = None,
        filetype: str = "json",
        aliases: Sequence[str] = ("best", "latest"),
        artifact_name: str = "dspy-program",
    ) -> None:
        """Save a program, and log it as an artifact.

        Args:
            save_program: The whole of it in a directory; else its state in a file.
            save_dir: Where; None: in the run's directory.
            filetype: "json" or "pkl", of the file.
        """
        version = getattr(importlib.import_module("dspy"), "__version__", "unknown")
        metadata = {"dspy_version": version, "module_class": type(model).__name__, **described(model)}
        artifact = Artifact(f"{artifact_name}-{self._run.id}", type="model", metadata=metadata)
        where = os.path.normpath(save_dir if save_dir is not None else os.path.join(self._run.dir, "dspy_program"))
        try:
            os.makedirs(where, exist_ok=True)
        except OSError as error:
            text = f"Could not create or access directory '{where}': {error}. Skipping artifact logging."
            show_line(text, "warning")
            return
        if save_program:
            model.save(where, save_program=True)
            artifact.add_dir(where)
        else:
            path = os.path.join(where, f"program.{filetype}")
            model.save(path, save_program=False)
            artifact.add_file(path)
        self._run.log_artifact(artifact, aliases=list(aliases))


def described(program: Any) -> dict[str, Any]:
    """The signature of the first predictor in a program, its instructions and fields, under flat names."""
    if program is None:
        return {}
    predict = importlib.import_module("dspy").Predict
    found: dict[str, Any] = {}
    try:
        signature = next(part.signature for _, part in program.named_parameters() if isinstance(part, predict))
        for name in ("signature", "instructions"):
            if getattr(signature, name, None):
                found[name] = getattr(signature, name)
        for name in ("input_fields", "output_fields"):
            for field, value in (getattr(signature, name, None) or {}).items():
                found[f"{name}.{field}"] = str(value)
    except Exception as error:
        _LOG.warning("Failed to extract program info from Evaluate instance: %s", error)
    return found


def _rows(results: Any) -> Iterator[dict[str, Any]]:
    """A row of each example."""
    dspy = importlib.import_module("dspy")
    said: Any = None
    for example, prediction, is_correct in results:
        if isinstance(prediction, dspy.Prediction):
            said = prediction.toDict()
        elif isinstance(prediction, dspy.Completions):
            said = prediction.items()
        yield {"example": example.toDict(), "prediction": said, "is_correct": is_correct}


def _flat(row: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def callback_class(profile: Profile) -> type:
    """The class for DSPy.

    Raises:
        ModuleNotFoundError: DSPy is not installed.
    """
    return built(WandbDSPyCallback, "dspy.utils", "BaseCallback", "wandb.integration.dspy")

"""Owns wandb.integration.huggingface: what pipelines of transformers answer is logged as a table."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from wandb_testkit.dropin.current import generate_id
from wandb_testkit.dropin.integrations.autologging import AutologAPI
from wandb_testkit.sdk.data_types.table import Table

_LOG = logging.getLogger(__name__)

TASKS = (
    *("text-classification", "sentiment-analysis", "question-answering", "summarization", "translation"),
    *("text2text-generation", "text-generation"),
)
SEVERAL_ANSWERS = ("text-classification", "sentiment-analysis", "question-answering")
"""Tasks that answer with the likeliest few: an answer that is a list stays one there."""

COLUMNS = ["ID", "Model Alias", "Timestamp", "Elapsed Time", "Input", "Response", "Kwargs"]


class Pipelines:
    """What is logged of a call of a pipeline: a row for each input, all with the id of the call."""

    def __init__(self) -> None:
        self.latest_id: str | None = None

    def get_latest_id(self) -> str | None:
        """The id of the last call that was logged."""
        return self.latest_id

    def __call__(
        self, args: Sequence[Any], kwargs: dict[str, Any], response: Any, began: float, took_s: float
    ) -> dict[str, Any] | None:
        """A table, under the name of the task or of WANDB_AUTOLOG_TABLE_NAME; None for other tasks."""
        pipe, given = args[:2]
        task: str = pipe.task
        if task not in TASKS and not task.startswith("translation"):
            _LOG.warning(
                f"The task: `{task}` is not yet supported.\n"
                "Please contact `wandb` to notify us if you would like support for this task"
            )
            return None
        if task == "question-answering":
            given = [vars(question) for question in _listed(given)]
        model = getattr(pipe.model, "model", pipe.model)
        self.latest_id = generate_id(16)
        call = [self.latest_id, model.name_or_path, datetime.now(timezone.utc), took_s]
        rows = []
        for question, answer in zip(_listed(given), _listed(response), strict=False):
            if isinstance(answer, list) and len(answer) == 1 and task not in SEVERAL_ANSWERS:
                answer = answer[0]
            rows.append([*call, question, answer, kwargs])
        return {os.environ.get("WANDB_AUTOLOG_TABLE_NAME", task): Table(columns=COLUMNS, data=rows)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


pipelines = Pipelines()
autolog = AutologAPI("transformers", ("Pipeline.__call__",), pipelines, "hf_pipeline_autolog")
autolog.get_latest_id = pipelines.get_latest_id  # type: ignore[attr-defined] # as wandb has it

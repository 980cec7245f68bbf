"""Owns what a job of fine-tuning is as plain values: its config, its details, and its examples as a table."""

from __future__ import annotations

import importlib
import io
from datetime import datetime
from typing import Any

from wandb_testkit.sdk.data_types.table import Table

ROLES = ["role: system", "role: user", "role: assistant"]


def config_of(job: Any) -> dict[str, Any]:
    """What of a job goes to the config of its run; times are texts of this machine's time zone."""
    config = dict(job)
    config["result_files"] = config["result_files"][0]
    for name in ("created_at", "finished_at"):
        if config.get(name):
            config[name] = datetime.fromtimestamp(config[name]).strftime("%Y-%m-%d %H:%M:%S")
    for name in ("hyperparameters", "error"):
        if config.get(name):
            config[name] = sanitized(config[name])
    return config


def details_of(job: Any) -> Any:
    """What of a job is kept in the file of its model."""
    details = dict(job)
    for name in ("hyperparameters", "error"):
        details[name] = sanitized(details[name])
    return sanitized(details)


def sanitized(value: Any) -> Any:
    """A value of plain values and texts: what is within a dict or a list stays if it is plain, and is a text else."""
    known = importlib.import_module("openai.types.fine_tuning.fine_tuning_job")
    if isinstance(value, (known.Hyperparameters, known.Error)):
        return dict(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value)


def _plain(value: Any) -> Any:
    return value if type(value) in (bool, int, float, str) else str(value)


def table_of(text: str) -> tuple[Table, int]:
    """The examples of a file: a row for each, of three messages; and how many there are.

    Raises:
        AssertionError: An example has not three messages.
    """
    examples = importlib.import_module("pandas").read_json(io.StringIO(text), orient="records", lines=True)
    table = Table(columns=ROLES)
    for _, example in examples.iterrows():
        messages = example.messages
        if len(messages) != len(ROLES):
            raise AssertionError
        table.add_data(*(message["content"] for message in messages))
    return table, len(examples)

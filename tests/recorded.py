"""A run to look at: three rows, nested config, a summary, artifacts logged and used."""

from __future__ import annotations

from typing import Any

from wandb_testkit.artifact_view import Artifacts, ArtifactView
from wandb_testkit.history_view import History
from wandb_testkit.observation import RunState, RunView

ROWS: list[dict[str, Any]] = [
    {"_step": 0, "loss": 0.9},
    {"_step": 1, "loss": 0.5},
    {"_step": 2, "loss": 0.3, "eval": {"acc": 0.8}},
]


def an_artifact(name: str, files: dict[str, bytes], **other: Any) -> ArtifactView:
    given: dict[str, Any] = {
        "version": "v0",
        "type": name,
        "aliases": ("latest",),
        "description": None,
        "metadata": {},
        "digest": "d" * 32,
        "size": sum(map(len, files.values())),
        "references": {},
    }
    return ArtifactView(name=name, files=files, **{**given, **other})


def a_run(rows: list[dict[str, Any]] | None = None, **other: Any) -> RunView:
    kept = ROWS if rows is None else rows
    model = an_artifact(
        "model",
        {"weights.bin": b"\x00\x01"},
        aliases=("best", "latest"),
        metadata={"epochs": 3, "by": "ann"},
        logged=True,
    )
    data = an_artifact("data", {"a.csv": b"1,2"}, used=True, references={"b.csv": "s3://bucket/b.csv"})
    given: dict[str, Any] = {
        "id": "abc",
        "entity": "me",
        "project": "digits",
        "name": "first",
        "state": RunState.FINISHED,
        "exit_code": 0,
        "config": {"lr": 0.1, "optimizer": {"name": "adam", "betas": [0.9, 0.99]}},
        "summary": {"loss": 0.3, "best": 0.3, "_step": 2},
        "history": History(
            kept, [1700000000.5 + at for at in range(len(kept))], [0.5 + at for at in range(len(kept))], "abc"
        ),
        "tags": ("a", "b"),
        "group": None,
        "job_type": None,
        "notes": None,
        "resumed_from": None,
        "files": {"notes.txt": b"trained"},
        "artifacts": Artifacts({"model": [model], "data": [data]}),
        "output": [],
        "alerts": [],
        "warnings": [],
        "requests": ["RunRecord", "HistoryRecord", "ExitRecord"],
    }
    return RunView(**{**given, **other})

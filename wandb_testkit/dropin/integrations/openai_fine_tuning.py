"""Owns wandb.integration.openai.fine_tuning: jobs that OpenAI has carried out become runs."""

from __future__ import annotations

import base64
import contextlib
import importlib
import io
import json
import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakSet

from wandb_testkit.dropin import current as dropin
from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.integrations.fine_tuning_values import config_of, details_of, sanitized, table_of
from wandb_testkit.dropin.public.current import Api
from wandb_testkit.dropin.telemetry import context
from wandb_testkit.errors import CommError, Error
from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.world import World, current

WAIT_S = 10.0
"""How long it waits before it asks again whether a job is done."""

FEATURE = "openai_finetuning"
DONE = "🎉 wandb sync completed successfully"

ENDS = {"failed": "has failed", "cancelled": "was cancelled"}


_logged_in: WeakSet[World] = WeakSet()


class Names(NamedTuple):
    """Where a job is logged, and whether what is there is written over."""

    project: str
    entity: str | None
    overwrite: bool

    def path(self, name: str) -> str:
        """The path of a run or an artifact."""
        return "/".join(part for part in (self.entity, self.project, name) if part is not None)


class WandbLogger:
    """Logs jobs of fine-tuning."""

    @classmethod
    def sync(
        cls,
        fine_tune_job_id: str | None = None,
        openai_client: Any = None,
        num_fine_tunes: int | None = None,
        project: str = "OpenAI-Fine-Tune",
        entity: str | None = None,
        overwrite: bool = False,
        wait_for_job_success: bool = True,
        log_datasets: bool = True,
        model_artifact_name: str = "model-metadata",
        model_artifact_type: str = "model",
        **kwargs_wandb_init: Any,
    ) -> str | None:
        """Log one job, or the last few; each is a run with the id of the job, or the active run.

        Args:
            fine_tune_job_id: The job; None: all that OpenAI tells of.
            openai_client: Asks OpenAI; None makes one.
            num_fine_tunes: How many of all.
            overwrite: Log what is logged already once more.
            wait_for_job_success: Wait until a job is over.
            log_datasets: Log the files of training and validation, too.
            kwargs_wandb_init: Others of init().
        Raises:
            ModuleNotFoundError: openai or pandas is not installed.
        """
        openai = importlib.import_module("openai")
        client = openai.OpenAI() if openai_client is None else openai_client
        is_asked_for = fine_tune_job_id is not None or num_fine_tunes is not None
        names = Names(project, entity, overwrite)
        jobs = _jobs(client, fine_tune_job_id, num_fine_tunes)
        if jobs is None:
            show_line("No fine-tune has been retrieved", "warning")
            return None
        for job in jobs:
            before = _run_at(names.path(job.id))
            if before is not None:
                status = before.summary.get("status")
                if is_asked_for:
                    names = _told_of(before, job.id, status, names)
                if status == "succeeded" and not names.overwrite:
                    return None
            run = current().session.run
            if run is None:
                ids = {"name": job.id, "id": job.id}
                run = dropin.init(job_type="fine-tune", project=project, entity=entity, **ids, **kwargs_wandb_init)
            if wait_for_job_success:
                job = _waited_for(client, job)
            with context(run) as told:
                setattr(told.feature, FEATURE, True)
            _Job(client, openai.NotFoundError, run, job, names).log(
                is_asked_for, log_datasets, model_artifact_name, model_artifact_type
            )
        if not is_asked_for:
            show_line("No new successful fine-tunes were found", "warning")
        return DONE

    @staticmethod
    def sanitize(input: Any) -> Any:
        """A value of plain values and texts."""
        return sanitized(input)


class _Job:
    """One job that becomes a run."""

    def __init__(self, client: Any, not_found: type[Exception], run: Any, job: Any, names: Names) -> None:
        self._files = client.files
        self._not_found = not_found
        self._run = run
        self._job = job
        self._names = names

    def log(self, is_asked_for: bool, logs_datasets: bool, artifact_name: str, artifact_type: str) -> None:
        """Log the metrics, the model and the files of a job that is over, and end the run."""
        job, run = self._job, self._run
        if job.status != "succeeded":
            if is_asked_for:
                show_line(f'Fine-tune {job.id} has the status "{job.status}" and will not be logged', "warning")
            return
        try:
            results = self._results()
        except self._not_found:
            if is_asked_for:
                show_line(f"Fine-tune {job.id} has no results and will not be logged", "warning")
            return
        run.config.update(config_of(job))
        for _, row in importlib.import_module("pandas").read_csv(io.StringIO(results)).iterrows():
            metrics = {name: value for name, value in row.items() if value == value}
            run.log(metrics, step=int(metrics.pop("step")))
        if job.fine_tuned_model is not None:
            run.summary["fine_tuned_model"] = job.fine_tuned_model
        if logs_datasets:
            show_line("Logging training/validation files...", "info")
            for file_id, prefix, kind in (
                (job.training_file, "train", "training_files"),
                (job.validation_file, "valid", "validation_files"),
            ):
                if file_id:
                    self._use_file(file_id, prefix, kind)
        model = Artifact(artifact_name, type=artifact_type, metadata=dict(job))
        with model.new_file("model_metadata.json", mode="w", encoding="utf-8") as file:
            json.dump(details_of(job), file, indent=2)
        run.log_artifact(model, aliases=["latest", job.id])
        run.summary["status"] = "succeeded"
        run.finish()

    def _results(self) -> str:
        """The metrics, as CSV; of older jobs they are not in base64."""
        file_id = self._job.result_files[0]
        try:
            return base64.b64decode(self._files.content(file_id=file_id).read()).decode("utf-8")
        except Exception:
            text: str = self._files.content(file_id=file_id).text
            return text

    def _use_file(self, file_id: str, prefix: str, kind: str) -> None:
        """Let the run use a file, as an artifact that is logged once."""
        name = re.sub(r"[^a-zA-Z0-9_\-.]", "_", f"{prefix}-{file_id}")
        artifact = _artifact_at(self._names.path(f"{name}:{file_id}"))
        if artifact is None or self._names.overwrite:
            try:
                content = self._files.content(file_id=file_id)
            except self._not_found:
                show_line(
                    f"File {file_id} could not be retrieved. Make sure you have OpenAI permissions to download "
                    "training/validation files",
                    "error",
                )
                return
            artifact = Artifact(name, type=kind)
            with tempfile.TemporaryDirectory() as directory:
                path = Path(directory) / "file"
                path.write_bytes(content.content)
                artifact.add_file(str(path), file_id)
            self._add_table(artifact, content.text, file_id, prefix)
        else:
            self._run.config.update({f"n_{prefix}": artifact.metadata.get("items")})
        self._run.use_artifact(artifact, aliases=["latest", file_id])

    def _add_table(self, artifact: Artifact, text: str, file_id: str, prefix: str) -> None:
        try:
            table, count = table_of(text)
            artifact.add(table, file_id)
            self._run.log({f"{prefix}_data": table})
            self._run.config.update({f"n_{prefix}": count})
            artifact.metadata["items"] = count
        except Exception as error:
            show_line(f"Issue saving {file_id} as a Table to Artifacts, exception:\n  '{error}'", "error")


def _jobs(client: Any, job_id: str | None, count: int | None) -> Sequence[Any] | None:
    if job_id:
        show_line("Retrieving fine-tune job...", "info")
        return [client.fine_tuning.jobs.retrieve(fine_tuning_job_id=job_id)]
    page = client.fine_tuning.jobs.list()
    if not page or page.data is None:
        return None
    jobs: list[Any] = page.data
    return jobs if count is None else jobs[-count:]


def _waited_for(client: Any, job: Any) -> Any:
    show_line("Waiting for the OpenAI fine-tuning job to finish training...", "info")
    show_line(
        "To avoid blocking, you can call `WandbLogger.sync` with `wait_for_job_success=False` after OpenAI training "
        "completes.",
        "info",
    )
    while job.status != "succeeded":
        if job.status in ENDS:
            show_line(f"Fine-tune {job.id} {ENDS[job.status]} and will not be logged", "warning")
            return job
        time.sleep(WAIT_S)
        job = client.fine_tuning.jobs.retrieve(fine_tuning_job_id=job.id)
    show_line("Fine-tuning finished, logging metrics, model metadata, and run metadata to Weights & Biases", "info")
    return job


def _told_of(run: Any, job_id: str, status: Any, names: Names) -> Names:
    """Tell what happens to a job that was logged before."""
    if status == "succeeded" and not names.overwrite:
        text = f"Fine-tune {job_id} has already been logged successfully at {run.url}. "
        show_line(f"{text}Use `overwrite=True` if you want to overwrite previous run", "warning")
        return names
    if status != "succeeded":
        show_line(f"A run for fine-tune {job_id} was previously created but didn't end successfully", "warning")
    text = f"A new wandb run will be created for fine-tune {job_id} and previous run will be overwritten"
    show_line(text, "info")
    return names._replace(overwrite=True)


def _run_at(path: str) -> Any:
    _log_in()
    with contextlib.suppress(CommError, ValueError):
        return Api().run(path)
    return None


def _artifact_at(path: str) -> Any:
    with contextlib.suppress(CommError, ValueError):
        return Api().artifact(path)
    return None


def _log_in() -> None:
    """Once in a world: login() with an active run does nothing, and says that nobody is logged in."""
    world = current()
    if world in _logged_in:
        return
    if not dropin.login():
        raise Error(
            "It appears you are not currently logged in to Weights & Biases. "
            "Please run `wandb login` in your terminal or `wandb.login()` in a notebook."
        )
    _logged_in.add(world)

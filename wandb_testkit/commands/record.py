"""Owns `wandb-testkit record`, which runs a program and keeps what it logged; and how `view` shows such files."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_testkit.profiles import Profile

if TYPE_CHECKING:
    from wandb_testkit.world import World


@click.command(
    context_settings={"ignore_unknown_options": True}, short_help="Keep what a program logs as a file for tests."
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    default="recording.json",
    show_default=True,
    help="Where the recording goes; one that is there is replaced.",
)
@click.option("--no-files", is_flag=True, help="Leave the contents of files and artifacts out.")
@click.option(
    "--drop-in",
    type=click.Choice([profile.value for profile in Profile]),
    help="Let `import wandb` be the drop-in of this profile; else the program brings the real client.",
)
@click.argument("command", metavar="-- COMMAND...", nargs=-1, required=True, type=click.UNPROCESSED)
def record(out: Path, no_files: bool, drop_in: str | None, command: tuple[str, ...]) -> None:
    """Run a program, and keep what it logs to W&B as a file for tests.

    The program's wandb is pointed at a server on this machine, and needs no key. wt.load("recording.json") is the run;
    fake.replay("recording.json") puts it where wandb.Api() finds it. The exit code is the program's.

    \b
    Example:
      wandb-testkit record --out tests/run.json -- python train.py --epochs 3
    """
    from wandb_testkit.recorded_runs import dumps

    with _world(drop_in) as world, tempfile.TemporaryDirectory(prefix="wandb-testkit-") as scratch:
        exit_code = _run(command, {} if drop_in else _environment(world, scratch))
        unfinished = world.finish_unfinished(exit_code)
        runs = world.runs
        for name in unfinished:
            click.secho(f"{name} was not finished by the program; it ends with its exit code", fg="yellow", err=True)
        for refused in world.recorder.refusals:
            click.secho(f"The server refused a request: {refused.refusal.message}", fg="yellow", err=True)
    if not runs:
        raise click.ClickException(
            f"nothing was recorded (the program ended with exit code {exit_code}): it started no run, or one that no "
            "server sees (mode offline or disabled, WANDB_MODE). Where no wandb is installed, --drop-in current does"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(dumps(runs, with_files=not no_files), encoding="utf-8")
    for run in runs:
        click.echo(f"{run.path}  {run.state}  {len(run.history)} row{'' if len(run.history) == 1 else 's'}")
    click.echo(f"Recorded: {out}")
    sys.exit(exit_code)


def show_path(path: Path) -> None:
    """Show the runs of a recording, or of the directory or the log of an offline run."""
    from rich.console import Console

    from wandb_testkit.errors import NotAnOfflineRunError, NotARecordingError
    from wandb_testkit.offline_runs import read_quietly
    from wandb_testkit.recorded_runs import load_all
    from wandb_testkit.report.terminal import show_runs

    try:
        if path.is_dir() or path.suffix == ".wandb":
            runs = [read_quietly(path)[0]]
        else:
            runs = load_all(path)
    except (NotAnOfflineRunError, NotARecordingError) as error:
        raise click.ClickException(str(error)) from error
    show_runs(runs, Console())


@contextmanager
def _world(drop_in: str | None) -> Iterator[World]:
    from wandb_testkit.installation import install
    from wandb_testkit.world import fake

    if drop_in is None:
        with fake(profile="current") as world:
            yield world
    else:
        with install(profile=drop_in) as world:
            yield world


def _environment(world: World, scratch: str) -> dict[str, str]:
    """What points a real client of any version at a world; it keeps its own files out of the way."""
    given = {"WANDB_BASE_URL": world.url, "WANDB_API_KEY": world.api_key}
    if "WANDB_DIR" not in os.environ:
        given["WANDB_DIR"] = scratch
    return given


def _run(command: tuple[str, ...], given: dict[str, str]) -> int:
    try:
        return subprocess.run(command, env={**os.environ, **given}).returncode
    except OSError as error:
        raise click.ClickException(f"{command[0]!r} cannot be started: {error.strerror}") from error

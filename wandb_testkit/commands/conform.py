"""Owns `wandb-testkit conform`: the conformance suite on a target, and the matrix of stored results."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wandb_testkit.profiles import Profile

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Judge a backend of your own, case by case.")
@click.argument("names", metavar="TARGET...", nargs=-1)
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    help="Which init() it is held against.  [default: current, or what the target plays]",
)
@click.option("--chapters", metavar="NAME,...", help="Run the cases of these chapters only.")
@click.option(
    "--known",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Known failures, a line each, `glob: reason`; they are run, and one that passes is stale and fails.",
)
@click.option(
    "--deep", is_flag=True, help="Also every pair and triple of words of the decision tables, and programs that grow."
)
@click.option(
    "-n", "processes", default=1, show_default=True, metavar="N", help="Processes that run cases side by side."
)
@click.option("--list", "lists", is_flag=True, help="List the cases, and what each needs; nothing is run.")
@click.option(
    "--from",
    "stored",
    metavar="FILE.json...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Stored results instead of a target; nothing is run. All further arguments are files, too.",
)
@click.option("--html", metavar="FILE", type=_FILE, help="Write the matrix, clauses by targets, as a page of its own.")
@click.option("--json", "json_file", metavar="FILE", type=_FILE, help="Store the results, for --from.")
@click.option("--junit", metavar="FILE", type=_FILE, help="Write the results as JUnit XML.")
@click.option("--markdown", metavar="FILE", type=_FILE, help="Write the matrix as a Markdown page.")
@click.option("--badge", metavar="FILE", type=_FILE, help="Write what a shields.io endpoint badge reads.")
def conform(
    names: tuple[str, ...],
    profile: str | None,
    chapters: str | None,
    known: Path | None,
    deep: bool,
    processes: int,
    lists: bool,
    stored: Path | None,
    html: Path | None,
    json_file: Path | None,
    junit: Path | None,
    markdown: Path | None,
    badge: Path | None,
) -> None:
    """Hold an implementation of wandb.init() against the spec, case by case; or show results that were stored.

    TARGET is the name of a target in the box (reference, wandb==0.31.0, trackio ...), the URL of a server that speaks
    W&B's protocol (its key in WANDB_API_KEY), such a server as a real client meets it (wandb==0.31.0@URL), or
    MODULE:NAME of a wandb_testkit.conformance.Target of your own. The exit code is 0 if all that it claims holds. Of
    stored files, those that should not be published as they are (stale, incomplete, without a date or a reason) are
    named, and the exit code is 1.

    \b
    Example:
      wandb-testkit conform reference --profile classic
      wandb-testkit conform wandb==0.31.0@http://localhost:8080
      wandb-testkit conform my_package.conformance:target --known known-failures.txt --html matrix.html
      wandb-testkit conform --from fixtures/conformance/*.json --html matrix.html
    """
    from rich.console import Console

    from wandb_testkit.commands.conform_output import Files, show_stored
    from wandb_testkit.commands.conform_run import list_cases, run_targets

    files = Files(html, json_file, junit, markdown, badge)
    console = Console()
    if stored is not None:
        if profile or chapters or known or deep or lists:
            raise click.UsageError("--from shows stored results, and runs nothing: leave out what is about running")
        sys.exit(0 if show_stored((stored, *map(_existing, names)), files, console) else 1)
    wanted = tuple(name.strip() for name in (chapters or "").split(",") if name.strip())
    if lists:
        list_cases(profile, wanted, deep=deep)
        return
    if not names:
        raise click.UsageError(
            "expected a target: name one (wandb-testkit conform reference), or show stored results with --from "
            "FILE.json..."
        )
    reports = run_targets(names, profile, wanted, known, deep=deep, processes=processes, files=files, console=console)
    sys.exit(0 if all(report.is_conformant for report in reports) else 1)


def _existing(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise click.UsageError(f"--from: there is no file {name!r}")
    return path

"""Owns `wandb-testkit conform`: the conformance suite on a target, and the matrix of stored results."""

from __future__ import annotations

import sys
from pathlib import Path

import click

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--from",
    "stored",
    metavar="FILE.json...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Stored results instead of a target; nothing is run. All further arguments are files, too.",
)
@click.argument("more", metavar="", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--html", metavar="FILE", type=_FILE, help="Write the matrix, clauses by targets, as a page of its own.")
@click.option("--json", "json_file", metavar="FILE", type=_FILE, help="Store the results, for --from.")
@click.option("--junit", metavar="FILE", type=_FILE, help="Write the results as JUnit XML.")
@click.option("--markdown", metavar="FILE", type=_FILE, help="Write the matrix as a Markdown page.")
@click.option("--badge", metavar="FILE", type=_FILE, help="Write what a shields.io endpoint badge reads.")
def conform(
    stored: Path,
    more: tuple[Path, ...],
    html: Path | None,
    json_file: Path | None,
    junit: Path | None,
    markdown: Path | None,
    badge: Path | None,
) -> None:
    """Show stored results of the conformance suite, as text and as a matrix of clauses and targets.

    Files that should not be published as they are (stale, incomplete, without a date or a reason) are named, and the
    exit code is 1.

    \b
    Example:
      wandb-testkit conform --from fixtures/conformance/*.json --html matrix.html
    """
    from rich.console import Console

    from wandb_testkit.commands.conform_output import Files, show_stored

    sys.exit(0 if show_stored((stored, *more), Files(html, json_file, junit, markdown, badge), Console()) else 1)

"""Owns what `wandb-testkit conform` leaves behind: reports as files of every form, and stored ones shown again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from wandb_testkit.conformance.results import Report

if TYPE_CHECKING:
    from rich.console import Console


MAX_WRONG = 20
"""Problems of stored files that are shown."""


class Files(NamedTuple):
    """Where the reports are to be written; None means nowhere."""

    html: Path | None = None
    json: Path | None = None
    junit: Path | None = None
    markdown: Path | None = None
    badge: Path | None = None


def write_files(reports: Sequence[Report], files: Files) -> None:
    """Write what was asked for, and say where it is."""
    if files.html is not None:
        from wandb_testkit.conformance.page import write_page

        write_page(files.html, reports)
        click.echo(f"The matrix as a page: {files.html.absolute().as_uri()}")
    if files.json is not None:
        from wandb_testkit.conformance.stored import write_report

        write_report(files.json, _only(reports, "--json"))
        click.echo(f"The results: {files.json}")
    if files.junit is not None:
        from wandb_testkit.conformance.junit import write_junit

        write_junit(files.junit, reports)
        click.echo(f"The results as JUnit XML: {files.junit}")
    if files.markdown is not None:
        from wandb_testkit.conformance.markdown import markdown

        files.markdown.parent.mkdir(parents=True, exist_ok=True)
        files.markdown.write_text(markdown(reports), encoding="utf-8")
        click.echo(f"The matrix as Markdown: {files.markdown}")
    if files.badge is not None:
        from wandb_testkit.conformance.badge import write_badge

        write_badge(files.badge, _only(reports, "--badge"))
        click.echo(f"The badge: {files.badge} (publish it, and show https://img.shields.io/endpoint?url=ITS-URL)")


def show_stored(paths: Iterable[Path], files: Files, console: Console) -> bool:
    """Show stored reports, write what was asked for, and say what is wrong with them.

    Returns:
        Whether nothing is wrong with the files; what the targets came to is another matter.
    """
    from wandb_testkit.conformance.stored import read_report
    from wandb_testkit.conformance.terminal import show, verdict

    named = list(paths)
    try:
        reports = [read_report(path) for path in named]
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if len(reports) == 1:
        show(reports[0], console)
    else:
        for report in reports:
            console.out(verdict(report), highlight=False)
    write_files(reports, files)
    wrong = [f"{path}: {problem}" for path in named for problem in _problems(path)]
    for line in wrong[:MAX_WRONG]:
        click.echo(line, err=True)
    if len(wrong) > MAX_WRONG:
        click.echo(f"... and {len(wrong) - MAX_WRONG} more problems", err=True)
    return not wrong


def _problems(path: Path) -> list[str]:
    from wandb_testkit.conformance.deep import clauses_by_case
    from wandb_testkit.conformance.linter import problems
    from wandb_testkit.conformance.stored import report_of

    data = json.loads(path.read_text(encoding="utf-8"))
    return problems(data, clauses_by_case(report_of(data)))


def _only(reports: Sequence[Report], option: str) -> Report:
    if len(reports) != 1:
        raise click.UsageError(f"{option} is about one target, and here are {len(reports)}: name one, or use --html")
    return reports[0]

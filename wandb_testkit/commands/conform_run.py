"""Owns the run of `wandb-testkit conform`: one target after the other, and what is told at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_testkit.commands.conform_output import Files, write_files
from wandb_testkit.conformance import CASES, CaseResult, Report, Target, load, read_known_failures, run
from wandb_testkit.conformance.cases import DEEP, chapters_called
from wandb_testkit.conformance.deep import asked_for, cases_of
from wandb_testkit.conformance.results import BROKEN
from wandb_testkit.profiles import CURRENT, to_profile

if TYPE_CHECKING:
    from rich.console import Console


def run_targets(
    names: Sequence[str],
    profile: str | None,
    chapters: Sequence[str],
    known: Path | None,
    *,
    deep: bool,
    processes: int,
    files: Files,
    console: Console,
) -> list[Report]:
    """Judge each target, print its report, and write what was asked for.

    Raises:
        ClickException: There is no such target or chapter, or the known failures are not in order.
    """
    from wandb_testkit.conformance.terminal import show

    try:
        entries = () if known is None else read_known_failures(known)
        targets = [load(name, profile) for name in names]
        reports = []
        for target in targets:
            bar = _Bar(target, chapters, console, deep=deep)
            with bar.progress:
                report = run(
                    target, chapters=chapters, known=entries, deep=deep, processes=processes, advance=bar.advance
                )
            show(report, console)
            reports.append(report)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    write_files(reports, files)
    return reports


def list_cases(profile: str | None, chapters: Sequence[str], *, deep: bool) -> None:
    """Print each case: its id, its clauses, and what a target has to claim for it.

    Without a profile those of both are told; of what --deep adds, that of current.
    """
    try:
        wanted = chapters_called(chapters)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    cases = cases_of(CURRENT if profile is None else to_profile(profile), deep=deep or DEEP in wanted)
    if profile is None:
        cases = [*CASES, *(case for case in cases if case.chapter == DEEP)]
    for case in asked_for(cases, wanted, deep=deep):
        needs = ", ".join(sorted(map(str, case.needs))) or "nothing"
        click.echo(f"{case.id}  [{', '.join((*case.clauses, *case.protocol))}]  needs {needs}")


class _Bar:
    """A bar in a terminal, with the chapter and the cases that are not in order so far; nothing elsewhere."""

    def __init__(self, target: Target, chapters: Sequence[str], console: Console, *, deep: bool) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self.broken: Counter[bool] = Counter()
        wanted = chapters_called(chapters)
        cases = cases_of(target.known_profile, deep=deep or DEEP in wanted)
        total = len(asked_for(cases, wanted, deep=deep))
        self.task = self.progress.add_task(target.name, total=total, told="")

    def advance(self, result: CaseResult) -> None:
        """One case more."""
        self.broken[result.outcome in BROKEN] += 1
        told = f"{result.chapter}, {self.broken[True]} wrong" if self.broken[True] else result.chapter
        self.progress.update(self.task, advance=1, told=told)

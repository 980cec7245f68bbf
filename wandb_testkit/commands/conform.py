"""Owns `wandb-testkit conform`: the conformance suite on a target, and the matrix of stored results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_testkit.profiles import Profile

if TYPE_CHECKING:
    from wandb_testkit.commands.conform_output import Files

_FILE = click.Path(dir_okay=False, path_type=Path)
_STORED = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("targets", metavar="[TARGET]", nargs=-1)
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    help="Which init() it plays: classic is that of 2021, current is wandb 0.31.  [default: the target's]",
)
@click.option(
    "--chapters", metavar="NAME,...", default="", help="These chapters of the suite alone; --list shows their names."
)
@click.option("--known", metavar="FILE", type=_STORED, help="Known failures, a line each: `glob: reason`.")
@click.option("-n", "processes", metavar="N", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option("--list", "lists", is_flag=True, help="The cases of the suite, with the clauses that they judge by.")
@click.option(
    "--from",
    "stored",
    metavar="FILE.json...",
    type=_STORED,
    help="Stored results instead of a target; nothing is run. All further arguments are files, too.",
)
@click.option("--html", metavar="FILE", type=_FILE, help="Write the matrix, clauses by targets, as a page of its own.")
@click.option("--json", "json_file", metavar="FILE", type=_FILE, help="Store the results, for --from.")
@click.option("--junit", metavar="FILE", type=_FILE, help="Write the results as JUnit XML.")
@click.option("--markdown", metavar="FILE", type=_FILE, help="Write the matrix as a Markdown page.")
@click.option("--badge", metavar="FILE", type=_FILE, help="Write what a shields.io endpoint badge reads.")
def conform(
    targets: tuple[str, ...],
    profile: str | None,
    chapters: str,
    known: Path | None,
    processes: int,
    lists: bool,
    stored: Path | None,
    html: Path | None,
    json_file: Path | None,
    junit: Path | None,
    markdown: Path | None,
    badge: Path | None,
) -> None:
    """Judge an implementation of wandb.init() clause by clause, or show what such judgements came to.

    TARGET is MODULE:NAME for a wandb_testkit.conformance.Target of your own, the URL of a server that speaks W&B's
    protocol (its key in WANDB_API_KEY), wandb==VERSION, or a name of what is in the box: reference, trackio ... The
    exit code is 1 if something fails that is not known to fail.

    With --from nothing is run. Files that should not be published as they are (stale, incomplete, without a date or a
    reason) are named, and the exit code is 1.

    \b
    Example:
      wandb-testkit conform my_package.conformance:target --known known-failures.txt
      wandb-testkit conform reference --profile classic --chapters resume,auto
      wandb-testkit conform trackio --json trackio.json --html matrix.html
      wandb-testkit conform --from fixtures/conformance/*.json --html matrix.html
    """
    from rich.console import Console

    from wandb_testkit.commands.conform_output import Files, show_stored

    files = Files(html, json_file, junit, markdown, badge)
    if lists:
        _list_cases(None if profile is None else Profile(profile))
        return
    if stored is not None:
        if profile or chapters or known:
            raise click.UsageError("--from shows stored results, and runs nothing: leave out what is about running")
        sys.exit(0 if show_stored((stored, *_paths(targets)), files, Console()) else 1)
    if len(targets) != 1:
        told = " ".join(targets) or "none"
        raise click.UsageError(
            f"expected one target, got {told}: name one (wandb-testkit conform reference), or show stored results with "
            "--from FILE.json..."
        )
    wanted = tuple(filter(None, (name.strip() for name in chapters.split(","))))
    sys.exit(_judge(targets[0], profile, wanted, known, processes, files))


def _paths(words: tuple[str, ...]) -> list[Path]:
    for word in words:
        if not Path(word).is_file():
            raise click.UsageError(f"--from: there is no file {word!r}")
    return [Path(word) for word in words]


def _list_cases(profile: Profile | None) -> None:
    from wandb_testkit.conformance.cases import CASES

    for case in CASES:
        if profile is None or profile in case.profiles:
            click.echo(f"{case.id}  [{', '.join(case.clauses)}]")


def _judge(
    reference: str,
    profile: str | None,
    chapters: tuple[str, ...],
    known_file: Path | None,
    processes: int,
    files: Files,
) -> int:
    from rich.console import Console
    from rich.progress import Progress

    from wandb_testkit.commands.conform_output import write_files
    from wandb_testkit.conformance.cases import CASES, chapters_called
    from wandb_testkit.conformance.known import read_known_failures
    from wandb_testkit.conformance.results import BROKEN, CaseResult
    from wandb_testkit.conformance.running import run
    from wandb_testkit.conformance.target import load
    from wandb_testkit.conformance.terminal import show

    console = Console()
    try:
        known = () if known_file is None else read_known_failures(known_file)
        wanted = chapters_called(chapters)
        target = load(reference, profile)
        cases = [
            case for case in CASES if target.known_profile in case.profiles and (not wanted or case.chapter in wanted)
        ]
        with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
            task = bar.add_task(f"cases on {target.name} {target.version}", total=len(cases))

            def advance(found: CaseResult) -> None:
                bar.advance(task)
                if found.outcome in BROKEN:
                    bar.console.out(f"{found.outcome} {found.case}", highlight=False)

            report = run(target, chapters=chapters, known=known, processes=processes, advance=advance)
    except ValueError as error:  # a WrongTargetError is one
        raise click.ClickException(str(error)) from error
    show(report, console)
    write_files([report], files)
    return 0 if report.is_conformant else 1

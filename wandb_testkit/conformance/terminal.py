"""Owns how a report reads in a terminal: chapters with percentages and times, then failures and how to repeat them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wandb_testkit.conformance.results import BROKEN, CaseResult, Outcome, Report, Tally
from wandb_testkit.report.figures import count
from wandb_testkit.spec.clauses import clause

if TYPE_CHECKING:
    from rich.console import Console

MAX_TOLD = 20
"""Failures that are told whole; of the others the first difference is."""

_INDENT = "    "


def show(report: Report, console: Console) -> None:
    """Print a report; what cannot be shown in colour reads the same without."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console.print(Text(f"Conformance of {report.title}", style="bold"))
    console.print(
        Text(f"spec of {report.spec}, suite {report.suite}, Python {report.python}, {report.date}", style="dim")
    )
    shown = [outcome for outcome in _COUNTED if report.tally.counts[outcome]]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("chapter", min_width=12)
    for name in ("holds", "of", "", *(_COUNTED[outcome] for outcome in shown), "seconds"):
        table.add_column(name, justify="right")
    for chapter, told in report.chapters.items():
        if told.total > told.counts[Outcome.NOT_RUN]:  # of a part of the suite, that part
            table.add_row(chapter, *_numbers(told, shown))
    table.add_section()
    table.add_row("all", *_numbers(report.tally, shown), style="bold")
    console.print(table)
    for line in failures(report):
        console.out(line, highlight=False)
    console.out(verdict(report), style="bold green" if report.is_conformant else "bold red", highlight=False)


def failures(report: Report) -> Iterator[str]:
    """What is wrong, line by line, worst first; known failures and what was left out are counted only."""
    broken = sorted((one for one in report.results if one.outcome in BROKEN), key=lambda one: _ORDER.index(one.outcome))
    for result in broken[:MAX_TOLD]:
        yield from told_whole(result)
        yield ""
    for result in broken[MAX_TOLD:]:
        first = result.reason or next(iter(result.differences), "")
        yield textwrap.shorten(f"{result.outcome} {result.case}: {first}", 160, placeholder=" ...")
    if len(broken) > MAX_TOLD:
        yield ""


def verdict(report: Report) -> str:
    """One sentence for the last line."""
    told = report.tally
    if not told.judged:
        return f"{report.title}: nothing was judged, so nothing is proved"
    parts = [f"passes {told.holding} of {count(told.judged, 'case')} that it claims ({told.percent}%)"]
    words = {
        Outcome.FAIL: "fail",
        Outcome.KNOWN: "known to fail",
        Outcome.ERROR: "could not be judged (ours)",
        Outcome.UNEXPECTED_PASS: "pass though a failure is known: take the entry away",
        Outcome.SKIP: "not claimed",
        Outcome.NOT_RUN: "not run",
    }
    parts += [f"{told.counts[outcome]} {words[outcome]}" for outcome in words if told.counts[outcome]]
    return f"{report.title}: {', '.join(parts)}"


_ORDER = (Outcome.FAIL, Outcome.UNEXPECTED_PASS, Outcome.ERROR)


_COUNTED = {
    Outcome.FAIL: "fail",
    Outcome.KNOWN: "known",
    Outcome.UNEXPECTED_PASS: "unexpected",
    Outcome.ERROR: "error",
    Outcome.SKIP: "not claimed",
    Outcome.NOT_RUN: "not run",
}
"""Outcomes that have a column where there are any."""


def _numbers(told: Tally, shown: Sequence[Outcome]) -> tuple[str, ...]:
    return (
        str(told.holding),
        str(told.judged),
        "" if told.percent is None else f"{told.percent}%",
        *(str(told.counts[outcome] or "") for outcome in shown),
        f"{told.seconds:.1f}",
    )


def told_whole(result: CaseResult) -> Iterator[str]:
    """A result that is no pass: its clauses, what differs, what crossed the line, and how to repeat it."""
    suite = " (suite)" if result.outcome is Outcome.ERROR else ""
    yield f"{result.outcome.words.upper()}{suite} {result.case}"
    for id in result.clauses:
        yield from _wrapped(_sentence(id))
    if result.reason and result.reason != result.got:
        yield from _wrapped(result.reason)
    if result.differences:  # they tell what was expected and what came, field by field
        yield from (f"  {line}" for line in result.differences)
    elif result.expected or result.got:
        yield from _block("expected", result.expected)
        yield from _block("got", result.got)
    if result.crossed:
        yield from _block("what crossed the line", "\n".join(result.crossed))
    if result.script:
        yield from _block("reproduce it", result.script.rstrip())


def _sentence(id: str) -> str:
    try:
        ruling = clause(id)
    except LookupError:
        return f"[{id}] is no clause of this version of the spec."
    return f"[{id}] {ruling.sentence} ({', '.join(ruling.sources)})"


def _wrapped(text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="  ", break_long_words=False)


def _block(title: str, text: str) -> Iterator[str]:
    yield f"  {title}:"
    yield from (f"{_INDENT}{line}" for line in text.split("\n"))

"""Owns the page of the matrix: one file that is whole without a script, asks no network, and answers with one script.

Texts of targets are in the page once each, as data: many targets share what is expected and how it is reproduced.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

from wandb_testkit.conformance.matrix import GLYPHS, MEANINGS, WORST_FIRST, Cell, Chapter, Matrix, Row, matrix_of
from wandb_testkit.conformance.page_script import POLICY, SCRIPT
from wandb_testkit.conformance.page_style import CSS
from wandb_testkit.conformance.results import CaseResult, Outcome, Report, Tally
from wandb_testkit.profiles import Profile
from wandb_testkit.report.figures import count
from wandb_testkit.report.html import head
from wandb_testkit.spec.chapters.clause import Clause

DATA_ID = "wandb-testkit-conformance"


def write_page(path: str | PathLike[str], reports: Iterable[Report]) -> None:
    """Write the page; directories above it are made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_page(matrix_of(reports))), encoding="utf-8")


def _page(matrix: Matrix) -> Iterator[str]:
    yield from head("Conformance to wandb.init()", policy=POLICY, more_css=CSS)
    yield '<header><a class="skip-link" href="#matrix">Skip to the matrix</a><h1>Conformance to wandb.init()</h1>\n'
    yield f'<p class="quiet lead">{escape(_lead(matrix))}</p></header>\n<main>\n'
    yield from _summary(matrix)
    yield from _filters(matrix)
    yield (
        '<p class="without">This page was opened without scripts: filters and details do not answer, the matrix is '
        "whole.</p>\n"
    )
    yield from _grid(matrix)
    yield from _foot(matrix)
    yield (
        '</main>\n<div id="tip" role="tooltip" hidden></div>\n<dialog aria-labelledby="dialog-title"><header>'
        '<h2 id="dialog-title"></h2><button type="button" class="close">close</button></header>'
        '<div class="content"></div></dialog>\n'
        f'<script type="application/json" id="{DATA_ID}">{_embedded(matrix)}</script>\n'
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _lead(matrix: Matrix) -> str:
    told = [count(matrix.clause_count, "clause"), count(len(matrix.reports), "target")]
    for noun, name in (("spec of", "spec"), ("suite", "suite"), ("run on", "date")):
        told.append(f"{noun} {', '.join(sorted({getattr(report, name) for report in matrix.reports}))}")
    return " · ".join(told)


def _summary(matrix: Matrix) -> Iterator[str]:
    yield '<div class="wide"><table class="summary"><thead><tr><th scope="col">target<th scope="col">of what it claims'
    yield '<th scope="col">profile<th scope="col" class="number">pass'
    yield "".join(
        f'<th scope="col" class="number">{escape(name)}' for name in ("fail", "known", "error", "not claimed")
    )
    yield '<th scope="col" class="number">seconds<th scope="col">Python<th scope="col">date</tr></thead><tbody>\n'
    for report in matrix.reports:
        told = report.tally
        numbers = (
            told.holding,
            told.counts[Outcome.FAIL],
            told.counts[Outcome.KNOWN],
            told.counts[Outcome.ERROR],
            told.counts[Outcome.SKIP] + told.counts[Outcome.NOT_RUN],
        )
        yield f'<tr><th scope="row">{escape(report.target)} {escape(report.target_version)}'
        yield f" <small>{report.profile}</small>"
        yield f"<td>{_bar(told)}{_percent(told)}<td>{report.profile}"
        yield "".join(f'<td class="number">{number or ""}' for number in numbers)
        yield f'<td class="number">{report.seconds:.1f}<td>{escape(report.python)}<td>{escape(report.date)}</tr>\n'
    yield "</tbody></table></div>\n"


def _bar(told: Tally) -> str:
    if told.percent is None:
        return '<span class="bar none"></span>'
    return f'<span class="bar"><i style="width:{told.percent}%"></i></span>'


def _percent(told: Tally) -> str:
    if told.percent is None:
        return '<span class="nothing" title="nothing was judged">&ndash;</span>'
    kind = "full" if told.percent == 100 else "part" if told.percent >= 50 else "low"
    return f'<span class="{kind}" title="{told.holding} of {told.judged} cases">{told.percent}%</span>'


def _filters(matrix: Matrix) -> Iterator[str]:
    present = {cell.outcome for chapter in matrix.chapters for row in chapter.rows for cell in row.cells}
    yield '<form class="filters"><label>Chapter <select id="chapter"><option value="all">all</option>'
    yield from (f'<option value="{at}">{escape(chapter.name)}</option>' for at, chapter in enumerate(matrix.chapters))
    yield '</select></label><label>Profile <select id="profile"><option value="all">both</option>'
    yield from (f'<option value="{profile}">{profile}</option>' for profile in _profiles(matrix.reports))
    yield "</select></label>"
    yield '<fieldset class="outcomes"><legend>Outcomes</legend>'
    for outcome in WORST_FIRST:
        if outcome in present:
            yield (
                f'<label title="{escape(MEANINGS[outcome])}"><input type="checkbox" value="{outcome}">'
                f'<span class="o-{outcome}">{GLYPHS[outcome]} {outcome.words}</span></label>'
            )
    yield '</fieldset><label>Find <input type="search" id="find" placeholder="RESUME, offline, ..."></label>'
    yield '<button type="reset">all</button><span id="told" class="quiet" role="status"></span></form>\n'


def _profiles(reports: Sequence[Report]) -> list[Profile]:
    return list(dict.fromkeys(report.profile for report in reports))


def _grid(matrix: Matrix) -> Iterator[str]:
    firsts = {report.profile: at for at, report in reversed(list(enumerate(matrix.reports)))}
    starts = {at for at in firsts.values() if at}
    yield '<div class="frame" id="matrix"><table class="matrix"><thead><tr>'
    yield '<th class="corner left" rowspan="2" scope="col">clause</th>'
    for profile in _profiles(matrix.reports):
        columns = sum(report.profile == profile for report in matrix.reports)
        first = " first" if firsts[profile] else ""
        yield f'<th class="group{first}" scope="colgroup" colspan="{columns}" data-profile="{profile}">{profile}'
    yield "</tr>\n<tr>"
    for at, report in enumerate(matrix.reports):
        yield (
            f'<th class="target{_first(at, starts)}" scope="col" data-column="{at}" title="{escape(report.title)}">'
            f"<span><b>{escape(report.target)}</b> {escape(report.target_version)}</span>"
        )
    yield "</tr></thead>\n"
    number = 0
    for at, chapter in enumerate(matrix.chapters):
        yield from _chapter(at, chapter, number, starts)
        number += len(chapter.rows)
    yield '</table><p id="nothing" class="quiet" hidden>No clause is left by what is chosen above.</p></div>\n'


def _first(column: int, starts: set[int]) -> str:
    return " first" if column in starts else ""


def _chapter(at: int, chapter: Chapter, number: int, starts: set[int]) -> Iterator[str]:
    yield f'<tbody data-chapter="{at}"><tr class="chapter">'
    yield f'<th class="left" scope="rowgroup">{escape(chapter.name)}</th>'
    for column, told in enumerate(chapter.tallies):
        yield f'<td class="{_first(column, starts).strip()}" data-column="{column}">{_percent(told)}'
    yield "</tr>\n"
    for place, row in enumerate(chapter.rows, number):
        yield from _clause(place, row, starts)
    yield "</tbody>\n"


def _clause(place: int, row: Row, starts: set[int]) -> Iterator[str]:
    said = escape(row.clause.sentence)
    yield f'<tr class="clause" data-clause="{place}"><th class="left" scope="row"><button type="button" title="{said}">'
    yield f"<b>{escape(row.clause.id)}</b><span>{said}</span></button></th>"
    for column, cell in enumerate(row.cells):
        outcome = cell.outcome
        first = _first(column, starts).strip()
        if outcome is None:
            yield f'<td class="empty {first}" data-column="{column}">·'
            continue
        told = _told(cell)
        yield (
            f'<td class="{first}" data-column="{column}" data-outcome="{outcome}"><button type="button" '
            f'class="o-{outcome}" data-told="{told}" aria-label="{outcome.words}, {told}">{GLYPHS[outcome]}</button>'
        )
    yield "</tr>\n"


def _told(cell: Cell) -> str:
    shown = sum(result.outcome is cell.outcome for result in cell.results)
    return f"{shown} of {count(len(cell.results), 'case')}"


def _foot(matrix: Matrix) -> Iterator[str]:
    yield '<div class="quiet foot"><p>'
    yield (
        "A percentage is of the cases that could be judged, never rounded up; what a target does not claim does not "
        "count. A cell shows the worst of its cases. "
    )
    yield " ".join(f"<b>{GLYPHS[one]}</b> {one.words}: {escape(MEANINGS[one])}." for one in WORST_FIRST)
    yield "</p>"
    if matrix.not_visible:
        yield f"<details><summary>{count(len(matrix.not_visible), 'clause')} that no case judges by, and why</summary>"
        yield '<table class="unseen">'
        yield from (
            f'<tr><th scope="row">{escape(clause.id)}<td>{escape(clause.sentence)}<td>{escape(why)}</tr>'
            for clause, why in matrix.not_visible
        )
        yield "</table></details>"
    yield "</div>\n"


def _embedded(matrix: Matrix) -> str:
    texts: dict[str, int] = {"": 0}

    def kept(text: str) -> int:
        return texts.setdefault(text, len(texts))

    def told(result: CaseResult) -> list[Any]:
        return [
            kept(result.case),
            str(result.outcome),
            *map(kept, (result.reason, result.expected, result.got)),
            list(map(kept, result.differences)),
            list(map(kept, result.crossed)),
            kept(result.script),
            round(result.seconds, 2),
        ]

    targets = [
        {
            "title": report.title,
            "anchor": _anchor(report),
            "profile": str(report.profile),
            "results": [told(result) for result in report.results],
        }
        for report in matrix.reports
    ]
    cases = {kept(result.case): result.clauses for report in matrix.reports for result in report.results}
    data = {
        "outcomes": {str(one): {"words": one.words} for one in WORST_FIRST},
        "clauses": [
            {"id": row.clause.id, "sentence": row.clause.sentence, "about": _about(row.clause)}
            for chapter in matrix.chapters
            for row in chapter.rows
        ],
        "targets": targets,
        "cases": cases,
        "texts": list(texts),
    }
    # "<" is all that could end the element or begin a comment; within JSON text it may be written as an escape.
    return json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _anchor(report: Report) -> str:
    return "-".join((report.target, report.target_version, str(report.profile))).replace("/", "-")


def _about(clause: Clause) -> str:
    told = [clause.chapter, ", ".join(clause.profiles)]
    if clause.sources:
        told.append(f"source: {', '.join(clause.sources)}")
    return " · ".join(told)

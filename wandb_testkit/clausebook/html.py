"""Owns the page of the clauses: one file, no scripts, no network; it is filtered by style alone.

What is chosen in the two lists hides the rest by CSS (`:has`); a browser that does not know it shows everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from os import PathLike
from pathlib import Path

from wandb_testkit.clausebook.holding import RULE
from wandb_testkit.clausebook.text import NO_TESTS
from wandb_testkit.clausebook.trace import Trace
from wandb_testkit.profiles import Profile
from wandb_testkit.report.figures import count
from wandb_testkit.report.style import CSS

_OWN_CSS = """
.filters { display: flex; flex-wrap: wrap; gap: 8px 20px; margin: 16px 0; align-items: baseline; }
.filters label { color: var(--quiet); font-size: .87rem; }
select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: 6px;
  padding: 4px 8px; max-width: 100%; }
:focus-visible { outline: 2px solid var(--line); outline-offset: 2px; }
article h3 { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: baseline; }
article h3 .tag { margin: 0; }
.none { color: var(--bad); font-size: .87rem; }
.places { margin: 6px 0 0; padding-left: 20px; font-size: .87rem; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 16px; top: 8px; background: var(--card); padding: 6px 10px; }
"""


def write_page(path: str | PathLike[str], traced: Sequence[Trace]) -> None:
    """Write the page; directories above it are made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_page(traced)), encoding="utf-8")


def _page(traced: Sequence[Trace]) -> Iterator[str]:
    chapters = list(dict.fromkeys(trace.clause.chapter for trace in traced))
    number = {chapter: at for at, chapter in enumerate(chapters)}
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>Clauses of wandb.init()</title>\n<style>{CSS}{_OWN_CSS}{_filter_css(len(chapters))}</style>\n</head>\n"
        '<body>\n<header><a class="skip" href="#clauses">Skip to the clauses</a><h1>Clauses of wandb.init()</h1>\n'
        f'<p class="quiet">{escape(_counted(traced))}</p>\n<p class="quiet">{escape(_rule(traced))}</p>\n'
    )
    yield from _filters(chapters, has_tests=any(trace.tests is not None for trace in traced))
    yield '</header>\n<main id="clauses">\n'
    for chapter, group in groupby(traced, key=lambda trace: trace.clause.chapter):
        yield f'<section class="c{number[chapter]}"><h2>{escape(chapter)}</h2>\n'
        for trace in group:
            yield from _clause(trace)
        yield "</section>\n"
    yield '<p class="quiet">These are all clauses that the lists at the top let through.</p>\n'
    yield "</main>\n</body>\n</html>\n"


def _counted(traced: Sequence[Trace]) -> str:
    parts = [f"{len(traced)} clauses"]
    parts += [f"{sum(profile in trace.clause.profiles for trace in traced)} speak of {profile}" for profile in Profile]
    lacking = sum(trace.is_missing for trace in traced)
    if any(trace.tests is not None for trace in traced):
        parts.append(f"{len(traced) - lacking} have a test, {lacking} have none")
    return "; ".join(parts)


def _rule(traced: Sequence[Trace]) -> str:
    lines = "Lines are those of the package that name a clause in a comment, a docstring, a message or a rule."
    return f"{NO_TESTS if any(trace.tests is None for trace in traced) else RULE} {lines}"


def _filters(chapters: Sequence[str], *, has_tests: bool) -> Iterator[str]:
    yield '<form class="filters" aria-label="Filter">'
    yield from _select("chapter", "Chapter", [("all", "all"), *((f"c{at}", name) for at, name in enumerate(chapters))])
    yield from _select("profile", "Profile", [("all", "both"), *((p.value, p.value) for p in Profile)])
    if has_tests:
        yield from _select("tests", "Tests", [("all", "all"), ("held", "with a test"), ("missing", "without a test")])
    yield "</form>\n"


def _select(name: str, label: str, options: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f'<label>{label} <select id="{name}">'
    yield from (f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options)
    yield "</select></label>"


def _filter_css(chapters: int) -> str:
    hidden = "{ display: none; }\n"
    rules = [f'body:has(#chapter [value="c{at}"]:checked) section:not(.c{at}) {hidden}' for at in range(chapters)]
    for group, values in (("profile", [profile.value for profile in Profile]), ("tests", ["held", "missing"])):
        for value in values:
            chosen = f'body:has(#{group} [value="{value}"]:checked)'
            rules.append(f"{chosen} article:not(.{value}) {hidden}")
            rules.append(f"{chosen} section:not(:has(article.{value})) {hidden}")
    return "".join(rules)


def _clause(trace: Trace) -> Iterator[str]:
    clause = trace.clause
    classes = [profile.value for profile in clause.profiles]
    if trace.tests is not None:
        classes.append("missing" if trace.is_missing else "held")
    marks = [*clause.profiles, *clause.sources, *(["part left open"] if clause.leaves_open else [])]
    yield f'<article id="{escape(clause.id)}" class="{" ".join(classes)}"><h3>'
    yield f'<a href="#{escape(clause.id)}">{escape(clause.id)}</a>'
    yield from (f'<span class="tag">{escape(mark)}</span>' for mark in marks)
    yield f"</h3><p>{escape(clause.sentence)}</p>"
    yield from _lines("implementation, ", "line", [str(place) for place in trace.code])
    yield from _lines("spec, ", "line", [str(place) for place in trace.spec])
    if trace.is_missing:
        yield '<p class="none">no test</p>'
    elif trace.tests:
        yield from _lines("", "test", trace.tests)
    yield "</article>\n"


def _lines(title: str, unit: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f'<details><summary>{title}{count(len(items), unit)}</summary><ul class="places">'
        yield from (f"<li><code>{_breakable(item)}</code></li>" for item in items)
        yield "</ul></details>"


def _breakable(text: str) -> str:
    return escape(text).replace("_", "_<wbr>").replace("/", "/<wbr>")

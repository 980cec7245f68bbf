"""Writes docs/real-clients.md from the stored results of fixtures/agreement.

    python -m tests.clients.agreement_page

`make deep` makes the results and runs this; a test compares the page with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.clients.known_differences import KNOWN
from wandb_testkit.spec.deviations import MEANINGS
from wandb_testkit.spec.generations import DEPARTURES
from wandb_testkit.verification.clients import HANG_PATIENCE_S, version_of

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "agreement"
PAGE = ROOT / "docs" / "real-clients.md"

FOUND = (
    (
        "Tags, notes or a name that were set later started the run again: the summary was empty, `resumed_from` gone",
        "the fake server",
        "an upsert that says where the run is starts nothing, unless the client has asked about the run",
    ),
    (
        "What a client sent late started a run again that another process had ended; the resumption of a run without "
        "rows went unnoticed",
        "the fake server",
        "the same",
    ),
    (
        "`init(resume_from=..., name=...)` keeps the old name",
        "the implementation and the oracle (spec.md is silent)",
        "they do as 0.31.0",
    ),
    (
        "`resumed_from` of a run that was rewound behind its last row",
        "the implementation",
        "it is the step at which the run goes on",
    ),
    (
        '0.10.33 with WANDB_MODE=offline and a run that was made with `mode="online"` before',
        "spec.md C.7: DEV-5 names too few cells",
        "the kit's table names them",
    ),
    ('0.12.21 says "doesn\'t exist" for "does not exist"', "the comparison", "both are known"),
    (
        "0.22.3 could not start a run: its service passes over `default` in netrc",
        "the target that runs clients",
        "netrc has an entry for the host",
    ),
    (
        "Warnings were missed: new words of 0.31.0, texts that are said once a process, rows dropped told later",
        "the target that runs clients",
        "it knows the words, lets the client say them again, and waits",
    ),
    (
        "What was done right before a process was killed was lost: 0.31.0 collects edits for five seconds",
        "the target that runs clients",
        "it waits until the server has heard of it",
    ),
    (
        '`config={"a": {}}` reached the server, and an empty dict replaced what was there; with 0.31.0 neither',
        "spec.md CONFIG-12 (silent), the implementation and the oracle",
        "profile current sets what is in dicts value by value",
    ),
    (
        '`define_metric()` after a value changed the summary at once; `summary="none"` took the value out; a value set '
        "by hand did not end a definition",
        "the implementation (the oracle left it open, or did the same)",
        "a definition holds from the next value on, and until a value is set by hand",
    ),
)
"""What was seen otherwise, whose mistake it was, and what became of it."""


def results() -> dict[str, dict[str, Any]]:
    """Version -> what came of its cells; the newest first."""
    stored = [json.loads(path.read_text(encoding="utf-8")) for path in FIXTURES.glob("wandb-*.json")]
    return {one["version"]: one for one in sorted(stored, key=lambda one: version_of(one["version"]), reverse=True)}


def page() -> str:
    """The whole page."""
    found = results()
    return "\n".join([HEAD, *_cells(found), CELLS, *_foretold(found), *_programs(), *_differences()]) + "\n"


HEAD = """\
# Real clients

`wandb-testkit verify --target wandb==VERSION` runs cells of the [decision tables](spec-current.md) in processes of a
real client, against the fake server over loopback HTTP, and compares every field of the outcome: object or exception,
id, step, what the server holds, mode, requests, owner, resume file, the run before, `wandb.run` and warnings. A cell
that disagrees is run once more, alone, before it counts. `make deep` makes all of this anew, and this page is written
from the files that it leaves in `fixtures/agreement/`.
"""

CELLS = f"""
"pairs" is a covering array: every pair of words of two dimensions occurs. The seconds are those of a machine that did
other things as well; a cell in which 0.10.x goes on for ever is given {HANG_PATIENCE_S} s.

## What older clients do otherwise

0.10.33 and 0.12.21 are held against the classic profile; DEV-n is the table of spec.md, C.7. The others are held
against the current one; GEN-n is the kit's own table (`wandb_testkit.spec.generations`), which names cells and fields.
A cell counts for each number that names it; a difference that none names is a failure.
"""

DIFFERENCES = """\
## What differences were

Each true difference is either ours, the fake server's, or the text's:

| what was seen | whose mistake | now |
| --- | --- | --- |"""


def _cells(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield "## Cells"
    yield ""
    yield "| wandb | date | profile | cells | agree | differ as foretold | disagree | seconds |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for version, one in found.items():
        sets = ", ".join(f"{name} {number}" for name, number in one["products"].items())
        never = f" ({one['never_ended']} did not end)" if one["never_ended"] else ""
        yield (
            f"| {version} | {one['date']} | {one['profile']} | {one['cells']} ({sets}) | {one['agreeing']} | "
            f"{one['foretold_cells']}{never} | {one['disagreeing']} | {one['seconds']:.0f} |"
        )


def _foretold(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    meanings = {**MEANINGS, **{one.number: one.says for one in DEPARTURES}}
    numbers = [number for number in meanings if any(number in one["foretold"] for one in found.values())]
    yield f"| number | what the client does | {' | '.join(found)} |"
    yield f"| --- | --- {'| --- ' * len(found)}|"
    for number in numbers:
        counts = " | ".join(str(one["foretold"].get(number, "")) for one in found.values())
        yield f"| {number} | {meanings[number]} | {counts} |"
    yield ""


def _programs() -> Iterator[str]:
    yield "## Whole programs"
    yield ""
    for path in sorted(FIXTURES.glob("programs-*.json")):
        one = json.loads(path.read_text(encoding="utf-8"))
        yield (
            f"wandb {one['version']}, {one['date']}: {one['programs']} [generated programs](strategies.md) of up to "
            f"ten actions, {one['equal']} show exactly what `spec.predict()` says, {one['explained']} differ only as "
            f"told here, {len(one['different'])} otherwise."
        )
        yield ""
    for known in KNOWN:
        yield f"- {known.why[0].upper()}{known.why[1:]}."
    yield ""


def _differences() -> Iterator[str]:
    yield DIFFERENCES
    for seen, whose, now in FOUND:
        yield f"| {seen} | {whose} | {now} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

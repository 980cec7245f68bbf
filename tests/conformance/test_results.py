from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conformance.made import report, result
from wandb_testkit.conformance.results import MAX_LINES, MAX_TEXT, Outcome, merge, safe
from wandb_testkit.conformance.stored import FORMAT, read_report, report_data, report_of, write_report

KEY = "a1" * 20


FAILED = result(
    "resume/must-missing",
    Outcome.FAIL,
    expected="UsageError",
    got="a new run",
    differences=("init 'a': error: expected 'UsageError', got ''",),
    crossed=("> RunRecord u/p/a", "< accepted"),
    script="import wandb\n",
)


def test_what_was_skipped_not_run_or_our_own_error_does_not_count() -> None:
    others = [result(f"init/{one}", one) for one in (Outcome.SKIP, Outcome.NOT_RUN, Outcome.ERROR)]

    told = report(result("init/a"), FAILED, *others).tally

    assert (told.total, told.judged, told.holding, told.percent) == (5, 2, 1, 50)
    assert told.seconds == 2.5


def test_a_percentage_is_never_rounded_up() -> None:
    results = [result(f"init/{number}") for number in range(999)]

    assert report(*results, FAILED).tally.percent == 99
    assert report(*results).tally.percent == 100
    assert report(result("init/a", Outcome.SKIP)).tally.percent is None


def test_chapters_are_counted_in_the_order_of_the_suite() -> None:
    chapters = report(FAILED, result("config/a"), result("resume/b")).chapters

    assert [(name, told.holding, told.judged) for name, told in chapters.items()] == [
        ("resume", 1, 2),
        ("config", 1, 1),
    ]


@pytest.mark.parametrize(
    ("outcome", "conformant"),
    [
        (Outcome.PASS, True),
        (Outcome.SKIP, True),
        (Outcome.KNOWN, True),
        (Outcome.NOT_RUN, True),
        (Outcome.FAIL, False),
        (Outcome.ERROR, False),
        (Outcome.UNEXPECTED_PASS, False),
    ],
)
def test_failures_errors_and_stale_entries_break_a_report(outcome: Outcome, conformant: bool) -> None:
    assert report(result("init/a"), result("init/b", outcome)).is_conformant is conformant


def test_a_report_without_a_judged_case_proves_nothing() -> None:
    assert not report().is_conformant
    assert not report(result("init/a", Outcome.SKIP, reason="no resume")).is_conformant


def test_a_report_is_read_back_as_it_was(tmp_path: Path) -> None:
    told = report(FAILED, result("init/a"), result("init/b", Outcome.KNOWN, reason="no server"))
    write_report(tmp_path / "new" / "jsonl.json", told)

    assert read_report(tmp_path / "new" / "jsonl.json") == told


def test_a_stored_report_names_its_format_and_its_counts() -> None:
    data = report_data(report(FAILED, result("init/a")))

    assert data["format"] == FORMAT
    assert data["counts"] == {
        **dict.fromkeys(["ERROR", "SKIP", "KNOWN", "UNEXPECTED_PASS", "NOT_RUN"], 0),
        "PASS": 1,
        "FAIL": 1,
    }
    assert data["results"][1] == {
        "case": "init/a",
        "chapter": "init",
        "clauses": ["RESUME-4"],
        "outcome": "PASS",
        "seconds": 0.5,
    }


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: [], "no report of the conformance suite"),
        (lambda data: {**data, "format": 7}, "has format 7, this wandb_testkit reads format 1"),
        (lambda data: {name: value for name, value in data.items() if name != "date"}, r"lacks \['date'\]"),
        (lambda data: {**data, "colour": "red"}, r"has \['colour'\] that nobody knows"),
        (lambda data: {**data, "profile": "modern"}, "profile 'modern' does not exist"),
        (lambda data: {**data, "results": [{"case": "init/a"}]}, "cannot be read: KeyError: 'outcome'"),
        (lambda data: {**data, "results": ["init/a"]}, "cannot be read: AttributeError"),
        (lambda data: {**data, "results": [{**data["results"][0], "outcome": "MAYBE"}]}, "'MAYBE' is not a valid"),
    ],
)
def test_what_is_no_report_is_refused_with_what_is_wrong(tmp_path: Path, spoil: object, said: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(spoil(report_data(report(FAILED)))))  # type: ignore[operator]

    with pytest.raises(ValueError, match=said) as caught:
        read_report(path)

    assert str(caught.value).startswith(str(path))


def test_a_file_that_is_no_json_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("{")

    with pytest.raises(ValueError, match=r"report\.json: Expecting"):
        read_report(path)


def test_parts_of_several_workers_become_one_report() -> None:
    waiting = result("init/c", Outcome.NOT_RUN, reason="the run was stopped")
    here = replace(report(result("init/a"), result("init/b", Outcome.NOT_RUN), waiting), seconds=3.0)
    there = report(result("init/b"), FAILED, waiting)

    merged = merge([here, there])

    assert merged == replace(report(result("init/a"), result("init/b"), waiting, FAILED), seconds=3.0)


def test_reports_that_do_not_belong_together_are_not_merged() -> None:
    with pytest.raises(ValueError, match=r"target_version is '1\.2' and '1\.3'"):
        merge([report(), replace(report(), target_version="1.3")])
    with pytest.raises(ValueError, match="'init/a' was tried twice: PASS and FAIL"):
        merge([report(result("init/a")), report(result("init/a", Outcome.FAIL))])
    with pytest.raises(ValueError, match="expected one at least"):
        merge([])


@pytest.mark.parametrize("text", ["", "a line\nand a\ttab", "x " * (MAX_TEXT // 2)])
def test_text_that_is_safe_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    "text", ["x " * 9_000, "\x1b[31mred\x00\u202e", f"key {KEY}", "\x00" * 3_900, f"{'y ' * 1_990}{KEY}"]
)
def test_what_a_target_printed_is_cut_and_cleaned_once(text: str) -> None:
    shown = safe(text)

    assert shown != text
    assert len(shown) <= MAX_TEXT
    assert KEY[:20] not in shown
    assert not set(shown) & {"\x1b", "\x00", "\u202e"}
    assert safe(shown) == shown


def test_addresses_of_objects_are_left_out() -> None:
    shown = safe("<lib.Run object at 0x7f3a12bc> and <MagicMock id='140015277152016'>, id='a1b2'")

    assert shown == "<lib.Run object at 0x...> and <MagicMock id='...'>, id='a1b2'"
    assert safe(shown) == shown


def test_a_result_keeps_no_more_lines_than_somebody_reads() -> None:
    told = result("init/a", Outcome.FAIL, crossed=tuple(map(str, range(100))))

    assert len(told.crossed) == MAX_LINES
    assert told.crossed[-1] == "... 41 more"
    assert replace(told) == told


def test_a_script_is_kept_whole() -> None:
    script = f"wandb.log({'x' * 9_000!r})"

    assert report_of(report_data(report(result("init/a", Outcome.FAIL, script=script)))).results[0].script == script

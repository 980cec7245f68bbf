"""The tables that README.md shows of runs with real clients, made of stored results."""

from __future__ import annotations

import pytest

from tests.clients.results import fault_table, grid_table, stored, with_tables


def test_a_behaviour_is_a_tick_or_a_note_and_what_was_not_run_is_left_empty() -> None:
    content = {
        "0.1.0": {"date": "2026-01-01", "results": {"b": "yes", "a": "not there yet"}},
        "0.2.0": {"date": "2026-01-01", "results": {"a": "yes"}},
    }

    table = grid_table(content)

    assert table.splitlines() == [
        "| behaviour | 0.1.0 | 0.2.0 |",
        "| --- | --- | --- |",
        "| a | [1] | ✓ |",
        "| b | ✓ |  |",
        "",
        "[1] not there yet.  ",
    ]


def test_a_fault_is_what_reaches_the_user_and_the_server() -> None:
    whole = {"error": None, "rows": 3, "files": 1, "state": "finished"}
    content = {
        "0.1.0": {"date": "d", "results": {"upload 500": whole, "run 403": {"error": "CommError", "rows": 0}}},
        "0.2.0": {
            "date": "d",
            "results": {"run 403": {"error": None, "rows": 0, "state": "running"}, "upload 500": {**whole, "files": 0}},
        },
    }

    table = fault_table(content)

    assert table.splitlines()[2:] == ["| run 403 | `CommError` | 0 rows, running |", "| upload 500 | ✓ | no file |"]


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(LookupError, match="no place for the table 'clients'"):
        with_tables("# nothing\n")


def test_every_stored_result_has_its_date_and_nothing_failed() -> None:
    for kind in ("grid", "faults"):
        for version, one in stored(kind).items():
            assert one["date"], (kind, version)
            assert "fails" not in one["results"].values(), (kind, version)

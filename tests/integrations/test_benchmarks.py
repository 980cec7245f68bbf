"""What the benchmarks measure of the real client runs, and loses no row; never how fast it is."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="make test-integrations installs it")


def test_a_run_of_the_real_client_is_timed_offline_and_online() -> None:
    from benchmarks import online

    offline, connected = online.ends([], online.QUICK)

    assert (offline.ratio, offline.rows_kept) == (1.0, None)
    assert offline.ms > 0
    assert connected.ratio > 0
    assert connected.rows_kept == online.QUICK.rows


def test_a_suite_is_timed_plain_and_with_both_kinds_of_fake() -> None:
    from benchmarks import suites

    paces = suites.paces([], suites.QUICK)

    assert [pace.label.partition(", ")[2] for pace in paces] == [way.label for way in suites.WAYS]
    assert paces[0].ratio == 1.0
    assert all(pace.first_ms > 0 and pace.tests_s > 0 and pace.ratio > 0 for pace in paces)

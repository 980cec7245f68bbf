"""docs/real-clients.md says what the stored results of fixtures/agreement say, and these are what was promised."""

from __future__ import annotations

import json

from tests.clients.agreement_page import FIXTURES, PAGE, page, results

PROMISED = {"0.31.0": 500, "0.28.2": 60, "0.22.3": 60, "0.15.12": 60, "0.12.21": 51, "0.10.33": 200}
"""Version -> cells at least."""


def test_the_page_is_made_of_the_stored_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_no_client_differs_otherwise_than_foretold() -> None:
    found = results()

    assert set(found) == set(PROMISED)
    for version, one in found.items():
        assert (one["disagreeing"], one["complaints"]) == (0, []), version
        assert one["cells"] >= PROMISED[version]
        assert one["agreeing"] + one["foretold_cells"] == one["cells"]
    assert found["0.31.0"]["foretold"] == {}


def test_programs_on_the_newest_client_are_all_explained() -> None:
    one = json.loads((FIXTURES / "programs-0.31.0.json").read_text(encoding="utf-8"))

    assert one["different"] == {}
    assert one["equal"] + one["explained"] == one["programs"] >= 100

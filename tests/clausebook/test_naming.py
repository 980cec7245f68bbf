"""How a text names clauses."""

from __future__ import annotations

import pytest

from wandb_testkit.clausebook.naming import named, unknown


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Source: RESUME-4.", ["RESUME-4"]),
        ("RESUME-7a and the rule AUTO-4.c", ["RESUME-7", "AUTO-4"]),
        ("LOG-1 to LOG-4; SUMMARY-1", ["LOG-1", "LOG-2", "LOG-3", "LOG-4", "SUMMARY-1"]),
        ("MAGIC-1..3", ["MAGIC-1", "MAGIC-2", "MAGIC-3"]),
        ("CONFIG-1 to\n    CONFIG-3", ["CONFIG-1", "CONFIG-2", "CONFIG-3"]),
        ("F.2.1 to F.2.3", ["F.2.1", "F.2.2", "F.2.3"]),
        ("FORCE-1/2 and FORCE-1", ["FORCE-1", "FORCE-2"]),
        ("A.1.mode, A.2; C.5/C.6", ["A.1.mode", "A.2", "C.5", "C.6"]),
        ("see A.1.", ["A.1"]),
        ("C.3 step 5, UTF-8, python-3, xLOG-1, LOG-1_x, 1.A.2", []),
        ("log() after finish() [LOG-6]. Start a new run", ["LOG-6"]),
        ("RESUME-1 to see", ["RESUME-1"]),
    ],
)
def test_a_text_names_clauses(text: str, clauses: list[str]) -> None:
    assert named(text) == clauses


def test_a_number_that_no_clause_has_is_noticed() -> None:
    assert unknown("RESUME-13 to RESUME-15, F.2.26, SHA-256, A.1.lr, LOG-1") == [
        "RESUME-14",
        "RESUME-15",
        "F.2.26",
        "A.1.lr",
    ]

"""fixtures/thirdparty: a backend by somebody else, and the few lines with which it adopts the suite."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

THIRD_PARTY = Path(__file__).parents[2] / "fixtures" / "thirdparty"


def test_a_third_party_adopts_the_suite_in_under_ten_statements() -> None:
    (_, *statements) = ast.parse(
        (THIRD_PARTY / "test_conformance.py").read_text(encoding="utf-8")
    ).body  # its docstring
    written = [node for statement in statements for node in ast.walk(statement) if isinstance(node, ast.stmt)]

    assert len(written) < 10
    assert len((THIRD_PARTY / "jsonl_tracker.py").read_text(encoding="utf-8").splitlines()) < 200


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_its_test_file_passes(pytester: pytest.Pytester, processes: tuple[str, ...]) -> None:
    for path in THIRD_PARTY.iterdir():
        if path.is_file():
            shutil.copy(path, pytester.path)
    pytester.makeini("[pytest]")  # nothing of the kit's own settings: a third party has its own

    came = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", *processes)

    counts = came.parseoutcomes()
    listed = (THIRD_PARTY / "known-failures.txt").read_text(encoding="utf-8")
    assert came.ret == 0
    assert set(counts) == {"passed", "skipped", "xfailed"}
    assert counts["passed"] > 150
    assert counts["xfailed"] >= len(re.findall(r"^[a-z].*: ", listed, re.M))

"""The table of what a real 0.10.x client may do otherwise (spec.md C.7)."""

from __future__ import annotations

import pytest

from wandb_testkit.profiles import CLASSIC
from wandb_testkit.spec.cells import Cell, is_reachable
from wandb_testkit.spec.deviations import ROWS, deviations_of
from wandb_testkit.verification import covering_cells

PLAIN = Cell("unset", "none", "absent", "unset", "unset", "ok", "unset", "unset", "unset", "none", "no")


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ({}, ()),
        ({"mode_arg": "disabled", "resume": "true"}, ("DEV-14",)),
        ({"mode_arg": "disabled", "resume": "allow"}, ()),
        ({"mode_arg": "online", "mode_env": "offline"}, ("DEV-5",)),
        ({"active": "other", "mode_env": "offline"}, ("DEV-5",)),
        ({"active": "other", "mode_env": "offline", "auth": "none"}, ()),
        ({"active": "other", "resume": "auto"}, ("DEV-12",)),
        ({"active": "other", "auth": "rejected"}, ("DEV-9",)),
        ({"active": "dummy", "auth": "none"}, ("DEV-6", "DEV-9")),
        ({"active": "other", "reinit": "true", "resume": "auto"}, ("DEV-11", "DEV-17")),
        ({"active": "other", "notebook": "yes"}, ("DEV-11",)),
        ({"active": "other", "notebook": "yes", "reinit": "false"}, ()),
        ({"anonymous": "must"}, ("DEV-8",)),
        ({"anonymous": "allow", "auth": "none"}, ("DEV-6", "DEV-7")),
        ({"anonymous": "must", "auth": "none"}, ()),
        ({"auth": "rejected"}, ("DEV-6",)),
        ({"auth": "rejected", "force": "true"}, ()),
        ({"auth": "unreachable"}, ("DEV-4",)),
        ({"auth": "unreachable", "mode_env": "offline"}, ()),
        ({"prior": "deleted", "id": "arg"}, ("DEV-4",)),
        ({"prior": "deleted", "id": "arg", "resume": "must"}, ()),
    ],
)
def test_deviations_of_a_cell_by_C_7(words: dict[str, str], numbers: tuple[str, ...]) -> None:
    """DEV-4, DEV-5, DEV-6, DEV-7, DEV-8, DEV-9, DEV-11, DEV-12, DEV-14, DEV-17"""
    cell = PLAIN._replace(**words)

    assert is_reachable(cell)
    assert deviations_of(cell) == numbers


def test_every_row_names_some_cell_and_no_row_names_all() -> None:
    cells = covering_cells(CLASSIC, 3)

    for number in ROWS:
        named = sum(number in deviations_of(cell) for cell in cells)
        assert 0 < named < len(cells), number

"""Covering arrays: every reachable pair and triple of words occurs, in few cells, always the same ones."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import Cell, dimensions, is_reachable
from wandb_testkit.spec.covering import CONSTRAINED
from wandb_testkit.verification import complaint, covering_cells, random_cells

CELLS = {(CLASSIC, 2): 51, (CLASSIC, 3): 307, (CURRENT, 2): 60, (CURRENT, 3): 395}
"""Cells that it takes. The largest two (three) dimensions alone need 48, 240, 56 and 336."""

ARRAYS = pytest.mark.parametrize(("profile", "strength"), CELLS, ids=[f"{profile}-{n}" for profile, n in CELLS])


def can_occur(words: dict[str, str]) -> bool:
    """spec.md C.1: "Unreachable: active=same unless prior is running and id is not none"."""
    return words.get("active") != "same" or (words.get("prior", "running") == "running" and words.get("id") != "none")


@ARRAYS
def test_every_reachable_combination_of_words_occurs(profile: Profile, strength: int) -> None:
    wanted = set()
    for names in itertools.combinations(Cell._fields, strength):
        for words in itertools.product(*(dimensions(profile)[name] for name in names)):
            if can_occur(dict(zip(names, words, strict=True))):
                wanted.add((names, words))

    covered = {
        (names, tuple(getattr(cell, name) for name in names))
        for cell in covering_cells(profile, strength)
        for names in itertools.combinations(Cell._fields, strength)
    }

    assert covered == wanted


@ARRAYS
def test_it_takes_few_cells_and_all_of_them_can_be_built(profile: Profile, strength: int) -> None:
    cells = covering_cells(profile, strength)

    assert len(set(cells)) == len(cells) == CELLS[profile, strength]
    assert all(map(is_reachable, cells))


@ARRAYS
def test_the_cells_do_what_the_spec_says(profile: Profile, strength: int) -> None:
    assert [told for cell in covering_cells(profile, strength) if (told := complaint(cell, profile))] == []


def test_another_process_gets_the_same_cells() -> None:
    script = (
        "from wandb_testkit.verification import covering_cells; print([tuple(c) for c in covering_cells('current', 2)])"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == str([tuple(cell) for cell in covering_cells(CURRENT, 2)])


def test_a_list_of_cells_is_the_callers_own() -> None:
    covering_cells(CLASSIC, 2).clear()

    assert len(covering_cells(CLASSIC, 2)) == CELLS[CLASSIC, 2]


@pytest.mark.parametrize("strength", [1, 4, "2"])
def test_other_strengths_are_refused(strength: int) -> None:
    with pytest.raises(ValueError, match=r"strength=.* does not exist; expected one of \(2, 3\)"):
        covering_cells(CLASSIC, strength)


def test_whether_a_cell_can_be_built_depends_on_the_constrained_dimensions_alone() -> None:
    for cell, other in zip(random_cells(CURRENT, 300, 1), random_cells(CURRENT, 300, 2), strict=True):
        mixed = other._replace(**{name: getattr(cell, name) for name in CONSTRAINED})

        assert is_reachable(mixed)
        for active, prior, id_ in itertools.product(*(dimensions(CURRENT)[name] for name in ("active", "prior", "id"))):
            words = {"active": active, "prior": prior, "id": id_}
            assert is_reachable(cell._replace(**words)) == is_reachable(other._replace(**words)) == can_occur(words)

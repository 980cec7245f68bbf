"""The equivalences of C.1: a cell of the full product shows what its quotient cell shows, seen from outside."""

from __future__ import annotations

import pytest

from tests.mutants.catalogue import MUTANTS
from tests.mutants.planting import planted
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import quotient_of
from wandb_testkit.verification import alike, random_cells
from wandb_testkit.verification.alike import difference

SEED = 20261125
PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)


@PROFILES
def test_random_cells_show_what_their_quotient_cells_show(profile: Profile) -> None:
    print(f"seed {SEED}")
    cells = random_cells(profile, 2_000, SEED)
    folded = [cell for cell in cells if quotient_of(cell, profile) != cell]

    told = [f"{cell}:\n  " + "\n  ".join(lines) for cell in folded if (lines := difference(cell, profile))]

    assert len(folded) > 1_900  # nearly every cell is folded in some dimension
    assert not told, f"{len(told)} of {len(folded)} cells (seed {SEED}) differ; the first:\n{told[0]}"


def test_what_the_quotient_folds_away_is_noticed_where_it_counts_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    bug = next(mutant for mutant in MUTANTS if mutant.product == "full")
    with planted(bug) as target:
        monkeypatch.setattr(alike, "TARGET", target.ReferenceTarget())
        noticed = [cell for cell in random_cells(bug.profile, 400, SEED) if difference(cell, bug.profile)]

    assert noticed


def test_a_sample_is_the_same_for_the_same_seed_and_has_no_cell_twice() -> None:
    cells = random_cells(CURRENT, 500, SEED)

    assert cells == random_cells("current", 500, SEED)
    assert cells[:100] == random_cells(CURRENT, 100, SEED)
    assert cells != random_cells(CURRENT, 500, SEED + 1)
    assert len(set(cells)) == 500


def test_a_sample_larger_than_the_product_is_refused() -> None:
    with pytest.raises(ValueError, match="3,465,217 cells of 3,465,216 reachable ones"):
        random_cells(CLASSIC, 3_465_217, SEED)

"""Owns samples of cells: drawn by chance, the same for the same seed."""

from __future__ import annotations

import random

from wandb_testkit.profiles import Profile, to_profile
from wandb_testkit.spec.cells import Cell, cell_at, is_reachable, size


def random_cells(profile: Profile | str, number: int, seed: int) -> list[Cell]:
    """Different reachable cells of the full product, each as likely as the others.

    Args:
        number: How many, at most as many as there are.
        seed: The same seed draws the same cells, and a longer sample begins with a shorter one.
    Raises:
        ValueError: There are not so many.
    Source: spec.md C.1.
    """
    known = to_profile(profile)
    there_are = size(known, "full", reachable=True)
    if not 0 <= number <= there_are:
        raise ValueError(f"{number:,} cells of {there_are:,} reachable ones (profile {known}); ask for fewer")
    chance = random.Random(seed)
    whole = size(known, "full")
    drawn: dict[Cell, None] = {}
    while len(drawn) < number:
        cell = cell_at(known, "full", chance.randrange(whole))
        if is_reachable(cell):
            drawn[cell] = None
    return list(drawn)

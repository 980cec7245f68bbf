"""Owns covering arrays: few cells of the full product in which every combination of a few words occurs.

Strength 2 covers every pair of words of two dimensions that some reachable cell has, strength 3 every such triple. The
cells are found greedily, without chance: the same profile and strength always give the same cells.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence

from wandb_testkit.profiles import Profile, to_profile
from wandb_testkit.spec.cells import Cell, dimensions, is_reachable

STRENGTHS = (2, 3)

SEEDS = 4
"""Beginnings that are tried for each cell: more of them give somewhat fewer cells, and take longer."""

CONSTRAINED = ("id", "prior", "active")
"""The dimensions that say whether a cell can be built (spec.md C.1, "Unreachable"); all others are free."""

Words = Mapping[int, str]
"""Place of a dimension in a cell -> its word: a cell of which only a part is chosen."""

_PLACES = {name: at for at, name in enumerate(Cell._fields)}
_CONSTRAINED_PLACES = tuple(_PLACES[name] for name in CONSTRAINED)


def covering_cells(profile: Profile | str, strength: int) -> list[Cell]:
    """Reachable cells in which every reachable combination of `strength` words occurs.

    Raises:
        ValueError: The strength is neither 2 nor 3.
    Source: spec.md C.1.
    """
    if strength not in STRENGTHS:
        raise ValueError(f"strength={strength!r} does not exist; expected one of {STRENGTHS}")
    return list(_covering(to_profile(profile), strength))


def combinations(profile: Profile | str, strength: int) -> Iterator[tuple[tuple[int, str], ...]]:
    """Every combination of words of different dimensions that some reachable cell has: (place, word), by place."""
    known = to_profile(profile)
    words = tuple(dimensions(known).values())
    for places in itertools.combinations(range(len(words)), strength):
        for chosen in itertools.product(*(words[place] for place in places)):
            combination = tuple(zip(places, chosen, strict=True))
            if can_be_completed(dict(combination), known):
                yield combination


def can_be_completed(words: Words, profile: Profile | str) -> bool:
    """Whether a reachable cell has these words."""
    return any(
        all(words.get(place, word) == word for place, word in zip(_CONSTRAINED_PLACES, buildable, strict=True))
        for buildable in _buildable(to_profile(profile))
    )


@functools.cache
def _buildable(profile: Profile) -> tuple[tuple[str, ...], ...]:
    """The words of the constrained dimensions that go together."""
    words = dimensions(profile)
    any_cell = Cell._make(values[0] for values in words.values())
    products = itertools.product(*(words[name] for name in CONSTRAINED))
    return tuple(
        chosen for chosen in products if is_reachable(any_cell._replace(**dict(zip(CONSTRAINED, chosen, strict=True))))
    )


@functools.cache
def _covering(profile: Profile, strength: int) -> tuple[Cell, ...]:
    uncovered = dict.fromkeys(combinations(profile, strength))
    cells = []
    while uncovered:
        cell = _next_cell(profile, strength, uncovered)
        for combination in itertools.combinations(enumerate(cell), strength):
            uncovered.pop(combination, None)
        cells.append(cell)
    return tuple(cells)


def _next_cell(profile: Profile, strength: int, uncovered: Mapping[tuple[tuple[int, str], ...], None]) -> Cell:
    """The cell that covers the most, of those that begin with some of the uncovered combinations."""
    seeds = list(itertools.islice(uncovered, 0, None, max(1, len(uncovered) // SEEDS)))[:SEEDS]
    grown = [_grown(profile, strength, uncovered, seed) for seed in seeds]
    return max(grown, key=lambda cell: _gain(cell, strength, uncovered))  # the first of the best


def _grown(
    profile: Profile,
    strength: int,
    uncovered: Mapping[tuple[tuple[int, str], ...], None],
    seed: Sequence[tuple[int, str]],
) -> Cell:
    """A cell that holds the seed, its other words chosen one by one so that each covers the most."""
    words = tuple(dimensions(profile).values())
    cell: dict[int, str] = dict(seed)
    for place in sorted(set(range(len(words))) - cell.keys(), key=lambda at: -len(words[at])):
        rest = list(itertools.combinations(sorted(cell.items()), strength - 1))
        best, most = "", -1
        for word in words[place]:
            if place in _CONSTRAINED_PLACES and not can_be_completed({**cell, place: word}, profile):
                continue
            covers = sum(tuple(sorted((*others, (place, word)))) in uncovered for others in rest)
            if covers > most:
                best, most = word, covers
        cell[place] = best
    return Cell._make(cell[place] for place in range(len(words)))


def _gain(cell: Cell, strength: int, uncovered: Mapping[tuple[tuple[int, str], ...], None]) -> int:
    return sum(combination in uncovered for combination in itertools.combinations(enumerate(cell), strength))

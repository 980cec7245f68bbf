"""Owns the cell: one init() call and the world before it, in the words of spec.md C.1.

A cell is eleven words. Which cells there are is data (`DIMENSIONS`), which of them can be built is `is_reachable`, and
which ones are alike is `quotient_of`: a representative is a cell of the full product itself. No rule of init() here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile, to_profile


class Cell(NamedTuple):
    """One init() call and the world before it; how each word is built is told in spec.md C.1."""

    resume: str
    id: str
    prior: str
    mode_arg: str
    mode_env: str
    auth: str
    anonymous: str
    force: str
    reinit: str
    active: str
    notebook: str


Dimensions = Mapping[str, tuple[str, ...]]
"""Name of a dimension -> its words, in the order of the fields of `Cell`."""

Which = Literal["full", "quotient"]
"""The product of all words, or of the representatives of C.1's equivalences."""

_CLASSIC_DIMENSIONS: Dimensions = {
    "resume": ("unset", "false", "true", "auto", "allow", "must", "never", "invalid"),
    "id": ("none", "arg", "env", "both_equal", "both_diff"),
    "prior": ("absent", "finished", "crashed", "running", "deleted", "elsewhere"),
    "mode_arg": ("unset", "online", "offline", "disabled"),
    "mode_env": ("unset", "online", "offline", "disabled"),
    "auth": ("ok", "none", "rejected", "unreachable"),
    "anonymous": ("unset", "never", "allow", "must"),
    "force": ("unset", "false", "true"),
    "reinit": ("unset", "false", "true"),
    "active": ("none", "other", "same", "dummy"),
    "notebook": ("no", "yes"),
}

DIMENSIONS: Mapping[Profile, Dimensions] = {
    CLASSIC: _CLASSIC_DIMENSIONS,
    CURRENT: {
        **_CLASSIC_DIMENSIONS,
        "reinit": ("unset", "false", "true", "default", "return_previous", "finish_previous", "create_new"),
    },
}
"""The dimensions of spec.md C.1; the profiles differ in reinit alone."""

# Word -> the word that stands for it; a word that is not named stands for itself. The pair of modes and classic's
# invalid resume word fold by more than one dimension and are told in quotient_of.
_FOLDS: Mapping[Profile, Mapping[str, Mapping[str, str]]] = {
    CLASSIC: {
        "resume": {"false": "unset", "true": "auto"},
        "id": {"env": "arg", "both_equal": "arg", "both_diff": "arg"},
        "anonymous": {"never": "unset"},
        "force": {"false": "unset"},
    },
    CURRENT: {
        "resume": {"false": "unset", "true": "auto"},
        "id": {"env": "arg", "both_equal": "arg", "both_diff": "arg"},
        # "must" stands for all that is not unset: if anonymous had an effect after all, must would show it.
        "anonymous": {"never": "must", "allow": "must"},
        "force": {"false": "unset", "true": "unset"},
        "reinit": {"default": "unset"},
    },
}

_QUOTIENT_DIMENSIONS: Mapping[Profile, Dimensions] = {
    profile: {
        **{
            name: tuple(word for word in words if word not in _FOLDS[profile].get(name, {}))
            for name, words in dimensions.items()
        },
        "mode_arg": ("online", "offline", "disabled"),
        "mode_env": ("unset",),
    }
    for profile, dimensions in DIMENSIONS.items()
}

_STANDS_FOR: Mapping[Profile, Mapping[str, Mapping[str, str]]] = {
    profile: {
        name: {word: _FOLDS[profile].get(name, {}).get(word, word) for word in words}
        for name, words in dimensions.items()
    }
    for profile, dimensions in DIMENSIONS.items()
}


def dimensions(profile: Profile | str, which: Which = "full") -> Dimensions:
    """Name of a dimension -> its words, for the full product or for the quotient.

    Raises:
        ValueError: No such profile, or `which` is neither "full" nor "quotient".
    Source: spec.md C.1.
    """
    if which == "full":
        return DIMENSIONS[to_profile(profile)]
    if which == "quotient":
        return _QUOTIENT_DIMENSIONS[to_profile(profile)]
    raise ValueError(f"product {which!r} does not exist; expected 'full' or 'quotient'")


def is_reachable(cell: Cell) -> bool:
    """The world of the cell can be built: the active run is P itself only if P is running and named.

    Source: spec.md C.1, "Unreachable".
    """
    return cell.active != "same" or (cell.prior == "running" and cell.id != "none")


def check_words(cell: Cell, profile: Profile | str) -> None:
    """Refuse a cell that uses a word its dimension does not have, or that no world can be built for.

    Raises:
        ValueError: It names the dimension, the word, and the words there are.
    """
    for name, words in dimensions(profile).items():
        word = getattr(cell, name)
        if word not in words:
            raise ValueError(f"{name}={word!r} is no word of profile {str(profile)!r}; expected one of {words}")
    if not is_reachable(cell):
        raise ValueError(f"active='same' needs prior='running' and an id, so this cell cannot be built: {cell}")


def product(profile: Profile | str, which: Which = "full") -> Iterator[Cell]:
    """Every reachable cell, in the order of `cell_at`: the last dimension turns fastest."""
    return filter(is_reachable, map(Cell._make, itertools.product(*dimensions(profile, which).values())))


def size(profile: Profile | str, which: Which = "full", reachable: bool = False) -> int:
    """The number of cells, all of them or the reachable ones, without enumerating them.

    Source: spec.md C.1.
    """
    words = dimensions(profile, which)
    total = math.prod(map(len, words.values()))
    if not reachable:
        return total
    per_run_prior_and_id = total // (len(words["active"]) * len(words["prior"]) * len(words["id"]))
    same_and_possible = len(words["id"]) - 1  # prior is running, the id is any but none
    same_at_all = len(words["prior"]) * len(words["id"])
    return total - per_run_prior_and_id * (same_at_all - same_and_possible)


def cell_at(profile: Profile | str, which: Which, index: int) -> Cell:
    """The cell with a number, without enumerating the ones before it: what splits the product by ranges.

    Args:
        index: 0 <= index < size(profile, which): the place in the product of all words, reachable or not, where the
            last dimension turns fastest. A range of numbers therefore holds unreachable cells: ask `is_reachable`.
    Raises:
        IndexError: There is no such number.
    """
    if not 0 <= index < size(profile, which):
        raise IndexError(f"cell {index} of {size(profile, which)} ({profile}, {which})")
    backwards = []
    for words in reversed(tuple(dimensions(profile, which).values())):
        index, digit = divmod(index, len(words))
        backwards.append(words[digit])
    return Cell._make(reversed(backwards))


def quotient_of(cell: Cell, profile: Profile | str) -> Cell:
    """The cell that stands for this one: a member of the quotient, with the same outcome.

    Source: spec.md C.1, "Equivalences".
    """
    stands_for = _STANDS_FOR[to_profile(profile)]
    resume, id_, prior, mode_arg, mode_env, auth, anonymous, force, reinit, active, notebook = cell
    if mode_arg == "unset":
        mode_arg = "online" if mode_env == "unset" else mode_env
    # The invalid word beats the variable in classic, so the variable counts as no id. Nobody names P then, and for this
    # call the active run is some other run.
    if resume == "invalid" and id_ == "env" and profile == CLASSIC:
        id_ = "none"
        if active == "same":
            active = "other"
    return Cell(
        stands_for["resume"][resume],
        stands_for["id"][id_],
        prior,
        mode_arg,
        "unset",
        auth,
        stands_for["anonymous"][anonymous],
        stands_for["force"][force],
        stands_for["reinit"][reinit],
        active,
        notebook,
    )

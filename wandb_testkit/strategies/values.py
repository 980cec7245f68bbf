"""Strategies for what users hand to W&B: ids, configs, rows, tags."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

WORDS = ("a", "b", "c")
METRICS = ("loss", "acc")
CONFIG_KEYS = ("lr", "depth")


def run_ids(*, few: bool = False) -> st.SearchStrategy[str]:
    """Run ids that both profiles take (ID-3).

    Args:
        few: Only "p" and "q", so that the same id comes up often.
    """
    common = st.sampled_from(("p", "q"))
    if few:
        return common
    letters = st.sampled_from(string.ascii_letters + string.digits + "-_.%ü")
    return common | st.text(letters, min_size=1, max_size=16)


def tags(*, max_size: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    """Tags: words in some order, which may come twice (TAGS-1)."""
    return st.lists(st.sampled_from(WORDS), max_size=max_size).map(tuple)


def _numbers() -> st.SearchStrategy[int | float]:
    # Halves are exact in binary and short in decimal, so sums and means can be compared and read.
    return st.integers(0, 3) | st.integers(-4, 4).map(lambda number: number / 2)


def configs(*, min_size: int = 0, max_size: int = 2, nested: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """What `config=` and `config.update()` take: numbers, text, lists, and if `nested` dicts two levels deep.

    Args:
        min_size, max_size: How many keys there are.
    """
    others: st.SearchStrategy[Any] = st.one_of(st.sampled_from(WORDS), st.booleans(), st.none())
    others |= st.lists(_numbers(), max_size=2)
    if nested:
        leaves: st.SearchStrategy[Any] = _numbers()
        for _ in range(2):
            leaves |= st.dictionaries(st.sampled_from(("x", "y")), leaves, max_size=2)
        others |= leaves
    keys = st.sampled_from((*CONFIG_KEYS[:1], *CONFIG_KEYS))  # the first one more often, so that it is changed
    return st.dictionaries(keys, _either(_numbers(), others), min_size=min_size, max_size=max_size)


def metric_rows(
    *, min_size: int = 0, max_size: int = 2, numbers_only: bool = False
) -> st.SearchStrategy[dict[str, Any]]:
    """Rows that log() takes.

    Args:
        min_size, max_size: How many keys a row has.
        numbers_only: No text, null or nested values.
    """
    values: st.SearchStrategy[Any] = _numbers()
    keys = st.sampled_from((*METRICS[:1], *METRICS))
    plain = st.dictionaries(keys, values, min_size=min_size, max_size=max_size)
    if numbers_only:
        return plain
    others = st.one_of(values, st.sampled_from(WORDS), st.none(), st.lists(_numbers(), max_size=2))
    # Nested values have a key of their own and always the same leaf: what becomes of other leaves is not specified.
    nested = _numbers().map(lambda number: {"net": {"x": number}})
    mixed = st.dictionaries(st.sampled_from((*METRICS, "note")), others, min_size=min_size, max_size=max_size)
    return _either(plain, mixed | nested)


def _either(one: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Both alike often, although `other` has many branches, which `|` would count one by one."""
    return st.booleans().flatmap(lambda is_other: other if is_other else one)

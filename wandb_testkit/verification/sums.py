"""Owns the check sums of spec.md C.3 and C.4, and their comparison with what a run counted."""

from __future__ import annotations

from collections.abc import Mapping

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

CHECK_SUMS: Mapping[tuple[Profile, str], Mapping[str, int]] = {
    (CLASSIC, "quotient"): {
        "kind new": 42_468,
        "kind active": 11_232,
        "kind error": 9_132,
        "kind dummy": 31_968,
        "kind resumed": 1_104,
        "error LOGIN": 6_588,
        "error MUST_ABSENT": 1_944,
        "error DELETED": 348,
        "error NEVER_EXISTS": 252,
        "server created": 9_276,
        "server continued": 1_104,
        "server overwritten": 252,
    },
    (CURRENT, "quotient"): {
        "kind new": 16_888,
        "kind active": 3_640,
        "kind error": 24_750,
        "kind dummy": 17_760,
        "kind resumed": 898,
        "error VALIDATION": 10_656,
        "error LOGIN": 4_440,
        "error COMM_REJECTED": 3_770,
        "error COMM_UNREACHABLE": 3_770,
        "error ACTIVE_MUST": 910,
        "error MUST_ABSENT": 496,
        "error DELETED": 310,
        "error NEVER_EXISTS": 258,
        "error ID_IN_USE": 140,
        "server created": 1_550,
        "server continued": 898,
        "server appended": 258,
    },
    (CLASSIC, "full"): {
        "kind new": 1_603_296,
        "kind active": 430_848,
        "kind error": 280_962,
        "kind dummy": 1_082_880,
        "kind resumed": 67_230,
    },
    (CURRENT, "full"): {
        "kind new": 2_081_088,
        "kind active": 558_144,
        "kind error": 3_052_224,
        "kind dummy": 2_210_880,
        "kind resumed": 183_168,
    },
}
"""What spec.md says; for the full product it gives the kinds alone."""


def has_sums(profile: Profile, product: str) -> bool:
    """Whether spec.md gives check sums for the product."""
    return (profile, product) in CHECK_SUMS


def wrong_sums(profile: Profile, product: str, counted: Mapping[str, int]) -> list[str]:
    """A line for each check sum that a whole run did not reach."""
    return [
        f"{profile} {product}: {name} is {counted.get(name, 0):,}, spec.md says {number:,}"
        for name, number in CHECK_SUMS[profile, product].items()
        if counted.get(name, 0) != number
    ]

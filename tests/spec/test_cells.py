"""The product of the dimensions: how many cells there are, which can be built, and which stand for which."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import (
    DIMENSIONS,
    Cell,
    cell_at,
    check_words,
    dimensions,
    is_reachable,
    product,
    quotient_of,
    size,
)
from wandb_testkit.spec.cells import Which

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)

PLAIN = Cell("unset", "none", "absent", "unset", "unset", "ok", "unset", "unset", "unset", "none", "no")

# spec.md C.1: profile, product -> all cells, reachable cells
NUMBERS: list[tuple[Profile, Which, int, int]] = [
    (CLASSIC, "full", 4_423_680, 3_465_216),
    (CURRENT, "full", 10_321_920, 8_085_504),
    (CLASSIC, "quotient", 124_416, 95_904),
    (CURRENT, "quotient", 82_944, 63_936),
]


@pytest.mark.parametrize(("profile", "which", "every", "reachable"), NUMBERS, ids=lambda value: str(value))
def test_there_are_as_many_cells_as_the_spec_counts(profile: Profile, which: Which, every: int, reachable: int) -> None:
    assert (size(profile, which), size(profile, which, reachable=True)) == (every, reachable)


@pytest.mark.parametrize(("profile", "which", "every", "reachable"), NUMBERS[2:], ids=lambda value: str(value))
def test_enumerating_gives_every_reachable_cell_once(
    profile: Profile, which: Which, every: int, reachable: int
) -> None:
    cells = list(product(profile, which))

    assert len(cells) == len(set(cells)) == reachable
    assert all(map(is_reachable, cells))
    assert sum(not is_reachable(cell_at(profile, which, index)) for index in range(every)) == every - reachable


@PROFILES
def test_the_dimensions_are_the_fields_of_a_cell(profile: Profile) -> None:
    assert tuple(DIMENSIONS[profile]) == tuple(dimensions(profile, "quotient")) == Cell._fields


@pytest.mark.parametrize(
    ("profile", "factors"),
    [(CLASSIC, (6, 2, 6, 3, 1, 4, 3, 2, 3, 4, 2)), (CURRENT, (6, 2, 6, 3, 1, 4, 2, 1, 6, 4, 2))],
    ids=str,
)
def test_the_quotient_has_the_factors_of_the_spec(profile: Profile, factors: tuple[int, ...]) -> None:
    assert tuple(map(len, dimensions(profile, "quotient").values())) == factors


@pytest.mark.parametrize(
    ("id_", "prior"), [*itertools.product(DIMENSIONS[CLASSIC]["id"], DIMENSIONS[CLASSIC]["prior"])]
)
def test_the_active_run_is_p_only_if_p_is_running_and_named(id_: str, prior: str) -> None:
    cell = PLAIN._replace(id=id_, prior=prior, active="same")

    assert is_reachable(cell) == (prior == "running" and id_ in ("arg", "env", "both_equal", "both_diff"))
    assert is_reachable(cell._replace(active="other"))


@pytest.mark.parametrize("which", ["full", "quotient"])
@PROFILES
def test_cell_at_counts_in_the_order_of_product(profile: Profile, which: Which) -> None:
    first = list(itertools.islice(product(profile, which), 3000))

    by_number = (cell_at(profile, which, index) for index in itertools.count())
    assert first == list(itertools.islice(filter(is_reachable, by_number), 3000))


@pytest.mark.parametrize("which", ["full", "quotient"])
@PROFILES
def test_cell_at_knows_its_ends(profile: Profile, which: Which) -> None:
    words = dimensions(profile, which)

    assert cell_at(profile, which, 0) == tuple(of[0] for of in words.values())
    assert cell_at(profile, which, size(profile, which) - 1) == tuple(of[-1] for of in words.values())
    for outside in (-1, size(profile, which)):
        with pytest.raises(IndexError, match=f"cell {outside} of {size(profile, which)}"):
            cell_at(profile, which, outside)


@PROFILES
def test_a_member_of_the_quotient_stands_for_itself(profile: Profile) -> None:
    assert [cell for cell in product(profile, "quotient") if quotient_of(cell, profile) != cell] == []


@PROFILES
@given(data=st.data())
def test_every_reachable_cell_is_represented_by_a_reachable_member_of_the_quotient(
    profile: Profile, data: st.DataObject
) -> None:
    numbers = st.integers(0, size(profile) - 1)
    cell = data.draw(numbers.map(lambda index: cell_at(profile, "full", index)).filter(is_reachable))

    representative = quotient_of(cell, profile)

    assert is_reachable(representative)
    assert all(
        word in words for word, words in zip(representative, dimensions(profile, "quotient").values(), strict=True)
    )


@pytest.mark.parametrize(
    ("profile", "words", "changes"),
    [
        (CLASSIC, {"resume": "false"}, {}),
        (CLASSIC, {"resume": "true"}, {"resume": "auto"}),
        (CLASSIC, {"id": "both_diff"}, {"id": "arg"}),
        (CLASSIC, {"id": "env", "resume": "invalid"}, {"id": "none", "resume": "invalid"}),
        (CURRENT, {"id": "env", "resume": "invalid"}, {"id": "arg", "resume": "invalid"}),
        (
            CLASSIC,
            {"id": "env", "resume": "invalid", "prior": "running", "active": "same"},
            {"id": "none", "resume": "invalid", "prior": "running", "active": "other"},
        ),
        (CLASSIC, {"mode_env": "offline"}, {"mode_arg": "offline"}),
        (CLASSIC, {"mode_arg": "online", "mode_env": "offline"}, {"mode_arg": "online"}),
        (CLASSIC, {"force": "false"}, {}),
        (CLASSIC, {"force": "true"}, {"force": "true"}),
        (CURRENT, {"force": "true"}, {}),
        (CLASSIC, {"anonymous": "never"}, {}),
        (CLASSIC, {"anonymous": "allow"}, {"anonymous": "allow"}),
        (CURRENT, {"anonymous": "allow"}, {"anonymous": "must"}),
        (CURRENT, {"reinit": "default"}, {}),
        (CURRENT, {"reinit": "true"}, {"reinit": "true"}),
    ],
    ids=str,
)
def test_words_that_mean_the_same_have_one_representative(
    profile: Profile, words: dict[str, str], changes: dict[str, str]
) -> None:
    representative = quotient_of(PLAIN._replace(**words), profile)

    assert representative == PLAIN._replace(**{"mode_arg": "online", **changes})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"resume": "ALLOW"}, "resume='ALLOW' is no word of profile 'classic'"),
        ({"reinit": "create_new"}, "reinit='create_new' is no word of profile 'classic'"),
        ({"active": "same"}, "active='same' needs prior='running' and an id"),
    ],
    ids=str,
)
def test_a_cell_that_cannot_be_built_is_refused(words: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_words(PLAIN._replace(**words), CLASSIC)


def test_an_unknown_product_or_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="product 'half' does not exist"):
        size(CLASSIC, "half")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="profile 'modern' does not exist"):
        product("modern")

"""Strategies for the world around a call: cells of spec.md C.1, and faults of a server."""

from __future__ import annotations

from hypothesis import strategies as st

from wandb_testkit.faults import Fault
from wandb_testkit.profiles import CLASSIC, Profile
from wandb_testkit.records import SENT
from wandb_testkit.spec.cells import Cell, Which, dimensions, is_reachable


def cells(*, profile: Profile | str = CLASSIC, which: Which = "full") -> st.SearchStrategy[Cell]:
    """Cells that can be built; they shrink towards a plain init() in an empty world.

    Args:
        which: Of the full product, or of the quotient alone.
    """
    words = {name: st.sampled_from(known) for name, known in dimensions(profile, which).items()}
    return st.builds(Cell, **words).filter(is_reachable)


def faults(*, kinds: tuple[str, ...] = SENT) -> st.SearchStrategy[Fault]:
    """Things that go wrong at the server: the n-th record of a kind, or each, is refused or does not arrive.

    Args:
        kinds: Kinds of records that may meet one.
    """
    return st.builds(
        Fault,
        on=st.sampled_from((*kinds, "any")),
        nth=st.integers(1, 3) | st.none(),
        reply=st.sampled_from((500, 0, 400, 401, 403, 404, 409, 429, 503)),
    )

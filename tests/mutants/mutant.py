"""Owns the mutant: one plausible bug of the implementation, told as a replaced piece of text."""

from __future__ import annotations

from typing import NamedTuple

from wandb_testkit.spec.cells import Which
from wandb_testkit.verification.programs import ProgramProduct


class Mutant(NamedTuple):
    """One bug: in `module`, the text `was` becomes `bug`; cells or programs of `profile` have to notice it.

    `product` is where they are drawn from: the quotient, or the full product for what the quotient folds away; for what
    takes several calls to show, a product of programs. Whole programs that are generated know no product.
    """

    name: str
    clause: str
    profile: str
    module: str
    was: str
    bug: str
    product: Which | ProgramProduct = "quotient"


SDK = "wandb_testkit.sdk."
SERVER_RUNS = "wandb_testkit.server.runs"

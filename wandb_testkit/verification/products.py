"""Owns what can be verified as a whole: products of cells and of programs, in blocks, each with its verdict."""

from __future__ import annotations

from wandb_testkit.profiles import Profile
from wandb_testkit.spec.cells import size
from wandb_testkit.verification import agreement, cells
from wandb_testkit.verification.cells import Block, Verdict
from wandb_testkit.verification.programs import PROGRAM_PRODUCTS, program_size

PRODUCTS = ("quotient", "full", *PROGRAM_PRODUCTS)
"""The words of `wandb-testkit verify --product`."""


def blocks(profile: Profile, product: str) -> list[Block]:
    """The blocks of a product; together they hold everything exactly once."""
    if product == "full":
        return cells.blocks(profile, "full")
    if product == "quotient":
        return cells.blocks(profile, "quotient")
    return agreement.program_blocks(profile, product)


def verify(block: Block) -> Verdict:
    """Run a block, whatever it holds."""
    return agreement.verify_programs(block) if block.product in PROGRAM_PRODUCTS else cells.verify(block)


def whole(profile: Profile, product: str) -> int:
    """How many reachable cells, or programs, a product has."""
    if product == "full":
        return size(profile, "full", reachable=True)
    if product == "quotient":
        return size(profile, "quotient", reachable=True)
    (known,) = (one for one in PROGRAM_PRODUCTS if one == product)
    return program_size(known, profile)


def unit(product: str) -> str:
    """What a product consists of, as a plural."""
    return "programs" if product in PROGRAM_PRODUCTS else "cells"

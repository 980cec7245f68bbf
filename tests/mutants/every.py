"""Owns the list of all mutants, by who has to notice them."""

from __future__ import annotations

from tests.mutants.catalogue import MUTANTS
from tests.mutants.identity_mutants import IDENTITY_MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.script_mutants import SCRIPT_MUTANTS
from wandb_testkit.verification.programs import PROGRAM_PRODUCTS

_OF_SCRIPTS = (*SCRIPT_MUTANTS, *IDENTITY_MUTANTS)

CELL_MUTANTS: tuple[Mutant, ...] = MUTANTS
ENUMERATED_MUTANTS: tuple[Mutant, ...] = tuple(mutant for mutant in _OF_SCRIPTS if mutant.product in PROGRAM_PRODUCTS)
PROGRAM_MUTANTS: tuple[Mutant, ...] = tuple(mutant for mutant in _OF_SCRIPTS if mutant.product not in PROGRAM_PRODUCTS)
EVERY_THIRD: tuple[Mutant, ...] = PROGRAM_MUTANTS[2::3]
"""What is asked with every change, of generated programs; `make mutants` asks for the others, too."""

ALL: tuple[Mutant, ...] = (*CELL_MUTANTS, *ENUMERATED_MUTANTS, *PROGRAM_MUTANTS)

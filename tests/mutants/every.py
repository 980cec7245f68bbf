"""Owns the list of all mutants, by who has to notice them."""

from __future__ import annotations

from tests.mutants.catalogue import MUTANTS
from tests.mutants.identity_mutants import IDENTITY_MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.script_mutants import SCRIPT_MUTANTS

CELL_MUTANTS: tuple[Mutant, ...] = MUTANTS
PROGRAM_MUTANTS: tuple[Mutant, ...] = (*SCRIPT_MUTANTS, *IDENTITY_MUTANTS)
ALL: tuple[Mutant, ...] = (*CELL_MUTANTS, *PROGRAM_MUTANTS)

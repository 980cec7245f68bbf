"""The executable spec: what init() has to do, as decision tables that a test proves total and unambiguous.

It knows the words of the profiles and nothing else of the kit: no implementation is asked, and none asks it.
"""

from __future__ import annotations

from wandb_testkit.spec.cells import (
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
from wandb_testkit.spec.outcome import (
    ERROR_CLASSES,
    OUTCOME_WORDS,
    PROCEDURES,
    Outcome,
    Procedure,
    expected,
    explain,
)
from wandb_testkit.spec.render import markdown
from wandb_testkit.spec.table import DecisionTable, Rule, problems, table_markdown

__all__ = [
    "DIMENSIONS",
    "ERROR_CLASSES",
    "OUTCOME_WORDS",
    "PROCEDURES",
    "Cell",
    "DecisionTable",
    "Outcome",
    "Procedure",
    "Rule",
    "cell_at",
    "check_words",
    "dimensions",
    "expected",
    "explain",
    "is_reachable",
    "markdown",
    "problems",
    "product",
    "quotient_of",
    "size",
    "table_markdown",
]

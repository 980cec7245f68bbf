"""The executable spec: what init() has to do, as decision tables that a test proves total and unambiguous.

It knows the kit's words (profiles, actions, observations) and nothing else of it: no implementation is asked, and none
asks it. `expected(cell)` judges one init(), `predict(script)` a whole program, `clause(id)` tells what a rule says.
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
from wandb_testkit.spec.chapters.clause import Clause
from wandb_testkit.spec.clauses import clause, clauses
from wandb_testkit.spec.comparison import Difference, differences, same
from wandb_testkit.spec.model import Unspecified
from wandb_testkit.spec.outcome import (
    ERROR_CLASSES,
    OUTCOME_WORDS,
    PROCEDURES,
    Outcome,
    Procedure,
    expected,
    explain,
)
from wandb_testkit.spec.predict import Prediction, predict, story
from wandb_testkit.spec.program import program
from wandb_testkit.spec.render import markdown
from wandb_testkit.spec.table import DecisionTable, Rule, problems, table_markdown

__all__ = [
    "DIMENSIONS",
    "ERROR_CLASSES",
    "OUTCOME_WORDS",
    "PROCEDURES",
    "Cell",
    "Clause",
    "DecisionTable",
    "Difference",
    "Outcome",
    "Prediction",
    "Procedure",
    "Rule",
    "Unspecified",
    "cell_at",
    "check_words",
    "clause",
    "clauses",
    "differences",
    "dimensions",
    "expected",
    "explain",
    "is_reachable",
    "markdown",
    "predict",
    "problems",
    "product",
    "program",
    "quotient_of",
    "same",
    "size",
    "story",
    "table_markdown",
]

"""Processing volumes: rollups in a few fixed grains, each question answered by one statement."""

from models.volumes.grains import Dimension
from models.volumes.keeping import age, fold, keep_folding, rebuild
from models.volumes.lines import Scope, ScopedQuestion
from models.volumes.measures import Measure
from models.volumes.question import Period, Question
from models.volumes.reading import (
    as_of,
    freshness,
    scoped_statement,
    statement,
    write_constants,
)
from models.volumes.verifying import Difference, verify

__all__ = [
    "Difference",
    "Dimension",
    "Measure",
    "Period",
    "Question",
    "Scope",
    "ScopedQuestion",
    "age",
    "as_of",
    "fold",
    "freshness",
    "keep_folding",
    "rebuild",
    "scoped_statement",
    "statement",
    "verify",
    "write_constants",
]

"""Processing volumes: figures kept ready in a few fixed grains, asked for with one statement."""

from models.volumes.grains import Dimension
from models.volumes.keeping import fold, keep_folding, rebuild
from models.volumes.question import Measure, Period, Question
from models.volumes.reading import Scope, as_of, statement
from models.volumes.verifying import Difference, verify

__all__ = [
    "Difference",
    "Dimension",
    "Measure",
    "Period",
    "Question",
    "Scope",
    "as_of",
    "fold",
    "keep_folding",
    "rebuild",
    "statement",
    "verify",
]

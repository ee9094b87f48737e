"""Synthetic data: a whole visa service, generated from published figures and a seed.

``synthesise`` loads it into an empty database; ``expected`` gives the expected numbers of
applications, before noise.
"""

from models.synthetic.assumptions import Scale
from models.synthetic.calendar import start_of_day
from models.synthetic.synthesis import (
    Expected,
    NotEmptyError,
    Summary,
    expected,
    synthesise,
)

__all__ = [
    "Expected",
    "NotEmptyError",
    "Scale",
    "Summary",
    "expected",
    "start_of_day",
    "synthesise",
]

"""Synthetic data: a whole visa service, generated from published figures and a seed.

``synthesise`` loads it into an empty database; ``expected`` gives the expected numbers of
applications, before noise.
"""

from models.synthetic.assumptions import Scale
from models.synthetic.calendar import start_of_day
from models.synthetic.synthesis import (
    ExpectedDemand,
    NotEmptyError,
    Summary,
    expected_demand,
    synthesise,
)

__all__ = [
    "ExpectedDemand",
    "NotEmptyError",
    "Scale",
    "Summary",
    "expected_demand",
    "start_of_day",
    "synthesise",
]

"""A synthetic world: a whole visa service in figures, invented from published ones and a seed.

``synthesise`` loads it into an empty database; ``expected`` tells how many applications it
expects, before noise.
"""

from models.synthetic.assumptions import Scale
from models.synthetic.synthesis import (
    Expected,
    NotEmptyError,
    Summary,
    expected,
    synthesise,
)

__all__ = ["Expected", "NotEmptyError", "Scale", "Summary", "expected", "synthesise"]

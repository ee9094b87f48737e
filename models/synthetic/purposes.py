"""What people travel for: the category of the visa, or one of the purposes that it serves."""

from random import Random

from models.synthetic.assumptions import PURPOSES
from models.synthetic.chance import Choice
from models.vocabulary import TripPurpose


class Purposes:
    """Draws the stated purpose of each application."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._choices = {visa_type: Choice.of(shares) for visa_type, shares in PURPOSES.items()}

    def of(self, visa_type: str) -> TripPurpose:
        """The purpose of an application for a visa type."""
        return self._choices[visa_type].draw(self._rng)

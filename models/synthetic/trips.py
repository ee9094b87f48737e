"""The trips that people apply for: what they travel for, and when they mean to enter."""

from datetime import date, timedelta
from random import Random

from models.synthetic.assumptions import ENTERED_AFTER, FIRST_ENTRY, PURPOSES, USE_WITHIN_DAYS
from models.synthetic.calendar import DAY, day_in_wib
from models.synthetic.cases import Case
from models.synthetic.chance import Choice, seconds
from models.vocabulary import TripPurpose


class Trips:
    """Draws the stated purpose of each application, and the intended day of entry."""

    def __init__(self, seed: int) -> None:
        # What one draws changes nothing else of a world.
        self._purposes, self._entries = Random(f"purposes {seed}"), Random(f"entries {seed}")
        self._choices = {visa_type: Choice.of(shares) for visa_type, shares in PURPOSES.items()}
        self._entry_of_group: dict[str, date] = {}

    def purpose(self, case: Case) -> TripPurpose:
        return self._choices[case.visa_type].draw(self._purposes)

    def entry_on(self, case: Case, group: str | None) -> date:
        """The intended day of entry: a group, taken in within a few days, enters together."""
        if group is None:
            return self._draw_entry(case)
        if group not in self._entry_of_group:
            self._entry_of_group[group] = self._draw_entry(case)
        return self._entry_of_group[group]

    def _draw_entry(self, case: Case) -> date:
        days = FIRST_ENTRY + seconds(ENTERED_AFTER, self._entries) // DAY
        return day_in_wib(case.submitted_at) + timedelta(days=min(days, USE_WITHIN_DAYS))

"""The trips that people apply for: what for, by a visa of which validity, when they mean to enter,
and with whom they travel."""

from datetime import date, timedelta
from random import Random

from models.case.reference_numbers import IntakePlace, new_group_reference
from models.synthetic import assumptions
from models.synthetic.assumptions import (
    ENTERED_AFTER,
    FIRST_ENTRY,
    LATEST_ENTRY,
    PURPOSES,
    VALIDITIES,
)
from models.synthetic.calendar import DAY, day_in_wib
from models.synthetic.cases import Case
from models.synthetic.chance import Choice, seconds
from models.vocabulary import Channel, TripPurpose


class Trips:
    """Draws the stated purpose of each application, the validity of the visa, and the intended day
    of entry."""

    def __init__(self, seed: int | str) -> None:
        # What one draws changes nothing else of a world.
        self._purposes, self._entries = Random(f"purposes {seed}"), Random(f"entries {seed}")
        self._validities = Random(f"validities {seed}")
        self._choices = {
            visa_type: Choice.from_weights(shares) for visa_type, shares in PURPOSES.items()
        }
        self._offered = {
            visa_type: Choice.from_weights(shares) for visa_type, shares in VALIDITIES.items()
        }
        self._entry_of_group: dict[str, date] = {}

    def purpose(self, case: Case) -> TripPurpose:
        if case.extends:
            return case.extends.trip_purpose
        return self._choices[case.visa_type].draw(self._purposes)

    def use_within_days(self, case: Case) -> int | None:
        """The validity that is chosen; an extension has none."""
        return None if case.extends else self._offered[case.visa_type].draw(self._validities)

    def entry_on(self, case: Case) -> date | None:
        """The intended day of entry: a group, taken in within a few days, enters together. Nobody
        asks for that of an extension."""
        if case.extends:
            return None
        if case.group is None:
            return self._draw_entry(case)
        if case.group not in self._entry_of_group:
            self._entry_of_group[case.group] = self._draw_entry(case)
        return self._entry_of_group[case.group]

    def _draw_entry(self, case: Case) -> date:
        days = FIRST_ENTRY + seconds(ENTERED_AFTER, self._entries) // DAY
        return day_in_wib(case.submitted_at) + timedelta(days=min(days, LATEST_ENTRY))


class Groups:
    """Gives each application of the channel for groups the reference of its group."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        #: By place and visa type, the group that is being taken in: its reference, how many are
        #: still to come, and until when they can.
        self._open: dict[tuple[IntakePlace, str], tuple[str, int, int]] = {}
        #: Those with children.
        self.families = set[str]()

    def reference(self, case: Case) -> str | None:
        """The reference of the group; None for an application by itself."""
        if case.place.channel is not Channel.PARTNER_GROUP:
            return None
        key = (case.place, case.visa_type)
        reference, missing, until = self._open.get(key, ("", 0, 0))
        if missing == 0 or case.submitted_at > until:
            [missing] = self._rng.choices(_SIZES, _WEIGHTS)
            reference = new_group_reference(self._rng)
            until = case.submitted_at + assumptions.GROUP_COMES_WITHIN
            if missing in assumptions.WITH_CHILDREN:
                self.families.add(reference)
        self._open[key] = (reference, missing - 1, until)
        return reference


_SIZES = tuple(assumptions.GROUP_SIZES)
_WEIGHTS = tuple(assumptions.GROUP_SIZES.values())

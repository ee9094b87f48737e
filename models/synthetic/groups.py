"""Families and tours: applications that were taken in one after the other, and travel together."""

from random import Random

from models.case.place import Place
from models.case.reference_numbers import new_group_reference
from models.synthetic import assumptions
from models.synthetic.cases import Case
from models.vocabulary import Channel


class Groups:
    """Gives each application of the channel for groups the reference of its group."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        #: By place and visa type, the group that is being taken in: its reference, how many are
        #: still to come, and until when they can.
        self._open: dict[tuple[Place, str], tuple[str, int, int]] = {}

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
        self._open[key] = (reference, missing - 1, until)
        return reference


_SIZES = tuple(assumptions.GROUP_SIZES)
_WEIGHTS = tuple(assumptions.GROUP_SIZES.values())

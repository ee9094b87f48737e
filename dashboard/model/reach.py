"""Which names in an address have no figures for the reader: out of scope, or unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dashboard.model.filters import CENTRE, CHANNEL, COUNTRY, DIRECT, NATIONALITY, PARTNER
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.model.volumes import Choice


class KnownNames(Protocol):
    """The names in an answer: what can be chosen, and which codes are known."""

    @property
    def choices(self) -> Mapping[str, Sequence[Choice]]: ...
    @property
    def named(self) -> Mapping[str, str] | None: ...
    @property
    def named_centres(self) -> Mapping[str, str] | None: ...


class Absence(StrEnum):
    """Why there are no figures: never because nothing happened."""

    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Absent:
    """A value of a filter, and why there are no figures of it."""

    key: str
    code: str
    why: Absence


def absences(viewer: User, address: Address, known: KnownNames) -> tuple[Absent, ...]:
    """In the order of the filters. What a scope hides looks like what does not exist."""
    found = (
        (key, code, _why(key, code, viewer, known))
        for key, codes in address.filters.items()
        for code in codes
    )
    return tuple(Absent(key, code, why) for key, code, why in found if why)


def is_elsewhere(address: Address, absent: tuple[Absent, ...]) -> bool:
    """Whether nothing is left that there are figures of: a filter has no other value."""
    codes = {(each.key, each.code) for each in absent}
    return any(
        values and all((key, code) in codes for code in values)
        for key, values in address.filters.items()
    )


def _why(key: str, code: str, viewer: User, known: KnownNames) -> Absence | None:
    """None also if the gateway was not asked which codes it knows: then nothing is claimed."""
    is_named = known.named is None or code in known.named
    if key in (COUNTRY, NATIONALITY) and not is_named:
        return Absence.UNKNOWN
    if key == COUNTRY:
        is_inside = not viewer.countries or code in viewer.countries
        return None if is_inside else Absence.OUTSIDE
    if key == CHANNEL:
        return Absence.OUTSIDE if viewer.partner and code == DIRECT else None
    if _is_listed(key, code, known):
        return None
    return Absence.OUTSIDE if viewer.partner and key in (PARTNER, CENTRE) else Absence.UNKNOWN


def _is_listed(key: str, code: str, known: KnownNames) -> bool:
    """Whether a code is one of a list, if the list was asked for."""
    if key == CENTRE:
        return known.named_centres is None or code in known.named_centres
    if key == NATIONALITY or key not in known.choices:
        return True
    return any(choice.code == code for choice in known.choices[key])

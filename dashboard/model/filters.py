"""What the figures can be narrowed to: each filter's key in the address and place in the API."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COUNTRY = "country"
NATIONALITY = "nationality"
#: What the map and the table can be grouped by; the other of the two only narrows.
GROUPINGS = (COUNTRY, NATIONALITY)

CHANNELS = ("DIRECT", "PARTNER_PORTAL", "PARTNER_CENTRE", "PARTNER_GROUP")


#: Of one filter at a time: so many lines or rows can still be told apart.
MOST_VALUES = 20


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its key, its field in ``VolumeWhere``, and what a value of it looks like."""

    key: str
    field: str
    shape: str

    def reads(self, value: str | None) -> str:
        """The codes in a value, with commas between; what is no code is not asked for."""
        codes = dict.fromkeys((value or "").split(","))
        return ",".join([code for code in codes if re.fullmatch(self.shape, code)][:MOST_VALUES])


FILTERS = (
    Filter(COUNTRY, "countries", "[A-Z]{2}"),
    Filter(NATIONALITY, "nationalities", "[A-Z]{2}"),
    Filter("partner", "partners", "[A-Z0-9-]{1,20}"),
    Filter("visa", "visaTypes", "[A-Z0-9]{1,8}"),
    Filter("channel", "channels", "|".join(CHANNELS)),
)


def condition(values: Mapping[str, Sequence[str]], *, without: str = "") -> dict[str, Any]:
    """The filters that have a value as a ``VolumeWhere``, all but one."""
    return {
        each.field: list(values[each.key])
        for each in FILTERS
        if values[each.key] and each.key != without
    }

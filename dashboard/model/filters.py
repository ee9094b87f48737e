"""What the figures can be narrowed to: each filter's key in the address and place in the API."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COUNTRY = "country"
NATIONALITY = "nationality"
#: What the map and the table can be grouped by; the other of the two only narrows.
GROUPINGS = (COUNTRY, NATIONALITY)

CHANNELS = ("DIRECT", "PARTNER_PORTAL", "PARTNER_CENTRE", "PARTNER_GROUP")


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its key, its field in ``VolumeWhere``, and what a value of it looks like."""

    key: str
    field: str
    shape: str

    def reads(self, value: str | None) -> str:
        """The value if it can be one, else none: what is no code is not asked for."""
        return value if value and re.fullmatch(self.shape, value) else ""


FILTERS = (
    Filter(COUNTRY, "countries", "[A-Z]{2}"),
    Filter(NATIONALITY, "nationalities", "[A-Z]{2}"),
    Filter("partner", "partners", "[A-Z0-9-]{1,20}"),
    Filter("visa", "visaTypes", "[A-Z0-9]{1,8}"),
    Filter("channel", "channels", "|".join(CHANNELS)),
)


def condition(values: Mapping[str, str], *, without: str = "") -> dict[str, Any]:
    """The filters that have a value as a ``VolumeWhere``, all but one."""
    return {
        each.field: [values[each.key]]
        for each in FILTERS
        if values[each.key] and each.key != without
    }

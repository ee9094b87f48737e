"""What the figures can be narrowed to and grouped by, in the address and in the API."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COUNTRY = "country"
NATIONALITY = "nationality"
PARTNER = "partner"
CENTRE = "centre"
VISA = "visa"
PURPOSE = "purpose"
CHANNEL = "channel"

CHANNELS = ("DIRECT", "PARTNER_PORTAL", "PARTNER_CENTRE", "PARTNER_GROUP")
PURPOSES = ("TOURISM", "BUSINESS", "INVESTMENT", "GOVERNMENT", "TRANSIT")
#: The channel that no partner works in.
DIRECT = "DIRECT"
#: Values of one filter: nobody can tell more lines than this apart in one picture.
MOST_VALUES = 8
#: Between values in an address; a browser leaves it as it is.
SEPARATOR = ","


@dataclass(frozen=True, slots=True)
class Filter:
    """One dimension: its key in the address, its names in the API, and what a code looks like."""

    key: str
    #: In ``VolumeWhere``.
    where: str
    #: In ``VolumeDimension``.
    dimension: str
    #: In ``VolumeRow``.
    field: str
    shape: str
    #: Its codes where they are words of a closed list, which the texts translate.
    words: tuple[str, ...] = ()

    def reads(self, value: str | None) -> tuple[str, ...]:
        """The codes in a value of an address: anything else is dropped."""
        codes = dict.fromkeys((value or "").split(SEPARATOR))
        return tuple(code for code in codes if re.fullmatch(self.shape, code))[:MOST_VALUES]


FILTERS = (
    Filter(COUNTRY, "country", "COUNTRY", "country", "[A-Z]{2}"),
    Filter(NATIONALITY, "nationality", "NATIONALITY", "nationality", "[A-Z]{2}"),
    Filter(PARTNER, "partner", "PARTNER", "partner", "[A-Z0-9-]{1,20}"),
    Filter(CENTRE, "centre", "CENTRE", "centre", "[A-Z0-9-]{1,20}"),
    Filter(VISA, "visaType", "VISA_TYPE", "visaType", "[A-Z0-9]{1,8}"),
    Filter(PURPOSE, "tripPurpose", "TRIP_PURPOSE", "tripPurpose", "|".join(PURPOSES), PURPOSES),
    Filter(CHANNEL, "channel", "CHANNEL", "channel", "|".join(CHANNELS), CHANNELS),
)
FILTER = {each.key: each for each in FILTERS}
#: What the table, the map and the trend can be grouped by; a map needs one of the first two.
GROUPINGS = tuple(FILTER)
ON_MAP = (COUNTRY, NATIONALITY)


def condition(values: Mapping[str, Sequence[str]], *, without: str = "") -> dict[str, Any]:
    """The filters that have a value as a ``VolumeWhere``, all but one."""
    return {
        each.where: {"in": list(values[each.key])}
        for each in FILTERS
        if values[each.key] and each.key != without
    }

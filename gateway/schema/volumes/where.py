"""The condition of `volumes`: which values of each dimension are counted."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import strawberry

from gateway.errors import ArgumentError
from gateway.mapping.arguments import raise_first
from gateway.mapping.filters import (
    GivenWhere,
    VolumeFilter,
    VolumeWordFilter,
    comparisons_of,
    given_filters,
    mistakes_in_filters,
    values_left,
)
from gateway.mapping.scalars import CountryCode
from gateway.strawberry_bridge import to_camel_case
from models.vocabulary import Channel, TripPurpose
from models.volumes import Dimension

#: The closed lists of words that are counted apart.
_WORDS: Mapping[Dimension, type[StrEnum]] = {
    Dimension.TRIP_PURPOSE: TripPurpose,
    Dimension.CHANNEL: Channel,
}


def _filter(description: str) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description)


def _name(dimension: Dimension) -> str:
    return to_camel_case(dimension.name.lower())


@strawberry.input(description="Narrows what is counted; all that is given must hold.")
class VolumeWhere:
    country: VolumeFilter[CountryCode] | None = _filter("Partner countries.")
    nationality: VolumeFilter[CountryCode] | None = _filter("Nationalities.")
    partner: VolumeFilter[str] | None = _filter("Partners.")
    centre: VolumeFilter[str] | None = _filter("Visa centres.")
    visa_type: VolumeFilter[str] | None = _filter("Visa types.")
    trip_purpose: VolumeWordFilter[TripPurpose] | None = _filter("Purposes of the trip.")
    channel: VolumeWordFilter[Channel] | None = _filter("Channels.")

    def filters(self) -> dict[Dimension, Any]:
        return {
            Dimension.COUNTRY: self.country,
            Dimension.NATIONALITY: self.nationality,
            Dimension.PARTNER: self.partner,
            Dimension.CENTRE: self.centre,
            Dimension.VISA_TYPE: self.visa_type,
            Dimension.TRIP_PURPOSE: self.trip_purpose,
            Dimension.CHANNEL: self.channel,
        }

    def comparisons(self) -> GivenWhere:
        """Those of each filter that is given."""
        return given_filters(
            {_name(dimension): comparisons_of(each) for dimension, each in self.filters().items()}
        )

    def mistakes(self) -> Iterator[ArgumentError]:
        return mistakes_in_filters(self.comparisons())

    def conditions(self) -> Iterator[tuple[Dimension, tuple[str, ...]]]:
        """The values of each dimension. Raises FieldError with INVALID_INPUT for a mistake."""
        given = self.comparisons()
        raise_first(mistakes_in_filters(given))
        for dimension in Dimension:
            values = values_left(given.get(_name(dimension), {}), _WORDS.get(dimension))
            if values is not None:
                yield dimension, tuple(str(value) for value in values)

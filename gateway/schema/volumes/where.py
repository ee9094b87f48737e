"""The condition of `volumes`: which values of each dimension are counted."""

from collections.abc import Iterator
from typing import Any

import strawberry

from gateway.errors import ArgumentError
from gateway.mapping.arguments import raise_first
from gateway.mapping.filters import (
    VolumeFilter,
    VolumeWordFilter,
    mistakes_in_filters,
    values_of,
)
from gateway.mapping.scalars import CountryCode
from models.vocabulary import Channel
from models.volumes import Dimension


def _narrowing(description: str) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description)


@strawberry.input(description="Narrows what is counted; all that is given must hold.")
class VolumeWhere:
    country: VolumeFilter[CountryCode] | None = _narrowing("Partner countries.")
    nationality: VolumeFilter[CountryCode] | None = _narrowing("Nationalities.")
    partner: VolumeFilter[str] | None = _narrowing("Partners.")
    centre: VolumeFilter[str] | None = _narrowing("Visa centres.")
    visa_type: VolumeFilter[str] | None = _narrowing("Visa types.")
    channel: VolumeWordFilter[Channel] | None = _narrowing("Channels.")

    def filters(self) -> dict[Dimension, Any]:
        return {
            Dimension.COUNTRY: self.country,
            Dimension.NATIONALITY: self.nationality,
            Dimension.PARTNER: self.partner,
            Dimension.CENTRE: self.centre,
            Dimension.VISA_TYPE: self.visa_type,
            Dimension.CHANNEL: self.channel,
        }

    def mistakes(self) -> Iterator[ArgumentError]:
        named = [(each.name.lower(), filter_) for each, filter_ in self.filters().items()]
        return mistakes_in_filters(named)

    def conditions(self) -> Iterator[tuple[Dimension, tuple[str, ...]]]:
        """The values of each dimension. Raises FieldError with INVALID_INPUT for a mistake."""
        raise_first(self.mistakes())
        for dimension, filter_ in self.filters().items():
            if filter_ is not strawberry.UNSET:
                words = Channel if dimension is Dimension.CHANNEL else None
                values = values_of(filter_, words)
                if values is not None:
                    yield dimension, tuple(str(value) for value in values)

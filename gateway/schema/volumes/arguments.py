"""What the arguments of `volumes` ask for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import strawberry

from gateway.access.fields import is_readable, reads_only_published, reads_published
from gateway.errors import ArgumentError, ErrorCode
from gateway.mapping.arguments import FieldArguments, Parsing
from gateway.mapping.enums import VolumeDimension
from gateway.mapping.filters import (
    VolumeFilter,
    VolumeWordFilter,
    given_filters,
    mistakes_in_filters,
    values_left,
)
from gateway.mapping.scalars import CountryCode
from gateway.schema.volumes.measures import MEASURES
from gateway.schema.volumes.outcomes import outcome_mistakes
from gateway.schema.volumes.published import published_mistakes
from gateway.schema.volumes.selection import NETWORK
from gateway.strawberry_bridge import to_camel_case
from models.vocabulary import Channel, Region, Role, TripPurpose
from models.volumes import Dimension, Period, Question

LONGEST_WINDOW = timedelta(days=3_660)
_EARLIEST = date(2000, 1, 1)
_LATEST = date(2100, 1, 1)
#: The closed lists of words that are counted apart.
_WORDS: Mapping[Dimension, type[StrEnum]] = {
    Dimension.REGION: Region,
    Dimension.TRIP_PURPOSE: TripPurpose,
    Dimension.CHANNEL: Channel,
}


def _filter(description: str) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description)


@strawberry.input(description="Narrows what is counted; all that is given must hold.")
class VolumeWhere:
    region: VolumeWordFilter[Region] | None = _filter("Regions of partner countries.")
    country: VolumeFilter[CountryCode] | None = _filter("Partner countries.")
    nationality: VolumeFilter[CountryCode] | None = _filter("Nationalities.")
    partner: VolumeFilter[str] | None = _filter("Partners.")
    centre: VolumeFilter[str] | None = _filter("Visa centres.")
    visa_type: VolumeFilter[str] | None = _filter("Visa types.")
    trip_purpose: VolumeWordFilter[TripPurpose] | None = _filter("Purposes of the trip.")
    channel: VolumeWordFilter[Channel] | None = _filter("Channels.")


class AskedVolumes(NamedTuple):
    """What the arguments of `volumes` ask for."""

    question: Question
    published: bool


def parse_volumes(arguments: FieldArguments) -> Parsing[AskedVolumes]:
    """What the arguments of `volumes` ask for."""
    values, role = arguments.values, arguments.context.viewer.role
    group_by = values["groupBy"]
    mistakes = [*window_mistakes(values["from"], values["to"]), *_group_mistakes(group_by)]
    yield from mistakes
    where = yield from parse_where(values.get("where"))
    periods = [Period[group] for group in group_by if group in Period.__members__]
    asked = AskedVolumes(
        Question(
            values["from"],
            values["to"],
            dimensions=tuple(
                Dimension[group] for group in group_by if group in Dimension.__members__
            ),
            period=periods[0] if periods else None,
            where=where,
            measures=frozenset(MEASURES[name] for name in MEASURES.keys() & arguments.selected),
        ),
        values.get("published") or reads_only_published(role),
    )
    if not mistakes:
        has_network = NETWORK in arguments.selected
        yield from _question_mistakes(*asked, role, with_network=has_network)
    return asked


def parse_where(values: Any) -> Parsing[dict[Dimension, tuple[str, ...]]]:
    """The values of each dimension that is narrowed, from the coerced values of a `where`."""
    given = given_filters(values)
    yield from mistakes_in_filters(given)
    narrowed = {
        dimension: values_left(given[name], _WORDS.get(dimension))
        for dimension in Dimension
        if (name := to_camel_case(dimension.name.lower())) in given
    }
    return {
        dimension: tuple(str(value) for value in values)
        for dimension, values in narrowed.items()
        if values is not None
    }


def _question_mistakes(
    question: Question, published: bool, role: Role, *, with_network: bool
) -> Iterator[ArgumentError]:
    """Why a role gets no answer to a question."""
    forbidden = list(forbidden_dimensions(question, role))
    yield from forbidden
    if forbidden:
        return
    if not published:
        yield from outcome_mistakes(question, role, with_network=with_network)
    elif not reads_published(role):
        yield ArgumentError(
            ("published",),
            f"The role {role} reads the exact figures, and no published ones. Leave it out.",
        )
    else:
        yield from published_mistakes(question, with_network=with_network)


def forbidden_dimensions(question: Question, role: Role) -> Iterator[ArgumentError]:
    """FORBIDDEN_FIELD for each dimension that the role may not read."""
    for argument, dimensions in (("groupBy", question.dimensions), ("where", question.where)):
        for dimension in dimensions:
            name = to_camel_case(dimension.name.lower())
            if not is_readable("VolumeRow", name, role):
                coordinate = f"VolumeRow.{name}"
                yield ArgumentError(
                    (argument,),
                    f"The role {role} does not read {coordinate}.",
                    ErrorCode.FORBIDDEN_FIELD,
                    {"coordinate": coordinate},
                )


def parse_window(arguments: FieldArguments) -> Parsing[None]:
    """Looks at the window of a field."""
    yield from window_mistakes(arguments.values["from"], arguments.values["to"])


def window_mistakes(from_on: date, to_on: date) -> Iterator[ArgumentError]:
    """What is wrong with a window of days, both inclusive."""
    for name, day in (("from", from_on), ("to", to_on)):
        if not _EARLIEST <= day < _LATEST:
            yield ArgumentError(
                (name,),
                f"`{name}` must be a day from {_EARLIEST} to {_LATEST - timedelta(days=1)}.",
            )
    if to_on < from_on:
        yield ArgumentError(("to",), "`to` is before `from`. Give the same day or a later one.")
    elif to_on - from_on > LONGEST_WINDOW:
        yield ArgumentError(
            ("to",), f"`to` is at most {LONGEST_WINDOW.days} days after `from`: ten years."
        )


def _group_mistakes(group_by: Sequence[VolumeDimension]) -> Iterator[ArgumentError]:
    if len(set(group_by)) < len(group_by):
        yield ArgumentError(("groupBy",), "`groupBy` names a dimension twice. Name it once.")
    if len({group for group in group_by if group in Period.__members__}) > 1:
        yield ArgumentError(("groupBy",), "`groupBy` takes at most one period.")

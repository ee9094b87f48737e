"""Where each country lies, so that even the smallest can carry a circle on the map."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A point inside a country."""

    latitude: float
    longitude: float
    #: Too small on a map of the world to be read as an area.
    is_small: bool = False
    #: Its edges in the west, south, east and north as a map of the world draws it; longitudes count
    #: on from the edge of the map. A small place has none.
    extent: tuple[float, float, float, float] | None = None


@cache
def places() -> Mapping[str, MapPlace]:
    """Places by ISO 3166 code (``places.csv``; its source stands in ``README.md``)."""
    source = (resources.files("dashboard.model.places") / "places.csv").read_text("utf-8")
    return MappingProxyType(
        {
            row["code"]: MapPlace(
                float(row["latitude"]),
                float(row["longitude"]),
                row["is_small"] == "yes",
                _extent(*(row[edge] for edge in ("west", "south", "east", "north"))),
            )
            for row in csv.DictReader(source.splitlines())
        }
    )


def _extent(
    west: str, south: str, east: str, north: str
) -> tuple[float, float, float, float] | None:
    return (float(west), float(south), float(east), float(north)) if west else None

"""Where each country lies, so that even the smallest can carry a circle on the map."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Place:
    """A point inside a country."""

    latitude: float
    longitude: float
    #: Too small on a map of the world to be read as an area.
    is_small: bool = False


@cache
def places() -> Mapping[str, Place]:
    """Places by ISO 3166 code (``places.csv``; its source stands in ``README.md``)."""
    source = (resources.files("dashboard.model.places") / "places.csv").read_text("utf-8")
    return MappingProxyType(
        {
            row["code"]: Place(
                float(row["latitude"]), float(row["longitude"]), row["is_small"] == "yes"
            )
            for row in csv.DictReader(source.splitlines())
        }
    )

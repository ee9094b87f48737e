"""The reference season: how much of a year's applications comes in each month, by country.

`season.csv` holds the monthly index of 2017-2019 for 112 countries and territories, derived from
published statistics of arrivals in Indonesia; its mean over a year is 1. Countries without one have
an even year. Two or three years of an office's own figures are too few to separate a season from
chance.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("season.csv")
_EVEN = (1.0,) * 12


@cache
def seasons() -> dict[str, tuple[float, ...]]:
    """The index of each country, from January on."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: tuple(float(row[f"s{month:02}"]) for month in range(1, 13))
            for row in csv.DictReader(file)
        }


def season_of(countries: Mapping[str, int]) -> tuple[float, ...]:
    """The index of several countries together, by their numbers of applications."""
    total = sum(countries.values())
    if not total:
        return _EVEN
    indices = seasons()
    return tuple(
        sum(count * indices.get(code, _EVEN)[month] for code, count in countries.items()) / total
        for month in range(12)
    )

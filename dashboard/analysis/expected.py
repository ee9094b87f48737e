"""What is expected of the coming months: a range from trend and season, and how often past
months fell into it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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


Floats = NDArray[np.float64]

#: How many months are forecast, and the share of them that a range should contain.
AHEAD, LEVEL = 3, 0.8
#: Months that a forecast needs behind it, and forecasts that a range needs behind it.
LEAST_MONTHS, LEAST_FORECASTS = 6, 6
#: A month with fewer applications is too small to expect anything of.
FEWEST = 10

#: Candidate parameters: how fast level and trend follow the data, and how soon the trend dies away.
_LEVELS, _TRENDS, _DAMPINGS = (0.2, 0.4, 0.6, 0.8, 1.0), (0.0, 0.05, 0.15), (0.8, 0.9)
_A, _B, _PHI = (grid.ravel() for grid in np.meshgrid(_LEVELS, _TRENDS, _DAMPINGS, indexing="ij"))


class ExpectedRange(NamedTuple):
    """The range of one month: between ``low`` and ``high``, most likely ``middle``."""

    low: float
    middle: float
    high: float


class HitRate(NamedTuple):
    """How many past months fell into their expected range, and how many there were."""

    inside: int
    months: int


@dataclass(frozen=True)
class Outlook:
    """The coming months, from one month ahead on, and the past ranges of one month ahead."""

    coming: tuple[ExpectedRange, ...]
    #: One for each past month, None where too little lay before it.
    past: tuple[ExpectedRange | None, ...]
    #: Over all horizons.
    held: HitRate


def outlook(counts: Sequence[int], season: Sequence[float], first_month: int) -> Outlook | None:
    """The outlook after these months, the first of which is a ``first_month`` of 1 to 12.

    None where there are too few months, or too few applications in them.
    """
    if len(counts) < LEAST_MONTHS + LEAST_FORECASTS + AHEAD - 1:
        return None
    if np.mean(counts[-12:]) < FEWEST:
        return None
    months = np.arange(first_month - 1, first_month - 1 + len(counts) + AHEAD) % 12
    index = np.maximum(np.asarray(season, dtype=np.float64), 0.05)[months]
    logs = np.log((np.asarray(counts, dtype=np.float64) + 0.5) / index[: len(counts)])
    forecasts = _forecasts(logs)
    errors = _errors(forecasts, logs)
    coming = tuple(
        _range(
            forecasts[-1, step],
            _half(errors[: len(counts) - step - 1, step]),
            index[len(counts) + step],
        )
        for step in range(AHEAD)
    )
    inside = tried = 0
    past: list[ExpectedRange | None] = [None] * len(counts)
    for origin in range(len(counts) - 1):
        for step in range(min(AHEAD, len(counts) - 1 - origin)):
            # What was known then: the errors of forecasts whose month was over.
            known = errors[: origin - step, step] if origin > step else errors[:0, step]
            if np.isnan(forecasts[origin, step]) or np.sum(~np.isnan(known)) < LEAST_FORECASTS:
                continue
            month = origin + 1 + step
            width = _half(known)
            tried += 1
            inside += bool(abs(errors[origin, step]) <= width)
            if step == 0:
                past[month] = _range(forecasts[origin, step], width, index[month])
    return Outlook(coming, tuple(past), HitRate(inside, tried))


def _forecasts(logs: Floats) -> Floats:
    """At each month, the forecasts of the following ones, by what had fitted best until then."""
    level = np.full(_A.shape, logs[0])
    trend = np.zeros(_A.shape)
    missed = np.zeros(_A.shape)
    ahead = np.cumsum(_PHI[None, :] ** np.arange(1, AHEAD + 1)[:, None], axis=0)
    found = np.full((len(logs), AHEAD), np.nan)
    for month in range(len(logs)):
        if month:
            foreseen = level + _PHI * trend
            error = logs[month] - foreseen
            missed += np.abs(error)
            level = foreseen + _A * error
            trend = _PHI * trend + _A * _B * error
        if month + 1 >= LEAST_MONTHS:
            best = int(np.argmin(missed))
            found[month] = level[best] + ahead[:, best] * trend[best]
    return found


def _errors(forecasts: Floats, logs: Floats) -> Floats:
    """By month of origin and horizon, how far off a forecast was; nan where it is not known."""
    errors = np.full(forecasts.shape, np.nan)
    for step in range(AHEAD):
        errors[: -step - 1, step] = logs[step + 1 :] - forecasts[: -step - 1, step]
    return errors


def _half(errors: Floats) -> float:
    """The size that eight of ten errors keep within, the next one counted among them."""
    sizes = np.sort(np.abs(errors[~np.isnan(errors)]))
    rank = min(ceil(LEVEL * (len(sizes) + 1)), len(sizes))
    return float(sizes[rank - 1])


def _range(middle: float, half: float, season: float) -> ExpectedRange:
    low, most_likely, high = np.exp([middle - half, middle, middle + half]) * season - 0.5
    return ExpectedRange(max(float(low), 0.0), max(float(most_likely), 0.0), float(high))

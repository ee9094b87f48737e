"""What to expect of the coming months: level, trend and season, with ranges from past errors.

The season is that of published arrivals (``season.csv``); level and trend are damped exponential
smoothing. A range is as wide as eight of ten past forecasts were off, counted on the logarithm.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.findings import special
from gateway.findings.rates import Interval

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

#: How many months are forecast, the first of which is under way, and the share of them that a
#: range should contain.
AHEAD, LEVEL = 4, 0.8
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
    forecasts = _forecasts(logs[None])
    errors = _errors(forecasts, logs[None])[0]
    forecasts = forecasts[0]
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


def coverage(
    series: Sequence[Sequence[int]], seasons: Sequence[Sequence[float]], first: int
) -> list[HitRate]:
    """How often the ranges of each of these series held, all of the same months.

    ``first`` is the first month, of 1 to 12. Months that are known for all of a series alone count.
    """
    counts = np.asarray(series, dtype=np.float64)
    if not len(counts) or counts.shape[1] < LEAST_MONTHS + LEAST_FORECASTS + AHEAD - 1:
        return []
    months = np.arange(first - 1, first - 1 + counts.shape[1]) % 12
    index = np.maximum(np.asarray(seasons, dtype=np.float64), 0.05)[:, months]
    logs = np.log((counts + 0.5) / index)
    errors = np.abs(_errors(_forecasts(logs), logs))
    inside, tried = np.zeros(len(counts), dtype=int), 0
    for origin in range(counts.shape[1] - 1):
        for step in range(min(AHEAD, counts.shape[1] - 1 - origin)):
            known = errors[:, LEAST_MONTHS - 1 : max(origin - step, 0), step]
            if known.shape[1] < LEAST_FORECASTS:
                continue
            sizes = np.sort(known, axis=1)
            width = sizes[:, min(ceil(LEVEL * (sizes.shape[1] + 1)), sizes.shape[1]) - 1]
            tried += 1
            inside += errors[:, origin, step] <= width
    return [HitRate(int(each), tried) for each in inside]


def pooled(rates: Sequence[HitRate]) -> tuple[HitRate, Interval]:
    """All hit rates together, with the interval of 95 % that takes each series for one draw.

    Ranges of one series miss together, so their number says too much of what is known.
    """
    inside, tried = sum(each.inside for each in rates), sum(each.months for each in rates)
    share, clusters = inside / tried, len(rates)
    off = sum((each.inside - share * each.months) ** 2 for each in rates)
    spread = sqrt(off * clusters / (clusters - 1)) / tried
    half = float(special.stdtrit(clusters - 1, 0.975)) * spread
    return HitRate(inside, tried), Interval(max(share - half, 0.0), min(share + half, 1.0))


def _forecasts(logs: Floats) -> Floats:
    """Of each series, at each month, the forecasts of the following ones, by what had fitted best
    until then."""
    series, months = logs.shape
    level = np.repeat(logs[:, :1], len(_A), axis=1)
    trend, missed = np.zeros(level.shape), np.zeros(level.shape)
    ahead = np.cumsum(_PHI[None, :] ** np.arange(1, AHEAD + 1)[:, None], axis=0)
    found = np.full((series, months, AHEAD), np.nan)
    each = np.arange(series)
    for month in range(months):
        if month:
            foreseen = level + _PHI * trend
            error = logs[:, month, None] - foreseen
            missed += np.abs(error)
            level = foreseen + _A * error
            trend = _PHI * trend + _A * _B * error
        if month + 1 >= LEAST_MONTHS:
            best = np.argmin(missed, axis=1)
            steps = ahead[:, best].T * trend[each, best][:, None]
            found[:, month] = level[each, best][:, None] + steps
    return found


def _errors(forecasts: Floats, logs: Floats) -> Floats:
    """By series, month of origin and horizon, how far off a forecast was; nan where unknown."""
    errors = np.full(forecasts.shape, np.nan)
    for step in range(AHEAD):
        errors[:, : -step - 1, step] = logs[:, step + 1 :] - forecasts[:, : -step - 1, step]
    return errors


def _half(errors: Floats) -> float:
    """The size that eight of ten errors keep within, the next one counted among them."""
    sizes = np.sort(np.abs(errors[~np.isnan(errors)]))
    rank = min(ceil(LEVEL * (len(sizes) + 1)), len(sizes))
    return float(sizes[rank - 1])


def _range(middle: float, half: float, season: float) -> ExpectedRange:
    low, most_likely, high = np.exp([middle - half, middle, middle + half]) * season - 0.5
    return ExpectedRange(max(float(low), 0.0), max(float(most_likely), 0.0), float(high))

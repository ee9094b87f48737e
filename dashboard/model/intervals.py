"""The confidence interval of a share, and whether a figure rests on enough to say anything.

Three cases must not lead a list of thousands.
"""

from math import sqrt

from dashboard.model.measures import RELATIVE, Measure, MeasureKind
from dashboard.model.rows import Line, Reading

#: The standard normal's quantile of 97.5 %; and of 99.9 %, for naming one place among a hundred, of
#: which a few leave the first interval by chance.
Z95, Z_OF_MANY = 1.959963984540054, 3.09
#: Fewer decisions or applications than this make no rate and no percentile a finding.
ENOUGH = 30


#: Two shares, between which the rate lies with 95 % confidence.
_Ends = tuple[float, float]


def _wilson(share: float, n: float, z: float) -> _Ends:
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    centre, scale = share + z * z / (2 * n), 1 + z * z / n
    return max((centre - spread) / scale, 0.0), min((centre + spread) / scale, 1.0)


def has_enough(measure: Measure, reading: Reading) -> bool:
    """Whether a reading can be ranked, named in a title, or shaded on a map.

    Counts always can. A reading without a denominator has no interval.
    """
    if measure.kind not in RELATIVE:
        return True
    return reading.value is not None and (reading.whole or 0) >= ENOUGH


def interval(measure: Measure, reading: Reading, z: float = Z95) -> _Ends | None:
    """The 95% interval of a share (Wilson, 1927); None for anything that is no share."""
    if measure.kind is not MeasureKind.RATE or reading.value is None or not reading.whole:
        return None
    share, whole = reading.value, reading.whole
    if not 0 <= share <= 1:  # a ratio of what leaves to what comes is no share
        return None
    return _wilson(share, whole, z)


def surely_least(measure: Measure, reading: Reading) -> float:
    """What the value is at the least, with 95% certainty: to rank the largest first."""
    bounds = interval(measure, reading)
    return bounds[0] if bounds else reading.value or 0


def surely_most(measure: Measure, reading: Reading) -> float:
    """What the value is at the most, with 95% certainty: to rank the smallest first."""
    bounds = interval(measure, reading)
    return bounds[1] if bounds else reading.value or 0


def stands_out(measure: Measure, reading: Reading, whole: float, *, upwards: bool) -> bool:
    """Whether a share is beyond that of the whole, even as one of many that were looked at."""
    bounds = interval(measure, reading, Z_OF_MANY)
    if bounds is None:
        return False
    return bounds[0] > whole if upwards else bounds[1] < whole


def rank_rows(lines: list[Line], measure: Measure, *, falls: bool) -> list[Line]:
    """Rows with enough behind them, then those with little, then those without a value.

    Shares are ranked by the end of their interval: 5.8% of 3,000 stands before 8.8% of 34.
    """

    def place(line: Line) -> tuple[int, float, str]:
        reading = line[measure]
        if reading.value is None:
            return 2, 0, line.name or ""
        if not has_enough(measure, reading):
            return 1, -(reading.whole or 0), line.name or ""
        value = -surely_least(measure, reading) if falls else surely_most(measure, reading)
        return 0, value, line.name or ""

    return sorted(lines, key=place)

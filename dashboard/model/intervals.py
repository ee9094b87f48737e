"""Whether a figure rests on enough to say anything, and in which order figures stand.

The intervals of shares come from the gateway. Three cases must not lead a list of thousands.
"""

from dashboard.model.measures import RELATIVE, Measure
from dashboard.model.rows import Line, Reading

#: Fewer decisions or applications than this make no rate and no percentile a finding.
ENOUGH = 30


def has_enough(measure: Measure, reading: Reading) -> bool:
    """Whether a reading can be ranked, named in a title, or shaded on a map.

    Counts always can. A reading without a denominator cannot.
    """
    if measure.kind not in RELATIVE:
        return True
    return reading.value is not None and (reading.whole or 0) >= ENOUGH


def surely_least(reading: Reading) -> float:
    """What the value is at the least, with 95% certainty: to rank the largest first."""
    return reading.interval[0] if reading.interval else reading.value or 0


def surely_most(reading: Reading) -> float:
    """What the value is at the most, with 95% certainty: to rank the smallest first."""
    return reading.interval[1] if reading.interval else reading.value or 0


def stands_out(reading: Reading, whole: float, *, upwards: bool) -> bool:
    """Whether a share is beyond that of the whole, even as one of many that were looked at."""
    if reading.interval_of_many is None:
        return False
    low, high = reading.interval_of_many
    return low > whole if upwards else high < whole


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
        value = -surely_least(reading) if falls else surely_most(reading)
        return 0, value, line.name or ""

    return sorted(lines, key=place)

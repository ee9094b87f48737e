"""What is usual for a duration: the range in which the next month lies by chance alone."""

from collections.abc import Sequence
from math import exp, log, sqrt

from dashboard.analysis.attention import ENOUGH_MONTHS
from dashboard.analysis.intervals import Interval

#: Student's quantile of 99.9 %, by degrees of freedom: a range of 99.8 % has as much on each side.
STUDENT = (0.0, 318.31, 22.327, 10.215, 7.173, 5.893, 5.208, 4.785, 4.501, 4.297, 4.144, 4.025)
#: The narrowest range, in logarithms, even if the known months happened to be alike.
LEAST_SPREAD = 0.05


def usual_range(past: Sequence[float]) -> Interval | None:
    """The 99.8 % prediction range of the next of these durations, taken as lognormal.

    None where fewer months are known than limits need.
    """
    logs = [log(hours) for hours in past if hours > 0][1 - len(STUDENT) :]
    if len(logs) < ENOUGH_MONTHS:
        return None
    mean = sum(logs) / len(logs)
    variance = sum((each - mean) ** 2 for each in logs) / (len(logs) - 1)
    spread = max(sqrt(variance), LEAST_SPREAD) * sqrt(1 + 1 / len(logs))
    half = STUDENT[len(logs) - 1] * spread
    return Interval(exp(mean - half), exp(mean + half))

"""Classes of a map: at most five, each about as many places, with limits that people can read."""

from bisect import bisect_right
from collections.abc import Sequence
from math import floor, log10

from dashboard.model.measures import Better

MOST_CLASSES = 5
#: Sequential, in one hue, so every kind of colour vision tells them apart; the style sheet has
#: those for the night. Blue where more is only more: the strongest is the highest.
SHADES = ("#d6e8f1", "#9fcbe0", "#5fa8c8", "#2a7da4", "#0e4a68")
#: Brown where a direction is better: the strongest is always the worst.
WORSE_SHADES = ("#f7e6cc", "#eac387", "#d3944b", "#a9602a", "#6b3716")
_STEPS_OF_SPREAD = 15


def class_limits(values: Sequence[float]) -> tuple[float, ...]:
    """Where each class but the first begins; the first holds those of zero too, however many."""
    ordered = sorted(value for value in values if value > 0)
    if not ordered or min(values) == ordered[-1]:
        return ()
    inner = [ordered[len(ordered) * part // MOST_CLASSES] for part in range(1, MOST_CLASSES)]
    step = _readable((inner[-1] - inner[0]) / _STEPS_OF_SPREAD or ordered[-1] - min(values))
    rounded = {round(round(limit / step) * step, 10) for limit in inner}
    return tuple(sorted(limit for limit in rounded if min(values) < limit <= ordered[-1]))


def class_of(value: float, limits: Sequence[float]) -> int:
    """From zero up; a value that is a limit belongs to the class that begins there."""
    return bisect_right(limits, value)


def shades_of(limits: Sequence[float], better: Better = Better.NEITHER) -> tuple[str, ...]:
    """A shade for each class, from the weakest to the strongest, however few there are."""
    shades = SHADES if better is Better.NEITHER else WORSE_SHADES
    last = len(limits) or 1
    found = [shades[round(n * (MOST_CLASSES - 1) / last)] for n in range(len(limits) + 1)]
    return tuple(reversed(found)) if better is Better.HIGHER else tuple(found)


def _readable(rough: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    unit = 10.0 ** floor(log10(rough))
    return next(unit * size for size in (1, 2, 5, 10) if unit * size >= rough * 0.999)

"""Up or down, and why: against the same period of the year before, by exact contributions."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.analysis.contributions import (
    Contribution,
    RateChange,
    Share,
    TotalChange,
    rate_change,
    total_change,
)
from dashboard.analysis.intervals import wilson
from dashboard.figures.waterfall import Bar
from dashboard.model.measures import INTAKE, REFUSAL_RATE, TARGET_RATE, Measure
from dashboard.model.page_state import Address
from dashboard.model.rows import Reading
from dashboard.pages.today.answers import CaseCounts, Today
from dashboard.pages.today.findings import (
    Finding,
    group_name,
    signed_count,
    signed_points,
    volumes_link,
)
from dashboard.texts import Texts
from dashboard.texts.wording import change_of, count_text, list_text, percent_text, period_text

#: Groups that a sentence names, and that a picture has a bar for.
NAMED, DRAWN = 3, 7
#: Decimals of points that a reader adds up.
FINE = 2


@dataclass(frozen=True)
class ChangeBreakdown:
    """The change of one measure, broken down by one dimension."""

    today: Today
    address: Address
    measure: Measure
    dimension: str
    #: The one or the other, or neither where there is nothing to compare with.
    total: TotalChange | None
    rate: RateChange | None


def measures_of(today: Today) -> tuple[Measure, ...]:
    """What can be taken apart: no outcome where none was asked for."""
    return (INTAKE, TARGET_RATE, *((REFUSAL_RATE,) if today.has_outcomes else ()))


def change_from(today: Today, address: Address) -> ChangeBreakdown:
    """By the measure and the dimension that were chosen, if they can be had."""
    measure = address.measure_shown if address.measure_shown in measures_of(today) else INTAKE
    dimension = address.why
    now, before = today.now[dimension], today.before[dimension]
    total = rate = None
    if not today.has_before:
        pass
    elif measure is INTAKE:
        total = total_change(
            {key: cell.intake for key, cell in now.items()},
            {key: cell.intake for key, cell in before.items()},
        )
    else:
        rate = rate_change(
            {key: share_of(cell, measure) for key, cell in now.items()},
            {key: share_of(cell, measure) for key, cell in before.items()},
        )
    return ChangeBreakdown(today, address, measure, dimension, total, rate)


def share_of(cell: CaseCounts, measure: Measure) -> Share:
    """Decisions, and those that a rate counts."""
    return cell.timely if measure is TARGET_RATE else cell.refusals


def change_finding(change: ChangeBreakdown, say: Texts) -> Finding:
    """The sentence."""
    href = volumes_link(change.address, measure=change.measure.id, by=change.dimension)
    periods = say(
        "today.periods",
        now=period_text(change.today.period, say),
        before=period_text(change.today.period.year_before, say),
    )
    if change.measure is INTAKE:
        title, notes = _of_total(change, say)
    else:
        title, notes = _of_rate(change, say)
    return Finding(title, (*notes, periods), href)


def steps_of(change: ChangeBreakdown, say: Texts) -> tuple[list[Bar], Bar] | None:
    """The bars of the waterfall, the rest of the groups as one, and the whole change; None where
    nothing is compared, or no group moved."""
    if change.total:
        parts = [(part.key, float(part.change)) for part in change.total.contributions]
        whole, text = float(change.total.change), lambda size: signed_count(round(size), say)
    elif change.rate:
        parts = [(part.key, float(part.change)) for part in change.rate.contributions]
        whole, text = float(change.rate.change), lambda size: signed_points(size, say, FINE)
    else:
        return None
    moved = [(key, size) for key, size in parts if size]
    if not moved:
        return None
    drawn = moved[:DRAWN] if len(moved) > DRAWN + 1 else moved
    others = len(moved) - len(drawn)
    steps = [
        Bar(group_name(change.today, change.dimension, key, say), size, text(size))
        for key, size in drawn
    ]
    if others:
        rest = whole - sum(size for _, size in drawn)
        steps.append(Bar(say("today.others", count=count_text(others, say)), rest, text(rest)))
    return steps, Bar(say("today.whole_change"), whole, text(whole))


def _of_total(change: ChangeBreakdown, say: Texts) -> tuple[str, list[str]]:
    now = change.today.total(change.today.now).intake
    count = count_text(now, say)
    if change.total is None:
        return say("today.intake_alone", count=count), [say("today.nothing_before")]
    found = change_of(INTAKE, Reading(now), Reading(change.total.before), say)
    direction = "same" if not change.total.change else found.direction if found else "up"
    if direction == "same":
        key = "today.intake_steady" if change.total.change else "today.intake_same"
        title = say(key, count=count)
    else:
        size = found.size if found else count_text(abs(change.total.change), say)
        title = say(f"today.intake_{direction}", count=count, change=size)
    return title, [
        *_reasons(change, change.total, say),
        say(
            "today.sum",
            change=signed_count(change.total.change, say),
            before=count_text(change.total.before, say),
        ),
    ]


def _reasons(change: ChangeBreakdown, total: TotalChange, say: Texts) -> list[str]:
    """Who moved it furthest, and who furthest the other way; of nothing moved, nothing."""
    leading = total.find_leading(NAMED)
    if not leading:
        return []
    direction = "up" if total.change > 0 else "down"
    reasons = [say(f"today.because_{direction}", groups=_names(change, leading, say))]
    if against := total.find_opposing(1):
        reasons.append(say(f"today.against_{direction}", groups=_names(change, against, say)))
    return reasons


def _names(change: ChangeBreakdown, parts: Sequence[Contribution], say: Texts) -> str:
    return list_text(
        [
            f"{group_name(change.today, change.dimension, part.key, say)}"
            f" ({signed_count(part.change, say)})"
            for part in parts
        ],
        say,
    )


def _of_rate(change: ChangeBreakdown, say: Texts) -> tuple[str, list[str]]:
    share = share_of(change.today.total(change.today.now), change.measure)
    name = say(f"measures.{change.measure.id}.label")
    if not share.n:
        return say("today.rate_nothing", measure=name), []
    rate = share.cases / share.n
    low, high = wilson(share.cases, share.n)
    basis = say(
        "today.basis",
        count=count_text(share.n, say),
        low=percent_text(low, say),
        high=percent_text(high, say),
    )
    if change.rate is None:
        title = say("today.rate_alone", measure=name, rate=percent_text(rate, say))
        return title, [basis, say("today.nothing_before")]
    moved = change_of(change.measure, Reading(rate), Reading(float(change.rate.before)), say)
    direction = moved.direction if moved else "same"
    title = say(
        f"today.rate_{direction}",
        measure=name,
        rate=percent_text(rate, say),
        change=moved.size if moved else "",
    )
    split = say(
        "today.split",
        by=say(f"today.by_{change.dimension}"),
        rate=signed_points(float(change.rate.rate), say, FINE),
        mix=signed_points(float(change.rate.mix), say, FINE),
    )
    return title, [split, basis]

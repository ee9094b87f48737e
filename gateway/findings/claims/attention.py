"""Who needs attention: what is worse than elsewhere, or than its own past, apart from what is
better; and neither where chance alone would bring as many."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from gateway.findings.claim import (
    Claim,
    FindingDirection,
    FindingKind,
    FindingNumberName,
    FindingTopic,
    FindingUnit,
    Number,
    count_number,
    limits_number,
    share_number,
)
from gateway.findings.claims.watched import (
    ENOUGH,
    Watched,
    beside_others,
    beside_own_past,
    handovers,
    judged_months,
    limits_claim,
    place_funnel,
    share_limits,
)
from gateway.findings.figures import Figures, counts_of
from gateway.findings.outliers import Count, Funnel, control_chart, standing_out
from gateway.findings.wording import (
    Says,
    all_of,
    count,
    listed,
    month,
    name,
    named_first,
    percent,
    text,
)
from models.volumes import Dimension, Measure

#: What is looked at, side by side: late decisions, refusals, requests for information.
SHARES = (Measure.TARGET_RATE, Measure.REFUSAL_RATE, Measure.INFO_REQUEST_RATE)
#: Places that a sentence names.
NAMED = 3
#: Last months that are listed, the least likely first.
MOST_MONTHS = 100

_N, _D = FindingNumberName, FindingDirection


def attention_claims(figures: Figures) -> Iterator[Claim]:
    """Who stands out, then each place, the limits around them, and all months together."""
    measures = [each for each in SHARES if each is not Measure.REFUSAL_RATE or figures.has_outcomes]
    funnels = {measure: place_funnel(figures, measure) for measure in measures}
    beside = [
        beside_others(figures, measure, point, funnel_)
        for measure, funnel_ in funnels.items()
        for point in funnel_.points
    ]
    months = list(beside_own_past(figures, measures))
    high, low = (
        _standing_out([each for each in (*beside, *months) if each.is_high is is_high], looked)
        for looked in [len(beside) + judged_months(figures, measures)]
        for is_high in (True, False)
    )
    yield _summary(figures, funnels, high, low)
    named = {id(each.claim) for each in high + low}
    for each in (*beside, *sorted(months, key=lambda month: month.chance)[:MOST_MONTHS]):
        if each.claim.kind is FindingKind.PLACE or id(each.claim) in named:
            yield _judged(each, is_named=id(each.claim) in named)
    yield from handovers(figures)
    for measure, funnel_ in funnels.items():
        for limits in funnel_.limits():
            yield limits_claim(figures, measure, limits, funnel_)
    yield from _months(figures, measures)


def _standing_out(found: Sequence[Watched], looked: int) -> list[Watched]:
    """Of one side, those that chance does not explain, the least likely first."""
    chances = [each.chance for each in found] + [1.0] * max(looked - len(found), 0)
    named = [found[at] for at in standing_out(chances) if at < len(found)]
    return sorted(named, key=lambda each: (each.chance, -(each.claim.numbers[0].n or 0)))


def _direction(measure: Measure, *, is_high: bool) -> FindingDirection:
    """More late decisions, requests and hours are worse; more refusals are more."""
    if measure is Measure.REFUSAL_RATE:
        return _D.UP if is_high else _D.DOWN
    return _D.WORSE if is_high else _D.BETTER


def _judged(each: Watched, *, is_named: bool) -> Claim:
    """The claim with its verdict, which only all of them together give."""
    if not is_named:
        return each.claim
    direction = _direction(each.measure, is_high=each.is_high)
    return replace(each.claim, direction=direction, is_concern=each.is_high)


# All together --------------------------------------------------------------------------------


def _summary(
    figures: Figures,
    funnels: dict[Measure, Funnel],
    high: Sequence[Watched],
    low: Sequence[Watched],
) -> Claim:
    asked, place = figures.asked, figures.asked.place
    judged = [point.count for point in funnels[Measure.TARGET_RATE].points]
    small = [
        code for code, cell in figures["places"].cells().items() if 0 < cell.decisions < ENOUGH
    ]
    places = dict.fromkeys(each.code for each in high)
    notes: list[Says] = [each.claim.sentence for each in high[:NAMED]]
    if len(judged) < 2 and not high:  # a single place has no others to compare with
        key, direction = "alone", _D.UNKNOWN
        notes.append(_altogether(figures))
    else:
        key, direction = ("worse", _D.WORSE) if high else ("none", _D.USUAL)
    if low:
        notes.append(text("attention.better", names=_listed(place, low)))
    if len(judged) >= 2:
        notes.append(text("attention.by_chance"))
    if small and len(judged) >= 2:
        notes.append(
            text("attention.small", small=_number(small, place), count=count(len(small)),
                 enough=count(ENOUGH))
        )  # fmt: skip
    return Claim(
        FindingTopic.ATTENTION,
        FindingKind.ATTENTION,
        text(
            f"attention.{key}",
            names=_listed(place, high),
            count=count(len(places)),
            judged=_number([each.key or None for each in judged], place),
            all=_all(judged, place),
            enough=count(ENOUGH),
            places=text(f"places.{place.name}", count=count(len(judged) + 2)),
        ),
        figures["places"].question,
        direction,
        days=(asked.from_on, asked.until),
        numbers=(
            count_number(_N.STANDING_OUT, len(places)),
            count_number(_N.JUDGED, len(judged)),
        ),
        is_concern=bool(high),
        notes=tuple(notes),
    )


def _listed(place: Dimension, found: Sequence[Watched]) -> Says:
    """Each place once, with what it stands out by."""
    by_place: dict[str | None, list[Watched]] = {}
    for each in found:
        by_place.setdefault(each.code, []).append(each)
    return named_first(
        [
            text(
                "with_size",
                name=name(place, code),
                size=listed(
                    text(f"{'more' if each.is_high else 'fewer'}_of.{each.measure.value}")
                    for each in {each.measure: each for each in of_place}.values()
                ),
            )
            for code, of_place in by_place.items()
        ],
        NAMED,
    )


def _all(counts: Sequence[Count], place: Dimension) -> Says:
    """All places; what has no place is none of them."""
    named = [each for each in counts if each.key]
    places = all_of(len(named), place)
    if len(named) == len(counts):
        return places
    return text("and_besides", places=places, besides=text(f"besides.{place.name}"))


def _number(codes: Sequence[str | None], place: Dimension) -> Says:
    """How many places; what has no place is named beside them without being one."""
    named = count(len([each for each in codes if each]))
    places = text("number", count=named, places=text(f"places.{place.name}", count=named))
    if None not in codes:
        return places
    return text("and_besides", places=places, besides=text(f"besides.{place.name}"))


def _altogether(figures: Figures) -> Says:
    """What can be said where nothing can be compared: how many of all were late."""
    whole = figures.total("places")
    if not whole.decisions:
        return text("nothing_decided")
    late = count(whole.decisions - whole.in_target)
    return text("attention.whole", cases=late, count=count(whole.decisions))


def _months(figures: Figures, measures: Sequence[Measure]) -> Iterator[Claim]:
    """All places together, month by month, each beside the months before it."""
    if "months" not in figures:
        return
    question = figures["months"].question
    cells = {each: counts_of(row) for each, row in figures["months"].months().items()}
    for measure in measures:
        if measure is Measure.INFO_REQUEST_RATE:
            continue
        counts = [cell.watched(each.isoformat(), measure) for each, cell in cells.items()]
        for point in control_chart(counts):
            starts_on = date.fromisoformat(point.count.key)
            is_high = point.is_alarming and point.excess > 0
            direction = _direction(measure, is_high=is_high) if point.is_alarming else _D.USUAL
            yield Claim(
                FindingTopic.ATTENTION,
                FindingKind.MONTH,
                text(
                    f"attention.month_of_all_{measure.value}",
                    month=month(starts_on),
                    rate=percent(point.count.rate),
                    count=count(point.count.n),
                    usual=percent(point.model.rate),
                ),
                question,
                direction,
                measure=measure,
                days=(starts_on, question.last_day_of(starts_on)),
                numbers=(
                    share_number(_N.NOW, point.count.cases, point.count.n),
                    Number(_N.OVERALL, FindingUnit.SHARE, point.model.rate),
                    limits_number(_N.CONTROL_LIMITS, share_limits(point, "alarm"), point.count.n),
                ),
                is_concern=is_high,
            )

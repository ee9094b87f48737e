"""Who needs attention: places outside the funnel, and months outside their own past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.analysis.attention import (
    WARNING,
    Count,
    Funnel,
    Point,
    control_chart,
    funnel,
    sudden_month,
)
from dashboard.model.measures import REFUSAL_RATE, TARGET_RATE
from dashboard.model.page_state import Address
from dashboard.pages.today.answers import NOWHERE, Today
from dashboard.pages.today.findings import Finding, all_text, volumes_link
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, list_text, month_text, percent_text

#: Places that a sentence names.
NAMED = 3
#: One refusal of two decisions is beyond any limit, and says nothing.
ENOUGH = 30


@dataclass(frozen=True)
class Attention:
    """The places beside each other, and each beside its own past."""

    today: Today
    address: Address
    #: Refusals, or decisions that were late.
    is_refusals: bool
    #: The places with enough decisions, and those with too few to be held against others.
    funnel: Funnel
    small: tuple[Count, ...]
    #: All places together.
    whole: Count
    #: Places whose last month is beyond the limits of its own past, the least likely first.
    sudden: tuple[tuple[str, Point], ...]
    #: All places together, month by month.
    chart: tuple[Point, ...]

    @property
    def kind(self) -> str:
        """In the keys of texts."""
        return "refusals" if self.is_refusals else "late"


def attention_from(today: Today, address: Address) -> Attention:
    """What is outside, by the figures of one answer."""
    is_refusals = today.has_outcomes and address.measure_shown is not TARGET_RATE
    months = dict(sorted(today.months.items()))
    counts = today.counts(today.places, is_refusals=is_refusals)
    whole = Count("", sum(each.n for each in counts), sum(each.cases for each in counts))
    return Attention(
        today,
        address,
        is_refusals,
        funnel([each for each in counts if each.n >= ENOUGH], whole.rate),
        tuple(each for each in counts if 0 < each.n < ENOUGH),
        whole,
        _sudden(today, is_refusals),
        control_chart(today.counts(months, is_refusals=is_refusals)),
    )


def _sudden(today: Today, is_refusals: bool) -> tuple[tuple[str, Point], ...]:
    last = today.last_month
    found: list[tuple[str, Point]] = []
    for code, months in today.place_months.items():
        point = sudden_month(today.counts(months, is_refusals=is_refusals))
        if last and point and point.count.key == last.isoformat():
            found.append((code, point))
    return tuple(
        sorted(found, key=lambda each: each[1].model.tail(each[1].count.n, each[1].count.cases))
    )


def place_names(today: Today, say: Texts) -> Mapping[str, str]:
    """The names of places, and what to call what has none."""
    return {**today.names["place"], NOWHERE: say(f"today.nowhere_{today.place}")}


def attention_finding(attention: Attention, say: Texts) -> Finding:
    """The sentence: who stands out among the others, and whose last month does from its past."""
    kind, place = attention.kind, attention.today.place
    outside, points = attention.funnel.outside, attention.funnel.points
    names = place_names(attention.today, say)
    if len(points) < 2:  # a single place has no others to compare with
        places = say(f"today.places_{place}", count=count_text(len(points) + 2, say))
        alone = say(f"today.none_judged_{kind}", places=places, enough=str(ENOUGH))
        return Finding(alone, tuple(_whole_text(attention, say)))
    judged = [point.count for point in points]
    if not outside:
        title = say(f"today.none_outside_{kind}", all=_all_text(judged, place, say))
    else:
        listed = [
            say(
                f"today.{'more' if point.is_high else 'fewer'}_{kind}",
                name=names.get(point.count.key, point.count.key),
            )
            for point in outside[:NAMED]
        ]
        title = say(
            f"today.outside_{kind}" if len(outside) <= NAMED else f"today.outside_many_{kind}",
            names=list_text(listed, say),
            outside=count_text(len(outside), say),
            judged=_number_text(judged, place, say),
        )
    notes = [_first(attention, outside[0], names, say)] if outside else []
    notes += [_sudden_text(attention, names, say)]
    notes += [
        say(
            "today.by_chance",
            judged=_number_text(judged, place, say),
            expected=_expected_text(len(points) * (1 - WARNING), say),
        )
    ]
    if small := attention.small:
        how_many, text = count_text(len(small), say), _number_text(small, place, say)
        notes.append(say("today.small", small=text, count=how_many, enough=str(ENOUGH)))
    # Fewer late decisions than elsewhere concern nobody.
    concerns = [point for point in outside if attention.is_refusals or point.is_high]
    return Finding(title, tuple(notes), _href(attention), bool(concerns or attention.sudden))


def _all_text(counts: Sequence[Count], place: str, say: Texts) -> str:
    """All places; what has no place is none of them."""
    named = len([each for each in counts if each.key != NOWHERE])
    places = all_text(named, place, say)
    if named == len(counts):
        return places
    return say("today.and_besides", places=places, besides=say(f"today.besides_{place}"))


def _number_text(counts: Sequence[Count], place: str, say: Texts) -> str:
    """How many places; what has no place is counted with them without being one."""
    count, named = (
        count_text(number, say)
        for number in (len(counts), len([each for each in counts if each.key != NOWHERE]))
    )
    places = f"{named} {say(f'today.places_{place}', count=named)}"
    if named == count:
        return places
    together = say("today.and_besides", places=places, besides=say(f"today.besides_{place}"))
    return f"{count} ({together})"


def _whole_text(attention: Attention, say: Texts) -> list[str]:
    """What can be said where nothing can be compared: how many of all there were."""
    whole = attention.whole
    if not whole.n:
        return [say("today.nothing_decided")]
    values = {"cases": count_text(whole.cases, say), "count": count_text(whole.n, say)}
    return [say(f"today.whole_{attention.kind}", **values)]


def _expected_text(places: float, say: Texts) -> str:
    if places < 1:
        return say("today.less_than_one")
    return say("today.about", count=count_text(places, say))


def _first(attention: Attention, point: Point, names: Mapping[str, str], say: Texts) -> str:
    low, high = point.interval
    kind = attention.kind
    edge = point.warning.upper if point.is_high else point.warning.lower
    return say(
        f"today.{'above' if point.is_high else 'below'}_{kind}",
        name=names.get(point.count.key, point.count.key),
        rate=percent_text(point.count.rate, say),
        count=count_text(point.count.n, say),
        low=percent_text(low, say),
        high=percent_text(high, say),
        limit=percent_text(min(edge / point.count.n, 1.0), say),
        all=percent_text(attention.funnel.model.rate, say),
    )


def _sudden_text(attention: Attention, names: Mapping[str, str], say: Texts) -> str:
    last = attention.today.last_month or attention.today.period.to_on
    month = month_text(last, say)
    if not attention.sudden:
        return say("today.none_sudden", month=month)
    named = [
        say(
            "today.sudden_one",
            name=names.get(code, code),
            rate=percent_text(point.count.rate, say),
            count=count_text(point.count.n, say),
            usual=percent_text(point.model.rate, say),
        )
        for code, point in attention.sudden[:NAMED]
    ]
    return say("today.sudden", month=month, names=list_text(named, say))


def _href(attention: Attention) -> str:
    measure = REFUSAL_RATE if attention.is_refusals else TARGET_RATE
    place = attention.today.place
    return volumes_link(attention.address, by=place, measure=measure.id, sort=measure.id)

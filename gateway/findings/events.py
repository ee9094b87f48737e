"""Named events in a question: which decisions they touch, and how they are named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from gateway.findings.wording import Says, date_of, day, name, text
from models.volumes import Dimension, Measure, Question

_ONE_DAY = timedelta(days=1)
#: What is asked of the days of an event, by everybody who reads figures.
TIMELY = frozenset({Measure.DECISIONS, Measure.TARGET_RATE})
#: The most events of one question; the newest count.
MOST_EVENTS = 20


@dataclass(frozen=True, slots=True)
class EventInReach:
    """A named event, as the viewer reads it."""

    kind: str
    began_on: date
    ended_on: date
    #: None: it was everybody's.
    country: str | None = None
    #: False too for those who are not told.
    was_screening_out: bool = False

    def named(self, until: date) -> Says:
        """As "the outage of 20 June": with the year where it was more than a year ago."""
        kind = "SCREENING_OUTAGE" if self.was_screening_out else self.kind
        is_near = until - self.began_on < timedelta(365)
        began = day(self.began_on) if is_near else date_of(self.began_on)
        if self.country is None:
            return text(f"events.{kind}", day=began)
        where = name(Dimension.COUNTRY, self.country)
        return text("events.of_country", event=text(f"events.{kind}", day=began), country=where)


def questions_of_events(events: Sequence[EventInReach], question: Question) -> Iterator[Question]:
    """What to ask so that each decision of an event's days and country is counted once."""
    first, after = question.from_on, question.to_on + _ONE_DAY
    bounds = {first, after}
    for each in events:
        bounds |= {each.began_on, each.ended_on + _ONE_DAY}
    inside = sorted(bound for bound in bounds if first <= bound <= after)
    for begins, ends in pairwise(inside):
        there = [each for each in events if each.began_on <= begins <= each.ended_on]
        countries = _countries(there, question.where.get(Dimension.COUNTRY))
        if there and countries != ():
            narrowed = {Dimension.COUNTRY: countries} if countries else {}
            yield replace(
                question,
                measures=TIMELY,
                from_on=begins,
                to_on=ends - _ONE_DAY,
                where={**question.where, **narrowed},
            )


def _countries(
    events: Sequence[EventInReach], asked: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    """The countries that events are of, among those asked for; None where nothing narrows."""
    if any(each.country is None for each in events):
        return asked
    own = {each.country for each in events if each.country}
    return tuple(sorted(own if asked is None else own & {*asked}))

"""Named events in a question: each decision of their days is counted once, of their countries."""

from datetime import date

import pytest

from gateway.findings.events import EventInReach, questions_of_events
from gateway.findings.wording import Writer
from gateway.texts.language import Language
from models.volumes import Dimension, Measure, Question

QUESTION = Question(
    date(2026, 6, 1),
    date(2026, 6, 30),
    (Dimension.VISA_TYPE,),
    None,
    {},
    frozenset({Measure.DECISIONS}),
)


def asked(
    *events: EventInReach, countries: tuple[str, ...] | None = None
) -> list[tuple[int, int, object]]:
    """First and last day of each question, and the countries that it is narrowed to."""
    where = {Dimension.COUNTRY: countries} if countries else {}
    question = Question(
        QUESTION.from_on, QUESTION.to_on, QUESTION.dimensions, None, where, QUESTION.measures
    )
    return [
        (each.from_on.day, each.to_on.day, each.where.get(Dimension.COUNTRY))
        for each in questions_of_events(events, question)
    ]


def event(first: int, last: int, country: str | None = None, month: int = 6) -> EventInReach:
    return EventInReach("OUTAGE", date(2026, month, first), date(2026, 6, last), country)


def test_an_event_is_asked_about_on_its_own_days() -> None:
    assert asked(event(20, 29)) == [(20, 29, None)]
    assert asked() == []


def test_days_outside_the_window_are_left_out() -> None:
    assert asked(event(20, 5, month=5)) == [(1, 5, None)]


def test_a_day_of_two_events_is_counted_once() -> None:
    both = [(10, 14, None), (15, 16, None), (17, 20, None)]
    assert asked(event(10, 16), event(15, 20)) == both


def test_an_event_of_a_country_is_narrowed_to_it_unless_everybody_has_one_that_day() -> None:
    assert asked(event(10, 12, "AU"), event(12, 14)) == [
        (10, 11, ("AU",)),
        (12, 12, None),
        (13, 14, None),
    ]
    assert asked(event(10, 12, "AU"), event(11, 12, "SG")) == [
        (10, 10, ("AU",)),
        (11, 12, ("AU", "SG")),
    ]


def test_a_question_about_other_countries_is_not_touched_by_an_event_of_one() -> None:
    assert asked(event(10, 12, "AU"), countries=("SG",)) == []
    assert asked(event(10, 12, "AU"), countries=("AU", "SG")) == [(10, 12, ("AU",))]
    assert asked(event(10, 12), countries=("SG",)) == [(10, 12, ("SG",))]


@pytest.mark.parametrize(
    ("until", "country", "was_screening_out", "words"),
    [
        (date(2026, 6, 30), None, False, "the outage of 20 June"),
        (date(2027, 6, 19), None, False, "the outage of 20 June"),
        (date(2027, 6, 20), None, False, "the outage of 20 Jun 2026"),
        (date(2026, 6, 30), "AU", True, "the outage of screening of 20 June in AU"),
    ],
)
def test_an_event_is_named_by_its_day_and_from_a_year_on_with_the_year(
    until: date, country: str | None, was_screening_out: bool, words: str
) -> None:
    day = date(2026, 6, 20)
    named = EventInReach("OUTAGE", day, day, country, was_screening_out).named(until)
    assert named(Writer(Language.EN, lambda _, code, __: code)) == words

"""What claims make of figures that a reader can hold in mind: order, boundaries and directions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.findings.claim import Claim, FindingDirection, FindingKind
from gateway.findings.claims import coming
from gateway.findings.claims.attention import _standing_out, attention_claims
from gateway.findings.claims.waiting import waiting_claims
from gateway.findings.claims.watched import Watched
from gateway.findings.expected import HitRate
from gateway.findings.figures import AnsweredQuestion, Figures, FindingsQuestion
from gateway.findings.outliers import usual_range
from gateway.findings.wording import Writer
from gateway.texts.language import Language
from models.volumes import Dimension, Measure, Period, Question
from models.volumes.question import months_later

M, D = Measure, FindingDirection
TODAY = date(2026, 3, 10)
ASKED = FindingsQuestion(
    date(2025, 3, 1), date(2026, 2, 28), {}, Dimension.COUNTRY, Dimension.COUNTRY, TODAY,
    date(2020, 1, 1), is_partners=False,
)  # fmt: skip


def said(claim: Claim) -> list[str]:
    """The sentence and the notes in English, with codes for names."""
    writer = Writer(Language.EN, lambda _, code, __: code)
    return [says(writer) for says in (claim.sentence, *claim.notes)]


def answer(*rows: dict[Any, Any], of: Dimension | None = Dimension.COUNTRY) -> AnsweredQuestion:
    dimensions = (of,) if of else ()
    return AnsweredQuestion(Question(ASKED.from_on, ASKED.to_on, dimensions, Period.MONTH), rows)


def place(code: str | None, **figures: Any) -> dict[Any, Any]:
    return {Dimension.COUNTRY: code} | {Measure(name): value for name, value in figures.items()}


# --- What is asked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        (date(2025, 3, 1), date(2026, 2, 28), (date(2024, 3, 1), date(2025, 2, 28))),
        (date(2025, 2, 1), date(2025, 2, 28), (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2024, 2, 10), date(2024, 2, 28), (date(2023, 2, 10), date(2023, 2, 28))),
        (date(2026, 3, 1), date(2026, 3, 31), (date(2025, 3, 1), date(2025, 3, 10))),
    ],
)
def test_a_window_is_beside_the_same_days_of_the_year_before_where_all_are_known(
    first: date, last: date, before: tuple[date, date]
) -> None:
    asked = replace(ASKED, from_on=first, to_on=last, complete_from=before[0])
    assert asked.before == before
    assert asked.has_before
    assert not replace(asked, complete_from=before[0] + timedelta(1)).has_before


#: What is asked on 10 March 2026 about the year until February: days, period and breakdown.
QUESTIONS = """
now.VISA_TYPE     2025-03-01 2026-02-28 -     VISA_TYPE
before.VISA_TYPE  2024-03-01 2025-02-28 -     VISA_TYPE
now.COUNTRY       2025-03-01 2026-02-28 -     COUNTRY
before.COUNTRY    2024-03-01 2025-02-28 -     COUNTRY
places            2025-03-01 2026-02-28 -     COUNTRY
place_months      2025-02-01 2026-02-28 MONTH COUNTRY
visa_months       2025-02-01 2026-02-28 MONTH VISA_TYPE
months            2022-02-01 2026-02-28 MONTH -
country_months    2022-02-01 2026-02-28 MONTH COUNTRY
open              2026-03-10 2026-03-10 -     COUNTRY
oldest            2026-03-09 2026-03-09 -     -
pace              2026-02-10 2026-03-09 -     -
so_far            2026-03-01 2026-03-09 -     -
days              2026-01-13 2026-03-09 DAY   -
"""


def test_each_question_has_its_days_and_places_are_compared_with_all_others() -> None:
    where = {Dimension.COUNTRY: ("AU",), Dimension.VISA_TYPE: ("B1",)}
    asked = replace(ASKED, where=where).questions()
    lines = [
        (name, str(each.from_on), str(each.to_on), each.period.name if each.period else "-",
         *([one.name for one in each.dimensions] or ["-"]))
        for name, each in asked.items()
    ]  # fmt: skip
    assert lines == [tuple(line.split()) for line in QUESTIONS.strip().splitlines()]
    elsewhere = {Dimension.VISA_TYPE: ("B1",)}
    for name, each in asked.items():
        assert each.where == (elsewhere if name in ("places", "place_months") else where), name
    known = replace(ASKED, complete_from=date(2025, 12, 1)).questions()
    for name in ("place_months", "visa_months", "months", "country_months"):
        assert known[name].from_on == date(2025, 12, 1)
    assert not {"so_far", "days"} & {*replace(ASKED, today=date(2026, 3, 1)).questions()}
    assert "months" not in replace(ASKED, complete_from=date(2026, 3, 1)).questions()


# --- What waits ----------------------------------------------------------------------------------


def waiting(
    *places: dict[Any, Any], oldest: float | None = 50.0, received: int = 30, closed: int = 32
) -> list[Claim]:
    pace = {M.INTAKE: received, M.DECISIONS: closed - 3, M.WITHDRAWN: 2, M.LAPSED: 1}
    answers = {
        "open": answer(*places),
        "oldest": answer({M.WIP_AGE_OLDEST: oldest}, of=None),
        "pace": answer(pace, of=None),
    }
    return list(waiting_claims(Figures(ASKED, answers)))


AU, MY, SG, NZ = (
    place("AU", wip=90, backlog=2), place("MY", wip=10, backlog=4),
    place("SG", wip=5, backlog=2), place("NZ", wip=7, backlog=0),
)  # fmt: skip


def test_places_with_the_most_overdue_come_first() -> None:
    whole, *places = waiting(AU, SG, NZ, MY)
    assert [each.subject and each.subject.code for each in places] == ["MY", "AU", "SG"]
    assert said(places[0]) == ["MY: 4 of 10 open applications are overdue"]
    assert said(whole)[:2] == [
        "8 of 112 open applications are overdue", "The oldest has waited 50.0 hrs."
    ]  # fmt: skip
    assert said(whole)[2] == "Overdue at: MY (4), AU (2) and SG (2)."
    assert [number.value for number in whole.numbers] == [112, 8, 32, 30, 50.0]
    assert (whole.direction, whole.is_concern) == (D.WORSE, True)
    assert "Overdue at" not in " ".join(said(waiting(AU, NZ)[0]))
    assert len(waiting(AU, SG, NZ, MY, place("FJ", wip=1, backlog=1))) == 5
    four = waiting(AU, SG, MY, place("FJ", wip=1, backlog=1))[0]
    assert "FJ" not in " ".join(said(four))


def test_nothing_overdue_is_no_concern() -> None:
    [whole] = waiting(NZ)
    assert said(whole) == [
        "7 applications are open, none overdue", "The oldest has waited 50.0 hrs."
    ]  # fmt: skip
    assert (whole.direction, whole.is_concern) == (D.USUAL, False)
    [nothing] = waiting(oldest=None)
    assert said(nothing) == ["Nothing is waiting"]
    assert len(nothing.numbers) == 4


@pytest.mark.parametrize(
    ("overdue", "closed", "ends"),
    [
        (2, 19, "too few to tell a pace."),
        (2, 20, "do not get fewer."),
        (2, 30, "do not get fewer."),
        (2, 31, "worked off in 56 days."),
        (1, 31, "worked off in 28 days."),
        (3, 31, "worked off in 84 days."),
        (4, 31, "hardly get fewer."),  # in 112 days
        (45, 44, "worked off in 90 days."),
        (46, 44, "hardly get fewer."),
        (5, 46, "worked off in 9 days."),  # 8.75
    ],
)
def test_the_overdue_are_worked_off_at_the_pace_of_four_weeks(
    overdue: int, closed: int, ends: str
) -> None:
    whole = waiting(place("AU", wip=90, backlog=overdue), closed=closed)[0]
    assert said(whole)[-1].startswith(f"In the last 28 days {closed} were closed and 30 came in")
    assert said(whole)[-1].endswith(ends)


# --- What comes ----------------------------------------------------------------------------------


def months(*counts: int) -> coming.ComingMonths:
    return coming.ComingMonths(date(2025, 3, 1), counts, None, None, None, 1)


@pytest.mark.parametrize(
    ("likely", "direction"),
    [(100.4, D.STEADY), (99.6, D.STEADY), (100.51, D.UP), (99.49, D.DOWN), (150, D.UP)],
)
def test_the_coming_month_is_beside_the_same_month_a_year_before(
    likely: float, direction: FindingDirection
) -> None:
    year = [5, 100, 300, *[50] * 10]
    assert coming._direction(months(*year), likely) is direction
    assert coming._direction(months(*year[1:]), likely) is direction
    assert coming._direction(months(*year[2:]), likely) is D.UNKNOWN
    assert coming._direction(months(0, *year[2:]), likely) is D.UNKNOWN


def test_where_nothing_can_be_expected_the_last_months_are_told() -> None:
    late, writer = [1] * coming.MIX_MONTHS, Writer(Language.EN, lambda _, code, __: code)
    [told], [of_more] = (coming._of_late(months(*counts)) for counts in (late, [90, *late]))
    assert told(writer) == of_more(writer)
    assert coming._of_late(None) == []


def test_ranges_are_measured_over_countries_with_ten_applications_a_month() -> None:
    first, enough = date(2023, 1, 1), [10] * 36
    series = dict.fromkeys(("AU", "MY", "SG", "NZ", "FJ"), enough)
    held, _, number = coming._measure_coverage({None: enough, **series}, first, None)
    assert held
    assert (number, held.months > 0) == (5, True)
    for fewer in ([*enough[:-1], 9], [0, *enough[1:]]):
        few = {**series, "FJ": fewer}
        assert coming._measure_coverage(few, first, None) == (None, None, 1)
    own = coming.Outlook((), (), HitRate(3, 4))
    assert coming._measure_coverage({}, first, own) == (HitRate(3, 4), None, 1)
    unmeasured = coming.Outlook((), (), HitRate(0, 0))
    assert coming._measure_coverage({}, first, unmeasured) == (None, None, 1)


def test_each_month_that_is_over_is_told_and_the_next_ones_with_their_ranges() -> None:
    starts = [months_later(date(2024, 1, 1), at) for at in range(26)]
    rows = [{"period": each, M.INTAKE: 100 + at} for at, each in enumerate(starts)]
    answers = {
        "months": answer({"period": date(2023, 12, 1), M.INTAKE: 0}, *rows, of=None),
        "country_months": answer(*(place("AU") | row for row in rows)),
    }
    claims = list(coming.coming_claims(Figures(ASKED, answers)))
    whole, *others = claims
    assert (whole.kind, whole.question) == (FindingKind.COMING, answers["months"].question)
    assert (whole.measure, whole.days) == (M.INTAKE, (date(2026, 3, 1), date(2026, 3, 31)))
    assert said(whole)[0].startswith("March 2026: ")
    expected = [each for each in others if each.kind is FindingKind.EXPECTED]
    assert [each.days[0] for each in expected] == [date(2026, month, 1) for month in (4, 5, 6)]
    received = [each for each in others if each.kind is FindingKind.RECEIVED]
    assert [each.days[0] for each in received] == starts
    assert [each.numbers[0].value for each in received] == [100 + at for at in range(26)]
    assert len(received[0].numbers) == 1
    assert len(received[-1].numbers) == 2  # with the range that was expected of it
    assert all(each.numbers[0].low < each.numbers[0].high for each in expected)


# --- Who needs attention -------------------------------------------------------------------------


def decided(code: str | None, decisions: int, late: int = 0) -> dict[Any, Any]:
    row = place(code, decisions=decisions, intake=decisions, target_rate=1 - late / decisions)
    return row | {"target_rate_of": decisions, "info_request_rate_of": decisions}


def attention(
    *places: dict[Any, Any],
    of_all: Sequence[tuple[int, int]] = (),
    of_place: Sequence[dict[Any, Any]] = (),
) -> dict[FindingKind, list[Claim]]:
    answers = {
        "now.COUNTRY": answer(), "places": answer(*places), "place_months": answer(*of_place),
        "months": answer(*(
            decided(None, n, late) | {"period": date(2025, 1 + at, 1)}
            for at, (n, late) in enumerate(of_all)
        ), of=None),
    }  # fmt: skip
    answers = {
        name: replace(each, question=replace(each.question, measures=frozenset({M.TARGET_RATE})))
        for name, each in answers.items()
    }
    found: dict[FindingKind, list[Claim]] = {}
    for claim in attention_claims(Figures(ASKED, answers)):
        found.setdefault(claim.kind, []).append(claim)
    return found


def test_a_place_stands_out_by_its_late_decisions_and_small_ones_are_not_judged() -> None:
    usual = [decided(f"{n:02}", 1_000, 50) for n in range(20)]
    [whole] = attention(*usual)[FindingKind.ATTENTION]
    assert (whole.direction, whole.is_concern) == (D.USUAL, False)
    assert "not judged" not in said(whole)[-1]
    found = attention(*usual, decided("MY", 1_000, 400), decided("NZ", 29), decided("FJ", 30))
    [whole] = found[FindingKind.ATTENTION]
    assert (whole.direction, whole.is_concern) == (D.WORSE, True)
    assert [number.value for number in whole.numbers] == [1, 22]
    assert said(whole)[0] == "1 needs attention: MY (more late)"
    few = "1 country or territory with fewer than 30 decisions is not judged."
    assert said(whole)[-1] == few
    named = [each for each in found[FindingKind.PLACE] if each.direction is D.WORSE]
    assert [each.subject and each.subject.code for each in named] == ["MY"]
    assert named[0].is_concern
    better = attention(*usual, decided("MY", 2_000, 0))
    assert not better[FindingKind.ATTENTION][0].is_concern
    assert {each.direction for each in better[FindingKind.PLACE]} == {D.USUAL, D.BETTER}


def test_of_many_that_were_looked_at_chance_brings_more() -> None:
    claim = attention(decided("AU", 100))[FindingKind.PLACE][0]
    watched = [Watched(code, M.TARGET_RATE, chance, True, claim)
               for code, chance in (("AU", 0.03), ("MY", 0.004))]  # fmt: skip
    for looked, codes in ((2, ["MY", "AU"]), (20, ["MY"]), (30, [])):
        assert [each.code for each in _standing_out(watched, looked)] == codes
    of_more = attention(decided("MY", 500))[FindingKind.PLACE][0]
    alike = [Watched(code, M.TARGET_RATE, 0.004, True, of)
             for code, of in (("AU", claim), ("MY", of_more))]  # fmt: skip
    assert [each.code for each in _standing_out(alike, 2)] == ["MY", "AU"]


def test_a_single_place_is_a_concern_by_its_own_past() -> None:
    month = [decided("AU", 1_000, 50) | {"period": months_later(ASKED.from_on, at)}
             for at in range(12)]  # fmt: skip
    for late, direction in ((50, D.UNKNOWN), (500, D.WORSE)):
        last = decided("AU", 1_000, late) | {"period": ASKED.last_month}
        [whole] = attention(decided("AU", 100, 7), of_place=[*month[:-1], last])[
            FindingKind.ATTENTION
        ]
        assert (whole.direction, whole.is_concern) == (direction, direction is D.WORSE)


@pytest.mark.parametrize(
    ("last", "direction", "usual"), [(200.0, D.WORSE, 1), (5.0, D.BETTER, 0), (48.0, None, None)]
)
def test_a_hand_over_is_beside_the_end_of_what_is_usual_that_it_is_beyond(
    last: float, direction: FindingDirection | None, usual: int | None
) -> None:
    past = [48.0, 50.0, 46.0, 47.0, 49.0, 51.0, 45.0]
    rows = [
        decided("AU", 1_000, 50)
        | {"period": months_later(ASKED.last_month, at - 7), "handover_p90_of": 100}
        | {M.HANDOVER_P90: hours}
        for at, hours in enumerate([*past, last])
    ]
    found = attention(decided("AU", 100, 7), of_place=rows).get(FindingKind.PLACE_MONTH, [])
    assert [each.direction for each in found] == ([direction] if direction else [])
    if usual is not None:
        hours = usual_range(past)
        assert hours
        assert f"{hours[usual]:.1f} hrs" in said(found[0])[0]


def test_of_a_single_place_all_together_is_said() -> None:
    [whole] = attention(decided("AU", 100, 7))[FindingKind.ATTENTION]
    assert (whole.direction, whole.is_concern) == (D.UNKNOWN, False)
    assert any("7 of 100" in each for each in said(whole))


def test_a_month_is_a_concern_where_more_than_usual_was_late() -> None:
    usual = [(2_000, 200)] * 8
    for late, direction, is_concern in (
        (200, D.USUAL, False), (900, D.WORSE, True), (0, D.BETTER, False),
    ):  # fmt: skip
        *_, last = attention(decided("AU", 100), of_all=[*usual, (2_000, late)])[FindingKind.MONTH]
        assert (last.direction, last.is_concern) == (direction, is_concern)

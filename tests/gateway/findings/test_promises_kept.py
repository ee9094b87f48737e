"""Yes or no against the promise, and no verdict where there is nothing to hold against it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from gateway.findings.claim import Claim, FindingDirection, FindingKind
from gateway.findings.claims.promise import promise_claims
from gateway.findings.contributions import Share
from gateway.findings.events import EventInReach
from gateway.findings.figures import Figures
from gateway.findings.promises import ENOUGH, Verdict, targets
from models.volumes import Dimension
from tests.gateway.findings.test_claims import ASKED, answer, decided, said

TYPE, KIND, D = Dimension.VISA_TYPE, FindingKind, FindingDirection
#: Decisions and late ones by visa type, and what is promised: kept, missed, too few, no promise.
KEPT, MISSED = {"B1": (1_000, 40), "C1": (400, 10)}, {"D2": (100, 20)}
FEW, UNPROMISED = {"E5": (20, 0)}, {"F6": (50, 0)}
PROMISED = dict.fromkeys(("B1", "C1", "D2", "E5", "G7"), 0.95)
VERDICTS = {"B1": D.KEPT, "C1": D.KEPT, "D2": D.MISSED, "G7": D.MISSED}
OUTAGE = EventInReach("OUTAGE", date(2026, 2, 20), date(2026, 3, 4), "AU")


def claims(
    types: Mapping[str, tuple[int, int]],
    months: Mapping[date, tuple[int, int]] | None = None,
    in_event: tuple[int, int] | None = None,
    event: EventInReach = OUTAGE,
) -> dict[FindingKind, list[Claim]]:
    """What is said of these, of the months of the first, and of an event that touches the last."""

    def rows(of: Mapping[str, tuple[int, int]]) -> list[dict[object, object]]:
        return [decided(None, *each) | {TYPE: code} for code, each in of.items()]

    asked = replace(ASKED, events=(event,) if in_event else ())
    names = [*types]
    answers = {
        f"{when}.VISA_TYPE": answer(*rows(types), of=TYPE) for when in ("now", "before")
    } | {
        "visa_months": answer(
            *(row | {"period": month} for month, each in (months or {}).items()
              for row in rows({names[0]: each})), of=TYPE,
        ),
        "event.0": answer(*rows({names[-1]: in_event} if in_event else {}), of=TYPE),
    }  # fmt: skip
    found: dict[FindingKind, list[Claim]] = {}
    for each in promise_claims(Figures(asked, answers, PROMISED)):
        found.setdefault(each.kind, []).append(each)
    return found


@pytest.mark.parametrize(
    ("types", "direction", "kept", "sentence", "last"),
    [
        (KEPT, D.KEPT, (2, 2), "Yes: the service promise is kept for both visa types", "B1"),
        ({"B1": (99, 0)}, D.KEPT, (1, 1), "Yes: the service promise is kept", "B1"),
        (KEPT | MISSED, D.PARTLY_KEPT, (2, 3), "Partly: 2 of 3 visa types keep", "B1"),
        (MISSED, D.MISSED, (0, 1), "No: the service promise is missed for D2", "D2"),
        (MISSED | {"G7": (50, 50)}, D.MISSED, (0, 2), "No: the service promise is missed", "D2"),
        (FEW | UNPROMISED, D.UNKNOWN, (0, 0), "Cannot be judged", "In time: 70 of 70"),
        (KEPT | FEW | UNPROMISED, D.KEPT, (2, 2), "Yes", "(under 30) to judge: E5."),
        (KEPT | {"F6": (5_000, 0)}, D.KEPT, (2, 2), "Yes", "B1"),
    ],
)
def test_the_verdict_counts_the_visa_types_that_can_be_judged(
    types: Mapping[str, tuple[int, int]],
    direction: FindingDirection,
    kept: tuple[int, int],
    sentence: str,
    last: str,
) -> None:
    found = claims(types)
    [whole] = found[KIND.PROMISE]
    assert (whole.direction, whole.is_concern) == (
        direction,
        direction in (D.PARTLY_KEPT, D.MISSED),
    )
    assert tuple(each.value for each in whole.numbers) == kept
    assert said(whole)[0].startswith(sentence)
    assert last in said(whole)[-1]
    for each in found[KIND.VISA_TYPE]:
        assert each.direction is VERDICTS.get(each.subject.code, D.UNKNOWN), each.subject
        assert each.is_concern == (each.direction is D.MISSED)


def test_each_month_that_has_enough_is_held_against_the_promise() -> None:
    january, february, march = (date(2026, month, 1) for month in (1, 2, 3))
    found = claims(KEPT, {january: (100, 5), february: (100, 6), march: (29, 0)})
    months = found[KIND.VISA_TYPE_MONTH]
    assert [(each.days and each.days[0], each.direction) for each in months] == [
        (january, D.KEPT),
        (february, D.MISSED),
    ]
    assert said(months[1]) == ["B1, February 2026: 94.0% of 100 in time, not kept"]
    kept = found[KIND.VISA_TYPE][0].numbers[-1]
    assert (kept.value, kept.n) == (1, 2)


def test_the_days_of_an_event_are_taken_away_beside_the_verdict_and_clipped_to_the_window() -> None:
    found = claims(KEPT | MISSED, in_event=(60, 19))
    [whole], [event] = found[KIND.PROMISE], found[KIND.EVENT]
    assert said(whole)[0].endswith("; without the outage of 20 February in AU: 3 of 3")
    assert said(whole)[1] == "Not kept: D2."
    assert [(each.value, each.n) for each in whole.numbers] == [(2, None), (3, None), (3, 3)]
    without = found[KIND.VISA_TYPE][-1].numbers[-1]
    assert (without.value, without.n) == (39 / 40, 40)
    assert all(len(each.numbers) == 4 for each in found[KIND.VISA_TYPE][:-1])
    assert event.days == (OUTAGE.began_on, OUTAGE.ended_on)
    asked = event.question
    assert (asked.from_on, asked.to_on) == (OUTAGE.began_on, ASKED.until)
    assert asked.where == {Dimension.COUNTRY: ("AU",)}
    assert event.subject == (Dimension.COUNTRY, "AU")
    early = replace(OUTAGE, began_on=date(2025, 2, 20), ended_on=date(2025, 3, 4))
    [event] = claims(KEPT, in_event=(60, 5), event=early)[KIND.EVENT]
    assert (event.question.from_on, event.question.to_on) == (ASKED.from_on, early.ended_on)


def test_each_visa_type_is_held_against_its_own_promise() -> None:
    found = targets(
        now={"B1": Share(1000, 962), "C1": Share(400, 379), "D2": Share(60, 60)},
        before={"B1": Share(900, 873), "C1": Share(20, 20)},
        promised={"B1": 0.95, "C1": 0.95},
        months={"B1": [Share(80, 78), Share(90, 80), Share(3, 0)]},
    )
    assert [(target.key, target.verdict) for target in found] == [
        ("B1", Verdict.MET),
        ("C1", Verdict.MISSED),
        ("D2", Verdict.NO_PROMISE),
    ]
    assert round(found[0].change or 0, 3) == -0.008
    assert found[0].months_met == (True, False, None)
    assert found[1].change is None, "twenty decisions are too few to compare with"


def test_the_promise_itself_keeps_it() -> None:
    [target] = targets({"B1": Share(100, 95)}, {}, {"B1": 0.95}, {})
    assert target.verdict is Verdict.MET


def test_thirty_decisions_are_enough_for_a_verdict_a_change_and_a_month() -> None:
    [target] = targets(
        {"B1": Share(30, 28)}, {"B1": Share(30, 29)}, {"B1": 0.95},
        {"B1": [Share(30, 29), Share(30, 28), Share(29, 29)]},
    )  # fmt: skip
    assert target.verdict is Verdict.MISSED
    assert target.change is not None
    assert abs(target.change + 1 / 30) < 1e-12
    assert target.months_met == (True, False, None)
    [exact] = targets({"B1": Share(40, 38)}, {}, {"B1": 0.95}, {"B1": [Share(40, 38)]})
    assert exact.months_met == (True,), "a month that is just what was promised keeps it"
    [few] = targets({"B1": Share(29, 28)}, {"B1": Share(30, 29)}, {}, {"B1": [Share(30, 30)]})
    assert few.change is None
    assert few.months_met == (None,), "nothing is promised"


def test_too_few_decisions_are_said_to_be_so() -> None:
    few, none = Share(ENOUGH - 1, 0), Share(0, 0)
    found = targets({"B1": few, "C1": none}, {}, {"B1": 0.95, "C1": 0.95}, {})
    assert [(target.key, target.verdict) for target in found] == [("B1", Verdict.TOO_FEW)]
    assert found[0].interval.low == 0
    assert 0 < found[0].interval.high < 0.2

"""A partner's own work: the last month beside its own months before, by place and visa type."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from gateway.findings.claim import Claim, FindingDirection, FindingKind, FindingNumberName
from gateway.findings.claims.work import work_claims
from gateway.findings.figures import Figures
from gateway.findings.outliers import Count, control_chart, usual_range
from models.volumes import Dimension, Measure
from models.volumes.question import months_later
from tests.gateway.findings.test_claims import ASKED, answer, said

M, D, N = Measure, FindingDirection, FindingNumberName
PARTNERS = replace(ASKED, is_partners=True)
#: Hours of seven months, and the same share in each.
HOURS, LATE = [48.0, 50.0, 46.0, 47.0, 49.0, 51.0, 45.0], [50] * 7


def months(
    *figures: dict[Any, Any], code: str = "AU", of: Any = Dimension.COUNTRY
) -> list[dict[Any, Any]]:
    """Rows of the months until the last one that is over."""
    first = 1 - len(figures)
    return [
        {of: code, "period": months_later(ASKED.last_month, first + at)} | each
        for at, each in enumerate(figures)
    ]


def took(hours: float | None, n: int = 100) -> dict[Any, Any]:
    return {M.HANDOVER_P90: hours, f"{M.HANDOVER_P90}_of": n}


def overdue(of_1000: int) -> dict[Any, Any]:
    return {M.WIP: 1_000, M.BACKLOG: of_1000}


def claims(places: Sequence[dict[Any, Any]], types: Sequence[dict[Any, Any]] = ()) -> list[Claim]:
    answers = {
        "place_months": answer(*places),
        "visa_months": answer(*types, of=Dimension.VISA_TYPE),
    }
    return list(work_claims(Figures(PARTNERS, answers)))


def numbers(claim: Claim) -> dict[N, tuple[Any, ...]]:
    return {each.name: (each.value, each.n, each.low, each.high) for each in claim.numbers}


@pytest.mark.parametrize(
    ("past", "last", "direction", "ends"),
    [
        ([took(each) for each in HOURS], took(70.0), D.WORSE, "usually "),
        ([took(each) for each in HOURS], took(51.0), D.USUAL, "usually "),
        ([took(each) for each in HOURS], took(20.0), D.USUAL, "usually "),
        # What is measured of ten is a past; of fewer it is none, and is not judged.
        ([took(each, 10) for each in HOURS], took(70.0), D.WORSE, "usually "),
        ([*(took(each) for each in HOURS), took(900.0, 9)], took(70.0, 10), D.WORSE, "usually "),
        ([took(each) for each in HOURS], took(70.0, 9), D.UNKNOWN, "too few to judge"),
        ([took(each) for each in HOURS[:5]], took(70.0), D.UNKNOWN, "is known of its past"),
    ],
)
def test_a_duration_is_beside_the_months_that_have_enough(
    past: list[dict[Any, Any]], last: dict[Any, Any], direction: FindingDirection, ends: str
) -> None:
    whole, figure = claims(months(*past, last))
    assert (figure.direction, figure.is_concern) == (direction, direction is D.WORSE)
    assert (whole.is_concern, numbers(whole)[N.STANDING_OUT][0]) == (figure.is_concern,) * 2
    assert numbers(figure)[N.NOW][:2] == (last[M.HANDOVER_P90], last["handover_p90_of"])
    assert ends in said(figure)[0]
    if ends == "usually ":
        low, high = usual_range(HOURS) or (0, 0)
        assert numbers(figure)[N.CONTROL_LIMITS] == (None, None, low, high)
        assert said(figure)[0].endswith(f"usually {low:.1f} hrs to {high:.1f} hrs")
    else:
        assert N.CONTROL_LIMITS not in numbers(figure)


@pytest.mark.parametrize(("last", "direction"), [(50, D.USUAL), (200, D.WORSE), (0, D.USUAL)])
def test_a_share_is_beside_the_limits_of_its_months(last: int, direction: FindingDirection) -> None:
    _, figure = claims(months(*map(overdue, [*LATE, last])))
    assert (figure.measure, figure.direction) == (M.BACKLOG, direction)
    limits = control_chart([Count("", 1_000, each) for each in [*LATE, last]])[-1].alarm
    ends = (limits.lower / 1_000, limits.upper / 1_000)
    assert numbers(figure)[N.CONTROL_LIMITS] == (None, None, *ends)
    assert numbers(figure)[N.NOW][:2] == (last / 1_000, 1_000)


def test_what_is_furthest_beyond_its_past_is_named_first() -> None:
    places = [
        row
        for code, last in (("AU", 60), ("MY", 300), ("NZ", 200), ("SG", 250), ("FJ", 150))
        for row in months(*map(overdue, [*LATE, last]), code=code)
    ]
    types = months(*map(took, [*HOURS, 500.0]), code="B1", of=Dimension.VISA_TYPE)
    asked = {M.INFO_REQUEST_RATE: 0.04, f"{M.INFO_REQUEST_RATE}_of": 100}
    types += months(*[asked] * 8, code="C1", of=Dimension.VISA_TYPE)
    whole, *figures = claims(places, types)
    assert (whole.direction, whole.subject.code, whole.measure) == (D.WORSE, "B1", M.HANDOVER_P90)
    assert [number.value for number in whole.numbers] == [5, 7]
    assert said(whole)[0].startswith("In February 2026, 5 figures are worse")
    assert [said(whole)[1].find(code) > 0 for code in ("B1", "MY", "SG", "NZ")] == [True] * 3 + [
        False
    ]
    assert said(whole)[1].index("B1") < said(whole)[1].index("MY") < said(whole)[1].index("SG")
    assert said(whole)[2].startswith("7 figures with at least 10 cases")
    requests = figures[-1]
    assert (requests.subject.code, requests.measure) == ("C1", M.INFO_REQUEST_RATE)
    assert numbers(requests)[N.NOW][:2] == (0.04, 100)
    assert {each.kind for each in figures} == {FindingKind.WORK_FIGURE}


def test_only_partners_have_work_of_their_own_and_a_last_month_that_has_figures() -> None:
    rows = months(*map(overdue, [*LATE, 200]))
    assert not list(work_claims(Figures(ASKED, {"place_months": answer(*rows)})))
    [whole] = claims(rows[:-1])
    assert (whole.direction, whole.is_concern) == (D.UNKNOWN, False)
    assert said(whole)[0].startswith("Too little is known before February 2026")

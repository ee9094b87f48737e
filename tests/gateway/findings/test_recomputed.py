"""Every finding is recomputed from what `volumes` answers the same viewer to its question, and says
just that in both languages."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.findings.claim import FindingKind
from models.volumes.question import months_later
from tests.gateway.findings.asking import FINDINGS, PARTS, Asking, code_of
from tests.gateway.findings.judging import Judge
from tests.running_demo import Demo

USERS = ("leadership", "officer", "auditor", "agent-au", "manager-pacific")
#: Of a large country, of a small one and of one where hardly anything happens; then the others.
MANAGERS = ("au", "tl", "lu")
OTHER_MANAGERS = ("sg", "my", "in", "cn", "us", "jp", "gb", "ws", "to")


def periods(today: date) -> tuple[tuple[date, date], ...]:
    """Twelve months that are over, this month, and the quarter before."""
    this_month = today.replace(day=1)
    until = this_month - timedelta(days=1)
    return (
        (months_later(this_month, -12), until),
        (this_month, today),
        (months_later(this_month, -3), until),
    )


def recompute(demo: Demo, user: str) -> Counter[str]:
    """How many findings of each kind were recomputed."""
    asking, judged = Asking(demo, user), Counter[str]()
    as_of = asking.ask('{ volumes(from: "2026-01-01", to: "2026-01-01", groupBy: []) { asOf } }')
    today = wib_day(as_of["volumes"]["asOf"])
    reason = "COUNTRY" if not user.startswith("agent") else "CHANNEL"
    for first, last in periods(today):
        days = {"from": first.isoformat(), "to": last.isoformat()}
        answers = [
            asking.ask(FINDINGS, **days, reason=reason, kinds=kinds)["findings"] for kinds in PARTS
        ]
        found = [row for answer in answers for row in answer["rows"]]
        judge = Judge(asking, found, answers[0]["completeFrom"])
        for finding in found:
            judge.judge(finding)
            judged[finding["kind"]] += 1
    return judged


def wib_day(instant: str) -> date:
    return (datetime.fromisoformat(instant.replace("Z", "+00:00")) + timedelta(hours=7)).date()


@pytest.mark.parametrize(
    "user",
    [
        *(*USERS, *(f"manager-{code}" for code in MANAGERS)),
        *(pytest.param(f"manager-{code}", marks=pytest.mark.proof) for code in OTHER_MANAGERS),
    ],
)
def test_every_sentence_of_a_viewer_is_true(demo: Demo, user: str) -> None:
    judged = recompute(demo, user)
    assert judged["CHANGE"] >= 6
    if user == "leadership":
        absent = {"PLACE_MONTH", "WAITING_PLACE", "WORK", "WORK_FIGURE"}
        if (datetime.now(UTC) + timedelta(hours=7)).day == 1:  # no day of this month is over
            absent.add("SO_FAR")
        assert {*FindingKind} - {*judged} <= absent
    if user.startswith("manager"):
        assert judged["WORK"] == 3


def test_kinds_are_asked_for_in_some_part() -> None:
    assert sorted(kind for kinds in PARTS for kind in kinds) == sorted(FindingKind)


@pytest.mark.parametrize("user", ["officer-2", "manager-au"])
def test_findings_reach_no_further_than_the_viewers_volumes(demo: Demo, user: str) -> None:
    """What is compared is what the viewer's own volumes answer: its groups, and nobody else's."""
    asking = Asking(demo, user)
    days = {"from": "2026-01-01", "to": "2026-06-30"}
    found = asking.ask(FINDINGS, **days, reason="COUNTRY", kinds=["CONTRIBUTION", "PLACE"])
    countries = asking.ask(
        '{ volumes(from: "2025-01-01", to: "2026-06-30", groupBy: [COUNTRY])'
        " { rows { country { code } } } }"
    )["volumes"]["rows"]
    known = {code_of(row) for row in countries}
    assert None not in known
    named = {
        each["subject"]["code"]
        for each in found["findings"]["rows"]
        if each["subject"]["dimension"] == "COUNTRY"
    }
    assert named
    assert named <= known
    if user == "manager-au":
        assert named == {"AU"}

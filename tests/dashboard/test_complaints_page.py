"""The page Complaints: who has what to do with each, and what is shown of one that is read."""

import re
from datetime import date
from typing import Any

import pytest

from dashboard.components.html_part import html_of
from dashboard.pages.complaints import page as complaints
from dashboard.pages.complaints.page import list_months, list_open, show_text
from dashboard.texts import texts


@pytest.mark.parametrize(
    ("role", "kind", "steps"),
    [
        ("AUDITOR", "UNSORTED", ["sortComplaint"]),
        ("AUDITOR", "INTEGRITY", ["entrustComplaint", "answerComplaint"]),
        ("AUDITOR", "SERVICE", []),  # for those who serve
        ("SUPERVISOR", "SERVICE", ["answerComplaint"]),
        ("SUPERVISOR", "INTEGRITY", ["answerComplaint"]),
        ("PARTNER_MANAGER", "SERVICE", ["answerComplaint"]),
    ],
)
def test_each_reader_is_offered_what_is_theirs_to_do(
    role: str, kind: str, steps: list[str]
) -> None:
    complaint = {
        "id": "1", "reference": "REF-1", "kind": kind, "lodgedAt": "2026-03-01T00:00:00Z",
        "dueAt": "2026-03-09T00:00:00Z", "application": None, "centre": None, "partner": None,
        "country": None,
    }  # fmt: skip
    answer = {"viewer": {"role": role}, "open": {"nodes": [complaint]}}
    shown = html_of(list_open(answer, texts("en")))
    assert re.findall(r'data-change="(\w+)"', shown) == ["readComplaint", *steps]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, []),
        ({"complaint": None, "answer": "Sorry."}, []),  # the complainant is erased
        ({"complaint": "Slow.", "answer": None}, ["Slow."]),
        ({"complaint": "Slow.", "answer": "Sorry."}, ["Slow.", "Sorry."]),
    ],
)
def test_what_is_said_is_shown_with_its_answer(
    text: dict[str, Any] | None, said: list[str]
) -> None:
    say = texts("en")
    shown = html_of(show_text({"node": {"text": text}}, {}, say))
    assert re.findall("<q>([^<]*)</q>", shown) == said
    assert (say("complaints.unreadable") in shown) == (not said)


def test_every_month_is_counted_by_kind_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complaints, "today", lambda: date(2026, 3, 10))
    counts = (
        ("2026-01-01", "SERVICE", 4),
        ("2026-02-01", "SERVICE", 9),
        ("2026-02-01", "UNSORTED", 7),
    )
    rows = [
        {"period": {"startsOn": month}, "kind": kind, "lodged": {"value": number}}
        for month, kind, number in counts
    ]
    shown = html_of(list_months({"counts": {"rows": rows}}, texts("en")))
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", shown)
    assert cells[3:9] == ["March 2026", "0", "0", "February 2026", "7", "9"]
    assert cells[9:15] == ["January 2026", "0", "4", "December 2025", "0", "0"]
    assert cells[-3:] == ["March 2025", "0", "0"]

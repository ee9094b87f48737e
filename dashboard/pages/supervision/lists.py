"""What the page Supervision lists without an answer to it: cases, stays, crossings, and links."""

from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.components.panels import Answer
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_day, written_instant

#: The statuses in which a case has yet to be decided.
_UNDER_WAY = ("PAID", "IN_VERIFICATION", "INFO_REQUESTED", "REFUSAL_INTENDED", "SCREENING")


def case_lines(case: Answer, say: Texts) -> list[Any]:
    """A case by its reference, and where it stands: never who it is about."""
    visa_type, country = case["visaType"], case["country"]
    due = case["targetDueAt"] if case["status"] in _UNDER_WAY else None
    facts = [
        visa_type["code"] if visa_type else "",
        country["name"] if country else "",
        say(f"supervision.status.{case['status']}"),
        say("supervision.due", at=written_instant(due, say)) if due else "",
    ]
    return [
        html.P(html.B(case_link(case["reference"], say))),
        html.P(html.Small(" · ".join(each for each in facts if each))),
    ]


def list_overdue(answer: Answer, say: Texts) -> list[Any]:
    return [html.Article(case_lines(each, say)) for each in answer["overdue"]["nodes"]]


def list_overstays(answer: Answer, say: Texts) -> list[Any]:
    """Visas alone: whose they are stands in the case."""
    return [
        html.Article([html.P(html.B(each["visaNumber"])), html.P(_stay(each, say))])
        for each in answer["overstays"]["nodes"]
    ]


def _stay(stay: Answer, say: Texts) -> str:
    """From when until when; days are gone once a person is erased."""
    if not (stay["enteredOn"] and stay["until"]):
        return ""
    entered, until = (written_day(stay[name], say) for name in ("enteredOn", "until"))
    if stay["confirmedAt"]:
        at = written_instant(stay["confirmedAt"], say)
        return say("supervision.confirmed", entered=entered, until=until, at=at)
    return say("supervision.stayed", entered=entered, until=until)


def list_crossings(answer: Answer, say: Texts) -> list[Any]:
    return [
        html.Article(
            [
                html.P(html.B(each["visaNumber"])),
                html.P(
                    say(
                        f"supervision.crossing.{each['direction']}",
                        at=written_instant(each["crossedAt"], say),
                        port=each["port"],
                    )
                ),
                html.P(
                    html.Small(
                        say("supervision.reported", named=each["reportKey"], by=each["reportedBy"])
                    )
                ),
            ]
        )
        for each in answer["crossings"]["nodes"]
    ]


def list_reversals(answer: Answer, say: Texts) -> list[Any]:
    """Cases whose payment the treasury has no longer: decided ones stay as they are."""
    return [
        html.Article(
            [
                *(case_lines(each["application"], say) if each["application"] else ()),
                html.P(
                    say(
                        "supervision.reversed",
                        amount=count_text(each["fee"]["amount"], say),
                        at=written_instant(each["reversedAt"], say) if each["reversedAt"] else "",
                        number=each["reversalNumber"] or "",
                    )
                ),
            ]
        )
        for each in answer["reversals"]["nodes"]
    ]


def show_links(answer: Answer, say: Texts) -> list[Any]:
    """Which links count, and how many wait for the verdict of an officer."""
    figures = answer["linkFigures"]
    names = ("waiting", "certain", "confirmed", "rejected")
    return [
        html.P(say(f"supervision.link.{name}", count=count_text(figures[name], say)))
        for name in names
    ]

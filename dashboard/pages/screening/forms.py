"""What the screening authority answers and asks for: its forms, and whom a question is about."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Batch, Changes, Questions
from dashboard.components.panels import Answer
from dashboard.pages.my_data.page import person_list
from dashboard.texts import Texts

PAGE_NAME = "screening"
#: A tick of a table: its name begins so, and its value names the question.
PICK = "pick-"
_CASE, _KIND, _BAN = Field("applicationId"), Field("kind"), Field("banId")
_RESULT = Field("result", FieldKind.CHOICE, ("CLEAR", "HIT"), called="screened")


def read_picks(values: Mapping[str, str], say: Texts) -> dict[str, dict[str, Any]]:
    """The questions that were ticked. Raises ValueError for a tick of none."""
    picked: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        if name.startswith(PICK):
            case, kind, reference = value.split()
            called = f"{reference}, {say(f'supervision.screening.{kind}')}"
            picked[called] = {"applicationId": case, "kind": kind}
    return picked


CHANGES = Changes(
    PAGE_NAME,
    {
        "recordScreening": (_CASE, _KIND, _RESULT),
        "confirmScreening": (_CASE, _KIND),
        "recordScreenings": (_RESULT,),
        "confirmScreenings": (),
        "approveBan": (_BAN,),
        "rejectBan": (_BAN, Field("reason", FieldKind.REASON)),
        "approveBanWithdrawal": (_BAN,),
    },
    batches={
        "recordScreenings": Batch("recordScreening", read_picks),
        "confirmScreenings": Batch("confirmScreening", read_picks),
    },
)


def show_person(answer: Answer, asked: Mapping[str, Any], say: Texts) -> list[Any]:
    """The person beside those of the entries that match, and the answer that can be given."""
    case, question = answer["case"], answer["question"]
    if not case or not question or not case["applicant"]["identity"]:
        return [html.P(say("screening.answered_meanwhile"))]
    shown: list[Any] = [
        html.H2(case["reference"]),
        person_list(case["applicant"]["identity"], case["applicant"]["nationality"], say),
    ]
    for match in question["banMatches"]:
        ban = match["ban"]
        by = say(f"access.by.{match['by']}")
        ground = say(f"screening.ground.{ban['ground']}")
        shown.append(html.H3(say("screening.match", reference=ban["reference"], by=by)))
        shown.append(html.P(ground))
        if ban["person"]:
            shown.append(person_list(ban["person"], None, say))
    about = {"applicationId": case["id"], "kind": question["kind"]}
    if question["proposedBy"] is None:
        return [*shown, CHANGES.form("recordScreening", say, about=about)]
    said = say("screening.said", by=question["proposedBy"], what=_result(question, say))
    if question["proposedBy"] == answer["viewer"]["subject"]:
        return [*shown, html.P(said), html.P(say("screening.by_another"))]
    return [*shown, html.P(said), CHANGES.form("confirmScreening", say, about=about)]


def _result(question: Answer, say: Texts) -> str:
    return say(f"changes.value.{question['proposed']}")


QUESTIONS = Questions(
    PAGE_NAME,
    {"whoIsIt": (Field("case"), Field("question"), Field("reference"), Field("language"))},
    {"whoIsIt": show_person},
)

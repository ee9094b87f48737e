"""What can be done with a case from its page, and what is read of it for a purpose."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes, Questions
from dashboard.components.panels import Answer
from dashboard.texts import Texts
from dashboard.texts.wording import written_day, written_instant

PAGE_NAME = "case"
GROUNDS, CONDITIONS, REFERRALS, KINDS = "grounds", "conditions", "referrals", "kinds"
CASE = Field("applicationId")
_REASON = Field("reason", FieldKind.REASON)
_DECISION = (
    Field("outcome", FieldKind.CHOICE, ("GRANTED", "REFUSED")),
    Field("grounds", FieldKind.CHOICES, GROUNDS, is_required=False),
    Field("conditions", FieldKind.CHOICES, CONDITIONS, is_required=False),
    Field("internalNote", FieldKind.REASON, is_required=False),
)
#: In the order in which they are offered.
CHANGES = Changes(
    PAGE_NAME,
    {
        "resolveHit": (
            CASE,
            Field("kind", FieldKind.CHOICE, KINDS),
            Field("resolution", FieldKind.CHOICE, ("NO_MATCH", "MATCH")),
            _REASON,
        ),
        "releaseApplication": (CASE, _REASON),
        "holdApplication": (CASE, _REASON),
        "markUrgent": (CASE, _REASON),
        "endUrgency": (CASE, _REASON),
        "reassignCase": (CASE, Field("officer", is_required=False), _REASON),
        "referToScreening": (
            CASE,
            Field("reason", FieldKind.CHOICE, REFERRALS, called="referral"),
            Field("note", FieldKind.REASON, is_required=False),
        ),
        "proposeGrant": (CASE, _REASON),
        "approveGrant": (CASE,),
        "rejectGrant": (CASE, _REASON),
        "writeNote": (CASE, Field("text", FieldKind.REASON, called="caseNote")),
        "recordDecision": (CASE, *_DECISION),
        "supersedeDecision": (CASE, *_DECISION, _REASON),
        "approveCorrection": (CASE,),
        "confirmCorrection": (CASE,),
        "rejectCorrection": (CASE, _REASON),
        "revokeVisa": (CASE, _REASON),
        "setAsideRevocation": (CASE, _REASON),
    },
)


def show_answers(answer: Answer, _: Mapping[str, Any], say: Texts) -> list[Any]:
    """What was answered to each item, and what is still missing of the others."""
    items = answer["application"]["requestedItems"]["nodes"] if answer["application"] else []
    given = [one for one in items if one["answer"]]
    missing = [say(f"changes.value.{one['kind']}") for one in items if not one["answeredAt"]]
    intention = answer["application"] and answer["application"]["refusalIntention"]
    said = [_said(one, say) for one in given]
    if intention and intention["answer"]:
        at = html.Small(f" · {written_instant(intention['answeredAt'], say)}")
        what = html.Dt([say("case.intention_answer"), at])
        said.append(html.Div([what, html.Dd(intention["answer"]["text"])]))
    shown: list[Any] = [html.Dl(said)]
    if not said:
        shown = [html.P(say("case.no_answers"))]
    if missing:
        shown.append(html.P(say("case.missing_still", what=" · ".join(missing)), className="bad"))
    return shown


def _said(item: Answer, say: Texts) -> html.Div:
    at = html.Small(f" · {written_instant(item['answeredAt'], say)}")
    what = say(f"changes.value.{item['kind']}")
    return html.Div([html.Dt([what, at]), html.Dd(answer_text(item["answer"], say))])


def answer_text(answer: Answer, say: Texts) -> str:
    """What was answered, in one line."""
    day = [written_day(answer["day"], say)] if answer["day"] else []
    names = ("text", "country", "street", "city", "province", "postalCode")
    return ", ".join([*day, *(answer[name] for name in names if answer[name])])


def show_notes(answer: Answer, _: Mapping[str, Any], say: Texts) -> list[Any]:
    """What was noted, the latest first: when, by whom, and what."""
    notes = answer["application"]["notes"]["nodes"] if answer["application"] else []
    if not notes:
        return [html.P(say("case.no_notes"))]
    return [html.Dl([_noted(one, say) for one in notes])]


def _noted(one: Answer, say: Texts) -> html.Div:
    at = html.Small(f" · {written_instant(one['writtenAt'], say)}")
    text = say("case.note_erased") if one["text"] is None else one["text"]
    return html.Div([html.Dt([one["author"], at]), html.Dd(text)])


def show_content(answer: Answer, _: Mapping[str, Any], say: Texts) -> list[Any]:
    """The link by which a document is opened, in a window of its own."""
    document = answer["node"]
    if document is None or document["content"] is None:
        return [html.P(say("case.no_content"))]
    what, link = say(f"changes.value.{document['kind']}"), document["content"]["link"]
    return [
        html.P(html.A(say("case.content_link", what=what), href=link, target="_blank")),
        html.Img(src=f"{link}?page=1", alt=say("case.content_picture", what=what)),
        html.P(html.Small(say("case.content_note"))),
    ]


READING = Questions(
    PAGE_NAME,
    {
        "readAnswers": (Field("reference"),),
        "readNotes": (Field("reference"),),
        "openDocument": (Field("id"), Field("reference")),
    },
    {"readAnswers": show_answers, "readNotes": show_notes, "openDocument": show_content},
)

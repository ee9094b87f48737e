"""What an auditor changes and asks for on the page Access: its forms, and how answers are shown."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes, Questions
from dashboard.components.panels import Answer, scrolling_table
from dashboard.components.shell import role_text
from dashboard.pages.my_data.page import field_names
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, list_text, written_instant

PAGE_NAME = "access"
#: In which role an account is asked about: those that read who somebody is.
ROLES = "roles"
_OF_A_PARTNER = ("PARTNER_AGENT", "PARTNER_SERVICE")
READING_ROLES = ("OFFICER", "SUPERVISOR", *_OF_A_PARTNER, "SCREENING", "APPLICANT")
#: And those that read cases.
CASE_ROLES = (*READING_ROLES, "PARTNER_MANAGER", "AUDITOR", "TREASURY")
#: As many people as the gateway lists at once: where there are so many, more may follow.
MOST_LISTED = 500

_REQUEST, _BREACH = Field("dataRequestId"), Field("breachId")
_REFERENCE = Field("reference")
_ACCOUNT = Field("viewer", called="subject")
_AFTER = Field("after", is_required=False)
_WINDOW = (Field("from", FieldKind.INSTANT), Field("before", FieldKind.INSTANT))
CHANGES = Changes(
    PAGE_NAME,
    {
        "registerDataRequest": (
            Field("kind", FieldKind.CHOICE, ("ACCESS", "RECTIFICATION", "ERASURE"), called="asked"),
        ),
        "nameDataSubject": (_REQUEST, Field("applicantId")),
        "proposeLookupOpening": (_REQUEST,),
        "approveLookupOpening": (_REQUEST,),
        "answerDataRequest": (
            _REQUEST,
            Field("outcome", FieldKind.CHOICE, ("GRANTED", "REFUSED")),
            Field("reason", FieldKind.REASON, called="answer"),
        ),
        "recordBreach": (
            Field("description", FieldKind.REASON, called="breach"),
            Field("noticedAt", FieldKind.INSTANT),
            Field("windowFrom", FieldKind.INSTANT, called="from"),
            Field("windowBefore", FieldKind.INSTANT, called="before"),
            Field("viewer", is_required=False, called="subject"),
        ),
        "notifyInstitution": (
            _BREACH,
            Field("notice", FieldKind.REASON, called="institution_notice"),
        ),
        "notifyPeople": (
            _BREACH,
            Field("people", FieldKind.NUMBER, called="people_notified"),
            Field("notice", FieldKind.REASON, called="people_notice"),
            Field("reached", FieldKind.CHOICE, ("READ", "EVERYBODY", "OTHERS")),
            Field("inIndonesian", FieldKind.REASON),
            Field("inEnglish", FieldKind.REASON),
        ),
        "closeBreach": (_BREACH, Field("reason", FieldKind.REASON)),
    },
)


def show_read_people(answer: Answer, asked: Mapping[str, Any], say: Texts) -> list[Any]:
    """Whom a breach reached, by the log of reads."""
    table = answer["peopleRead"]
    rows = [
        html.Tr(
            [
                _pseudonym(one["applicant"]),
                html.Td(count_text(one["reads"]["value"], say)),
                html.Td(written_instant(one["firstReadAt"], say)),
                html.Td(written_instant(one["lastReadAt"], say)),
                html.Td(", ".join(one["viewers"])),
                html.Td(html.Small(list_text(field_names(one["fields"], say), say))),
            ]
        )
        for one in table["rows"]
    ]
    people = table["people"]
    is_whole = people["precision"] == "EXACT"
    count = say(
        "access.people_read" if is_whole else "access.people_read_least",
        count=count_text(people["value"], say),
    )
    said = [html.P(html.B(count))]
    if not is_whole:
        kept = written_instant(table["keptSince"], say)
        said.append(html.P(say("access.kept_since", at=kept)))
    columns = ("applicant", "reads", "first", "last", "readers", "fields")
    return [*said, *_listed("peopleRead", columns, rows, table, asked, say)]


def show_people_in_reach(answer: Answer, asked: Mapping[str, Any], say: Texts) -> list[Any]:
    """Whom an account could have read: at most these are told."""
    table = answer["peopleInReach"]
    rows = [
        html.Tr(
            [
                _pseudonym(one["applicant"]),
                html.Td(written_instant(one["inReachFrom"], say)),
                html.Td(written_instant(one["inReachUntil"], say)),
                html.Td(list_text([say(f"access.way.{way}") for way in one["ways"]], say)),
                html.Td([html.Div(case_link(each, say)) for each in one["caseReferences"]]),
                html.Td(say("changes.yes" if one["wasRead"] else "changes.no")),
            ]
        )
        for one in table["rows"]
    ]
    count = count_text(table["peopleAtMost"]["value"], say)
    said = html.P(html.B(say("access.people_in_reach", count=count)))
    columns = ("applicant", "reach_from", "reach_until", "way", "cases", "was_read")
    return [said, *_listed("peopleInReach", columns, rows, table, asked, say)]


def _pseudonym(applicant: str) -> html.Th:
    return html.Th(html.Code(applicant), scope="row")


def _listed(
    question: str,
    columns: Sequence[str],
    rows: Sequence[html.Tr],
    table: Answer,
    asked: Mapping[str, Any],
    say: Texts,
) -> list[Any]:
    """The people of a breach as far as they were answered, as of when, and the way to the next."""
    shown: list[Any] = [table_of(say(f"access.{question}"), columns, rows, say)] if rows else []
    shown.append(html.P(html.Small(say("access.as_of", at=written_instant(table["asOf"], say)))))
    if len(rows) >= MOST_LISTED:
        behind = {**asked, "after": table["rows"][-1]["applicant"]}
        shown += (html.P(say("access.more")), QUESTIONS.form(question, say, about=behind))
    return shown


def show_reads(answer: Answer, asked: Mapping[str, Any], say: Texts) -> list[Any]:
    reads = answer["accessEvents"]
    count = count_text(reads["totalCount"]["value"], say)
    return [html.P(html.B(say("access.reads_found", count=count))), *list_of_reads(reads, say)]


def list_of_reads(reads: Answer, say: Texts) -> list[Any]:
    """Who read, for which case and why, the newest first."""
    rows = [
        html.Tr(
            [
                html.Td(written_instant(one["occurredAt"], say)),
                html.Th(one["actor"], scope="row"),
                html.Td(role_text(one["actorRole"], say)),
                html.Td(say(f"access.purpose.{one['purpose']}")),
                html.Td(case_link(one["caseReference"], say)),
                html.Td(html.Small(list_text(field_names(one["fields"], say), say))),
            ]
        )
        for one in reads["nodes"]
    ]
    if not rows:
        return [html.P(say("access.nothing"))]
    columns = ("at", "reader", "role", "purpose", "case", "fields")
    return [table_of(say("access.reads"), columns, rows, say)]


def show_found(answer: Answer, asked: Mapping[str, Any], say: Texts) -> list[Any]:
    """The files of the author of a letter: one of them is named as whom the request is about."""
    requests = {one["reference"]: one["id"] for one in answer["dataRequests"]["nodes"]}
    request = requests.get(asked["reference"])
    if not answer["people"] or request is None:
        return [html.P(say("access.nobody_found"))]
    return [html.Article(_file(each, request, say)) for each in answer["people"]]


def _file(person: Answer, request: str, say: Texts) -> list[Any]:
    cases = [
        f"{one['reference']} ({one['visaType']['code'] if one['visaType'] else ''},"
        f" {written_instant(one['submittedAt'], say)})"
        for one in person["applications"]["nodes"]
    ]
    about = {"dataRequestId": request, "applicantId": person["id"]}
    return [
        html.P(html.Code(person["id"])),
        html.P("; ".join(cases)),
        *([html.P(say("access.is_erased"))] if person["erasedAt"] else []),
        CHANGES.form("nameDataSubject", say, about=about),
    ]


def show_why(answer: Answer, asked: Mapping[str, Any], say: Texts) -> list[Any]:
    """Which rows of a case an account could read: by which rule, through which wall."""
    why = answer["why"]
    if why is None:
        return [html.P(say("access.no_such_case"))]
    rows = [
        html.Tr(
            [
                html.Th(html.Code(one["type"]), scope="row"),
                html.Td(count_text(one["rows"], say)),
                html.Td(count_text(one["byGateway"], say)),
                html.Td(count_text(one["byDatabase"], say)),
                html.Td(html.Small(one["rule"] or say("access.no_rule"))),
                html.Td(html.Code(f"policy.py:{one['line']}")),
                html.Td(html.Small(", ".join(one["fields"]))),
            ]
        )
        for one in why["rows"]
    ]
    read = sum(1 for one in why["rows"] if one["byGateway"] and one["byDatabase"])
    said = (
        say("access.why_suspended")
        if why["isSuspended"]
        else say("access.why_read", count=count_text(read, say))
    )
    columns = ("type", "there", "by_gateway", "by_database", "rule", "line", "fields")
    at = html.P(html.Small(say("access.as_of", at=written_instant(why["at"], say))))
    return [html.P(html.B(said)), table_of(say("access.why"), columns, rows, say), at]


def clock_of(due: str, say: Texts) -> html.Span:
    """By when something is to be done, and what is left of that."""
    left = datetime.fromisoformat(due) - datetime.now(UTC)
    is_late = left < timedelta()
    key = "access.late" if is_late else "access.due"
    hours = count_text(abs(left) // timedelta(hours=1), say)
    words = say(key, at=written_instant(due, say), hours=hours)
    return html.Span(words, className="late" if is_late else "")


def table_of(label: str, columns: Sequence[str], rows: Sequence[html.Tr], say: Texts) -> html.Div:
    return scrolling_table(label, [say(f"access.column.{each}") for each in columns], rows)


QUESTIONS = Questions(
    PAGE_NAME,
    {
        "peopleRead": (*_WINDOW, Field("viewer", is_required=False, called="subject"), _AFTER),
        "peopleInReach": (
            *_WINDOW,
            _ACCOUNT,
            Field("role", FieldKind.CHOICE, ROLES),
            Field("partner", is_required=False, called="partner_of_agent"),
            _AFTER,
        ),
        "why": (
            Field("caseReference", called="case"),
            _ACCOUNT,
            Field("role", FieldKind.CHOICE, ROLES),
            Field("at", FieldKind.INSTANT, is_required=False),
            Field("partner", is_required=False, called="partner_of_token"),
            Field("countries", is_required=False, called="country_of_token"),
            Field("centres", is_required=False, called="centre_of_token"),
            Field("purpose", is_required=False, called="named_purpose"),
        ),
        "readsOfCase": (Field("caseReference"),),
        "readsOfAccount": (_ACCOUNT, *_WINDOW),
        "findByPassport": (_REFERENCE, Field("issuingState", FieldKind.COUNTRY), Field("number")),
        "findByName": (_REFERENCE, Field("fullName"), Field("birthDate", FieldKind.DAY)),
    },
    {
        "peopleRead": show_read_people,
        "peopleInReach": show_people_in_reach,
        "why": show_why,
        "readsOfCase": show_reads,
        "readsOfAccount": show_reads,
        "findByPassport": show_found,
        "findByName": show_found,
    },
)

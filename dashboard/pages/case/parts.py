"""What the page of a case shows: where it stands, its life, its screenings, its links."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.components.panels import Answer, scrolling_table
from dashboard.components.shell import role_text
from dashboard.pages.access.forms import list_of_reads
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, list_text, written_instant

#: The statuses in which a case has yet to be decided, as a role without statuses reads them.
_OPEN_STAGES = ("SUBMITTED", "IN_PROCESS", "WAITING_FOR_APPLICANT")
_TIMES = ("submittedAt", "paidAt", "receivedAt", "payBy", "answerBy", "targetDueAt", "closedAt")
#: What hurries or stops a case, in the order in which it is said.
_MARKS = ("isUrgent", "isHeld", "isVisaHeld", "hasOpenHit", "isReferred")


def show_face(case: Answer, say: Texts) -> list[Any]:
    """Where the case stands, and by when what is to be done."""
    status = (
        say(f"supervision.status.{case['status']}")
        if "status" in case
        else say(f"my_data.stage.{case['stage']}")
    )
    marks = [html.Li(say(f"case.mark.{mark}")) for mark in _MARKS if case.get(mark)]
    if not case.get("isLinked", True):
        marks.append(html.Li(say("case.mark.isSearched")))
    visa_type = case["visaType"]
    places = [each["name"] for each in (case["country"], case["partner"]) if each]
    places += [case["centre"]["city"]] if case["centre"] else []
    facts = [
        ("status", status),
        ("visa_type", f"{visa_type['code']} · {visa_type['name']}" if visa_type else ""),
        ("validity", _validity(case, say)),
        ("came_by", " · ".join([say(f"words.channel.{case['channel']}"), *places])),
        *((name, _time(name, case, say)) for name in _TIMES),
        ("missing", _missing(case, say)),
    ]
    listed = [
        html.Div([html.Dt(say(f"case.fact.{name}")), html.Dd(value)])
        for name, value in facts
        if value
    ]
    return [*([html.Ul(marks, className="marks")] if marks else []), html.Dl(listed)]


def _validity(case: Answer, say: Texts) -> str:
    """Of a visa that is asked for; more days on one have none."""
    days = case["useWithinDays"]
    return say("case.validity", days=count_text(days, say)) if days else ""


def _time(name: str, case: Answer, say: Texts) -> Any:
    if not case[name]:
        return None
    is_late = (
        name == "targetDueAt"
        and case["stage"] in _OPEN_STAGES
        and datetime.fromisoformat(case[name]) < datetime.now(UTC)
    )
    return html.Span(written_instant(case[name], say), className="late" if is_late else "")


def _missing(case: Answer, say: Texts) -> str:
    """The documents that nobody has recorded yet."""
    kinds = [each["kind"] for each in case["documents"] if not each["recordedAt"]]
    return list_text([say(f"changes.value.{kind}") for kind in kinds], say) if kinds else ""


def show_life(case: Answer, say: Texts) -> list[Any]:
    """What happened, the first first: when, what, by whom, and why."""
    steps = [
        html.Li(
            [
                html.Small(written_instant(one["occurredAt"], say), className="when"),
                html.Div(
                    [
                        html.B(say(f"case.event.{one['kind']}")),
                        html.Small(f" · {_by(one['actor'], one['actorRole'], say)}"),
                        *([html.P(one["reason"])] if one["reason"] else []),
                    ]
                ),
            ]
        )
        for one in case["events"]["nodes"]
    ]
    return [html.Ol(steps, className="life")]


def _by(actor: str | None, role: str | None, say: Texts) -> str:
    spoken = role_text(role, say) if role else say("case.by_clock")
    return f"{actor}, {spoken}" if actor else spoken


def show_screenings(case: Answer, say: Texts) -> Any:
    """Each question to the screening authority with its answer, and what counts no more."""
    rows = [
        html.Tr(
            [
                html.Th(say(f"supervision.screening.{one['kind']}"), scope="row"),
                html.Td(_show_question(one, say)),
                html.Td(_show_result(one, say), className="bad" if _is_open_hit(one) else ""),
                html.Td(_show_answer(one, say)),
            ]
        )
        for one in case["screenings"]["nodes"]
    ]
    return _table("screenings", ("kind", "asked", "result", "answered"), rows, say)


def _is_open_hit(one: Answer) -> bool:
    return one["result"] == "HIT" and not one["voidedAt"]


def open_hits(case: Answer) -> list[str]:
    """The questions that were answered with a hit that counts."""
    return [one["kind"] for one in case["screenings"]["nodes"] if _is_open_hit(one)]


def _show_question(one: Answer, say: Texts) -> list[Any]:
    why = one["referralReason"]
    said = [say(f"case.referral.{why}")] if why else []
    said += [one["referralNote"]] if one["referralNote"] else []
    return [written_instant(one["requestedAt"], say), *_below(said)]


def _show_result(one: Answer, say: Texts) -> list[Any]:
    said = [say("case.voided", at=written_instant(one["voidedAt"], say))] if one["voidedAt"] else []
    if one["result"] == "PENDING" and one["proposed"]:
        what = say(f"case.result.{one['proposed']}")
        said.append(say("supervision.proposed", what=what, by=one["proposedBy"]))
    return [say(f"case.result.{one['result']}"), *_below(said)]


def _show_answer(one: Answer, say: Texts) -> list[Any]:
    if not one["answeredAt"]:
        return []
    by = [each for each in (one["answeredBy"], one["confirmedBy"]) if each]
    said = [*([list_text(by, say)] if by else []), *([one["reason"]] if one["reason"] else [])]
    if one["listVersion"]:
        versions = {"list": one["listVersion"], "rule": one["ruleVersion"]}
        said.append(say("case.answered_by_system", **versions))
    return [written_instant(one["answeredAt"], say), *_below(said)]


def _below(said: Sequence[str]) -> list[Any]:
    return [html.Div(html.Small(each)) for each in said]


def show_decisions(case: Answer, say: Texts) -> Any:
    """Every decision, and below them the first of two, which was withheld."""
    withheld = case.get("withheldDecision")
    rows = [
        html.Tr(
            [
                html.Th(
                    [
                        say(f"changes.value.{one['outcome']}"),
                        *_below([say("case.withheld")] if one is withheld else []),
                    ],
                    scope="row",
                ),
                html.Td(written_instant(one["decidedAt"], say)),
                html.Td(one["officer"]),
                html.Td([html.Div(each) for each in _reasons(one, say)]),
                html.Td(one["internalNote"] or ""),
            ]
        )
        for one in [*case["decisions"]["nodes"], *([withheld] if withheld else [])]
    ]
    return _table("decisions", ("outcome", "at", "officer", "ground", "note"), rows, say)


def _reasons(decision: Answer, say: Texts) -> Iterator[str]:
    """The grounds of a refusal, or the conditions of a grant."""
    for words in ("ground", "condition"):
        yield from (say(f"decisions.{words}.{each}") for each in decision[f"{words}s"])


def show_desk(case: Answer, say: Texts) -> Any:
    """On whose desk it was, and on whose it is."""
    rows = [
        html.Tr(
            [
                html.Th(one["officer"], scope="row"),
                html.Td(written_instant(one["assignedAt"], say)),
                html.Td(
                    written_instant(one["endedAt"], say) if one["endedAt"] else say("case.now")
                ),
                html.Td(_given_by(one)),
            ]
        )
        for one in case["assignments"]["nodes"]
    ]
    return _table("desk", ("officer", "since", "until", "given_by"), rows, say)


def _given_by(one: Answer) -> list[Any]:
    """Who put the case there and why, for those who read it."""
    why = one.get("reason")
    return [one.get("assignedBy") or "", *_below([why] if why else [])]


def show_corrections(case: Answer, say: Texts) -> Any:
    rows = [
        html.Tr(
            [
                html.Th(say(f"case.correction.{one['state']}"), scope="row"),
                html.Td(written_instant(one["proposedAt"], say)),
                html.Td(one["proposedBy"]),
                html.Td(one["approvedBy"] or one["closedBy"] or ""),
                html.Td(one["reason"] or ""),
            ]
        )
        for one in case["corrections"]["nodes"]
    ]
    return _table("corrections", ("state", "proposed", "by", "answered_by", "reason"), rows, say)


def show_links(case: Answer, say: Texts) -> Any:
    """The other files of the applicant, and those that may be of the same person."""
    person = case["applicant"] or {"applications": {"nodes": []}, "linked": {"nodes": []}}
    own = [one for one in person["applications"]["nodes"] if one["reference"] != case["reference"]]
    linked = person["linked"]["nodes"]
    shown: list[Any] = []
    if own:
        shown += [html.P(say("case.own_files")), _files(own, say)]
    for one in linked:
        files = one["applicant"]["applications"]["nodes"] if one["applicant"] else []
        at = written_instant(one["foundAt"], say)
        state = say(f"case.link.{one['state']}") if one["state"] else say("case.link.PROPOSED")
        found = say("case.linked_by", by=say(f"case.link_by.{one['reason']}"), at=at)
        said = [html.P([html.B(state), " · ", html.Small(found)])]
        if one["resolvedBy"]:
            said.append(html.P(html.Small(f"{one['resolvedBy']}: {one['resolution'] or ''}")))
        shown.append(html.Article([*said, _files(files, say)]))
    return shown


def _files(files: Sequence[Answer], say: Texts) -> html.Ul:
    return html.Ul(
        [
            html.Li(
                [
                    case_link(one["reference"], say),
                    html.Small(f" · {_file_facts(one, say)}"),
                ]
            )
            for one in files
        ]
    )


def _file_facts(one: Answer, say: Texts) -> str:
    visa_type = [one["visaType"]["code"]] if one["visaType"] else []
    status = say(f"supervision.status.{one['status']}")
    return " · ".join([*visa_type, status, written_instant(one["submittedAt"], say)])


def show_reads(reads: Answer, say: Texts) -> Any:
    return list_of_reads(reads, say) if reads["nodes"] else None


def _table(name: str, columns: Sequence[str], rows: Sequence[html.Tr], say: Texts) -> Any:
    if not rows:
        return None
    heads = [say(f"case.column.{each}") for each in columns]
    return scrolling_table(say(f"case.{name}"), heads, rows)


def show_requested_items(case: Answer, say: Texts) -> Any:
    """What the applicant was asked for, and what of it is still missing."""
    rows = [
        html.Tr(
            [
                html.Th(say(f"changes.value.{one['kind']}"), scope="row"),
                html.Td(
                    [
                        written_instant(one["requestedAt"], say),
                        *_below([one["note"]] if one.get("note") else []),
                    ]
                ),
                _handed_in(one, say),
            ]
        )
        for one in case["requestedItems"]["nodes"]
    ]
    return _table("requested", ("item", "requested", "handed_in"), rows, say)


def _handed_in(item: Answer, say: Texts) -> html.Td:
    if not item["answeredAt"]:
        return html.Td(say("case.still_missing"), className="bad")
    by = item.get("answeredBy")
    return html.Td([written_instant(item["answeredAt"], say), *_below([by] if by else [])])


def show_intention(case: Answer, say: Texts) -> Any:
    """What was announced to the applicant before a refusal, and whether it was answered."""
    one = case["refusalIntention"]
    if not one:
        return None
    grounds = [say(f"decisions.ground.{each}") for each in one["grounds"]]
    documents = [say(f"changes.value.{each}") for each in one["documents"]]
    if one["answeredAt"]:
        answered = [written_instant(one["answeredAt"], say), *_below([one["answeredBy"]])]
    elif one["endedAt"]:
        answered = [say("case.not_answered", at=written_instant(one["endedAt"], say))]
    else:
        answered = [say("case.not_answered_yet")]
    row = html.Tr(
        [
            html.Th(list_text(grounds, say), scope="row"),
            html.Td(
                [
                    written_instant(one["announcedAt"], say),
                    *_below([one["announcedBy"], *([one["note"]] if one["note"] else [])]),
                ]
            ),
            html.Td([*answered, *_below(documents)]),
        ]
    )
    return _table("intention", ("ground", "announced", "answered"), [row], say)


#: The parts of a case, by what a role has to read for them; in the order of the page. One of which
#: nothing is on record is None.
PARTS: Mapping[str, tuple[str, Callable[[Answer, Texts], Any]]] = {
    "requested": ("requestedItems", show_requested_items),
    "intention": ("refusalIntention", show_intention),
    "life": ("events", show_life),
    "screenings": ("screenings", show_screenings),
    "decisions": ("decisions", show_decisions),
    "desk": ("assignments", show_desk),
    "corrections": ("corrections", show_corrections),
    "links": ("applicant", show_links),
}

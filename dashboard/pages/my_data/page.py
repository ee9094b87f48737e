"""The page My data: what is on file about the viewer, who read it, and the requests about it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dash import html

from dashboard.components.html_part import html_output, html_part, skeleton
from dashboard.components.notice import missing_part
from dashboard.components.page import Page, follow_address, part
from dashboard.components.page_request import page_request
from dashboard.components.shell import role_text
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.pages.case.documents import document_text
from dashboard.pages.case.forms import answer_text
from dashboard.pages.my_data.complaints import LODGING, complain_about, list_complaints
from dashboard.pages.my_data.reading import READERS, ask_my_data
from dashboard.texts import Texts
from dashboard.texts.wording import list_text, written_day, written_instant
from dashboard.web.visit import current_visit

#: What is on file of a person, in the order in which it is shown.
#: What is read beside the identity, by the beginning of its name in the log.
_PARTS = {
    "answers": "answers",
    "document": "documents",
    "visa": "visa_in_hand",
    "movements": "movements",
    "notes": "notes",
}
OF_A_PERSON = (
    "fullName",
    "birthDate",
    "sex",
    "placeOfBirth",
    "passportNumber",
    "passportIssuingState",
    "passportExpiresOn",
    "email",
    "phone",
)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    part = html_part(html.Div, skeleton(600), "my-data")
    return html.Div(
        [
            *PAGE.stores(),
            html.H1(say("my_data.title")),
            html.P(say("my_data.lead"), className="compared"),
            part,
            *LODGING.stores(),
        ],
        className="definitions my-data",
    )


PAGE = Page(name="my_data", path="/my-data", layout=layout, roles=READERS)
follow_address(PAGE.name)
LODGING.follow()


@part(html_output("my-data"), otherwise=missing_part)
async def show_my_data(state: Any) -> list[Any]:
    visit, request = current_visit.get(), page_request(state)
    say = request.say
    await request.viewer()  # whose data these are is whom the page was drawn for
    return content(await ask_my_data(visit.gateway, visit.session, say.language), say)


PAGE.shows(show_my_data)


def content(answer: Mapping[str, Any], say: Texts) -> list[Any]:
    """The sections, for people with a file and for those whose file was erased."""
    mine = answer["myData"]
    asked = [_requests(answer["requests"], say)]
    if mine is None:
        return [html.P(say("my_data.nothing")), *asked, _complaints(answer, None, say)]
    person = mine["applicant"]
    cases = person["applications"]["nodes"]
    return [
        html.P(html.A(say("my_data.download"), href=f"/my-data.json?language={say.language}")),
        _breaches(person["breachNotices"]["nodes"], mine["breaches"], say),
        _person(person, say),
        _versions(person["identityVersions"]["nodes"], say),
        _applications(cases, say),
        _handed_in(cases, say),
        _movements(person["movements"]["nodes"], say),
        _checks(mine["visaChecks"], say),
        _reads(answer["reads"], mine, say),
        _look_ups(mine["lookups"], say),
        *asked,
        _complaints(answer, complain_about(cases, say), say),
    ]


def _complaints(
    answer: Mapping[str, Any], form: html.Details | None, say: Texts
) -> html.Section | None:
    """What one complained of, and the form for another; nothing without either."""
    shown = [*list_complaints(answer["complaints"], say), *([form] if form else [])]
    return _section("complaints", shown, say) if shown else None


def _breaches(
    notices: Sequence[Mapping[str, Any]], of_everybody: Sequence[Mapping[str, Any]], say: Texts
) -> html.Section | None:
    """What the law has people told of breaches; nothing where none reached them."""
    if not notices and not of_everybody:
        return None
    told = [
        html.Article(_breach(one["breach"], one["toldAt"], _data_read(one, say), say))
        for one in notices
    ] + [
        html.Article(_breach(one, one["peopleNotifiedAt"], say("my_data.breach_everybody"), say))
        for one in of_everybody
    ]
    return _section("breaches", [*told, html.P(say("my_data.breach_law"))], say)


def _data_read(notice: Mapping[str, Any], say: Texts) -> str:
    fields = list_text(field_names(notice["fields"], say), say)
    return say("my_data.breach_data", fields=fields)


def _breach(breach: Mapping[str, Any], told_at: str, data: str, say: Texts) -> list[html.P]:
    instants = {
        "from": breach["windowFrom"],
        "until": breach["windowBefore"],
        "noticed": breach["noticedAt"],
        "told": told_at,
    }
    at = {name: written_instant(instant, say) for name, instant in instants.items()}
    return [
        html.P(html.B(breach["inWords"])),
        html.P(data),
        html.P(say("my_data.breach_when", **at)),
    ]


def _person(person: Mapping[str, Any], say: Texts) -> html.Section:
    return _section("person", person_list(person["identity"], person["nationality"], say), say)


def person_list(
    identity: Mapping[str, Any] | None, nationality: Mapping[str, Any] | None, say: Texts
) -> html.Dl:
    """Who somebody is, as far as it was answered."""
    values = {**(identity or {})}
    known = [(name, _value(name, values.get(name), say)) for name in OF_A_PERSON]
    if nationality:
        known.append(("nationality", nationality["name"]))
    entries = [
        html.Div([html.Dt(say(f"my_data.field.{name}")), html.Dd(text)])
        for name, text in known
        if text
    ]
    return html.Dl(entries)


def _versions(versions: Sequence[Mapping[str, Any]], say: Texts) -> html.Section | None:
    """Who one was before a correction; nothing where nothing was ever corrected."""
    if not versions:
        return None
    lines = [
        html.Li(
            [
                html.B(f"{written_instant(one['writtenAt'], say)}: "),
                "; ".join(
                    f"{say(f'my_data.field.{name}')}: {_value(name, one.get(name), say)}"
                    for name in OF_A_PERSON
                    if one.get(name)
                ),
                "" if one["validFrom"] else f" ({say('my_data.proposed')})",
            ]
        )
        for one in versions
    ]
    return _section("versions", html.Ul(lines), say)


def _applications(cases: Sequence[Mapping[str, Any]], say: Texts) -> html.Section:
    lines = [html.Li(_case(one, say)) for one in cases]
    return _section("applications", html.Ul(lines) if lines else None, say)


def _case(one: Mapping[str, Any], say: Texts) -> list[Any]:
    visa_type = one["visaType"]
    kind = f"{visa_type['code']}, {visa_type['name']}" if visa_type else ""
    line = [html.B(one["reference"]), f" · {kind} · {written_instant(one['submittedAt'], say)}"]
    decision = one["decision"]
    stage = say(f"my_data.stage.{one['stage']}")
    line.append(f" · {stage}")
    if one["targetDueAt"] and not one["closedAt"]:
        line.append(f" · {say('my_data.expected', at=written_instant(one['targetDueAt'], say))}")
    if decision:
        outcome = say(f"my_data.outcome.{decision['outcome']}")
        line.append(f" · {outcome}, {written_instant(decision['decidedAt'], say)}")
        if visa := decision["visa"]:
            until = written_day(visa["useBy"], say)
            line.append(f" · {say('my_data.visa', number=visa['number'], until=until)}")
            line += [f" · {say(f'decisions.condition.{each}')}" for each in decision["conditions"]]
            stay = visa["stay"]
            if stay and stay["presence"] == "IN_COUNTRY" and stay["until"]:
                line.append(f" · {say('my_data.stay', until=written_day(stay['until'], say))}")
    return line


def _handed_in(cases: Sequence[Mapping[str, Any]], say: Texts) -> html.Section | None:
    """What was answered, and the documents that are kept; nothing where nobody handed any in."""
    lines = [
        html.Li([html.B(f"{case['reference']} · {say(f'changes.value.{kind}')}: "), what])
        for case in cases
        for kind, what in _of_a_case(case, say)
    ]
    return _section("handed_in", html.Ul(lines), say) if lines else None


def _of_a_case(case: Mapping[str, Any], say: Texts) -> Iterator[tuple[str, str]]:
    for item in case["requestedItems"]["nodes"]:
        if item["answer"]:
            yield item["kind"], answer_text(item["answer"], say)
    for document in case["uploads"]:
        if document["completedAt"]:
            there = document_text(document, say)
            yield document["kind"], f"{there}, {written_instant(document['completedAt'], say)}"


def _movements(movements: Sequence[Mapping[str, Any]], say: Texts) -> html.Section | None:
    """Entries and exits; nothing where border control reported none."""
    if not movements:
        return None
    lines = [
        html.Li(
            [
                html.B(f"{written_instant(one['crossedAt'], say)}: "),
                say(f"my_data.crossing.{one['direction']}", port=one["port"]),
            ]
        )
        for one in movements
    ]
    return _section("movements", html.Ul(lines), say)


def _checks(checks: Sequence[Mapping[str, Any]], say: Texts) -> html.Section | None:
    """On which days it was asked whether a visa can be used; nothing where nobody did."""
    if not checks:
        return None
    lines = [
        html.Li(
            [
                html.B(f"{written_day(one['checkedOn'], say)}: "),
                role_text(one["checkedBy"], say),
                f" · {flight}" if (flight := one["flightNumber"]) else "",
            ]
        )
        for one in checks
    ]
    return _section("checks", html.Ul(lines), say)


def _reads(reads: Sequence[Mapping[str, Any]], mine: Mapping[str, Any], say: Texts) -> html.Section:
    """Who read it, and since when reads are kept: about the time before that nothing is claimed."""
    lines = [
        html.Li(
            [
                html.B(f"{written_instant(one['occurredAt'], say)}: "),
                f"{one['inWords']} ",
                html.Small(", ".join(field_names(one["fields"], say))),
            ]
        )
        for one in reads
    ]
    shown: list[Any] = [html.Ul(lines)] if lines else []
    if kept_since := mine["keptSince"]:
        shown.append(html.P(say("my_data.kept_since", at=written_instant(kept_since, say))))
    elif not lines:
        shown.append(html.P(say("my_data.nobody")))
    proofs = [html.P(say("my_data.proofs"))] if lines else []
    return _section("reads", [*shown, html.P(mine["note"]), *proofs], say)


def _look_ups(look_ups: Sequence[Mapping[str, Any]], say: Texts) -> html.Section | None:
    """Who looked for the person; nothing where nobody did, or it is not told yet."""
    if not look_ups:
        return None
    return _section("look_ups", html.Ul([html.Li(_look_up(one, say)) for one in look_ups]), say)


def _look_up(one: Mapping[str, Any], say: Texts) -> list[Any]:
    why = say(f"my_data.why.{one['purpose']}")
    by = role_text(one["lookedUpBy"], say)
    return [html.B(f"{written_day(one['lookedUpOn'], say)}: "), f"{by}, {why}"]


def field_names(fields: Sequence[str], say: Texts) -> list[str]:
    """What was read, in words; of earlier versions, answers and the visa, that they were."""
    names = [say(f"my_data.field.{name}") for name in OF_A_PERSON if name in fields]
    parts = {_PARTS.get(name.partition(".")[0], "earlier") for name in fields if "." in name}
    return names + [say(f"my_data.{part}") for part in sorted(parts)]


def _requests(requests: Sequence[Mapping[str, Any]], say: Texts) -> html.Section:
    lines = [html.Li(_request(one, say)) for one in requests]
    listed = html.Ul(lines) if lines else html.P(say("my_data.nothing_asked"))
    return _section("requests", [listed, html.P(say("my_data.how_to_ask"))], say)


def _request(one: Mapping[str, Any], say: Texts) -> list[Any]:
    state = say(f"my_data.state.{one['state']}")
    line: list[Any] = [html.B(say(f"my_data.kind.{one['kind']}")), f" · {one['reference']}"]
    line.append(f" · {say('my_data.lodged', at=written_instant(one['lodgedAt'], say))} · {state}")
    if one["state"] == "OPEN":
        line.append(f" · {say('my_data.due', at=written_instant(one['dueAt'], say))}")
    else:
        line.append(f" · {written_instant(one['answeredAt'], say)}: {one['reason']}")
    if erasure := one["erasure"]:
        if erasure["copiesEndAt"]:
            erased = written_instant(erasure["erasedAt"], say)
            gone = written_instant(erasure["copiesEndAt"], say)
            line.append(f" · {say('my_data.erased', at=erased, gone=gone)}")
        else:
            line.append(f" · {say('my_data.waits')}")
    line.append(html.P(html.Small(one["legalBasis"])))
    return line


def _section(name: str, content: Any, say: Texts) -> html.Section:
    return html.Section([html.H2(say(f"my_data.{name}")), content], className="panel")


def _value(name: str, value: Any, say: Texts) -> str:
    if value is None:
        return ""
    if name == "sex":
        return say(f"my_data.sex.{value}")
    if name.endswith(("Date", "On")):
        return written_day(value, say)
    return value["name"] if isinstance(value, Mapping) else str(value)

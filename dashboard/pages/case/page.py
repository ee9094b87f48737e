"""The page of a case: where it stands, its life at a glance, and what its reader can do with it."""

from collections.abc import Iterable, Mapping
from typing import Any

from dash import dcc, html

from dashboard.components.case_link import named_case
from dashboard.components.html_part import html_output, html_part
from dashboard.components.notice import failure_part, missing_part
from dashboard.components.page import Page, follow_address, part
from dashboard.components.page_request import ask_for_page, page_request
from dashboard.components.panels import Answer, panels_layout
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.pages.case.documents import show_documents
from dashboard.pages.case.forms import (
    CHANGES,
    CONDITIONS,
    GROUNDS,
    KINDS,
    PAGE_NAME,
    READING,
    REFERRALS,
)
from dashboard.pages.case.parts import PARTS, open_hits, show_face, show_reads
from dashboard.texts import Texts

SUPERVISOR, AUDITOR, OFFICER = "SUPERVISOR", "AUDITOR", "OFFICER"
#: By which document a role reads a case.
QUESTIONS: Mapping[str, str] = {
    SUPERVISOR: "case/supervisor",
    AUDITOR: "case/auditor",
    OFFICER: "case/officer",
    "PARTNER_MANAGER": "case/partner",
    "PARTNER_AGENT": "case/partner",
}
_GROUNDS = (
    *("ENTRY_BAN", "INVALID_TRAVEL_DOCUMENT", "FORGED_DOCUMENT", "FALSE_STATEMENT"),
    *("INSUFFICIENT_MEANS", "PURPOSE_NOT_CREDIBLE", "PUBLIC_HEALTH", "SECURITY", "INCOMPLETE"),
)
_CONDITIONS = ("NO_EMPLOYMENT", "REPORT_TO_OFFICE", "ONWARD_TICKET", "WITH_FAMILY")
_REFERRALS = (
    *("ROUTINE", "IDENTITY_IN_DOUBT", "DOCUMENTS_IN_DOUBT", "PURPOSE_IN_DOUBT"),
    *("TRAVEL_HISTORY", "INFORMATION_RECEIVED"),
)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    shown = html_part(html.Div, None, "case-shown")
    stores = *CHANGES.stores(), *READING.stores()
    return panels_layout(PAGE, say("case.title"), say("case.lead"), [shown], _finder(say), *stores)


def _finder(say: Texts) -> html.Form:
    """Opens the case whose reference somebody has before them (``assets/page.js``)."""
    opens: dict[str, Any] = {"data-opens": "of"}
    field: dict[str, Any] = {"name": "of", "type": "text"}
    controls = [
        html.Label(say("case.reference"), htmlFor="case-of"),
        html.Div(
            [
                dcc.Input(id="case-of", maxLength=40, required=True, **field),
                html.Button(say("case.open"), type="submit"),
            ]
        ),
    ]
    return html_part(
        html.Form, controls, "case-finder", className="finder", autoComplete="off", **opens
    )


async def read_case(state: Any) -> Answer | None:
    """The case that the address names, as its reader may read it; None where it names none, or none
    in reach. Raises GatewayError."""
    request = page_request(state)
    viewer = await request.viewer()
    reference = named_case(request.about)
    if reference is None:
        return None
    answer = await ask_for_page(state, QUESTIONS[viewer.role], {"reference": reference})
    return answer if answer["application"] else None


PAGE = Page(
    name=PAGE_NAME,
    path="/case",
    layout=layout,
    roles=frozenset(QUESTIONS),
    is_live=True,
    read=read_case,
)
follow_address(PAGE.name)
CHANGES.follow()
READING.follow()


@part(html_output("case-shown"), otherwise=missing_part)
async def show_case(state: Any) -> list[Any]:
    answer, request = await read_case(state), page_request(state)
    say = request.say
    if answer is None:
        return [html.P(say("case.none" if request.about else "case.choose"))]
    case = answer["application"]
    parts: list[tuple[str, Any]] = [("stands", show_face(case, say))]
    if "allowed" in case:
        parts.append(("acts", offer_steps(case, say)))
    role, about = (await request.viewer()).role, {"reference": case["reference"]}
    reads_contents = role == SUPERVISOR or is_on_the_own_desk(answer)

    def open_document(id_: str) -> html.Form:
        return READING.form("openDocument", say, about={"id": id_, **about})

    documents = show_documents(case, say, open_document if reads_contents else None)
    parts.append(("documents", documents))
    parts += [(name, show(case, say)) for name, (field, show) in PARTS.items() if field in case]
    if reads_contents and any(one["answeredAt"] for one in case["requestedItems"]["nodes"]):
        parts.append(("answers", READING.form("readAnswers", say, about=about)))
    if reads_contents:
        parts.append(("notes", READING.form("readNotes", say, about=about)))
    if "reads" in answer:
        name = "reads" if role == AUDITOR else "own_reads"
        parts.append((name, show_reads(answer["reads"], say)))
    absent = [say(f"case.{name}") for name, content in parts if not content]
    shown: list[Any] = [_panel(name, content, say) for name, content in parts if content]
    if absent:
        shown.append(html.P(say("case.nothing", what=" · ".join(absent)), className="counted"))
    return [
        html.H2(case["reference"], className="reference"),
        *shown,
    ]


def is_on_the_own_desk(answer: Answer) -> bool:
    if "viewer" not in answer:
        return False
    desks = answer["application"]["assignments"]["nodes"]
    own = [one for one in desks if one["officer"] == answer["viewer"]["subject"]]
    return any(not one["endedAt"] for one in own)


def _panel(name: str, content: Any, say: Texts) -> html.Section:
    shown = content if isinstance(content, list) else [content]
    return html.Section(
        [html.H3(say(f"case.{name}")), *shown], className="panel", id=f"case-{name}"
    )


def offer_steps(case: Answer, say: Texts) -> list[Any]:
    """A form for each step that can be taken now; of the others, why not, as the gateway says."""
    steps = {mutation_of(one["step"]): one for one in case["allowed"]}
    offered = [name for name in CHANGES.forms if name in steps and steps[name]["isAllowed"]]
    refused = [steps[name] for name in CHANGES.forms if name in steps and name not in offered]
    forms = [_form(name, case, say) for name in offered]
    why = [html.Li(list(_refusal(one, say))) for one in refused]
    not_now = html.Details([html.Summary(say("case.not_now")), html.Ul(why)]) if why else None
    return [*(forms or [html.P(say("case.no_step"))]), *([not_now] if not_now else [])]


def mutation_of(step: str) -> str:
    """``resolveHit`` for ``RESOLVE_HIT``."""
    first, *others = step.lower().split("_")
    return "".join([first, *(each.capitalize() for each in others)])


def _form(name: str, case: Answer, say: Texts) -> Any:
    listed = {
        GROUNDS: {each: say(f"decisions.ground.{each}") for each in _GROUNDS},
        CONDITIONS: {each: say(f"decisions.condition.{each}") for each in _CONDITIONS},
        REFERRALS: {each: say(f"case.referral.{each}") for each in _REFERRALS},
        KINDS: {kind: say(f"supervision.screening.{kind}") for kind in open_hits(case)},
    }
    return CHANGES.folded(name, say, about={"applicationId": case["id"]}, listed=listed)


def _refusal(one: Answer, say: Texts) -> Iterable[Any]:
    yield html.B(say(f"changes.do.{mutation_of(one['step'])}"))
    if one["reason"]:
        yield f": {one['reason']['message']}"


PAGE.shows(failure_part(PAGE), show_case)

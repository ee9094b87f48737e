"""The page Subscriptions: what the visitor is told of by mail, and the form to be told of more."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes
from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import ask_for_page, page_request
from dashboard.components.panels import Answer, ShowPanel, panel, panel_part, panels_layout
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import SUBSCRIPTIONS, Address
from dashboard.model.user import User
from dashboard.pages.place.reading import KINDS, chosen_place
from dashboard.texts import Texts
from dashboard.texts.wording import written_instant

QUESTION = "subscriptions/question"
READERS = frozenset(AUDIENCES)
VISA_TYPES = "visa_types"
OCCASIONS = (
    "MONTHLY",
    "WEEKLY",
    "TARGET_MISSED",
    "LATER_THAN_USUAL",
    "MORE_REFUSALS",
    "MORE_REQUESTS",
    "SLOWER_HANDOVER",
    "GROWING_BACKLOG",
)
CHANGES = Changes(
    "subscriptions",
    {
        "subscribeToMail": (
            Field("occasion", FieldKind.CHOICE, OCCASIONS),
            Field("visaType", FieldKind.CHOICE, VISA_TYPES, is_required=False),
            *(Field(kind, is_required=False) for kind in KINDS),
            Field("language"),
        ),
        "renewMailSubscription": (Field("subscriptionId"),),
        "endMailSubscription": (Field("subscriptionId"),),
    },
)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [panel(PAGE, name, say(f"subscriptions.{name}")) for name in PANELS]
    lead = say("subscriptions.lead")
    return panels_layout(PAGE, say("subscriptions.title"), lead, panels, *CHANGES.stores())


async def read_subscriptions(state: Any) -> Answer:
    """Everything the page shows, and what its address names. Raises GatewayError."""
    address = page_request(state).address
    answer = await ask_for_page(state, QUESTION, variables_of(address))
    return {**answer, "chosen": chosen_place(address)}


def variables_of(address: Address) -> dict[str, Any]:
    """The variables of ``question.graphql``, but for the language."""
    kind, code = chosen_place(address) or ("", "")
    return {
        **{f"is{each.capitalize()}": each == kind for each in KINDS},
        **{table: [code] if each == kind else [] for each, table in KINDS.items()},
    }


PAGE = Page(
    name="subscriptions",
    path=SUBSCRIPTIONS,
    layout=layout,
    roles=READERS,
    is_listed=False,
    read=read_subscriptions,
)
follow_address(PAGE.name)
CHANGES.follow()


def list_lasting(answer: Answer, say: Texts) -> list[Any]:
    """The own subscriptions, each with what can be done about it."""
    nodes = answer["mailSubscriptions"]["nodes"]
    return [_lasting(each, say) for each in nodes] or [html.P(say("subscriptions.none"))]


def _lasting(one: Answer, say: Texts) -> html.Article:
    about = {"subscriptionId": one["id"]}
    facts = [say("subscriptions.ends", at=written_instant(one["endsAt"], say))]
    if one["mailedAt"]:
        facts.append(say("subscriptions.mailed", at=written_instant(one["mailedAt"], say)))
    visa = f" · {one['visaType']['code']}" if one["visaType"] else ""
    occasion = say(f"changes.value.{one['occasion']}")
    return html.Article(
        [
            html.P([html.B(_place_text(one, say)), f"{visa} · {occasion}"]),
            html.P(html.Small(" · ".join(facts))),
            CHANGES.form("renewMailSubscription", say, about=about),
            CHANGES.form("endMailSubscription", say, about=about),
        ]
    )


def _place_text(one: Answer, say: Texts) -> str:
    """What it is about: a place, or everything that the visitor reaches."""
    named = next((one[kind]["name"] for kind in KINDS if one[kind]), None)
    return named or say("subscriptions.everything")


def offer_subscribing(answer: Answer, say: Texts) -> list[Any]:
    """The form, about what the address names; a page of a place leads here with its own."""
    kind, code = answer["chosen"] or ("", "")
    nodes = answer[KINDS[kind]]["nodes"] if kind else []
    if kind and not nodes:
        return [html.P(say("place.none"))]
    name = nodes[0]["name"] if nodes else say("subscriptions.everything")
    about = {each: code if each == kind else "" for each in KINDS}
    content = html.P(say("subscriptions.about", name=name))
    known = {**about, "language": say.language.upper()}
    types = answer["visaTypes"]["nodes"]
    listed = {VISA_TYPES: {each["code"]: f"{each['code']} · {each['name']}" for each in types}}
    return [
        CHANGES.form("subscribeToMail", say, about=known, content=content, listed=listed),
        html.P(html.Small(say("subscriptions.how"))),
    ]


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {"lasting": list_lasting, "subscribe": offer_subscribing}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))

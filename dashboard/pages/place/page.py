"""The page of one country, partner or centre: the four questions answered for it, on one A4."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dash import Output, dcc, html

from dashboard.components.controls import period_choice
from dashboard.components.definition import definition_button
from dashboard.components.html_part import aria, html_output, html_part, skeleton
from dashboard.components.notice import failure_part, missing_part
from dashboard.components.page import Page, follow_address, part, title_output
from dashboard.components.page_request import page_request
from dashboard.components.shell import on_paper, scope_text
from dashboard.figures import GRAPH_CONFIG
from dashboard.figures.fan import fan_figure
from dashboard.model.filters import CENTRE, FILTER, ON_MAP
from dashboard.model.findings import Claim
from dashboard.model.measures import INTAKE
from dashboard.model.page_state import PLACE, Address
from dashboard.model.period import today
from dashboard.model.user import User
from dashboard.pages.place.reading import READERS, Place, read_place
from dashboard.pages.place.tables import late_table, split_tables
from dashboard.pages.today.attention import places_table
from dashboard.pages.today.parts import (
    EMPTY,
    VOLUMES,
    answer_skeleton,
    change_table,
    promise_waiting,
    report_links,
    steps_of,
)
from dashboard.pages.today.promise import promise_table
from dashboard.pages.today.strip import strip_of, strip_waiting
from dashboard.texts import Texts
from dashboard.texts.wording import country_name, instant_text, note_text, period_text

CONTROLS = ("period", "months")
#: The panels, and what defines the figures of each.
PANELS = {
    "change": "contribution",
    "standing": "control_limits",
    "promise": "promised_share",
    "coming": "expected",
    "waiting": "backlog",
}


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    """The page before its figures are known."""
    return html.Div(
        [
            *PAGE.stores(),
            html.Div(
                [
                    html_part(html.Div, _heading_skeleton(), "place-heading"),
                    on_paper(viewer, say),
                ],
                className="heading",
            ),
            html.Div(
                period_choice(PAGE.name, address, today(), say),
                role="search",
                **aria(label=say("today.filters")),
            ),
            html_part(html.Div, None, "place-notice"),
            html_part(
                html.Nav,
                strip_waiting(4),
                "place-strip",
                **aria(live="polite", label=say("today.strip")),
            ),
            html.Div([_panel(name, say) for name in PANELS], className="questions"),
        ],
        className="today place",
    )


def _heading_skeleton() -> list[Any]:
    return [html.H1(skeleton(36, "40%")), html.P(skeleton(22, "60%"))]


def _panel(name: str, say: Texts) -> html.Article:
    picture = [
        html.Figure(
            html.Div(
                dcc.Graph(id="place-fan", config=GRAPH_CONFIG, responsive=True, figure=EMPTY),
                className="graph graph-fan",
                **aria(hidden="true"),
            ),
            id="place-fan-figure",
        )
    ]
    return html.Article(
        [
            html.Header(
                [
                    html.P(say(f"place.question_{name}"), className="kicker"),
                    definition_button(PANELS[name], say),
                ]
            ),
            html_part(html.Div, answer_skeleton(), f"place-{name}", className="answer"),
            html_part(
                html.Div,
                promise_waiting() if name in ("promise", "standing") else None,
                f"place-{name}-table",
            ),
            *(picture if name == "coming" else []),
        ],
        id=f"answer-{name}",
        className=f"panel question question-{name}",
    )


PAGE = Page(
    name="place",
    path=PLACE,
    layout=layout,
    roles=READERS,
    is_listed=False,
    usual={"period": Address("").period},
    read=read_place,
)
follow_address(PAGE.name, CONTROLS)


@part(
    html_output("place-heading"),
    title_output("place-heading"),
    html_output("place-strip"),
    otherwise=lambda say: (missing_part(say), say("pages.place.title"), None),
)
async def show_heading(state: Any) -> tuple[Any, ...]:
    place = await read_place(state)
    if place is None or place.node is None:
        return _no_place(state), page_request(state).say("pages.place.title"), None
    say, found = place.say, place.today
    heading = [
        html.P(kind_text(place), className="kicker"),
        html.H1(place.node["name"]),
        html.P([facts_text(place), " · ", report_links(place.address, say)]),
    ]
    strip = strip_of(
        {
            "change": found.one("CHANGE"),
            "standing": standing(place),
            "promise": found.one("PROMISE"),
            "coming": found.one("COMING"),
        },
        {"standing": found.one("WAITING")},
        say,
        PAGE.name,
    )
    return heading, f"{place.node['name']} · {say('page.product')}", strip


def _no_place(state: Any) -> list[Any]:
    """Nothing is said of what is out of reach: it looks like what does not exist."""
    say = page_request(state).say
    return [html.H1(say("place.none")), html.P(dcc.Link(say("place.choose"), href=VOLUMES))]


def kind_text(place: Place) -> str:
    """What it is, and for a centre where and whose."""
    say, node = place.say, place.node or {}
    words = [say(f"place.kind_{place.kind}")]
    if place.kind == CENTRE:
        words += [part["name"] for part in (node["country"], node["partner"]) if part]
    return " · ".join(words)


def facts_text(place: Place) -> str:
    """Over which time, of what beside the place, in whose scope and as of when."""
    say, filters = place.say, place.address.filters
    chosen = {key: codes for key, codes in filters.items() if codes and key != place.kind}

    def name(key: str, code: str) -> str:
        if FILTER[key].words:
            return say(f"words.{key}.{code}")
        return country_name(code, say.language) if key in ON_MAP else code

    facts = [
        period_text(place.today.period, say),
        *(
            f"{say(f'filters.{key}')}: {', '.join(name(key, code) for code in codes)}"
            for key, codes in chosen.items()
        ),
        f"{say('masthead.scope')}: {scope_text(place.viewer, say)}",
        say("masthead.as_of", instant=instant_text(place.today.as_of, say)),
    ]
    return " · ".join(facts)


def standing(place: Place) -> Claim | None:
    """How it stands beside others; of what is not compared itself, which places in it stand out."""
    if place.kind not in (place.compared, CENTRE):
        return place.today.one("ATTENTION")
    told = [each for each in _compared(place) if each.direction != "USUAL"]
    worse = [each for each in told if each.is_concern]
    words = {
        f"place.{'worse' if each.is_concern else 'better'}_{each.measure.id}": each
        for each in (worse or told)
        if each.measure
    }
    say = place.say
    if not _compared(place):
        return Claim("PLACE", "UNKNOWN", sentence=say("place.not_compared"))
    if not words:
        return Claim("PLACE", "USUAL", sentence=say("place.usual"))
    sentence = say("place.stands_out", what=", ".join(say(each) for each in words))
    return Claim("PLACE", "WORSE" if worse else "BETTER", bool(worse), sentence=sentence)


def _compared(place: Place) -> list[Claim]:
    """Its figures of which limits are known."""
    return [
        each
        for kind in ("PLACE", "PLACE_MONTH")
        for each in place.today.all(kind)
        if each.direction != "UNKNOWN"
    ]


def _answer(claim: Claim | None, noted: Sequence[str] = ()) -> list[Any]:
    if claim is None:
        return []
    return [
        html.H2(claim.sentence, className="concern" if claim.is_concern else None),
        html.Div([html.P(note) for note in claim.notes], className="notes"),
        *(html.P(note, className="noted") for note in noted),
    ]


@part(
    *(html_output(f"place-{name}") for name in PANELS),
    *(html_output(f"place-{name}-table") for name in PANELS),
    Output("place-fan", "figure"),
    Output("place-fan-figure", "hidden"),
    otherwise=lambda say: (*[missing_part(say)] * 5, *[None] * 5, EMPTY, False),
)
async def show_answers(state: Any) -> tuple[Any, ...]:
    place = await read_place(state)
    if place is None or place.node is None:
        return (*[None] * 10, EMPTY, True)
    found, say = place.today, place.say
    steps = steps_of(found, INTAKE, "visa", place.address, say)
    expected = found.all("SO_FAR") + found.all("EXPECTED")
    return (
        _answer(found.change(INTAKE), [note_text(note, say) for note in found.notes]),
        _answer(standing(place)),
        _answer(found.one("PROMISE")),
        _answer(found.one("COMING")),
        _answer(found.one("WAITING")),
        change_table(*steps, say) if steps else None,
        places_table(found, place.compared, place.address, say),
        promise_table(found, say),
        None,
        late_table(place, datetime.now(UTC)) if place.late is not None else split_tables(place),
        fan_figure(found.all("RECEIVED"), expected, say) if expected else EMPTY,
        not expected,
    )


PAGE.shows(failure_part(PAGE), show_heading, show_answers)

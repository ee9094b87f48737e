"""The page Today: four questions, of partners five, each answered by a sentence and a picture.

All parts share one fetch, and are answered together.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from dash import Output, html, no_update

from dashboard.components.controls import options_of
from dashboard.components.html_part import html_output, html_part, skeleton
from dashboard.components.notice import (
    failure_notice,
    missing_part,
    not_here,
    outage_notice,
    partly_absent,
)
from dashboard.components.page import Page, follow_address, part, title_output
from dashboard.components.page_request import gateway_error, page_request, shown_instead
from dashboard.components.shell import on_paper, scope_text
from dashboard.figures.control import control_figure
from dashboard.figures.fan import fan_figure
from dashboard.figures.funnel import funnel_figure
from dashboard.figures.waterfall import waterfall
from dashboard.model.filters import FILTER
from dashboard.model.measures import INTAKE, REFUSAL_RATE, TARGET_RATE
from dashboard.model.page_state import Address
from dashboard.model.period import today
from dashboard.model.user import User
from dashboard.pages.today.answers import AGENT, ASKS
from dashboard.pages.today.attention import attention_finding, attention_from, place_names
from dashboard.pages.today.change import change_finding, change_from, steps_of
from dashboard.pages.today.coming import coming_finding, coming_from
from dashboard.pages.today.own_work import own_work_finding, own_work_table
from dashboard.pages.today.parts import (
    EMPTY,
    OFFERED,
    answer,
    change_table,
    figures_of,
    filter_bar,
    labelled_segments,
    outside_table,
    panel,
    picture,
    promise_table,
    promise_waiting,
)
from dashboard.pages.today.promise import promise_finding, targets_from
from dashboard.pages.today.reading import PARTNERS, read_reply, reasons_of
from dashboard.texts import Texts
from dashboard.texts.wording import instant_text, list_text, month_text

WORK = "today-work"
CONTROLS = ("period", "months", "why", "measure", *OFFERED)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    """The page before its figures are known, of the size that it has with them."""
    return html.Div(
        [
            *PAGE.stores(why=reasons_of(viewer)[0]),
            _heading(viewer, say),
            filter_bar(address, today(), say),
            html.Div(id="today-notice"),
            html.Div(
                [
                    panel(
                        "change",
                        "contribution",
                        say,
                        _change_choices(address, viewer, say),
                        picture("waterfall"),
                        figures_of("steps", say("today.question_change"), say),
                    ),
                    panel(
                        "attention",
                        "control_limits",
                        say,
                        # An agent's centre has too few visa types to compare, as a rule.
                        picture("funnel", " ", hidden=viewer.role == AGENT),
                        figures_of("outside", say("today.question_attention"), say),
                        picture("control", " "),
                    ),
                    panel("coming", "expected", say, picture("fan", say("today.fan"))),
                    panel(
                        "promise",
                        "promised_share",
                        say,
                        html_part(html.Div, promise_waiting(), "today-promises"),
                    ),
                    *_work_panel(viewer, say),
                ],
                id="today-questions",
                className="questions",
            ),
        ],
        className="today",
    )


def _heading(viewer: User, say: Texts) -> html.Div:
    return html.Div(
        [
            html.P(say("pages.today.title"), className="kicker"),
            html.H1(say("today.heading_partner" if viewer.role in PARTNERS else "today.heading")),
            html_part(html.P, skeleton(22, "60%"), "today-facts"),
            on_paper(viewer, say),
        ],
        className="heading",
    )


def _change_choices(address: Address, viewer: User, say: Texts) -> html.Div:
    """Which measure changed, and by what its change is explained."""
    measures = (INTAKE, TARGET_RATE, REFUSAL_RATE)
    labels = [(each.id, say(f"measures.{each.id}.label")) for each in measures]
    reasons = [(key, say(f"today.why_{key}")) for key in reasons_of(viewer)]
    return html.Div(
        [
            labelled_segments("measure", say("today.what"), address.measure, labels),
            labelled_segments("why", say("today.why"), address.why, reasons),
        ],
        className="choices",
    )


PAGE = Page(
    name="today",
    path="/",
    layout=layout,
    roles=frozenset(ASKS),
    usual={"period": Address("").period, "why": Address("").why, "measure": INTAKE.id},
    many=OFFERED,
    read=read_reply,
)
follow_address(PAGE.name, CONTROLS)


def _work_panel(viewer: User, say: Texts) -> list[Any]:
    """A fifth question, for those who can answer it by their own work."""
    if viewer.role not in PARTNERS:
        return []
    waiting = html_part(html.Div, promise_waiting(), "today-work-table")
    return [panel("work", "control_limits", say, waiting)]


@part(
    html_output("today-facts"),
    title_output("today-facts"),
    otherwise=lambda say: (no_update, no_update),
)
async def show_facts(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    say = reply.say
    scope = f"{say('masthead.scope')}: {scope_text(reply.viewer, say)}"
    as_of = say("masthead.as_of", instant=instant_text(reply.today.as_of, say))
    return f"{scope} · {as_of}", f"{say('pages.today.title')} · {say('page.product')}"


@part(
    *(Output(f"today-{key}", "data") for key in OFFERED if not FILTER[key].words),
    otherwise=lambda say: (no_update,) * 3,
)
async def show_choices(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    found = reply.today
    countries = {**found.names["country"]}
    if found.place == "country":
        countries |= found.names["place"]
    offered = {"country": countries} | {key: dict(found.names[key]) for key in ("partner", "visa")}
    for key, names in offered.items():
        # A picker lets go of what it does not offer, and the address would lose it unasked.
        names |= {code: reply.name(key, code) for code in reply.address.filters[key]}
    return tuple(
        options_of(sorted(names.items(), key=lambda option: option[1]))
        for names in offered.values()
    )


@part(
    html_output("today-notice"),
    Output("today-questions", "hidden"),
    otherwise=lambda say: (missing_part(say), False),
)
async def show_notice(state: Any) -> tuple[Any, bool]:
    """What holds for the whole page: why there are no figures, or that they are not of now."""
    try:
        reply = await read_reply(state)
    except Exception as error:
        request = page_request(state)
        back = f"{PAGE.path}{request.address.link()}"
        return failure_notice(gateway_error(error), back, request.say), False
    say, who = reply.say, (reply.absent, reply.name, reply.viewer)
    if reply.is_elsewhere:
        back = replace(page_request(state).address, **dict.fromkeys(FILTER, ())).link()
        return not_here(*who, back, say), True
    back = shown_instead(state)
    if reply.outage or back:
        return outage_notice(reply.outage, reply.today.as_of, say, back), False
    shown = change_from(reply.today, reply.address).measure.id
    return partly_absent(*who, say, reply.address.measure, shown), False


@part(
    html_output("today-change"),
    Output("today-waterfall", "figure"),
    html_output("today-steps"),
    Output("today-waterfall-figure", "hidden"),
    otherwise=lambda say: (missing_part(say), EMPTY, None, False),
)
async def show_change(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    change, say = change_from(reply.today, reply.address), reply.say
    found = steps_of(change, say)
    sentence = answer(change_finding(change, say), say)
    if found is None:
        return sentence, EMPTY, None, True
    steps, total = found
    figure = waterfall(steps, total, ",.0f" if change.total else "+.1%", say)
    return sentence, figure, change_table(steps, total, say), False


@part(
    html_output("today-attention"),
    Output("today-funnel", "figure"),
    html_output("today-funnel-note"),
    html_output("today-outside"),
    Output("today-control", "figure"),
    html_output("today-control-note"),
    Output("today-funnel-figure", "hidden"),
    Output("today-control-figure", "hidden"),
    otherwise=lambda say: (missing_part(say), EMPTY, None, None, EMPTY, None, False, False),
)
async def show_attention(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    attention, say = attention_from(reply.today, reply.address), reply.say
    names = place_names(reply.today, say)
    alarms = [point for point in attention.chart if point.is_alarming]
    months = [month_text(date.fromisoformat(point.count.key), say) for point in alarms]
    alarm_text = (
        say("today.alarm_months", months=list_text(months, say))
        if months
        else say("today.no_alarm_months")
    )
    chosen = reply.address.filters["country"] if reply.today.place == "country" else ()
    return (
        answer(attention_finding(attention, say), say),
        funnel_figure(attention.funnel, names, chosen, say),
        say(f"today.funnel_{attention.kind}") + ".",
        outside_table(attention.funnel, names, say),
        control_figure(attention.chart, say),
        f"{say(f'today.control_{attention.kind}')}. {alarm_text}",
        len(attention.funnel.points) < 2,
        not attention.chart,
    )


@part(
    html_output("today-promise"),
    html_output("today-promises"),
    otherwise=lambda say: (missing_part(say), None),
)
async def show_promise(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    found, say = targets_from(reply.today), reply.say
    return (
        answer(promise_finding(found, reply.address, say), say),
        promise_table(found, reply.today.names["visa"], say) if found else None,
    )


@part(
    html_output(WORK),
    html_output("today-work-table"),
    otherwise=lambda say: (missing_part(say), None),
)
async def show_work(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    if reply.work is None:
        return missing_part(reply.say), None
    say, names = reply.say, reply.today.names
    finding = own_work_finding(reply.work, names["place"], reply.address, say)
    has_rows = bool(reply.work.telling_groups)
    return answer(finding, say), own_work_table(reply.work, names, say) if has_rows else None


@part(
    html_output("today-coming"),
    Output("today-fan", "figure"),
    Output("today-fan-figure", "hidden"),
    otherwise=lambda say: (missing_part(say), EMPTY, False),
)
async def show_coming(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    coming, say = coming_from(reply.today), reply.say
    sentence = answer(coming_finding(coming, reply.address, say), say)
    if coming.outlook is None:
        return sentence, EMPTY, True
    return sentence, fan_figure(coming.counts, coming.first, coming.outlook, say), False


PAGE.shows(show_choices, is_steady=True)
PAGE.shows(show_facts, show_notice, show_change, show_promise, show_coming, show_attention)
PAGE.shows(show_work)

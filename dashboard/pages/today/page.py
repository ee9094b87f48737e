"""The page Today: four questions, of partners five, each answered by a sentence and a picture.

All parts share one fetch, and are answered together.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dash import Output, html, no_update

from dashboard.components.controls import options_of
from dashboard.components.html_part import aria, html_output, html_part
from dashboard.components.notice import (
    failure_notice,
    missing_part,
    not_here,
    outage_notice,
    partly_absent,
)
from dashboard.components.page import Page, follow_address, part, title_output
from dashboard.components.page_request import gateway_error, page_request, shown_instead
from dashboard.components.saved_views import saved_views
from dashboard.components.shell import scope_text
from dashboard.figures.control import control_figure
from dashboard.figures.fan import fan_figure
from dashboard.figures.funnel import funnel_figure
from dashboard.figures.waterfall import waterfall
from dashboard.model.filters import FILTER
from dashboard.model.measures import INTAKE, TARGET_RATE
from dashboard.model.page_state import Address
from dashboard.model.period import today
from dashboard.model.user import User
from dashboard.pages.today.answers import READERS
from dashboard.pages.today.attention import places_table, waiting_now, watched_measure
from dashboard.pages.today.files import files_answer, files_sentence, files_table
from dashboard.pages.today.layout import heading, heading_of, panels
from dashboard.pages.today.own_work import own_work_table
from dashboard.pages.today.parts import (
    EMPTY,
    OFFERED,
    answer,
    change_table,
    filter_bar,
    report_links,
    steps_of,
    volumes_link,
)
from dashboard.pages.today.promise import promise_table
from dashboard.pages.today.reading import PARTNERS, place_of, read_reply, reasons_of
from dashboard.pages.today.strip import strip, strip_waiting
from dashboard.texts import Texts
from dashboard.texts.wording import instant_text, list_text, month_text, note_text

CONTROLS = ("period", "months", "why", "measure", *OFFERED)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    """The page before its figures are known, of the size that it has with them."""
    return html.Div(
        [
            *PAGE.stores(why=reasons_of(viewer)[0]),
            heading(viewer, say),
            filter_bar(address, today(), say),
            html.Div(id="today-notice"),
            html_part(
                html.Nav,
                strip_waiting(5 if viewer.role in PARTNERS else 4),
                "today-strip",
                **aria(live="polite", label=say("today.strip")),
            ),
            html.Div(panels(address, viewer, say), id="today-questions", className="questions"),
            # Below everything, so that nothing jumps for a further name.
            html_part(html.P, None, "today-views"),
        ],
        className="today",
    )


PAGE = Page(
    name="today",
    path="/",
    layout=layout,
    roles=READERS,
    usual={"period": Address("").period, "why": Address("").why, "measure": INTAKE.id},
    many=OFFERED,
    read=read_reply,
)
follow_address(PAGE.name, CONTROLS)


@part(
    html_output("today-facts"),
    title_output("today-facts"),
    html_output("today-heading"),
    html_output("today-views"),
    otherwise=lambda say: (no_update,) * 4,
)
async def show_facts(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    say = reply.say
    scope = f"{say('masthead.scope')}: {scope_text(reply.viewer, say)}"
    as_of = say("masthead.as_of", instant=instant_text(reply.today.as_of, say))
    facts = [f"{scope} · {as_of} · ", report_links(reply.address.of_the_same_figures, say)]
    title = f"{say('pages.today.title')} · {say('page.product')}"
    heading = say(heading_of(reply.viewer, is_of_files=reply.files is not None))
    return facts, title, heading, saved_views(reply.today.views, reply.address, say)


@part(
    *(Output(f"today-{key}", "data") for key in OFFERED if not FILTER[key].words),
    otherwise=lambda say: (no_update,) * 3,
)
async def show_choices(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    found = reply.today
    offered = {key: dict(found.names[key]) for key in ("country", "partner", "visa")}
    for key, names in offered.items():
        # A picker lets go of what it does not offer, and the address would lose it unasked.
        names |= {code: reply.name(key, code) for code in reply.address.filters[key]}
    return tuple(
        options_of(sorted(names.items(), key=lambda option: option[1]))
        for names in offered.values()
    )


@part(
    html_output("today-notice"),
    Output("today-strip", "hidden"),
    Output("today-questions", "hidden"),
    otherwise=lambda say: (missing_part(say), False, False),
)
async def show_notice(state: Any) -> tuple[Any, bool, bool]:
    """What holds for the whole page: why there are no figures, or that they are not of now."""
    try:
        reply = await read_reply(state)
    except Exception as error:
        request = page_request(state)
        back = f"{PAGE.path}{request.address.link()}"
        return failure_notice(gateway_error(error), back, request.say), False, False
    say, who = reply.say, (reply.absent, reply.name, reply.viewer)
    if reply.is_elsewhere:
        back = replace(page_request(state).address, **dict.fromkeys(FILTER, ())).link()
        return not_here(*who, back, say), True, True
    back = shown_instead(state)
    if reply.outage or back:
        return outage_notice(reply.outage, reply.today.as_of, say, back), False, False
    shown = reply.today.change(reply.address.measure_shown).measure or INTAKE
    return partly_absent(*who, say, reply.address.measure, shown.id), False, False


@part(html_output("today-strip"), otherwise=missing_part)
async def show_strip(state: Any) -> Any:
    reply = await read_reply(state)
    few = files_sentence(reply.files, datetime.now(UTC), reply.say) if reply.files else None
    return strip(reply.today, few, reply.say)


@part(
    html_output("today-change"),
    Output("today-waterfall", "figure"),
    html_output("today-steps"),
    Output("today-waterfall-figure", "hidden"),
    otherwise=lambda say: (missing_part(say), EMPTY, None, False),
)
async def show_change(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    say, change = reply.say, reply.today.change(reply.address.measure_shown)
    measure = change.measure or INTAKE
    href = volumes_link(reply.address, measure=measure.id, by=reply.address.why)
    sentence = answer(change, href, say)
    found = steps_of(reply.today, measure, reply.address.why, reply.address, say)
    if found is None or reply.files:
        return sentence, EMPTY, None, True
    steps, total = found
    figure = waterfall(steps, total, ",.0f" if measure is INTAKE else "+.1%", say)
    return sentence, figure, change_table(steps, total, say), False


@part(
    html_output("today-attention"),
    html_output("today-places"),
    Output("today-funnel", "figure"),
    html_output("today-funnel-note"),
    html_output("today-waiting"),
    Output("today-funnel-figure", "hidden"),
    otherwise=lambda say: (missing_part(say), None, EMPTY, None, None, False),
)
async def show_attention(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    found, say, place = reply.today, reply.say, place_of(reply.viewer)
    measure = watched_measure(found)
    chosen = reply.address.filters["country"] if place == "country" else ()
    places, limits = (found.all(kind, measure) for kind in ("PLACE", "LIMITS"))
    href = volumes_link(reply.address, by=place, measure=measure.id, sort=measure.id)
    return (
        answer(found.one("ATTENTION"), href, say),
        places_table(found, place, reply.address, say),
        funnel_figure(places, limits, chosen, say) if len(places) > 1 else EMPTY,
        say(f"today.funnel_{measure.id}") + ".",
        waiting_now(found, say),
        len(places) < 2,
    )


@part(
    html_output("today-promise"),
    html_output("today-promises"),
    Output("today-control", "figure"),
    html_output("today-control-note"),
    Output("today-control-figure", "hidden"),
    otherwise=lambda say: (missing_part(say), None, EMPTY, None, False),
)
async def show_promise(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    found, say = reply.today, reply.say
    href = volumes_link(reply.address, measure=TARGET_RATE.id, by="visa")
    months = [] if reply.files else found.all("MONTH", TARGET_RATE)
    alarms = [each.starts_on for each in months if each.is_concern and each.starts_on]
    named = list_text([month_text(month, say) for month in alarms], say) if alarms else ""
    alarm_text = say("today.alarm_months", months=named) if alarms else say("today.no_alarm_months")
    events = [each.sentence for each in found.all("EVENT")]
    return (
        answer(found.one("PROMISE"), href, say),
        promise_table(found, say),
        control_figure(months, say) if months else EMPTY,
        [
            " ".join([f"{say('today.control_target_rate')}. {alarm_text}", *events]),
            *(html.P(note_text(note, say), className="noted") for note in found.notes),
        ],
        not months,
    )


@part(
    html_output("today-work"),
    html_output("today-work-table"),
    otherwise=lambda say: (missing_part(say), None),
)
async def show_work(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    work, say = reply.today.one("WORK"), reply.say
    if work is None:
        return None, None
    measure = (work.measure or INTAKE).id
    href = volumes_link(
        reply.address, by=place_of(reply.viewer), measure=measure, sort=measure, measures="all"
    )
    return answer(work, href, say), own_work_table(reply.today, reply.address, say)


@part(
    html_output("today-coming"),
    Output("today-fan", "figure"),
    Output("today-fan-figure", "hidden"),
    otherwise=lambda say: (missing_part(say), EMPTY, False),
)
async def show_coming(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    found, say = reply.today, reply.say
    href = volumes_link(reply.address, measure=INTAKE.id)
    sentence = answer(found.one("COMING"), href, say)
    expected = found.all("SO_FAR") + found.all("EXPECTED")
    if not expected:
        return sentence, EMPTY, True
    return sentence, fan_figure(found.all("RECEIVED"), expected, say), False


PAGE.shows(show_choices, is_steady=True)
PAGE.shows(
    show_facts,
    show_notice,
    show_strip,
    show_change,
    show_promise,
    show_coming,
    show_attention,
)


@part(
    html_output("today-files"),
    html_output("today-files-table"),
    Output("answer-files", "hidden"),
    otherwise=lambda say: (None, None, True),
)
async def show_files(state: Any) -> tuple[Any, ...]:
    reply = await read_reply(state)
    found, say, now = reply.files, reply.say, datetime.now(UTC)
    if found is None:
        return None, None, True
    return files_answer(found, now, say), files_table(found, now, say), False


PAGE.shows(show_work)
PAGE.shows(show_files)

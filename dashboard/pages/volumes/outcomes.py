"""The panel for partner managers: own refusal rates beside those of the whole network."""

from typing import Any

from dash import html

from dashboard.components.html_part import aria
from dashboard.model.measures import DECISIONS, REFUSAL_RATE
from dashboard.model.rows import Line, Reading
from dashboard.pages.volumes.view import View
from dashboard.texts.wording import period_text, value_text


def outcomes(view: View) -> list[Any] | None:
    """None where nothing is compared: by visa type and nationality alone."""
    network, say = view.volumes.network, view.say
    if not network:
        return None
    return [
        html.H2(say("outcomes.title", period=period_text(view.period, say))),
        html.P(say("outcomes.note"), className="protection"),
        html.Div(
            _table(view),
            className="scroll",
            tabIndex=0,
            role="region",
            **aria(label=say("outcomes.caption")),
        ),
    ]


def _table(view: View) -> html.Table:
    say, network = view.say, view.volumes.network
    names = (
        say(f"filters.{view.address.by}"),
        say(f"measures.{DECISIONS.id}.label"),
        say(f"measures.{REFUSAL_RATE.id}.label"),
        say("outcomes.network_decisions"),
        say("outcomes.network_rate"),
    )
    ordered = sorted(network, key=lambda each: -(each.own[REFUSAL_RATE].whole or 0))
    return html.Table(
        [
            html.Caption(say("outcomes.caption")),
            html.Thead(html.Tr([html.Th(name, scope="col") for name in names])),
            html.Tbody([_row(each.own, each.network, view) for each in ordered]),
        ]
    )


def _row(own: Line, network: Reading | None, view: View) -> html.Tr:
    cells = [*_cells(own[REFUSAL_RATE], view)]
    if network is None:
        cells += [html.Td(view.say("outcomes.too_few"), colSpan=2)]
    else:
        cells += _cells(network, view)
    return html.Tr([html.Th(view.name_of(own), scope="row"), *cells])


def _cells(rate: Reading, view: View) -> list[html.Td]:
    """How many were decided, and the share that was refused."""
    texts = (
        value_text(DECISIONS, Reading(rate.whole), view.say),
        value_text(REFUSAL_RATE, rate, view.say, is_short=True),
    )
    return [html.Td(text) for text in texts]

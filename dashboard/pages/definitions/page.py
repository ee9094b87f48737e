"""The page of definitions: what every measure means, and which rules hold for all figures."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components.definition import PAGE as PATH
from dashboard.components.definition import facts_of, label, word
from dashboard.components.page import Page, follow_address
from dashboard.model.definitions import Definition, definitions
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.texts import Texts

RULES = (
    "windows", "as_of", "countries", "exact", "grains", "withheld", "rounded", "denominator",
    "frozen", "sources",
)  # fmt: skip


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    """All of it at once: nothing is asked for."""
    return html.Div(
        [
            *PAGE.stores(),
            html.H1(say("definitions.title")),
            html.P(say("definitions.lead"), className="compared"),
            _contents(definitions(), say),
            html.Section([_measure(each, say) for each in definitions()], className="measures"),
            _rules(say),
        ],
        className="definitions",
    )


PAGE = Page(name="definitions", path=PATH, layout=layout)
follow_address(PAGE.name)


def _contents(measures: Sequence[Definition], say: Texts) -> html.Nav:
    links = [html.Li(html.A(label(each.id, say), href=f"#{each.id}")) for each in measures]
    rules = html.Li(html.A(say("definitions.rules"), href="#rules"))
    return html.Nav(
        [html.H2(say("definitions.contents")), html.Ul([*links, rules])], className="panel"
    )


def _measure(measure: Definition, say: Texts) -> html.Article:
    return html.Article(
        [
            html.H2(label(measure.id, say)),
            html.P(word(measure.id, "definition", say)),
            facts_of(measure, say),
        ],
        id=measure.id,
        className="panel",
    )


def _rules(say: Texts) -> html.Section:
    rules: list[Any] = [
        html.Div(
            [
                html.Dt(say(f"definitions.rule.{name}.title")),
                html.Dd(say(f"definitions.rule.{name}.text")),
            ]
        )
        for name in RULES
    ]
    return html.Section(
        [html.H2(say("definitions.rules")), html.Dl(rules)], id="rules", className="panel"
    )

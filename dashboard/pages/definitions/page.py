"""``/definitions``: what every measure means and which rules hold, as one page without a script."""

from collections.abc import Sequence
from string import Template
from typing import Any

from dash import html
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from dashboard.components.render_html import html_of
from dashboard.components.shell import DEFINITIONS, masthead
from dashboard.model.definitions import Definition, definitions
from dashboard.model.page_state import Address, read_address
from dashboard.model.viewer import Viewer
from dashboard.texts import Texts, texts
from dashboard.web.gate import query_of
from dashboard.web.static_files import address_of
from dashboard.web.visit import current_visit

RULES = (
    "windows", "as_of", "countries", "exact", "grains", "withheld", "rounded", "denominator",
    "frozen", "sources",
)  # fmt: skip
FACTS = ("unit", "window", "seen", "precision")
STYLES = ("style.css", "style.print.css", "style.wide.css")

PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
$styles
</head>
<body><div class="page">$body</div></body>
</html>
""")


def routes() -> list[Route]:
    return [Route(DEFINITIONS, _answer, methods=["GET"])]


async def _answer(request: Request) -> HTMLResponse:
    visit = current_visit.get()
    address = read_address(query_of(request), visit.language)
    say = texts(address.language)
    page = PAGE.substitute(
        language=say.language,
        title=f"{html_of(say('definitions.title'))} · {say('page.product')}",
        styles="".join(f'<link rel="stylesheet" href="{address_of(name)}">' for name in STYLES),
        body=html_of(content(address, visit.session.viewer, say)),
    )
    return HTMLResponse(page)


def content(address: Address, viewer: Viewer | None, say: Texts) -> list[Any]:
    """The masthead of every page, the measures, and the rules."""
    back = html.A(say("definitions.back"), href="/" + address.link())
    return [
        html.Header(masthead(address, viewer, say, page=DEFINITIONS), className="masthead"),
        html.Main(
            [
                html.P(back, className="kicker"),
                html.H1(say("definitions.title")),
                html.P(say("definitions.lead"), className="compared"),
                _contents(definitions(), say),
                html.Section([_measure(each, say) for each in definitions()], className="measures"),
                _rules(say),
            ],
            id="main",
            className="definitions",
            tabIndex=-1,
        ),
    ]


def label(id_: str, say: Texts) -> str:
    """The words of the card, where a card has some."""
    return _word(id_, "label", say)


def _word(id_: str, part: str, say: Texts) -> str:
    return say.by_key.get(f"measures.{id_}.{part}") or say(f"define.{id_}.{part}")


def _contents(measures: Sequence[Definition], say: Texts) -> html.Nav:
    links = [html.Li(html.A(label(each.id, say), href=f"#{each.id}")) for each in measures]
    rules = html.Li(html.A(say("definitions.rules"), href="#rules"))
    return html.Nav(
        [html.H2(say("definitions.contents")), html.Ul([*links, rules])], className="panel"
    )


def _measure(measure: Definition, say: Texts) -> html.Article:
    facts = [
        ("id", html.Code(measure.id)),
        ("formula", say(f"define.{measure.id}.formula")),
        *((fact, say(f"definitions.{fact}s.{getattr(measure, fact)}")) for fact in FACTS),
    ]
    rows = [html.Div([html.Dt(say(f"definitions.{name}")), html.Dd(text)]) for name, text in facts]
    return html.Article(
        [
            html.H2(label(measure.id, say)),
            html.P(_word(measure.id, "definition", say)),
            html.Dl(rows),
        ],
        id=measure.id,
        className="panel",
    )


def _rules(say: Texts) -> html.Section:
    rules = [
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

"""Parts that are written as HTML: escaped, and spelled alike."""

import pytest
from dash import html

from dashboard.components.html_part import aria, html_of


def test_whatever_is_said_is_escaped() -> None:
    found = '<img src=x onerror="alert(1)">'
    assert "<img" not in html_of([found, html.Li(found, title=found)])
    assert '"alert' not in html_of(html.Li(title=found))


def test_a_component_reads_the_same_however_it_is_spelled() -> None:
    found = '<th aria-label="1 &amp; 2" aria-sort="none" class="a" id="b" scope="col">x</th>'
    label, sort = aria(label="1 & 2"), aria(sort="none")
    assert html_of(html.Th("x", id="b", className="a", scope="col", **label, **sort)) == found
    assert html_of(html.Th("x", **sort, scope="col", className="a", **label, id="b")) == found


def test_a_style_is_spelled_as_in_a_style_sheet() -> None:
    bar = html.Span(style={"backgroundColor": "#123456", "width": "4.00%"})
    assert html_of(bar) == '<span style="background-color: #123456; width: 4.00%"></span>'


def test_attributes_of_tables_are_spelled_as_in_html() -> None:
    assert html_of(html.Td("x", colSpan=3)) == '<td colspan="3">x</td>'


@pytest.mark.parametrize(
    ("hidden", "opening"), [(True, "<p hidden>"), (False, "<p>"), (None, "<p>")]
)
def test_an_attribute_stands_for_what_is_so(hidden: bool | None, opening: str) -> None:
    assert html_of(html.P("x", hidden=hidden)) == f"{opening}x</p>"

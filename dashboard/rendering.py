"""Dash components as plain HTML, for pages that need no script."""

from html import escape
from typing import Any

from dash.development.base_component import Component

NAMES = {"className": "class", "formAction": "formaction", "tabIndex": "tabindex"}
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def html_of(node: Any) -> str:
    """A component, a text, nothing, or several of these."""
    if node is None:
        return ""
    if isinstance(node, list | tuple):
        return "".join(html_of(each) for each in node)
    if not isinstance(node, Component):
        return escape(str(node))
    told: Any = node.to_plotly_json()
    props = dict(told["props"])
    children = props.pop("children", None)
    tag = told["type"].lower()
    opening = f"<{tag}{''.join(_attribute(*prop) for prop in props.items())}>"
    return opening if tag in VOID else f"{opening}{html_of(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = NAMES.get(name, name)
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'

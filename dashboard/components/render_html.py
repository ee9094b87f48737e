"""Dash components as plain HTML."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from dash.development.base_component import Component

NAMES = {"className": "class", "formAction": "formaction", "tabIndex": "tabindex"}
#: What a component knows of itself, beside what it was given.
OF_DASH = ("_", "available_")
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def html_of(node: Any) -> str:
    """A component, a text, nothing, or several of these; the same always reads the same."""
    if node is None:
        return ""
    if isinstance(node, list | tuple):
        return "".join(html_of(each) for each in node)
    if not isinstance(node, Component):
        return escape(str(node))
    given = {key: value for key, value in vars(node).items() if not key.startswith(OF_DASH)}
    children = given.pop("children", None)
    tag = type(node).__name__.lower()
    opening = f"<{tag}{''.join(_attribute(*each) for each in sorted(given.items()))}>"
    return opening if tag in VOID else f"{opening}{html_of(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = NAMES.get(name, name)
    if isinstance(value, Mapping):
        value = "; ".join(f"{_hyphenated(key)}: {each}" for key, each in value.items())
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def _hyphenated(name: str) -> str:
    """A property of a style as a style sheet spells it."""
    return re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)

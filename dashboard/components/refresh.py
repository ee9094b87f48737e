"""Figures that keep themselves fresh: the page asks again, and only what has changed is sent.

``assets/refresh.js`` decides when to ask. Whatever else may one day tell that figures have
changed, a subscription for one, sets the same ``ASKED_AGAIN``.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from dash import Input, Output, State, dcc, no_update
from dash.exceptions import PreventUpdate
from plotly.io.json import to_json_plotly

ASKED_AGAIN = Input("refresh", "data")
SHOWN = State("shown", "data")
SHOWN_NOW = Output("shown", "data")


def stores() -> list[dcc.Store]:
    """What the page keeps: when it asked last, and marks of what it shows."""
    return [dcc.Store(id="refresh"), dcc.Store(id="shown")]


def only_changes(state: Mapping[str, Any], shown: Any) -> dict[str, Any]:
    """The state without what the page shows already, and ``shown`` as it is then."""
    before = shown if isinstance(shown, dict) else {}
    now = before | {name: _mark(value) for name, value in state.items() if value is not no_update}
    if now == before:
        raise PreventUpdate
    changes = {
        name: no_update if before.get(name) == now.get(name) else value
        for name, value in state.items()
    }
    return changes | {"shown": now}


def _mark(value: Any) -> str:
    return blake2b(str(to_json_plotly(value)).encode(), digest_size=8).hexdigest()

"""What a page of the dashboard is: one entry gives its route, navigation, gate and title."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc

from dashboard.model.page_state import Address
from dashboard.model.viewer import Viewer
from dashboard.texts import Texts


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Its words are ``pages.<name>.title`` and ``pages.<name>.link``.

    ``layout`` is what the page is before its figures are known, of the size that it has with them.
    """

    name: str
    path: str
    layout: Callable[[Address, Viewer, Texts], Any]
    #: Who opens it; None is whoever has signed in.
    roles: frozenset[str] | None = None
    #: What its controls stand on where the address says nothing.
    usual: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Its controls with several values, with commas between them in the address.
    many: Sequence[str] = ()

    def is_open_to(self, viewer: Viewer) -> bool:
        return self.roles is None or viewer.role in self.roles

    @property
    def state(self) -> Input:
        """What a callback of the page waits for: its address, and when it was asked for news."""
        return Input(f"{self.name}-state", "data")

    @property
    def kept_state(self) -> State:
        """The same, for a callback that waits for something else."""
        return State(f"{self.name}-state", "data")

    def store(self) -> dcc.Store:
        """Where the browser keeps that; ``follow`` in ``assets/page.js`` writes it."""
        state = {
            "name": self.name,
            "path": self.path,
            "usual": dict(self.usual),
            "many": list(self.many),
        }
        return dcc.Store(id=f"{self.name}-state", data=state)


def follow_address(name: str, controls: Sequence[str] = ()) -> None:
    """Let a page follow its address, and the address the controls with these keys.

    To be called once for each page, by its name, where its callbacks are.
    """
    state = f"{name}-state"
    clientside_callback(
        ClientsideFunction("gerbang", "follow"),
        Output(state, "data"),
        Input("address", "href"),
        Input("asked", "data"),
        State(state, "data"),
    )
    clientside_callback(
        ClientsideFunction("gerbang", "entitle"),
        Input(f"{name}-title", "data"),
    )
    if controls:
        clientside_callback(
            ClientsideFunction("gerbang", "choose"),
            *(Input(f"{name}-{key}", "value") for key in controls),
            State(state, "data"),
            prevent_initial_call=True,
        )
        clientside_callback(
            ClientsideFunction("gerbang", "show"),
            [Output(f"{name}-{key}", "value") for key in controls],
            Input(state, "data"),
            prevent_initial_call=True,
        )

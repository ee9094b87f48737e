"""Pages of panels, drawn of answers that are made up from the schema: every word and number.

Whatever a page asks for has a value: of each kind the usual ones in turn, and now and then none.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    parse,
)

import gateway
from dashboard.components.html_part import html_of
from dashboard.components.page import Page
from dashboard.components.panels import ShowPanel
from dashboard.components.shell import navigation
from dashboard.gateway.client import document
from dashboard.gateway.session import Session
from dashboard.model.page_state import read_address
from dashboard.model.period import WIB
from dashboard.model.user import User
from dashboard.pages.case.parts import PARTS, show_face
from dashboard.pages.registry import PAGES as ALL
from dashboard.texts import texts
from dashboard.web.visit import Visit, current_visit
from models.vocabulary import Role
from tests.dashboard.snapshots import assert_as_drawn

SDL = Path(gateway.__file__).parent / "schema" / "schema.graphql"
#: Of a list, and of one within another.
MOST, FEWER = 5, 2
VALUES: Mapping[str, tuple[Any, ...]] = {
    "Boolean": (True, False),
    "Int": (3, 0, 1, 40, 1_234),
    "BigInt": (3, 0, 1, 40, 1_234),
    "Float": (0.25, 0.0, 0.031, 1.0),
    "Hours": (71.5, 0.2, 72.0, 400.25),
    "amount": (1_500_000, 0, 500_000),
    "Date": ("2020-01-31", "2099-12-31"),
    # After midnight in Jakarta, when it is the day before in Greenwich.
    "DateTime": ("2020-01-31T17:30:00+00:00", "2099-12-31T16:59:00+00:00"),
    "CountryCode": ("AU", "SG", "NZ"),
}
#: Numbers that every answer has.
WHOLE = frozenset({"Int", "BigInt", "Boolean"})
Sets = Sequence[SelectionSetNode]


@cache
def schema() -> GraphQLSchema:
    return build_schema(SDL.read_text(encoding="utf-8"), assume_valid=True)


@dataclass(frozen=True)
class Maker:
    """Makes up answers. ``words`` are those that a page knows of a field's, and ``always`` the
    fields that have a value wherever it shows them."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    always: frozenset[str] = frozenset()

    def answer(self, question: str) -> dict[str, Any]:
        definitions = parse(document(question)).definitions
        fragments = {
            each.name.value: each
            for each in definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        [operation] = (each for each in definitions if isinstance(each, OperationDefinitionNode))
        return self._object(schema().query_type, [operation.selection_set], fragments, 0, 0)

    def _object(self, type_: Any, sets: Sets, fragments: Any, at: int, depth: int) -> Any:
        selected: defaultdict[str, list[FieldNode]] = defaultdict(list)
        for node in chain.from_iterable(_fields(each, fragments) for each in sets):
            selected[node.alias.value if node.alias else node.name.value].append(node)
        return {
            key: self._value(type_.fields[nodes[0].name.value].type, nodes, fragments, at, depth)
            for key, nodes in selected.items()
        }

    def _value(
        self, type_: Any, nodes: list[FieldNode], fragments: Any, at: int, depth: int
    ) -> Any:
        name = nodes[0].name.value
        turn, named = at + len(name), get_named_type(type_)
        is_whole = named.name in WHOLE or named.name.endswith(("Connection", "Table", "Count"))
        is_always = name in self.always or is_whole or not depth
        if not (is_non_null_type(type_) or is_always) and turn % 4 == 3:
            return None
        type_ = get_nullable_type(type_)
        if is_list_type(type_):
            most = FEWER if depth else MOST
            return [self._value(type_.of_type, nodes, fragments, n, depth + 1) for n in range(most)]
        if sets := [node.selection_set for node in nodes if node.selection_set]:
            return self._object(named, sets, fragments, at, depth)
        values = self.words.get(name) or VALUES.get(name) or VALUES.get(named.name)
        if is_enum_type(named) and not values:
            values = (*named.values,)
        return values[turn % len(values)] if values else f"{name} {at}"


def _fields(selected: SelectionSetNode, fragments: Any) -> Iterator[FieldNode]:
    for node in selected.selections:
        match node:
            case FieldNode():
                yield node
            case FragmentSpreadNode(name=name):
                yield from _fields(fragments[name.value].selection_set, fragments)
            case _:
                raise TypeError(node)


def words_of(prefix: str) -> tuple[str, ...]:
    """The words that a page has a text for."""
    return tuple(key.removeprefix(prefix) for key in texts("en").by_key if key.startswith(prefix))


#: What a page asks, and of which words and values its answers are.
PAGES: Mapping[str, tuple[tuple[str, ...], Maker]] = {
    "access": (
        ("access/question",),
        Maker(always=frozenset({"answeredAt", "value", "upperQuartile", "median", "others"})),
    ),
    "administration": (
        ("administration/question",),
        Maker({"state": words_of("administration.state.")}),
    ),
    "backlog": (
        ("backlog/question", "backlog/statuses"),
        Maker({"status": words_of("backlog.status.")}, frozenset({"handInBy", "targetDueAt"})),
    ),
    "complaints": (
        ("complaints/question", "complaints/counts"),
        Maker(
            {"kind": words_of("complaints.kind.")},
            frozenset({"answeredAt", "answeredRole", "period", "value"}),
        ),
    ),
    "decisions": (("decisions/question", "decisions/officers"), Maker()),
    "desk": (("desk/question",), Maker()),
    "endpoints": (
        ("endpoints/question",), Maker({"state": words_of("endpoints.state.")}),
    ),
    "installation": (("installation/question",), Maker()),
    "screening": (
        ("screening/question",),
        Maker({"state": words_of("screening.state."), "proposed": ("HIT", "CLEAR")},
              frozenset({"application", "proposed"})),
    ),
    "stays": (
        ("stays/question",),
        Maker(always=frozenset({"period", "nationality", "visaType", "value"})),
    ),
    "supervision": (("supervision/question",), Maker()),
    "treasury": (("treasury/question",), Maker()),
}  # fmt: skip


#: Imported before the clock stands still.
PANELS = {page: import_module(f"dashboard.pages.{page}.page").PANELS for page in PAGES}


class Noon(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Noon":
        return cls(2026, 3, 10, 5, 0, tzinfo=UTC).astimezone(tz)


@pytest.fixture(autouse=True)
def always_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages say how long something takes from now on."""
    for name, module in [*sys.modules.items()]:
        if name.startswith("dashboard.pages."):
            for attribute, still in (("datetime", Noon), ("today", lambda: Noon.now(WIB).date())):
                if hasattr(module, attribute):
                    monkeypatch.setattr(module, attribute, still)


@pytest.mark.parametrize("page", PAGES)
def test_every_panel_is_as_it_was(page: str) -> None:
    questions, maker = PAGES[page]
    answer: dict[str, Any] = {"role": "SUPERVISOR"}
    for question in questions:
        answer |= maker.answer(question)
    if page == "backlog":  # the row of everything
        for name in ("all", "allPace"):
            answer[name]["rows"] = answer[name]["rows"][:1]
    panels: Mapping[str, ShowPanel] = PANELS[page]
    say = texts("en")
    assert_as_drawn(
        f"panels-{page}", **{name: html_of(show(answer, say)) for name, show in panels.items()}
    )


@pytest.mark.parametrize("role", ["supervisor", "auditor", "officer", "partner"])
def test_every_part_of_a_case_is_as_it_was(role: str) -> None:
    answer = Maker().answer(f"case/{role}")["application"]
    say = texts("en")
    shown = {name: show(answer, say) for name, (field_, show) in PARTS.items() if field_ in answer}
    assert_as_drawn(f"case-{role}", face=show_face(answer, say), **shown)


def viewer(role: str) -> User:
    partner = ("NUSA", ("AU", "SG")) if role.startswith("PARTNER") else (None, ())
    return User(role, (role,), "Sari Wijaya", *partner)


@pytest.fixture
def visit() -> Iterator[None]:
    """Somebody looks."""
    session = Session("token", None, "id", expires_at=0)
    token = current_visit.set(Visit(session, None, "en", officers_url="https://officers.example"))  # type: ignore[arg-type]
    yield
    current_visit.reset(token)


@pytest.mark.usefixtures("visit")
@pytest.mark.parametrize("page", ALL, ids=lambda page: page.name)
def test_every_page_begins_as_it_did(page: Page) -> None:
    """Before its figures are known: its panels, forms and controls, for one who may open it."""
    address = read_address("country=AU&visa=B1&period=custom&first=2025-11&last=2026-01", "en")
    roles = sorted(page.roles or {Role.LEADERSHIP})
    shown = {
        role: page.layout(address, viewer(role), texts("en")) for role in (roles[0], roles[-1])
    }
    assert_as_drawn(f"layout-{page.name}", **shown)


def test_every_role_is_led_to_its_pages() -> None:
    say = texts("en")
    led = {role: navigation(ALL, viewer(role), "/", say) for role in Role}
    own = {page.name: sorted(page.roles or ["everybody"]) for page in ALL}
    live = {page.name: (page.is_live, page.is_listed, sorted(page.usual.items())) for page in ALL}
    assert_as_drawn("navigation", **led, roles=own, live=live)

"""A plan answers what the executor answers, byte for byte, and logs what it logs."""

import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from random import Random
from typing import Any

import pytest

from models.vocabulary import Role
from tests.gateway.both_ways import BothWays, Tally, both_ways, left_behind_ignored
from tests.gateway.conftest import CLAIMS, Viewer
from tests.gateway.oracle import role_of
from tests.gateway.random_documents import Document, Places, random_document
from tests.gateway.schemas import VIEWS

pytestmark = pytest.mark.anyio

ORDERS: dict[str, tuple[dict[str, str] | None, ...]] = {
    "countries": (None, {"field": "CODE", "direction": "DESCENDING"}),
    "visaTypes": (None,),
    "partners": (None,),
    "centres": (None, {"field": "CODE", "direction": "DESCENDING"}),
    "applications": (
        None,
        {"field": "PAID_AT", "direction": "ASCENDING"},
        {"field": "CLOSED_AT", "direction": "DESCENDING"},
        {"field": "TARGET_DUE_AT", "direction": "ASCENDING"},
        {"field": "TARGET_DUE_AT", "direction": "DESCENDING"},
        {"field": "REFERENCE", "direction": "ASCENDING"},
    ),
    "accessEvents": (None, {"field": "OCCURRED_AT", "direction": "ASCENDING"}),
}
#: Reads that are logged before anything is compared, so that the log is not empty.
READS = {
    name: f"query @purpose({purpose}) {{ applications(first: 20) {{ nodes {{"
    " applicant { identity { phone } identityVersions(first: 2) {"
    " totalCount { value } nodes { phone } } } } } }"
    for name, purpose in {
        "officer": 'code: CASEWORK, reference: "SGPO-OPEN-0006"',
        "supervisor": 'code: SUPERVISION, reference: "AUSY-GRAN-0001"',
        "supervisor-2": 'code: CASEWORK, reference: "NONE-SUCH-0000"',
        "agent-au": "code: INTAKE",
        "applicant": "code: OWN_DATA",
    }.items()
}


@pytest.fixture(scope="module")
async def ways(who: dict[str, Viewer], world: str) -> AsyncIterator[BothWays]:
    for name, query in READS.items():
        assert (await who[name](query)).errors == []
    async with both_ways(who, world) as compared:
        yield compared


@pytest.fixture(scope="module")
async def places(who: dict[str, Viewer]) -> dict[str, Places]:
    return await places_of(who)


async def places_of(who: Mapping[str, Viewer]) -> dict[str, Places]:
    """For each viewer cursors of each list, in each order."""
    return {name: await _places(viewer) for name, viewer in who.items()}


#: The lists that rows link to, and a way to them.
LINKED = {
    "Applicant.applications": "applications(first: 20) nodes applicant applications",
    "Application.events": "applications(first: 20) nodes events",
    "Application.decisions": "applications(first: 20) nodes decisions",
    "Application.assignments": "applications(first: 20) nodes assignments",
    "Application.screenings": "applications(first: 20) nodes screenings",
    "Partner.countries": "partners(first: 9) nodes countries",
    "Partner.centres": "partners(first: 9) nodes centres",
}


async def _places_in_links(viewer: Viewer, way: str) -> list[tuple[None, str]]:
    """The cursors of a list that rows link to; none where the role has no such list."""
    steps = f"{way}(first: 2)".replace(" (", "(")
    *path, last = steps.replace("first: ", "first:").split(" ")
    opened = "".join(f"{{ {step} " for step in (*path, last, "edges"))
    answer = await viewer(f"{opened} {{ cursor }} {'}' * (len(path) + 2)}")
    if answer.errors:
        return []
    return [(None, cursor) for cursor in _cursors_in(answer.data)]


def _cursors_in(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _cursors_in(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == "cursor":
                yield each
            else:
                yield from _cursors_in(each)


async def _places(viewer: Viewer) -> Places:
    view = VIEWS[Role(role_of(viewer.claims))]
    found: dict[str, list[tuple[dict[str, str] | None, str]]] = {
        name: [*await _places_in_links(viewer, way)] for name, way in LINKED.items()
    }
    for name, orders in ORDERS.items():
        field = view.query_type.fields.get(name) if view.query_type else None
        if field is None or "orderBy" not in field.args:
            continue
        kind = field.args["orderBy"].type
        for order in orders:
            query = (
                f"query($o: {kind}) {{ {name}(first: 20, orderBy: $o) {{ edges {{ cursor }} }} }}"
            )
            answer = await viewer(query, **({"o": order} if order else {}))
            if answer.errors == []:
                found.setdefault(name, []).extend(
                    (order, edge["cursor"]) for edge in answer.data[name]["edges"]
                )
    return found


async def compare_many(
    ways: BothWays, places: Mapping[str, Places], numbers: Iterable[int]
) -> Tally:
    """Compare the random documents of these numbers: all their operations for the viewer whose view
    they are made from, and one of them for another viewer, of the same role or not."""
    ways.tally = Tally()
    with left_behind_ignored():
        for name, query in READS.items():
            await ways.compare(name, {"query": query})
        logged = await ways.logged_reads()
        for number in numbers:
            dice = Random(number)
            own, *others = dice.sample([*CLAIMS], len(CLAIMS))
            role = role_of(CLAIMS[own])
            peers = [name for name in others if role_of(CLAIMS[name]) == role]
            document = random_document(dice, VIEWS[Role(role)], role, places[own])
            for request in document.requests:
                await _compare(ways, own, document, *request)
            other = dice.choice((*peers, others[0]))
            await _compare(ways, other, document, *dice.choice(document.requests))
        assert await ways.logged_reads() == logged, "200, and a read of which nobody knew"
    return ways.tally


async def _compare(
    ways: BothWays,
    viewer: str,
    document: Document,
    operation: str | None,
    variables: dict[str, Any],
) -> None:
    body: dict[str, Any] = {"query": document.text, "variables": variables}
    if operation:
        body["operationName"] = operation
    errors = ways.tally.errors.total()
    is_planned = await ways.compare(viewer, body)
    has_errors = errors < ways.tally.errors.total()
    may_have_none = has_errors or not document.asks_for_rows or None in variables.values()
    may_have_none |= "{ pdf" in document.text or " pdf " in document.text  # which is printed
    assert is_planned or may_have_none, f"no plan: {body}"


def assert_telling(tally: Tally) -> None:
    """That plans answered most, for every viewer, with rows, nulls and empty lists; that some
    logged reads and some were refused, for several reasons; and that the rest were few."""
    answered = tally.planned + tally.unplanned
    assert tally.planned > 0.85 * answered
    assert tally.logged > 0.005 * answered
    assert tally.viewers.keys() == CLAIMS.keys()
    assert tally.nulls > 0.2 * answered
    assert tally.empty > 0.05 * answered
    assert tally.errors["INVALID_CURSOR"]
    assert tally.errors["INVALID_INPUT"]
    assert tally.errors["INVALID_VARIABLES"]
    assert tally.errors["PURPOSE_REQUIRED"]
    assert tally.errors["FORBIDDEN_FIELD"]
    assert not tally.errors["INVALID_DOCUMENT"] > 0.1 * answered


#: So many documents, in parts.
MANY, PARTS = 500, 4


@pytest.mark.parametrize(
    "part", [1, *(pytest.param(part, marks=pytest.mark.proof) for part in (0, 2, 3))]
)
async def test_random_documents_are_answered_alike(
    ways: BothWays, places: dict[str, Places], part: int
) -> None:
    assert_telling(await compare_many(ways, places, range(part, MANY, PARTS)))


_VERY_MANY, _VERY_MANY_PARTS = int(os.environ.get("RANDOM_DOCUMENTS", "50000")), 25


@pytest.mark.proof
@pytest.mark.parametrize("part", range(_VERY_MANY_PARTS))
async def test_very_many_random_documents_are_answered_alike(
    ways: BothWays, places: dict[str, Places], part: int
) -> None:
    numbers = range(MANY + part, MANY + _VERY_MANY, _VERY_MANY_PARTS)
    assert_telling(await compare_many(ways, places, numbers))

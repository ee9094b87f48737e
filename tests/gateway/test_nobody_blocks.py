"""No request holds the processor for 50 ms before it is refused or sends its first statement."""

import itertools
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from gateway.errors import ErrorCode
from gateway.execution import documents, introspection, overlapping
from gateway.wire import json_text
from tests.gateway.hostile_requests import DOCUMENTS, VARIABLES, Hostile, filled, mixtures, shapes
from tests.gateway.processor_time import Outcome, Stopwatch, operation, stopwatch

pytestmark = pytest.mark.anyio

MOST_SECONDS = 0.050
#: A processor that others use too is slower now and then: what is too slow is asked again, as a
#: document that was not seen before.
TRIES = 8
CODES = {code.value for code in ErrorCode} - {"INTERNAL"}
_salts = itertools.count()


@pytest.fixture(scope="module")
async def watch(app: Starlette) -> AsyncIterator[Stopwatch]:
    with stopwatch(app) as opened:
        for viewer in ("officer", "agent-au", "anonymous"):  # connections, what is made once
            await opened.measure(operation("{ countries(first: 1) { nodes { code } } }", viewer))
            await opened.measure(operation("{ __schema { queryType { name } } }", viewer))
        yield opened


async def quickest(watch: Stopwatch, hostile: Hostile) -> Outcome:
    """The least that a request takes, of as many tries as it needs to be quick enough."""
    outcomes: list[Outcome] = []
    while len(outcomes) < TRIES:
        outcomes.append(await watch.measure(hostile.request(next(_salts))))
        if outcomes[-1].seconds <= MOST_SECONDS:
            break
    return min(outcomes, key=lambda outcome: outcome.seconds)


@pytest.mark.parametrize(
    "hostile", [pytest.param(one, id=f"{one.name}, {one.viewer}") for one in shapes()]
)
async def test_no_shape_of_request_holds_the_processor(watch: Stopwatch, hostile: Hostile) -> None:
    outcome = await quickest(watch, hostile)
    assert outcome.status < 500, outcome.text[:300]
    assert outcome.codes <= CODES
    assert outcome.seconds <= MOST_SECONDS, f"{outcome.seconds * 1000:.0f} ms"


async def test_no_mixture_of_requests_holds_the_processor(watch: Stopwatch) -> None:
    for hostile in itertools.islice(mixtures(seed=10), 150):
        outcome = await quickest(watch, hostile)
        assert outcome.status < 500, (hostile.document, outcome.text[:300])
        assert outcome.seconds <= MOST_SECONDS, f"{outcome.seconds * 1000:.0f} ms: {hostile}"


# --- The guard sees what each limit holds back ---------------------------------------------------

ALIASES = filled("{ viewer {", lambda n: f"a{n}: role", "} }", most=9_000)
PAGES = filled("{", lambda n: f"c{n}: countries(first: 1) {{ nodes {{ code }} }}", "}", most=5_000)


@pytest.mark.parametrize(
    ("switched_off", "hostile"),
    [
        ([(documents, "MOST_TOKENS"), (documents, "MOST_FIELDS"),
          (overlapping, "MOST_SELECTED_FIELDS")], Hostile("tokens", "officer", ALIASES)),
        ([(documents, "MOST_TOKENS"), (documents, "MOST_FIELDS"),
          (overlapping, "MOST_ROOT_FIELDS")], Hostile("root fields", "officer", PAGES)),
        ([(documents, "MOST_COMMENTS"), (documents, "MOST_CHARACTERS")],
         Hostile("comments", "officer", "{ __typename " + "#\n" * 80_000 + "}")),
        ([(introspection, "MOST_SCHEMA_VALUES")],
         Hostile("schema", "supervisor", DOCUMENTS["introspection by aliases"][0])),
        ([(json_text, "MOST_VALUES"), (json_text, "MOST_QUOTES")],
         Hostile("values", "officer", *VARIABLES["65,000 values"])),
    ],
    ids=lambda given: given.name if isinstance(given, Hostile) else "",
)  # fmt: skip
async def test_the_guard_sees_a_limit_that_is_off(
    watch: Stopwatch, monkeypatch: pytest.MonkeyPatch, switched_off, hostile: Hostile
) -> None:
    for module, name in switched_off:
        monkeypatch.setattr(module, name, 10**9)
    outcome = await quickest(watch, hostile)
    assert outcome.seconds > MOST_SECONDS, f"{outcome.seconds * 1000:.0f} ms"

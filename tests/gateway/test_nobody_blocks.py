"""No request holds the processor for 50 ms before it is refused or sends its first statement."""

import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette

from gateway.errors import ErrorCode
from gateway.execution import documents, introspection, overlapping
from gateway.wire import parameters
from tests.gateway.hostile_requests import (
    DOCUMENTS,
    VARIABLES,
    Hostile,
    fill,
    mixtures,
    shapes,
)
from tests.gateway.processor_time import Outcome, Stopwatch, operation, stopwatch

pytestmark = pytest.mark.anyio

MOST_SECONDS = 0.050
#: What `reference_work` takes on a machine that the limits were set on, while nobody else uses it.
REFERENCE_SECONDS = 0.0056
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


def slowness() -> float:
    """How many times as long as there the same work takes here and now; never less than once.

    Other test workers share the processor's cores and caches, and machines differ.
    """
    seconds: list[float] = []
    for _ in range(3):
        began = time.thread_time()
        reference_work()
        seconds.append(time.thread_time() - began)
    return max(1.0, min(seconds) / REFERENCE_SECONDS)


def reference_work() -> int:
    seen: dict[str, int] = {}
    for number in range(40_000):
        key = str(number % 500)
        seen[key] = seen.get(key, 0) + number
    return len(seen)


async def quickest(watch: Stopwatch, hostile: Hostile) -> Outcome:
    """The least that a request takes, of as many tries as it needs to be quick enough."""
    outcomes: list[Outcome] = []
    while len(outcomes) < TRIES:
        outcome = await watch.measure(hostile.request(next(_salts)))
        if outcome.seconds > MOST_SECONDS:
            outcome = replace(outcome, seconds=outcome.seconds / slowness())
        outcomes.append(outcome)
        if outcome.seconds <= MOST_SECONDS:
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

ALIASES = fill("{ viewer {", lambda n: f"a{n}: role", "} }", most=9_000)
PAGES = fill("{", lambda n: f"c{n}: countries(first: 1) {{ nodes {{ code }} }}", "}", most=5_000)


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
        ([(parameters, "MOST_VALUES"), (parameters, "MOST_QUOTES")],
         Hostile("values", "officer", *VARIABLES["65,000 values"])),
    ],
    ids=lambda given: given.name if isinstance(given, Hostile) else "",
)  # fmt: skip
@pytest.mark.proof
async def test_the_guard_sees_a_limit_that_is_off(
    watch: Stopwatch, monkeypatch: pytest.MonkeyPatch, switched_off, hostile: Hostile
) -> None:
    limited = await quickest(watch, hostile)
    for module, name in switched_off:
        monkeypatch.setattr(module, name, 10**9)
    outcome = await quickest(watch, hostile)
    assert outcome.seconds > min(MOST_SECONDS, 2 * limited.seconds), (
        f"{outcome.seconds * 1000:.0f} ms"
    )

"""Documents that differ in every request fill no memory, however many and however long."""

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gateway.access.transactions.begin import Seal, TransactionLimits, TransactionStarts
from gateway.errors import RequestError
from gateway.execution import compiled, documents
from gateway.execution.budgets import Budgets, Charge
from gateway.execution.operation import OperationRequest
from gateway.execution.runner import SchemaRunner
from gateway.viewer import Viewer
from models.database.connections import pool
from models.vocabulary import Role
from tests import tokens
from tests.gateway.schemas import FULL

OFFICER = Viewer("officer", Role.OFFICER, (Role.OFFICER,))
#: What one document more may leave behind, in bytes. The smallest key of a cache takes 250; what
#: caches hold at an instant differs by up to 20,000 in all.
MOST_BYTES = 100
#: So many documents fill small caches; as many more are as long.
_ROUND = 200


def _runner() -> SchemaRunner:
    """Admits operations; its database is never asked."""
    settings = tokens.settings()
    engine = pool(settings.database_url, 1, connect_seconds=1, wait_seconds=1)
    starts = TransactionStarts(Seal(settings.seal_key[0], 10), TransactionLimits(1, 1, 1))
    budgets = Budgets(10**12, 10**12)
    return SchemaRunner(engine, starts, cursor_keys=settings.cursor_key, budgets=budgets)


def _requests(first: int, number: int) -> Iterator[OperationRequest]:
    """Requests whose documents are all different: some of them valid, some long, some shaped by
    variables, some asked for under a name that they do not have; every round of them is as long."""
    for each in range(first, first + number):
        match each % 4:
            case 0:
                yield OperationRequest(f"{{ viewer {{ a{each}: role }} }}")
            case 1:
                yield OperationRequest(
                    f"{{ countries(first: {each % 50}) {{ a{each}: unknown }} }}"
                )
            case 2:
                text = f"query($on: Boolean!) {{ viewer {{ a{each}: role @include(if: $on) }} }}"
                yield OperationRequest(text, variables={"on": each % 8 == 2})
            case _:
                text = f"query A {{ viewer {{ a{each}: role }} }}" + " " * (each % _ROUND * 100)
                yield OperationRequest(text, operation_name="A" if each % 8 == 3 else f"B{each}")


def _admit(runner: SchemaRunner, requests: Iterator[OperationRequest]) -> None:
    for request in requests:
        charge = Charge(runner.budgets, OFFICER)
        try:
            runner.admit(request, OFFICER, "", charge)
        except RequestError:
            continue  # so is its client answered


@contextmanager
def _traced() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def _allocated_bytes() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.parametrize(
    ("most_weight", "most_documents", "number"),
    [
        pytest.param(800, 20, 400, id="with small limits"),
        pytest.param(
            compiled.MOST_CACHED_TOKENS,
            documents.CACHED,
            50_000,
            id="many",
            marks=pytest.mark.proof,
        ),
    ],
)
def test_memory_stays_flat(
    monkeypatch: pytest.MonkeyPatch, most_weight: int, most_documents: int, number: int
) -> None:
    monkeypatch.setattr(compiled, "MOST_CACHED_TOKENS", most_weight)
    monkeypatch.setattr(documents, "MOST_CACHED_TOKENS", most_weight)
    monkeypatch.setattr(documents, "CACHED", most_documents)
    runner = _runner()
    with _traced():
        _admit(runner, _requests(0, _ROUND))
        before = _allocated_bytes()
        _admit(runner, _requests(_ROUND, number))
        more = _allocated_bytes() - before
    assert more < number * MOST_BYTES, f"{more / number:.0f} bytes stay of each document"


def test_what_is_used_again_stays_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "CACHED", 2)
    known = documents.Documents(FULL, {})
    for text in ("{ a }", "{ b }"):
        assert known.unseen_tokens(text, Role.OFFICER) == 3
        known.note_use(text, Role.OFFICER)
    assert known.unseen_tokens("{ a }", Role.OFFICER) == 0
    known.note_use("{ c }", Role.OFFICER)
    assert [known.unseen_tokens(f"{{ {name} }}", Role.OFFICER) for name in "abc"] == [0, 3, 0]

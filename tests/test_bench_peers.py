"""The peers of the bench answer alike, and what is measured can be chosen and resumed."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import peers
from bench.peers import answers, cells
from bench.peers.cells import CELLS, Cell, choose_cells
from bench.peers.node import packages
from bench.peers.questions import BY_NAME
from bench.peers.results import Results
from bench.peers.turn import Turn

pytestmark = pytest.mark.anyio

TURN = Turn(100.0, 10.0, 20.0, 5.0, 6.0)


@pytest.mark.proof
async def test_all_contenders_answer_alike() -> None:
    if packages() is None:
        pytest.skip("npm cannot be had, or not its packages")
    await peers.compare_answers(2_000)


def answer(**data: Any) -> bytes:
    return json.dumps({"data": data}).encode()


def test_ids_and_instants_may_be_written_otherwise_and_values_may_not() -> None:
    ours = answers.contents(answer(one={"id": "QTpi", "submittedAt": "2026-01-01T07:00:00+07:00"}))
    theirs = answers.contents(answer(one={"id": "b", "submittedAt": "2026-01-01T00:00:00Z"}))
    assert ours["one"]["submittedAt"] == theirs["one"]["submittedAt"]
    wrong = answers.contents(answer(one={"id": "b", "submittedAt": "2026-01-01T00:00:01Z"}))
    assert "data.one.submittedAt is" in answers.first_difference(theirs, wrong)


@pytest.mark.parametrize(
    "text", [answer(page=None), answer(page=[]), b'{"data": {"a": 1}, "errors": [{}]}']
)
def test_an_answer_without_rows_is_none(text: bytes) -> None:
    with pytest.raises(answers.DifferentAnswersError):
        answers.contents(text)


def test_cells_are_chosen_by_question_and_numbers() -> None:
    assert [cell.name for cell in choose_cells((), (), (), ())] == [
        cell.name for cell in sorted(CELLS)
    ]
    (cell,) = choose_cells(("Q2v",), (100,), (), ())
    assert cell == Cell(cells.SMALL, 1, "Q2v", 100)
    assert {cell.applications for cell in choose_cells((), (), (), (cells.LARGE,))} == {cells.LARGE}


def test_every_cell_asks_a_question_that_there_is() -> None:
    others = {cells.MIXED, cells.FLOOR, *cells.PACED}
    assert {cell.name for cell in CELLS} - BY_NAME.keys() == others
    assert {*cells.PACED.values()} <= BY_NAME.keys()
    assert len({cell.key for cell in CELLS}) == len(CELLS)


def test_finished_cells_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *_ = CELLS
    results = Results(tmp_path / "results.json")
    results.pools["Gerbang"] = 20
    results.finish(first, {"Gerbang": TURN, "Mercurius": TURN._replace(per_second=50.0)})
    again = Results(tmp_path / "results.json")
    assert again.of(first) == results.of(first)
    assert again.of(second) is None
    assert again.pools == {"Gerbang": 20}
    peers.table.show([first, second], again)
    assert "| Mercurius |       50 |  2.00 |" in capsys.readouterr().out

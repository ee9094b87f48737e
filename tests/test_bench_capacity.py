"""A large installation keeps its bounds: no plan scans or sorts a large table, and whatever is done
each night or second is done in time. What is finished is not measured again."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bench import capacity
from bench.capacity import keeping, life, questions, upkeep
from bench.capacity.plans import MOST_READ, faults
from bench.capacity.steps import Step, StepResults, take
from tests.proof.record import code_of

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "proof" / "capacity"
#: Of whole applications, and of these and copied rows together. They take some 40 GB and hours.
WHOLE = int(os.environ.get("CAPACITY_APPLICATIONS", "2000000"))
INFLATED = int(os.environ.get("CAPACITY_INFLATED", "10000000"))
NIGHT, DAY = 8 * 3600, 24 * 3600
#: No process takes more of a machine's memory.
MOST_MB = 16 * 1024
#: Cores for ten applications a second, and bytes of the log for each, its pages' images left out.
MOST_CORES, MOST_WAL = 3.0, 300_000
MOST_BYTES_COPIED = 3_000
LARGE = {"application": 2e6}


@pytest.fixture(scope="module")
async def measured() -> StepResults:
    """What was measured of this code, in a folder that is begun anew for another."""
    of, code = FOLDER / "code", f"{code_of(ROOT)} {WHOLE} {INFLATED}"
    if not of.exists() or of.read_text("utf-8") != code:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        of.write_text(code, encoding="utf-8")
    steps = (*capacity.WHOLE, *capacity.INFLATED)
    return await capacity.measure(WHOLE, INFLATED, FOLDER, steps)


def found(measured: StepResults, step: Step) -> Mapping[str, Any]:
    figures = measured.of(step.name)
    assert figures is not None
    return figures


@pytest.mark.proof
@pytest.mark.timeout(12 * 3600)
@pytest.mark.parametrize(
    "step",
    [questions.ASK, questions.ASK_AGAIN, keeping.PRECONDITIONS, life.LIFE],
    ids=lambda step: step.name,
)
async def test_no_plan_scans_or_sorts_a_large_table(measured: StepResults, step: Step) -> None:
    figures = found(measured, step)
    asked = figures["kinds" if step is life.LIFE else "asked"]
    assert {name: one["faults"] for name, one in asked.items() if one["faults"]} == {}
    assert sum(one["statements"] for one in asked.values()) > 10 * len(asked)
    assert max(one["read"] for one in asked.values()) > 0


@pytest.mark.proof
@pytest.mark.timeout(12 * 3600)
@pytest.mark.parametrize("step", [questions.WALK, questions.WALK_AGAIN], ids=lambda step: step.name)
async def test_no_page_reads_more_than_a_few_hundred_rows(
    measured: StepResults, step: Step
) -> None:
    walked = found(measured, step)
    assert walked["faults"] == {}
    assert walked["pages"] > 30


@pytest.mark.proof
@pytest.mark.timeout(12 * 3600)
async def test_whatever_is_repeated_is_done_in_time(measured: StepResults) -> None:
    for step in upkeep.UPKEEP:
        figures = found(measured, step)
        assert figures["seconds"] < NIGHT, step.name
        assert max(figures["own_mb"], figures["server_mb"]) < MOST_MB, step.name
    for step in (keeping.LINK_A_DAY, keeping.SCREEN_A_DAY):
        figures = found(measured, step)
        assert figures["rows"] > 0, step.name
        assert figures["working"] < DAY / 10, step.name
    passes = found(measured, keeping.PASSES)["passes"]
    assert {name for name, one in passes.items() if one["idle"] > one["every"] / 2} == set()
    assert len(passes) > 15


@pytest.mark.proof
@pytest.mark.timeout(12 * 3600)
async def test_an_application_costs_what_machines_have(measured: StepResults) -> None:
    lived = found(measured, life.LIFE)
    assert 10 * (lived["changes"] + lived["keeper"]) < MOST_CORES
    assert lived["each"]["records"] < MOST_WAL
    assert found(measured, upkeep.MULTIPLIED)["each"] <= MOST_BYTES_COPIED


def node(kind: str, rows: int, *below: Any, **more: Any) -> dict[str, Any]:
    return {"Node Type": kind, "Actual Rows": rows, "Actual Loops": 1, "Plans": [*below], **more}


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (node("Index Scan", 50, **{"Relation Name": "application"}), []),
        (node("Seq Scan", 50_000, **{"Relation Name": "country"}), []),
        (
            node("Index Scan", 50, **{"Relation Name": "application"})
            | {"Rows Removed by Filter": MOST_READ},
            [f"reads {MOST_READ + 50:,} rows of application"],
        ),
        (
            node(
                "Limit",
                50,
                node("Seq Scan", 50, **{"Relation Name": "application"})
                | {"Rows Removed by Filter": MOST_READ - 100},
            ),
            ["scans application"],
        ),
        (
            node(
                "Sort",
                50,
                node(
                    "Nested Loop",
                    MOST_READ + 1,
                    node("Index Scan", 100, **{"Relation Name": "application"}),
                ),
            ),
            [f"sorts {MOST_READ + 1:,} rows"],
        ),
    ],
)
def test_a_plan_that_reads_too_much_is_seen(plan: Any, said: list[str]) -> None:
    assert list(faults(plan, LARGE)) == said


async def test_what_is_finished_is_not_measured_again(tmp_path: Path) -> None:
    async def never(_: object) -> Mapping[str, Any]:
        raise AssertionError

    results = StepResults(tmp_path / "results.json")
    results.finish("load", {"rows": 5})
    again = StepResults(tmp_path / "results.json")
    await take(None, [Step("load", never)], again)  # type: ignore[arg-type]
    assert again.of("load") == {"rows": 5}

"""How much an installation carries: one with many whole applications is loaded and kept, everything
that happens to it is measured step by step, and docs/capacity.md says what was found."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from bench.capacity import keeping, life, questions, upkeep
from bench.capacity.page import write_page
from bench.capacity.steps import CHECKPOINTS, Step, StepResults, installation, take
from gateway.cli.serving import run_on_fastest_loop

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".tools" / "capacity"
PAGE = ROOT / "docs" / "capacity.md"
RESULTS = "results.json"

#: Of a smaller world this much tells how things grow.
GROWING: tuple[Step, ...] = (upkeep.LOAD, *upkeep.UPKEEP, *keeping.KEEPING, upkeep.WEIGH)
WHOLE: tuple[Step, ...] = (*GROWING, questions.ASK, questions.WALK, life.LIFE, upkeep.BACK_UP)
INFLATED: tuple[Step, ...] = (upkeep.MULTIPLIED, questions.ASK_AGAIN, questions.WALK_AGAIN)


async def measure(
    applications: int, inflated: int, folder: Path, steps: Sequence[Step]
) -> StepResults:
    """The figures of an installation of this size, whose unfinished steps are taken."""
    folder = await asyncio.to_thread(_folder_of, folder, applications)
    results = StepResults(folder / RESULTS)
    if any(results.of(step.name) is None for step in steps):
        async with installation(folder, applications, inflated) as it:
            await take(it, steps, results)
    return results


def _folder_of(folder: Path, applications: int) -> Path:
    made = folder / f"{applications}"
    (made / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
    return made


@click.command()
@click.option("--smaller", default=100_000, show_default=True, help="To see what grows.")
@click.option("--applications", default=2_000_000, show_default=True, help="Whole ones.")
@click.option("--inflated", default=0, help="With copied rows, in all; without, none are copied.")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
@click.option("--page", type=click.Path(path_type=Path), default=PAGE, show_default=True)
def command(smaller: int, applications: int, inflated: int, folder: Path, page: Path) -> None:
    """What an installation of this size takes, and what breaks first: writes a page.

    The installation and the figures of finished steps are kept, so that a run can be resumed;
    remove the folder afterwards.
    """
    run_on_fastest_loop(report(smaller, applications, inflated, folder, page))


async def report(smaller: int, applications: int, inflated: int, folder: Path, page: Path) -> None:
    """Measure, the smaller world first, and write the page."""
    grown_from = await measure(smaller, smaller, folder, GROWING)
    steps = (*WHOLE, *(INFLATED if inflated > applications else ()))
    results = await measure(applications, inflated, folder, steps)
    write_page(page, (smaller, grown_from), (applications, results), inflated)

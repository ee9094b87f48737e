"""``python -m tests.mutation``: plants faults area by area, and lists those that no test finds."""

import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import zip_longest
from pathlib import Path

import click

from tests.mutation.areas import AREAS, Area
from tests.mutation.copies import Copy, copied
from tests.mutation.faults import Fault
from tests.mutation.judging import Judge
from tests.mutation.pieces import Kind
from tests.mutation.results import Results, faults_page, read_accepted

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "build" / "proof" / "mutation"


@click.command(context_settings={"max_content_width": 100})
@click.argument("areas", nargs=-1, type=click.Choice([area.name for area in AREAS]))
@click.option("--per-area", default=8, show_default=True, help="Faults to plant in each.")
@click.option("--seed", default=1, show_default=True, help="Chooses which.")
@click.option("kinds", "--kind", multiple=True, type=click.Choice(Kind), help="Only of these.")
@click.option("--list", "is_listed", is_flag=True, help="List the faults; plant none.")
def mutate(
    areas: tuple[str, ...], per_area: int, seed: int, kinds: tuple[Kind, ...], is_listed: bool
) -> None:
    """Plant faults, each by itself, and run the area's quick tests on it.

    Outcomes are kept in build/proof/mutation, so that a run that was interrupted goes on where it
    was. Survivors are in survivors.txt there; those of tests/mutation/accepted.toml are no defect.
    What could not be judged, since tests are red without the fault, is in not_judged.txt.
    """
    chosen = [area for area in AREAS if area.name in areas or not areas]
    samples = {area: sample(area.faults(PROJECT), per_area, seed, kinds) for area in chosen}
    if is_listed:
        for area, faults in samples.items():
            click.echo(faults_page((area.name, fault) for fault in faults), nl=False)
        return
    with copied(PROJECT) as copy:
        open_faults = [
            (area.name, fault, is_judged)
            for area in chosen
            for fault, is_judged in find_open(
                copy, area, samples[area], Results(FOLDER, area, copy.root)
            )
        ]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, are_judged in (("survivors", True), ("not_judged", False)):
        page = faults_page(
            (area, fault) for area, fault, is_judged in open_faults if is_judged is are_judged
        )
        (FOLDER / f"{name}.txt").write_text(page, encoding="utf-8")
    sys.exit(bool(open_faults))


def sample(
    faults: Sequence[Fault], number: int, seed: int, kinds: Sequence[Kind] = ()
) -> list[Fault]:
    """So many faults, of each kind in turn: some kinds are rare, and no less telling."""
    of_kinds: defaultdict[Kind, list[Fault]] = defaultdict(list)
    for fault in sorted(faults, key=lambda fault: fault.place(seed)):
        of_kinds[fault.kind].append(fault)
    in_turn = zip_longest(*(of_kinds[kind] for kind in kinds or Kind))
    return [fault for turn in in_turn for fault in turn if fault][:number]


def find_open(
    copy: Copy, area: Area, faults: Sequence[Fault], results: Results
) -> Iterator[tuple[Fault, bool]]:
    """Plant those faults of which no outcome is known; yield those that the tests do not find, and
    whether they are judged: what is not is a survivor for nobody, and is judged anew next time."""
    accepted = read_accepted()
    is_known = all(results.outcome(fault) for fault in faults)
    with nullcontext() if is_known else Judge.of(copy, area) as judge:
        for number, fault in enumerate(faults, start=1):
            outcome = results.outcome(fault)
            if outcome is None:
                assert judge
                run = judge.judge(fault)
                outcome = run.outcome
                if outcome == "not judged":
                    outcome = f"NOT JUDGED, {run.output}"
                    yield fault, False
                else:
                    results.note(fault, run)
            if outcome == "green":
                is_accepted = any(one.is_of(fault) for one in accepted)
                outcome = "survives, as accepted" if is_accepted else "SURVIVES"
                if not is_accepted:
                    yield fault, True
            at = time.strftime("%X")
            click.echo(f"{at} {area.name} {number}/{len(faults)} {outcome}: {fault}")


if __name__ == "__main__":
    mutate()

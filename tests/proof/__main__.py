"""``python -m tests.proof``: runs, one by one, the parts that are not green at this commit."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tests.proof.parts import PARTS, PYTEST, Part
from tests.proof.record import Record, code_of

PROJECT = Path(__file__).resolve().parents[2]
RECORD = Record(PROJECT / "build" / "proof" / "parts.json")


def main(arguments: Sequence[str], parts: Sequence[Part] = PARTS, record: Record = RECORD) -> int:
    """Prove what the arguments say; the exit status.

    None: each part that is not green at this commit. Names of parts: those. A part that was stopped
    or red goes on where it was, as long as the code is the same; ``--again`` begins it anew.
    ``--list``: nothing, but tell how the parts are. Anything else is for pytest.
    """
    names = {part.name for part in parts}
    if list(arguments) == ["--list"]:
        click.echo(table(parts, record, code_of(PROJECT)))
        return 0
    if set(arguments) - names - {"--again"}:
        return subprocess.run((*PYTEST, *arguments), cwd=PROJECT, check=False).returncode
    chosen = [part for part in parts if part.name in arguments or not names & set(arguments)]
    for part in chosen if "--again" in arguments else ():
        record.forget(part.name)
    is_named = bool(arguments)
    red = [part for part in chosen if not _prove(part, record, is_named=is_named)]
    click.echo(table(parts, record, code_of(PROJECT)))
    return 1 if red else 0


def _prove(part: Part, record: Record, *, is_named: bool) -> bool:
    """Whether a part is green; it is run unless that is known already, and nobody named it."""
    code, known = code_of(PROJECT), record.read().get(part.name)
    if known and known.is_green and known.code == code != "":
        if not is_named:
            click.echo(f"{part.name}: green at {code} already")
            return True
        record.forget(part.name)
    click.echo(f"{part.name}: {part.shows}")
    with record.timed(part.name, code) as run:
        command = part.command(record.green_tests(part.name), code)
        run.is_green = subprocess.run(command, cwd=PROJECT, check=False).returncode == 0
    return run.is_green


def table(parts: Sequence[Part], record: Record, code: str) -> str:
    """A line for each part: its outcome, when, for how long, on which code, and what it shows."""
    outcomes = record.read()
    lines = [f"{'part':12} {'outcome':8} {'began (UTC)':17} {'took':>9}  {'code':16} shows"]
    for part in parts:
        known = outcomes.get(part.name)
        if known is None:
            lines.append(f"{part.name:12} {'-':8} {'-':17} {'-':>9}  {'-':16} {part.shows}")
            continue
        outcome = "stopped" if known.is_stopped else "green" if known.is_green else "red"
        stale = "" if known.code == code else " (other)"
        lines.append(
            f"{part.name:12} {outcome:8} {known.began_at:17} {_duration(known.seconds):>9}"
            f"  {known.code + stale:16} {part.shows}"
        )
    return "\n".join(lines)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02}" if minutes else f"{rest} s"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # what was running is noted as stopped, and goes on next time
        sys.exit(130)

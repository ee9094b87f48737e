"""``python -m tests.proof``: runs, one by one, the parts that are not green at this commit."""

import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from tests.proof.parts import PARTS, PYTEST, Part
from tests.proof.record import Outcome, Record, code_of

PROJECT = Path(__file__).resolve().parents[2]
RECORD = Record(PROJECT / "build" / "proof" / "parts.json")


def main(arguments: Sequence[str], parts: Sequence[Part] = PARTS, record: Record = RECORD) -> int:
    """Prove what the arguments say; the exit status.

    None: each part that is not green at this commit. ``--list``: nothing, but tell how the parts
    are. ``--again``: each part. Names of parts: those. Anything else is for pytest.
    """
    names = {part.name for part in parts}
    if list(arguments) == ["--list"]:
        click.echo(table(parts, record, code_of(PROJECT)))
        return 0
    if set(arguments) - names - {"--again"}:
        return subprocess.run((*PYTEST, *arguments), cwd=PROJECT, check=False).returncode
    chosen = [part for part in parts if part.name in arguments or not names & set(arguments)]
    is_anew = bool(arguments)
    red = [part for part in chosen if not _prove(part, record, is_anew=is_anew)]
    click.echo(table(parts, record, code_of(PROJECT)))
    return 1 if red else 0


def _prove(part: Part, record: Record, *, is_anew: bool) -> bool:
    """Whether a part is green; it is run unless that is known already."""
    code, known = code_of(PROJECT), record.read().get(part.name)
    if not is_anew and known and known.is_green and known.code == code != "":
        click.echo(f"{part.name}: green at {code} already")
        return True
    click.echo(f"{part.name}: {part.shows}")
    began_at, began = datetime.now(UTC), time.monotonic()
    is_green = subprocess.run(part.command, cwd=PROJECT, check=False).returncode == 0
    seconds = round(time.monotonic() - began, 1)
    record.note(part.name, Outcome(code, f"{began_at:%Y-%m-%d %H:%M}", seconds, is_green))
    return is_green


def table(parts: Sequence[Part], record: Record, code: str) -> str:
    """A line for each part: its outcome, when, for how long, on which code, and what it shows."""
    outcomes = record.read()
    lines = [f"{'part':12} {'outcome':8} {'began (UTC)':17} {'took':>9}  {'code':16} shows"]
    for part in parts:
        known = outcomes.get(part.name)
        if known is None:
            lines.append(f"{part.name:12} {'-':8} {'-':17} {'-':>9}  {'-':16} {part.shows}")
            continue
        outcome = "green" if known.is_green else "red"
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
    except KeyboardInterrupt:  # what was running is not noted, and is run again
        sys.exit(130)

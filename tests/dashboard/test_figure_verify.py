"""A report carries what its figures can be checked by, and `gerbang figure verify` checks them."""

import io
import os
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.cli.figure import compare
from tests.dashboard.test_export import signed_in
from tests.running_demo import GERBANG, Demo

QUERY = "language=en&period=last-year"


def report_of(demo: Demo, folder: Path, user: str, kind: str, place: str = "") -> Path:
    """A report as somebody downloads it."""
    with signed_in(demo, user) as client:
        answer = client.get(f"/report.{kind}?{QUERY}{place}")
    assert answer.status_code == 200
    file = folder / f"report.{kind}"
    file.write_bytes(answer.content)
    return file


def verify(demo: Demo, user: str, file: Path) -> tuple[int, str]:
    """What the command says to somebody with a token, and how it ends."""
    done = subprocess.run(
        [GERBANG, "figure", "verify", file, "--url", demo.api_url],
        env={**os.environ, "GERBANG_TOKEN": demo.token(user)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def rewritten(file: Path, change: Callable[[str], str]) -> Path:
    """The same workbook with other texts, as one from before a correction has them."""
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    texts = "xl/sharedStrings.xml"
    parts[texts] = change(parts[texts].decode()).encode()
    other = file.with_name("before.xlsx")
    with zipfile.ZipFile(other, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return other


@pytest.mark.parametrize(
    ("user", "kind", "place"),
    [("manager-my", "pdf", "&country=MY"), ("leadership", "xlsx", ""), ("manager-au", "xlsx", "")],
)
def test_a_report_is_as_reported_to_its_reader(
    demo: Demo, tmp_path: Path, user: str, kind: str, place: str
) -> None:
    code, said = verify(demo, user, report_of(demo, tmp_path, user, kind, place))
    found = re.search(r"(\d+) of (\d+) figures are as reported", said)
    assert found, said
    assert found[1] == found[2]
    assert int(found[1]) >= 5
    assert code == 0


def test_what_was_corrected_since_is_said_with_both_figures(demo: Demo, tmp_path: Path) -> None:
    file = report_of(demo, tmp_path, "leadership", "xlsx")
    line = re.compile(r'"kind":"CHANGE","measure":"intake","of":null,"value":(\d+)')
    before = 0

    def fewer(texts: str) -> str:
        nonlocal before
        [value] = line.findall(texts)
        before = int(value) - 7
        return line.sub(lambda found: found[0].replace(found[1], str(before)), texts)

    def of_then(texts: str) -> str:
        return re.sub('"checkpointRoot":(null|"[^"]*")', '"checkpointRoot":"r00t"', fewer(texts))

    code, said = verify(demo, "leadership", rewritten(file, of_then))
    figures = f"CHANGE intake: reported as {before:,}; corrected since: {before + 7:,}"
    assert (code, figures in said) == (1, True), said
    assert re.search("The account stood at the checkpoint of .* with the root r00t\\.", said)


def test_nobody_learns_of_figures_beyond_the_own_reach(demo: Demo, tmp_path: Path) -> None:
    """Who has the report of another reads in it what is in it, and is told nothing else."""
    file = report_of(demo, tmp_path, "manager-au", "xlsx", "&country=AU")
    code, said = verify(demo, "manager-sg", file)
    assert (code, said) == (1, "Error: You do not read all that the reader of this report did.\n")
    # What leadership reads of that partner and country is the same, but for refusals.
    code, said = verify(demo, "leadership", file)
    assert code == 0, said
    assert "Refusals are not compared" in said
    assert "are of places that are not compared with each other for you" in said
    # A part of what its reader reads is compared with that part.
    code, said = verify(
        demo, "leadership", report_of(demo, tmp_path, "manager-pacific", "xlsx", "&country=AU")
    )
    assert code == 0, said


def test_what_is_no_report_is_refused(demo: Demo, tmp_path: Path) -> None:
    for name, content in (("a.pdf", b"%PDF-1.7"), ("b.xlsx", b"PK"), ("c.txt", b"")):
        file = tmp_path / name
        file.write_bytes(content)
        code, said = verify(demo, "leadership", file)
        assert code == 1
        assert "is no report with its figures" in said
        assert "Traceback" not in said


@pytest.mark.parametrize(
    ("after", "is_same"),
    [
        ((0.5, 40), True),
        ((0.5 + 1e-12, 40), True),  # all that a double holds but the last digits
        ((0.6, 40), False),
        ((0.5, 41), False),  # the same share of others
        ((None, 40), False),
    ],
)
def test_a_figure_is_the_same_with_its_value_and_its_number(
    after: tuple[float | None, int], is_same: bool
) -> None:
    reported = [{"kind": "CHANGE", "of": "AU", "measure": "refusalRate", "value": 0.5, "n": 40}]
    told = list(compare(reported, {("CHANGE", "refusalRate", "AU"): after}))
    assert (told == []) is is_same

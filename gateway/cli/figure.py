"""`gerbang figure verify`: asks again for the figures of a report, and says what has changed."""

import io
import os
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import httpx2
import orjson
import pypdf
from pypdf.errors import PyPdfError

_ATTACHMENT = "figures.jsonl"
_TEXTS = "xl/sharedStrings.xml"
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
#: The largest file that is read, and the most that its parts may be unpacked to: bytes.
_LARGEST = 20_000_000
#: What it asks, which `gerbang init` registers with the documents of the dashboard.
QUESTION = """
query Verify($from: Date!, $to: Date!, $where: VolumeWhere!, $about: String) {
  findings(
    from: $from, to: $to, where: $where, reason: VISA_TYPE, about: $about
    kinds: [CHANGE, VISA_TYPE, PLACE]
  ) {
    asOf
    rows { kind measure subject { code } numbers { name value n } }
  }
}
"""
VIEWER = "query Reader { viewer { role partner { code } countries } }"
#: What partners read as first decided.
_REFUSALS = "refusalRate"
#: Shares are compared with all that a double holds but the last digits.
_TOLERANCE = 1e-9

#: A figure by what it is of: kind, measure and group.
_Key = tuple[str, str | None, str | None]
_Figure = tuple[float | None, int | None]


@click.group()
def figure() -> None:
    """Look at the figures of a report again."""


@figure.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The gateway.")
def verify(file: Path, url: str) -> None:
    """Ask for the figures of a report (FILE, a PDF or XLSX) again, and say what was corrected.

    It asks with your own access token, from GERBANG_TOKEN, within what you read; whoever reads more
    than the report's reader asks for that reader's partner and countries. It ends with 1 if a
    figure differs.
    """
    token = os.environ.get("GERBANG_TOKEN")
    if not token:
        raise click.ClickException("GERBANG_TOKEN is missing: an access token of yours.")
    report, *reported = read_report(file)
    viewer = dict(_ask(url, token, VIEWER, {})["viewer"])
    viewer["partner"] = viewer["partner"] and viewer["partner"]["code"]
    require_reach(report, viewer)
    if _is_partners(report["role"]) != _is_partners(viewer["role"]):
        # Partners read refusals as first decided, the directorate as they stand.
        reported = [one for one in reported if one["measure"] != _REFUSALS]
        click.echo(f"Refusals are not compared: {report['role']} reads others than you do.")
    found, as_of = _ask_again(report, viewer, url, token)
    click.echo(f"Reported as of {report['asOf']}, asked again as of {as_of}.")
    if report.get("checkpointRoot"):
        signed_at, root = report["checkpointSignedAt"], report["checkpointRoot"]
        click.echo(f"The account stood at the checkpoint of {signed_at} with the root {root}.")
    if report.get("edition"):
        click.echo(f"Published figures stood at edition {report['edition']}.")
    compared = [one for one in reported if _key(one) in found]
    corrected = list(compare(compared, found))
    for line in corrected:
        click.echo(line)
    click.echo(f"{len(compared) - len(corrected)} of {len(compared)} figures are as reported.")
    if others := len(reported) - len(compared):
        click.echo(f"{others} are of places that are not compared with each other for you.")
    if corrected or not compared:
        raise click.exceptions.Exit(1)


def read_report(file: Path) -> Sequence[Mapping[str, Any]]:
    """What a report carries: its question, then its figures. Raises ClickException."""
    try:
        content = file.read_bytes()
        if len(content) > _LARGEST:
            raise ValueError("too large")
        is_pdf = content.startswith(b"%PDF")
        texts = _lines_of_pdf(content) if is_pdf else _lines_of_workbook(content)
        lines = [orjson.loads(text) for text in texts]
        report, *figures = lines
        if report["gerbang"] != "report" or any(one["gerbang"] != "figure" for one in figures):
            raise ValueError("in another order")
        return lines
    except (PyPdfError, zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError) as error:
        raise click.ClickException(f"{file} is no report with its figures: {error!r}") from None


def _lines_of_pdf(content: bytes) -> list[str]:
    [attached] = pypdf.PdfReader(io.BytesIO(content)).attachments[_ATTACHMENT]
    return attached.decode().splitlines()


def _lines_of_workbook(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        if book.getinfo(_TEXTS).file_size > _LARGEST:
            raise ValueError("too large")
        # No entity is expanded: what a workbook of ours has is text alone.
        source = book.read(_TEXTS)
    if re.search(rb"<!(DOCTYPE|ENTITY)", source):
        raise ValueError("declarations")
    items = ElementTree.fromstring(source).iter(f"{_NAMESPACE}si")  # noqa: S314
    texts = ("".join(item.itertext()) for item in items)
    return [text for text in texts if text.startswith('{"gerbang":')]


def require_reach(report: Mapping[str, Any], viewer: Mapping[str, Any]) -> None:
    """Raises ClickException unless a viewer reads all that the report's reader did."""
    is_foreign = viewer["partner"] not in (None, report["partner"])
    missing = {*report["countries"]} - {*viewer["countries"]} if viewer["countries"] else set[str]()
    if is_foreign or missing or (viewer["countries"] and not report["countries"]):
        raise click.ClickException("You do not read all that the reader of this report did.")


def _is_partners(role: str) -> bool:
    return role.startswith("PARTNER_")


def _ask_again(
    report: Mapping[str, Any], viewer: Mapping[str, Any], url: str, token: str
) -> tuple[Mapping[_Key, _Figure], str]:
    """The figures as they are now, and as of when."""
    question = report["question"]
    where = {**question["where"], **_narrowed(report, question["where"], viewer)}
    answer = _ask(url, token, QUESTION, {**question, "where": where})["findings"]
    found = {}
    for row in answer["rows"]:
        numbers = {each["name"]: each for each in row["numbers"]}
        if "NOW" in numbers:
            now = numbers["NOW"]
            key = row["kind"], row["measure"], (row["subject"] or {}).get("code")
            found[key] = now["value"], now["n"]
    return found, answer["asOf"]


def _narrowed(
    report: Mapping[str, Any], where: Mapping[str, Any], viewer: Mapping[str, Any]
) -> dict[str, Any]:
    """The scope of the report's reader, where whoever asks now has none of the kind."""
    narrowed: dict[str, Any] = {}
    if report["partner"] and not viewer["partner"] and "partner" not in where:
        narrowed["partner"] = {"in": [report["partner"]]}
    is_other = sorted(viewer["countries"]) != report["countries"]
    if report["countries"] and is_other and "country" not in where:
        narrowed["country"] = {"in": report["countries"]}
    return narrowed


def _ask(url: str, token: str, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        answer = httpx2.post(
            f"{url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        ).json()
    except (httpx2.HTTPError, ValueError) as error:
        raise click.ClickException(f"no gateway answers at {url}: {error}") from None
    if "errors" in answer:
        raise click.ClickException(f"the gateway says: {answer['errors'][0]['message']}")
    data: Mapping[str, Any] = answer["data"]
    return data


def compare(reported: Sequence[Mapping[str, Any]], found: Mapping[_Key, _Figure]) -> Iterator[str]:
    """A line for each figure that is another now."""
    for one in reported:
        name = " ".join(filter(None, (one["kind"], one["of"], one["measure"])))
        before, after = (one["value"], one["n"]), found[_key(one)]
        if not _is_same(before, after):
            yield f"{name}: reported as {_text(before)}; corrected since: {_text(after)}"


def _key(one: Mapping[str, Any]) -> _Key:
    return one["kind"], one["measure"], one["of"]


def _is_same(before: _Figure, after: _Figure) -> bool:
    if before[1] != after[1] or (before[0] is None) != (after[0] is None):
        return False
    return abs((before[0] or 0) - (after[0] or 0)) <= _TOLERANCE * max(1, abs(before[0] or 0))


def _text(figure: _Figure) -> str:
    value, n = figure
    if value is None:
        return "nothing"
    shown = f"{value:,.6g}" if value % 1 else f"{value:,.0f}"
    return shown if n is None else f"{shown} of {n:,}"

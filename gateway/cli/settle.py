"""`gerbang settle`: compares a settlement file with bills and payments, and changes nothing."""

import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import click

from gateway.cli.signed_in import SignedIn, Unusable

FORMAT = "gerbang-settlement"
VERSION = "1"
_COLUMNS = ["billing_code", "amount", "receipt_number", "received_at"]
_CODE, _RECEIPT = re.compile(r"[0-9]{1,20}"), re.compile(r"[0-9A-Z]{16}")
_AMOUNT = re.compile(r"[0-9]{1,15}")
#: Lines of one question: as many values as a filter takes.
_TOGETHER = 100
#: No line of the format is longer; whatever is, is read no further.
_LONGEST = 500


class AnomalyKind(StrEnum):
    """What can be wrong. Each line has one at most, the first that is true of it."""

    MALFORMED = "is no line of the format"
    OUTSIDE = "was received outside the time of the file"
    REPEATED = "repeats a receipt of the file"
    OTHER_CODE = "is on file under another code"
    OTHER_AMOUNT = "is on file with another amount"
    BEFORE_ISSUE = "was received before the bill was issued"
    AFTER_DUE = "was received after the bill had lapsed"
    TOO_EARLY = "was reported before it was received"
    TOO_LATE = "was reported too late"
    UNKNOWN_CODE = "is not on file, and no bill has its code"
    FORMER_CODE = "is not on file, and its bill has another code by now"
    PAID_TWICE = "is not on file, and its bill is paid by another receipt"
    NOT_REPORTED = "is not on file, and its bill is still to be paid"
    NOT_RECEIVED = "was reported for a bill, and is not in the file"
    KEPT_NOT_RECEIVED = "was kept, and is not in the file"
    OTHER_TOTAL = "is the last line, and tells other numbers, or something follows"
    CUT_OFF = "is where the file ends, without its last line"


class SettlementLine(NamedTuple):
    """A payment as the file has it."""

    number: int
    code: str
    amount: int
    receipt: str
    received_at: datetime


class Anomaly(NamedTuple):
    """Something that is wrong: the number of its line, or None for what is not in the file."""

    kind: AnomalyKind
    number: int | None = None
    code: str = ""
    receipt: str = ""

    def __str__(self) -> str:
        of = "" if self.number is None else f"line {self.number}: "
        what = f"code {self.code}, receipt {self.receipt}: " if self.code else ""
        return f"{self.kind.name} {of}{what}{self.kind}"


class Receipts:
    """The receipts of the file, on disk: a file may have more than memory should hold."""

    def __init__(self, folder: str) -> None:
        self._rows = sqlite3.connect(Path(folder) / "receipts", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute("CREATE TABLE receipt (number TEXT PRIMARY KEY) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def add(self, receipt: str) -> bool:
        """Whether it is new."""
        added = self._rows.execute("INSERT OR IGNORE INTO receipt VALUES (?)", (receipt,))
        return added.rowcount > 0

    def __contains__(self, receipt: str) -> bool:
        found = self._rows.execute("SELECT 1 FROM receipt WHERE number = ?", (receipt,))
        return found.fetchone() is not None

    def close(self) -> None:
        self._rows.close()


class Treasury(SignedIn):
    """The gateway, as somebody of the treasury asks it."""

    def pages(self, name: str, since: datetime, before: datetime) -> Iterator[Mapping[str, Any]]:
        """What was reported within a time. Raises Unusable."""
        after = None
        while True:
            window = {"from": since.isoformat(), "before": before.isoformat(), "after": after}
            found = self.ask(f"treasury/settlement/{name}", **window)["found"]
            yield from found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]


class Settlement:
    """A settlement file, read once from its first line to its last."""

    def __init__(self, rows: Iterator[str], receipts: Receipts, within: timedelta) -> None:
        """Raises Unusable for a file of another format."""
        self._rows = (row.split(";") for row in rows)
        self._receipts = receipts
        self._within = within
        self.lines = self.amount = 0
        try:
            named, version, since, before = next(self._rows)
            self.since, self.before = _instant(since), _instant(before)
            columns = next(self._rows)
        except (ValueError, StopIteration):
            raise Unusable("This is no settlement file: see docs/settlement.md.") from None
        if (named, version, columns) != (FORMAT, VERSION, _COLUMNS) or self.before <= self.since:
            raise Unusable("This is no settlement file of version 1: see docs/settlement.md.")

    def compare(self, treasury: Treasury) -> Iterator[Anomaly]:
        """Everything that is wrong, in the order of the file. Raises Unusable."""
        read = self._read()
        while each := list(islice(read, _TOGETHER)):
            lines = [one for one in each if isinstance(one, SettlementLine)]
            found = dict(self._wrong(lines, treasury)) if lines else {}
            for one in each:
                if isinstance(one, Anomaly):
                    yield one
                elif one.number in found:
                    yield Anomaly(found[one.number], one.number, one.code, one.receipt)
        # What was reported soon after the file begins may be of the file before.
        since = min(self.since + self._within, self.before)
        for name, kind in (
            ("bills", AnomalyKind.NOT_RECEIVED),
            ("payments", AnomalyKind.KEPT_NOT_RECEIVED),
        ):
            for row in treasury.pages(name, since, self.before):
                if row["receiptNumber"] not in self._receipts:
                    yield Anomaly(kind, None, row["code"], row["receiptNumber"])

    def _read(self) -> Iterator[SettlementLine | Anomaly]:
        """Each line, or what is wrong with it by itself."""
        number = 2
        while True:
            number += 1
            fields = next(self._rows, None)
            if fields is None:
                yield Anomaly(AnomalyKind.CUT_OFF, number)
                return
            if fields[0] == "end":
                if fields[1:] != [str(self.lines), str(self.amount)] or next(self._rows, None):
                    yield Anomaly(AnomalyKind.OTHER_TOTAL, number)
                return
            self.lines += 1
            yield self._line(number, fields)

    def _line(self, number: int, fields: Sequence[str]) -> SettlementLine | Anomaly:
        # Behind the code, which may look like one: whose receipt it was is kept in any case.
        known = [self._receipts.add(each) for each in fields[1:] if _RECEIPT.fullmatch(each)]
        try:
            code, amount, receipt, received = fields
            received_at = _instant(received)
        except ValueError:
            return Anomaly(AnomalyKind.MALFORMED, number)
        if not (
            _CODE.fullmatch(code) and _AMOUNT.fullmatch(amount) and _RECEIPT.fullmatch(receipt)
        ):
            return Anomaly(AnomalyKind.MALFORMED, number)
        self.amount += int(amount)
        if not self.since <= received_at < self.before:
            return Anomaly(AnomalyKind.OUTSIDE, number, code, receipt)
        if not all(known):
            return Anomaly(AnomalyKind.REPEATED, number, code, receipt)
        return SettlementLine(number, code, int(amount), receipt, received_at)

    def _wrong(
        self, lines: Sequence[SettlementLine], treasury: Treasury
    ) -> Iterator[tuple[int, AnomalyKind]]:
        """What is wrong with lines, by their numbers."""
        codes, receipts = [one.code for one in lines], [one.receipt for one in lines]
        found = treasury.ask("treasury/settlement/lines", codes=sorted({*codes}), receipts=receipts)
        by_code = {bill["code"]: bill for bill in found["byCode"]["nodes"]}
        by_receipt = {bill["receiptNumber"]: bill for bill in found["byReceipt"]["nodes"]}
        former = {one["code"] for one in found["former"]["nodes"]}
        kept = {one["receiptNumber"]: one for one in found["kept"]["nodes"]}
        for line in lines:
            if payment := kept.get(line.receipt):  # as somebody paid it, whatever it paid since
                kind = _differs(line, payment["billingCode"], payment["paid"]["amount"])
            elif bill := by_receipt.get(line.receipt):
                kind = _differs(line, bill["code"], bill["fee"]["amount"])
                kind = kind or self._is_mistimed(line, bill)
            else:
                bill = by_code.get(line.code)
                is_former = line.code in former
                kind = AnomalyKind.FORMER_CODE if is_former else AnomalyKind.UNKNOWN_CODE
                if bill:
                    kind = AnomalyKind.PAID_TWICE if bill["paidAt"] else AnomalyKind.NOT_REPORTED
            if kind:
                yield line.number, kind

    def _is_mistimed(self, line: SettlementLine, bill: Mapping[str, Any]) -> AnomalyKind | None:
        received, reported = line.received_at, _instant(bill["paidAt"])
        if received < _instant(bill["issuedAt"]):
            return AnomalyKind.BEFORE_ISSUE
        if received > _instant(bill["dueAt"]):
            return AnomalyKind.AFTER_DUE
        if reported < received:
            return AnomalyKind.TOO_EARLY
        return AnomalyKind.TOO_LATE if reported - received > self._within else None


def read_rows(file: TextIO) -> Iterator[str]:
    """The lines of a file, each as far as a line of the format reaches."""
    while row := file.readline(_LONGEST):
        rest = row
        while rest and not rest.endswith("\n"):
            rest = file.readline(_LONGEST)
        yield row.rstrip("\r\n")


def _differs(line: SettlementLine, code: str, amount: int) -> AnomalyKind | None:
    if line.code != code:
        return AnomalyKind.OTHER_CODE
    return AnomalyKind.OTHER_AMOUNT if line.amount != amount else None


def _instant(text: str) -> datetime:
    """Raises ValueError for what is no instant with its offset."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The gateway.")
@click.option(
    "--within",
    default=24.0,
    show_default=True,
    type=click.FloatRange(0, 240),
    help="Hours in which a payment is to be reported.",
)
def settle(file: Path, url: str, within: float) -> None:
    """Compare FILE, a settlement file of the treasury, with bills and payments that are kept.

    It names each payment that is not as it is on file, and each that was reported and is not in the
    file; it changes nothing. It asks with your own access token of the treasury, from
    GERBANG_TOKEN. docs/settlement.md has the format and what can be wrong. The exit code is 1 where
    something is, and 2 where not everything was compared.
    """
    counts: Counter[AnomalyKind] = Counter()
    with (
        tempfile.TemporaryDirectory(prefix="gerbang-settle-") as folder,
        closing(Receipts(folder)) as receipts,
        closing(Treasury(url)) as treasury,
        file.open(encoding="utf-8", errors="replace") as rows,
    ):
        settlement = Settlement(read_rows(rows), receipts, timedelta(hours=within))
        for anomaly in settlement.compare(treasury):
            counts[anomaly.kind] += 1
            click.echo(str(anomaly))
    click.echo(
        f"{settlement.lines:,} payments of {settlement.since.isoformat()} to"
        f" {settlement.before.isoformat()}, {settlement.amount:,} rupiah."
    )
    for kind, count in sorted(counts.items(), key=lambda each: [*AnomalyKind].index(each[0])):
        click.echo(f"{count:,} {kind.name}")
    if counts:
        raise click.exceptions.Exit(1)
    click.echo("Everything is as on file.")

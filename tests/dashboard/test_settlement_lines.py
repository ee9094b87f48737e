"""Where each anomaly of a settlement file begins, to the second and the rupiah."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli.settle import Receipts, Settlement, Treasury, read_rows, settle
from gateway.cli.signed_in import Unusable

HOUR = timedelta(hours=1)


class Books(Treasury):
    """What a gateway of some bills answers, which were issued and paid when a test says."""

    def __init__(
        self, since: datetime, paid: dict[str, datetime], issued: datetime | None = None
    ) -> None:
        self.asked: list[tuple[str, str]] = []
        self.kept: list[dict[str, Any]] = []
        issued, due = issued or since - HOUR, since + 20 * HOUR
        self.bills = [
            {"code": code, "receiptNumber": f"RECEIPT000000{code}", "fee": {"amount": 5},
             "issuedAt": issued.isoformat(), "dueAt": due.isoformat(), "paidAt": at.isoformat()}
            for code, at in paid.items()
        ]  # fmt: skip

    def ask(self, name: str, **given: Any) -> dict[str, Any]:
        if name != "treasury/settlement/lines":
            self.asked.append((given["from"], given["before"]))
            return {"found": {"nodes": [], "pageInfo": {"hasNextPage": False}}}
        none: dict[str, Any] = {"nodes": []}
        kept = {"nodes": self.kept}
        return {"byCode": none, "byReceipt": {"nodes": self.bills}, "former": none, "kept": kept}


def compared(
    folder: Path, books: Books, since: datetime, before: datetime, rows: list[str], end: str
) -> list[str]:
    """The kinds that are found in a file, with the numbers of their lines."""
    lines = [
        f"gerbang-settlement;1;{since.isoformat()};{before.isoformat()}",
        "billing_code;amount;receipt_number;received_at",
        *(*rows, end),
    ]
    (folder / "some.csv").write_text("\n".join(lines) + "\n")
    with closing(Receipts(str(folder))) as receipts, (folder / "some.csv").open() as opened:
        settlement = Settlement(read_rows(opened), receipts, 2 * HOUR)
        found = [f"{one.number} {one.kind.name}" for one in settlement.compare(books)]
    (folder / "receipts").unlink()
    return found


def test_each_boundary_of_an_anomaly_is_where_it_is_said(tmp_path: Path) -> None:
    since = datetime(2025, 3, 10, tzinfo=UTC)
    before, second = since + 24 * HOUR, timedelta(seconds=1)

    def kinds(received: datetime, paid: datetime, rest: str = "") -> list[str]:
        row, books = f"001;5;RECEIPT000000001;{received.isoformat()}", Books(since, {"001": paid})
        rows = [row, rest] if rest else [row]
        return compared(tmp_path, books, since, before, rows, f"end;{len(rows)};5")

    due = since + 20 * HOUR
    for received, paid, kind in (
        (since, since, ""),
        (since, since + 2 * HOUR, ""),
        (since, since + 2 * HOUR + second, "TOO_LATE"),
        (since + second, since, "TOO_EARLY"),
        (since - second, since, "OUTSIDE"),
        (due, due, ""),
        (due + second, due + second, "AFTER_DUE"),
        (before, before, "OUTSIDE"),
    ):
        assert kinds(received, paid) == ([f"3 {kind}"] if kind else []), (received, paid)
    for issued, found in ((since + HOUR, []), (since + HOUR + second, ["3 BEFORE_ISSUE"])):
        books = Books(since, {"001": since + HOUR}, issued)
        row = f"001;5;RECEIPT000000001;{(since + HOUR).isoformat()}"
        assert compared(tmp_path, books, since, before, [row], "end;1;5") == found
    # Without an offset, an instant is none; whose receipt it was is kept all the same.
    assert kinds(since, since, "001;5;RECEIPT000000001;2025-03-10T00:00:00") == ["4 MALFORMED"]


def test_a_payment_that_was_kept_is_compared_as_it_was_paid(tmp_path: Path) -> None:
    since = datetime(2025, 3, 10, tzinfo=UTC)
    row = f"001;5;RECEIPT000000001;{since.isoformat()}"
    for code, amount, kind in (
        ("001", 5, ""),
        ("001", 6, "OTHER_AMOUNT"),
        ("002", 5, "OTHER_CODE"),
    ):
        books = Books(since, {"001": since})
        books.kept = [{"receiptNumber": "RECEIPT000000001", "billingCode": code,
                       "paid": {"amount": amount}}]  # fmt: skip
        found = compared(tmp_path, books, since, since + 24 * HOUR, [row], "end;1;5")
        assert found == ([f"3 {kind}"] if kind else [])


def test_the_last_line_tells_lines_and_rupiah_and_nothing_follows_it(tmp_path: Path) -> None:
    since = datetime(2025, 3, 10, tzinfo=UTC)
    row = f"001;5;RECEIPT000000001;{since.isoformat()}"
    for end, is_right in (("end;1;5", True), ("end;1;6", False), ("end;2;5", False),
                          ("end;1;5\nmore", False), ("end;1", False)):  # fmt: skip
        books = Books(since, {"001": since})
        found = compared(tmp_path, books, since, since + 24 * HOUR, [row], end)
        assert found == ([] if is_right else ["4 OTHER_TOTAL"]), end
        # What was reported within two hours of the beginning may be of the file before.
        asked = (since + 2 * HOUR).isoformat(), (since + 24 * HOUR).isoformat()
        assert books.asked == [asked, asked]
    books = Books(since, {})
    assert compared(tmp_path, books, since, since + HOUR, [], "end;0;0") == []
    assert {first for first, _ in books.asked} == {(since + HOUR).isoformat()}
    with pytest.raises(Unusable):
        compared(tmp_path, books, since, since, [], "end;0;0")


def test_a_line_has_a_code_of_twenty_digits_and_an_amount_of_fifteen_at_most(
    tmp_path: Path,
) -> None:
    since = datetime(2025, 3, 10, tzinfo=UTC)
    for code, amount, kind in (
        (20, 15, "UNKNOWN_CODE"),
        (21, 15, "MALFORMED"),
        (20, 16, "MALFORMED"),
        (0, 1, "MALFORMED"),
    ):
        row = f"{'9' * code};{'9' * amount};RECEIPT000000001;{since.isoformat()}"
        end = f"end;1;{'9' * amount if kind == 'UNKNOWN_CODE' else 0}"
        found = compared(tmp_path, Books(since, {}), since, since + HOUR, [row], end)
        assert found == [f"3 {kind}"]


def test_a_receipt_is_repeated_and_a_code_that_looks_like_one_is_not(tmp_path: Path) -> None:
    since, code = datetime(2025, 3, 10, tzinfo=UTC), "1234567890123456"
    rows = [f"{code};5;RECEIPT{n:09};{since.isoformat()}" for n in (1, 2, 2)]
    found = compared(tmp_path, Books(since, {}), since, since + HOUR, rows, "end;3;15")
    assert found == ["3 UNKNOWN_CODE", "4 UNKNOWN_CODE", "5 REPEATED"]


@pytest.mark.parametrize(("hours", "is_taken"), [("0", True), ("240", True), ("240.5", False)])
def test_a_payment_is_to_be_reported_within_ten_days_at_most(
    hours: str, is_taken: bool, tmp_path: Path
) -> None:
    (file := tmp_path / "some.csv").write_text("")
    told = CliRunner(env={"GERBANG_TOKEN": "a token"}).invoke(
        settle, [str(file), "--within", hours]
    )
    assert ("no settlement file" in told.output) is is_taken
    assert ("is not in the range" in told.output) is not is_taken

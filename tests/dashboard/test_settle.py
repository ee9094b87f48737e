"""`gerbang settle` finds each way in which a settlement file differs, and nothing else."""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.postgres import running_postgres
from tests.journeys.test_family import member
from tests.key_stores import administer
from tests.running_demo import GERBANG, Demo

BILLS = """
    query ($from: DateTime, $before: DateTime, $after: Cursor) { bills(
        first: 100, after: $after, where: {paidAt: {from: $from, before: $before}}
    ) { nodes { code fee { amount } issuedAt dueAt paidAt receiptNumber }
        pageInfo { hasNextPage endCursor } } }
"""
UNPAID = "{ bills(first: 1, where: { paidAt: { isNull: true } }) { nodes { code } } }"
KEEP = """
    mutation ($kept: KeepPaymentInput!) { keepPayment(input: $kept) { errors { code } } }
"""
FAMILY = """
    mutation ($them: SubmitApplicationsInput!) { submitApplications(input: $them) {
        results { application { bill { code familyFee { amount currency } } } } errors { path }
    } }
"""
REPORT = """
    mutation ($it: RecordPaymentInput!) { recordPayment(input: $it) { errors { code } } }
"""
HOUR = timedelta(hours=1)
#: Everything is reported within two hours of the money.
WITHIN = ("--within", "2")

#: A payment of a file: code, amount, receipt and when it was received.
Row = tuple[str, int, str, datetime]


def written(folder: Path, since: datetime, before: datetime, rows: list[Row | str]) -> Path:
    """A settlement file, whose last line is right."""
    paid = [row for row in rows if not isinstance(row, str)]
    lines = [
        f"gerbang-settlement;1;{since.isoformat()};{before.isoformat()}",
        "billing_code;amount;receipt_number;received_at",
        *(r if isinstance(r, str) else f"{r[0]};{r[1]};{r[2]};{r[3].isoformat()}" for r in rows),
        f"end;{len(rows)};{sum(row[1] for row in paid)}",
    ]
    file = folder / "settlement.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def settle(demo: Demo, file: Path, *options: str, user: str = "treasury") -> tuple[int, str]:
    done = subprocess.run(
        [GERBANG, "settle", file, "--url", demo.api_url, *options],
        env={**os.environ, "GERBANG_TOKEN": demo.token(user)},
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def found(told: str) -> Counter[tuple[str, str]]:
    """The kind and the receipt of each anomaly that was told."""
    counted: Counter[tuple[str, str]] = Counter()
    for line in told.splitlines():
        kind, _, rest = line.partition(" ")
        if kind.replace("_", "").isupper():
            counted[kind, rest.partition("receipt ")[2][:16]] += 1
    return counted


def paid_bills(demo: Demo, since: datetime, before: datetime) -> list[dict[str, Any]]:
    bills, after = [], None
    while True:
        window = {"from": since.isoformat(), "before": before.isoformat()}
        page = demo.ask("treasury", BILLS, **window, after=after)["bills"]
        bills += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return sorted(bills, key=lambda bill: bill["paidAt"])
        after = page["pageInfo"]["endCursor"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def row_of(bill: dict[str, Any]) -> Row:
    return bill["code"], bill["fee"]["amount"], bill["receiptNumber"], at(bill["paidAt"])


def plant_each(
    demo: Demo, since: datetime, before: datetime, bills: list[dict[str, Any]]
) -> tuple[dict[str, Row | str], Counter[tuple[str, str]]]:
    """What a file of some bills says, with an anomaly of each kind; and these."""
    # One of each kind, in bills that are far enough from both ends of the month.
    early, late = since + 240 * HOUR, before - 240 * HOUR
    rows: dict[str, Row | str] = {bill["code"]: row_of(bill) for bill in bills}
    free = [bill for bill in bills if early < at(bill["paidAt"]) < late]
    slow = max(free, key=lambda bill: at(bill["paidAt"]) - at(bill["issuedAt"]))
    free.remove(slow)
    planted: Counter[tuple[str, str]] = Counter()

    def plant(kind: str, change: Any, receipt: str | None = None) -> None:
        bill = free.pop()
        code, amount, number, received = row_of(bill)
        rows[code] = change(bill, code, amount, number, received)
        planted[kind, number if receipt is None else receipt] += 1

    plant("MALFORMED", lambda _, c, a, n, r: f"{c};{a},00;{n};{r.isoformat()}", "")
    plant("MALFORMED", lambda _, c, a, n, r: f"{c};{a};{n};{r:%Y-%m-%dT%H:%M:%S}", "")
    plant("OUTSIDE", lambda _, c, a, n, r: (c, a, n, since - HOUR))
    plant("OTHER_CODE", lambda _, c, a, n, r: ("1" + c[1:14] + "0", a, n, r))
    plant("OTHER_AMOUNT", lambda _, c, a, n, r: (c, a + 1, n, r))
    plant("TOO_EARLY", lambda _, c, a, n, r: (c, a, n, r + timedelta(seconds=1)))
    plant("BEFORE_ISSUE", lambda b, c, a, n, r: (c, a, n, at(b["issuedAt"]) - HOUR))
    plant("AFTER_DUE", lambda b, c, a, n, r: (c, a, n, at(b["dueAt"]) + HOUR))
    plant("PAID_TWICE", lambda _, c, a, n, r: (c, a, "TWICE00000000001", r), "TWICE00000000001")
    gone = free.pop()
    planted["NOT_RECEIVED", gone["receiptNumber"]] += 1
    del rows[gone["code"]]
    code, amount, number, received = row_of(slow)
    rows[code] = code, amount, number, received - timedelta(hours=2, seconds=1)
    planted["TOO_LATE", number] += 1
    again = row_of(free[0])
    rows["again"] = again
    planted["REPEATED", again[2]] += 1
    rows["unknown"] = "99", 500_000, "ASKED00000000001", early
    planted["UNKNOWN_CODE", "ASKED00000000001"] += 1
    [unpaid] = demo.ask("treasury", UNPAID)["bills"]["nodes"]
    rows["open"] = unpaid["code"], 500_000, "ASKED00000000002", early
    planted["NOT_REPORTED", "ASKED00000000002"] += 1
    # What was paid by another receipt is not in the file by its own.
    [own] = [
        bill["receiptNumber"] for bill in bills
        if rows.get(bill["code"], "")[2:3] == ("TWICE00000000001",)
    ]  # fmt: skip
    planted["NOT_RECEIVED", own] += 1
    assert len({kind for kind, _ in planted}) == 13
    return rows, planted


def test_each_anomaly_of_a_settlement_file_is_found_and_nothing_else(
    demo: Demo, tmp_path: Path
) -> None:
    # A month of the synthetic world, as the treasury would settle it.
    before = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
    since = before - timedelta(days=60)
    bills = paid_bills(demo, since, before)
    assert len(bills) > 100
    file = written(tmp_path, since, before, [row_of(bill) for bill in bills])
    code, told = settle(demo, file, *WITHIN)
    assert (code, found(told)) == (0, Counter()), told
    assert f"{len(bills):,} payments" in told

    rows, planted = plant_each(demo, since, before, bills)
    file = written(tmp_path, since, before, [*rows.values()])
    code, told = settle(demo, file, *WITHIN)
    assert code == 1
    assert found(told) == planted

    # The last line.
    lines = file.read_text().splitlines()
    for last, kind in (([*lines[-1:], "more"], "OTHER_TOTAL"), (["end;1;1"], "OTHER_TOTAL"),
                       ([], "CUT_OFF")):  # fmt: skip
        file.write_text("\n".join([*lines[:-1], *last]) + "\n")
        assert found(settle(demo, file, *WITHIN)[1]) == planted + Counter({(kind, ""): 1})


def test_a_payment_that_was_kept_is_in_the_file(demo: Demo, tmp_path: Path) -> None:
    since = datetime.now(UTC)
    for receipt in ("KEPTFORSETTLE001", "KEPTFORSETTLE002"):
        kept = {
            "idempotencyKey": receipt, "billingCode": "77", "receiptNumber": receipt,
            "paid": {"amount": 5, "currency": "IDR"},
        }  # fmt: skip
        assert demo.ask("treasury", KEEP, kept=kept)["keepPayment"]["errors"] == []
    before = datetime.now(UTC)
    file = written(tmp_path, since, before, [("77", 5, "KEPTFORSETTLE001", since)])
    code, told = settle(demo, file, "--within", "0")
    assert (code, found(told)) == (1, Counter({("KEPT_NOT_RECEIVED", "KEPTFORSETTLE002"): 1}))
    file = written(tmp_path, since, before, [("78", 5, "KEPTFORSETTLE001", since)])
    assert ("OTHER_CODE", "KEPTFORSETTLE001") in found(settle(demo, file)[1])


def test_a_family_is_one_line_with_the_sum_of_its_shares(demo: Demo, tmp_path: Path) -> None:
    members = [member("Olive"), member("Jack"), member("Mia")]
    them = {"applications": members, "isGroup": True, "isBilledTogether": True}
    them["idempotencyKey"] = "a-family-settles"
    handed_in = demo.ask("agent-au", FAMILY, them=them)["submitApplications"]
    bill = handed_in["results"][0]["application"]["bill"]
    paid = {"billingCode": bill["code"], "paid": bill["familyFee"]}
    since, receipt = datetime.now(UTC), "FAMILYSETTLES001"
    report = {"idempotencyKey": receipt, **paid, "receiptNumber": receipt}
    assert demo.ask("treasury", REPORT, it=report)["recordPayment"]["errors"] == []
    before = datetime.now(UTC)
    for amount, anomalies in ((1_500_000, []), (500_000, [("OTHER_AMOUNT", receipt)])):
        file = written(tmp_path, since, before, [(bill["code"], amount, receipt, since)])
        code, told = settle(demo, file, "--within", "0.1")
        assert (code, found(told)) == (len(anomalies), Counter(anomalies)), told


def test_a_payment_under_a_former_code_is_told_from_one_of_an_unknown_code(
    demo: Demo, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    with running_postgres(demo.data, attach=True) as server:
        administer(  # without its trigger: nobody waited a week
            server.address("gerbang"),
            "SET session_replication_role = replica",
            "INSERT INTO former_bill (id, application_id, billing_code, replaced_by, issued_at,"
            " due_at, renewed_by) SELECT gen_random_uuid(), application_id, '98', billing_code,"
            " issued_at, due_at, 'agent-au' FROM bill LIMIT 1",
        )
        try:
            rows: list[Row | str] = [
                (code, 5, f"ASKED000000000{code}", now - HOUR / 2) for code in ("98", "97")
            ]
            code, told = settle(demo, written(tmp_path, now - HOUR, now, rows), *WITHIN)
        finally:
            administer(
                server.address("gerbang"),
                "SET session_replication_role = replica",
                "DELETE FROM former_bill WHERE billing_code = '98'",
            )
    kinds = {"98": "FORMER_CODE", "97": "UNKNOWN_CODE"}
    planted = Counter((kind, f"ASKED000000000{code}") for code, kind in kinds.items())
    assert (code, found(told)) == (1, planted), told


def test_nothing_is_compared_without_a_file_or_the_right_to_read(
    demo: Demo, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    file = written(tmp_path, now - HOUR, now, [("77", 5, "NOBODYREPORTED01", now - HOUR / 2)])
    assert settle(demo, file, user="officer")[0] == 2
    for text in ("", "a;b\n", file.read_text().replace("settlement;1", "settlement;2")):
        file.write_text(text)
        assert settle(demo, file)[0] == 2


@pytest.mark.proof
def test_each_anomaly_is_found_among_a_hundred_thousand_lines_in_little_memory(
    demo: Demo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
    since = before - timedelta(days=60)
    bills = paid_bills(demo, since, before)
    rows, planted = plant_each(demo, since, before, bills)
    kept_at = before - 240 * HOUR
    kept: list[Row | str] = [
        (str(n), n, f"K{n:015}", kept_at) for n in range(1, 100_001 - len(rows))
    ]
    with running_postgres(demo.data, attach=True) as server:
        # Neither guards nor the account: nobody reported them.
        administer(
            server.address("gerbang"),
            "SET session_replication_role = replica",
            "INSERT INTO unmatched_payment"
            " (id, receipt_number, billing_code, amount_idr, kept_by, kept_at)"
            f" SELECT gen_random_uuid(), 'K' || lpad(n::text, 15, '0'), n, n, 'treasury',"
            f" '{kept_at.isoformat()}' FROM generate_series(1, {len(kept) + 1}) AS n",
        )
        try:
            planted["KEPT_NOT_RECEIVED", f"K{len(kept) + 1:015}"] += 1
            file = written(tmp_path, since, before, [*rows.values(), *kept])
            assert len(file.read_text().splitlines()) > 100_000
            peak, seconds, told = measured(demo, file)
        finally:
            administer(
                server.address("gerbang"),
                "SET session_replication_role = replica",
                "DELETE FROM unmatched_payment WHERE receipt_number LIKE 'K0%'",
            )
    assert found(told) == planted
    few, _, _ = measured(demo, written(tmp_path, since, before, [*rows.values()][:1_000]))
    with capsys.disabled():
        sys.stderr.write(
            f"\nsettle: 100,000 lines in {seconds:.0f} s, {peak:,} KiB; 1,000 lines {few:,} KiB\n"
        )
    assert few > 30_000
    assert peak < few + 10_000, (few, peak)


def measured(demo: Demo, file: Path) -> tuple[int, float, str]:
    """The most memory, in KiB, that a comparison took; its seconds, and what it told."""
    began, told = time.monotonic(), file.with_name("told.txt")
    with told.open("w") as out:
        process = subprocess.Popen(
            [GERBANG, "settle", file, "--url", demo.api_url, *WITHIN],
            env={**os.environ, "GERBANG_TOKEN": demo.token("treasury")},
            stdout=out,
        )
        # Not that of `wait4`, which begins with what this process had as it forked.
        status, peak = Path(f"/proc/{process.pid}/status"), 0
        while process.poll() is None:
            for line in status.read_text().splitlines():
                if line.startswith("VmHWM:"):
                    peak = int(line.split()[1])
            time.sleep(0.1)
    assert process.returncode == 1
    return peak, time.monotonic() - began, told.read_text()

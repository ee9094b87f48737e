"""`gerbang ingest` hands each good row of a feed in once, whatever kills it, and names the rest."""

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from graphql import InputObjectTypeDefinitionNode, parse

from gateway.cli.feed import COLUMNS, LONGEST_LINE, Fault, Feed, FeedRow, UnreadableFeedError, zstd
from tests.running_demo import GERBANG, Demo
from tests.world import today

SDL = Path(__file__).parents[2] / "gateway" / "schema" / "roles" / "partner_service.graphql"
NAMES = [column.name for column in COLUMNS]
HEAD = f"gerbang-applications,1\n{','.join(NAMES)}\n".encode()
OBJECT_HEAD = b'{"format": "gerbang-applications", "version": 1}\n'
SINCE = """query ($when: DateTimeFilter!) {
    applications(first: 1, where: {submittedAt: $when}) { totalCount { value } } }"""

Row = dict[str, str]
#: What makes a line of CSV of a row that was good, and what is wrong with it then.
Broken = tuple[Callable[[Row], bytes], str, str]


def good(number: int) -> Row:
    return {
        "idempotencyKey": f"feed-{uuid4().hex}", "visaType": "B1", "nationality": "AU",
        "entryOn": (today() + timedelta(days=20)).isoformat(), "country": "AU",
        "identity.fullName": 'Zoë "Olive", Zephyrine', "identity.birthDate": "1990-02-03",
        "identity.passportNumber": f"P{number:07d}", "identity.email": "olive@example.net",
        "identity.phone": "+61 400 000 000", "identity.passportExpiresOn": "2041-07-23",
    }  # fmt: skip


def cells(row: Row) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([row.get(name, "") for name in NAMES])
    return text.getvalue().encode()


def nested(row: Row) -> dict[str, Any]:
    """A row as the input has it."""
    item: dict[str, Any] = {}
    for name, value in row.items():
        *above, last = name.split(".")
        (item.setdefault(above[0], {}) if above else item)[last] = value
    return item


def objects(rows: list[Row]) -> bytes:
    lines = [json.dumps(nested(row)) for row in rows]
    return OBJECT_HEAD + "\n".join([*lines, f'{{"end": {len(rows)}}}', ""]).encode()


def put(name: str, value: str) -> Callable[[Row], bytes]:
    return lambda row: cells({**row, name: value})


def replaced(old: bytes, new: bytes) -> Callable[[Row], bytes]:
    return lambda row: cells(row).replace(old, new)


BROKEN: list[Broken] = [
    (replaced("ë".encode(), b"\xeb"), "", "NOT_UTF8"),
    (replaced("ë".encode(), b"\xed\xa0\x80"), "", "NOT_UTF8"),
    (replaced("ë".encode(), b"\0"), "", "NUL"),
    (replaced(b'""Olive""', b'"Olive""'), "", "MALFORMED"),
    (replaced(b'Zephyrine"', b"Zephyrine"), "", "MALFORMED"),
    (replaced(b"Olive", b"O\rlive"), "identity.fullName", "INVALID"),
    (replaced(b"B1,", b"B1,,"), "", "MALFORMED"),
    (replaced(b"B1,", b"B1;"), "", "MALFORMED"),
    (replaced(b"B1,", b"B1\r,"), "", "MALFORMED"),
    (lambda _: b"\n", "", "MALFORMED"),
    (lambda _: b"\x1a\n", "", "MALFORMED"),
    (lambda row: cells(row) .replace(b"Olive", b"O" * LONGEST_LINE), "", "TOO_LONG"),
    (put("identity.fullName", "O" * 201), "identity.fullName", "INVALID"),
    (put("identity.fullName", "Ol\u200bive"), "identity.fullName", "INVALID"),
    (put("identity.fullName", ""), "identity.fullName", "REQUIRED"),
    (put("identity.passportNumber", "p-1"), "identity.passportNumber", "INVALID"),
    (put("identity.birthDate", "1990-02-30"), "identity.birthDate", "WRONG_TYPE"),
    (put("identity.birthDate", "2090-02-03"), "identity.birthDate", "INVALID"),
    (put("identity.birthDate", "03/02/1990"), "identity.birthDate", "WRONG_TYPE"),
    (put("identity.sex", "FEMALE?"), "identity.sex", "WRONG_TYPE"),
    (put("identity.passportExpiresOn", today().isoformat()), "identity.passportExpiresOn",
     "PASSPORT_EXPIRES"),
    (put("entryOn", "20270131"), "entryOn", "WRONG_TYPE"),
    (put("entryOn", "2020-01-01"), "entryOn", "INVALID"),
    (put("entryOn", ""), "entryOn", "REQUIRED"),
    (put("useWithinDays", "a year"), "useWithinDays", "WRONG_TYPE"),
    (put("useWithinDays", "365"), "useWithinDays", "VALIDITY_NOT_OFFERED"),
    (put("tripPurpose", "HOLIDAY"), "tripPurpose", "WRONG_TYPE"),
    (put("visaType", "Z9"), "visaType", "VISA_TYPE_NOT_OFFERED"),
    (put("nationality", "Australia"), "nationality", "WRONG_TYPE"),
    (put("nationality", "ZZ"), "nationality", "NATIONALITY_UNKNOWN"),
    (put("nationality", "KP"), "visaType", "NATIONALITY_NOT_ELIGIBLE"),
    (put("centre", "NOWHERE"), "centre", "CENTRE_NOT_FOUND"),
    (put("country", "AQ"), "country", "COUNTRY_NOT_FOUND"),
    (put("idempotencyKey", ""), "idempotencyKey", "REQUIRED"),
    *((put("idempotencyKey", key), "idempotencyKey", "INVALID") for key in ("short", "a space x")),
]  # fmt: skip


def feed_of(rows: list[Row], broken: dict[int, Broken]) -> tuple[bytes, list[tuple[int, str, str]]]:
    """A feed of good rows, of which some are broken; and what is wrong with which line."""
    lines, wrong = [HEAD], []
    for number, row in enumerate(rows):
        if number in broken:
            breaks, field, code = broken[number]
            lines.append(breaks(row))
            wrong.append((number + 3, field, code))
        else:
            lines.append(cells(row))
    return b"".join([*lines, b"end,%d\n" % len(rows)]), wrong


def spread(number: int, every: int) -> dict[int, Broken]:
    """Each way to be broken in its turn, one row of so many."""
    return {at: BROKEN[at // every % len(BROKEN)] for at in range(every // 2, number, every)}


def rejects(feed: Path) -> list[tuple[int, str, str]]:
    with feed.with_name(f"{feed.name}.rejects.csv").open() as file:
        return [(int(row["line"]), row["field"], row["code"]) for row in csv.DictReader(file)]


def accepted(feed: Path) -> dict[int, tuple[str, str]]:
    """Key and reference of what was taken in, by line."""
    with feed.with_name(f"{feed.name}.accepted.csv").open() as file:
        rows = [*csv.DictReader(file)]
    assert all(len(row["bill"]) == 15 for row in rows)
    found = {int(row["line"]): (row["idempotencyKey"], row["reference"]) for row in rows}
    assert len(found) == len(rows)
    return found


def start(demo: Demo, feed: Path, user: str = "service") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [GERBANG, "ingest", feed, "--url", demo.api_url],
        env={**os.environ, "GERBANG_TOKEN": demo.token(user)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def ingest(demo: Demo, feed: Path, user: str = "service") -> tuple[int, str]:
    told, _ = (process := start(demo, feed, user)).communicate(timeout=1800)
    return process.returncode, told


def kill_at(demo: Demo, feed: Path, line: int) -> int:
    """Kill it once it has come to a line: how much memory it had at most, in KiB."""
    progress, process, peak = feed.with_name(f"{feed.name}.progress.json"), start(demo, feed), 0
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status") as status:
            peak = max([peak, *(int(row.split()[1]) for row in status if row.startswith("VmHWM"))])
        if progress.exists() and json.loads(progress.read_bytes())["line"] >= line:
            process.send_signal(signal.SIGKILL)
            process.wait()
        time.sleep(0.005)
    assert process.returncode == -signal.SIGKILL, process.communicate()
    return peak


def since(demo: Demo, began: datetime) -> int:
    """How many applications were handed in since an instant."""
    total, now = 0, datetime.now(UTC)
    while began < now:
        ends = began + timedelta(seconds=5)
        when = {"from": began.isoformat(), "before": ends.isoformat()}
        counted = demo.ask("auditor", SINCE, when=when)["applications"]["totalCount"]["value"]
        assert counted < 10_000  # as far as a list is counted
        began, total = ends, total + counted
    return total


def test_a_feed_that_is_killed_hands_each_good_row_in_once(demo: Demo, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    rows = [good(number) for number in range(700)]
    rows[600] = rows[7]  # once more, which is no mistake
    rows[601] = {**rows[8], "visaType": "C1"}  # another one under its key, which is
    broken = spread(600, 17)
    for number in (7, 8, 600, 601):
        broken.pop(number, None)
    text, wrong = feed_of(rows, broken)
    wrong.append((604, "idempotencyKey", "IDEMPOTENCY_CONFLICT"))
    (feed := tmp_path / "feed.csv.gz").write_bytes(gzip.compress(text))

    kill_at(demo, feed, 300)
    code, told = ingest(demo, feed)
    assert (code, rejects(feed)) == (1, wrong), told
    assert f"{700 - len(wrong)} of 700 rows are taken in, {len(wrong)} rejected." in told
    done = accepted(feed)
    bad = {line for line, _, _ in wrong}
    assert {line: key for line, (key, _) in done.items()} == {
        number + 3: row["idempotencyKey"]
        for number, row in enumerate(rows)
        if number + 3 not in bad
    }
    assert done[603] == done[10]
    assert len({reference for _, reference in done.values()}) == len(done) - 1
    assert since(demo, began) == len(done) - 1
    assert "live" not in told + feed.with_name(f"{feed.name}.rejects.csv").read_text()

    # The same applications in another feed: answered as before, and nothing is handed in.
    some = [row for number, row in enumerate(rows[:40]) if number + 3 not in bad]
    (other := tmp_path / "feed.jsonl").write_bytes(zstd.compress(objects(some)))
    assert ingest(demo, other)[0] == 0
    assert {*accepted(other).values()} == {done[line] for line in done if line < 43}
    assert since(demo, began) == len(done) - 1


def read(content: bytes) -> tuple[list[Any], Any]:
    """What is read of a feed: the key of each row, or its faults; and what is wrong at its end."""
    feed = Feed(io.BytesIO(content))
    found: list[Any] = [
        each.item["idempotencyKey"]
        if isinstance(each, FeedRow)
        else [(one.line, one.field, one.code) for one in each]
        for each in feed.read()
    ]
    return found, feed.ending and (feed.ending.line, feed.ending.code)


def test_a_feed_is_read_in_each_form_and_where_it_is_cut_off_that_is_told() -> None:
    rows = [good(number) for number in range(3)]
    keys = [row["idempotencyKey"] for row in rows]
    text, _ = feed_of(rows, {})
    marked = b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n")
    for one in (text, objects(rows), marked):
        for content in (one, gzip.compress(one), zstd.compress(one), one.removesuffix(b"\n")):
            assert read(content) == (keys, None)
    whole, packed, last = text.splitlines(keepends=True), gzip.compress(text), b"end,3\n"
    for content, number, ending in (
        (b"".join(whole[:-1]), 3, (6, "CUT_OFF")),
        (text[: text.index(last) - 5], 2, (5, "CUT_OFF")),
        (packed[:-1], 3, (7, "CUT_OFF")),
        (text.replace(last, b"end,2\n"), 3, (6, "OTHER_NUMBER")),
        (text + b"more\n", 3, (7, "AFTER_THE_END")),
        (packed + b"more", 3, (7, "CUT_OFF")),
        (packed[:-6] + bytes(2) + packed[-4:], 3, (7, "CUT_OFF")),
    ):
        found, told = read(content)
        assert (found, told) == (keys[:number], ending), content[-30:]
    many, _ = feed_of([good(number) for number in range(4_000)], {})
    for packed in (gzip.compress(many), zstd.compress(many)):
        found, told = read(packed[: len(packed) // 2])
        assert 100 < len(found) < 4_000
        assert found[-1].encode() == many.splitlines()[len(found) + 1].split(b",")[-1]
        assert told == (len(found) + 3, "CUT_OFF")
    for nothing in (b"", b"\n", b"a,b\n", text.replace(b"ions,1", b"ions,2"), b"\x1f\x8b",
                    packed[:20], text.replace(b"visaType", b"visa", 1),
                    text.replace(b",entryOn", b"", 1), text.replace(b",identity.email", b"", 1),
                    text.replace(b"tripPurpose", b"centre", 1), b'{"version": 1}\n'):  # fmt: skip
        with pytest.raises(UnreadableFeedError):
            read(nothing)


def test_what_is_wrong_with_an_object_is_told_without_its_names() -> None:
    row = nested(good(1))
    person, text = row["identity"], json.dumps(row)
    lines: list[tuple[str, str, str]] = [
        (text.replace('"visaType": "B1"', '"visaType": "B1", "visaType": "B2"'), "", "MALFORMED"),
        (text.replace('"B1"', "NaN"), "", "MALFORMED"),
        (text.replace('"B1"', '"\\ud800"'), "visaType", "WRONG_TYPE"),
        (text.replace('"B1"', '"\\u0000"'), "visaType", "WRONG_TYPE"),
        (text.replace('"B1"', "1" * 5_000), "", "MALFORMED"),
        ("[" * 9_000, "", "MALFORMED"),
        (text + text, "", "MALFORMED"),
        ("[]", "", "MALFORMED"),
        (json.dumps({**row, "visaType": 7}), "visaType", "WRONG_TYPE"),
        (json.dumps({**row, "visaType": None}), "visaType", "REQUIRED"),
        (json.dumps({**row, "Ruby Hale": 7}), "", "UNKNOWN_FIELD"),
        (json.dumps({**row, "identity": {**person, "Ruby": 7}}), "", "UNKNOWN_FIELD"),
        (json.dumps({**row, "identity": "Ruby Hale"}), "identity", "WRONG_TYPE"),
        (json.dumps({**row, "identity": {**person, "sex": ["F"]}}), "identity.sex", "WRONG_TYPE"),
    ]
    content = OBJECT_HEAD + "\n".join([*(line for line, _, _ in lines), '{"end":14}']).encode()
    found, ending = read(content)
    assert ending is None
    assert [each[0] for each in found] == [
        (number + 2, field, code) for number, (_, field, code) in enumerate(lines)
    ]


def test_a_field_of_the_input_is_a_column() -> None:
    types = parse(SDL.read_text("utf-8")).definitions
    inputs = {
        one.name.value: one for one in types if isinstance(one, InputObjectTypeDefinitionNode)
    }

    def names_in(type_name: str, above: str = "") -> Iterator[str]:
        for field in inputs[type_name].fields or ():
            kind, name = getattr(field.type, "type", field.type).name.value, field.name.value
            yield from names_in(kind, f"{above}{name}.") if kind in inputs else [above + name]

    assert sorted(NAMES) == sorted(names_in("SubmitApplicationsItem"))
    page = (SDL.parents[3] / "docs" / "feeds.md").read_text("utf-8")
    assert all(f"| `{name}` |" in page for name in NAMES)
    assert all(f"| {fault.name} |" in page for fault in Fault)


def test_nothing_is_handed_in_without_the_right_to(demo: Demo, tmp_path: Path) -> None:
    feed, began = tmp_path / "feed.csv", datetime.now(UTC)
    feed.write_bytes(feed_of([good(1)], {})[0])
    assert ingest(demo, feed, "treasury")[0] == 2
    assert since(demo, began) == 0


@pytest.mark.proof
def test_of_a_hundred_thousand_rows_each_good_one_is_handed_in_once(
    demo: Demo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (few := tmp_path / "few.csv").write_bytes(
        feed_of([good(number) for number in range(1_000)], {})[0]
    )
    small = kill_at(demo, few, 600)
    assert ingest(demo, few)[0] == 0

    began, number = datetime.now(UTC), 100_000
    rows = [good(each) for each in range(number)]
    text, wrong = feed_of(rows, spread(number, 1_000))
    (feed := tmp_path / "feed.csv.zst").write_bytes(zstd.compress(text))
    started = time.monotonic()
    peaks = [kill_at(demo, feed, line) for line in (20_000, 45_000, 70_000)]
    (code, told), seconds = ingest(demo, feed), time.monotonic() - started
    assert (code, rejects(feed)) == (1, wrong), told
    done, bad = accepted(feed), {line for line, _, _ in wrong}
    assert [key for key, _ in done.values()] == [
        row["idempotencyKey"] for at, row in enumerate(rows) if at + 3 not in bad
    ]
    assert len({reference for _, reference in done.values()}) == len(done) == since(demo, began)
    assert Counter(code for _, _, code in wrong).total() == 100
    with capsys.disabled():
        sys.stdout.write(
            f"\n{number:,} rows in {seconds:,.0f} s, {number / seconds:,.0f} a second, with four"
            f" starts; {max(peaks) / 1024:.0f} MiB at most, {small / 1024:.0f} with 1,000 rows\n"
        )
    assert max(peaks) < small + 20_000  # KiB

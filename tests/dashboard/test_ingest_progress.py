"""What `gerbang ingest` keeps beside a feed says where it goes on; and how much goes at once."""

import io
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.feed import LONGEST_LINE, Feed, FeedRow, Reject
from gateway.cli.ingest import (
    Progress,
    Results,
    _open_behind,  # pyright: ignore[reportPrivateUsage]
    batches_of,
    hand_in,
)
from gateway.cli.signed_in import SignedIn, Unusable
from gateway.schema.mutations.inputs import MOST_AT_ONCE
from tests.dashboard.test_ingest import HEAD, NAMES, cells, feed_of, good


def test_a_feed_goes_on_where_it_was_and_another_begins(tmp_path: Path) -> None:
    """What a batch without progress left is cut off, and so is how the feed ended before."""
    rows = [good(number) for number in range(3)]
    text, _ = feed_of(rows, {})
    (file := tmp_path / "feed.csv").write_bytes(text)

    def go_on(add: bool, junk: bytes = b"") -> tuple[int, int, list[str], bytes, Progress]:
        with ExitStack() as stack:
            results = Results(file, stack)
            with pytest.raises(Unusable, match="another process"):
                Results(file, stack)
            _, feed = _open_behind(file, results, stack)
            begins, count, found = feed.line, feed.rows, list[str]()
            if add:
                each = next(one for one in feed.read() if isinstance(one, FeedRow))
                found.append(each.item["idempotencyKey"])
                rejects = [Reject(feed.line, name, "INVALID", "So.") for name in NAMES[:2]]
                results.add(feed, [(each.line, *found, "R", "B")], rejects)
                for beside in (".accepted.csv", ".rejects.csv"):
                    with file.with_name(file.name + beside).open("ab") as behind:
                        behind.write(junk)
                results.end(Reject(9, "", "CUT_OFF", "It ends here."))
            written = file.with_name("feed.csv.accepted.csv"), results.rejects
        return begins, count, found, b"".join(one.read_bytes() for one in written), results.progress

    assert go_on(True, b"a line that nobody counted\n")[:3] == (2, 0, [rows[0]["idempotencyKey"]])
    begins, count, _, left, progress = go_on(False)
    assert (begins, count, progress.accepted, progress.rejected) == (3, 1, 1, 1)
    assert left.count(b"\n") == 2 + 1 + 2
    assert left.startswith(b"line,")
    assert b"nobody counted" not in left
    assert b"CUT_OFF" not in left
    _, _, found, _, progress = go_on(True)
    assert (found, progress.accepted, progress.rejected) == ([rows[1]["idempotencyKey"]], 2, 2)
    others = [good(number) for number in range(3)]
    file.write_bytes(feed_of(others, {})[0])
    begins, count, found, left, progress = go_on(True)
    assert (begins, count, found, progress.accepted) == (2, 0, [others[0]["idempotencyKey"]], 1)
    assert rows[0]["idempotencyKey"].encode() not in left


def test_a_batch_is_as_large_as_a_gateway_takes_and_a_line_as_long_as_the_format() -> None:
    rows = [good(number) for number in range(40)]
    lines = list[bytes]()
    for row in rows:
        rest = LONGEST_LINE - len(cells({**row, "identity.fullName": ""})) + 1
        lines.append(cells({**row, "identity.fullName": "O" * rest}))
    assert {len(line.rstrip()) for line in lines} == {LONGEST_LINE}
    feed = Feed(io.BytesIO(b"".join([HEAD, *lines, b"end,40\n"])))
    found = [*batches_of(feed)]
    assert [len(batch) for batch, _ in found] == [13, 13, 13, 1]
    assert not any(rejects for _, rejects in found)


def test_as_many_rows_go_at_once_as_a_gateway_takes_and_mistakes_do_not_pile_up() -> None:
    rows = [good(number) for number in range(MOST_AT_ONCE + 1)]
    found = [*batches_of(Feed(io.BytesIO(feed_of(rows, {})[0])))]
    assert [len(batch) for batch, _ in found] == [MOST_AT_ONCE, 1]
    # A feed of nothing but mistakes is answered, too, a thousand or so at a time.
    feed = Feed(io.BytesIO(HEAD + b"\n" * 1_500 + b"end,1500\n"))
    assert [(rows, len(rejects)) for rows, rejects in batches_of(feed)] == [([], 1_001), ([], 499)]


class Answers(SignedIn):
    """A gateway that takes the first of two rows, and finds two mistakes in the other."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def ask(self, name: str, **variables: Any) -> dict[str, Any]:
        self.asked.append(variables["input"])
        path = ["input", "applications", "1"]
        errors = [
            {"path": [*path, *field], "code": "INVALID", "message": "So."}
            for field in (["identity", "email"], ["visaType"])
        ]
        taken = {"errors": [], "application": {"reference": "R", "bill": {"code": "B"}}}
        results = [taken, {"errors": errors, "application": None}]
        return {"submitApplications": {"errors": [], "results": results}}


def test_a_mistake_is_told_by_its_field_below_the_row() -> None:
    gateway, rows = Answers(), [FeedRow(line, {"idempotencyKey": f"key-{line}"}) for line in (3, 4)]
    accepted, rejects = hand_in(gateway, rows)
    assert accepted == [(3, "key-3", "R", "B")]
    assert rejects == [
        Reject(4, field, "INVALID", "So.") for field in ("identity.email", "visaType")
    ]
    [asked] = gateway.asked
    assert asked["applications"] == [row.item for row in rows]

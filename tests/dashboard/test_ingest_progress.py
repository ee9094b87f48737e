"""What `gerbang ingest` keeps beside a feed says where it goes on; and how much goes at once."""

import io
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli.feed import (
    LONGEST_LINE,
    Fault,
    Feed,
    FeedRow,
    Reject,
    UnreadableFeedError,
    zstd,
)
from gateway.cli.ingest import (
    Progress,
    Results,
    _open_behind,  # pyright: ignore[reportPrivateUsage]
    batches_of,
    hand_in,
    ingest,
)
from gateway.cli.signed_in import SignedIn, Unusable
from gateway.schema.mutations.inputs import MOST_AT_ONCE
from tests.dashboard.test_ingest import BROKEN, HEAD, NAMES, cells, feed_of, good, rejects


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


def test_each_mistake_is_told_without_asking_the_gateway_and_so_is_how_the_feed_ends(
    tmp_path: Path,
) -> None:
    row, own = good(1), {fault.name for fault in Fault}
    broken = [each for each in BROKEN if each[2] in own]
    lines = [breaks(row) for breaks, *_ in broken]
    (file := tmp_path / "feed.csv").write_bytes(b"".join([HEAD, *lines]))
    nobody = CliRunner(env={"GERBANG_TOKEN": "a token"}).invoke(
        ingest, [str(file), "--url", "http://127.0.0.1:9"]
    )
    assert (nobody.exit_code, f"0 of {len(lines)} rows" in nobody.output) == (2, True)
    wrong = [(at, *of[1:]) for at, of in enumerate(broken, start=3)]
    assert rejects(file) == [*wrong, (len(lines) + 3, "", "CUT_OFF")]
    with file.open("ab") as feed:
        feed.write(b"end,%d\n" % len(lines))
    whole = CliRunner(env={"GERBANG_TOKEN": "a token"}).invoke(ingest, [str(file)])
    assert (whole.exit_code, rejects(file)) == (1, wrong)


def test_a_line_as_long_as_the_format_ends_as_it_likes_and_a_longer_one_is_passed() -> None:
    row = good(1)
    rest = LONGEST_LINE - len(cells({**row, "identity.fullName": ""})) + 1
    longest = cells({**row, "identity.fullName": "O" * rest})
    for lines, found in (
        (longest.replace(b"\n", b"\r\n"), [True]),
        (longest.replace(b"O", b"OO", 1), [False]),
        (longest.replace(b"O", b"O" * 3 * LONGEST_LINE, 1) + cells(row), [False, True]),
    ):
        feed = Feed(io.BytesIO(HEAD + lines + b"end,%d\n" % len(found)))
        assert [isinstance(each, FeedRow) for each in feed.read()] == found
        assert feed.ending is None
    for told in (b"0", b"2"):
        feed = Feed(io.BytesIO(HEAD + cells(row) + b"end," + told))
        assert len([*feed.read()]) == 1
        assert feed.ending
        assert (feed.ending.line, feed.ending.code) == (4, "OTHER_NUMBER")


def test_columns_of_an_object_come_together_and_what_it_was_packed_with_is_bounded() -> None:
    optional = {name.split(".")[0] for name in NAMES if "." in name} - {"identity"}
    for missing, is_read in (
        *((f"{name}.", True) for name in sorted(optional)),
        ("identity.birthDate", False),
        ("idempotencyKey", False),
        ("tripPurpose", True),
    ):
        names = [name for name in NAMES if not name.startswith(missing)]
        head = f"gerbang-applications,1\n{','.join(names)}\n".encode()
        with nullcontext() if is_read else pytest.raises(UnreadableFeedError):
            Feed(io.BytesIO(head))
    window = zstd.CompressionParameter.window_log
    for bits, is_read in ((23, True), (24, False)):
        packer = zstd.ZstdCompressor(options={window: bits})
        packed = packer.compress(HEAD + b"end,0\n") + packer.flush()
        with nullcontext() if is_read else pytest.raises(UnreadableFeedError):
            Feed(io.BytesIO(packed))

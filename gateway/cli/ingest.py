"""`gerbang ingest`: hands the applications of a feed in, as a partner's system."""

import csv
import fcntl
import io
import json
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import click
import orjson

from gateway.cli.feed import KEY, Feed, FeedRow, Reject, UnreadableFeedError
from gateway.cli.signed_in import SignedIn, Unusable
from gateway.schema.mutations.inputs import MOST_AT_ONCE

#: Of the rows of a batch as JSON: a gateway takes 262,144 by default, head and document included.
_MOST_BYTES = 200_000
#: Mistakes that wait for the next batch.
_MOST_REJECTS = 1_000


@dataclass
class Progress:
    """How far a feed was handed in."""

    line: int = 0
    rows: int = 0
    digest: str = ""
    accepted: int = 0
    rejected: int = 0
    #: Bytes of the two files beside it.
    accepted_bytes: int = 0
    rejects_bytes: int = 0


class Results:
    """What came of a feed, in files beside it: a batch is in them before its progress is."""

    def __init__(self, feed: Path, stack: ExitStack) -> None:
        """Raises Unusable while another process writes them."""
        self.rejects = feed.with_name(f"{feed.name}.rejects.csv")
        self._accepted_file = self._open(feed.with_name(f"{feed.name}.accepted.csv"), stack)
        self._rejects_file = self._open(self.rejects, stack)
        self._file = feed.with_name(f"{feed.name}.progress.json")
        self.progress = Progress()
        try:
            self.progress = Progress(**json.loads(self._file.read_bytes()))
        except (OSError, ValueError, TypeError):
            self.begin()

    def _open(self, path: Path, stack: ExitStack) -> BinaryIO:
        file = stack.enter_context(path.open("ab"))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unusable(f"another process writes {path.name}.") from None
        return file

    def begin(self) -> None:
        """Forget what is there, which is of another file."""
        self.progress = Progress()

    def go_on(self) -> None:
        """Cut off what a batch without progress left."""
        for file, size, head in (
            (self._accepted_file, self.progress.accepted_bytes, ("line", KEY, "reference", "bill")),
            (self._rejects_file, self.progress.rejects_bytes, Reject._fields),
        ):
            file.seek(file.truncate(size))
            if not size:
                file.write(_csv([head]))

    def add(
        self, feed: Feed, accepted: Sequence[Sequence[object]], rejects: Sequence[Reject]
    ) -> None:
        """Write what came of the rows until where the feed was read, and then that it did."""
        for file, rows in ((self._accepted_file, accepted), (self._rejects_file, rejects)):
            file.write(_csv(rows))
            file.flush()
            os.fsync(file.fileno())
        done = self.progress
        self.progress = Progress(
            feed.line,
            feed.rows,
            feed.digest,
            done.accepted + len(accepted),
            done.rejected + len({each.line for each in rejects}),
            self._accepted_file.tell(),
            self._rejects_file.tell(),
        )
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(asdict(self.progress)))
        new.replace(self._file)

    def end(self, ending: Reject) -> None:
        """Write what is wrong with how the feed ends: it is not done, and may come whole yet."""
        self._rejects_file.write(_csv([ending]))


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def batches_of(feed: Feed) -> Iterator[tuple[list[FeedRow], list[Reject]]]:
    """The rows of a feed, as many as are handed in together, and what is wrong among them."""
    rows, rejects, size = list[FeedRow](), list[Reject](), 0
    for each in feed.read():
        if isinstance(each, FeedRow):
            rows.append(each)
            size += len(orjson.dumps(each.item))
        else:
            rejects += each
        if len(rows) == MOST_AT_ONCE or size > _MOST_BYTES or len(rejects) > _MOST_REJECTS:
            yield rows, rejects
            rows, rejects, size = [], [], 0
    if rows or rejects:
        yield rows, rejects


def hand_in(
    gateway: SignedIn, rows: Sequence[FeedRow]
) -> tuple[list[Sequence[object]], list[Reject]]:
    """What came of some rows. Raises Unusable."""
    # The keys of the rows say what was done; this one only that a batch is sent again.
    given = {KEY: secrets.token_hex(16), "applications": [row.item for row in rows]}
    answer = gateway.ask("ingest", input=given)["submitApplications"]
    if answer["errors"]:
        raise Unusable(f"the gateway says: {answer['errors'][0]['message']}")
    accepted, rejects = list[Sequence[object]](), list[Reject]()
    for row, result in zip(rows, answer["results"], strict=True):
        if not result["errors"]:
            case = result["application"] or {}
            bill = (case.get("bill") or {}).get("code")
            accepted.append((row.line, row.item[KEY], case.get("reference"), bill))
        for error in result["errors"]:
            field = ".".join(error["path"][3:])
            rejects.append(Reject(row.line, field, error["code"], error["message"]))
    return accepted, rejects


def _open_behind(file: Path, results: Results, stack: ExitStack) -> tuple[BinaryIO, Feed]:
    """The feed, read until where it was handed in; from its beginning if it is another one."""
    try:
        raw = stack.enter_context(file.open("rb"))
        feed = Feed(raw)
        feed.skip(results.progress.line)
        if results.progress.line and feed.digest != results.progress.digest:
            results.begin()
            raw = stack.enter_context(file.open("rb"))
            feed = Feed(raw)
    except UnreadableFeedError as error:
        raise Unusable(str(error)) from None
    feed.rows = results.progress.rows
    results.go_on()
    return raw, feed


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The gateway.")
def ingest(file: Path, url: str) -> None:
    """Hand the applications of FILE in: CSV or JSON Lines, plain or compressed by gzip or zstd.

    It asks with your own access token of a partner's system, from GERBANG_TOKEN. Stopped, it goes
    on when run again with the same file: each application is handed in once, by its key. What is
    rejected stands in FILE.rejects.csv, by line, field and reason. docs/feeds.md has the format.
    The exit code is 1 where something was rejected, and 2 where not everything was read or
    answered.
    """
    with ExitStack() as stack:
        gateway = stack.enter_context(closing(SignedIn(url)))
        results = Results(file, stack)
        raw, feed = _open_behind(file, results, stack)
        bar = stack.enter_context(
            click.progressbar(
                length=file.stat().st_size,
                label=file.name,
                file=sys.stderr,
                hidden=not sys.stderr.isatty(),
            )
        )
        bar.update(raw.tell())
        for rows, rejects in batches_of(feed):
            accepted, refused = hand_in(gateway, rows) if rows else ([], [])
            results.add(feed, accepted, sorted([*rejects, *refused], key=lambda one: one.line))
            bar.update(raw.tell() - bar.pos)
        if feed.ending:
            results.end(feed.ending)
    done = results.progress
    click.echo(f"{done.accepted:,} of {done.rows:,} rows are taken in, {done.rejected:,} rejected.")
    if feed.ending:
        raise Unusable(f"line {feed.ending.line}: {feed.ending.says}")
    if done.rejected:
        click.echo(f"Why: {results.rejects}")
        raise click.exceptions.Exit(1)

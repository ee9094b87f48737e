"""Runs several commands in one write and one wait, by libpq's pipeline mode."""

import asyncio
import re
import select
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import DataError, Error, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

#: Prepared commands of a connection; the one that was used the longest ago makes room.
MOST_PREPARED = 300
#: A connection that was silent for longer may have died unnoticed, and is asked to answer at once.
_SILENT_SECONDS = 1.0
#: The schema changed under a prepared command, or the server forgot it.
_OUTDATED = ("0A000", "26000")

_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE)
_ABORTED, _SYNC = ExecStatus.PIPELINE_ABORTED, ExecStatus.PIPELINE_SYNC
_IDLE = TransactionStatus.IDLE


class Command(NamedTuple):
    """A statement with ``$1``, ``$2``, … and the Python values for these."""

    text: str
    arguments: Sequence[Any] = ()


class _Step(NamedTuple):
    """What was sent, and has a result of its own."""

    #: The command that this step prepares, and the name it gives to it.
    text: str
    name: bytes


_RUN, _CLOSE = _Step("run", b""), _Step("close", b"")


def _name(text: str) -> bytes:
    """The name of a prepared command: its first word, and a digest of it all.

    So a name never means another command, not even on the backend of a pooler that lets clients
    share their prepared statements.
    """
    return (
        f"{text.split(maxsplit=1)[0]}_{blake2b(text.encode(), digest_size=16).hexdigest()}".encode()
    )


class CommandPipeline:
    """Sends commands over one connection of libpq and reads their results.

    Its socket is watched from the first use on, so that a connection that the server closes is
    known to be closed. Nobody else reads from it.
    """

    def __init__(self, pgconn: PGconn, cancel: Callable[[float], Awaitable[None]]) -> None:
        """``cancel`` cancels what runs on the connection, within so many seconds."""
        self._pgconn = pgconn
        self._socket = pgconn.socket  # it is -1 once the connection is lost
        self._readiness = select.poll()
        self._readiness.register(self._socket, select.POLLIN)
        self._cancel = cancel
        self._loop = asyncio.get_running_loop()
        self._is_watched = False
        self._heard_at = self._loop.time()
        self._names: OrderedDict[str, bytes] = OrderedDict()
        self._is_busy = False
        self._unwanted: list[bytes] = []
        self._steps: list[_Step] = []
        self._results: list[PGresult] = []
        self._answer: asyncio.Future[list[PGresult]] = self._loop.create_future()
        self._timer: asyncio.TimerHandle | None = None
        self._is_prompted = False
        #: How many commands of the last run succeeded.
        self.completed = 0
        #: Called with the failure of each command that the database refuses.
        self.on_failure: Callable[[Error], None] = lambda _: None

    @property
    def is_idle(self) -> bool:
        """Whether the connection is open, with no result due and no transaction begun."""
        return not self._is_busy and self._pgconn.transaction_status == _IDLE

    @property
    def is_closed(self) -> bool:
        return self._pgconn.status == ConnStatus.BAD

    async def run(
        self, commands: Sequence[Command], *, seconds: float | None = None, prompt: int = 0
    ) -> list[PGresult]:
        """Run commands; their results in order, with all values in binary.

        After a command that fails none of the others runs. The server answers when all is done, and
        ``seconds`` is how long that may take. With ``prompt`` they bound only how long a connection
        that was silent for a while takes to answer so many of the commands.

        A caller that is cancelled leaves results behind: `drain` the connection, or close it.

        Raises psycopg.Error; and TimeoutError, after which the connection is closed.
        """
        self.completed = 0
        if self._is_busy or self._pgconn.status == ConnStatus.BAD:
            raise OperationalError("the connection is closed, or results are still due")
        encoded = [(text, encode_arguments(arguments)) for text, arguments in commands]
        if prompt and self._loop.time() - self._heard_at < _SILENT_SECONDS:
            prompt, seconds = 0, None
        self._answer = self._loop.create_future()
        self._is_busy, self._is_prompted = True, bool(prompt)
        try:
            if not self._is_watched:
                self._watch()
            self._send(encoded, prompt)
        except BaseException:
            self._is_busy = False
            self.close()
            raise
        if seconds:
            self._timer = self._loop.call_later(seconds, self._lose, TimeoutError())
        return await self._answer

    async def drain(self, seconds: float) -> None:
        """Cancel what still runs and read what is left of its results.

        Raises psycopg.Error or TimeoutError if that fails; close the connection then.
        """
        if not self._is_busy:
            return
        if self._answer.done():  # the caller was cancelled
            self._answer = self._loop.create_future()
        async with asyncio.timeout(seconds):
            await self._cancel(seconds)
            try:
                await self._answer
            except Error:
                self.completed = 0
        if self.is_closed:
            raise OperationalError("the connection was lost while it was drained")

    def close(self) -> None:
        """Close the connection at once."""
        if self._is_watched:
            self._is_watched = False
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
        self._pgconn.finish()

    def _watch(self) -> None:
        self._loop.add_reader(self._socket, self._on_readable)
        self._is_watched = True

    def _send(self, commands: Sequence[tuple[str, list[bytes | None]]], prompt: int) -> None:
        pgconn, names = self._pgconn, self._names
        steps = self._steps = []
        pgconn.enter_pipeline_mode()
        for name in self._unwanted:
            pgconn.send_close_prepared(name)
            steps.append(_CLOSE)
        self._unwanted = []
        new_names: dict[str, bytes] = {}
        for number, (text, arguments) in enumerate(commands, 1):
            if name := names.get(text):
                names.move_to_end(text)
            elif not (name := new_names.get(text)):
                name = new_names[text] = _name(text)
                pgconn.send_prepare(name, text.encode())
                steps.append(_Step(text, name))
            pgconn.send_query_prepared(name, arguments, None, Format.BINARY)
            steps.append(_RUN)
            if number == prompt:
                pgconn.send_flush_request()
        pgconn.pipeline_sync()
        if pgconn.flush():
            self._loop.add_writer(self._socket, self._on_writable)

    def _on_writable(self) -> None:
        try:
            if not self._pgconn.flush():
                self._loop.remove_writer(self._socket)
        except OperationalError as error:
            self._lose(error)

    def _on_readable(self) -> None:
        """Read all that has come, to the error of a connection that was reset: uvloop calls once
        where it was, and not again for what is left unread."""
        try:
            self._read()
            while self._readiness.poll(0):
                self._read()
        except OperationalError as error:
            self._lose(error)

    def _read(self) -> None:
        """Raises OperationalError if the connection is lost."""
        pgconn, results = self._pgconn, self._results
        pgconn.consume_input()
        self._heard_at = self._loop.time()
        if self._timer and self._is_prompted:
            self._timer.cancel()
        had_result = True
        while not pgconn.is_busy():
            result = pgconn.get_result()
            if result is None:
                if not had_result:  # none is due, or the connection is lost
                    break
                had_result = False
            elif result.status == _SYNC:
                self._finish()
                break
            else:
                had_result = True
                results.append(result)

    def _finish(self) -> None:
        """Hand over the results: all commands were answered."""
        self._pgconn.exit_pipeline_mode()
        executed, failure = self._sort_results()
        if failure or len(self._names) > MOST_PREPARED:
            self._forget_prepared(failure)
        self._end_run()
        if failure:
            self.on_failure(failure)
        if self._answer.done():  # the caller was cancelled
            return
        if failure:
            self._answer.set_exception(failure)
        else:
            self._answer.set_result(executed)

    def _sort_results(self) -> tuple[list[PGresult], Error | None]:
        """The results of the commands that succeeded, and the failure of the next one."""
        executed: list[PGresult] = []
        failure: Error | None = None
        for step, result in zip(self._steps, self._results, strict=False):
            status = result.status
            if status in _FAILED:
                failure = failure or error_from_result(result)
            elif status == _ABORTED:
                continue
            elif step is _RUN:
                executed.append(result)
            elif step is not _CLOSE:
                self._names[step.text] = step.name
        self.completed = len(executed)
        return executed, failure

    def _forget_prepared(self, failure: Error | None) -> None:
        most = 0 if failure and failure.sqlstate in _OUTDATED else MOST_PREPARED
        while len(self._names) > most:
            _, name = self._names.popitem(last=False)
            self._unwanted.append(name)

    def _lose(self, error: Exception) -> None:
        """Close a connection that is broken or silent."""
        self.close()
        if self._is_busy:
            _, failure = self._sort_results()
            self._end_run()
            if not self._answer.done():
                self._answer.set_exception(failure or error)

    def _end_run(self) -> None:
        self._is_busy = False
        self._results = []
        if self._timer:
            self._timer.cancel()
            self._timer = None


_others = Transformer()
#: What an array's literal takes literally only behind a backslash.
_SPECIAL = re.compile(rb'["\\\\]')


def encode_arguments(arguments: Sequence[Any]) -> list[bytes | None]:
    """Encode arguments. Raises psycopg.DataError or ValueError for one that has no text."""
    return [
        None if argument is None else _ENCODERS.get(type(argument), _encode_other)(argument)
        for argument in arguments
    ]


def _encode_str(text: str) -> bytes:
    if "\0" in text:  # libpq would end the text there
        raise DataError("a text with a NUL character")
    return text.encode()


def _encode_list(values: Sequence[Any]) -> bytes:
    """Encode texts, which are quoted, or values of one other frequent type."""
    kinds = {*map(type, values)}
    if all(issubclass(kind, str) for kind in kinds):
        items = [b'"%b"' % _SPECIAL.sub(rb"\\\g<0>", _encode_str(text)) for text in values]
    elif kinds == {bytes}:
        items = [b'"\\\\x%b"' % octets.hex().encode() for octets in values]
    elif len(kinds) == 1 and kinds <= _ENCODERS.keys():
        encode = _ENCODERS[kinds.pop()]
        items = [encode(value) for value in values]
    else:
        return _encode_other(values)
    return b"{%b}" % b",".join(items)


def _encode_other(value: Any) -> bytes:
    if isinstance(value, str):  # a word of a closed list
        return _encode_str(value)
    if isinstance(value, tuple):  # psycopg takes a tuple for a composite value
        value = list(value)
    (encoded,) = _others.dump_sequence([value], [PyFormat.TEXT])
    assert encoded is not None
    return bytes(encoded)


#: psycopg encodes all types. These are frequent, and it takes four times as long.
_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    str: _encode_str,
    int: lambda number: b"%d" % number,
    bool: lambda truth: b"t" if truth else b"f",
    bytes: lambda octets: b"\\x%b" % octets.hex().encode(),
    UUID: lambda key: key.hex.encode(),
    date: lambda day: day.isoformat().encode(),
    datetime: lambda instant: instant.isoformat().encode(),
    list: _encode_list,
    tuple: _encode_list,
}

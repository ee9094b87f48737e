"""The connections of a pool: psycopg's, on which commands can be run in one write and one wait."""

import asyncio
import re
from typing import Any, TypeVar

from psycopg import AsyncConnection, OperationalError
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

from models.database.command_pipeline import MOST_PREPARED, Command, CommandPipeline
from models.database.url import TLS, DatabaseUrl, Host

_Result = TypeVar("_Result")

#: psycopg gives instants in the session's time zone, which would be the server's.
_IN_UTC = "-c timezone=UTC"

#: libpq reports a failed login by its text alone, which servers send in English.
_NO_ROOM = re.compile(
    "too many (clients|connections)|connection slots are reserved|max_client_conn"
)


class TooManyConnectionsError(OperationalError):
    """The server takes no more connections."""

    sqlstate = "53300"


class LoginRefusedError(OperationalError):
    """The server refuses the password; another host would, too."""

    sqlstate = "28P01"


class PipelinedConnection(AsyncConnection[TupleRow]):
    """A connection of psycopg with a pipeline on the same socket.

    Between two runs of its pipeline it works like any other of psycopg, in the same transaction.
    """

    #: The process id of its backend; None behind a pooler, which shares backends among clients and
    #: reports the process id of none of them.
    backend: int | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.prepared_max = MOST_PREPARED
        self.command_pipeline = CommandPipeline(self.pgconn, self._cancel_within)

    async def wait(self, gen: PQGen[_Result], *args: Any, **options: Any) -> _Result:
        """Wait as psycopg does, which watches the socket meanwhile."""
        self.command_pipeline.unwatch()
        return await super().wait(gen, *args, **options)

    async def close(self) -> None:
        self.command_pipeline.unwatch()
        await super().close()

    async def _cancel_within(self, seconds: float) -> None:
        await self.cancel_safe(timeout=seconds)


async def open_connection(
    host: Host, url: DatabaseUrl, *, seconds: float, target_session_attrs: str, **options: Any
) -> PipelinedConnection:
    """Connect to one host, which may take so many seconds.

    Raises TimeoutError or psycopg.OperationalError.
    """
    parameters = {name: url.parameters[name] for name in TLS if name in url.parameters}
    session = {**url.session, "options": f"{url.session.get('options', '')} {_IN_UTC}".strip()}
    try:
        async with asyncio.timeout(seconds):
            connection = await PipelinedConnection.connect(
                host=host.address,
                port=host.port,
                user=url.user,
                password=url.password_at(host),
                dbname=url.database,
                sslmode=url.sslmode,
                target_session_attrs=target_session_attrs,
                client_encoding="UTF8",
                gssencmode="disable",
                autocommit=True,
                **parameters,
                **session,
                **options,
            )
            try:
                connection.backend = await _own_backend(connection)
            except BaseException:
                await connection.close()
                raise
            return connection
    except OperationalError as error:
        raise _classify(error) from None


def _classify(error: OperationalError) -> OperationalError:
    if _NO_ROOM.search(str(error)):
        return TooManyConnectionsError(str(error))
    pgconn = error.pgconn
    if pgconn and (pgconn.used_password or pgconn.needs_password):
        return LoginRefusedError(str(error))
    return error


async def _own_backend(connection: PipelinedConnection) -> int | None:
    (result,) = await connection.command_pipeline.run([Command("SELECT pg_backend_pid()")])
    serving = int.from_bytes(result.get_value(0, 0) or b"")
    return serving if serving == connection.pgconn.backend_pid else None

"""The connections of a pool, on which commands are run in one write and one wait."""

import asyncio
import re
from typing import Any

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import TupleRow

from models.database.command_pipeline import Command, CommandPipeline
from models.database.url import TLS, DatabaseUrl, Host

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


class PipelinedConnection:
    """A connection of psycopg on which all is run by a pipeline; in autocommit mode, so that
    transactions are begun explicitly."""

    __slots__ = ("_driver", "backend", "pipeline")

    def __init__(self, driver: AsyncConnection[TupleRow]) -> None:
        self._driver = driver
        self.pipeline = CommandPipeline(driver.pgconn, self._cancel_within)
        #: The process id of its backend; None behind a pooler, which shares backends among clients
        #: and reports the process id of none of them.
        self.backend: int | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it is open, and nothing was left behind on it. This takes no round trip."""
        return self.pipeline.is_idle

    def close(self) -> None:
        """Close the connection at once."""
        self.pipeline.close()

    async def _cancel_within(self, seconds: float) -> None:
        await self._driver.cancel_safe(timeout=seconds)


async def open_connection(
    host: Host, url: DatabaseUrl, *, seconds: float, target_session_attrs: str
) -> PipelinedConnection:
    """Connect to one host, which may take so many seconds.

    Raises TimeoutError or psycopg.OperationalError.
    """
    tls = {name: url.parameters[name] for name in TLS if name in url.parameters}
    options = f"{url.session.get('options', '')} {_IN_UTC}".strip()
    parameters: dict[str, Any] = {**tls, **url.session, "options": options}
    try:
        async with asyncio.timeout(seconds):
            driver = await AsyncConnection[TupleRow].connect(
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
            )
            connection = PipelinedConnection(driver)
            try:
                [result] = await connection.pipeline.run([Command("SELECT pg_backend_pid()")])
            except BaseException:
                connection.close()
                raise
            serving = int.from_bytes(result.get_value(0, 0) or b"")
            connection.backend = serving if serving == driver.pgconn.backend_pid else None
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

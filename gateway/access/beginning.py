"""How a transaction of ours begins: on a connection that works, in one round trip."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.outages import BROKEN, away, taken
from models.database import backend_of, driver_of

#: What bounds a transaction on a backend and makes it that of a viewer: see
#: `gateway.access.bounds` and `gateway.access.seal`. The backend is None where a pooler lends it.
Opening = Callable[[int | None], tuple[str, ...]]

#: Beginning and ending wait for nothing but the way to the database and back: who takes longer is
#: not there any more, even if nobody said so.
ROUND_TRIP_SECONDS = 5

#: A connection that broke while it lay idle is replaced once: nothing had been asked on it.
_ATTEMPTS = 2


async def begun(engine: AsyncEngine, begin: str, opening: Opening) -> AsyncConnection:
    """A connection on which a transaction has begun, for the caller to give back.

    Raises FieldError with UNAVAILABLE or OVERLOADED.
    """
    for _ in range(_ATTEMPTS):
        connection = await taken(engine)
        try:
            preamble = "; ".join((begin, *opening(await backend_of(connection))))
            await (await driver_of(connection)).execute(preamble, timeout=ROUND_TRIP_SECONDS)
        except BaseException as error:
            await connection.invalidate()
            await connection.close()
            if not isinstance(error, BROKEN):
                raise
        else:
            return connection
    raise away()

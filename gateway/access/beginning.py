"""How a transaction of ours begins: on a connection that works, in one round trip."""

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.opening import Opening
from gateway.access.transactions.errors import BROKEN, away, taken
from models.database.connections import backend_of, driver_of

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
            statements = opening.statements(backend_of(connection))
            driver = driver_of(connection)
            await driver.execute("; ".join((begin, *statements)), timeout=ROUND_TRIP_SECONDS)
        except BaseException as error:
            await connection.invalidate()
            await connection.close()
            if not isinstance(error, BROKEN):
                raise
        else:
            return connection
    raise away()

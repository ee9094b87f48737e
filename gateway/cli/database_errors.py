"""Turns errors of the database into one sentence that says what to do."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from ssl import SSLCertVerificationError
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError

from models.database.connections import connected

_Result = TypeVar("_Result")

#: Sentences by SQLSTATE or a prefix of it; ``{variable}`` is the one that holds the address.
_BY_STATE = {
    "28": "The database refuses the login: look at the user and the password in {variable}.",
    "3D": "There is no such database: let a superuser make it with models/postgres/owner.sql, or"
    " correct its name in {variable}.",
    "42P01": "The database was not migrated to this version: run `gerbang migrate` first.",
    "42703": "The database was not migrated to this version: run `gerbang migrate` first.",
    "3F000": "The database was not migrated to this version: run `gerbang migrate` first.",
    "42501": "The database does not let this login do that: look whether {variable} names the"
    " login that it is meant for.",
    "25006": "The database is a replica or set to read only: name the primary in {variable}.",
    "53100": "The disk of the database is full: make room there, then try again.",
    "53300": "The database takes no more connections: end some, or raise its max_connections.",
    "57P": "The database is starting or stopping: try again when it answers.",
    "08": "The database hung up: look whether it runs, then try again.",
}
_DRIVER_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.TargetServerAttributeNotMatched,
)
_UNREACHABLE = (
    "The database does not answer: start PostgreSQL, or correct host and port in {variable}"
    " (tried: {error})."
)


_UNTRUSTED_CERTIFICATE = (
    "The database shows a certificate that cannot be trusted: look whether sslrootcert in"
    " {variable} is its authority, and whether it is made for that host and has not expired."
)
_WRONG_SERVER_KIND = (
    "No host in {variable} is of the kind that target_session_attrs asks for: name the primary."
)


class DatabaseError(Exception):
    """The database cannot be used; the message says why, and what to do.

    ``may_pass`` if waiting may be enough: nothing answers, or the database is starting or stopping.
    """

    def __init__(self, sentence: str, *, may_pass: bool) -> None:
        self.may_pass = may_pass
        super().__init__(sentence)


@contextmanager
def explain_database_errors(variable: str) -> Iterator[None]:
    """Turn errors of the database or the network into DatabaseError.

    ``variable`` is the one that holds its address. Errors that are bugs of ours pass unchanged.
    """
    try:
        yield
    except (*_DRIVER_ERRORS, OSError, DBAPIError) as error:
        if (explanation := _explain(error, variable)) is None:
            raise
        raise explanation from None


def run_as_owner(url: str, work: Callable[[asyncpg.Connection], Awaitable[_Result]]) -> _Result:
    """The result of work on a connection to ``GERBANG_OWNER_URL``.

    Raises DatabaseError where the database or the network does not do its part.
    """

    async def connect_and_work() -> _Result:
        async with connected(url) as connection:
            return await work(connection)

    with explain_database_errors("GERBANG_OWNER_URL"):
        return asyncio.run(connect_and_work())


def _explain(error: BaseException, variable: str) -> DatabaseError | None:
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if state:
        for prefix in (state, state[:3], state[:2]):
            if sentence := _BY_STATE.get(prefix):
                may_pass = prefix in ("57P", "08")
                return DatabaseError(sentence.format(variable=variable), may_pass=may_pass)
        return None
    cause = _network_failure(error)
    if cause is None:
        return None
    if isinstance(cause, SSLCertVerificationError):
        return DatabaseError(_UNTRUSTED_CERTIFICATE.format(variable=variable), may_pass=False)
    if isinstance(cause, asyncpg.TargetServerAttributeNotMatched):
        return DatabaseError(_WRONG_SERVER_KIND.format(variable=variable), may_pass=True)
    kind = type(cause).__name__
    return DatabaseError(_UNREACHABLE.format(variable=variable, error=kind), may_pass=True)


def _network_failure(error: BaseException) -> BaseException | None:
    """The network or driver error that caused ``error``, if any."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (OSError, *_DRIVER_ERRORS)):
            return cause
        cause = cause.__cause__
    return None

"""Hears what is asked of the database, by SQLAlchemy and past it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Pool, event

#: Once on each connection the driver asks how types look that it has not met.
_OF_THE_DRIVER = "typeinfo_tree"


@contextmanager
def listening(note: Callable[[str, tuple[Any, ...]], None]) -> Iterator[None]:
    """Notes each statement and its values, but for those that begin and end transactions."""
    drivers: list[Any] = []

    def by_sqlalchemy(connection: Any, cursor: Any, text: str, values: Any, *_: Any) -> None:
        note(text, tuple(values))

    def past_it(logged: Any) -> None:
        if logged.args and _OF_THE_DRIVER not in logged.query:
            note(logged.query, logged.args)

    def taken(dbapi_connection: Any, *_: Any) -> None:
        driver = dbapi_connection.driver_connection
        driver.add_query_logger(past_it)
        drivers.append(driver)

    event.listen(Engine, "before_cursor_execute", by_sqlalchemy)
    event.listen(Pool, "checkout", taken)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", by_sqlalchemy)
        event.remove(Pool, "checkout", taken)
        for driver in drivers:
            driver.remove_query_logger(past_it)

"""Hears what is asked of the database, by SQLAlchemy and past it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from models.database.command_pipeline import Command, CommandPipeline

#: How a transaction's settings are made.
_PREAMBLE = "SELECT set_config("
#: How one of them is changed on the way, as for the planning of what follows.
_SETTING = "SET LOCAL "


@contextmanager
def listening(
    note: Callable[[str, tuple[Any, ...]], None], *, settings: bool = False
) -> Iterator[None]:
    """Notes each statement and its values, but for those that begin and end transactions.

    With ``settings`` also what a transaction sets between its statements, as
    `SET LOCAL plan_cache_mode`.
    """
    run = CommandPipeline.run

    def by_sqlalchemy(connection: Any, cursor: Any, text: str, values: Any, *_: Any) -> None:
        note(text, tuple(values))

    def past_it(self: CommandPipeline, commands: Sequence[Command], **options: Any) -> Any:
        for text, arguments in commands:
            is_of_role = text.endswith("*/")  # its values may all be constants
            is_setting = settings and text.startswith(_SETTING)
            if (arguments or is_of_role or is_setting) and not text.startswith(_PREAMBLE):
                note(text, tuple(arguments))
        return run(self, commands, **options)

    event.listen(Engine, "before_cursor_execute", by_sqlalchemy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CommandPipeline, "run", past_it)
        yield
    event.remove(Engine, "before_cursor_execute", by_sqlalchemy)

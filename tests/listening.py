"""Records the statements that reach the database."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from models.database.command_pipeline import Command, CommandPipeline

#: How a transaction becomes its viewer's, and how its settings are made.
_PREAMBLE = ("SELECT viewer.authenticate(", "SELECT set_config(")
#: How one of them is changed on the way, as for the planning of what follows.
_SETTING = "SET LOCAL "
#: The setting that decides how often statements are planned, and the number of its argument.
_PLANNING = re.compile(r"'(plan_cache_mode)', \$(\d+)")


@contextmanager
def listening(
    note: Callable[[str, tuple[Any, ...]], None], *, settings: bool = False
) -> Iterator[None]:
    """Notes each statement and its values, but for those that begin and end transactions.

    With ``settings`` also `SET LOCAL plan_cache_mode`, whether it is set with the beginning of a
    transaction or between its statements.
    """
    run = CommandPipeline.run

    def run_and_note(self: CommandPipeline, commands: Sequence[Command], **options: Any) -> Any:
        for text, arguments in commands:
            if settings and text.startswith(_PREAMBLE):
                for name, number in _PLANNING.findall(text):
                    note(f"{_SETTING}{name} = {arguments[int(number) - 1]}", ())
            is_of_role = text.endswith("*/")  # its values may all be constants
            is_setting = settings and text.startswith(_SETTING)
            if (arguments or is_of_role or is_setting) and not text.startswith(_PREAMBLE):
                note(text, tuple(arguments))
        return run(self, commands, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CommandPipeline, "run", run_and_note)
        yield

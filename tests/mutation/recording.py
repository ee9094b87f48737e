"""Which lines of the product run, and which tests start processes of it."""

import functools
import gc
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

_TOOL = "tests.mutation"


class Recorder:
    """Sees every thread from the moment on that it is made. A process has one."""

    def __init__(self, root: Path) -> None:
        self._root, self._tests = f"{root}{os.sep}", f"{root}{os.sep}tests{os.sep}"
        self._lines = defaultdict[str, set[int]](set)
        self._has_started = False
        sys.monitoring.use_tool_id(sys.monitoring.COVERAGE_ID, _TOOL)
        event = sys.monitoring.events.LINE
        sys.monitoring.register_callback(sys.monitoring.COVERAGE_ID, event, self._note_line)
        sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, event)
        sys.addaudithook(self._note_process)

    def take(self) -> dict[str, list[int]]:
        """By file, the lines that ran since they were last taken."""
        # Threads go on meanwhile, and add to what is there.
        taken, self._lines = self._lines, defaultdict[str, set[int]](set)
        sys.monitoring.restart_events()
        return {file: [*numbers] for file, numbers in [*taken.items()]}

    def take_started(self) -> bool:
        """Whether a process of the product was started since this was last asked."""
        has_started, self._has_started = self._has_started, False
        return has_started

    def end(self) -> None:
        sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)

    def _note_line(self, code: CodeType, number: int) -> object:
        file = code.co_filename
        if file.startswith(self._root) and not file.startswith(self._tests):
            self._lines[file.removeprefix(self._root)].add(number)
        return sys.monitoring.DISABLE  # until the lines are taken

    def _note_process(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "subprocess.Popen":
            command = str(arguments[1])
            self._has_started |= "python" in command or "gerbang" in command


class Caches:
    """What functions of the product keep: whoever finds a result there does not run the lines that
    made it, and depends on them all the same."""

    def __init__(self, root: Path) -> None:
        self._root = f"{root}{os.sep}"
        #: What an import has filled is part of the program.
        self._of_imports = {id(one) for one in self._all() if one.cache_info().currsize}

    def clear(self) -> None:
        for one in self._all():
            if id(one) not in self._of_imports:
                one.cache_clear()

    def _all(self) -> Iterator[Any]:
        gc.unfreeze()  # what is frozen is not listed
        for one in gc.get_objects():
            if type(one) is functools._lru_cache_wrapper:  # a proxy would ask what it stands for
                code = getattr(one.__wrapped__, "__code__", None)
                if code and code.co_filename.startswith(self._root):
                    yield one
        gc.freeze()

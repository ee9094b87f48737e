"""Which lines of the product run, and which tests start processes of it."""

import os
import sys
from collections import defaultdict
from pathlib import Path
from types import CodeType

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
        lines = {file: [*numbers] for file, numbers in self._lines.items()}
        self._lines.clear()
        sys.monitoring.restart_events()
        return lines

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

"""Runs an area's tests again and again, each time in a process of its own that is forked from one
which has imported them, and has started their PostgreSQL.

    python -m tests.mutation.forking REQUESTS ANSWERS TEST…
    python -m tests.mutation.forking FOLDER TEST…

The first reads requests from one open file, one a line, and writes an answer to each to the other.
A fault is on disk when its request comes: the processes that tests start find it there, too. The
second runs tests once, on the server of the first, in a process that imports all anew.
"""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from tests.mutation.planting import NotInFunctionsError, changed_codes, functions_below, plant
from tests.mutation.recording import Caches, Recorder

Answer = dict[str, Any]

_OPTIONS = ("-q", "--no-header", "--tb=no", "--exitfirst")


class Forking:
    """A pytest plugin that answers requests, where others would go through their tests."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers = os.fdopen(requests), os.fdopen(answers, "w")
        self._recorder = Recorder(Path.cwd())
        self._functions: dict[str, list[FunctionType]] = {}
        self._red: list[str] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        at_import = self._recorder.take()
        session.config._tmp_path_factory.getbasetemp()  # all runs share it
        items = {item.nodeid: item for item in session.items}
        with _sharing() as sharing:
            ran = {"import": at_import, "world": self._recorder.take()}
            if sharing:
                session.config.pluginmanager.register(sharing)
                ran["server"] = sharing.folder
            self._answer({**ran, **self._record_twice(session.items)})
            self._recorder.end()
            if sharing:
                sharing.drop_databases()
            self._functions = functions_below(Path.cwd())
            for number, line in enumerate(self._requests, start=1):
                request = json.loads(line)
                tests = [items[test] for test in request["tests"]]
                self._answer(self._answer_to(request, tests, sharing, number))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._red.append(report.nodeid)

    def _answer(self, answer: Answer) -> None:
        self._answers.write(json.dumps(answer) + "\n")
        self._answers.flush()

    def _record_twice(self, items: Sequence[pytest.Item]) -> Answer:
        """What is red once is run again, with the others of its file: it may have been the load."""
        recorded = _in_child(partial(self._record, items), 3_600)
        runs = {run["test"]: run for run in recorded.get("runs", ())}
        red = {item.path for item in items if not runs.get(item.nodeid, {}).get("is_green", True)}
        if red:
            again = [item for item in items if item.path in red]
            for run in _in_child(partial(self._record, again), 3_600).get("runs", ()):
                if not runs[run["test"]]["is_green"]:
                    runs[run["test"]] = run
        return {**recorded, "runs": [*runs.values()]}

    def _record(self, items: Sequence[pytest.Item]) -> Answer:
        """Run all tests without a fault: what each runs, and how long it takes."""
        runs, caches, file = [], Caches(Path.cwd()), None
        for item, following in pairwise([*items, None]):
            if item.path != file:
                caches.clear()
                file = item.path
            began = time.monotonic()
            self._red.clear()
            _run(item, following)
            runs.append(
                {
                    "test": item.nodeid,
                    "is_green": not self._red,
                    "seconds": time.monotonic() - began,
                    "starts_processes": self._recorder.take_started(),
                    "lines": self._recorder.take(),
                }
            )
        return {"outcome": "recorded", "runs": runs}

    def _answer_to(
        self, request: Answer, tests: Sequence[pytest.Item], sharing: Any, number: int
    ) -> Answer:
        path = Path(request["path"]).absolute()
        before, after = request["before"], path.read_text(encoding="utf-8")
        is_sql = path.suffix == ".sql"
        try:
            codes = {} if is_sql else changed_codes(before, after, path)
            with sharing.planted(path, before, after) if is_sql else nullcontext():
                if sharing:
                    sharing.begin_run(number)
                judge = partial(self._judge, str(path), codes, tests)
                return _in_child(judge, request["seconds"])
        except NotInFunctionsError:
            return {"outcome": "not in functions"}
        finally:
            if sharing:
                sharing.drop_databases()

    def _judge(self, path: str, codes: Any, items: Sequence[pytest.Item]) -> Answer:
        """Run tests on a fault until one is red."""
        try:
            plant(codes, self._functions.get(path, ()))
        except NotInFunctionsError:
            return {"outcome": "not in functions"}
        for item, following in pairwise([*items, None]):
            _run(item, following)
            if self._red:
                with suppress(Exception):  # what it has started should end
                    item.session._setupstate.teardown_exact(None)
                return {"outcome": "red", "output": f"FAILED {self._red[0]}"}
        return {"outcome": "green"}


def _sharing() -> Any:
    if "tests.conftest" not in sys.modules:  # the tests of another project
        return nullcontext()
    from tests.mutation.sharing import Sharing

    return Sharing.started()


def _run(item: pytest.Item, following: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _in_child(run: Callable[[], Answer], seconds: float) -> Answer:
    """What it gives in a forked process, which is ended with all that it began."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setsid()
        try:
            answer = run()
            with os.fdopen(writing, "w") as file:
                json.dump(answer, file)
        except BaseException:
            traceback.print_exc()  # nobody else does
        finally:
            os._exit(0)
    os.close(writing)
    try:
        with os.fdopen(reading) as file:
            return json.loads(_read(file.fileno(), seconds) or '{"outcome": "red", "output": ""}')
    except TimeoutError:
        return {"outcome": "hangs"}
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _read(descriptor: int, seconds: float) -> bytes:
    """All that is written, until it is closed. Raises TimeoutError."""
    deadline, parts = time.monotonic() + seconds, list[bytes]()
    while select.select([descriptor], [], [], max(0, deadline - time.monotonic()))[0]:
        parts.append(os.read(descriptor, 1 << 20))
        if not parts[-1]:
            return b"".join(parts)
    raise TimeoutError


def main(first: str, *rest: str) -> int:
    if first.isdecimal():
        return pytest.main([*_OPTIONS, *rest[1:]], [Forking(int(first), int(rest[0]))])
    from tests.mutation.sharing import Sharing

    with Sharing.attached(Path(first)) as sharing:
        sharing.begin_run(os.getpid())
        return pytest.main([*_OPTIONS, *rest], [sharing])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Judges faults: runs an area's tests on each, in the quickest way that would find it."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

import click

from tests.mutation.areas import Area
from tests.mutation.copies import Copy, Run, end
from tests.mutation.covering import Covering, Way
from tests.mutation.faults import Fault
from tests.mutation.order import Order, file_of

#: What a run may take longer than one without a fault.
_TIMES, _SECONDS = 4, 60


class Judge:
    """The tests of an area in a process that forks, see `tests.mutation.forking`."""

    def __init__(self, copy: Copy, answers: int, requests: int, log: IO[str]) -> None:
        self._copy, self._log = copy, log
        self._answers, self._requests = os.fdopen(answers), os.fdopen(requests, "w")
        began = self._read()
        if began["outcome"] != "recorded":
            raise self._failure("a test ended its process, or all took longer than an hour")
        self._server = began.get("server", "")
        self.covering = Covering.of(began)
        for test in self.covering.red[Way.FORKED]:
            click.echo(f"red without a fault, and left out: {test}")
        #: Tests, or their files, that are green without the fault when they are run so.
        self._sound = set[tuple[Way, str]]()
        self._order = Order(self.covering.seconds)

    @classmethod
    @contextmanager
    def of(cls, copy: Copy, area: Area) -> Iterator["Judge"]:
        """Raises ClickException if the tests cannot be run. Those that are red are left out."""
        if sys.version_info < (3, 12):
            raise click.ClickException("Only Python 3.12 or newer says which lines run.")
        answers, requests = os.pipe(), os.pipe()
        pipes = requests[0], answers[1]
        arguments = ["-m", "tests.mutation.forking", *map(str, pipes), *area.tests]
        with TemporaryFile("w+") as log:
            process = copy.start(arguments, stdout=log, pass_fds=pipes)
            for each in pipes:
                os.close(each)
            try:
                yield cls(copy, answers[0], requests[1], log)
            finally:
                end(process)

    def judge(self, fault: Fault) -> Run:
        before = (self._copy.root / fault.path).read_text(encoding="utf-8")
        way = self.covering.way(fault, before)
        while True:
            tests = self._order.sort(fault, self.covering.tests(fault, before, way))
            with self._copy.planted(fault):
                run, way = self._run(fault.path, before, tests, way)
                if run.is_green and (others := self.covering.others_of_files(tests, way)):
                    tests = self._order.sort(fault, others)
                    run, way = self._run(fault.path, before, tests, way)
            not_judging = self.covering.not_judging(fault, before, way)
            if run.is_green:
                return _not_judged(not_judging) if not_judging else run
            suspects = _suspects(run, tests)
            if self._are_green(run, fault.path, suspects, way):
                self._order.learn(fault, run)
                return run
            if run.found_by not in tests:
                return _not_judged([*not_judging, *suspects])
            self.covering.distrust(run.found_by, way)

    def _are_green(self, run: Run, path: str, tests: Sequence[str], way: Way) -> bool:
        """Whether tests that ended badly are green without the fault. Else all tests of the file
        are run from now on, or the one that is red never again in this way."""
        key = way, run.found_by
        if run.found_by and key in self._sound:
            return True
        before = (self._copy.root / path).read_text(encoding="utf-8")
        is_green = self._run(path, before, tests, way)[0].is_green
        if is_green:
            self._sound.add(key)
        return is_green

    def _run(self, path: str, before: str, tests: Sequence[str], way: Way) -> tuple[Run, Way]:
        """How the tests ended, and how they were run in the end."""
        seconds = _TIMES * sum(self.covering.seconds[test] for test in tests) + _SECONDS
        if way is Way.FORKED:
            answer = self._ask(path=path, before=before, tests=tests, seconds=seconds)
            if answer["outcome"] != "not in functions":
                return Run(answer["outcome"], answer.get("output", "")), way
            way = Way.ANEW
        server = "" if way is Way.ALONE else self._server
        return self._copy.test(tests, seconds, server), way

    def _ask(self, **request: object) -> dict[str, Any]:
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        if line := self._answers.readline():
            return json.loads(line)
        raise self._failure("the tests cannot be run")

    def _failure(self, message: str) -> click.ClickException:
        self._log.seek(0)
        return click.ClickException(f"{message}\n{self._log.read()}")


def _suspects(run: Run, tests: Sequence[str]) -> list[str]:
    """What ended badly: the test that is red, after those of its file that were run before it; its
    file if that cannot be imported; all if their process ended or hung."""
    if run.found_by in tests:
        until = tests[: tests.index(run.found_by) + 1]
        return [test for test in until if file_of(test) == run.found_in]
    return [test for test in tests if file_of(test) == run.found_in] or [*tests]


def _not_judged(tests: Sequence[str]) -> Run:
    return Run("not judged", f"red without the fault: {', '.join(tests)}")

"""A pytest plugin: tests that were green on this code are not run again.

What is green is noted test by test, so that a part that was interrupted, or that had a red test,
goes on where it was.
"""

from pathlib import Path

import pytest


class GreenTests:
    """The tests that were green on one state of the code, in a file: its first line is the code."""

    def __init__(self, path: Path, code: str) -> None:
        self._path, self._code = path, code

    def read(self) -> set[str]:
        """Their names; none where the file is of other code, or nobody knows which this is."""
        if not self._code or not self._path.exists():
            return set()
        code, *names = self._path.read_text(encoding="utf-8").splitlines()
        return set(names) if code == self._code else set()

    def begin(self) -> None:
        """Forget what was green on other code."""
        if not self.read():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(f"{self._code}\n", encoding="utf-8")

    def note(self, name: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


class _Resuming:
    """Leaves out what is green already, and notes what becomes so."""

    def __init__(self, green: GreenTests) -> None:
        self._green = green
        self._left_out = 0
        self._failed: set[str] = set()
        self._skipped = 0

    @pytest.hookimpl(trylast=True)  # of those that the markers chose
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        known = self._green.read()
        left_out = [item for item in items if item.nodeid in known]
        items[:] = [item for item in items if item.nodeid not in known]
        self._left_out = len(left_out)
        if left_out:
            config.hook.pytest_deselected(items=left_out)
        self._green.begin()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test is green when its fixtures have ended too."""
        self._skipped += report.skipped
        if not report.passed:
            self._failed.add(report.nodeid)
        elif report.when == "teardown" and report.nodeid not in self._failed:
            self._green.note(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self._left_out:
            session.exitstatus = pytest.ExitCode.OK
        elif exitstatus == pytest.ExitCode.OK and self._skipped:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._skipped:
            text = (
                f"{self._skipped} were skipped: what they show is not shown, so this is not green"
            )
            terminalreporter.write_line(text)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--green-tests", type=Path, help="where what is green on this code is noted")
    parser.addoption("--code", default="", help="which code this is")


def pytest_configure(config: pytest.Config) -> None:
    if path := config.getoption("--green-tests"):
        config.pluginmanager.register(_Resuming(GreenTests(path, config.getoption("--code"))))

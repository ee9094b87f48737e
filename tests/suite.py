"""How the suite is run: by how many workers, in which order, and what may be skipped."""

import os
from collections.abc import Generator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from zlib import crc32

import hypothesis
import pytest
from xdist.scheduler import LoadFileScheduling

from gateway.execution.plan import backend
from models.garbage import collect_seldom, without_garbage_collection
from tests.machine import MISSING

ROOT = Path(__file__).resolve().parents[1]

#: Tests wait for a database, a browser or a clock for more than half of their time.
_WORKERS_PER_CORE, _MOST_WORKERS, _MEMORY_OF_A_WORKER = 2, 8, 1.5 * 2**30

#: The files and folders whose tests ask a running demo.
ASK_A_DEMO = (
    "tests/dashboard/",
    "tests/gateway/findings/test_recomputed.py",
    "tests/gateway/test_explorer.py",
    "tests/journeys/",
    "tests/test_demo.py",
)
#: Come before them: the others act in the demo, and change what is there.
BEFORE_THE_DEMO_CHANGES = ("tests/test_demo.py", "tests/gateway/findings/test_recomputed.py")
#: The files that take longest by the clock, longest first: they begin first, so that no worker ends
#: alone, and those that mostly wait do so while others compute.
LONGEST = (
    "tests/gateway/test_plans.py",
    "tests/test_contributing.py",
    "tests/examples/test_portal.py",
    "tests/gateway/test_live.py",
    "tests/clients/test_clients.py",
    "tests/gateway/test_plans_tables.py",
    "tests/gateway/test_doctor.py",
    "tests/gateway/test_published_attack.py",
    "tests/gateway/test_mutations_once.py",
    "tests/gateway/test_live_protocol.py",
    "tests/gateway/test_policy_enforced.py",
    "tests/models/test_row_security_repair.py",
    "tests/models/test_migrations_online.py",
    "tests/gateway/crashes/test_crashes.py",
    "tests/models/test_volumes_rollups.py",
    "tests/gateway/test_live_proof.py",
    "tests/walls/test_mutants.py",
    "tests/models/test_owner.py",
    "tests/gateway/test_plain_owner.py",
    "tests/models/test_migrations_drafted.py",
    "tests/gateway/test_live_resumed.py",
    "tests/gateway/test_live_order.py",
    "tests/gateway/test_mutations_denied.py",
    "tests/gateway/test_database_tls.py",
    "tests/models/test_migrations.py",
    "tests/walls/test_speaking_mutants.py",
    "tests/models/test_postgres.py",
    "tests/gateway/test_plans_errors.py",
    "tests/test_day_one.py",
    "tests/models/test_synthetic_world.py",
    "tests/gateway/test_starting.py",
    "tests/gateway/test_fields_reached.py",
    "tests/gateway/surviving/test_database_restarts.py",
    "tests/gateway/test_http_protocol.py",
    "tests/gateway/test_mutations_walked.py",
    "tests/gateway/test_allowed.py",
    "tests/gateway/surviving/test_faults.py",
    "tests/gateway/test_budgets.py",
    "tests/gateway/surviving/test_migrating.py",
    "tests/gateway/test_slow_clients.py",
    "tests/test_schema_checks.py",
    "tests/gateway/test_mutations_submitted.py",
    "tests/models/test_volumes_recomputed.py",
    "tests/gateway/test_nobody_blocks.py",
)


def pytest_report_header() -> str:
    writer = "the compiled module" if backend.compiled_module() else "Python alone"
    return f"rows are written by {writer}"


def pytest_configure(config: pytest.Config) -> None:
    # No example has a deadline: how long one takes depends on what else the machine does.
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")
    config.addinivalue_line("markers", f"{MISSING}(reason): needs what should be here")


@pytest.hookimpl(tryfirst=True)  # before that of xdist itself
def pytest_xdist_auto_num_workers() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    wanted = int(min(_WORKERS_PER_CORE * _cores(), memory / _MEMORY_OF_A_WORKER))
    return max(1, min(wanted, _MOST_WORKERS))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Scheduling(LoadFileScheduling):
    """A file goes to one worker. Those that ask a demo go to two, since each worker that has one of
    them starts a demo of its own."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return f"demo {crc32(file.encode()) % 2}" if file.startswith(ASK_A_DEMO) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _Scheduling | None:
    return _Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None]:
    """What is collected stays until the end: it is never looked through for garbage, and the rest
    seldom, as in `gerbang serve`."""
    with without_garbage_collection():
        config = session.config
        if hasattr(config, "workerinput") and config.args == config.getini("testpaths"):
            _import_tests(config.workerinput)
        yield
        collect_seldom()  # before it is on again: it would look through all at once


def _import_tests(worker: dict[str, Any]) -> None:
    """Each worker begins with a part of its own: nothing is compiled yet in a fresh checkout, and
    to rewrite and compile all tests takes the processor as long as to import them."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    begin = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for file in files[begin:] + files[:begin]:
        with suppress(BaseException):  # pytest says why when it comes to the file
            import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # one process alone gains nothing by another order
        items.sort(key=_rank)
    items.sort(key=lambda item: _file(item) not in BEFORE_THE_DEMO_CHANGES)
    first = {file: place for place, file in reversed([*enumerate(map(_file, items))])}
    # Files whole, and in each the browser last: while one is driven, no other loop can run here.
    items.sort(key=lambda item: (first[_file(item)], _needs_browser(item)))
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _needs_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None or uses_chromium(item)


def uses_chromium(item: pytest.Item) -> bool:
    """Whether a test drives the browser that its worker keeps open."""
    return "chromium" in getattr(item, "fixturenames", ())


def _turn(item: pytest.Item) -> int:
    """Of what asks a demo the browser comes last in all files together, and so is opened once;
    but what needs the database of its module stays beside the module's other tests."""
    if not _file(item).startswith(ASK_A_DEMO):
        return 2
    return int(uses_chromium(item) and "database" not in getattr(item, "fixturenames", ()))


def _rank(item: pytest.Item) -> int:
    file = _file(item)
    if file.startswith(ASK_A_DEMO):
        return -1
    return LONGEST.index(file) if file in LONGEST else len(LONGEST)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if marker := item.get_closest_marker(MISSING):
        pytest.fail(marker.args[0], pytrace=False)

"""The tool that plants faults: which it finds, and how it plants them."""

from pathlib import Path

import pytest

from tests.mutation.__main__ import sample
from tests.mutation.areas import AREAS, NOT_PLANTED, Area
from tests.mutation.faults import find_faults
from tests.mutation.pieces import Kind
from tests.mutation.results import ACCEPTED, read_accepted

PROJECT = Path(__file__).resolve().parents[1]

SOURCES = (".py", ".sql")

PYTHON = '''\
"""A docstring = 1 WHERE a = b."""

LIMIT: int = 3


@cache(True)
def lapse(é: str, days: int = 7) -> bool:
    """Nothing of this is code: a == b."""
    # Nor of this: a == b
    if é and (days) <= LIMIT or not ready(days + 1):
        raise ValueError("too many")
    note(days)
    return days is not None and "é" in é
'''
SQL = '''\
STATEMENT = f"""
    UPDATE assignment SET ended_at = now() FROM {table}
    WHERE application_id = closed.id AND ended_at IS NULL
"""
'''


def changes(source: str, path: str = "some.py") -> list[str]:
    faults = find_faults(path, source)
    return [fault.change for fault in faults if fault.kind is not Kind.CONJUNCT]


def test_faults_of_python_are_those_of_its_code() -> None:
    assert changes(PYTHON) == [
        "3 → 2",
        "3 → 4",
        "7 → 6",
        "7 → 8",
        "and → or",
        "<= → <",
        "<= → >=",
        "or → and",
        "not → nothing",
        "+ → -",
        "1 → 2",
        'raise ValueError("too many") → pass',
        "note(days) → pass",
        "is not → is",
        "and → or",
        "in → not in",
    ]


def test_each_fault_of_python_is_another_program() -> None:
    faults = find_faults("some.py", PYTHON)
    programs = {fault.plant(PYTHON) for fault in faults}
    assert len(programs) == len(faults)
    for program in programs:
        compile(program, "some.py", "exec")


SEMANTIC = """\
def take(queue, first, last, now):
    late = queue.where(Case.due_at < now).order_by(func.least(first, last))
    os.umask(0o117)
    size = min(len(late), 100)
    newest = max(one.at for one in late)
    return Response(late, first, self.last, {"Cache-Control": "no-store"}, [(b"x", b"DENY")])
"""


def of_kind(kind: Kind) -> list[str]:
    return [one.change for one in find_faults("some.py", SEMANTIC) if one.kind is kind]


def test_comparisons_are_inverted_and_their_boundaries_moved() -> None:
    assert of_kind(Kind.INVERSION) == ["< → >"]
    assert of_kind(Kind.COMPARISON) == ["< → <="]
    assert of_kind(Kind.NUMBER) == ["100 → 101", "100 → 99"]


def test_limits_are_dropped() -> None:
    assert of_kind(Kind.LIMIT) == [
        "func.least(first, last) → (first)",
        "func.least(first, last) → (last)",
        "min(len(late), 100) → (100)",
        "min(len(late), 100) → (len(late))",
        "max → min",
    ]


def test_modes_of_files_let_others_in() -> None:
    assert of_kind(Kind.FILE_MODE) == ["0o117 → 0o111"]
    assert [one.change for one in find_faults("some.py", "file.chmod(0o600)")] == [
        "file.chmod(0o600) → pass",
        "0o600 → 0o606",
    ]


def test_protecting_headers_are_left_out() -> None:
    assert of_kind(Kind.HEADER) == ['"no-store" → ""', 'b"DENY" → b""']


def test_neighbouring_arguments_are_swapped() -> None:
    assert of_kind(Kind.SWAP) == [
        "first, last → last, first",
        "late, first → first, late",
        "first, self.last → self.last, first",
    ]


MEANING = """\
def find(first, last, cases):
    sql = f"SELECT * FROM a WHERE b = 'OLD' AND wib_day(c) > 'NEW' AND d BETWEEN 1 AND 2"
    if first and last.is_open and cases:
        return cases[: last.size].where(Case.a == 1, Case.b == State.OPEN, day=first, month=last)
    return func.wib_day(State.CLOSED, now(WIB), interval="interval '72 hours' WHERE coalesce(a, b)")
"""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            Kind.CONJUNCT,
            [
                "AND wib_day(c) > 'NEW' → AND true",
                "first and last.is_open and cases → ((last.is_open) and (cases))",
                "first and last.is_open and cases → ((first) and (cases))",
                "first and last.is_open and cases → ((first) and (last.is_open))",
                ", Case.b == State.OPEN → nothing",
            ],
        ),
        (Kind.WINDOW, ["last.size → (last.size) + 1", "72 → 73"]),
        (
            Kind.WORD,
            ["OLD → NEW", "NEW → OLD", "State.OPEN → State.CLOSED", "State.CLOSED → State.OPEN"],
        ),
        (
            Kind.TIME_ZONE,
            ["wib_day(c) → (c)::date", "wib_day → date", 'WIB → __import__("datetime").UTC'],
        ),
        (Kind.NAMED_SWAP, ["first, month=last → last, month=first"]),
        (Kind.LIMIT, ["coalesce(a, b) → (a)", "coalesce(a, b) → (b)"]),
    ],
)
def test_what_a_condition_means_is_changed(kind: Kind, expected: list[str]) -> None:
    faults = [one for one in find_faults("some.py", MEANING) if one.kind is kind]
    assert sorted(one.change for one in faults) == sorted(expected)
    for one in faults:
        compile(one.plant(MEANING), "some.py", "exec")


def test_each_semantic_fault_is_another_program() -> None:
    faults = find_faults("some.py", SEMANTIC)
    programs = {fault.plant(SEMANTIC) for fault in faults}
    assert len(programs) == len(faults)
    for program in programs:
        compile(program, "some.py", "exec")


def test_a_sample_has_faults_of_each_kind() -> None:
    faults = find_faults("some.py", SEMANTIC)
    kinds = {one.kind for one in faults}
    assert {one.kind for one in sample(faults, len(kinds), 1)} == kinds
    assert len(sample(faults, 1_000, 1)) == len(faults)
    assert sample(faults, 5, 1) == sample(faults, 9, 1)[:5] != sample(faults, 5, 2)


def test_each_file_of_the_product_is_in_an_area_or_left_out_for_a_reason() -> None:
    in_areas = {path for area in AREAS for path in area.sources(PROJECT)}
    for pattern in NOT_PLANTED:
        left_out = {path for path in PROJECT.glob(pattern) if path.suffix in SOURCES}
        assert left_out, pattern
        assert not left_out & in_areas, pattern
        in_areas |= left_out
    product = {
        path
        for part in ("gateway", "models", "dashboard")
        for path in (PROJECT / part).rglob("*")
        if path.suffix in SOURCES and path not in in_areas
    }
    found = [path for path in product if find_faults(path.name, path.read_text("utf-8"))]
    assert sorted(map(str, found)) == []


def test_conditions_of_sql_in_strings_are_found() -> None:
    """The fault that ended everybody's assignments is among them."""
    faults = [fault for fault in find_faults("some.py", SQL) if fault.kind is Kind.SQL]
    assert [fault.change for fault in faults] == [
        "= → <>",
        "= → <>",
        "AND → OR",
        "IS NULL → IS NOT NULL",
    ]
    assert "application_id <> closed.id" in faults[1].plant(SQL)


def test_a_file_of_sql_has_faults_but_not_its_comments() -> None:
    assert changes("-- a = b\nSELECT a = b;", "some.sql") == ["= → <>"]


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_an_area_has_faults_and_tests(area: Area) -> None:
    assert len(area.faults(PROJECT)) > 100
    assert [test for test in area.tests if not (PROJECT / test).is_file()] == []


def test_what_is_accepted_could_still_be_planted_and_has_a_reason() -> None:
    faults = [fault for area in AREAS for fault in area.faults(PROJECT)]
    for accepted in read_accepted(ACCEPTED):
        assert any(accepted.is_of(fault) for fault in faults), accepted
        assert len(accepted.reason) > 20, accepted

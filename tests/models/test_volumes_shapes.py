"""The statement of a question is written once for its shape: the rest are parameters."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import product
from typing import Any

from sqlalchemy import ARRAY, Text, any_, bindparam
from sqlalchemy.dialects.postgresql import asyncpg

from models.volumes import (
    Dimension,
    Measure,
    Period,
    Question,
    ScopedQuestion,
    scoped_statement,
    write_constants,
)

#: One of each kind: a sum, a ratio with open cases, a stock, a duration and an age.
MEASURES = frozenset({
    Measure.INTAKE, Measure.TARGET_RATE_INTAKE, Measure.WIP, Measure.HANDOVER_P90,
    Measure.WIP_AGE_P50,
})  # fmt: skip
FIRST = date(2024, 11, 1)
#: Windows that begin and end inside months and with them, shorter than one and longer than a year.
WINDOWS = [
    (FIRST + timedelta(days=begin), FIRST + timedelta(days=begin + length))
    for begin, length in product((0, 12, 61), (0, 29, 30, 180, 364, 420))
]


def in_own_countries(columns: Any) -> Any:
    return columns.country_code == any_(bindparam("countries", None, type_=ARRAY(Text)))


def write_question(scoped: ScopedQuestion) -> tuple[str, dict[str, Any]]:
    """The text of a question, and the parameters that remain in it."""
    compiled = write_constants(scoped_statement(scoped)).compile(
        dialect=asyncpg.dialect(), compile_kwargs={"render_postcompile": True}
    )
    return str(compiled), {name: compiled.params[name] for name in compiled.positiontup or ()}


def questions() -> list[ScopedQuestion]:
    nusa = {Dimension.PARTNER: ("NUSA",)}
    several = {Dimension.PARTNER: ("NUSA", "ANDALAN")}
    return [
        ScopedQuestion(Question(*window, dimensions, period, where, MEASURES), in_own_countries)
        for number, window in enumerate(WINDOWS)
        for dimensions, period, where in [
            ((), None, nusa),
            ((), Period.MONTH, nusa if number % 2 else several),
            ((Dimension.COUNTRY,), Period.WEEK, {}),
        ]
    ]


def test_questions_of_a_shape_have_one_text() -> None:
    texts: defaultdict[Any, set[str]] = defaultdict(set)
    asked: defaultdict[Any, int] = defaultdict(int)
    for scoped in questions():
        text, parameters = write_question(scoped)
        texts[scoped.shape].add(text)
        asked[scoped.shape] += 1
        # Whatever is left as a parameter, a later question of the shape will set anew.
        assert parameters.pop("countries") is None
        assert parameters == {name: scoped.parameters[name] for name in parameters}
    assert [shape for shape, of_shape in texts.items() if len(of_shape) > 1] == []
    assert max(asked.values()) > 1
    assert len({text for of_shape in texts.values() for text in of_shape}) == len(texts)

"""National figures: refusals by ground, referrals, holds, and grants by rule."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Table,
    cast,
    func,
    select,
)

from models.volumes.grains import (
    GROUNDS,
    REFERRALS,
    RULES,
)
from models.volumes.lines import AnySelect, first_day
from models.volumes.question import Question


def grounds(question: Question) -> AnySelect:
    """Rows of ``ground``, ``period`` (if the question has one) and the number ``refused``."""
    c = GROUNDS.c
    refused = cast(func.sum(c.refused), BigInteger)
    keys = [c.ground, *_period(question, GROUNDS)]
    query = select(*keys, refused.label("refused")).where(*_window(question, GROUNDS))
    return query.group_by(*keys).having(refused > 0).order_by(*keys)


def referrals(question: Question) -> AnySelect:
    """Rows of ``period`` (if the question has one), and the numbers ``referred`` and ``held``."""
    sums = [
        cast(func.coalesce(func.sum(REFERRALS.c[name]), 0), BigInteger).label(name)
        for name in ("referred", "held")
    ]
    keys = _period(question, REFERRALS)
    query = select(*keys, *sums).where(*_window(question, REFERRALS))
    return query.group_by(*keys).order_by(*keys)


def grants_by_rule(question: Question) -> AnySelect:
    """Rows of ``visa_type_code``, ``period`` (if the question has one), and the numbers
    ``by_rule``, ``sampled``, ``sample_refused``, ``decided_twice`` and ``differing``."""
    c = RULES.c
    sums = {
        "by_rule": func.sum(c.by_rule),
        "sampled": func.sum(c.sample_granted + c.sample_refused),
        "sample_refused": func.sum(c.sample_refused),
        "decided_twice": func.sum(c.decided_twice),
        "differing": func.sum(c.differing),
    }
    keys = [c.visa_type_code, *_period(question, RULES)]
    query = select(*keys, *(cast(total, BigInteger).label(name) for name, total in sums.items()))
    return query.where(*_window(question, RULES)).group_by(*keys).order_by(*keys)


def _period(question: Question, table: Table) -> list[Any]:
    return [first_day(question, table.c.starts_on).label("period")] if question.period else []


def _window(question: Question, table: Table) -> tuple[Any, ...]:
    return (table.c.starts_on >= question.from_on, table.c.starts_on <= question.to_on)

"""National figures: refusals by ground, referrals, holds, and requests for further documents."""

from typing import Any

from sqlalchemy import BigInteger, Table, cast, func, select

from models.volumes.grains import GRAINS, GROUNDS, REFERRALS, Dimension
from models.volumes.lines import AnySelect, first_day
from models.volumes.question import Question

#: A place of intake: a partner in a country, and its centre if one took it in.
PLACE = (Dimension.PARTNER, Dimension.COUNTRY, Dimension.CENTRE)


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


def information_requests(question: Question) -> AnySelect:
    """Rows of a place and ``visa_type_code``, and the numbers ``intake`` and ``info_requested``.

    A place is a partner in a country: a centre of it, or what came in by other ways.
    """
    c = GRAINS[-1].facts.c
    keys = [c[dimension] for dimension in (*PLACE, Dimension.VISA_TYPE)]
    sums = [
        cast(func.sum(c[fact]), BigInteger).label(fact) for fact in ("intake", "info_requested")
    ]
    return (
        select(*keys, *sums)
        .where(
            c.starts_on >= question.from_on,
            c.starts_on <= question.to_on,
            c[Dimension.PARTNER].is_not(None),
        )
        .group_by(*keys)
        .having(func.sum(c.intake) > 0)
    )


def _period(question: Question, table: Table) -> list[Any]:
    return [first_day(question, table.c.starts_on).label("period")] if question.period else []


def _window(question: Question, table: Table) -> tuple[Any, ...]:
    return (table.c.starts_on >= question.from_on, table.c.starts_on <= question.to_on)

"""National figures: refusals by ground, referrals, holds, grants by rule, requests for further
documents, and stays."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    Table,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)

from models.volumes.grains import (
    GRAINS,
    GROUNDS,
    REFERRALS,
    RULES,
    STAYS,
    Dimension,
)
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


def stays(question: Question, by: Dimension | None) -> AnySelect:
    """Rows of ``code`` (if broken down), ``period`` (if the question has one), and the numbers
    ``in_country``, ``overstays``, ``unused`` and ``extensions``.

    The first two are of the end of the period, or of now where it is not over; ``unused`` counts
    days that are over. A period that has not begun has no row.
    """
    c, today = STAYS.c, cast(func.wib_day(func.now()), Date)
    begins, firsts = zip(*((begins, first) for begins, first, _ in question.periods()), strict=True)
    first_of_all = bindparam("begins_on", begins[0], type_=Date)
    period = func.greatest(first_day(question, c.starts_on), first_of_all).label("period")
    is_inside = c.starts_on >= bindparam("from_day", question.from_on)
    is_over = and_(is_inside, c.starts_on < today)
    sums = {
        "in_country": func.sum(c.in_country_change),
        "overstays": func.sum(c.overstay_change),
        "unused": func.coalesce(func.sum(c.unused).filter(is_over), 0),
        "extensions": func.coalesce(func.sum(c.extensions).filter(is_inside), 0),
    }
    changed = (
        select(c.code, period, *(total.label(name) for name, total in sums.items()))
        .where(
            c.broken_down_by.is_not_distinct_from(bindparam("by", by and by.value)),
            c.starts_on <= func.least(bindparam("to_day", question.to_on), today),
        )
        .group_by(c.code, literal_column("2"))
        .cte("changed")
    )
    codes = select(changed.c.code).distinct().subquery("codes")
    days = bindparam("periods", list(begins), type_=ARRAY(Date))
    begun = bindparam("firsts", list(firsts), type_=ARRAY(Date))
    periods = (
        func.unnest(days, begun).table_valued("begins_on", "first_on").render_derived("periods")
    )
    of_code, so_far = codes.c.code, periods.c.begins_on
    figures = (
        select(
            codes.c.code,
            periods.c.begins_on.label("period"),
            *(
                func.coalesce(
                    func.sum(changed.c[name]).over(partition_by=of_code, order_by=so_far), 0
                ).label(name)
                for name in ("in_country", "overstays")
            ),
            *(func.coalesce(changed.c[name], 0).label(name) for name in ("unused", "extensions")),
        )
        .select_from(
            codes.join(periods, true()).outerjoin(
                changed,
                and_(
                    changed.c.code.is_not_distinct_from(codes.c.code),
                    changed.c.period == periods.c.begins_on,
                ),
            )
        )
        .where(periods.c.first_on <= today)
        .subquery("figures")
    )
    numbers = [cast(figures.c[name], BigInteger).label(name) for name in sums]
    keys = [figures.c.code] if by else []
    keys += [figures.c.period] if question.period else []
    return select(*keys, *numbers).where(or_(*(each != 0 for each in numbers))).order_by(*keys)


def _period(question: Question, table: Table) -> list[Any]:
    return [first_day(question, table.c.starts_on).label("period")] if question.period else []


def _window(question: Question, table: Table) -> tuple[Any, ...]:
    return (table.c.starts_on >= question.from_on, table.c.starts_on <= question.to_on)

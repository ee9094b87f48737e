"""Who came by a visa: by day and by month, all together and by one dimension at most, national."""

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Column,
    Date,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)

from models.volumes.grains import Dimension, keyed_table
from models.volumes.lines import AnySelect, first_day, months_and_days
from models.volumes.question import Question
from models.volumes.rollups import MONTH_OF_DAY, Sums

#: What is counted of stays, each with its kind of change, and what they are broken down by.
STAY_FACTS = {"in_country_change": "in_country", "overstay_change": "overstay",
              "unused": "unused", "extensions": "extension"}  # fmt: skip
STAY_DIMENSIONS = (Dimension.NATIONALITY, Dimension.VISA_TYPE)


def _stays(name: str) -> Table:
    key = Column("broken_down_by", Text), Column("starts_on", Date, nullable=False)
    counts = [Column(fact, Integer, nullable=False, server_default="0") for fact in STAY_FACTS]
    return keyed_table(name, [*key, Column("code", Text)], counts)


#: Summed up to a day in WIB, the changes give who is in the country at its end, and past the last
#: day of the stay; unused visas count on their last day, extensions when decided. There are days,
#: and months, to come, too.
STAYS, STAY_MONTHS = _stays("volume_stay"), _stays("volume_monthly_stay")

#: What the movements of erased people added to it, which no row tells any more.
ERASED_STAYS = keyed_table(
    "volume_erased_stay",
    [
        Column("day", Date, nullable=False),
        Column(Dimension.NATIONALITY, Text, nullable=False),
        Column(Dimension.VISA_TYPE, Text, nullable=False),
        Column("kind", Text, nullable=False),
    ],
    [Column("measured", Integer, nullable=False)],
)

ROLLUPS = tuple(
    Sums(
        table,
        {"broken_down_by": "broken_down_by", "starts_on": starts_on, "code": "code"},
        {
            fact: f"CASE kind WHEN '{kind}' THEN measured ELSE 0 END"
            for fact, kind in STAY_FACTS.items()
        },
        "kind IN ({})".format(", ".join(f"'{kind}'" for kind in STAY_FACTS.values())),
        "CROSS JOIN LATERAL (VALUES (NULL, NULL), {}) AS part (broken_down_by, code)".format(
            ", ".join(f"('{name}', {name})" for name in STAY_DIMENSIONS)
        ),
    )
    for table, starts_on in ((STAY_MONTHS, MONTH_OF_DAY), (STAYS, "day"))
)


def stays(question: Question, by: Dimension | None) -> AnySelect:
    """Rows of ``code`` (if broken down), ``period`` (if the question has one), and the numbers
    ``in_country``, ``overstays``, ``unused`` and ``extensions``.

    The first two are of the end of the period, or of now where it is not over; ``unused`` counts
    days that are over. A period that has not begun has no row.
    """
    today, to_day = cast(func.wib_day(func.now()), Date), bindparam("to_day", question.to_on)
    begins, firsts = zip(*((begins, first) for begins, first, _ in question.periods()), strict=True)
    cut = bindparam("cut", question.cut_months, type_=ARRAY(Date))
    # Today cuts a month, too.
    last = cast(func.date_trunc("month", cast(func.least(to_day + 1, today), TIMESTAMP)), Date)
    c = months_and_days(STAY_MONTHS, STAYS, func.array_append(cut, last)).c
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
            c.broken_down_by == bindparam("by", by.value) if by else c.broken_down_by.is_(None),
            c.starts_on <= func.least(to_day, today),
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

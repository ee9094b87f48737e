"""How cases were first decided: by whole months, and broken down by one dimension at most."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    Integer,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    func,
    select,
)

from models.volumes.grains import BY_PLACE, Dimension, group_columns, keyed_table
from models.volumes.lines import AnySelect, Scope, code_of, dimensions_of, first_day, stored
from models.volumes.question import MONTHS, Question
from models.volumes.rollups import MONTH_OF_DAY, Sums

#: Kinds of changes that tell how a case was first decided, by the fact that they add to.
FIRST_DECIDED = {"granted": "first_granted", "refused": "first_refused"}
#: What first decisions are broken down by, one at a time.
OUTCOME_DIMENSIONS = (
    Dimension.CENTRE,
    Dimension.CHANNEL,
    Dimension.VISA_TYPE,
    Dimension.NATIONALITY,
    Dimension.TRIP_PURPOSE,
)
#: What the figures of the whole network are broken down by.
NETWORK_PARTS = (Dimension.VISA_TYPE, Dimension.NATIONALITY)


@dataclass(frozen=True)
class Outcomes:
    """First decisions by month and place, broken down by one dimension at most.

    Neither a superseding decision nor a revocation moves them. Each case counts in a row for each
    dimension, with its code, and in one that is not broken down.
    """

    place: tuple[Dimension, ...]
    table: Table

    @property
    def rollup(self) -> Sums:
        parts = ", ".join(f"('{name}', {name})" for name in OUTCOME_DIMENSIONS)
        return Sums(
            self.table,
            {"starts_on": MONTH_OF_DAY}
            | {name.value: name.value for name in self.place}
            | {"broken_down_by": "broken_down_by", "code": "code"},
            {
                fact: f"CASE kind WHEN '{kind}' THEN measured ELSE 0 END"
                for fact, kind in FIRST_DECIDED.items()
            },
            "kind IN ({})".format(", ".join(f"'{kind}'" for kind in FIRST_DECIDED.values())),
            f"CROSS JOIN LATERAL (VALUES (NULL, NULL), {parts}) AS part (broken_down_by, code)",
        )


def _outcomes(name: str, *place: Dimension) -> Outcomes:
    part = [Column(column, Text) for column in ("broken_down_by", "code")]
    counts = [Column(fact, Integer, nullable=False) for fact in FIRST_DECIDED]
    return Outcomes(place, keyed_table(name, [*group_columns(place), *part], counts))


#: For managers by country, for agents by the place of intake.
OUTCOMES = (
    _outcomes("volume_outcome", *BY_PLACE),
    _outcomes("volume_outcome_place", *BY_PLACE, Dimension.CENTRE),
)


def broken_down_by(question: Question) -> frozenset[Dimension]:
    """The dimensions of a question that are none of the place, which is free."""
    return frozenset({*question.dimensions, *question.where}) & frozenset(OUTCOME_DIMENSIONS)


def has_whole_months(question: Question) -> bool:
    """Whether its window and its periods consist of calendar months."""
    is_cut = question.from_on.day != 1 or (question.to_on + timedelta(days=1)).day != 1
    return not is_cut and (question.period is None or question.period in MONTHS)


@dataclass(frozen=True)
class OutcomeQuestion:
    """A question for outcomes within a viewer's scope, of whole months and one dimension."""

    question: Question
    scope: Scope

    @property
    def shape(self) -> Hashable:
        """What the text of the statement depends on: all but the `parameters`."""
        return self.question.dimensions, self.question.period, tuple(sorted(self.question.where))

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The values of the statement's named parameters."""
        filters = {f"only_{name}": list(codes) for name, codes in self.question.where.items()}
        return {"from_on": self.question.from_on, "to_on": self.question.to_on, **filters}

    def statement(self) -> AnySelect:
        """Rows of the dimensions, ``period`` (if the question has one), ``granted``, ``refused``.

        A group in which nothing was decided has none.
        """
        question, part = self.question, next(iter(broken_down_by(self.question)), None)
        named = {*question.dimensions, *question.where} - {part}
        needed = dimensions_of(self.scope) | stored(named)
        table = next(each.table for each in OUTCOMES if needed <= set(each.place))
        c = table.c
        column = {name: code_of(name, c) for name in named} | {part: c.code}
        keys = [column[name].label(name) for name in question.dimensions]
        if question.period:
            keys.append(first_day(question, c.starts_on).label("period"))
        wanted = (
            column[name] == any_(self._parameter(f"only_{name}", ARRAY(Text)))
            for name in sorted(question.where)
        )
        days = (self._parameter(name, Date) for name in ("from_on", "to_on"))
        counts = (cast(func.sum(c[name]), BigInteger).label(name) for name in FIRST_DECIDED)
        is_part = c.broken_down_by.is_(None) if part is None else c.broken_down_by == part.value
        rows = select(*keys, *counts).where(
            is_part, c.starts_on.between(*days), *wanted, self.scope(c)
        )
        return rows.group_by(*keys) if keys else rows

    def _parameter(self, name: str, kind: Any) -> Any:
        return bindparam(name, self.parameters[name], type_=kind)

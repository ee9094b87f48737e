"""How a rollup is aggregated from changes: as sums, or as cumulative histograms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table

#: The first day of the month of a change.
MONTH_OF_DAY = "date_trunc('month', day::timestamp)::date"


@dataclass(frozen=True)
class Sums:
    """A table of sums over changes: the SQL of its key and values, by column."""

    table: Table
    key: dict[str, str]
    values: dict[str, str]
    #: The condition on the changes that it counts.
    condition: str
    #: A join that makes several lines of each change; empty for none.
    join: str = ""

    def aggregate(self, changes: str) -> str:
        """Its rows, aggregated from changes (which may themselves be sums)."""
        key = ", ".join(f"{source} AS {name}" for name, source in self.key.items())
        values = ", ".join(f"sum({source}) AS {name}" for name, source in self.values.items())
        return f"""
            SELECT {key}, {values}
            FROM {changes} AS changed
            {self.join}
            WHERE {self.condition}
            GROUP BY {_ordinals(self.key)}
        """  # noqa: S608

    @property
    def additions(self) -> str:
        """The SET clause of the upsert, which adds a row to the one that exists."""
        return ", ".join(f"{value} = kept.{value} + excluded.{value}" for value in self.values)

    def lines_of(self, changes: str) -> str:
        """Key and values of each change, not aggregated."""
        columns = ", ".join(f"{of} AS {name}" for name, of in (self.key | self.values).items())
        return f"SELECT {columns} FROM {changes} AS changed {self.join} WHERE {self.condition}"  # noqa: S608

    @property
    def stored_lines(self) -> str:
        return f"SELECT {', '.join((*self.key, *self.values))} FROM {self.table.name}"  # noqa: S608

    @property
    def line_key(self) -> tuple[str, ...]:
        return tuple(self.key)


@dataclass(frozen=True)
class Ranks:
    """A table with a cumulative histogram in each row: the number up to each bucket."""

    table: Table
    key: dict[str, str]
    #: The kinds of durations that each clock consists of.
    clocks: Mapping[str, Sequence[str]]

    def aggregate(self, changes: str) -> str:
        """Its rows, aggregated from changes."""
        key = ", ".join(self.key)
        return f"""
            SELECT
                clock, {key}, array_agg(bucket ORDER BY bucket) AS buckets,
                array_agg(rank ORDER BY bucket) AS ranks
            FROM (
                SELECT
                    clock, {key}, bucket,
                    (sum(sum(measured)) OVER (PARTITION BY {key}, clock ORDER BY bucket))::integer
                        AS rank
                FROM ({self.lines_of(changes)}) AS line
                GROUP BY {key}, clock, bucket
            ) AS ranked
            GROUP BY {key}, clock
        """  # noqa: S608

    @property
    def additions(self) -> str:
        return """(buckets, ranks) = (
            SELECT buckets, ranks
            FROM merge_histograms(kept.buckets, kept.ranks, excluded.buckets, excluded.ranks)
        )"""

    def lines_of(self, changes: str) -> str:
        """Key, bucket and number of each change, for each clock that counts it."""
        columns = ", ".join(f"{source} AS {name}" for name, source in self.key.items())
        made_of = ", ".join(
            f"('{c}', '{kind}')" for c, kinds in self.clocks.items() for kind in kinds
        )
        return f"""
            SELECT clock, {columns}, bucket, measured
            FROM {changes}
            JOIN (VALUES {made_of}) AS made_of (clock, part) ON part = kind
        """  # noqa: S608

    @property
    def stored_lines(self) -> str:
        return f"""
            SELECT clock, {", ".join(self.key)}, bucket, measured
            FROM {self.table.name}
            CROSS JOIN LATERAL expand_histogram(buckets, ranks)
        """  # noqa: S608

    @property
    def values(self) -> dict[str, str]:
        return {"measured": "measured"}

    @property
    def line_key(self) -> tuple[str, ...]:
        return ("clock", *self.key, "bucket")


Rollup = Sums | Ranks


def _ordinals(columns: Sequence[str] | dict[str, str]) -> str:
    return ", ".join(str(number) for number in range(1, len(columns) + 1))

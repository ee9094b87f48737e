"""How a table of the volumes is made of changes: as sums, or as ranks in a histogram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table


@dataclass(frozen=True)
class Sums:
    """A table of sums over changes: how its key and its values are made from a change."""

    table: Table
    key: dict[str, str]
    values: dict[str, str]
    #: The changes that it counts.
    counts: str

    def aggregate(self, changes: str) -> str:
        """Its lines, from changes that may be sums already."""
        key = ", ".join(f"{source} AS {name}" for name, source in self.key.items())
        values = ", ".join(f"sum({source}) AS {name}" for name, source in self.values.items())
        return f"""
            SELECT {key}, {values}
            FROM {changes}
            WHERE {self.counts}
            GROUP BY {_numbers(self.key)}
        """  # noqa: S608

    @property
    def additions(self) -> str:
        """How a line that is there already takes up another one."""
        return ", ".join(f"{value} = kept.{value} + excluded.{value}" for value in self.values)

    def lines_of(self, changes: str) -> str:
        """Key and values of each change."""
        columns = ", ".join(f"{of} AS {name}" for name, of in (self.key | self.values).items())
        return f"SELECT {columns} FROM {changes} WHERE {self.counts}"  # noqa: S608

    @property
    def lines_kept(self) -> str:
        return f"SELECT {', '.join((*self.key, *self.values))} FROM {self.table.name}"  # noqa: S608

    @property
    def told_by(self) -> tuple[str, ...]:
        return tuple(self.key)


@dataclass(frozen=True)
class Ranks:
    """A table with a histogram in each line: how many lie in a bucket or before."""

    table: Table
    key: dict[str, str]
    #: The kinds of changes that each clock is made of.
    clocks: Mapping[str, Sequence[str]]

    def aggregate(self, changes: str) -> str:
        """Its lines, from changes."""
        key = ", ".join(self.key)
        return f"""
            SELECT
                clock, {key}, array_agg(bucket ORDER BY bucket) AS buckets,
                array_agg(rank ORDER BY bucket) AS ranks
            FROM (
                SELECT
                    clock, {key}, bucket,
                    (sum(sum(measured)) OVER (PARTITION BY clock, {key} ORDER BY bucket))::integer
                        AS rank
                FROM ({self.lines_of(changes)}) AS line
                GROUP BY clock, {key}, bucket
            ) AS ranked
            GROUP BY clock, {key}
        """  # noqa: S608

    @property
    def additions(self) -> str:
        return """(buckets, ranks) = (
            SELECT buckets, ranks
            FROM ranks_together(kept.buckets, kept.ranks, excluded.buckets, excluded.ranks)
        )"""

    def lines_of(self, changes: str) -> str:
        """Key, bucket and number of each change, for each clock that it is a part of."""
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
    def lines_kept(self) -> str:
        return f"""
            SELECT clock, {", ".join(self.key)}, bucket, measured
            FROM {self.table.name}
            CROSS JOIN LATERAL in_buckets(buckets, ranks)
        """  # noqa: S608

    @property
    def values(self) -> dict[str, str]:
        return {"measured": "measured"}

    @property
    def told_by(self) -> tuple[str, ...]:
        return ("clock", *self.key, "bucket")


Rollup = Sums | Ranks


def _numbers(columns: Sequence[str] | dict[str, str]) -> str:
    return ", ".join(str(number) for number in range(1, len(columns) + 1))

"""Figures that say what they are: counts, rates and durations."""

import strawberry

from gateway.schema.scalars import BigInt
from gateway.schema.words import Precision


@strawberry.type(description="A number of things.")
class Count:
    value: BigInt | None = strawberry.field(description="The number; none where suppressed.")
    precision: Precision = strawberry.field(description="What the number is.")

    @classmethod
    def exactly(cls, value: int) -> "Count":
        return cls(value=BigInt(value), precision=Precision.EXACT)


@strawberry.type(description="A part of a whole.")
class Rate:
    value: float | None = strawberry.field(
        description="From 0 to 1; none where the whole is nothing, or suppressed."
    )
    precision: Precision = strawberry.field(description="What the rate is.")
    denominator: BigInt | None = strawberry.field(description="The whole it is a part of.")


@strawberry.type(description="A length of time.")
class Duration:
    hours: float | None = strawberry.field(
        description="Hours; none where nothing was measured, or suppressed."
    )
    precision: Precision = strawberry.field(description="What the duration is.")
    decisions: BigInt | None = strawberry.field(description="How many decisions were measured.")

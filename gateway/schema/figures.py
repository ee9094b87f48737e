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
        description=(
            "1 is all of the whole; a ratio of what leaves to what comes may be more. None where"
            " the whole is nothing, or suppressed."
        )
    )
    precision: Precision = strawberry.field(description="What the rate is.")
    denominator: BigInt | None = strawberry.field(description="The whole that it is measured by.")


@strawberry.type(description="A length of time.")
class Duration:
    hours: float | None = strawberry.field(
        description="Hours; none where nothing was measured, or suppressed."
    )
    precision: Precision = strawberry.field(description="What the duration is.")
    measured: BigInt | None = strawberry.field(description="How many cases were measured.")

"""A rate as it was counted, and the rate that is expected of comparable cases."""

import strawberry

from gateway.findings.rates import FunnelPosition, funnel, wilson
from gateway.mapping.scalars import BigInt


@strawberry.type(description="A counted part of a whole, and the rates that it is compatible with.")
class ObservedRate:
    cases: BigInt = strawberry.field(description="The part.")
    of: BigInt = strawberry.field(description="The whole: n.")
    value: float | None = strawberry.field(
        description="The part divided by the whole; none where the whole is zero."
    )
    low: float = strawberry.field(
        description="Lower end of Wilson's score interval: with 95 % confidence, the underlying"
        " rate lies between the two."
    )
    high: float = strawberry.field(description="Upper end of the same interval.")

    @classmethod
    def of_counts(cls, cases: int, n: int) -> "ObservedRate":
        low, high = wilson(cases, n)
        return cls(
            cases=BigInt(cases), of=BigInt(n), value=cases / n if n else None, low=low, high=high
        )


@strawberry.type(
    description="What is expected of comparable cases, with the limits of a funnel around it: at so"
    " many cases, chance alone leaves 95 % within the warning limits and 99.8 % within the control"
    " limits. Few cases have wide limits, so nobody stands out for having few."
)
class ExpectedRate:
    value: float = strawberry.field(
        description="The rate that these cases would have, had each kind of them the rate of all"
        " cases of that kind in the window."
    )
    warning_low: float = strawberry.field(description="Lower warning limit.")
    warning_high: float = strawberry.field(description="Upper warning limit.")
    control_low: float = strawberry.field(description="Lower control limit.")
    control_high: float = strawberry.field(description="Upper control limit.")
    position: FunnelPosition = strawberry.field(
        description="Where the observed rate lies. A position outside means that chance is an"
        " unlikely reason, not what the reason is."
    )

    @classmethod
    def of_counts(cls, cases: int, n: int, expected: float) -> "ExpectedRate | None":
        """None where there are no cases."""
        found = funnel(expected, n)
        if found is None:
            return None
        return cls(
            value=found.rate,
            warning_low=found.warning_low,
            warning_high=found.warning_high,
            control_low=found.control_low,
            control_high=found.control_high,
            position=found.position(cases, n),
        )

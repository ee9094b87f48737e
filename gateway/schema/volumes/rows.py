"""The rows of processing volumes: measures of groups, over calendar windows in WIB (UTC+7)."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Any

import strawberry

from gateway.mapping.enums import Precision
from gateway.mapping.figure_types import (
    Before,
    CountFigure,
    DurationFigure,
    MoneyFigure,
    RateFigure,
)
from gateway.mapping.money import Money
from gateway.mapping.scalars import BigInt
from gateway.schema.country import Country
from gateway.schema.partner import Centre, Partner
from gateway.schema.visa_type import VisaType
from gateway.schema.volumes.names import RowsByCode
from gateway.schema.volumes.published import VolumePublication
from gateway.schema.volumes.published_row import PublishedRow
from gateway.strawberry_bridge import computed_field
from models.publication.disclosure import FEWEST_DECISIONS
from models.vocabulary import Channel, Region, TripPurpose
from models.volumes import Dimension, Measure

_AT_THE_END = (
    "counted from payment, at the end of the window's last day that is over; none where no day of"
    " it is over"
)
_FIRST_DECIDED = (
    "Partners read it as first decided, by whole months that are over and at most one of centre,"
    " channel, visa type, nationality and trip purpose; the public, as published."
)
_WITHOUT_WAITING = "from payment, without the time in which information was awaited"


def _group(dimension: Dimension, description: str) -> Any:
    """The noun of a group; null if the question does not group by it, or it is out of reach."""

    def resolve(root: Any) -> Any:
        return root.names.get(dimension, {}).get(root.groups.get(dimension))

    return computed_field(resolve, description)


def _before(root: Any, measure: Measure) -> Before | None:
    return root.before and root.before(measure)


def _count(measure: Measure, description: str) -> Any:
    def resolve(root: Any) -> CountFigure:
        if root.published:
            return root.published.count(measure)
        return CountFigure.exactly(root.figures[measure], _before(root, measure))

    return computed_field(resolve, description)


def _rate(measure: Measure, description: str) -> Any:
    def resolve(root: Any) -> RateFigure:
        if root.published:
            return root.published.rate(measure)
        return RateFigure(
            value=root.figures[measure],
            precision=Precision.EXACT,
            denominator=BigInt(root.figures[f"{measure}_of"]),
            before=_before(root, measure),
            is_share=measure is not Measure.CLEARANCE_RATIO,
        )

    return computed_field(resolve, description)


def _duration(measure: Measure, description: str, *, of: str = "decisions") -> Any:
    def resolve(root: Any) -> DurationFigure:
        if root.published:
            return root.published.duration(measure)
        return DurationFigure(
            hours=root.figures[measure],
            precision=Precision.ROUNDED,
            measured=BigInt(root.figures[f"{measure}_of"]),
            before=_before(root, measure),
        )

    text = f"{description} A percentile of all its {of}, to within 1 %; at least a second."
    return computed_field(resolve, text)


def _revenue(root: Any) -> MoneyFigure:
    return MoneyFigure(
        value=Money.of(root.figures[Measure.REVENUE]),
        precision=Precision.EXACT,
        before=_before(root, Measure.REVENUE),
    )


def _edition(root: Any) -> int | None:
    return root.published.figures["edition"] if root.published else None


@strawberry.type(description="A calendar period, as far as it lies in the window.")
class VolumePeriod:
    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day.")


@strawberry.type(description="How all partners' cases were first decided.")
class NetworkOutcomes:
    decisions: CountFigure = strawberry.field(description="Granted and refused.")
    granted: CountFigure = strawberry.field(description="Granted, later revoked ones included.")
    refused: CountFigure = strawberry.field(description="Refused.")
    refusal_rate: RateFigure = strawberry.field(description="Refused of all decisions.")


@strawberry.type(description="The measures of one group.")
class VolumeRow:
    groups: strawberry.Private[dict[Dimension, str | None]]
    #: Exact figures, by the column names of the statement.
    figures: strawberry.Private[Mapping[str, Any]]
    #: Where the figures are published ones: they, and how precise each is.
    published: strawberry.Private[PublishedRow | None]
    #: Reads a measure in an earlier window; None if no change is selected.
    before: strawberry.Private[Callable[[Measure], Before] | None]

    #: The nouns of all groups of the table, shared by its rows.
    names: strawberry.Private[RowsByCode] = field(default_factory=dict)

    region: Region | None = strawberry.field(
        description="Region of the partner country; null for direct applications."
    )
    country: Country | None = _group(
        Dimension.COUNTRY, "Partner country; null for direct applications."
    )
    nationality: Country | None = _group(Dimension.NATIONALITY, "Nationality.")
    partner: Partner | None = _group(Dimension.PARTNER, "Partner; null for direct applications.")
    centre: Centre | None = _group(Dimension.CENTRE, "Visa centre; null where none took it in.")
    visa_type: VisaType | None = _group(Dimension.VISA_TYPE, "Visa type.")
    trip_purpose: TripPurpose | None = strawberry.field(
        description="Purpose of the trip; null where none was stated."
    )
    channel: Channel | None = strawberry.field(description="Channel.")
    period: VolumePeriod | None = strawberry.field(description="Period.")

    intake: CountFigure = _count(Measure.INTAKE, "Applications first paid in the window.")
    decisions: CountFigure = _count(Measure.DECISIONS, "Granted and refused, by decision date.")
    granted: CountFigure = _count(
        Measure.GRANTED, f"Granted, later revoked ones included. {_FIRST_DECIDED}"
    )
    refused: CountFigure = _count(Measure.REFUSED, f"Refused. {_FIRST_DECIDED}")
    withdrawn: CountFigure = _count(Measure.WITHDRAWN, "Paid, then withdrawn; never in a rate.")
    lapsed: CountFigure = _count(Measure.LAPSED, "Paid, then lapsed unanswered; never in a rate.")
    overturned: CountFigure = _count(
        Measure.OVERTURNED,
        "Decisions superseded by another outcome or main ground, and visas revoked, by the date of"
        " the first decision; a revocation that was set aside later included.",
    )
    refusal_rate: RateFigure = _rate(
        Measure.REFUSAL_RATE, f"Refused of all decisions. {_FIRST_DECIDED}"
    )
    network: NetworkOutcomes | None = strawberry.field(
        default=None,
        description="What the whole network decided in the period, of the visa type or nationality"
        " that the row is of, whatever else it is narrowed to. Null where the rest of the network"
        f" decided fewer than {FEWEST_DECISIONS} in any month of it.",
    )
    wip: CountFigure = _count(
        Measure.WIP, "Paid and open at the end: a stock, never summed over time."
    )
    backlog: CountFigure = _count(
        Measure.BACKLOG,
        "Work in progress at the end that is older than its target; of a window that is not over,"
        " by the last full hour.",
    )
    wip_age_p50: DurationFigure = _duration(
        Measure.WIP_AGE_P50, f"Half of the open cases were no older, {_AT_THE_END}.", of="cases"
    )
    wip_age_p90: DurationFigure = _duration(
        Measure.WIP_AGE_P90,
        f"Nine tenths of the open cases were no older, {_AT_THE_END}.",
        of="cases",
    )
    wip_age_oldest: DurationFigure = _duration(
        Measure.WIP_AGE_OLDEST, f"The oldest of the open cases, {_AT_THE_END}.", of="cases"
    )
    turnaround_p50: DurationFigure = _duration(
        Measure.TURNAROUND_P50, "Half of the decisions took no longer, from payment."
    )
    turnaround_p75: DurationFigure = _duration(
        Measure.TURNAROUND_P75, "Three quarters of the decisions took no longer, from payment."
    )
    turnaround_p90: DurationFigure = _duration(
        Measure.TURNAROUND_P90, "Nine tenths of the decisions took no longer, from payment."
    )
    turnaround_p95: DurationFigure = _duration(
        Measure.TURNAROUND_P95, "19 of 20 decisions took no longer, from payment."
    )
    turnaround_adjusted_p50: DurationFigure = _duration(
        Measure.TURNAROUND_ADJUSTED_P50,
        f"Half of the decisions took no longer, {_WITHOUT_WAITING}.",
    )
    turnaround_adjusted_p75: DurationFigure = _duration(
        Measure.TURNAROUND_ADJUSTED_P75,
        f"Three quarters of the decisions took no longer, {_WITHOUT_WAITING}.",
    )
    turnaround_adjusted_p90: DurationFigure = _duration(
        Measure.TURNAROUND_ADJUSTED_P90,
        f"Nine tenths of the decisions took no longer, {_WITHOUT_WAITING}.",
    )
    turnaround_adjusted_p95: DurationFigure = _duration(
        Measure.TURNAROUND_ADJUSTED_P95,
        f"19 of 20 decisions took no longer, {_WITHOUT_WAITING}.",
    )
    target_rate: RateFigure = _rate(
        Measure.TARGET_RATE, "Decisions within the target in force when paid, of all decisions."
    )
    target_rate_intake: RateFigure = _rate(
        Measure.TARGET_RATE_INTAKE,
        "Of the intake of the window, decided within the target in force when paid. Measured by"
        " what is decided until now and what is open although its target passed before the last"
        " full hour; what is not yet due, withdrawn or lapsed does not count.",
    )
    clearance_ratio: RateFigure = _rate(
        Measure.CLEARANCE_RATIO,
        "Closed in the window, with or without a decision, for each of its intake. More than 1"
        " where the work in progress shrinks.",
    )
    info_request_rate: RateFigure = _rate(
        Measure.INFO_REQUEST_RATE,
        "Intake for which information was requested at least once, until now, of all intake.",
    )
    handover_p90: DurationFigure = _duration(
        Measure.HANDOVER_P90,
        "Nine tenths of the applications that a partner handed over, by the day of receipt, took"
        " no longer from submission.",
        of="handovers",
    )
    revenue: MoneyFigure = computed_field(
        _revenue,
        "Fees of the intake, less reversals: state revenue (PNBP), by the day of the first"
        " payment.",
    )
    edition: int | None = computed_field(
        _edition, "Edition of its published figures; null where it has none."
    )


@strawberry.type(
    description="A row for each group in which something asked for happened or was open."
)
class VolumeTable:
    as_of: datetime = strawberry.field(
        description="All that was recorded before it is counted; where all figures are published"
        " ones, when any were published last."
    )
    complete_from: date = strawberry.field(
        description="From when on figures are complete: the first day of the month of the very"
        " first application, whosever it was, so the same for every viewer. Nothing is compared"
        " with days before it. Of this month, while there is no application."
    )
    published: VolumePublication | None = strawberry.field(
        description="How the figures were published; null where they are exact."
    )
    rows: list[VolumeRow] = strawberry.field(description="The groups, in order.")

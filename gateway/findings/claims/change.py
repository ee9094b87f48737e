"""Up or down, and why: against the same window of the year before, by exact contributions."""

from collections.abc import Iterator, Sequence

from gateway.findings.claim import (
    Claim,
    FindingDirection,
    FindingKind,
    FindingNumberName,
    FindingTopic,
    FindingUnit,
    Number,
    Subject,
    count_number,
    share_number,
)
from gateway.findings.contributions import (
    Contribution,
    RateChange,
    Share,
    TotalChange,
    rate_change,
    total_change,
)
from gateway.findings.figures import Figures
from gateway.findings.rates import wilson
from gateway.findings.wording import (
    Says,
    count,
    listed,
    name,
    percent,
    period,
    points,
    signed_count,
    signed_points,
    text,
)
from models.volumes import Dimension, Measure

#: Groups that a sentence names.
NAMED = 3
#: Below this a count has no change in per cent.
SMALL_BASE = 20
#: Decimals of points that a reader adds up.
FINE = 2

_N, _D = FindingNumberName, FindingDirection


def change_claims(figures: Figures) -> Iterator[Claim]:
    """The change of each measure, then what each group brought to it."""
    yield from _intake(figures)
    rates = (Measure.TARGET_RATE, *((Measure.REFUSAL_RATE,) if figures.has_outcomes else ()))
    for measure in rates:
        yield from _rate(figures, measure)


def _intake(figures: Figures) -> Iterator[Claim]:
    asked, reason = figures.asked, figures.asked.reason
    now, before = (
        {code or "": cell.intake for code, cell in figures[f"{when}.{reason.name}"].cells().items()}
        for when in ("now", "before")
    )
    question = figures[f"now.{reason.name}"].question
    days = (asked.from_on, asked.until)
    found = total_change(now, before)
    if not asked.has_before:
        yield Claim(
            FindingTopic.CHANGE,
            FindingKind.CHANGE,
            text("change.intake_alone", count=count(found.now)),
            question,
            _D.UNKNOWN,
            measure=Measure.INTAKE,
            days=days,
            numbers=(count_number(_N.NOW, found.now),),
            notes=(text("change.nothing_before"),),
        )
        return
    size = abs(found.change)
    share = size / found.before if found.before else 0.0
    is_small = found.before < SMALL_BASE
    is_steady = not found.change or (not is_small and round(share, 3) == 0)
    direction = _D.STEADY if is_steady else _D.UP if found.change > 0 else _D.DOWN
    key = ("nearly" if found.change else "same") if is_steady else direction.lower()
    yield Claim(
        FindingTopic.CHANGE,
        FindingKind.CHANGE,
        text(
            f"change.intake_{key}",
            count=count(found.now),
            change=count(size) if is_small else percent(share),
        ),
        question,
        direction,
        measure=Measure.INTAKE,
        days=days,
        numbers=(
            count_number(_N.NOW, found.now),
            count_number(_N.BEFORE, found.before),
            count_number(_N.CHANGE, found.change),
        ),
        notes=(
            *_reasons(found, reason),
            text("change.sum", change=signed_count(found.change), before=count(found.before)),
            _compared(figures),
        ),
    )
    for part in found.contributions:
        if part.now or part.before:
            yield _contribution(figures, part)


def _contribution(figures: Figures, part: Contribution) -> Claim:
    asked, dimension = figures.asked, figures.asked.reason
    direction = _D.UP if part.change > 0 else _D.DOWN if part.change else _D.STEADY
    return Claim(
        FindingTopic.CHANGE,
        FindingKind.CONTRIBUTION,
        text(
            "change.contribution",
            name=name(dimension, part.key or None),
            now=count(part.now),
            change=signed_count(part.change),
        ),
        figures[f"now.{dimension.name}"].question,
        direction,
        Subject(dimension, part.key or None),
        Measure.INTAKE,
        (asked.from_on, asked.until),
        (
            count_number(_N.NOW, part.now),
            count_number(_N.BEFORE, part.before),
            count_number(_N.CHANGE, part.change),
        ),
    )


def _reasons(total: TotalChange, reason: Dimension) -> list[Says]:
    """Who moved it furthest, and who furthest the other way; of nothing moved, nothing."""
    leading = total.find_leading(NAMED)
    if not leading:
        return []
    direction = "up" if total.change > 0 else "down"
    reasons = [text(f"change.because_{direction}", groups=_names(leading, reason))]
    if against := total.find_opposing(1):
        reasons.append(text(f"change.against_{direction}", groups=_names(against, reason)))
    return reasons


def _names(parts: Sequence[Contribution], reason: Dimension) -> Says:
    return listed(
        text("with_size", name=name(reason, part.key or None), size=signed_count(part.change))
        for part in parts
    )


def _compared(figures: Figures) -> Says:
    asked = figures.asked
    return text(
        "change.periods", now=period(asked.from_on, asked.until), before=period(*asked.before)
    )


def _rate(figures: Figures, measure: Measure) -> Iterator[Claim]:
    asked, reason = figures.asked, figures.asked.reason
    now, before = (
        {
            code or "": cell.share(measure)
            for code, cell in figures[f"{when}.{reason.name}"].cells().items()
        }
        for when in ("now", "before")
    )
    share = Share(sum(each.n for each in now.values()), sum(each.cases for each in now.values()))
    label = text(f"measures.{measure.value}")
    found = rate_change(now, before) if asked.has_before else None
    if not share.n:
        sentence, direction = text("change.rate_nothing", measure=label), _D.UNKNOWN
        notes: tuple[Says, ...] = ()
    elif found is None:
        rate = percent(share.cases / share.n)
        sentence, direction = text("change.rate_alone", measure=label, rate=rate), _D.UNKNOWN
        notes = (_basis(share), text("change.nothing_before"))
    else:
        direction = _direction(found, measure)
        moved = {_D.STEADY: "same"}.get(direction, "up" if found.change > 0 else "down")
        sentence = text(
            f"change.rate_{moved}",
            measure=label,
            rate=percent(share.cases / share.n),
            change=points(float(found.change)),
        )
        notes = (_split(found, reason), _basis(share), _compared(figures))
    yield Claim(
        FindingTopic.CHANGE,
        FindingKind.CHANGE,
        sentence,
        figures[f"now.{reason.name}"].question,
        direction,
        measure=measure,
        days=(asked.from_on, asked.until),
        numbers=(share_number(_N.NOW, share.cases, share.n), *_parts(found)),
        notes=notes,
    )
    for part in found.contributions if found else ():
        numbers = [
            Number(_N.CHANGE, FindingUnit.SHARE, float(part.change)),
            Number(_N.RATE_PART, FindingUnit.SHARE, float(part.rate)),
            Number(_N.MIX_PART, FindingUnit.SHARE, float(part.mix)),
        ]
        yield Claim(
            FindingTopic.CHANGE,
            FindingKind.CONTRIBUTION,
            text(
                "change.rate_contribution",
                name=name(reason, part.key or None),
                change=signed_points(float(part.change), FINE),
            ),
            figures[f"now.{reason.name}"].question,
            _D.UP if part.change > 0 else _D.DOWN if part.change else _D.STEADY,
            Subject(reason, part.key or None),
            measure,
            (asked.from_on, asked.until),
            tuple(numbers),
        )


def _direction(found: RateChange, measure: Measure) -> FindingDirection:
    """Decisions in time are better the more there are; of refusals nobody says what is good."""
    change = float(found.change)
    if round(abs(change) * 100, 1) == 0:
        return _D.STEADY
    if measure is Measure.TARGET_RATE:
        return _D.BETTER if change > 0 else _D.WORSE
    return _D.UP if change > 0 else _D.DOWN


def _parts(found: RateChange | None) -> list[Number]:
    if found is None:
        return []
    return [
        Number(_N.BEFORE, FindingUnit.SHARE, float(found.before)),
        Number(_N.CHANGE, FindingUnit.SHARE, float(found.change)),
        Number(_N.RATE_PART, FindingUnit.SHARE, float(found.rate)),
        Number(_N.MIX_PART, FindingUnit.SHARE, float(found.mix)),
    ]


def _basis(share: Share) -> Says:
    low, high = wilson(share.cases, share.n)
    return text("change.basis", count=count(share.n), low=percent(low), high=percent(high))


def _split(found: RateChange, reason: Dimension) -> Says:
    return text(
        "change.split",
        by=text(f"by.{reason.name}"),
        rate=signed_points(float(found.rate), FINE),
        mix=signed_points(float(found.mix), FINE),
    )

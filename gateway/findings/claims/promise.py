"""Are we meeting the target: yes or no for each visa type, against what is promised."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from gateway.findings.claim import (
    ALL,
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
from gateway.findings.events import TIMELY, EventInReach
from gateway.findings.figures import Figures, counts_of
from gateway.findings.promises import ENOUGH, Target, Verdict, targets
from gateway.findings.wording import Says, all_of, count, listed, month, name, percent, period, text
from models.volumes import Dimension, Measure

_N, _D = FindingNumberName, FindingDirection
_DIRECTIONS = {
    Verdict.MET: _D.KEPT,
    Verdict.MISSED: _D.MISSED,
    Verdict.TOO_FEW: _D.UNKNOWN,
    Verdict.NO_PROMISE: _D.UNKNOWN,
}


def promise_claims(figures: Figures) -> Iterator[Claim]:
    """The verdict of all, of each visa type, and of each of its months; and the named events."""
    found = _targets(figures)
    yield _verdict(figures, found)
    months = _months(figures)
    for target in found:
        yield _visa_type(figures, target)
        for starts_on, kept in zip(months, target.months_met, strict=False):
            if kept is not None:
                yield _month(figures, target, starts_on, kept)
    yield from (_event(figures, event) for event in figures.asked.events)


def _months(figures: Figures) -> list[date]:
    if "visa_months" not in figures:
        return []
    return sorted({row["period"] for row in figures["visa_months"].rows})


def _targets(figures: Figures) -> tuple[Target, ...]:
    kind = Dimension.VISA_TYPE.name
    months = _months(figures)
    by_type = figures["visa_months"].months_by_group() if months else {}
    return targets(
        now={code: cell.timely for code, cell in figures[f"now.{kind}"].cells().items() if code},
        before={
            code: cell.timely for code, cell in figures[f"before.{kind}"].cells().items() if code
        }
        if figures.asked.has_before
        else {},
        promised=figures.promised,
        months={
            code: [counts_of(rows.get(month, {})).timely for month in months]
            for code, rows in by_type.items()
            if code
        },
        in_events=figures.in_events(),
    )


def _verdict(figures: Figures, found: Sequence[Target]) -> Claim:
    """The sentence: yes, no, or for which; with what it rests on."""
    judged = [each for each in found if each.verdict in (Verdict.MET, Verdict.MISSED)]
    missed = [each for each in judged if each.verdict is Verdict.MISSED]
    few = [each for each in found if each.verdict is Verdict.TOO_FEW]
    kept = len(judged) - len(missed)
    notes: list[Says] = []
    numbers = [count_number(_N.KEPT, kept), count_number(_N.JUDGED, len(judged))]
    if not judged:
        sentence, direction = text("promise.unknown", enough=count(ENOUGH)), _D.UNKNOWN
        notes.append(_altogether(found))
    else:
        sentence = _sentence(judged, missed, is_short=bool(figures.asked.events))
        direction = _D.KEPT if not missed else _D.PARTLY_KEPT if kept else _D.MISSED
        if figures.asked.events:
            without = _kept_without(found)
            numbers.append(Number(_N.WITHOUT_EVENTS, FindingUnit.COUNT, *without))
            sentence = _with_events(figures, sentence, *without)
            if missed and kept:
                notes.append(text("promise.not_kept", missed=_names(missed)))
        notes.append(_largest(judged[0]))
        if few:
            notes.append(text("promise.few", names=_names(few), enough=count(ENOUGH)))
    asked = figures.asked
    return Claim(
        FindingTopic.TARGET,
        FindingKind.PROMISE,
        sentence,
        figures[f"now.{Dimension.VISA_TYPE.name}"].question,
        direction,
        measure=Measure.TARGET_RATE,
        days=(asked.from_on, asked.until),
        numbers=tuple(numbers),
        is_concern=bool(missed),
        notes=tuple(notes),
    )


def _kept_without(found: Sequence[Target]) -> tuple[int, int]:
    """For how many the promise is kept without the days of named events, and of how many."""
    verdicts = [each.without_events.verdict for each in found]
    kept, missed = (verdicts.count(verdict) for verdict in (Verdict.MET, Verdict.MISSED))
    return kept, kept + missed


def _with_events(figures: Figures, sentence: Says, kept: int, judged: int) -> Says:
    """The verdict, and after it what it would be without the named events."""
    asked = figures.asked
    named = listed(event.named(asked.until) for event in asked.events)
    return text(
        "promise.without", verdict=sentence, events=named, met=count(kept), count=count(judged)
    )


def _sentence(judged: Sequence[Target], missed: Sequence[Target], *, is_short: bool) -> Says:
    everything = all_of(len(judged), Dimension.VISA_TYPE)
    if not missed:
        return text("promise.one" if len(judged) == 1 else "promise.met", all=everything)
    if len(judged) == 1:
        return text("promise.one_missed", name=name(Dimension.VISA_TYPE, judged[0].key))
    if len(missed) == len(judged):
        return text("promise.missed", all=everything)
    return text(
        "promise.partly_short" if is_short else "promise.partly",
        met=count(len(judged) - len(missed)),
        count=count(len(judged)),
        missed=_names(missed),
    )


def _names(found: Sequence[Target]) -> Says:
    return listed(name(Dimension.VISA_TYPE, each.key) for each in found)


def _altogether(found: Sequence[Target]) -> Says:
    """What can be said where no visa type can be judged: how many of all were in time."""
    n, met = sum(each.now.n for each in found), sum(each.now.cases for each in found)
    return text("promise.all", met=count(met), count=count(n)) if n else text("nothing_decided")


def _largest(target: Target) -> Says:
    """The visa type that most decisions are of."""
    low, high = target.interval
    return text(
        "promise.largest",
        name=name(Dimension.VISA_TYPE, target.key),
        share=percent(target.share or 0),
        count=count(target.now.n),
        low=percent(low),
        high=percent(high),
        promised=percent(target.promised or 0, 0),
    )


def _visa_type(figures: Figures, target: Target) -> Claim:
    asked, promised = figures.asked, target.promised
    known = [kept for kept in target.months_met if kept is not None]
    numbers = [share_number(_N.NOW, target.now.cases, target.now.n)]
    if promised is not None:
        numbers.append(Number(_N.PROMISED, FindingUnit.SHARE, promised))
    if target.change is not None:
        numbers.append(Number(_N.CHANGE, FindingUnit.SHARE, target.change))
    numbers.append(Number(_N.KEPT, FindingUnit.COUNT, sum(known), len(known)))
    if target.in_events.n:
        without = target.without_events.now
        numbers.append(share_number(_N.WITHOUT_EVENTS, without.cases, without.n))
    return Claim(
        FindingTopic.TARGET,
        FindingKind.VISA_TYPE,
        text(
            f"promise.of_{target.verdict.value}",
            name=name(Dimension.VISA_TYPE, target.key),
            share=percent(target.share or 0),
            count=count(target.now.n),
            promised=percent(promised or 0, 0),
            enough=count(ENOUGH),
        ),
        figures[f"now.{Dimension.VISA_TYPE.name}"].question,
        _DIRECTIONS[target.verdict],
        Subject(Dimension.VISA_TYPE, target.key),
        Measure.TARGET_RATE,
        (asked.from_on, asked.until),
        tuple(numbers),
        is_concern=target.verdict is Verdict.MISSED,
    )


def _event(figures: Figures, event: EventInReach) -> Claim:
    asked = figures.asked
    question = figures[f"now.{Dimension.VISA_TYPE.name}"].question
    where = {Dimension.COUNTRY: (event.country,)} if event.country else {}
    days = max(event.began_on, asked.from_on), min(event.ended_on, asked.until)
    return Claim(
        FindingTopic.TARGET,
        FindingKind.EVENT,
        text(
            "events.sentence",
            event=event.named(asked.until),
            days=period(event.began_on, event.ended_on),
        ),
        replace(
            question,
            measures=TIMELY,
            from_on=days[0],
            to_on=days[1],
            where={**question.where, **where},
        ),
        subject=Subject(Dimension.COUNTRY, event.country) if event.country else ALL,
        days=(event.began_on, event.ended_on),
    )


def _month(figures: Figures, target: Target, starts_on: date, kept: bool) -> Claim:
    question = figures["visa_months"].question
    cell = counts_of(figures["visa_months"].months_by_group()[target.key].get(starts_on, {}))
    return Claim(
        FindingTopic.TARGET,
        FindingKind.VISA_TYPE_MONTH,
        text(
            "promise.month_kept" if kept else "promise.month_missed",
            name=name(Dimension.VISA_TYPE, target.key),
            month=month(starts_on),
            share=percent(cell.in_target / cell.decisions),
            count=count(cell.decisions),
        ),
        question,
        _D.KEPT if kept else _D.MISSED,
        Subject(Dimension.VISA_TYPE, target.key),
        Measure.TARGET_RATE,
        (starts_on, question.last_day_of(starts_on)),
        (share_number(_N.NOW, cell.in_target, cell.decisions),),
    )

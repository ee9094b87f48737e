"""The sentences of Today are true: each is recomputed from the rows of many random worlds."""

import re
from datetime import date

import pytest

from dashboard.analysis.target import ENOUGH
from dashboard.gateway.client import document
from dashboard.model.filters import FILTER
from dashboard.model.measures import REFUSAL_RATE, TARGET_RATE
from dashboard.model.page_state import REASONS, Address
from dashboard.model.period import month_start
from dashboard.pages.today.answers import read_today, variables_of
from dashboard.pages.today.attention import ENOUGH as FEW
from dashboard.pages.today.attention import (
    attention_finding,
    attention_from,
    place_names,
)
from dashboard.pages.today.change import change_finding, change_from, measures_of, steps_of
from dashboard.pages.today.coming import ComingMonths, coming_finding, coming_from
from dashboard.pages.today.promise import promise_finding, targets_from
from dashboard.texts import texts
from tests.dashboard.today_worlds import (
    CHANNELS,
    COUNTRIES,
    LAST,
    PERIOD,
    PURPOSES,
    VISAS,
    World,
    answer_of,
    random_world,
    sums,
    today_of,
)

WORLDS = range(60)
EN = texts("en")


@pytest.mark.parametrize("why", REASONS)
def test_a_reason_that_is_read_anyway_is_not_read_twice(why: str) -> None:
    asked = variables_of(Address("en", why=why), PERIOD, date(2026, 11, 27), place="country")
    assert asked["reason"] == FILTER[why].dimension
    assert asked["hasReason"] == (why in ("partner", "purpose", "channel"))


def whole(text: str) -> int:
    """The first number of a text, with its sign."""
    [found] = re.findall(r"[+−]?\d[\d,]*", text)[:1]
    return int(found.replace(",", "").replace("−", "-"))


@pytest.mark.parametrize("seed", WORLDS)
def test_the_headline_says_how_many_came_in_and_how_that_compares(seed: int) -> None:
    world = random_world(seed)
    now = sum(row.intake for row in world.of(PERIOD))
    before = sum(row.intake for row in world.of(PERIOD.year_before))
    title = change_finding(change_from(today_of(world), Address("en")), EN).title
    assert whole(title) == now
    if "more than" in title or "fewer than" in title:
        assert ("more than" in title) == (now > before)
        size = re.search(r"came in, ([\d.,]+)(%?) (?:more|fewer)", title)
        assert size
        found = float(size[1].replace(",", ""))
        change = abs(now - before)
        expected = 100 * change / before if size[2] else change
        assert found == pytest.approx(expected, abs=0.051)
    elif "nearly as many" in title:
        assert now != before
        assert abs(now - before) / before < 0.0005
    elif "as many as" in title:
        assert now == before
    else:
        assert "same period" not in title
        assert not sum(row.intake for row in world.rows if row.month < PERIOD.from_on)


@pytest.mark.parametrize(
    ("complete_from", "is_compared"), [(date(2024, 11, 1), True), (date(2024, 12, 1), False)]
)
def test_what_is_compared_with_is_what_the_gateway_says_is_complete(
    complete_from: date, *, is_compared: bool
) -> None:
    """Not what the first application of a small country suggests, here one of October 2025."""
    rows = tuple(row for row in random_world(3).rows if row.month >= date(2025, 10, 1))
    answer = answer_of(World(rows, dict.fromkeys(VISAS)))
    answer["country"]["completeFrom"] = complete_from.isoformat()
    today = read_today(answer, PERIOD, "country", "country")
    finding = change_finding(change_from(today, Address("en")), EN)
    assert ("the same period a year before" in finding.title) == is_compared
    assert (EN("today.nothing_before") in finding.notes) != is_compared


@pytest.mark.parametrize("why", REASONS)
@pytest.mark.parametrize("seed", WORLDS)
def test_the_groups_that_are_named_moved_as_is_said_and_furthest(seed: int, why: str) -> None:
    world = random_world(seed)
    change = change_from(today_of(world, why=why), Address("en", why=why))
    if change.total is None:
        return
    now = sums(world.of(PERIOD), "intake", lambda row: getattr(row, why))
    before = sums(world.of(PERIOD.year_before), "intake", lambda row: getattr(row, why))
    moved = {key: now.get(key, 0) - before.get(key, 0) for key in {*now, *before}}
    names = {
        "country": COUNTRIES,
        "visa": {code: code for code in VISAS},
        "partner": {"NUSA": "Nusa Visa Services", "ANDALAN": "Andalan Visa"},
        "purpose": PURPOSES,
        "channel": {code: EN(f"words.channel.{code}") for code in CHANNELS},
    }[why]
    total = sum(moved.values())
    notes = change_finding(change, EN).notes
    because = [note for note in notes if note.startswith("Most of")]
    same = sorted((abs(size) for size in moved.values() if size * total > 0), reverse=True)
    assert bool(because) == bool(same)
    for note in because:
        assert ("increase" in note) == (total > 0)
        found = re.findall(r"\(([+−][\d,]+)\)", note)
        assert [abs(whole(size)) for size in found] == same[:3]
        for code, name in names.items():
            if f"{name} (" in note:
                assert f"{name} ({'+' if moved[code] > 0 else '−'}{abs(moved[code]):,})" in note
    added = next(note for note in notes if "add up to exactly" in note)
    assert whole(added.split("exactly ")[1]) == total
    assert whole(added.split("from ")[1]) == sum(before.values())


@pytest.mark.parametrize("measure", [TARGET_RATE, REFUSAL_RATE])
@pytest.mark.parametrize("seed", WORLDS)
def test_a_rate_and_its_two_causes_are_those_of_the_rows(seed: int, measure: object) -> None:
    world = random_world(seed)
    field = "in_target" if measure is TARGET_RATE else "refused"
    address = Address("en", measure=getattr(measure, "id"))  # noqa: B009
    change = change_from(today_of(world), address)
    rates = []
    for period in (PERIOD, PERIOD.year_before):
        n = sum(row.decisions for row in world.of(period))
        rates.append(sum(getattr(row, field) for row in world.of(period)) / n if n else None)
    title = change_finding(change, EN).title
    if rates[0] is None:
        assert "nothing was decided" in title
        return
    assert f"{round(rates[0] * 100, 1):.1f}%" in title or f"{rates[0] * 100:.1f}%" in title
    if change.rate is None:
        return
    assert rates[1] is not None
    assert float(change.rate.change) == pytest.approx(rates[0] - rates[1], abs=1e-12)
    if "up" in title.split(",")[-1]:
        assert rates[0] > rates[1]
    if "down" in title.split(",")[-1]:
        assert rates[0] < rates[1]
    found = steps_of(change, EN)
    moved = [part for part in change.rate.contributions if part.change]
    assert bool(found) == bool(moved)
    if found:
        steps, total = found
        assert sum(step.size for step in steps) == pytest.approx(total.size, abs=1e-9)


@pytest.mark.parametrize("seed", WORLDS)
def test_a_place_that_is_named_is_where_it_is_said_to_be(seed: int) -> None:
    world = random_world(seed)
    attention = attention_from(today_of(world), Address("en"))
    refused = sums(world.of(PERIOD), "refused", lambda row: row.country)
    decided = sums(world.of(PERIOD), "decisions", lambda row: row.country)
    overall = sum(refused.values()) / max(sum(decided.values()), 1)
    finding = attention_finding(attention, EN)
    outside = {point.count.key for point in attention.funnel.outside}
    assert finding.is_concern == bool(outside or attention.sudden)
    assert ("within the usual limits" in finding.title) == (
        not outside and len(attention.funnel.points) > 1
    )
    for code, name in COUNTRIES.items():
        if name in finding.title:
            assert code in outside
    for note in finding.notes:
        found = re.match(
            r"(\w+): ([\d.]+)% of ([\d,]+) decisions were refusals \(95% interval: ([\d.]+)% to"
            r" ([\d.]+)%\), (above|below) the 95% limit of ([\d.]+)% .*; ([\d.]+)% overall",
            note,
        )
        if not found:
            continue
        code = next(code for code, name in COUNTRIES.items() if name == found[1])
        rate = refused[code] / decided[code]
        assert float(found[2]) == pytest.approx(100 * rate, abs=0.051)
        assert whole(found[3]) == decided[code]
        assert float(found[4]) - 0.06 <= 100 * rate <= float(found[5]) + 0.06
        assert (found[6] == "above") == (rate > overall)
        assert (100 * rate >= float(found[7]) - 0.06) == (found[6] == "above")
        assert float(found[8]) == pytest.approx(100 * overall, abs=0.051)


@pytest.mark.parametrize("seed", WORLDS)
def test_yes_and_no_are_against_the_promise_in_force(seed: int) -> None:
    world = random_world(seed)
    found = targets_from(today_of(world))
    title = promise_finding(found, Address("en"), EN).title
    judged, missed = [], []
    for visa, promised in world.promised.items():
        rows = [row for row in world.of(PERIOD) if row.visa == visa]
        n, in_time = sum(row.decisions for row in rows), sum(row.in_target for row in rows)
        if promised is None or n < ENOUGH:
            continue
        judged.append(visa)
        if 100 * in_time < promised * n:
            missed.append(visa)
    verdict = title.split(":")[0]
    if not judged:
        assert verdict == "Cannot be judged"
    elif not missed:
        assert verdict == "Yes"
    elif len(missed) == len(judged):
        assert verdict == "No"
    else:
        assert verdict == "Partly"
        assert f"{len(judged) - len(missed)} of {len(judged)} visa types" in title
        assert set(re.findall(r"[A-Z]\d+", title.split("not yet")[1])) == set(missed)


@pytest.mark.parametrize("seed", WORLDS)
def test_what_is_expected_and_what_held_is_what_the_months_say(seed: int) -> None:
    world = random_world(seed)
    coming = coming_from(today_of(world))
    months = sums(world.rows, "intake", lambda row: row.month.isoformat())
    known = [months[day] for day in sorted(months)]
    while known and not known[0]:
        known.pop(0)
    assert list(coming.counts) == known
    finding = coming_finding(coming, Address("en"), EN)
    if coming.outlook is None:
        assert finding.title == EN("today.coming_unknown")
        return
    assert coming.months == tuple(month_start(LAST, step) for step in (1, 2, 3))
    first = coming.outlook.coming[0]
    assert finding.title.startswith("November 2026: ")
    low, high = (
        int(text.replace(",", ""))
        for text in re.findall(r"[\d,]+(?= to)|(?<=to )[\d,]+", finding.title)
    )
    assert (low, high) == (round(first.low), round(first.high))
    inside = sum(
        range_.low <= count <= range_.high
        for range_, count in zip(coming.outlook.past, coming.counts, strict=True)
        if range_
    )
    judged = sum(range_ is not None for range_ in coming.outlook.past)
    assert inside <= coming.outlook.held.inside
    assert judged <= coming.outlook.held.months


def test_a_manager_reads_nothing_of_how_cases_ended() -> None:
    for seed in range(20):
        found = today_of(random_world(seed), has_outcomes=False)
        address = Address("en", measure=REFUSAL_RATE.id)
        change = change_from(found, address)
        assert change.measure is not REFUSAL_RATE
        attention = attention_from(found, address)
        seen = [
            change_finding(change, EN), attention_finding(attention, EN),
            promise_finding(targets_from(found), address, EN),
        ]  # fmt: skip
        for finding in seen:
            assert "efus" not in " ".join((finding.title, *finding.notes, finding.href))
        late = {point.count.key: point.count.cases for point in attention.funnel.points}
        world = random_world(seed).of(PERIOD)
        decided = sums(world, "decisions", lambda row: row.country)
        in_time = sums(world, "in_target", lambda row: row.country)
        assert late == {code: n - in_time[code] for code, n in decided.items() if n >= FEW}


def test_numbers_are_written_as_each_language_writes_them() -> None:
    world = random_world(3)
    for language, mark in (("id", "."), ("en", ",")):
        say = texts(language)
        finding = change_finding(change_from(today_of(world), Address(language)), say)
        now = sum(row.intake for row in world.of(PERIOD))
        assert f"{now:,}".replace(",", mark) in finding.title
    assert place_names(today_of(world), texts("id"))[""] == "Tanpa negara/wilayah mitra"


def test_the_question_is_of_the_period_the_year_before_and_whole_months() -> None:
    asked = variables_of(Address("id"), PERIOD, date(2026, 11, 25), place="centre")
    assert (asked["from"], asked["to"]) == ("2025-11-01", "2026-10-31")
    assert (asked["beforeFrom"], asked["beforeTo"]) == ("2024-11-01", "2025-10-31")
    assert asked["monthsTo"] == "2026-10-31"
    assert asked["place"] == "CENTRE"
    assert asked["hasOutcomes"]


def test_where_no_outcome_was_asked_for_none_is_spoken_of() -> None:
    found = today_of(random_world(1), has_outcomes=False)
    assert not found.has_outcomes
    assert found.total(found.now).refused is None
    assert REFUSAL_RATE not in measures_of(found)


def test_partners_and_the_directorate_ask_for_refusals_where_they_are_answered() -> None:
    for audience in ("partner", "processing"):
        asked = document(f"today/question:{audience}")
        assert asked.count("refused @include(if: $hasOutcomes)") == 3
        for outcome in ("granted", "overturned", "withdrawn"):
            assert outcome not in asked


def test_where_nothing_can_be_expected_the_busiest_of_the_last_months_is_named() -> None:
    counts = (40, *([2] * 6), 7, *([1] * 5))  # the first of them is more than a year ago
    finding = coming_finding(ComingMonths(date(2025, 10, 1), counts, None), Address("en"), EN)
    assert finding.notes[0] == (
        "24 applications came in during the last 12 months, at most 7 in one."
    )

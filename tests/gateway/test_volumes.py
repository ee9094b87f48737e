"""Volumes over HTTP: changes against other windows, ages, grounds and referrals."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.limits import MOST_ROOT_FIELDS
from gateway.mapping.figure_types import Span
from gateway.schema.volumes.comparisons import shift_question
from models.volumes import Period, Question
from tests.gateway.conftest import Traffic, Viewer

pytestmark = pytest.mark.anyio

CHANGES = "yearOnYear { value unit } monthOnMonth { value unit }"


def day(text: str) -> date:
    return date.fromisoformat(text)


async def rows(viewer: Viewer, window: str, group_by: str, fields: str) -> list[dict[str, Any]]:
    from_on, to_on = window.split()
    answer = await viewer(
        f'{{ volumes(from: "{from_on}", to: "{to_on}", groupBy: [{group_by}])'
        f" {{ rows {{ {fields} }} }} }}"
    )
    assert answer.errors == []
    return answer.data["volumes"]["rows"]


# Purposes of the trip ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        # Of one file nobody stated a purpose.
        ("leadership", {"TOURISM": 10, "BUSINESS": 1, None: 1}),
        ("manager-au", {"TOURISM": 4, "BUSINESS": 1}),
        ("agent-au", {"TOURISM": 2, "BUSINESS": 1}),
    ],
)
async def test_applications_are_counted_by_the_stated_purpose(
    who, name: str, stated: dict[str | None, int]
) -> None:
    window, viewer = "2025-01-01 2025-02-28", who[name]
    found = await rows(viewer, window, "TRIP_PURPOSE", "tripPurpose intake { value }")
    assert {row["tripPurpose"]: row["intake"]["value"] for row in found} == stated
    for purpose, number in (("eq: BUSINESS", 1), ("in: []", 0)):
        narrowed = await viewer(
            '{ volumes(from: "2025-01-01", to: "2025-02-28", groupBy: [],'
            f" where: {{tripPurpose: {{{purpose}}}}}) {{ rows {{ intake {{ value }} }} }} }}"
        )
        assert narrowed.data["volumes"]["rows"] == [{"intake": {"value": number}}]


# Aligned windows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "period", "span", "expected"),
    [
        # Whole months stay whole months.
        ("2025-02-01 2025-02-28", None, Span.YEAR, "2024-02-01 2024-02-29"),
        ("2025-02-01 2025-02-28", None, Span.MONTH, "2025-01-01 2025-01-31"),
        ("2024-12-01 2025-11-30", Period.MONTH, Span.YEAR, "2023-12-01 2024-11-30"),
        ("2025-01-01 2025-06-30", Period.QUARTER, Span.YEAR, "2024-01-01 2024-06-30"),
        # A cut month goes up to the same day, as far as there is one.
        ("2025-03-01 2025-03-20", Period.MONTH, Span.MONTH, "2025-02-01 2025-02-20"),
        ("2025-03-01 2025-03-30", None, Span.MONTH, "2025-02-01 2025-02-28"),
        ("2024-02-29 2024-03-15", None, Span.YEAR, "2023-02-28 2023-03-15"),
        # Weekdays meet.
        ("2025-03-03 2025-03-09", Period.WEEK, Span.YEAR, "2024-03-04 2024-03-10"),
        ("2025-03-03 2025-03-09", Period.DAY, Span.MONTH, "2025-02-03 2025-02-09"),
        # A quarter does not begin a month before another one.
        ("2025-01-01 2025-06-30", Period.QUARTER, Span.MONTH, None),
        ("2025-01-01 2025-12-31", Period.YEAR, Span.MONTH, None),
    ],
)
def test_windows_that_are_compared_are_aligned(
    window: str, period: Period | None, span: Span, expected: str | None
) -> None:
    question = Question(*map(day, window.split()), (), period)
    before = shift_question(question, span)
    assert (f"{before.from_on} {before.to_on}" if before else None) == expected


@pytest.mark.parametrize("span", Span)
@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK])
def test_a_week_is_compared_with_a_week(span: Span, period: Period) -> None:
    for offset in range(800):
        from_on = day("2023-12-25") + timedelta(days=offset)
        before = shift_question(Question(from_on, from_on + timedelta(days=6), (), period), span)
        assert before
        assert before.from_on.weekday() == from_on.weekday()
        assert before.to_on - before.from_on == timedelta(days=6)


# Changes -----------------------------------------------------------------------------------------


async def test_figures_tell_how_they_changed_from_the_month_before(who) -> None:
    measures = ("intake", "wip", "refusalRate", "targetRate", "turnaroundP50")
    fields = " ".join(f"{measure} {{ {CHANGES} }}" for measure in measures)
    january, february = await rows(
        who["leadership"], "2025-01-01 2025-02-28", "MONTH", f"period {{ startsOn }} {fields}"
    )
    # The data begin in January.
    assert [january[measure]["monthOnMonth"] for measure in measures] == [None] * 5
    assert [february[measure]["yearOnYear"] for measure in measures] == [None] * 5
    found = {measure: february[measure]["monthOnMonth"] for measure in measures}
    # 5 became 7, 1 became 3; rates in points.
    assert found["intake"] == {"value": pytest.approx(40), "unit": "PERCENT"}
    assert found["wip"] == {"value": pytest.approx(200), "unit": "PERCENT"}
    assert found["refusalRate"]["unit"] == "PERCENTAGE_POINTS"
    assert found["targetRate"]["unit"] == "PERCENTAGE_POINTS"
    assert found["turnaroundP50"]["unit"] == "PERCENT"


async def test_a_period_that_the_window_cuts_says_which_days_it_counts(who) -> None:
    found = await rows(
        who["leadership"], "2025-01-06 2025-02-20", "MONTH", "period { startsOn endsOn }"
    )
    assert [row["period"] for row in found] == [
        {"startsOn": "2025-01-06", "endsOn": "2025-01-31"},
        {"startsOn": "2025-02-01", "endsOn": "2025-02-20"},
    ]


async def test_a_change_is_that_of_the_two_answers(who) -> None:
    """Whatever is compared: the earlier window, asked for by itself, says the same."""
    fields = (
        "country { code } intake { value %s } refusalRate { value %s } turnaroundP90 { hours %s }"
    )
    plain, change = fields % ("", "", ""), "monthOnMonth { value }"
    now = await rows(
        who["officer"], "2025-02-01 2025-02-20", "COUNTRY", fields % (change, change, change)
    )
    before = await rows(who["officer"], "2025-01-01 2025-01-20", "COUNTRY", plain)
    was = {row["country"] and row["country"]["code"]: row for row in before}
    assert {"AU", "NZ"} <= {row["country"]["code"] for row in now if row["country"]}
    compared = 0
    for row in now:
        old = was.get(row["country"] and row["country"]["code"])
        for measure, value, is_rate in (
            ("intake", "value", False),
            ("refusalRate", "value", True),
            ("turnaroundP90", "hours", False),
        ):
            found = row[measure]["monthOnMonth"]
            new, earlier = row[measure][value], old and old[measure][value]
            if new is None or earlier is None or (earlier == 0 and not is_rate):
                assert found is None
                continue
            compared += 1
            expected = 100 * (new - earlier) if is_rate else 100 * (new / earlier - 1)
            assert found["value"] == pytest.approx(expected)
    assert compared >= 3


@pytest.mark.parametrize(
    "name",
    ["leadership", "manager-au", "manager-andalan", "manager-pacific", "agent-au", "anonymous"],
)
async def test_figures_are_complete_from_the_same_day_for_everybody(who, name: str) -> None:
    """Andalan's first application came in February, and the public reads none at all."""
    answer = await who[name](
        '{ volumes(from: "2025-01-01", to: "2025-03-31", groupBy: []) { completeFrom } }'
    )
    assert answer.errors == []
    assert answer.data == {"volumes": {"completeFrom": "2025-01-01"}}


async def test_a_place_is_compared_with_the_time_before_its_first_application(who) -> None:
    """Two of February 2025 are all that Andalan had in the first quarter."""
    fields = "intake { value yearOnYear { value } }"
    (row,) = await rows(who["manager-andalan"], "2026-01-01 2026-03-31", "", fields)
    assert row == {"intake": {"value": 0, "yearOnYear": {"value": -100}}}
    (row,) = await rows(who["manager-andalan"], "2025-12-01 2026-03-31", "", fields)
    assert row == {"intake": {"value": 0, "yearOnYear": None}}, "the data begin in January 2025"


async def test_a_window_that_is_not_over_is_compared_up_to_today(who) -> None:
    fields = f"intake {{ value {CHANGES} }}"
    (row,) = await rows(who["leadership"], "2025-01-01 2034-12-31", "", fields)
    assert row == {"intake": {"value": 12, "yearOnYear": None, "monthOnMonth": None}}
    (row,) = await rows(who["leadership"], "2099-01-01 2099-01-31", "", fields)
    assert row == {"intake": {"value": 0, "yearOnYear": None, "monthOnMonth": None}}


async def test_each_comparison_takes_one_statement_and_only_if_asked(who, traffic) -> None:
    group = "country { code } intake { value } granted { value }"
    await rows(who["leadership"], "2025-02-02 2025-02-28", "COUNTRY", group)
    assert len(figures_read(traffic)) == 1
    traffic.statements.clear()
    one = "a: intake { yearOnYear { value } } b: granted { ...Changed }"
    answer = await who["leadership"](
        f"""{{
            volumes(from: "2025-02-03", to: "2025-02-28", groupBy: [COUNTRY]) {{
                rows {{ {group} {one} }}
            }}
        }}
        fragment Changed on CountFigure {{ yearOnYear {{ unit }} }}"""
    )
    assert answer.errors == []
    assert len(figures_read(traffic)) == 2


def figures_read(traffic: Traffic) -> list[str]:
    return [text for text in traffic.statements if "volume_daily" in text]


async def test_a_managers_statements_touch_no_outcome(who, traffic) -> None:
    fields = " ".join(
        f"{measure} {{ {value} {CHANGES} }}"
        for measure, value in {
            "intake": "value", "wip": "value", "backlog": "value", "revenue": "value { amount }",
            "infoRequestRate": "value", "handoverP90": "hours", "wipAgeP90": "hours",
        }.items()
    )  # fmt: skip
    assert await rows(who["manager-au"], "2025-01-01 2025-02-28", "COUNTRY, MONTH", fields)
    assert traffic.statements
    for text in traffic.statements:
        for outcome in ("granted", "refused", "withdrawn", "lapsed", "within_target", "cohort"):
            assert outcome not in text


# Ages and the target of the intake ---------------------------------------------------------------


async def test_ages_are_those_at_the_end_of_the_last_day(who) -> None:
    fields = "wipAgeP50 { hours measured precision } wipAgeP90 { hours } wipAgeOldest { hours }"
    (row,) = await rows(who["manager-au"], "2025-02-01 2025-02-28", "COUNTRY", fields)
    # Paid on 27 February at 09:00, alone: 39 hours at midnight.
    assert row["wipAgeP50"] == {
        "hours": pytest.approx(39, rel=0.01), "measured": 1, "precision": "ROUNDED",
    }  # fmt: skip
    (row,) = await rows(who["leadership"], "2025-02-01 2025-02-28", "", fields)
    # Singapore's since 10 and 25 February at 09:00: 18 days 15 hours, and 3 days 15 hours.
    assert row["wipAgeP50"]["hours"] == pytest.approx(87, rel=0.01)
    assert row["wipAgeP50"]["measured"] == 3
    assert row["wipAgeOldest"]["hours"] == pytest.approx(447, rel=0.01)


async def test_a_day_that_is_not_over_has_no_ages_yet(who) -> None:
    fields = "wipAgeP50 { hours measured }"
    (row,) = await rows(who["leadership"], "2090-01-01 2090-01-31", "", fields)
    assert row == {"wipAgeP50": {"hours": None, "measured": 0}}


async def test_the_intakes_target_rate_counts_what_is_open_and_late(who) -> None:
    fields = "targetRateIntake { value denominator precision } targetRate { denominator }"
    (row,) = await rows(who["auditor"], "2025-02-01 2025-02-28", "", fields)
    # Of seven: two decided, in time; three open and late; one lapsed, one withdrawn.
    assert row["targetRateIntake"]["precision"] == "EXACT"
    assert row["targetRateIntake"]["denominator"] == 5
    assert row["targetRateIntake"]["value"] == pytest.approx(2 / 5)


# Grounds and referrals ---------------------------------------------------------------------------


async def test_a_correction_takes_its_ground_away_on_the_day_of_the_decision(who) -> None:
    for viewer in ("leadership", "officer", "supervisor", "auditor"):
        answer = await who[viewer](
            """{ refusalGrounds(from: "2025-01-01", to: "2025-02-28", groupBy: MONTH) {
                rows { ground period { startsOn endsOn } refused { value precision } }
            } }"""
        )
        month = {"startsOn": "2025-01-01", "endsOn": "2025-01-31"}
        one = {"value": 1, "precision": "EXACT"}
        # The refusal of February was corrected to a grant.
        assert answer.data["refusalGrounds"]["rows"] == [
            {"ground": "INCOMPLETE", "period": month, "refused": one},
            {"ground": "SECURITY", "period": month, "refused": one},
        ]


async def test_grounds_and_referrals_of_a_window_are_those_of_its_first_and_last_day(who) -> None:
    """Counted day by day, each alone, they are those of the two months."""
    for field, figures in {
        "refusalGrounds": ["refused"],
        "screeningReferrals": ["referred", "held"],
    }.items():
        counts = " ".join(f"{name} {{ value }}" for name in figures)
        days = (date(2025, 1, 1) + timedelta(number) for number in range(59))
        windows = [f'd{one:%m%d}: {field}(from: "{one}", to: "{one}")' for one in days]
        whole = f'whole: {field}(from: "2025-01-01", to: "2025-02-28") {{ rows {{ {counts} }} }}'
        found: Counter[str] = Counter()
        for begin in range(0, len(windows), MOST_ROOT_FIELDS - 1):
            some = windows[begin : begin + MOST_ROOT_FIELDS - 1]
            fields = " ".join(f"{window} {{ rows {{ {counts} }} }}" for window in some)
            data = (await who["supervisor"](f"{{ {whole} {fields} }}")).data
            of_both_months = _total(data.pop("whole"))
            for rows_of_a_day in data.values():
                found += _total(rows_of_a_day)
        assert found == of_both_months
        assert found.total() > 1


def _total(table: Any) -> Counter[str]:
    return Counter(
        {
            name: sum(row[name]["value"] for row in table["rows"])
            for name in {name for row in table["rows"] for name in row}
        }
    )


async def test_referrals_and_holds_are_for_leadership_and_supervision(who) -> None:
    query = """{ screeningReferrals(from: "2025-01-01", to: "2025-02-28", groupBy: MONTH) {
        asOf rows { period { startsOn } referred { value } held { value } }
    } }"""
    for viewer in ("leadership", "supervisor"):
        rows_ = (await who[viewer](query)).data["screeningReferrals"]["rows"]
        assert [(r["referred"]["value"], r["held"]["value"]) for r in rows_] == [(2, 0), (2, 1)]
    for viewer in ("officer", "auditor", "manager-au", "agent-au", "applicant", "anonymous"):
        assert "FORBIDDEN_FIELD" in (await who[viewer](query)).codes


async def test_who_is_in_the_country_is_for_leadership_and_supervision(who, connection) -> None:
    """Of the small world nobody crossed, and what was not revoked expired."""
    unused = "SELECT count(*) FROM visa WHERE num_nulls(revoked_at, superseded_at) = 2"
    query = """{ stayFigures(from: "2025-01-01", to: "2025-12-31", groupBy: YEAR, by: NATIONALITY) {
        rows { nationality period { startsOn } inCountry { value } unused { value } } } }"""
    others = "officer auditor manager-au agent-au applicant service border carrier anonymous"
    for viewer in others.split():
        assert "FORBIDDEN_FIELD" in (await who[viewer](query)).codes, viewer
    for viewer in ("leadership", "supervisor"):
        rows_ = (await who[viewer](query)).data["stayFigures"]["rows"]
        assert {row["inCountry"]["value"] for row in rows_ if row["nationality"]} == {0}
        assert sum(row["unused"]["value"] for row in rows_) == await connection.fetchval(unused)


async def test_partners_and_applicants_have_no_grounds(who) -> None:
    query = '{ refusalGrounds(from: "2025-01-01", to: "2025-02-28") { rows { ground } } }'
    for viewer in ("manager-au", "agent-au", "applicant", "service", "administrator", "anonymous"):
        assert "FORBIDDEN_FIELD" in (await who[viewer](query)).codes


@pytest.mark.parametrize("field", ["refusalGrounds", "screeningReferrals", "stayFigures"])
async def test_national_figures_keep_the_rules_of_windows(who, field: str) -> None:
    query = '{ %s(from: "2025-02-01", to: "2025-01-01") { asOf } }'
    assert (await who["supervisor"](query % field)).codes == ["INVALID_INPUT"]

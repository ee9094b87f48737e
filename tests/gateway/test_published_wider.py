"""A rate that is withheld leads to the nearest wider cell whose rate is published."""

from datetime import date
from typing import Any

import pytest

from gateway.schema.volumes.published import WiderCells
from models.publication.reading import GridQuestion
from models.publication.sets import DimensionSet
from models.volumes import Dimension, Measure, Period
from tests.gateway.both_ways import ComparingClient
from tests.gateway.conftest import Viewer
from tests.gateway.published_crowd import PERIOD, WIDER, YEAR, app, ask

__all__ = ["app"]

pytestmark = pytest.mark.anyio


async def follow(viewer: Viewer, wider: Any) -> Any:
    """The row to which a wider cell leads, asked for as a front end would."""
    names = ("country", "nationality", "visaType")
    named = [f'{name}: {{eq: "{wider[name]}"}}' for name in names if wider[name]]
    named += [f"region: {{eq: {wider['region']}}}"] if wider["region"] else []
    where = f", where: {{{', '.join(named)}}}" if named else ""
    window = f'from: "{wider["from"]}", to: "{wider["to"]}"'
    groups = ", ".join(wider["groupBy"])
    (row,) = (
        await ask(
            viewer, f"{window}, groupBy: [{groups}]{where}", "refusalRate { value upperBound }"
        )
    )["rows"]
    return row["refusalRate"]


@pytest.mark.parametrize("groups", ["NATIONALITY", "VISA_TYPE", "REGION", "COUNTRY"])
async def test_each_withheld_rate_names_the_nearest_published_one(who, groups: str) -> None:
    fields = f"refusalRate {{ value precision {WIDER} }} {PERIOD}"
    for period in ("MONTH", "QUARTER", "YEAR"):
        rows = (await ask(who["anonymous"], f"{YEAR}, groupBy: [{groups}, {period}]", fields))[
            "rows"
        ]
        for row in rows:
            rate = row["refusalRate"]
            wider = rate["nearestWider"]
            if rate["precision"] != "SUPPRESSED":
                assert wider is None
            elif wider is not None:
                assert wider["from"] <= row["period"]["startsOn"] <= row["period"]["endsOn"]
                assert row["period"]["endsOn"] <= wider["to"]
                answer = await follow(who["anonymous"], wider)
                assert answer["value"] is not None or answer["upperBound"] is not None


@pytest.mark.parametrize("name", ["manager-au", "anonymous"])
async def test_the_nearest_wider_cell_is_the_same_by_a_plan(who, name: str) -> None:
    answer, is_planned = await ComparingClient(who[name])(
        f"{{ volumes({YEAR}, groupBy: [NATIONALITY, MONTH], published: true)"
        f" {{ rows {{ refusalRate {{ value precision {WIDER} }} }} }} }}"
    )
    assert (answer.errors, is_planned) == ([], True)
    assert '"nearestWider":{' in answer.text


#: Groups from the finest to the widest, and the codes by which their rows are told apart.
GROUPS = {"NATIONALITY": ("nationality",), "": ()}
PERIODS = ("MONTH", "QUARTER", "YEAR")


async def test_a_longer_period_is_nearer_than_a_wider_group(who) -> None:
    fields = f"nationality {{ code }} refusalRate {{ precision {WIDER} }} {PERIOD}"
    rows = {
        (groups, period): (
            await ask(who["anonymous"], f"{YEAR}, groupBy: [{groups} {period}]", fields)
        )["rows"]
        for groups in GROUPS
        for period in PERIODS
    }
    found: set[tuple[str, str]] = set()
    for row in rows["NATIONALITY", "MONTH"]:
        if row["refusalRate"]["precision"] == "SUPPRESSED":
            wider = row["refusalRate"]["nearestWider"]
            expected = nearest(rows, row)
            assert (expected is None) == (wider is None)
            if expected and wider:
                (groups, period), cell = expected
                assert (wider["period"], wider["from"]) == (period, cell["period"]["startsOn"])
                assert wider["groupBy"] == (groups.split() or [])
                assert wider["nationality"] == ((groups and row["nationality"]["code"]) or None)
                found.add((groups, period))
    assert found > {("NATIONALITY", "QUARTER")}


@pytest.mark.parametrize(
    ("measure", "published"),
    [
        *((each, name) for each in ("granted", "refused", "refusal_rate")
          for name in ("refused", "refused_below")),
        ("intake", "intake"),
        ("target_rate", "target_rate"),
    ],
)  # fmt: skip
def test_refusals_that_are_a_bound_are_a_value_of_all_that_comes_from_them(
    measure: str, published: str
) -> None:
    """And nothing else is: a country leads to its region by what it lacks."""
    month, codes = date(2025, 2, 1), {Dimension.REGION: "OCEANIA", Dimension.COUNTRY: "AU"}
    asked = GridQuestion(DimensionSet.COUNTRY, Period.MONTH, month, date(2025, 2, 28))
    names = ("intake", "refused", "refused_below", "target_rate")
    figures = {name: 10 if name == published else None for name in names}
    cell = {"dimension_set": "region", "period": "month", "starts_on": month, **figures}
    rows = [{**cell, Dimension.REGION: "OCEANIA"}]
    found = WiderCells(asked, rows).nearest(codes, month, Measure(measure))
    assert found
    assert found.region == "OCEANIA"
    other = Measure.INTAKE if published != "intake" else Measure.TARGET_RATE
    assert WiderCells(asked, rows).nearest(codes, month, other) is None


def nearest(rows: Any, row: Any) -> Any:
    """The first cell around a row whose refusals are published, with its groups and period."""
    for groups, names in GROUPS.items():
        for period in PERIODS:
            for cell in rows[groups, period]:
                begins, ends = cell["period"]["startsOn"], cell["period"]["endsOn"]
                is_around = begins <= row["period"]["startsOn"] <= ends
                is_published = cell["refusalRate"]["precision"] != "SUPPRESSED"
                if is_around and is_published and all(cell[name] == row[name] for name in names):
                    return (groups, period), cell
    return None

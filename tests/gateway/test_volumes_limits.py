"""How long a window of the volumes may be, where it may lie, and how many rows come of it."""

import pytest

from gateway.schema.volumes import query
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio


async def refusal(viewer: Viewer, from_on: str, to_on: str, groups: str = "") -> str:
    """What is said of a question that is refused; nothing of one that is answered."""
    answer = await viewer(
        f'{{ volumes(from: "{from_on}", to: "{to_on}", groupBy: [{groups}])'
        " { rows { intake { value } } } }"
    )
    assert answer.codes == ["INVALID_INPUT"] * len(answer.errors)
    return " ".join(error["message"] for error in answer.errors)


@pytest.mark.parametrize(
    ("from_on", "to_on", "groups", "says"),
    [
        ("2015-12-24", "2025-12-31", "", ""),
        ("2015-12-23", "2025-12-31", "", "at most 3660 days after `from`"),
        ("2025-01-01", "2025-01-01", "", ""),
        ("2025-01-02", "2025-01-01", "", "before"),
        ("2000-01-01", "2000-01-31", "", ""),
        ("1999-12-31", "2000-01-31", "", "`from` must be a day from 2000-01-01 to 2099-12-31"),
        ("2099-12-01", "2099-12-31", "", ""),
        ("2099-12-01", "2100-01-01", "", "`to` must be a day from 2000-01-01 to 2099-12-31"),
        ("2025-01-01", "2025-01-31", "MONTH, COUNTRY", ""),
        ("2025-01-01", "2025-01-31", "MONTH, DAY", "one period"),
    ],
)
async def test_a_window_lies_in_this_century_and_lasts_ten_years_at_most(
    who, from_on: str, to_on: str, groups: str, says: str
) -> None:
    said = await refusal(who["leadership"], from_on, to_on, groups)
    assert (says in said) if says else not said


async def test_more_rows_than_the_limit_are_refused_and_as_many_are_not(who, monkeypatch) -> None:
    window = ("2025-01-01", "2025-02-28", "MONTH")
    monkeypatch.setattr(query, "MOST_ROWS", 1)
    assert "more than 1 rows" in await refusal(who["leadership"], *window)
    monkeypatch.setattr(query, "MOST_ROWS", 2)
    assert await refusal(who["leadership"], *window) == ""


async def test_what_two_fragments_select_is_read_once_however_often_they_are_spread(who) -> None:
    answer = await who["leadership"](
        """
        query { volumes(from: "2025-01-01", to: "2025-02-28", groupBy: []) {
            rows { ...Counted ...Counted ... on VolumeRow { ...Counted decisions { value } } }
        } }
        fragment Counted on VolumeRow { intake { value yearOnYear { value } } }
        """
    )
    assert answer.errors == []
    [row] = answer.data["volumes"]["rows"]
    assert set(row) == {"intake", "decisions"}
    assert row["intake"]["value"] > 0

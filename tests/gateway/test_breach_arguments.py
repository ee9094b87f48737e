"""What may be asked about the people of a breach: for which window, and of whom."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from gateway.schema.supervision.people_in_reach import parse_reach
from gateway.schema.supervision.people_read import LONGEST_READ_WINDOW, window_mistakes


@pytest.mark.parametrize(
    ("seconds", "path"),
    [
        (0, "before"),
        (1, None),
        (LONGEST_READ_WINDOW.total_seconds(), None),
        (LONGEST_READ_WINDOW.total_seconds() + 1, "before"),
    ],
)
def test_a_window_is_at_least_an_instant_and_at_most_a_year(
    seconds: float, path: str | None
) -> None:
    since = datetime(2025, 1, 1, tzinfo=UTC)
    found = [*window_mistakes(since, since + timedelta(seconds=seconds), None)]
    assert [mistake.argument for mistake in found] == ([(path,)] if path else [])


@pytest.mark.parametrize(
    ("role", "partner", "places", "paths"),
    [
        ("PARTNER_AGENT", "NUSA", 300, []),
        ("PARTNER_AGENT", "NUSA", 301, ["places"]),
        ("PARTNER_AGENT", None, 0, ["partner"]),
        ("OFFICER", None, 0, []),
        ("OFFICER", "NUSA", 0, ["partner"]),
        ("OFFICER", None, 1, ["places"]),
    ],
)
def test_a_partner_and_its_places_are_an_agents(
    role: str, partner: str | None, places: int, paths: list[str]
) -> None:
    window = {
        "from": datetime(2025, 2, 10, tzinfo=UTC),
        "before": datetime(2025, 2, 11, tzinfo=UTC),
    }
    values = {**window, "role": role, "partner": partner, "places": ["AU"] * places}
    found = [*parse_reach(SimpleNamespace(values=values))]  # type: ignore[arg-type]
    assert [mistake.argument for mistake in found] == [(path,) for path in paths]

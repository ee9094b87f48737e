"""Own refusal rates beside those of the whole network, as a partner's manager reads them."""

from datetime import date
from typing import Any

from dashboard.components.html_part import html_of
from dashboard.model.measures import MANAGING
from dashboard.model.page_state import Address
from dashboard.model.period import Period
from dashboard.model.user import User
from dashboard.model.volumes import read_volumes
from dashboard.pages.volumes.outcomes import outcomes
from dashboard.pages.volumes.view import View
from dashboard.texts import texts
from tests.dashboard.some_volumes import some_data

QUARTER = Period(date(2026, 7, 1), date(2026, 9, 30))
MANAGER = User("PARTNER_MANAGER", ("PARTNER_MANAGER",), "Sari", "NUSA", ("AU",))


def row(code: str, refused: float, decisions: int, network: dict[str, Any] | None) -> Any:
    rate = {"value": refused, "denominator": decisions}
    return {"visaType": {"code": code, "name": code}, "refusalRate": rate, "network": network}


def panel(*rows: Any, language: str = "en") -> str:
    """The panel of these visa types, as HTML."""
    data = some_data(date(2024, 12, 1))
    if rows:
        data["network"] = {"rows": list(rows)}
    address = Address(language, by="visa")
    volumes = read_volumes(data, QUARTER, address)
    return html_of(outcomes(View(address, MANAGER, MANAGING, QUARTER, volumes, texts(language))))


def test_own_rates_stand_beside_those_of_the_network_the_largest_group_first() -> None:
    whole = {"refusalRate": {"value": 0.04, "denominator": 5_000}}
    found = panel(row("C1", 0.1, 40, whole), row("B1", 0.05, 200, whole))
    assert found.index("B1") < found.index("C1")
    for text in ("200", "5.0%", "5,000", "4.0%", "10.0%"):
        assert text in found
    assert "As first decided" in found


def test_where_the_rest_of_the_network_is_small_it_is_said() -> None:
    assert "too few elsewhere" in panel(row("B1", 0.05, 200, None))
    assert "terlalu sedikit di tempat lain" in panel(row("B1", 0.05, 200, None), language="id")


def test_nothing_is_shown_where_the_network_was_not_asked_for() -> None:
    assert panel() == ""

"""The dashboard's questions are valid for every role that asks them."""

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

import gateway
from dashboard.api import document
from dashboard.measures import AUDIENCES

ROLES = Path(gateway.__file__).parent / "schema" / "roles"
ASKED = [("viewer", path.stem) for path in sorted(ROLES.glob("*.graphql"))] + [
    (audience.document, role.lower()) for role, audience in AUDIENCES.items()
]


@pytest.mark.parametrize(("name", "role"), ASKED)
def test_document_is_valid_for_its_roles(name: str, role: str) -> None:
    schema = build_schema((ROLES / f"{role}.graphql").read_text("utf-8"))
    assert validate(schema, parse(document(name))) == []


@pytest.mark.parametrize("audience", set(AUDIENCES.values()), ids=lambda each: each.document)
def test_a_document_asks_for_every_measure_that_its_audience_sees(audience) -> None:
    asked = document(audience.document)
    for measure in audience.main:
        assert f"  {measure.field} {{" in asked
    for measure in audience.more:
        assert f"  {measure.field} @include(if: $hasMore) {{" in asked


def test_a_partner_manager_asks_for_outcomes_only_as_published() -> None:
    text = document("processing_volumes_partner")
    assert text.count("...Published") == 1
    exact = re.sub(r"fragment Published.*?\n}\n", "", text, flags=re.DOTALL)
    for outcome in ("decisions", "refus", "granted", "turnaround", "targetRate"):
        assert outcome not in exact

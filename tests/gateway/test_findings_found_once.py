"""What several fields of an operation ask alike is found once."""

from typing import Any

import pytest

from gateway.schema.findings import query as findings_query

pytestmark = pytest.mark.anyio


async def test_what_fields_of_one_operation_ask_alike_is_found_once(
    who, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Any] = []
    claims_of = findings_query.claims_of

    def find_and_record(figures: Any) -> Any:
        found.append(figures)
        return claims_of(figures)

    monkeypatch.setattr(findings_query, "claims_of", find_and_record)
    window = 'from: "2025-01-01", to: "2025-03-31"'
    some, others = (
        f"findings({window}, kinds: [{kind}]) {{ rows {{ kind }} }}"
        for kind in ("CHANGE", "WAITING")
    )
    answer = await who["leadership"](f"{{ some: {some} others: {others} again: {some} }}")
    assert answer.errors == []
    kinds = {name: {row["kind"] for row in table["rows"]} for name, table in answer.data.items()}
    assert kinds == {"some": {"CHANGE"}, "others": {"WAITING"}, "again": {"CHANGE"}}
    assert len(found) == 1

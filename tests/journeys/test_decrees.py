"""A decree's way: proposed by one administrator, approved by another, and read by whoever asks."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from tests.gateway.administering import administer, change_of, later, refusal_of, today
from tests.gateway.changing import IDENTITY, pay, rupiah, submitted_case
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

HISTORY = """query($where: ReferenceChangeWhere, $after: Cursor) {
    referenceChanges(first: 2, after: $after, where: $where) {
        pageInfo { hasNextPage endCursor }
        nodes {
            id kind subject state decree reason effectiveOn
            proposedBy approvedBy cancelledBy cancelReason
            values { name before after }
        }
    }
}"""
FEES = '{ visaType(by: {code: "B1"}) { fees { price { amount } validFrom } } }'
DECREE = "PP 45 Tahun 2026"


async def history(viewer: Viewer, **where: Any) -> list[Any]:
    """The ledger as far as it is asked for, page by page."""
    nodes: list[Any] = []
    after = None
    while True:
        asked = await viewer(HISTORY, where=where, after=after)
        assert asked.errors == [], asked.text
        page = asked.data["referenceChanges"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes


async def amount_billed(who: dict[str, Viewer]) -> int:
    """What somebody is to pay who applies now."""
    asked = await who["agent-au"](
        "query($id: ID!) { application(by: {id: $id}) { bill { fee { amount } } } }",
        id=await submitted_case(who, identity=dict(IDENTITY)),
    )
    return int(asked.data["application"]["bill"]["fee"]["amount"])


async def a_day_passes(connection: asyncpg.Connection, day: date) -> None:
    """For what is to be in force tomorrow: its day lies one day further back."""
    await connection.execute(
        "UPDATE fee SET valid_from = valid_from - 1 WHERE valid_from = $1", day
    )
    await connection.execute(
        "UPDATE reference_change SET effective_on = effective_on - 1 WHERE effective_on = $1", day
    )


async def test_a_fee_by_decree_is_cancelled_proposed_anew_and_in_force_on_its_day(
    who: dict[str, Viewer], world: str, connection: asyncpg.Connection
) -> None:
    first, second = who["administrator"], who["administrator-2"]
    on = await today(connection)
    tomorrow = date.fromisoformat(later(on, 1))
    fee = {
        "visaType": "B1",
        "useWithinDays": 90,
        "decree": DECREE,
        "validFrom": tomorrow.isoformat(),
    }

    # A decree raises the fee. It was copied wrongly: nothing is in force by one person's word.
    wrong = change_of(
        await administer(first, "proposeFee", **fee, fee=rupiah(6_500_000), reason="New tariff.")
    )
    assert (wrong["state"], wrong["subject"], wrong["effectiveOn"]) == (
        "PROPOSED", "B1", tomorrow.isoformat(),
    )  # fmt: skip
    assert wrong["values"] == [
        {"line": 1, "kind": "FEE", "name": "useWithinDays", "before": "90", "after": "90"},
        {"line": 1, "kind": "FEE", "name": "amountIdr", "before": "500000", "after": "6500000"},
        {"line": 1, "kind": "FEE", "name": "isOffered", "before": "true", "after": "true"},
    ]
    assert refusal_of(await administer(first, "approveReferenceChange", changeId=wrong["id"])) == (
        "SECOND_PERSON_REQUIRED", ["changeId"],
    )  # fmt: skip
    # Meanwhile nobody proposes another for the same day: which one would count?
    other = await administer(second, "proposeFee", **fee, fee=rupiah(600_000), reason="As decreed.")
    assert refusal_of(other) == ("ALREADY_PROPOSED", [])

    # The second one reads it, and sees the zero too many. Cancelling takes no second person.
    cancelled = change_of(
        await administer(
            second, "cancelReferenceChange", changeId=wrong["id"], reason="A zero too many."
        )
    )
    assert (cancelled["state"], cancelled["cancelledBy"]) == ("CANCELLED", "administrator-2")
    assert len((await first(FEES)).data["visaType"]["fees"]) == 1

    # Proposed anew and approved by the other: everybody reads what will be in force from when.
    right = change_of(
        await administer(first, "proposeFee", **fee, fee=rupiah(650_000), reason="New tariff.")
    )
    approved = change_of(await administer(second, "approveReferenceChange", changeId=right["id"]))
    assert (approved["state"], approved["approvedBy"]) == ("APPROVED", "administrator-2")
    assert refusal_of(await administer(second, "approveReferenceChange", changeId=right["id"])) == (
        "ALREADY_APPROVED",
        ["changeId"],
    )
    assert (await who["anonymous"](FEES)).data["visaType"]["fees"] == [
        {"price": {"amount": 650_000}, "validFrom": tomorrow.isoformat()},
        {"price": {"amount": 500_000}, "validFrom": "2020-01-01"},
    ]
    # Today still costs what it did; from its day on, the new fee is billed.
    assert await amount_billed(who) == 500_000
    await a_day_passes(connection, tomorrow)
    assert await amount_billed(who) == 650_000
    assert refusal_of(
        await administer(first, "cancelReferenceChange", changeId=right["id"], reason="Late.")
    ) == ("ALREADY_IN_FORCE", ["changeId"])

    # An auditor reads both fees, who did what, and by which decree; and where it all began.
    read = await history(who["auditor"], subject={"eq": "B1"}, kind={"eq": "FEE"})
    assert [
        (one["state"], one["decree"], one["proposedBy"], one["approvedBy"], one["cancelReason"],
         [(value["before"], value["after"])
          for value in one["values"] if value["name"] == "amountIdr"])
        for one in read
    ] == [
        ("APPROVED", DECREE, "administrator", "administrator-2", None, [("500000", "650000")]),
        ("CANCELLED", DECREE, "administrator", None, "A zero too many.", [("500000", "6500000")]),
        ("INITIAL", None, None, None, None, [(None, "500000")]),
    ]  # fmt: skip
    for name in ("leadership", "officer", "supervisor", "administrator"):
        assert await history(who[name], subject={"eq": "B1"}, kind={"eq": "FEE"}) == read
    for name in ("manager-au", "agent-au", "applicant", "service", "screening", "treasury"):
        refused = await who[name](HISTORY, where={})
        assert set(refused.codes) == {"FORBIDDEN_FIELD"}


async def test_an_approved_change_is_cancelled_before_its_day_and_everything_is_as_it_was(
    who: dict[str, Viewer], world: str, connection: asyncpg.Connection
) -> None:
    first, second = who["administrator"], who["administrator-2"]
    on = await today(connection)
    values = {
        "code": "D12", "nameEn": "Pre-investment", "nameId": "Prainvestasi",
        "category": "INVESTMENT", "stayDays": 60, "isMultipleEntry": True,
        "fee": rupiah(5_000_000), "hours": 120, "promisedPercent": 95, "validFrom": later(on, 9),
    }  # fmt: skip
    change = change_of(await administer(first, "proposeVisaType", **values))
    assert {(one["kind"], one["name"], one["after"]) for one in change["values"]} >= {
        ("VISA_TYPE", "stayDays", "60"), ("FEE", "amountIdr", "5000000"),
        ("SERVICE_TARGET", "promisedPercent", "95"), ("ELIGIBILITY", "purpose", "INVESTMENT"),
    }  # fmt: skip
    change_of(await administer(second, "approveReferenceChange", changeId=change["id"]))

    # A later fee of it is decreed, so it cannot just go: that one is cancelled first.
    fee = {"visaType": "D12", "useWithinDays": 90, "fee": rupiah(6_000_000)}
    fee["validFrom"] = later(on, 30)
    later_fee = change_of(await administer(first, "proposeFee", **fee))
    change_of(await administer(second, "approveReferenceChange", changeId=later_fee["id"]))
    said_why = {"reason": "The decree was withdrawn."}
    builds = await administer(first, "cancelReferenceChange", changeId=change["id"], **said_why)
    assert refusal_of(builds) == ("CHANGED_MEANWHILE", ["changeId"])
    for id_ in (later_fee["id"], change["id"]):
        change_of(await administer(first, "cancelReferenceChange", changeId=id_, **said_why))
    asked = await first('{ visaType(by: {code: "D12"}) { code } }')
    assert asked.data["visaType"] is None
    assert await pay(who, await submitted_case(who), paid=rupiah(1))


async def test_a_proposal_whose_day_has_passed_is_proposed_again(
    who: dict[str, Viewer], world: str, connection: asyncpg.Connection
) -> None:
    first, second = who["administrator"], who["administrator-2"]
    on = await today(connection)
    change = change_of(
        await administer(first, "proposeEntryRule", country="SG", entry="VISA_FREE",
                         validFrom=later(on, 1))
    )  # fmt: skip
    await connection.execute(
        "UPDATE reference_change SET effective_on = effective_on - 2 WHERE state = 'PROPOSED'"
    )
    lapsed = await administer(second, "approveReferenceChange", changeId=change["id"])
    assert refusal_of(lapsed) == ("DATE_PASSED", ["changeId"])
    change_of(
        await administer(first, "proposeEntryRule", country="SG", entry="VISA_FREE",
                         validFrom=later(on, 1))
    )  # fmt: skip

"""A family that is handed in together has one bill: one code, one receipt, a share of each file."""

from asyncio import create_task, gather, sleep
from random import randrange
from typing import Any

import pytest

from models.volumes import fold, verify
from tests.gateway.changing import change, pay, perform, receipt, row_id, rupiah
from tests.journeys.test_family import hand_in, member
from tests.journeys.test_money_returned import REVENUE, assigned, kept, reversed_
from tests.journeys.test_renewed_bills import lapse
from tests.journeys.test_treasury import BY_CODE, FORM
from tests.world import today

pytestmark = pytest.mark.anyio

NAMES = ("Olive", "Jack", "Mia", "Noah")
SHARE = """
    query ($case: ID!) { node(id: $case) { ... on Application { stage bill {
        code fee { amount } familyFee { amount } dueAt paidAt receiptNumber reversedAt
    } } } }
"""
EFFECT = """
    query ($case: ID!) { node(id: $case) { ... on Application { bill { reversalEffect } } } }
"""
LISTED = """query ($code: String!) {
    bills(first: 9, where: {code: {eq: $code}}) {
        nodes { code fee { amount } familyFee { amount } }
    }
}"""
FORMER = """query ($code: String!) {
    formerBills(first: 9, where: {code: {eq: $code}}) {
        nodes { bill { code } familyBill { code fee { amount } } }
    }
}"""


async def family(agent: Any, *names: str) -> list[str]:
    """The files of a family that is billed together."""
    members = [member(name) for name in names or NAMES]
    taken = await hand_in(agent, members, isGroup=True, isBilledTogether=True)
    return [one["application"]["id"] for one in taken["results"]]


async def share(viewer: Any, case: str) -> dict[str, Any]:
    file = (await viewer(SHARE, case=case)).data["node"]
    return {**file["bill"], "stage": file["stage"]}


async def pay_code(who: Any, case: str, code: str, amount: int, **given: Any) -> Any:
    return await pay(who, case, billingCode=code, paid=rupiah(amount), **given)


async def revenue(who: Any, connection: Any) -> int:
    await fold(connection)
    day = {"from": today().isoformat(), "to": today().isoformat()}
    rows = (await who["leadership"](REVENUE, **day)).data["volumes"]["rows"]
    return sum(row["revenue"]["value"]["amount"] for row in rows)


async def test_a_family_of_four_pays_once(who, connection) -> None:
    agent, treasury, number = who["agent-au"], who["treasury"], receipt()
    before = await revenue(who, connection)
    cases = await family(agent)
    shares = [await share(agent, case) for case in cases]
    [code] = {one["code"] for one in shares}
    assert {(one["fee"]["amount"], one["familyFee"]["amount"]) for one in shares} == {
        (500_000, 2_000_000)
    }
    # The treasury finds one bill, and lists it once.
    assert (await treasury(BY_CODE, code=code)).data["bill"]["fee"]["amount"] == 2_000_000
    whole = {"code": code, "fee": {"amount": 2_000_000}, "familyFee": None}
    assert (await treasury(LISTED, code=code)).data["bills"]["nodes"] == [whole]

    # A share does not pay it, nor does a rupiah less; who reports it pays for all.
    for amount in (500_000, 1_999_999, 2_000_001):
        assert (await pay_code(who, cases[0], code, amount)).codes == ["AMOUNT_DIFFERS"]
    assert (await pay_code(who, cases[0], code, 2_000_000, receiptNumber=number)).is_done
    paid = [await share(agent, case) for case in cases]
    assert {(one["stage"], one["receiptNumber"]) for one in paid} == {("IN_PROCESS", number)}
    assert all(one["paidAt"] for one in paid)
    found = (await treasury(BY_CODE, code=code)).data["bill"]
    assert (found["receiptNumber"], found["fee"]["amount"]) == (number, 2_000_000)
    assert (await pay_code(who, cases[0], code, 2_000_000)).codes == ["BILL_CLOSED"]
    single = await perform(agent, "submitApplication", **FORM)
    assert (await pay(who, single, receiptNumber=number)).codes == ["RECEIPT_USED"]
    assert await revenue(who, connection) == before + 2_000_000
    assert await verify(connection) == []

    # One of them has no need of a visa any more. The bank takes the payment back: each file owes
    # its fee, and all pay it anew under one other code, whatever became of them.
    await perform(agent, "withdrawApplication", cases[3])
    gone = await reversed_(treasury, number, "R-1")
    assert gone["bill"] == {
        "code": code, "reversedAt": gone["bill"]["reversedAt"], "reversalNumber": "R-1",
        "reversalEffect": "HELD",
    }  # fmt: skip
    assert await revenue(who, connection) == before
    assert all([(await share(agent, case))["reversedAt"] for case in cases])
    effects = [
        (await who["supervisor"](EFFECT, case=case)).data["node"]["bill"]["reversalEffect"]
        for case in cases
    ]
    assert effects == ["HELD", "HELD", "HELD", "NONE"]
    await perform(agent, "renewBill", cases[2])
    anew = [await share(agent, case) for case in cases]
    [other] = {one["code"] for one in anew}
    assert other != code
    assert {(one["paidAt"], one["reversedAt"]) for one in anew} == {(None, None)}
    await perform(agent, "withdrawApplication", cases[2])
    assert (await reversed_(treasury, number, "R-1"))["bill"]["code"] == other
    assert (await pay_code(who, cases[0], other, 2_000_000, receiptNumber=number)).codes == [
        "RECEIPT_USED"
    ]
    assert (await pay_code(who, cases[0], other, 2_000_000)).is_done
    assert await revenue(who, connection) == before + 2_000_000
    assert await verify(connection) == []


async def test_a_file_that_is_withdrawn_before_payment_leaves_the_bill(who) -> None:
    agent, treasury = who["agent-au"], who["treasury"]
    cases = await family(agent)
    code = (await share(agent, cases[0]))["code"]
    await perform(agent, "withdrawApplication", cases[1])
    left = await share(agent, cases[1])
    assert left["code"] != code
    assert (left["familyFee"], left["fee"]["amount"]) == (None, 500_000)
    rest = [await share(agent, case) for case in (cases[0], *cases[2:])]
    assert {one["familyFee"]["amount"] for one in rest} == {1_500_000}

    # Who pays the old sum all the same: it is kept, and fits nothing. What is left pays the rest.
    number = receipt()
    old = await pay_code(who, cases[0], code, 2_000_000, receiptNumber=number)
    assert old.codes == ["AMOUNT_DIFFERS"]
    payment = (await kept(treasury, code, 2_000_000, number))["unmatchedPayment"]["id"]
    differs = await assigned(treasury, payment, code)
    assert [each["code"] for each in differs["errors"]] == ["AMOUNT_DIFFERS"]
    assert (await pay_code(who, cases[0], code, 1_500_000)).is_done
    assert (await share(agent, cases[1]))["stage"] == "CLOSED"
    assert (await pay(who, cases[1])).codes == ["BILL_CLOSED"]

    # Once each has left, nothing is paid under the code.
    cases = await family(agent, "Olive", "Jack")
    code = (await share(agent, cases[0]))["code"]
    for case in cases:
        await perform(agent, "withdrawApplication", case)
    assert (await pay_code(who, cases[0], code, 1)).codes == ["BILL_CLOSED"]


async def test_a_kept_payment_pays_the_bill_of_a_family_and_no_share(who, connection) -> None:
    agent, number = who["agent-au"], receipt()
    cases = await family(agent, "Olive", "Jack")
    code = (await share(agent, cases[0]))["code"]
    fewer = (await kept(who["treasury"], "1", 500_000, receipt()))["unmatchedPayment"]["id"]
    differs = await assigned(who["treasury"], fewer, code)
    assert [each["code"] for each in differs["errors"]] == ["AMOUNT_DIFFERS"]
    number_of_share = "SELECT billing_code FROM bill WHERE application_id = $1"
    own = await connection.fetchval(number_of_share, row_id(cases[0]))
    unknown = await assigned(who["treasury"], fewer, own)
    assert [each["code"] for each in unknown["errors"]] == ["NOT_FOUND"]
    assert (await pay_code(who, cases[0], own, 500_000)).codes == ["NOT_FOUND"]
    payment = (await kept(who["treasury"], "1", 1_000_000, number))["unmatchedPayment"]["id"]
    assert (await assigned(who["treasury"], payment, code))["errors"] == []
    alone = await pay_code(who, cases[0], code, 1_000_000, receiptNumber=number)
    assert alone.codes == ["SECOND_PERSON_REQUIRED"]
    given = {"receiptNumber": number, "by": "treasury-2"}
    assert (await pay_code(who, cases[0], code, 1_000_000, **given)).is_done


async def test_a_lapsed_code_of_a_family_is_renewed_once_for_all(who, connection) -> None:
    agent = who["agent-au"]
    cases = await family(agent, "Olive", "Jack")
    code = (await share(agent, cases[0]))["code"]
    assert (await change(agent, "renewBill", cases[1])).codes == ["BILL_PAYABLE"]
    for case in cases:
        await lapse(connection, case, 8)
    whole = "SET issued_at = issued_at - interval '8 days', due_at = due_at - interval '8 days'"
    await connection.execute(f"UPDATE bill {whole} WHERE billing_code = $1", code)
    first, second = await gather(*(change(agent, "renewBill", case) for case in cases))
    assert sorted((first.codes, second.codes)) == [[], ["BILL_PAYABLE"]]
    renewed = [await share(agent, case) for case in cases]
    [new] = {one["code"] for one in renewed}
    assert new != code
    [told] = [one.payload["bill"] for one in (first, second) if one.is_done]
    assert told["code"] == new
    assert len({one["dueAt"] for one in renewed}) == 1
    [former] = (await who["treasury"](FORMER, code=code)).data["formerBills"]["nodes"]
    assert former == {"bill": None, "familyBill": {"code": new, "fee": {"amount": 1_000_000}}}
    assert (await pay_code(who, cases[0], code, 1_000_000)).codes == ["BILL_CLOSED"]
    assert (await pay_code(who, cases[0], new, 1_000_000)).is_done


async def test_a_payment_that_waits_for_a_renewal_does_not_pay_the_new_code(
    who, connection
) -> None:
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    await lapse(connection, case, 8)
    code = (await share(who["agent-au"], case))["code"]
    async with connection.transaction():
        lock = "SELECT FROM application WHERE id = $1 FOR NO KEY UPDATE"
        await connection.execute(lock, row_id(case))
        payment = create_task(pay_code(who, case, code, 500_000))
        await sleep(0.5)  # it waits for the case by then
        await connection.execute(
            "INSERT INTO former_bill (id, application_id, replaced_by, renewed_by)"
            " VALUES (gen_random_uuid(), $1, $2, 'agent-au')",
            row_id(case), f"{randrange(10**15):015}",
        )  # fmt: skip
    assert (await payment).codes == ["BILL_CLOSED"]


async def test_a_payment_and_a_withdrawal_at_once_leave_no_half(who) -> None:
    agent = who["agent-au"]
    cases = await family(agent)
    code = (await share(agent, cases[0]))["code"]
    paid, withdrawn = await gather(
        pay_code(who, cases[0], code, 2_000_000),
        change(agent, "withdrawApplication", cases[3]),
    )
    assert withdrawn.is_done
    # Whoever comes second finds what the first one did.
    assert paid.codes in ([], ["AMOUNT_DIFFERS"], ["BILL_CLOSED"])
    for case in cases[:3]:
        assert ((await share(agent, case))["paidAt"] is not None) == paid.is_done


@pytest.mark.parametrize(
    ("given", "files"),
    [({"isGroup": False}, 2), ({"isGroup": True}, 21), ({"groupReference": "G-0000-0000-0000"}, 2)],
)
async def test_a_family_is_a_new_group_of_up_to_twenty(who, given, files) -> None:
    form = {"applications": [member("Olive")] * files, "isBilledTogether": True, **given}
    answer = await hand_in(who["agent-au"], form.pop("applications"), **form)
    error = {"code": "INVALID", "path": ["input", "isBilledTogether"]}
    assert error in answer["errors"]
    assert answer["results"] == []


async def test_of_a_family_those_are_billed_together_who_could_be_handed_in(who) -> None:
    agent = who["agent-au"]
    wrong = member("Noah")
    wrong["identity"]["passportNumber"] = "??"
    members = [member("Olive"), member("Jack"), wrong]
    taken = await hand_in(agent, members, isGroup=True, isBilledTogether=True)
    olive, jack, _ = (one["application"] for one in taken["results"])
    assert (await share(agent, olive["id"]))["familyFee"]["amount"] == 1_000_000
    # One alone has a bill as any other.
    twenty = [member(f"Child {number}") for number in range(20)]
    taken = await hand_in(agent, twenty, isGroup=True, isBilledTogether=True)
    last = await share(agent, taken["results"][19]["application"]["id"])
    assert last["familyFee"]["amount"] == 10_000_000
    alone = await hand_in(agent, [member("Mia"), wrong], isGroup=True, isBilledTogether=True)
    assert (await share(agent, alone["results"][0]["application"]["id"]))["familyFee"] is None
    # Who travels separately reads nothing of it.
    assert (await who["manager-andalan"](SHARE, case=jack["id"])).data["node"] is None

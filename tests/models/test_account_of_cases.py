"""What judges and pays is in the account: a superuser rewrites it, with and past the triggers."""

import shutil
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from models.account import integrate
from models.account.findings import Report, Tampering
from models.database.connections import connect, connected
from models.jobs.forget_changes import forget
from models.row_keys import new_key
from tests.accounts import find_tampering, insert, past_triggers, read_five, sign
from tests.world import application_id

pytestmark = pytest.mark.anyio

HIT = application_id("AUPO-SECU-0003")
OPEN = application_id("SGPO-OPEN-0006")
UNPAID = application_id("DIRE-UNPA-0011")
HELD = application_id("SGPO-HELD-0007")
CHANGED, REMOVED, CONTRADICTED = Tampering.CHANGED, Tampering.REMOVED, Tampering.CONTRADICTED


@pytest.fixture(scope="module")
async def signed(world: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the checkpoints: all of the world is signed, an alert included."""
    folder = tmp_path_factory.mktemp("checkpoints")
    alert = {"id": new_key(), "kind": "READ_BUDGET", "actor": "officer", "actor_role": "OFFICER"}
    async with connected(world) as connection:
        await insert(connection, "alert", alert)
        await sign(connection, folder)
        assert await find_tampering(connection, folder) == []
    return folder


@pytest.fixture
def folder(signed: Path, tmp_path: Path) -> Path:
    """A copy of it, to which a test adds its own."""
    return shutil.copytree(signed, tmp_path / "checkpoints")


@pytest.fixture
async def account(signed: Path, rolled_back: asyncpg.Connection) -> asyncpg.Connection:
    """A superuser's connection, in a transaction that is rolled back."""
    return rolled_back


async def _key(account: asyncpg.Connection, table: str, condition: str) -> UUID:
    key = await account.fetchval(f"SELECT id FROM {table} WHERE {condition} LIMIT 1")
    assert key is not None
    return key if isinstance(key, UUID) else UUID(int=key)


#: What a superuser does, in which table, to which of its rows, and what is named then.
REWRITTEN = {
    "a hit is turned clear": (
        "UPDATE screening SET result = 'CLEAR'", "screening", f"application_id = '{HIT}'", CHANGED,
    ),
    "a hit is no longer asked about": (
        "UPDATE screening SET result = 'PENDING', answered_at = NULL, answered_by = NULL",
        "screening", f"application_id = '{HIT}'", CHANGED,
    ),
    "a hit is voided": (
        "UPDATE screening SET voided_at = now()", "screening", f"application_id = '{HIT}'",
        CONTRADICTED,
    ),
    "a hit is deleted": (
        "DELETE FROM screening", "screening", f"application_id = '{HIT}'", REMOVED,
    ),
    "a refusal is turned into a grant": (
        "UPDATE application SET status = 'GRANTED'", "application", f"id = '{HIT}'", CONTRADICTED,
    ),
    "a case is pointed at somebody else": (
        "UPDATE application SET applicant_id = (SELECT max(id::text) FROM applicant)::uuid",
        "application", f"id = '{HIT}'", CHANGED,
    ),
    "a hold is taken off": (
        "UPDATE application SET is_held = false", "application", f"id = '{HELD}'", CONTRADICTED,
    ),
    "an event says something else": (
        "UPDATE application_event SET actor = 'officer'", "application_event",
        f"application_id = '{HIT}' AND kind = 'REFUSED'", CHANGED,
    ),
    "a desk is moved": (
        "UPDATE assignment SET officer = 'officer-2'", "assignment",
        f"application_id = '{OPEN}' AND ended_at IS NULL", CHANGED,
    ),
    "a case is moved to another desk": (
        "UPDATE application SET officer = 'officer-2'", "application", f"id = '{OPEN}'",
        CONTRADICTED,
    ),
    "a case is put on a supervisor's desk": (
        "UPDATE application SET supervisor = 'supervisor-2'", "application", f"id = '{UNPAID}'",
        CONTRADICTED,
    ),
    "an alert is about somebody else": (
        "UPDATE alert SET actor = 'officer-2'", "alert", "true", CHANGED,
    ),
    "an alert is deleted": ("DELETE FROM alert", "alert", "true", REMOVED),
}  # fmt: skip


async def test_what_was_written_first_enters_first(account) -> None:
    first, second, *_ = await read_five(account)
    assert await integrate(account, 2) == 2
    newest = "SELECT row_id FROM account_leaf ORDER BY position DESC LIMIT 2"
    assert [row["row_id"] for row in await account.fetch(newest)] == [second, first]


@pytest.mark.parametrize("is_past_triggers", [False, True], ids=["by SQL", "past triggers"])
@pytest.mark.parametrize("what", REWRITTEN)
async def test_what_a_superuser_rewrites_is_named(
    account, folder: Path, what: str, is_past_triggers: bool
) -> None:
    """Also once the keeper has integrated it."""
    statement, table, condition, kind = REWRITTEN[what]
    key = await _key(account, table, condition)
    rewrite = f"{statement} WHERE {condition}"
    attempt = account.transaction()
    try:
        await attempt.start()
        if is_past_triggers:
            async with past_triggers(account):
                await account.execute(rewrite)
        else:
            await account.execute(rewrite)
        await attempt.commit()
    except asyncpg.PostgresError:  # a trigger refused it
        await attempt.rollback()
        assert not is_past_triggers
        return
    for _ in range(2):
        found = await find_tampering(account, folder)
        named = [(found_kind, text) for found_kind, text in found if f"{table} {key} " in text]
        assert kind in [found_kind for found_kind, _ in named], found
        await sign(account, folder)


async def test_a_bill_that_nobody_paid_is_named(account, folder: Path) -> None:
    await account.execute(
        "UPDATE bill SET paid_at = now(), receipt_number = '0123456789ABCDEF'"
        " WHERE application_id = $1", UNPAID,
    )  # fmt: skip
    assert await find_tampering(account, folder) == [
        (Tampering.UNRECORDED, f"bill_payment {UNPAID} was written past the account"),
        (CONTRADICTED, f"bill {UNPAID} is paid, and no event says so"),
    ]


async def test_a_bill_with_a_new_code_is_another_entry(account, folder: Path) -> None:
    """Its account follows the code, and tells of one that was changed past it."""
    await account.execute(
        "UPDATE bill SET issued_at = now() - interval '8 days', due_at = now() - interval '1 day'"
        " WHERE application_id = $1", UNPAID,
    )  # fmt: skip
    await account.execute(
        "UPDATE application SET pay_by = now() + interval '1 day' WHERE id = $1", UNPAID
    )
    assert [kind for kind, _ in await find_tampering(account, folder)] == [Tampering.CHANGED]
    new = {"id": new_key(), "application_id": UNPAID, "replaced_by": "2" * 15}
    await insert(account, "former_bill", {**new, "renewed_by": "applicant"})
    assert await sign(account, folder) == 2  # the former code, and the bill
    assert await find_tampering(account, folder) == []
    await account.execute(
        "UPDATE bill SET billing_code = $2 WHERE application_id = $1", UNPAID, "3" * 15
    )
    assert [kind for kind, _ in await find_tampering(account, folder)] == [Tampering.CHANGED]
    # A first payment under it is brought by its event.
    await account.execute(
        "UPDATE bill SET paid_at = clock_timestamp(), receipt_number = $2"
        " WHERE application_id = $1", UNPAID, "B" * 16,
    )  # fmt: skip
    assert await account.fetchval("SELECT count(*) FROM account_outbox") == 0


async def test_a_familys_bill_is_in_the_account_by_its_shares(account, folder: Path) -> None:
    await account.execute(
        "INSERT INTO bill (billing_code, family_id, amount_idr, issued_at, due_at, paid_at,"
        " receipt_number) VALUES ($1, gen_random_uuid(), 500000, now(), now() + interval '1 day',"
        " clock_timestamp(), $2)", "5" * 15, "C" * 16,
    )  # fmt: skip
    assert await find_tampering(account, folder) == []
    joined = "UPDATE bill SET family_code = $2 WHERE application_id = $1"
    await account.execute(joined, UNPAID, "5" * 15)
    assert [kind for kind, _ in await find_tampering(account, folder)] == [Tampering.CHANGED]
    # A share that leaves is another entry: its case has ended, which its event says.
    await account.execute(
        "UPDATE application SET status = 'PAYMENT_EXPIRED', closed_at = now() WHERE id = $1", UNPAID
    )
    waits = "SELECT count(*) FROM account_outbox WHERE source = 'bill' AND row_id = $1"
    assert await account.fetchval(waits, UNPAID) == 1


async def test_a_payment_anew_is_another_entry(account, folder: Path) -> None:
    paid = await account.fetchval("SELECT receipt_number FROM bill WHERE application_id = $1", OPEN)
    gone = {"id": new_key(), "receipt_number": paid, "reversal_number": "1", "reason": "So."}
    await insert(account, "payment_reversal", {**gone, "reported_by": "treasury"})
    new = {"id": new_key(), "application_id": OPEN, "replaced_by": "4" * 15}
    await insert(account, "former_bill", {**new, "renewed_by": "agent"})
    # The reversal, the former code, the bill, and that it is not paid.
    assert await sign(account, folder) == 4
    assert await find_tampering(account, folder) == []
    await account.execute(
        "UPDATE bill SET paid_at = clock_timestamp(), receipt_number = $2"
        " WHERE application_id = $1", OPEN, "A" * 16,
    )  # fmt: skip
    assert await sign(account, folder) == 1
    assert await find_tampering(account, folder) == []


async def test_a_hit_is_voided_once_its_entry_of_the_ban_list_has_ended(
    account, folder: Path
) -> None:
    ban, hit = new_key(), await _key(account, "screening", f"application_id = '{HIT}'")
    async with past_triggers(account):
        await account.execute("UPDATE screening SET ban_id = $2 WHERE id = $1", hit, ban)
        match = {"id": new_key(), "ban_id": ban, "application_id": HIT, "by": "PASSPORT"}
        await insert(account, "ban_match", match)
        await account.execute("UPDATE screening SET voided_at = now() WHERE id = $1", hit)
    voided = (CONTRADICTED, f"screening {hit} was voided without a reason")
    assert voided in await find_tampering(account, folder)
    async with past_triggers(account):  # no entry of the list is there, which a key names
        await account.execute("UPDATE ban_match SET ended_at = now()")
    assert voided not in await find_tampering(account, folder)


def test_of_many_rows_twenty_are_named() -> None:
    report, keys = Report(), [new_key() for _ in range(21)]
    for number in (20, 21):
        report.findings.clear()
        report.add_rows(REMOVED, [("decision", key) for key in keys[:number]], "is gone")
        named = [f"decision {key} is gone" for key in keys[:20]]
        more = [f"1 more, of {number}"] if number > 20 else []
        assert [one.what for one in report.findings] == named + more


async def test_all_that_is_deleted_is_named(account, folder: Path) -> None:
    """A case's events, and the alerts: each of them."""
    events = await account.fetch("SELECT id FROM application_event WHERE application_id = $1", OPEN)
    async with past_triggers(account):
        await account.execute("DELETE FROM application_event WHERE application_id = $1", OPEN)
        await account.execute("DELETE FROM bill WHERE application_id = $1", OPEN)
    await sign(account, folder)
    found = await find_tampering(account, folder)
    assert len(events) == 4
    for (id_,) in events:
        assert (REMOVED, f"application_event {UUID(int=id_)} is gone") in found
    for name in ("bill", "bill_payment"):
        assert (REMOVED, f"{name} {OPEN} is gone") in found


async def test_what_is_written_past_the_triggers_is_named(account, folder: Path) -> None:
    """An event that is in no feed, and a decision that fits it."""
    event = {"application_id": HIT, "sequence": 99, "kind": "GRANTED", "actor": "officer"}
    event |= {"occurred_at": await account.fetchval("SELECT now()"), "actor_role": "OFFICER"}
    async with past_triggers(account):
        await insert(account, "application_event", event)
        await account.execute("UPDATE application SET status = 'GRANTED' WHERE id = $1", HIT)
    key = await _key(account, "application_event", "sequence = 99")
    found = await find_tampering(account, folder)
    assert (
        Tampering.UNRECORDED, f"application_event {key} was written past the account"
    ) in found  # fmt: skip
    assert (
        CONTRADICTED, f"application {HIT} is GRANTED, and its decision says REFUSED"
    ) in found  # fmt: skip


async def test_a_step_is_an_entry_without_a_row_of_its_own_in_the_outbox(
    account, folder: Path
) -> None:
    """What a case's event brings is found by the feed, so its transaction writes nothing more."""
    event = {"application_id": UNPAID, "sequence": 3, "kind": "PAID", "actor": "treasury"}
    event |= {"occurred_at": await account.fetchval("SELECT now()"), "actor_role": "TREASURY"}
    await account.execute(
        "UPDATE application SET status = 'PAID', paid_at = now(), fee_idr = 500000,"
        " target_due_at = now() WHERE id = $1", UNPAID,
    )  # fmt: skip
    await account.execute(
        "UPDATE bill SET paid_at = now(), receipt_number = '0123456789ABCDEF'"
        " WHERE application_id = $1", UNPAID,
    )  # fmt: skip
    await insert(account, "application_event", event)
    assert await account.fetchval("SELECT count(*) FROM account_outbox") == 0
    assert await find_tampering(account, folder) == []  # before the keeper has passed, too
    assert await sign(account, folder) == 2
    assert await find_tampering(account, folder) == []
    assert await sign(account, folder) == 0
    # A dump that is loaded elsewhere meets younger transactions: what it had is known all the same.
    await account.execute("UPDATE account_source SET changes_from = 1 << 60 WHERE changes_from > 0")
    await insert(account, "application_event", event | {"sequence": 4, "kind": "RECEIVED"})
    assert await sign(account, folder) == 1
    assert await find_tampering(account, folder) == []


async def test_more_than_a_batch_is_integrated_in_its_order_and_nothing_is_left(world: str) -> None:
    keeper, quick = [await connect(world) for _ in range(2)]
    while await integrate(keeper):
        pass
    for _ in range(3):  # which the feed has
        await _answer(quick, HELD)
    assert [await integrate(keeper, 2) for _ in range(3)] == [2, 1, 0]
    await read_five(quick)
    rows = await keeper.fetch("SELECT row_id FROM account_outbox ORDER BY id")
    assert [await integrate(keeper, 2) for _ in range(4)] == [2, 2, 1, 0]
    leaves = await keeper.fetch("SELECT row_id FROM account_leaf ORDER BY position DESC LIMIT 5")
    assert leaves[::-1] == rows
    for connection in (keeper, quick):
        await connection.close()


async def test_what_a_long_transaction_wrote_is_found_later(world: str, folder: Path) -> None:
    """Events that were committed beside it are integrated meanwhile, and once."""
    keeper, slow, quick = [await connect(world) for _ in range(3)]
    count = "SELECT count(*) FROM account_leaf WHERE source = 'application_event'"
    await sign(keeper, folder)
    before = await keeper.fetchval(count)
    waiting = slow.transaction()
    await waiting.start()
    await _answer(slow, HIT)
    for number in range(1, 4):
        await _answer(quick, HELD)
        assert await sign(keeper, folder) == 1
        assert await keeper.fetchval(count) == before + number
        assert await find_tampering(keeper, folder) == []
    await waiting.commit()
    assert await find_tampering(keeper, folder) == []
    assert await sign(keeper, folder) == 1
    await _answer(quick, HIT)
    assert await sign(keeper, folder) == 1
    # The feed forgets what was integrated, and nothing else.
    await quick.execute("UPDATE application_change SET written_at = now() - interval '9 days'")
    await _answer(quick, HIT)
    await quick.execute("UPDATE application_change SET written_at = now() - interval '9 days'")
    assert await forget(keeper)
    assert await sign(keeper, folder) == 1
    assert await find_tampering(keeper, folder) == []
    for connection in (keeper, slow, quick):
        await connection.close()


async def _answer(connection: asyncpg.Connection, case: UUID) -> None:
    await connection.execute(
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
        " SELECT $1, 1 + max(sequence), 'ANSWER_PROPOSED', now() FROM application_event"
        " WHERE application_id = $1", case,
    )  # fmt: skip

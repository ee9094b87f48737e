"""Receipts of the key service and the log of reads say the same, or both sides are named."""

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from models import AccessEvent, TrackingTry, VisaCheck
from models.account import reconcile_all, seal_entries
from models.account.findings import Report
from models.account.reconciling import APART_SECONDS, reconcile
from models.jobs.keys import reconcile_receipts
from models.key_service import Cause, Relation, RelationKind
from models.key_service.receipts import Receipt, ReceiptPage, ReceiptVerb, Reconciled
from models.row_keys import new_key
from tests.accounts import insert, past_triggers
from tests.gateway.judged import Judged, judged_gateway
from tests.gateway.log_lines import log_lines
from tests.gateway.test_judged import CASEWORK, OPEN, SUPERVISION, names_read
from tests.gateway.ways import FLIGHT
from tests.world import CASES, applicant_id

pytestmark = pytest.mark.anyio

LOOK_UP = """
    query @purpose(code: SUPERVISION, reference: "SGPO-OPEN-0006") {
        people(by: {passport: {issuingState: "SG", number: "PSG0001"}}) { id }
    }
"""
CHECK = (
    f'{{ visaStatus(visaNumber: "X", passport: {{issuingState: "AU", number: "X"}}, {FLIGHT}) }}'
)
TRACK = """
    { trackedFile(reference: "%s", birthDate: "1990-02-03",
        passport: {issuingState: "AU", number: "X"}) { stage } }
"""
#: As a superuser does it: what was counted as written is gone again, and nobody signs it.
_REMOVING = """
    CREATE FUNCTION remove_again() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET session_replication_role = replica SET search_path = public AS $$
    BEGIN
        EXECUTE format('DELETE FROM %I WHERE id = $1', TG_ARGV[0]) USING NEW.id;
        DELETE FROM account_outbox WHERE row_id = NEW.id;
        RETURN NULL;
    END $$;
"""


@contextlib.asynccontextmanager
async def removed_again(owner: asyncpg.Connection, *tables: str) -> AsyncIterator[None]:
    """Entries are removed in the transaction that wrote them, after each was counted."""
    await owner.execute(_REMOVING)
    for table in tables:
        await owner.execute(
            f"CREATE TRIGGER zz_remove AFTER INSERT ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION remove_again('{table}')"
        )
    try:
        yield
    finally:
        await owner.execute("DROP FUNCTION remove_again CASCADE")


@pytest.fixture(scope="module")
async def judged(world: str) -> AsyncIterator[Judged]:
    async with judged_gateway(world) as running:
        yield running


def later() -> float:
    """When the operations of this test are over."""
    return time.time() + 3 * APART_SECONDS


async def compared(judged: Judged) -> list[str]:
    """What `gerbang audit verify` names, once operations are over."""
    report = Report()
    await reconcile_all(judged.signing, judged.owner, report, later())
    return [str(finding) for finding in report.findings]


async def keep(judged: Judged) -> int:
    """One pass after the other, as the keeper; return how many alerts there are."""
    while await reconcile_receipts(judged.signing, judged.owner, later()):
        pass
    number: int = await judged.owner.fetchval("SELECT count(*) FROM alert WHERE kind = 'UNLOGGED'")
    return number


async def test_reads_of_every_kind_have_both(judged: Judged) -> None:
    who = judged.who
    assert await names_read(who["officer"], CASEWORK, case=OPEN) == ["Wei Tan"]
    assert (await who["supervisor"](LOOK_UP)).errors == []
    assert (await who["border"](CHECK)).data == {"visaStatus": "NOT_OK"}
    assert (await who["anonymous"](TRACK % OPEN)).codes == ["NOT_FOUND"]
    # Entries of the ban list are opened to be compared: they are in no log of reads.
    ban = new_key()
    await judged.linking.make_data_keys([ban], relations=[Relation(RelationKind.BAN, "", ban)])
    assert await judged.linker.open_data_keys([ban], Cause.BANS)
    # Refused, changed, or of somebody else: nobody is opened, and nobody logged.
    assert await names_read(who["officer"], CASEWORK, case="SGPO-HELD-0007") == []
    assert await compared(judged) == []
    assert await keep(judged) == 0


async def test_reads_whose_entries_are_removed_again_are_named_and_raise_an_alert(
    judged: Judged,
) -> None:
    """The gateway counted each as written, and the account never saw it."""
    references = [case.reference for case in CASES]
    viewer = judged.who["supervisor-2"]
    async with removed_again(judged.owner, "access_event", "person_lookup"):
        read = [await names_read(viewer, SUPERVISION, case=one) for one in references]
        assert (await viewer(LOOK_UP)).errors == []
    assert sum(map(len, read)) == len(CASES)
    found = await compared(judged)
    assert len(found) == len(CASES) + 1
    assert found[0].startswith("unlogged: the receipt ")
    assert found[0].endswith(" opened 1, whom the log of reads lacks")
    assert found[-1].endswith(" is of an unlogged look-up")
    with log_lines() as log:
        assert await keep(judged) == 1
        assert await keep(judged) == 1
    [alert] = await judged.owner.fetch("SELECT * FROM alert WHERE kind = 'UNLOGGED'")
    assert (alert["actor"], alert["actor_role"]) == ("supervisor-2", "SUPERVISOR")
    assert "supervisor-2" not in "".join([*found, *map(str, log.lines)])


async def test_a_try_to_track_a_file_has_both_or_is_named(judged: Judged) -> None:
    before = await compared(judged)
    async with removed_again(judged.owner, "tracking_try"):
        assert (await judged.who["anonymous"](TRACK % "ELSE")).codes == ["NOT_FOUND"]
    forged = {"id": new_key(), "file": b"f" * 16, "source": b"s" * 16, "is_found": True}
    [sealed] = await seal_entries(judged.keys, TrackingTry, [{**forged, "trace_id": "0" * 32}])
    await insert(judged.owner, "tracking_try", sealed)
    try:
        found = [one for one in await compared(judged) if one not in before]
    finally:
        async with past_triggers(judged.owner):
            await judged.owner.execute("DELETE FROM tracking_try WHERE id = $1", forged["id"])
    await keep(judged)
    # That of the file; and that of the source, unless another try came from there.
    *unlogged, unopened = found
    assert unlogged
    assert all(one.endswith(" is of an unlogged look-up") for one in unlogged)
    assert unopened.startswith(f"unopened: tracking_try {forged['id']} has no receipt")


async def test_a_check_of_a_visa_has_both_or_is_named(judged: Judged) -> None:
    before = await compared(judged)
    async with removed_again(judged.owner, "visa_check"):
        assert (await judged.who["carrier"](CHECK)).data == {"visaStatus": "NOT_OK"}
    forged = {"id": new_key(), "actor": "accused", "actor_role": "BORDER", "passenger": b"p" * 32}
    forged |= {"is_usable": True, "trace_id": "0" * 32}
    [sealed] = await seal_entries(judged.keys, VisaCheck, [forged])
    await insert(judged.owner, "visa_check", sealed)
    try:
        found = [one for one in await compared(judged) if one not in before]
    finally:
        async with past_triggers(judged.owner):
            await judged.owner.execute("DELETE FROM visa_check WHERE id = $1", forged["id"])
    await keep(judged)
    unlogged, unopened = found
    assert unlogged.endswith(" is of an unlogged look-up")
    assert unopened == f"unopened: visa_check {forged['id']} has no receipt of the key service"


@contextlib.asynccontextmanager
async def accusing(judged: Judged, **dated: datetime) -> AsyncIterator[UUID]:
    """A captured gateway has the key of seals, and accuses somebody."""
    entry = {
        "id": new_key(), "applicant_id": applicant_id("Ruby Hale"), "actor": "accused",
        "actor_role": "OFFICER", "actor_partner_code": None, "actor_country_code": None,
        "purpose": "CASEWORK", "case_reference": OPEN, "fields": ["fullName"],
        "trace_id": "0" * 32,
    }  # fmt: skip
    [sealed] = await seal_entries(judged.keys, AccessEvent, [entry])
    await insert(judged.owner, "access_event", {**sealed, **dated})
    try:
        yield entry["id"]
    finally:
        async with past_triggers(judged.owner):
            await judged.owner.execute("DELETE FROM access_event WHERE id = $1", entry["id"])


async def test_an_entry_for_which_nobody_was_opened_is_named(judged: Judged) -> None:
    await judged.signing.note_reconciled(Reconciled())
    async with accusing(judged) as entry:
        before = await judged.owner.fetchval("SELECT count(*) FROM alert WHERE kind = 'UNLOGGED'")
        assert f"unopened: access_event {entry} has no receipt of the key service" in (
            await compared(judged)
        )
        assert await keep(judged) == before + 1


async def test_an_entry_of_another_case_is_of_another_read(judged: Judged) -> None:
    before = await compared(judged)
    case = "AUSY-LATE-0002"
    assert await names_read(judged.who["supervisor"], SUPERVISION, case=case) == ["Jack Doyle"]
    assert await compared(judged) == before
    change = (
        "UPDATE access_event SET case_reference = $2 WHERE actor = 'supervisor'"
        " AND case_reference = $1"
    )
    async with past_triggers(judged.owner):
        await judged.owner.execute(change, case, OPEN)
    try:
        found = [one for one in await compared(judged) if one not in before]
        assert [one.partition(":")[0] for one in found] == ["unlogged", "unopened"]
    finally:
        async with past_triggers(judged.owner):
            await judged.owner.execute(change, OPEN, case)


@dataclass
class Page:
    """A key service with these receipts, which concern no reads."""

    receipts: list[tuple[int, int]]
    is_last: bool = True

    async def list_receipts(self, after: int, before: int) -> ReceiptPage:
        found = [
            Receipt(number, at, ReceiptVerb.CHANGE, "a", "OFFICER", OPEN, ())
            for number, at in self.receipts
            if number > after and at < before
        ]
        return ReceiptPage(found, (), self.is_last)


async def test_an_entry_between_two_passes_is_compared_by_the_second(judged: Judged) -> None:
    at = round(time.time()) - 3_600
    async with accusing(judged, occurred_at=datetime.fromtimestamp(at, UTC)) as entry:
        for since, until, is_named in ((at - 1, at, False), (at, at + 1, True)):
            done, now = Reconciled(0, since * 1_000, 0), until + 2 * APART_SECONDS
            found, _ = await reconcile(Page([]), judged.owner, done, now=now)  # type: ignore[arg-type]
            assert any(str(entry) in one.what for one in found.unopened) is is_named


@pytest.mark.parametrize(
    ("receipts", "is_last", "done", "goes_on"),
    [
        # Compared are those of 5 1/2 minutes ago, and entries of 11; older than 16 1/2 is settled.
        ([(1, 9_000_000), (2, 9_010_000), (3, 9_669_999), (4, 9_670_000)], True, (0, 0, 0),
         (3, 9_340_000, 1)),
        ([(1, 9_000_000), (2, 9_400_000)], False, (0, 0, 0), (2, 9_070_000, 0)),
        ([], True, (7, 9_500_000, 5), (7, 9_500_000, 5)),
        ([], True, (7, 9_000_000, 5), (7, 9_340_000, 5)),
    ],
)  # fmt: skip
async def test_how_far_a_pass_has_come_is_said_to_the_millisecond(
    judged: Judged,
    receipts: list[tuple[int, int]],
    is_last: bool,
    done: tuple[int, int, int],
    goes_on: tuple[int, int, int],
) -> None:
    page = Page(receipts, is_last)
    found = await reconcile(page, judged.owner, Reconciled(*done), now=10_000)  # type: ignore[arg-type]
    assert found[1] == goes_on


async def test_a_read_that_is_withheld_is_logged_like_its_receipt(judged: Judged) -> None:
    """Somebody was opened, and then another part of the answer failed."""
    before = await compared(judged)
    both = LOOK_UP.replace(
        "people(",
        f"""
        application(by: {{reference: "{OPEN}"}}) {{ applicant {{ identity {{ fullName }} }} }}
        people(""",
    )
    viewer = judged.who["supervisor"]
    await judged.owner.execute("ALTER TABLE person_lookup RENAME TO hidden_lookup")
    try:
        asked = await viewer(both)
    finally:
        await judged.owner.execute("ALTER TABLE hidden_lookup RENAME TO person_lookup")
    assert asked.status == 503, asked.text
    after = await compared(judged)
    unlogged_look_ups = [one for one in after if one not in before]
    assert all(one.endswith("is of an unlogged look-up") for one in unlogged_look_ups)


async def test_a_keeper_goes_on_where_another_stopped_and_looks_at_a_page_at_once(
    judged: Judged,
) -> None:
    await keep(judged)
    done = await judged.signing.reconciled()
    assert done.number > 0
    assert (await judged.signing.list_receipts(done.number, 1 << 62)).receipts == []
    await names_read(judged.who["officer"], CASEWORK, case=OPEN)
    assert await reconcile_receipts(judged.signing, judged.owner) == 0  # too young
    assert await reconcile_receipts(judged.signing, judged.owner, later()) == 1
    assert (await judged.signing.reconciled()).number == done.number + 1

"""What an injected statement of a writing role may do to guarantors and guardians: name one with
what it hands in or proposes now, where one is needed, and nothing else."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.walls import moving
from tests.walls.test_corrections_written import APPLICANT, OTHERS, RUBY, VERSION
from tests.walls.test_items_written import ITS_SERVICE
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

ENDED = ("REFUSED", "WITHDRAWN", "LAPSED", "PAYMENT_EXPIRED", "REVOKED")
UNPAID, PAID, ANOTHERS = "DIRE-UNPA-0011", "AUSY-PAID-0013", "SGPO-OPEN-0006"
OTHER, OFFICER = applicant_id("Wei Tan"), moving.VIEWERS["OFFICER"]


def name(case: str = UNPAID, **given: str) -> str:
    """Whoever answers in a case, in SQL."""
    values = {
        "id": "gen_random_uuid()", "application_id": f"'{application_id(case)}'",
        "applicant_id": f"'{RUBY}'", "version": "9", "kind": "'PERSON'",
        "sealed": """'{"name": "sealed"}'""", "valid_from": "NULL", **given,
    }  # fmt: skip
    return f"INSERT INTO guarantor ({', '.join(values)}) VALUES ({', '.join(values.values())})"


HANDED_IN = {"version": "NULL", "valid_from": "now()"}
ASKED_FOR = f"""
    INSERT INTO case_document (application_id, kind)
    SELECT id, 'GUARANTEE_LETTER' FROM application WHERE reference IN ('{UNPAID}', '{ANOTHERS}')
"""


@pytest.fixture
async def asking(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Two cases in which a guarantor is needed, one of them handed in this moment."""
    async with undone(complete_world):
        await complete_world.execute("DELETE FROM guarantor")
        await complete_world.execute(ASKED_FOR)
        yield complete_world


async def test_a_guarantor_is_named_with_a_correction_of_now(asking) -> None:
    assert await is_done(asking, APPLICANT, VERSION, name())
    assert not await is_done(asking, APPLICANT, name())
    for wrong in (
        name(case=ANOTHERS),
        name(applicant_id=f"'{OTHER}'"),
        name(version="1"),
        name(sealed="'{}'"),
        name(valid_from="now()"),
        name(kind="'NOBODY'"),
    ):
        assert not await is_done(asking, APPLICANT, VERSION, wrong), wrong
    an_hour_ago = VERSION.replace("now()", "now() - interval '1 hour'")
    assert not await is_done(asking, APPLICANT, an_hour_ago, name())
    for viewer in (*OTHERS.values(), ITS_SERVICE):
        if viewer != APPLICANT:
            assert not await is_done(asking, viewer, VERSION, name()), viewer


async def test_a_guarantor_is_named_with_what_is_handed_in_now(asking) -> None:
    assert not await is_done(asking, APPLICANT, name(**HANDED_IN))
    # As if it were handed in by this transaction.
    await asking.execute(
        "UPDATE application SET submitted_at = now(), pay_by = NULL, paid_at = NULL"
        " WHERE reference = $1",
        UNPAID,
    )
    assert await is_done(asking, APPLICANT, name(**HANDED_IN))
    with pytest.raises(asyncpg.UniqueViolationError):
        await is_done(asking, APPLICANT, name(**HANDED_IN), name(**HANDED_IN))
    for wrong in ({"valid_from": "now() - interval '1 hour'"}, {"applicant_id": f"'{OTHER}'"}):
        assert not await is_done(asking, APPLICANT, name(**{**HANDED_IN, **wrong})), wrong


async def test_none_is_named_where_nobody_asks_for_the_letter(asking) -> None:
    await asking.execute("DELETE FROM case_document WHERE kind = 'GUARANTEE_LETTER'")
    assert not await is_done(asking, APPLICANT, VERSION, name())


async def test_nobody_rewrites_removes_or_reads_one_to_write(asking) -> None:
    for viewer in (APPLICANT, *OTHERS.values(), ITS_SERVICE):
        for statement in (
            "UPDATE guarantor SET sealed = '{}'",
            "UPDATE guarantor SET valid_until = now()",
            "DELETE FROM guarantor",
            "SELECT sealed FROM guarantor",
        ):
            assert not await is_done(asking, viewer, statement), statement


def accompany(case: str = UNPAID, **given: str) -> str:
    values = {"kind": "'NAMED'", "consented_at": "now()", **given}
    return name(case, **values).replace("INTO guarantor", "INTO guardian")


async def test_a_guardian_is_named_with_a_correction_or_an_application_of_now(asking) -> None:
    await asking.execute("DELETE FROM guardian")
    assert await is_done(asking, APPLICANT, VERSION, accompany())
    nobody = {"kind": "NULL", "consented_at": "NULL", "sealed": "'{}'"}
    assert await is_done(asking, APPLICANT, VERSION, accompany(**nobody))
    for wrong in (
        accompany(case=ANOTHERS),
        accompany(applicant_id=f"'{OTHER}'"),
        accompany(version="1"),
        accompany(sealed="'{}'"),
        accompany(valid_from="now()"),
        accompany(consented_at="NULL"),
        accompany(consented_at="now() - interval '1 hour'"),
        accompany(kind="'IN_GROUP'"),
    ):
        assert not await is_done(asking, APPLICANT, VERSION, wrong), wrong
    await asking.execute(
        "UPDATE application SET submitted_at = now(), pay_by = NULL, paid_at = NULL,"
        " guardian_kind = 'NAMED' WHERE reference = $1",
        UNPAID,
    )
    assert await is_done(asking, APPLICANT, accompany(**HANDED_IN))
    of_another = {**HANDED_IN, "applicant_id": f"'{OTHER}'"}
    assert not await is_done(asking, APPLICANT, accompany(**of_another))
    await asking.execute("UPDATE application SET guardian_kind = NULL")
    assert not await is_done(asking, APPLICANT, accompany(**HANDED_IN))
    for viewer in (APPLICANT, *OTHERS.values(), ITS_SERVICE):
        for statement in (
            "UPDATE guardian SET valid_until = now()",
            "SELECT sealed FROM guardian",
            "UPDATE application SET guardian_kind = NULL",
        ):
            assert not await is_done(asking, viewer, statement), statement


async def test_no_minor_is_granted_before_an_adult_of_the_group_is_there(complete_world) -> None:
    """Whatever a gateway overlooks: of the same group, of age, and whose application may serve."""
    grant = ("SCREENING", "GRANTED")
    both = {"minor": moving.CASE, "adult": application_id(ANOTHERS)}

    async def is_granted(**changed: str) -> bool:
        async with undone(complete_world):
            for name, values in changed.items():
                await complete_world.execute(
                    f"UPDATE application SET {values} WHERE id = $1", both[name]
                )
            [statements] = moving.ways(OFFICER, *grant)
            event = moving.event_of(OFFICER, "GRANTED")
            return await moving.is_let_through(complete_world, OFFICER, *statements, event)

    async with undone(complete_world):
        await moving.prepare(complete_world)
        await moving.put_into(complete_world, *grant, OFFICER)
        await complete_world.execute(
            "UPDATE application SET group_reference = 'G-0000-0000-0001',"
            " guardian_kind = CASE id WHEN $1 THEN 'IN_GROUP' END WHERE id = ANY ($2)",
            *(moving.CASE, [*both.values()]),
        )
        assert await is_granted()
        assert await is_granted(adult="status = 'GRANTED', closed_at = now()")
        for lost in (
            "group_reference = 'G-0000-0000-0002'", "group_reference = NULL",
            *(f"guardian_kind = '{kind}'" for kind in ("NAMED", "IN_GROUP")),
            *(f"status = '{status}', closed_at = now()" for status in ENDED),
        ):  # fmt: skip
            assert not await is_granted(adult=lost), lost
            # Who is of age, or has somebody named, waits for nobody.
            for kind in ("NULL", "'NAMED'"):
                assert await is_granted(adult=lost, minor=f"guardian_kind = {kind}")

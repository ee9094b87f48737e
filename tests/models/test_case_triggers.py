"""What follows on a case from what is written beside it, whoever writes it."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from models.vocabulary import Ground
from tests.walls.undoing import undone
from tests.world import application_id

pytestmark = pytest.mark.anyio

#: A granted case, one that is being verified, one that is being screened, and a paid one.
GRANTED = application_id("AUSY-GRAN-0001")
OPEN = application_id("SGPO-OPEN-0006")
SCREENED = application_id("SGPO-HELD-0007")
PAID = application_id("AUSY-PAID-0013")
_ASKED = """
    INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at, proposed,
        proposed_by, reason, answered_by, confirmed_by)
    VALUES ($1, $2, 'ENTRY_BAN', $3, now() + $4::int * interval '1 minute',
        CASE WHEN $3 <> 'PENDING' THEN now() + $4::int * interval '1 minute' END,
        $5, CASE WHEN $5::text IS NOT NULL THEN 'one' END, 'Why.',
        CASE WHEN $3 <> 'PENDING' THEN 'one' END, CASE WHEN $3 <> 'PENDING' THEN 'two' END)
"""
_DECIDED = """
    INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer)
    VALUES ($1, $2, 'REFUSED', $3, now(), 'officer') RETURNING is_incomplete, public_reasons
"""
_HANDED_IN = """
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, status, submitted_at, use_within_days)
    SELECT $1, 'TEST-TEST-0001', applicant_id, nationality_code, 'C1',
        CASE WHEN $2::text IS NULL THEN 'DIRECT' ELSE 'PARTNER_PORTAL' END, $2,
        CASE WHEN $2 IS NOT NULL THEN 'SG' END, 'AWAITING_PAYMENT', now() - interval '3 days',
        use_within_days
    FROM application WHERE id = $3
"""


#: Of the desk that a case is on, and of what moves it on.
_ENDED = "UPDATE assignment SET ended_at = now() WHERE application_id = $1 AND ended_at IS NULL"
_GIVEN = """
    INSERT INTO assignment (application_id, officer, role, assigned_at)
    VALUES ($1, 'somebody', $2, now())
"""
_VERIFIED = "UPDATE application SET status = 'IN_VERIFICATION' WHERE id = $1"
_WITHDRAWN = "UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE id = $1"


async def desk_of(
    connection: asyncpg.Connection, case: UUID
) -> tuple[str | None, str | None, bool]:
    """Whose desk a case is on: an officer's, a supervisor's, anybody's."""
    desk = "SELECT officer, supervisor, is_assigned FROM application WHERE id = $1"
    return tuple(await connection.fetchrow(desk, case))


async def ask(
    connection: asyncpg.Connection,
    case: UUID,
    result: str,
    minute: int = 0,
    proposed: str | None = None,
) -> UUID:
    """A question of the ban list, asked in so many minutes, and its answer."""
    id_ = uuid4()
    await connection.execute(_ASKED, id_, case, result, minute, proposed)
    return id_


async def count_void(connection: asyncpg.Connection, case: UUID) -> int:
    return await connection.fetchval(
        "SELECT count(*) FROM screening WHERE application_id = $1 AND voided_at IS NOT NULL", case
    )


async def is_visa_held(connection: asyncpg.Connection, case: UUID) -> bool:
    return await connection.fetchval("SELECT is_visa_held FROM application WHERE id = $1", case)


@pytest.fixture
async def unasked(rolled_back: asyncpg.Connection) -> asyncpg.Connection:
    """Nothing was asked about any case."""
    await rolled_back.execute("DELETE FROM screening")
    return rolled_back


async def test_a_case_is_on_the_desk_that_its_assignment_names(rolled_back) -> None:
    assert await desk_of(rolled_back, OPEN) == ("officer", None, True)
    for role, desk in (
        ("SUPERVISOR", (None, "somebody", True)),
        ("OFFICER", ("somebody", None, True)),
    ):
        await rolled_back.execute(_ENDED, OPEN)
        assert await desk_of(rolled_back, OPEN) == (None, None, False)
        await rolled_back.execute(_GIVEN, OPEN, role)
        assert await desk_of(rolled_back, OPEN) == desk
    # What is written about an assignment that has ended changes no desk.
    await rolled_back.execute(
        "UPDATE assignment SET reason = 'Why.' WHERE application_id = $1 AND ended_at IS NOT NULL",
        OPEN,
    )
    assert await desk_of(rolled_back, OPEN) == ("somebody", None, True)


async def test_a_step_that_moves_a_case_to_another_desk_writes_it_once(rolled_back) -> None:
    written = "SELECT pg_stat_get_xact_tuples_updated('application'::regclass)"
    before = await rolled_back.fetchval(written)
    await rolled_back.execute(_GIVEN, PAID, "OFFICER")
    await rolled_back.execute(_VERIFIED, PAID)
    assert await desk_of(rolled_back, PAID) == ("somebody", None, True)
    await rolled_back.execute(_WITHDRAWN, PAID)
    assert await desk_of(rolled_back, PAID) == (None, None, False)
    await rolled_back.execute(_ENDED, PAID)
    await rolled_back.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert await desk_of(rolled_back, PAID) == (None, None, False)
    assert await rolled_back.fetchval(written) - before == 2


async def test_at_the_end_a_case_is_on_its_desk_whatever_was_left_out(rolled_back) -> None:
    """A paid case that is taken and not moved on; one that is closed and not taken off its desk."""
    await rolled_back.execute(_GIVEN, PAID, "SUPERVISOR")
    await rolled_back.execute(_WITHDRAWN, OPEN)
    await rolled_back.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert await desk_of(rolled_back, PAID) == (None, "somebody", True)
    assert await desk_of(rolled_back, OPEN) == ("officer", None, True)


@pytest.mark.parametrize("partner", ["NUSA", None])
async def test_the_checklist_is_what_is_required_on_the_day_of_a_file(rolled_back, partner) -> None:
    await rolled_back.execute("DELETE FROM required_document")
    await rolled_back.executemany(
        "INSERT INTO required_document (visa_type_code, kind, valid_from, is_required)"
        " VALUES ($1, $2, wib_day(now()) - 3 + $3::int, $4)",  # three days ago it was handed in
        [
            ("C1", "PHOTOGRAPH", 0, True),
            ("C1", "ITINERARY", 1, True),
            ("C1", "RETURN_TICKET", -9, True),
            ("C1", "RETURN_TICKET", -5, False),
            ("C1", "BANK_STATEMENT", -9, False),
            ("C1", "BANK_STATEMENT", -5, True),
            ("B1", "INVITATION_LETTER", -9, True),
        ],
    )
    id_ = uuid4()
    await rolled_back.execute(_HANDED_IN, id_, partner, OPEN)
    kinds = await rolled_back.fetchval(
        "SELECT array_agg(kind ORDER BY kind) FROM case_document WHERE application_id = $1", id_
    )
    assert kinds == ["BANK_STATEMENT", "PHOTOGRAPH"]


@pytest.mark.parametrize("ground", Ground)
async def test_two_grounds_are_not_told_alone_nor_beside_others(rolled_back, ground) -> None:
    for grounds in ([ground], [Ground.SECURITY, ground], [ground, "PUBLIC_HEALTH", "ENTRY_BAN"]):
        if len(set(grounds)) < len(grounds):
            continue
        async with undone(rolled_back):
            row = await rolled_back.fetchrow(_DECIDED, uuid4(), OPEN, grounds)
        told = [each for each in grounds if each not in ("ENTRY_BAN", "SECURITY")]
        assert tuple(row) == (ground is Ground.INCOMPLETE, told or ["NOT_DISCLOSED"])


@pytest.mark.parametrize(
    "grounds",
    [[], ["SECURITY", "SECURITY"], ["SECURITY", "WEATHER"], ["SECURITY", None], [["SECURITY"]]],
)
@pytest.mark.parametrize("table", ["decision", "withheld_decision"])
async def test_a_refusal_has_grounds_of_the_list_each_once(rolled_back, table, grounds) -> None:
    statement = f"""
        INSERT INTO {table} (id, application_id, outcome, grounds, decided_at, officer)
        VALUES ($1, $2, 'REFUSED', $3, now(), 'officer')
    """
    refused = (
        asyncpg.CheckViolationError, asyncpg.NotNullViolationError,
        asyncpg.FeatureNotSupportedError,
    )  # fmt: skip
    with pytest.raises(refused):
        await rolled_back.execute(statement, uuid4(), OPEN, grounds)


@pytest.mark.parametrize(
    ("status", "lapses"),
    [
        ("REFUSED", True),
        ("WITHDRAWN", True),
        ("LAPSED", True),
        ("REVOKED", True),
        ("GRANTED", False),
        ("SCREENING", False),
    ],
)
@pytest.mark.parametrize("state", ["PROPOSED", "APPROVED"])
async def test_a_case_that_ends_has_no_visa_on_hold_and_no_open_correction(
    rolled_back, status, lapses, state
) -> None:
    applicant = await rolled_back.fetchval(
        "UPDATE application SET is_visa_held = true WHERE id = $1 RETURNING applicant_id", OPEN
    )
    await rolled_back.execute(
        "INSERT INTO identity_version (applicant_id, number, written_at) VALUES ($1, 2, now())",
        applicant,
    )
    by = "'two', now()" if state == "APPROVED" else "NULL, NULL"
    correction = (
        "INSERT INTO correction (id, application_id, applicant_id, version, state, proposed_at,"
        f" proposed_by, proposed_role, approved_by, approved_at) VALUES ($1, $2, $3, 2, $4, now(),"
        f" 'one', 'APPLICANT', {by})"
    )
    await rolled_back.execute(correction, uuid4(), OPEN, applicant, state)
    decision = uuid4()
    await rolled_back.fetchrow(_DECIDED, decision, OPEN, ["SECURITY"])
    await rolled_back.execute(
        "UPDATE application SET status = $2, current_decision_id = $3,"
        " closed_at = CASE WHEN $2 <> 'SCREENING' THEN now() END WHERE id = $1",
        *(OPEN, status, decision if status in ("REFUSED", "GRANTED", "REVOKED") else None),
    )
    now = await rolled_back.fetchval("SELECT state FROM correction WHERE application_id = $1", OPEN)
    assert now == ("LAPSED" if lapses else state)
    assert await is_visa_held(rolled_back, OPEN) != lapses


@pytest.mark.parametrize("minutes", [-5, 0, 5])
async def test_a_correction_lapses_no_earlier_than_it_was_proposed(rolled_back, minutes) -> None:
    """A clock that goes back between two transactions ends nothing before its beginning."""
    applicant = await rolled_back.fetchval(
        "SELECT applicant_id FROM application WHERE id = $1", OPEN
    )
    await rolled_back.execute(
        "INSERT INTO identity_version (applicant_id, number, written_at) VALUES ($1, 2, now())",
        applicant,
    )
    await rolled_back.execute(
        "INSERT INTO correction (id, application_id, applicant_id, version, state, proposed_at,"
        " proposed_by, proposed_role) VALUES ($1, $2, $3, 2, 'PROPOSED',"
        " now() + $4::int * interval '1 minute', 'one', 'APPLICANT')",
        *(uuid4(), OPEN, applicant, minutes),
    )
    await rolled_back.execute(
        "UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE id = $1", OPEN
    )
    after = await rolled_back.fetchval(
        "SELECT extract(epoch FROM closed_at - now())::int / 60 FROM correction"
        " WHERE application_id = $1 AND state = 'LAPSED'",
        OPEN,
    )
    assert after == max(minutes, 0)


@pytest.mark.parametrize(
    ("case", "before", "proposed", "void"),
    [
        *((GRANTED, [answer], None, 1) for answer in ("CLEAR", "NO_MATCH", "UNAVAILABLE")),
        *((GRANTED, [answer], None, 0) for answer in ("HIT", "MATCH", "PENDING")),
        # The latest counts; what is proposed about it is no question.
        (GRANTED, ["HIT", "CLEAR"], None, 2),
        (GRANTED, ["CLEAR", "HIT"], None, 0),
        (GRANTED, ["CLEAR"], "NO_MATCH", 0),
        (OPEN, ["CLEAR"], None, 0),
        (SCREENED, ["UNAVAILABLE"], None, 0),
    ],
)
async def test_to_ask_again_about_a_visa_voids_earlier_answers(
    unasked, case, before, proposed, void
) -> None:
    for minute, answer in enumerate(before):
        await ask(unasked, case, answer, minute)
    await ask(unasked, case, "PENDING", 9, proposed)
    assert await count_void(unasked, case) == void


@pytest.mark.parametrize(("case", "is_held"), [(GRANTED, True), (OPEN, False)])
async def test_a_visa_whose_holder_has_a_hit_is_held(unasked, case, is_held) -> None:
    hit = await ask(unasked, case, "HIT")
    assert await is_visa_held(unasked, case) == is_held
    await unasked.execute("UPDATE application SET is_visa_held = false WHERE id = $1", case)
    await unasked.execute("UPDATE screening SET voided_at = now() WHERE id = $1", hit)
    assert not await is_visa_held(unasked, case)
    await ask(unasked, case, "CLEAR", 1)
    assert not await is_visa_held(unasked, case)


@pytest.mark.parametrize(
    ("before", "is_void", "answer", "is_held"),
    [
        ([], False, "CLEAR", False),
        ([], False, "NO_MATCH", False),
        ([], False, "UNAVAILABLE", True),
        ([], False, "MATCH", True),
        # Of one question the latest answer counts, unless it is void.
        (["UNAVAILABLE"], False, "CLEAR", False),
        (["CLEARANCE UNAVAILABLE"], False, "CLEAR", True),
        (["CLEARANCE UNAVAILABLE"], True, "CLEAR", False),
        (["CLEARANCE NO_MATCH"], False, "CLEAR", False),
        *(([f"CLEARANCE {other}"], False, "CLEAR", True) for other in ("HIT", "MATCH", "PENDING")),
    ],
)
async def test_a_held_visa_is_released_once_every_answer_is_clear(
    unasked, before, is_void, answer, is_held
) -> None:
    asked = await ask(unasked, GRANTED, "PENDING", 9)
    for other in before:
        *kind, result = other.split()
        id_ = await ask(unasked, GRANTED, result)
        await unasked.execute(
            "UPDATE screening SET kind = $2, voided_at = $3 WHERE id = $1",
            *(id_, kind[0] if kind else "ENTRY_BAN"),
            await unasked.fetchval("SELECT now()") if is_void else None,
        )
    await unasked.execute("UPDATE application SET is_visa_held = true WHERE id = $1", GRANTED)
    await unasked.execute(
        "UPDATE screening SET result = $2, answered_at = requested_at, answered_by = 'one',"
        " confirmed_by = 'two' WHERE id = $1",
        *(asked, answer),
    )
    assert await is_visa_held(unasked, GRANTED) == is_held


async def test_a_desk_that_a_case_leaves_waits_for_the_account(rolled_back) -> None:
    waits = "SELECT count(*) FROM account_outbox WHERE source = 'assignment_end'"
    same = "UPDATE assignment SET role = role WHERE application_id = $1"
    for statement, number in ((same, 0), (_ENDED, 1)):
        await rolled_back.execute(statement, OPEN)
        assert await rolled_back.fetchval(waits) == number

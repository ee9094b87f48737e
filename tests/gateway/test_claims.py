"""No file is claimed without each of reference, passport and code, on either side; and a code to
claim one opens nobody."""

import time

import asyncpg
import pytest

from gateway.row_security.claims import CLAIM_FUNCTIONS
from gateway.viewer import Viewer
from models.case.claim import MOST_FILES_OF_A_CONTACT
from models.case.tracking import TRACKED_DAYS
from models.key_service.codes import CLAIM_CODE_HOURS, claim_of, holders_of, named_by
from models.key_service.relations import Digester, Relations
from models.person.matching import contact_message
from models.row_security import MAILER
from models.vocabulary import Role
from tests.acting import act, act_writing
from tests.walls.undoing import undone
from tests.world import CASES, applicant_id, application_id

pytestmark = pytest.mark.anyio

NOAH, CASE, REFERENCE = (
    applicant_id("Noah Finch"), application_id("AUSY-PAID-0013"), "AUSY-PAID-0013",
)  # fmt: skip
ELSE = application_id("SGPO-OPEN-0006")
CODE = "01" * 16
SOMEBODY = Viewer("follows", Role.APPLICANT)
#: A file that can be claimed.
SENT = (
    "DELETE FROM person_index",
    f"INSERT INTO person_index VALUES ('{NOAH}', 1, 'PASSPORT', 'a', sha256('passport'))",
    f"INSERT INTO sent_code VALUES ('{CASE}', 'CLAIM', '\\x{CODE}')",
    f"UPDATE applicant SET account = NULL WHERE id = '{NOAH}'",
)
#: Each condition of the function, and what becomes of a good answer by which it is needed.
CONDITIONS = {
    "application.reference = asked\n":
        f"UPDATE application SET reference = 'ZZZZ-ZZZZ-ZZZZ' WHERE id = '{CASE}'",
    "AND kind = 'PASSPORT'": "UPDATE person_index SET kind = 'NAME_AND_BIRTH_DATE'",
    "AND known.version = coalesce(": "INSERT INTO identity_version (applicant_id, number,"
    f" valid_from, written_at) VALUES ('{NOAH}', 2, now(), now())",
    "AND channel <> 'DIRECT'": "UPDATE application SET channel = 'DIRECT',"
    f" partner_code = NULL, country_code = NULL, centre_code = NULL WHERE id = '{CASE}'",
    "AND num_nonnulls(account, erased_at) = 0":
        f"UPDATE applicant SET account = 'own' WHERE id = '{NOAH}'",
    f"AND coalesce(closed_at > now() - interval '{TRACKED_DAYS} days', true)":
        f"UPDATE application SET closed_at = now() - interval '{TRACKED_DAYS} days',"
        f" status = 'WITHDRAWN' WHERE id = '{CASE}'",
    "AND NOT EXISTS (SELECT FROM file_claim WHERE application_id = application.id)":
        f"INSERT INTO file_claim VALUES ('{CASE}', 'other', 'x')",
    "AND sent.kind = 'CLAIM'": "UPDATE sent_code SET kind = 'DECISION'",
    "AND sent.digest = decode(mailed, 'hex')":
        f"UPDATE sent_code SET digest = '\\x{'00' * 16}'",
    "sent.application_id = application.id ": f"UPDATE sent_code SET application_id = '{ELSE}'",
    f"AND sent.mailed_at > now() - interval '{CLAIM_CODE_HOURS} hours'":
        f"UPDATE sent_code SET mailed_at = now() - interval '{CLAIM_CODE_HOURS} hours'",
}  # fmt: skip
_FIND = "SELECT viewer.claimable_file($1, $2, $3)"


async def test_each_condition_is_needed(world: str, connection: asyncpg.Connection) -> None:
    """The defect: a condition that is dropped from the function."""
    passport = await connection.fetchval("SELECT encode(sha256('passport'), 'hex')")
    function = CLAIM_FUNCTIONS.partition("$$;")[0] + "$$;"

    async def found(changed: str, function: str, passport: str = passport) -> object:
        async with undone(connection):
            await connection.execute("SET LOCAL session_replication_role = replica")
            for statement in (*SENT, changed, function):
                await connection.execute(statement)
            await act(connection, SOMEBODY)
            return await connection.fetchval(_FIND, REFERENCE, [passport], CODE)

    assert await found("SELECT 1", function) == CASE
    assert await found("SELECT 1", function, "00") is None
    erased = f"UPDATE applicant SET erased_at = now() WHERE id = '{NOAH}'"
    assert await found(erased, function) is None
    for condition, changed in CONDITIONS.items():
        assert function.count(condition) == 1, condition
        dropped = " AND true " if condition.startswith("AND") else " true "
        if condition[-1] == "(":
            dropped = condition.replace(" = ", " < 9 + ")
        assert await found(changed, function) is None, condition
        assert await found(changed, function.replace(condition, dropped)), condition


#: What nobody writes who claims files, each with a code that is not theirs, not of that file, of
#: another kind, or over.
NEVER = (
    f"UPDATE sent_code SET digest = '\\x{'00' * 16}'",
    f"UPDATE sent_code SET application_id = '{ELSE}'",
    "UPDATE sent_code SET kind = 'DECISION'",
    f"UPDATE sent_code SET mailed_at = now() - interval '{CLAIM_CODE_HOURS} hours'",
    "DELETE FROM sent_code",
)


async def test_no_statement_claims_a_file_without_its_code_or_for_somebody_else(
    world: str, connection: asyncpg.Connection
) -> None:
    claim = (
        "INSERT INTO file_claim (application_id, account, code) VALUES"
        f" ('{CASE}', '{{}}', '\\x{CODE}') ON CONFLICT DO NOTHING"
    )

    async def written(changed: str, account: str = "follows") -> str:
        async with undone(connection):
            for statement in (SENT[2], changed):
                await connection.execute(statement)
            await act_writing(connection, SOMEBODY)
            done = await connection.execute(claim.format(account))
            await connection.execute("RESET ROLE")
            left = "SELECT count(*) FROM sent_code WHERE kind = 'CLAIM'"
            assert await connection.fetchval(left) == int(done.endswith(" 0")) or changed in NEVER
            return done

    assert await written("SELECT 1") == "INSERT 0 1"
    for changed in NEVER:
        assert await written(changed) == "INSERT 0 0", changed
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await written("SELECT 1", "another")
    for statement in ("SELECT code FROM file_claim", "DELETE FROM file_claim", "TABLE sent_code"):
        for acting in (act, act_writing):
            async with undone(connection):
                await acting(connection, SOMEBODY)
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
    for other in (Role.ANONYMOUS, Role.OFFICER, Role.PARTNER_AGENT):
        async with undone(connection):
            await act(connection, Viewer("other", other))
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch("SELECT * FROM viewer.claimed_files()")


async def test_a_contact_serves_five_files_outside_one_group_at_most(
    world: str, connection: asyncpg.Connection
) -> None:
    others = [application_id(case.reference) for case in CASES if case.reference != REFERENCE]
    note = "INSERT INTO contact_digest SELECT sha256('a'), unnest($1::uuid[])"
    asked = "SELECT viewer.may_claim_by($1, ARRAY[sha256('b'), sha256('a')], 'a@example.org')"

    async def may(number: int, *changed: str) -> object:
        async with undone(connection):
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(note, [CASE, *others[: number - 1]])
            for statement in changed:
                await connection.execute(statement)
            await connection.execute(f"SET LOCAL ROLE {MAILER}")
            return await connection.fetchval(asked, CASE)

    assert await may(MOST_FILES_OF_A_CONTACT)
    assert not await may(MOST_FILES_OF_A_CONTACT + 1)
    # Those of its own group count for nothing; of others, each does.
    group = "UPDATE application SET group_reference = 'G-0000-0000-0000' WHERE id = '{}'"
    own, inside, outside = (group.format(each) for each in (CASE, others[0], others[1]))
    assert await may(MOST_FILES_OF_A_CONTACT + 2, own, inside)
    assert not await may(MOST_FILES_OF_A_CONTACT + 3, own, inside)
    assert not await may(MOST_FILES_OF_A_CONTACT + 1, inside, outside)
    subscribe = (
        "INSERT INTO mail_subscription (id, subject, role, occasion, language, address,"
        " own_countries, own_centres) VALUES (gen_random_uuid(), 'a', '{}', 'WEEKLY', 'EN',"
        " 'A@Example.org', '{{}}', '{{}}')"
    )
    for role, expected in (("PARTNER_MANAGER", False), ("PARTNER_AGENT", False), ("OFFICER", True)):
        assert await may(1, subscribe.format(role)) is expected
    assert contact_message(" A@Example.org ") == contact_message("a@example.ORG")


def test_the_key_service_tells_a_code_to_claim_from_one_that_opens() -> None:
    digester, name = Digester(bytes(32)), claim_of(REFERENCE)
    lasts = CLAIM_CODE_HOURS * 3600
    for age, reference, holders in (
        (lasts - 60, name, {NOAH}),
        (lasts + 60, name, set()),
        (0, REFERENCE, set()),
    ):
        noted = (named_by(digester, name, "K"), NOAH.bytes, "code", int(time.time()) - age)
        assert holders_of(Relations(digester, [noted], is_strict=True), reference, "K") == holders

"""What was decided opens to nobody without each of reference, passport and code, on either side."""

import time

import asyncpg
import pytest

from gateway.row_security.delivery import DELIVERY_FUNCTIONS
from gateway.viewer import ANONYMOUS
from models.key_service.codes import CODE_DAYS, holders_of, named_by, read_code
from models.key_service.relations import Digester, Relations
from models.row_security import MAILER
from tests.acting import act
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

RUBY, CASE, REFERENCE = (
    applicant_id("Ruby Hale"),
    application_id("AUSY-GRAN-0001"),
    "AUSY-GRAN-0001",
)
CODE = "01" * 16
#: A file whose visa is in hand, and the code of whose mail is known.
DELIVERED = (
    "DELETE FROM person_index",
    "DELETE FROM visa_document",
    f"INSERT INTO person_index VALUES ('{RUBY}', 1, 'PASSPORT', 'a', sha256('passport'))",
    f"INSERT INTO sent_code VALUES ('{CASE}', 'DECISION', '\\x{CODE}')",
    "INSERT INTO visa_document (visa_number, applicant_id, issued_at, digest, key_id, sealed,"
    f" proof, proven_at) SELECT visa_number, '{RUBY}', now(), sha256('x'), 'a',"
    f" '{{\"code\": \"x\"}}', 'proof', now() FROM visa WHERE application_id = '{CASE}'",
)
#: Each condition of the function, and what becomes of a good answer by which it is needed.
CONDITIONS = {
    "AND known.kind = 'PASSPORT'": "UPDATE person_index SET kind = 'NAME_AND_BIRTH_DATE'",
    "AND known.digest = ANY (holders)": "UPDATE person_index SET digest = sha256('another')",
    "AND known.version = coalesce(": "INSERT INTO identity_version (applicant_id, number,"
    f" valid_from, written_at) VALUES ('{RUBY}', 2, now(), now())",
    "AND sent.digest = decode(mailed, 'hex')":
        f"UPDATE sent_code SET digest = '\\x{'00' * 16}'",
    f"AND sent.mailed_at > now() - interval '{CODE_DAYS} days'":
        f"UPDATE sent_code SET mailed_at = now() - interval '{CODE_DAYS} days'",
    "JOIN identity USING (applicant_id)": "DELETE FROM identity",
    "application.reference = asked":
        f"UPDATE application SET reference = 'ZZZZ-ZZZZ-ZZZZ' WHERE id = '{CASE}'",
}  # fmt: skip
_OF_ANYBODY = "JOIN (SELECT id AS applicant_id FROM applicant) AS identity USING (applicant_id)"
#: What each condition of the visa keeps from being handed out.
OF_THE_VISA = {
    "live.revoked_at, ": "UPDATE visa SET revoked_at = now()",
    "live.superseded_at, ": "UPDATE visa SET superseded_at = now()",
    ", live.returned_at": "UPDATE visa SET returned_at = now()",
    "AND replaced_at IS NULL ": "UPDATE visa_document SET replaced_at = now()",
    " AND proven_at IS NOT NULL": "UPDATE visa_document SET proven_at = NULL, proof = NULL",
}
OPENED = "SELECT * FROM viewer.delivered_decision($1, $2, $3)"


async def test_each_condition_is_needed(world: str, connection: asyncpg.Connection) -> None:
    """The defect: a condition that is dropped from the function."""
    passport = await connection.fetchval("SELECT encode(sha256('passport'), 'hex')")

    async def told(changed: str, function: str) -> list[asyncpg.Record]:
        async with undone(connection):
            await connection.execute("SET LOCAL session_replication_role = replica")
            for statement in (*DELIVERED, changed, function):
                await connection.execute(statement)
            await act(connection, ANONYMOUS)
            return await connection.fetch(OPENED, REFERENCE, [passport], CODE)

    [good] = await told("SELECT 1", DELIVERY_FUNCTIONS)
    assert (good["reached"], good["is_taken_back"], good["applicant"]) == ("GRANTED", False, RUBY)
    assert (good["code"], good["proof"]) == ("1:x", "proof")
    aged = "UPDATE sent_code SET mailed_at = now() - interval '{}'"
    assert await told(aged.format("29 days 23 hours"), DELIVERY_FUNCTIONS) == [good]
    assert await told(aged.format("30 days"), DELIVERY_FUNCTIONS) == []
    for condition, changed in CONDITIONS.items():
        assert DELIVERY_FUNCTIONS.count(condition) == 1
        dropped = "true" if condition.endswith("asked") else "AND true"
        if condition[-1] == "(":
            dropped = condition.replace(" = ", " < 9 + ")
        elif condition.startswith("JOIN"):
            dropped = _OF_ANYBODY
        mutant = DELIVERY_FUNCTIONS.replace(condition, dropped)
        assert await told(changed, DELIVERY_FUNCTIONS) == [], condition
        assert await told(changed, mutant), condition
    for condition, changed in OF_THE_VISA.items():
        assert DELIVERY_FUNCTIONS.count(condition) == 1
        [row] = await told(changed, DELIVERY_FUNCTIONS)
        is_of_the_visa = condition.startswith((",", "live"))
        assert (row["code"], row["is_taken_back"]) == (None, is_of_the_visa), condition
        mutant = DELIVERY_FUNCTIONS.replace(condition, "")
        assert [each["code"] for each in await told(changed, mutant)] == ["1:x"], condition
    another = (
        "DELETE FROM visa; UPDATE application SET current_decision_id = ("
        f" SELECT id FROM decision WHERE outcome = 'REFUSED' LIMIT 1) WHERE id = '{CASE}'"
    )
    [row] = await told(another, DELIVERY_FUNCTIONS)
    assert (row["reached"], row["is_taken_back"], row["code"]) == ("REFUSED", False, None)


async def test_a_statement_of_one_s_own_reads_no_code_and_logs_nothing_else(
    world: str, connection: asyncpg.Connection
) -> None:
    for table in ("sent_code", "access_event", "visa_document", "decision"):
        async with undone(connection):
            await act(connection, ANONYMOUS)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT 1 FROM {table}")
    entry = (
        "INSERT INTO access_event (id, actor, actor_role, applicant_id, purpose,"
        " case_reference, fields, trace_id, actor_partner_code, actor_country_code) SELECT"
        " gen_random_uuid(), '{actor}', '{role}', '{person}', '{purpose}', 'x',"
        " '{{visa.pdf}}', '0', {partner}, {country}"
    )
    good = {
        "actor": "0f" * 16, "role": "ANONYMOUS", "purpose": "DELIVERY", "partner": "NULL",
        "country": "NULL",
    }  # fmt: skip
    wrongs = (
        {"actor": "officer"},
        {"role": "OFFICER"},
        {"purpose": "CASEWORK"},
        {"partner": "'NUSA'"},
        {"country": "'AU'"},
    )
    for wrong in wrongs:
        async with undone(connection):
            await act(connection, ANONYMOUS)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(entry.format(person=RUBY, **good | wrong))
    async with undone(connection):
        await act(connection, ANONYMOUS)
        await connection.execute(entry.format(person=RUBY, **good))
    async with undone(connection):
        await connection.execute(f"SET LOCAL ROLE {MAILER}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT digest FROM sent_code")


def test_the_key_service_forgets_a_code_and_takes_one_for_its_own_file_alone() -> None:
    digester, days = Digester(bytes(32)), CODE_DAYS * 86_400
    for age, reference, code, holders in (
        (days - 60, REFERENCE, "K", {RUBY}),
        (days + 60, REFERENCE, "K", set()),
        (0, REFERENCE, "L", set()),
        (0, "ANDA-CORR-0005", "K", set()),
    ):
        noted = (named_by(digester, REFERENCE, "K"), RUBY.bytes, "code", int(time.time()) - age)
        relations = Relations(digester, [noted], is_strict=True)
        assert holders_of(relations, reference, code) == holders


def test_a_code_is_read_however_it_is_typed() -> None:
    assert read_code(" o1il0-abcde fgh ") == "01110ABCDE"


async def test_who_is_signed_in_opens_nothing_by_the_function(
    world: str, connection: asyncpg.Connection
) -> None:
    for role in ("officer", "applicant", "partner_service", "supervisor"):
        async with undone(connection):
            await connection.execute(f"SET LOCAL ROLE gerbang_{role}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(OPENED, REFERENCE, [], CODE)

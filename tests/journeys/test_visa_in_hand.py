"""A visa in hand: its holder saves it, a reader verifies it offline, and a false one is false."""

import asyncio
import io
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pypdf
import pytest

from gateway.schema.visa_document import write_pdf
from models.account.cosignatures import Witness
from models.jobs.visa_documents import tell_readers
from models.key_service import KeyUse, LocalKeys
from models.visa_document.content import (
    Holder,
    VisaTerms,
    canonical,
    message_of,
    read_code,
    visa_content,
    write_signed,
)
from tests.accounts import sign
from tests.commands import call_command
from tests.gateway.changing import assign_to, change, pay_bill, perform, row
from tests.gateway.conftest import Viewer
from tests.gateway.judged import Judged, judged_gateway
from tests.visas_in_hand import Reader, prove, wait_until_issued
from tests.world import today

pytestmark = pytest.mark.anyio


MY_VISA = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        decision { visa { number document { issuedAt code proof pdf } } }
    } } }
"""


@pytest.fixture(scope="module")
async def judged(world: str) -> AsyncIterator[Judged]:
    async with judged_gateway(world) as running:
        yield running


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the account's checkpoints."""
    return tmp_path_factory.mktemp("account")


async def granted(who: dict[str, Viewer], visa_type: str = "C1") -> str:
    given = {"visaType": visa_type, "nationality": "AU"}
    case = await perform(who["applicant"], "submitApplication", **given)
    await assign_to(who, "officer", await pay_bill(who, case))
    return await cleared_and_granted(who, case)


async def cleared_and_granted(who: dict[str, Viewer], case: str) -> str:
    await perform(who["officer"], "referToScreening", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    await change(who["officer"], "proposeGrant", case)  # a visa of the same person was revoked
    await change(who["supervisor"], "approveGrant", case)
    return await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def in_hand(judged: Judged, case: str, account: Path) -> dict:
    """The document, once the keeper has issued it and signed its account."""
    await wait_until_issued(judged, case)
    assert (await visa_of(judged, case))["document"] is None  # not in the account yet
    await prove(judged, account)
    return await visa_of(judged, case)


async def visa_of(judged: Judged, case: str) -> dict:
    """What its holder has now."""
    answer = await judged.who["applicant"](MY_VISA, case=case)
    assert answer.errors == []
    return answer.data["node"]["decision"]["visa"]


@pytest.fixture(scope="module")
async def reader(judged: Judged, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return await Reader.of(tmp_path_factory.mktemp("reader"), judged)


def test_a_page_says_what_was_granted_in_indonesian_and_then_in_english() -> None:
    # Granted on the third, in Jakarta, where it was the second in Greenwich.
    terms = VisaTerms(
        "7K3M-9QPX-2F4D", "ID0", "C1", "2026-01-02T17:00:00.000000Z", "2026-04-02", 60
    )
    holder = Holder("Zoe Marsh", "1990-05-01", "NX1234567", "DE", "NZ")
    text = canonical({**visa_content(terms, holder), "key": "ours"})
    pdf = write_pdf(write_signed(text, bytes(64)), "proof")
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    for both in (
        ("3 Januari 2026", "3 January 2026"), ("2 April 2026", "2 April 2026"),
        ("1 Mei 1990", "1 May 1990"), ("Selandia Baru", "New Zealand"), ("Jerman", "Germany"),
        ("60 hari", "60 days"), ("Kewarganegaraan", "Selandia Baru"),
        ("Negara penerbit paspor", "Jerman"),
    ):  # fmt: skip
        assert page.index(both[0]) <= page.index(both[1]), both
    assert page.index("Selandia Baru") < page.index("Negara penerbit") < page.index("Jerman")
    assert "Perpanjangan" not in page


async def test_a_holder_saves_the_visa_and_a_reader_verifies_it_offline(
    judged: Judged, reader: Reader, account: Path
) -> None:
    case = await granted(judged.who)
    visa = await in_hand(judged, case, account)
    document = visa["document"]
    page = b64decode(document["pdf"])
    text = pypdf.PdfReader(io.BytesIO(page)).pages[0].extract_text()
    assert visa["number"] in text
    assert "Ruby Hale" in text

    found = await reader.verify(page)
    assert found.exit_code == 0, found.output
    assert found.output.startswith(f"AUTHENTIC: {visa['number']}, C1, granted ")
    assert "to Ruby Hale, born" in found.output
    assert "In the account since" in found.output
    assert "Not taken back as of" in found.output
    # The square alone says as much, without the account.
    assert "AUTHENTIC" in (await reader.verify(document["code"])).output
    # Its holder is told that they read it themselves; nobody else reads it.
    read = await judged.owner.fetch(
        "SELECT fields FROM access_event WHERE 'visa.pdf' = ANY (fields)"
    )
    assert [{*row["fields"]} for row in read] == [
        {"visa.issuedAt", "visa.code", "visa.proof", "visa.pdf"}
    ]
    for other in ("officer", "supervisor", "auditor", "agent-au", "service"):
        refused = await judged.who[other](MY_VISA, case=case)
        assert refused.codes[0] == "FORBIDDEN_FIELD", other

    await perform(judged.who["supervisor"], "revokeVisa", case, reason="The employer is invented.")
    after = await judged.who["applicant"](MY_VISA, case=case)
    assert after.data["node"]["decision"]["visa"]["document"] is None
    await tell_readers(judged.signing, judged.owner)
    found = await reader.verify(page)
    assert found.exit_code == 1
    assert "TAKEN BACK" in found.output


async def test_what_was_changed_or_signed_by_a_thief_is_false(
    judged: Judged, reader: Reader, account: Path
) -> None:
    visa = await in_hand(judged, await granted(judged.who), account)
    code = read_code(visa["document"]["code"])
    # Somebody else's name on it.
    written = json.loads(visa["document"]["code"])
    written["content"] = written["content"].replace("Ruby Hale", "Ruby Hole")
    found = await reader.verify(json.dumps(written))
    assert found.output == "FALSE: it was changed, or another key signed it\n"
    # By the stolen key, for another holder, with the proof of a visa that was granted.
    keys = LocalKeys.from_file(judged.file)
    holder = Holder("Ruby Hole", "1990-01-01", "XX1234567", "AU", "AU")
    text = canonical({**visa_content(code.terms, holder), "key": code.key_id})
    signature = await keys.sign(KeyUse.VISA, message_of(text))
    forged = write_pdf(write_signed(text, signature.value), visa["document"]["proof"])
    found = await reader.verify(forged)
    assert found.output == "FALSE: the proof in it is that of something else\n"


async def test_a_visa_that_a_superuser_inserts_gets_no_document(
    judged: Judged, account: Path
) -> None:
    case = await granted(judged.who)
    visa = await in_hand(judged, case, account)
    before = await judged.tampered()
    await judged.owner.execute(
        "UPDATE visa SET use_by = use_by + 365 WHERE visa_number = $1", visa["number"]
    )
    await judged.owner.execute(
        "UPDATE visa_document SET replaced_at = now() WHERE visa_number = $1", visa["number"]
    )
    await judged.owner.execute(
        "INSERT INTO visa_document (visa_number, applicant_id)"
        " SELECT visa_number, applicant_id FROM visa"
        " JOIN application ON application.id = application_id WHERE visa_number = $1",
        visa["number"],
    )
    await judged.owner.execute("NOTIFY gerbang_unlinked")
    async with asyncio.timeout(20):
        while await judged.tampered() == before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await sign(judged.owner, account, judged.signing)
    answer = await judged.who["applicant"](MY_VISA, case=case)
    assert answer.data["node"]["decision"]["visa"]["document"] is None


async def test_a_revoked_key_is_believed_by_nobody_and_its_documents_are_made_anew(
    judged: Judged, reader: Reader, account: Path, world: str
) -> None:
    case = await granted(judged.who)
    before = (await in_hand(judged, case, account))["document"]
    stolen = read_code(before["code"]).key_id

    def run(*command: str) -> tuple[int, str]:
        done = call_command(command, {"GERBANG_OWNER_URL": world})
        return done.returncode, done.stdout + done.stderr

    code, said = await asyncio.to_thread(run, "visa", "revoke-key", stolen)
    assert code == 1
    assert f"{stolen} is not a retired key: rotate and retire it first" in said, said
    for verb in ("rotate", "retire"):
        code, said = await asyncio.to_thread(run, "audit", verb, "visas", str(judged.file))
        assert code == 0, said
    await tell_readers(judged.signing, judged.owner)
    # What it signed stays good until somebody says otherwise.
    assert (await reader.verify(b64decode(before["pdf"]))).exit_code == 0

    others = await judged.owner.fetchval(
        "SELECT count(*) FROM visa_document JOIN visa USING (visa_number)"
        " WHERE key_id = $1 AND replaced_at IS NULL AND revoked_at IS NULL"
        " AND superseded_at IS NULL",
        stolen,
    )
    code, said = await asyncio.to_thread(run, "visa", "revoke-key", stolen)
    assert (code, said) == (0, f"{stolen} is revoked; {others} visas in hand are made anew.\n")
    found = await reader.verify(b64decode(before["pdf"]))
    assert found.exit_code == 1
    assert found.output == f"FALSE: the key '{stolen}' is not one of those that are given\n"
    after = (await in_hand(judged, case, account))["document"]
    assert read_code(after["code"]).key_id != stolen
    assert read_code(after["code"]).terms == read_code(before["code"]).terms
    found = await reader.verify(b64decode(after["pdf"]))
    assert (found.exit_code, "Not taken back" in found.output) == (0, True), found.output
    # It is revoked once.
    assert (await asyncio.to_thread(run, "visa", "revoke-key", stolen))[0] == 1


async def test_a_corrected_holder_gets_another_document_and_the_one_before_is_on_the_list(
    judged: Judged, reader: Reader, account: Path
) -> None:
    who, case = judged.who, await granted(judged.who)
    before = (await in_hand(judged, case, account))["document"]
    corrected = {"fullName": "Ruby Hale Moss", "passportIssuingState": "NZ"}
    await perform(who["applicant"], "proposeCorrection", case, identity=corrected)
    await perform(who["supervisor"], "approveCorrection", case)
    assert (await visa_of(judged, case))["document"] == before  # until a second one agrees
    await perform(who["supervisor-2"], "confirmCorrection", case)

    after = (await in_hand(judged, case, account))["document"]
    old, new = read_code(before["code"]), read_code(after["code"])
    assert (new.terms, new.key_id) == (old.terms, old.key_id)
    changed = {"full_name": "Ruby Hale Moss", "issuing_state": "NZ"}
    assert (old.holder.full_name, new.holder) == ("Ruby Hale", old.holder._replace(**changed))
    found = await reader.verify(b64decode(before["pdf"]))
    assert (found.exit_code, "TAKEN BACK" in found.output) == (1, True), found.output
    # The visa is held until screening is clear again. No reader is told of that.
    assert (await row(judged.owner, case))["is_visa_held"] is True
    found = await reader.verify(b64decode(after["pdf"]))
    assert (found.exit_code, "Not taken back" in found.output) == (0, True), found.output


async def test_a_stay_that_is_extended_gets_a_document_that_says_so(
    judged: Judged, reader: Reader, account: Path
) -> None:
    who, case = judged.who, await granted(judged.who, "B1")
    before = (await in_hand(judged, case, account))["document"]
    extension = await perform(who["applicant"], "applyForExtension", case)
    await assign_to(who, "officer", await pay_bill(who, extension))
    await perform(who["officer"], "recordAppearance", extension, enteredOn=today().isoformat())
    await cleared_and_granted(who, extension)
    after = (await in_hand(judged, case, account))["document"]
    old, new = read_code(before["code"]).terms, read_code(after["code"]).terms
    assert (old.extended_days, new.extended_days) == (0, 30)
    assert new._replace(extensions=()) == old
    found = await reader.verify(b64decode(after["pdf"]))
    assert (found.exit_code, "Not taken back" in found.output) == (0, True), found.output
    assert "a stay of 30 days, extended by 30 days." in found.output
    page = pypdf.PdfReader(io.BytesIO(b64decode(after["pdf"]))).pages[0].extract_text()
    assert page.index("Lama tinggal") < page.index("Perpanjangan") < page.index("Extension")
    found = await reader.verify(b64decode(before["pdf"]))
    assert (found.exit_code, "TAKEN BACK" in found.output) == (1, True), found.output

    # Whoever administers the database brings none back, nor another one in its place.
    number = new.number
    former = "WHERE visa_number = $1 AND replaced_at IS NOT NULL"
    for becomes in ("replaced_at = NULL", "digest = '\\x00'"):
        with pytest.raises(asyncpg.RestrictViolationError, match="stays as it was issued"):
            await judged.owner.execute(f"UPDATE visa_document SET {becomes} {former}", number)
    # They write more days, and get no document for them.
    await judged.administer("UPDATE extension_rule SET days = 90 WHERE visa_type_code = 'B1'")
    await judged.owner.execute("UPDATE visa SET extended_days = 90 WHERE visa_number = $1", number)
    refused = "SELECT refused_at FROM visa_document WHERE visa_number = $1 AND replaced_at IS NULL"
    async with asyncio.timeout(20):
        while not await judged.owner.fetchval(refused, number):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert await judged.tampered() == 1
    restored = "UPDATE extension_rule SET days = 30 WHERE visa_type_code = 'B1'"
    await judged.administer(restored, "DELETE FROM alert WHERE kind = 'TAMPERED'")
    await judged.owner.execute("UPDATE visa SET extended_days = 30 WHERE visa_number = $1", number)
    again = (await in_hand(judged, case, account))["document"]
    assert read_code(again["code"]).terms == new


async def test_that_of_a_superseded_grant_is_on_the_list_until_its_last_day_of_stay(
    judged: Judged, reader: Reader, account: Path
) -> None:
    who, case = judged.who, await granted(judged.who)
    visa = await in_hand(judged, case, account)
    refusal = {"outcome": "REFUSED", "grounds": ["FALSE_STATEMENT"]}
    await perform(who["supervisor"], "supersedeDecision", case, **refusal)
    await tell_readers(judged.signing, judged.owner)
    page = b64decode(visa["document"]["pdf"])
    assert "TAKEN BACK" in (await reader.verify(page)).output

    def ended_days_ago(days: int) -> str:
        return (
            f"UPDATE visa SET extended_days = 9, use_by = wib_day(now()) - {days} - 9"
            f" - stay_days::int WHERE visa_number = '{visa['number']}'"
        )

    await judged.administer(ended_days_ago(0))
    await tell_readers(judged.signing, judged.owner)
    assert "TAKEN BACK" in (await reader.verify(page)).output
    await judged.administer(ended_days_ago(1))
    await tell_readers(judged.signing, judged.owner)
    found = await reader.verify(page)
    assert (found.exit_code, "Not taken back" in found.output) == (0, True), found.output


async def test_where_a_witness_is_named_it_must_have_cosigned(
    judged: Judged, reader: Reader, account: Path
) -> None:
    document = (await in_hand(judged, await granted(judged.who), account))["document"]
    page, nobody = b64decode(document["pdf"]), Witness("nobody.example.org", bytes(32))
    assert (await reader.verify(page)).exit_code == 0
    found = await reader.verify(page, "--witness", nobody.verifier_key())
    assert found.exit_code == 1
    assert found.output == "FALSE: nobody.example.org did not cosign the checkpoint\n"


async def test_a_list_that_says_the_same_is_signed_again_after_an_hour(judged: Judged) -> None:
    signed_at = "SELECT signed_at FROM taken_back_list"
    await tell_readers(judged.signing, judged.owner)
    listed = await judged.owner.fetchval(signed_at)
    await tell_readers(judged.signing, judged.owner)
    assert await judged.owner.fetchval(signed_at) == listed
    await judged.administer("UPDATE taken_back_list SET signed_at = signed_at - interval '1 hour'")
    await tell_readers(judged.signing, judged.owner)
    assert await judged.owner.fetchval(signed_at) > listed

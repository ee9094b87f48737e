"""A visa in hand: its holder saves it, a reader verifies it offline, and a false one is false."""

import asyncio
import io
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner, Result

from gateway.cli.visa import PUBLISHED
from gateway.cli.visa import visa as command
from gateway.schema.visa_document import write_pdf
from models.account.notes import verifier_key
from models.jobs.visa_documents import tell_readers
from models.key_service import KeyUse, LocalKeys
from models.visa_document.content import (
    Holder,
    canonical,
    message_of,
    read_code,
    visa_content,
    write_signed,
)
from tests.accounts import sign
from tests.gateway.changing import assign_to, pay_bill, perform, row_id
from tests.gateway.conftest import Viewer
from tests.gateway.judged import Judged, judged_gateway

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


async def granted(who: dict[str, Viewer]) -> str:
    case = await perform(who["applicant"], "submitApplication", visaType="C1", nationality="AU")
    await pay_bill(who, case)
    await assign_to(who, "officer", case)
    await perform(who["officer"], "referToScreening", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    return await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def in_hand(judged: Judged, case: str, account: Path) -> dict:
    """The document, once the keeper has issued it and signed its account."""
    async with asyncio.timeout(20):
        while not await judged.owner.fetchval(  # noqa: ASYNC110
            "SELECT true FROM visa_document JOIN visa USING (visa_number)"
            " WHERE application_id = $1 AND visa_document.issued_at IS NOT NULL",
            row_id(case),
        ):
            await asyncio.sleep(0.02)
    answer = await judged.who["applicant"](MY_VISA, case=case)
    assert answer.data["node"]["decision"]["visa"]["document"] is None  # not in the account yet
    await sign(judged.owner, account, judged.signing)
    await tell_readers(judged.signing, judged.owner)
    answer = await judged.who["applicant"](MY_VISA, case=case)
    assert answer.errors == []
    return answer.data["node"]["decision"]["visa"]


class Reader:
    """Somebody at a border, with what was published, and no network."""

    def __init__(self, folder: Path, judged: Judged, account_key: bytes) -> None:
        self._folder, self._judged = folder, judged
        self._key = folder / "account.key"
        self._key.write_text(verifier_key(account_key))

    async def verify(self, document: bytes | str) -> Result:
        """What `gerbang visa verify` says, with the list that is published now."""
        published = await self._judged.who["anonymous"](PUBLISHED)
        (self._folder / "published.json").write_text(published.text)
        file = self._folder / "visa"
        file.write_bytes(document if isinstance(document, bytes) else document.encode())
        known = ["--published", self._folder / "published.json", "--public-key", self._key]
        return CliRunner().invoke(command, ["verify", str(file), *map(str, known)])


@pytest.fixture(scope="module")
async def reader(judged: Judged, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    [key] = (await judged.signing.public_keys(KeyUse.CHECKPOINT)).values()
    return Reader(tmp_path_factory.mktemp("reader"), judged, key)


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

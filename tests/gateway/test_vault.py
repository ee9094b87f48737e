"""Identities stand nowhere in plain text, whichever way it came in; and what somebody changes
in the database is refused."""

import asyncio
import contextlib
import logging
import re
import tempfile
import time
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from models.contents.sealing import Content
from models.person import vault
from models.person.vault import Person, Vault
from models.postgres import Server
from tests import tokens
from tests.gateway.changing import (
    ENTRY_ON,
    IDENTITY,
    change,
    in_verification,
    perform,
    reference_of,
    row,
    row_id,
    send,
    submitted_case,
    wait_until_linked,
)
from tests.gateway.conftest import PATIENT
from tests.gateway.in_process import running_gateway
from tests.gateway.log_lines import log_lines
from tests.gateway.surviving.standing import metrics_of
from tests.journeys.test_ban import approve_ban, who_it_is
from tests.journeys.test_complaints import lodge, step
from tests.linking import KEYS, linking
from tests.scans import announce, png, sent
from tests.scans import send as put
from tests.world import applicant_id, today

pytestmark = pytest.mark.anyio

#: No other test says these.
CANARY = {
    "fullName": "Zyxwanda Quokkabane",
    "passportNumber": "QZCANARY01",
    "birthDate": "1931-02-03",
    "email": "zyxwanda@quokkabane.example",
    "phone": "+61 400 777 313",
    "placeOfBirth": "Wollomombi Gulf",
    "passportExpiresOn": "2037-03-31",
}
CORRECTED = {
    "fullName": "Zyxwanda Numbatsdottir",
    "passportNumber": "QZCANARY02",
    "passportExpiresOn": "2039-05-29",
    "email": "numbat@dottir.example",
    "placeOfBirth": "Tibooburra Reach",
}
#: As they are wrong: refused by a rule, or before anything runs.
WRONG = ({"phone": "400 777 313 zyx"}, {"passportNumber": "qz canary 03"},
         {"birthDate": "Zyxwanda's day"}, {"email": "zyxwanda at quokkabane"})  # fmt: skip
#: Whom an entry of the ban list is about, and how it is wrong.
BANNED = {
    "passport": {"issuingState": "AU", "number": "QZBANNED01"},
    "nameAndBirthDate": {"fullName": "Wurrungul Bilbysson", "birthDate": "1929-11-05"},
}
WRONG_BANS = (
    {"passport": {"issuingState": "AU", "number": "qz banned 02"}},
    {"nameAndBirthDate": {"fullName": "Bilbysson 3", "birthDate": "2999-11-05"}},
)
ASKED = [{"kind": "ADDRESS_IN_INDONESIA"}, {"kind": "OCCUPATION"}, {"kind": "ARRIVAL_DATE"}]
_ADDRESS = {"street": "Gang Quollinya 77", "city": "Kota Potoroo", "province": "Bilby Raya"}
ANSWERS = [
    {"kind": "ADDRESS_IN_INDONESIA", "value": {"address": _ADDRESS}},
    {"kind": "OCCUPATION", "value": {"text": "Dunnart whisperer"}},
    {"kind": "ARRIVAL_DATE", "value": {"day": "2091-08-07"}},
]
_NO_ADDRESS = {**_ADDRESS, "postalCode": "Quollinya"}
WRONG_ANSWERS = (
    [{"kind": "ADDRESS_IN_INDONESIA", "value": {"address": _NO_ADDRESS}}],
    [{"kind": "ARRIVAL_DATE", "value": {"text": "Dunnart day"}}],
    [{"kind": "ARRIVAL_DATE", "value": {"day": "Dunnart day"}}],
)
ANSWERED = [b"Quollinya", b"Kota Potoroo", b"Bilby Raya", b"Dunnart", b"2091-08-07"]
#: What somebody complains of, and is answered.
COMPLAINED = [b"A bribe for Wambenger", b"Kultarr was dismissed"]
#: What stands in a scan, and in one that is refused.
SCANNED, REFUSED = b"a scan of a Bettong", b"no scan of a Bettong"
SECRETS = [
    *(*ANSWERED, *COMPLAINED, SCANNED, REFUSED),
    *(b"Zyxwanda", b"Quokkabane", b"Numbatsdottir", b"QZCANARY", b"qz canary", b"1931-02-03"),
    *(b"quokkabane.example", b"dottir.example", b"777 313", b"Wollomombi", b"Tibooburra"),
    *(b"2037-03-31", b"2039-05-29", b"QZBANNED", b"qz banned", b"Wurrungul", b"WURRUNGUL"),
    *(b"Bilbysson", b"BILBYSSON", b"1929-11-05"),
]
READ = """
    query ($case: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $case) { ... on Application { reference applicant {
            passportLastFour identity { fullName passportNumber birthDate email sex }
            identityVersions(first: 9) { nodes { number fullName } }
        } } } }
"""
LOOK_UP = """
    query ($case: String!) @purpose(code: CASEWORK, reference: $case) {
        people(by: {passport: {issuingState: "AU", number: "QZCANARY01"}}) { id }
    }
"""
NEVER_SEALED = b"Unsealed Bandicoot"
#: The values of somebody who is handed in while nothing is encrypted.
OPEN = {
    "fullName": "Plainella Potoroosdottir",
    "passportNumber": "QZPLAIN01",
    "birthDate": "1932-03-04",
    "email": "plainella@potoroo.example",
    "phone": "+61 400 888 414",
    "placeOfBirth": "Murwillumbah Rise",
    "passportExpiresOn": "2038-04-30",
}
#: The LINKER has read whom it is about.
_LISTED = "SELECT count(*) = 2 FROM ban_index WHERE ban_id = $1"
_TAMPERED = re.compile(r"^gerbang_vault_tampered_total (\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of the object store, and of temporary files of this process."""
    folder = tmp_path_factory.mktemp("beside")
    (folder / "temporary").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder / "temporary"))
        yield folder


@pytest.fixture(scope="module")
async def app(world: str, beside: Path) -> AsyncIterator[Starlette]:
    settings = tokens.settings(world, **PATIENT, document_store=f"file:{beside / 'store'}")
    async with running_gateway(settings) as application, linking(world):
        yield application


async def every_way_in(who: Any, client: Any) -> tuple[str, list[str]]:
    """Hand the canary in by every way; the case on an officer's desk, and the messages about
    mistakes."""
    agent, sentence = who["agent-au"], {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON}
    text = [
        (await send(agent, "submitApplication", {**sentence, "identity": {**CANARY, **wrong}})).text
        for wrong in WRONG
    ]
    case = await in_verification(who, identity=CANARY)
    unpaid = await submitted_case(who, identity=CANARY)
    await perform(agent, "proposeCorrection", unpaid, identity=CORRECTED)
    text += [
        (await change(agent, "proposeCorrection", unpaid, identity=wrong)).asked.text
        for wrong in (WRONG[0], WRONG[1])
    ]
    await perform(agent, "proposeCorrection", case, identity=CORRECTED)
    await perform(who["officer"], "approveCorrection", case)
    await perform(who["officer"], "requestInformation", case, items=ASKED)
    for wrong_answers in WRONG_ANSWERS:
        given = {"applicationId": case, "items": [], "answers": wrong_answers}
        text.append((await send(agent, "answerInformation", given)).text)
    await perform(agent, "answerInformation", case, items=[], answers=ANSWERS)
    await sent(agent, case, png(notes=SCANNED))
    refused = await announce(agent, case, scan := REFUSED + png(notes=REFUSED), kind="ITINERARY")
    text.append((await put(agent, refused["ticket"], scan)).text)
    batch = [
        {**sentence, "identity": {**CANARY, "passportNumber": f"QZCANARY1{n}"}} for n in range(2)
    ]
    await send(agent, "submitApplications", {"applications": batch})
    await client.get(f"/graphql?name={CANARY['fullName']}")
    await complain(who)
    sentence = {"ground": "CRIME", "reason": "Why.", "bannedFrom": today().isoformat()}
    text += [(await send(who["screening"], "proposeBan", {**sentence, **wrong})).text
             for wrong in WRONG_BANS]  # fmt: skip
    return case, text


async def complain(who: Any) -> None:
    """Somebody complains of a bribe, and an auditor answers."""
    said, answer = (one.decode() for one in COMPLAINED)
    complaint = await lodge(who["applicant"], said)
    assert await step(who["auditor"], "sortComplaint", complaint, kind="INTEGRITY") == []
    assert await step(who["auditor"], "answerComplaint", complaint, answer=answer) == []


def files_of(server: Server, beside: Path, since: float) -> Iterator[Path]:
    """Every file of the cluster that was written since: heap, indexes, write-ahead log, temporary
    files, its own log; and those beside it."""
    for file in (*server.cluster.data.rglob("*"), server.cluster.log, *beside.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            if file.is_file() and file.stat().st_mtime >= since:
                yield file


def read_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # of another test, which dropped it
        return b""


async def found_in(
    server: Server, beside: Path, since: float, connection: asyncpg.Connection, *secrets: bytes
) -> set[bytes]:
    """Which of the secrets are in a file of the cluster or beside it, or in a dump of this
    database."""
    await connection.execute("CHECKPOINT")
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    dump = [
        str(await connection.fetch(f"SELECT dumped::text FROM {name} AS dumped")).encode()
        for (name,) in tables
    ]
    return {
        secret
        for content in (*dump, *map(read_file, files_of(server, beside, since)))
        for secret in secrets
        if secret in content
    }


async def test_a_canary_is_found_nowhere(
    who, client, app, server, beside, world, connection
) -> None:
    began = time.time() - 1
    with log_lines("DEBUG") as log:
        for name in ("sqlalchemy", "asyncio", "httpx2", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # as in any process of ours
        case, found = await every_way_in(who, client)
        reference = await reference_of(who["officer"], case)
        read = await who["officer"](READ, case=case, **{"for": reference})
        assert len((await who["officer"](LOOK_UP, case=reference)).data["people"]) >= 2
        ban = await approve_ban(who, **BANNED)
        while not await connection.fetchval(_LISTED, row_id(ban)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        about = await who_it_is(who["screening-2"], who, ban)
        metrics = await metrics_of(app.state.internal)
    assert (about["passportNumber"], about["birthDate"]) == ("QZBANNED01", "1929-11-05")
    assert about["fullName"] == "Wurrungul Bilbysson"
    # It is read by whoever may, in its versions.
    person = read.data["node"]["applicant"]
    assert person["identity"] == {
        **{name: CORRECTED[name] for name in ("fullName", "passportNumber", "email")},
        "birthDate": CANARY["birthDate"],
        "sex": None,
    }
    assert person["passportLastFour"] == "RY02"
    assert [one["fullName"] for one in person["identityVersions"]["nodes"]] == [
        CORRECTED["fullName"], CANARY["fullName"],
    ]  # fmt: skip
    # A plain value is found by the same search: so nothing is overlooked.
    await connection.execute(
        "UPDATE identity SET full_name = $1 WHERE applicant_id ="
        " (SELECT applicant_id FROM application LIMIT 1)",
        NEVER_SEALED.decode(),
    )
    in_plain = await found_in(server, beside, began, connection, *SECRETS, NEVER_SEALED)
    assert in_plain == {NEVER_SEALED}
    output = " ".join([log.text, metrics, *found]).encode()
    assert [secret for secret in SECRETS if secret in output] == []


async def test_with_encryption_off_the_canary_is_found(
    who, server, beside, world, connection, monkeypatch
) -> None:
    """The same search is red then, value by value, so it looks where they would be."""

    def in_plain(key: bytes, person: Person) -> dict[str, str]:
        return {name: str(value) for name, value in person.values.items() if value is not None}

    def read_plain(cipher: object, subject: bytes, column: str, cell: str) -> str:
        return cell.partition(":")[2]

    began = time.time() - 1
    monkeypatch.setattr(vault, "seal_by", in_plain)
    monkeypatch.setattr(vault, "_open", read_plain)
    monkeypatch.setattr(Content, "seal", lambda _, number, part: part)
    case = await in_verification(who, identity=OPEN)
    await perform(who["officer"], "requestInformation", case, items=ASKED)
    await perform(who["agent-au"], "answerInformation", case, items=[], answers=ANSWERS)
    await sent(who["agent-au"], case, png(notes=SCANNED))
    await complain(who)
    secrets = {*(value.encode() for value in OPEN.values()), *ANSWERED, *COMPLAINED, SCANNED}
    assert await found_in(server, beside, began, connection, *secrets) == secrets


async def test_a_mark_tells_of_equal_values_in_one_column_of_one_person_alone() -> None:
    """By it a correction that changes nothing is seen; no other two values are compared."""
    ruby, other = applicant_id("Ruby Hale"), applicant_id("Jack Doyle")
    same = {"full_name": "Wombat", "place_of_birth": "Wombat"}
    sealed = await Vault(KEYS).seal(
        [Person(ruby, 1, same), Person(ruby, 2, same), Person(other, 1, same)]
    )
    first, second, of_other = (
        {column: urlsafe_b64decode(cell)[:15] for column, cell in row.items()} for row in sealed
    )
    assert first == second
    assert len({*first.values(), *of_other.values()}) == 4


@pytest.mark.parametrize(
    "tampering",
    [
        # Somebody else's, another column's, an older one, cut off, and one letter of it.
        "sealed || jsonb_build_object('full_name', (SELECT sealed -> 'full_name' FROM identity"
        " AS other WHERE other.applicant_id <> identity.applicant_id LIMIT 1))",
        "sealed || jsonb_build_object('full_name', sealed -> 'place_of_birth')",
        "sealed || jsonb_build_object('full_name', (SELECT sealed -> 'full_name' FROM"
        " identity_version AS before WHERE before.applicant_id = identity.applicant_id"
        " AND number = 1))",
        "sealed || jsonb_build_object('full_name', left(sealed ->> 'full_name', -8))",
        "sealed || jsonb_build_object('full_name', CASE left(sealed ->> 'full_name', 1)"
        " WHEN 'A' THEN 'B' ELSE 'A' END || substr(sealed ->> 'full_name', 2))",
        'sealed || \'{"full_name": "é"}\'',
    ],
)
async def test_a_sealed_value_that_was_tampered_with_is_refused(
    who, app, world, connection, caplog, tampering: str
) -> None:
    unpaid = await submitted_case(who, identity={**IDENTITY, "placeOfBirth": "Perth"})
    await perform(
        who["agent-au"], "proposeCorrection", unpaid, identity={"fullName": "Olive Other"}
    )
    await wait_until_linked(who, unpaid)  # the LINKER reads who was corrected
    person = (await row(connection, unpaid))["applicant_id"]
    named = {"case": unpaid, "for": await reference_of(who["agent-au"], unpaid)}
    query = """query ($case: ID!, $for: String!) @purpose(code: INTAKE, reference: $for) {
        node(id: $case) { ... on Application { applicant { identity { fullName } } } }
    }"""
    read = await who["agent-au"](query, **named)
    assert read.data["node"]["applicant"]["identity"] == {"fullName": "Olive Other"}
    await connection.execute(
        f"UPDATE identity SET sealed = {tampering} WHERE applicant_id = $1", person
    )
    before = await metrics_of(app.state.internal)
    with caplog.at_level(logging.ERROR):
        refused = await who["agent-au"](query, **named)
    after = await metrics_of(app.state.internal)
    counted = [float(count) for page in (before, after) for count in _TAMPERED.findall(page)]
    assert counted[1] == counted[0] + 1
    assert refused.codes == ["INTERNAL"], refused.text
    assert "the vault refused a sealed value" in caplog.text
    assert "Olive" not in refused.text + caplog.text

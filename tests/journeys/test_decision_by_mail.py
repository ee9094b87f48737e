"""A portal's day ends with the link in the applicant's mail: what was decided opens by reference,
passport and code, for nobody else, and whatever does not fit is alike."""

import contextlib
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from time import monotonic, time
from typing import Any

import pytest

from gateway.execution import answers
from models.account.findings import Report
from models.account.reconciling import APART_SECONDS, reconcile_all
from models.jobs.mail import deliver
from models.jobs.notices import write_notices
from models.key_service import Cause, Credential, KeyServiceError, MakesCodes, Principal, SocketKeys
from models.key_service.codes import claim_of
from models.key_service.counts import TRIES_OF_A_FILE, ViewerCeilingError
from models.key_service.process import credentials_beside
from models.mail import mail_transport
from models.person.matching import passport_message
from tests.accounts import swallowed
from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    hand_over,
    pay_bill,
    perform,
    reference_of,
    row_id,
    wait_until_linked,
)
from tests.gateway.conftest import Answer, Viewer, without_budget
from tests.gateway.judged import Judged, judged_gateway
from tests.gateway.log_lines import log_lines
from tests.mail_sink import SENDER, Sink, running_sink, text_of
from tests.visas_in_hand import Reader, prove, wait_until_issued

pytestmark = pytest.mark.anyio

OPEN = """
    query ($reference: String!, $state: CountryCode!, $passport: String!, $code: String!) {
        deliveredDecision(
            reference: $reference, code: $code,
            passport: {issuingState: $state, number: $passport}
        ) { outcome isTakenBack pdf }
    }
"""
_OPENED = "SELECT * FROM access_event WHERE case_reference = $1 AND actor_role = 'ANONYMOUS'"


@pytest.fixture(scope="module")
async def judged(world: str) -> AsyncIterator[Judged]:
    async with judged_gateway(world, trusted_proxies="127.0.0.0/8") as running:
        yield running


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("account")


@pytest.fixture(scope="module")
def sink() -> Iterator[tuple[Sink, str]]:
    with running_sink() as running:
        yield running


@pytest.fixture
def mailer(judged: Judged) -> SocketKeys:
    shown = Credential.of(Principal.MAILER, credentials_beside(judged.file))
    return SocketKeys(judged.file.with_name("socket.linking"), 60, credential=shown)


class Applicant:
    """Somebody without an account, for whom a portal lodged a file."""

    def __init__(self, judged: Judged, case: str, reference: str, passport: str) -> None:
        self.viewer, self.id = judged.who["anonymous"], case
        self.reference, self.passport, self.code = reference, passport, ""

    async def open(self, source: str = "198.51.100.1", **given: Any) -> Answer:
        values = {"reference": self.reference, "passport": self.passport, "state": "AU"}
        values |= {"code": self.code, **given}
        headers = {"X-Forwarded-For": source}
        return await self.viewer.send({"query": OPEN, "variables": values}, **headers)


async def decided(
    judged: Judged, mailer: MakesCodes, sink: tuple[Sink, str], passport: str, outcome: str
) -> Applicant:
    """What the portal's system handed in, and an officer decided: the mail is there."""
    await tell(judged, mailer, sink)
    who, service = judged.who, judged.who["service"]
    identity = {**IDENTITY, "passportNumber": passport, "email": f"{passport}@example.org"}
    given = {"visaType": "B1", "nationality": "AU", "country": "AU", "identity": identity}
    case = await perform(service, "submitApplication", **given)
    await pay_bill(who, case)
    await hand_over(service, case, "B1")
    await wait_until_linked(who, case)
    await assign_to(who, "officer", case)
    if outcome == "GRANTED":
        await perform(who["officer"], "referToScreening", case)
        await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
        await perform(who["officer"], "recordDecision", case, outcome="GRANTED")
        await wait_until_issued(judged, case)
    else:
        refused = {"outcome": "REFUSED", "grounds": ["PURPOSE_NOT_CREDIBLE"]}
        await perform(who["officer"], "recordDecision", case, **refused)
    one = Applicant(judged, case, await reference_of(who["officer"], case), passport)
    await tell(judged, mailer, sink)
    one.code = newest_code(sink, one)
    return one


async def tell(judged: Judged, mailer: MakesCodes, sink: tuple[Sink, str]) -> None:
    """The keeper's part."""
    while await write_notices(judged.owner, is_mailed=True):
        pass
    while await deliver(mail_transport(sink[1]), SENDER, judged.owner, mailer):
        pass


def newest_code(sink: tuple[Sink, str], one: Applicant) -> str:
    text = text_of(sink[0].to(f"{one.passport}@example.org")[-1])
    codes = re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", text)
    assert len(codes) == 2
    assert len({*codes}) == 1
    assert "https://portal.example/#decision\n" in text
    return codes[0]


async def test_a_portals_day_ends_with_the_link_in_the_applicants_mail(
    judged: Judged, mailer: SocketKeys, sink: tuple[Sink, str], account: Path, tmp_path: Path
) -> None:
    one = await decided(judged, mailer, sink, "MAIL00001", "GRANTED")
    kinds = [each["Subject"].partition(" / ")[2] for each in sink[0].to("MAIL00001@example.org")]
    assert kinds == ["Your visa application waits for its payment", "A decision has been made"]
    early = {"outcome": "GRANTED", "isTakenBack": False, "pdf": None}
    assert (await one.open()).data == {"deliveredDecision": early}  # its proof is still to come
    assert await judged.owner.fetch(_OPENED, one.reference) == []
    await prove(judged, account)
    with log_lines("DEBUG") as log:
        typed = f" {one.code.lower().replace('0', 'o').replace('1', 'l')} "
        opened = await one.open(passport="mail 00001", code=typed)
    assert opened.headers.get("cache-control", "private, no-store") == "private, no-store"
    page = b64decode(opened.data["deliveredDecision"]["pdf"])
    found = await (await Reader.of(tmp_path, judged)).verify(page)
    assert found.exit_code == 0, found.output
    # It is logged as a read, which its holder is told of; who asked is nowhere.
    [read] = await judged.owner.fetch(_OPENED, one.reference)
    assert (read["purpose"], read["fields"]) == (
        "DELIVERY", ["visa.code", "visa.pdf", "visa.proof"],
    )  # fmt: skip
    tries = await judged.owner.fetch("SELECT * FROM tracking_try ORDER BY occurred_at")
    assert {(each["kind"], each["is_found"]) for each in tries} == {("DELIVERY", True)}
    assert read["actor"] == tries[-1]["file"].hex()
    assert tries[-1]["mac"] is not None
    for told in (one.code, one.code.replace("-", ""), one.passport, "198.51.100.1"):
        assert told not in f"{log.text} {tries} {read}"
    # Nothing of what was opened differs from what the key service gave out.
    await judged.administer(
        "UPDATE applicant SET account = 'mailed' FROM application"
        f" WHERE applicant.id = applicant_id AND reference = '{one.reference}'"
    )
    holder = Viewer(one.viewer.client, {"role": "APPLICANT", "sub": "mailed"})
    answer = await holder("{ accessEvents(first: 9) { nodes { inWords(language: EN) } } }")
    assert {each["inWords"] for each in answer.data["accessEvents"]["nodes"]} == {
        "Somebody who had the code of our mail to you fetched your visa to hand it over to you."
    }
    # What the mailer and the tracker had opened is in the log, and the other way round.
    report = Report()
    await reconcile_all(judged.signing, judged.owner, report, time() + 3 * APART_SECONDS)
    assert [finding.what for finding in report.findings] == []


async def test_a_refusal_opens_alike_and_a_visa_that_was_taken_back_is_none(
    judged: Judged, mailer: SocketKeys, sink: tuple[Sink, str], account: Path
) -> None:
    refused = await decided(judged, mailer, sink, "MAIL00011", "REFUSED")
    told = {"outcome": "REFUSED", "isTakenBack": False, "pdf": None}
    assert (await refused.open()).data == {"deliveredDecision": told}
    one = await decided(judged, mailer, sink, "MAIL00012", "GRANTED")
    texts = {
        text_of(sink[0].to(f"{each.passport}@example.org")[-1])
        .replace(each.code, "CODE").replace(each.reference, "REFERENCE")
        for each in (refused, one)
    }  # fmt: skip
    assert len(texts) == 1
    await prove(judged, account)
    revoked = {"reason": "The employer is invented."}
    await perform(judged.who["supervisor"], "revokeVisa", one.id, **revoked)
    # A newer mail replaces the code, and it counts from then on.
    old = one.code
    await judged.administer("UPDATE sent_code SET mailed_at = mailed_at - interval '31 days'")
    await tell(judged, mailer, sink)
    one.code = newest_code(sink, one)
    assert one.code != old
    assert (await one.open(code=old)).codes == ["NOT_FOUND"]
    told = {"outcome": "GRANTED", "isTakenBack": True, "pdf": None}
    assert (await one.open()).data == {"deliveredDecision": told}


async def test_whatever_does_not_fit_is_alike_in_bytes_and_waits_for_a_beat(
    judged: Judged, mailer: SocketKeys, sink: tuple[Sink, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await decided(judged, mailer, sink, "MAIL00021", "REFUSED")
    other = await decided(judged, mailer, sink, "MAIL00022", "REFUSED")
    misses = {
        "no such file": {"reference": "0000-0000-0000"},
        "another's passport": {"passport": other.passport},
        "another state": {"state": "NZ"},
        "another's code": {"code": other.code},
        "another's file": {"reference": other.reference},
        "no code": {"code": ""},
    }
    monkeypatch.setattr(answers, "BEAT_SECONDS", 0.3)
    told = []
    for number, (name, given) in enumerate(misses.items()):
        began = monotonic()
        told.append(await one.open(f"198.51.100.{20 + number}", **given))
        assert monotonic() - began >= 0.3, name
    monkeypatch.undo()
    traces = [each.errors[0]["extensions"]["traceId"] for each in told]
    [alike] = {
        without_budget(each.text.replace(trace, ""))
        for each, trace in zip(told, traces, strict=True)
    }
    assert "NOT_FOUND" in alike
    tries = await judged.owner.fetch("SELECT is_found FROM tracking_try ORDER BY id DESC LIMIT 6")
    assert {each["is_found"] for each in tries} == {False}
    # Five tries an hour, whatever was right of them.
    assert (await one.open()).data
    spent = await one.open()
    assert (spent.status, spent.codes) == (429, ["RATE_LIMITED"])
    assert (await other.open()).data


async def test_what_cannot_be_logged_or_opened_is_not_answered(
    judged: Judged, mailer: SocketKeys, sink: tuple[Sink, str], account: Path
) -> None:
    one = await decided(judged, mailer, sink, "MAIL00031", "GRANTED")
    await prove(judged, account)
    for table in ("tracking_try", "access_event"):
        async with swallowed(judged.owner, table):
            assert (await one.open()).codes == ["UNAVAILABLE"]
    # What a gateway makes up opens nobody: neither by a code that was never mailed, nor an old one.
    applicant = await judged.owner.fetchval(
        "SELECT applicant_id FROM application WHERE id = $1", row_id(one.id)
    )
    plain = one.code.replace("-", "")
    shown = Credential.of(Principal.TRACKER, credentials_beside(judged.file))
    tracker = SocketKeys(judged.file.with_name("socket"), 60, credential=shown)
    assert len(await tracker.open_by_code(applicant, one.reference, plain)) == 1
    for asked in (
        (applicant, one.reference, "0123456789"),
        (applicant, "0000-0000-0000", plain),
        (row_id(one.id), one.reference, plain),
    ):
        with pytest.raises(KeyServiceError, match="nobody is opened by this code"):
            await tracker.open_by_code(*asked)
    # Nor does a code to claim a file: an account learns of nobody by it.
    of_a_claim = claim_of(one.reference)
    made = await mailer.make_code(applicant, of_a_claim, row_id(one.id))
    for reference in (of_a_claim, one.reference):
        with pytest.raises(KeyServiceError, match="nobody is opened by this code"):
            await tracker.open_by_code(applicant, reference, made.text)
    for keys in (judged.keys, mailer):
        with pytest.raises(KeyServiceError):
            await keys.open_by_code(applicant, one.reference, plain)
    with pytest.raises(KeyServiceError):
        await judged.linker.make_code(applicant, one.reference, row_id(one.id))
    # Without a code nobody is told whether a passport is in the index.
    message = passport_message("AU", one.passport)
    [known] = await judged.linking.digests("person_index", [message], Cause.LOADING)
    right = await tracker.try_code(one.reference, "a source", plain, message)
    assert right.tried.digests[0] == known[0]
    wrong = await tracker.try_code(one.reference, "a source", "0123456789", message)
    assert wrong.tried.digests[0] != known[0]
    tries = 0
    with contextlib.suppress(ViewerCeilingError):
        while tries <= 2 * TRIES_OF_A_FILE:
            await tracker.try_code(one.reference, str(tries), plain, message)
            tries += 1
    assert tries < 2 * TRIES_OF_A_FILE


async def test_it_is_asked_by_post_alone_and_by_nobody_who_is_signed_in(judged: Judged) -> None:
    values = '{"reference":"X","state":"AU","passport":"X","code":"X"}'
    client = judged.who["anonymous"].client
    asked = await client.get("/graphql", params={"query": OPEN, "variables": values})
    assert asked.status_code == 405
    given = {"reference": "X", "state": "AU", "passport": "X", "code": "X"}
    assert (await judged.who["officer"](OPEN, **given)).codes == ["FORBIDDEN_FIELD"]

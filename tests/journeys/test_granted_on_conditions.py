"""A visa that is granted on conditions: who reads them, on the page too, and how they change."""

import io
import json
from base64 import b64decode
from pathlib import Path

import pypdf
import pytest

from models.jobs.visa_documents import tell_readers
from tests.gateway.changing import assign_to, change, cleared_case, pay_bill, perform
from tests.gateway.judged import Judged
from tests.journeys.test_visa_in_hand import account, in_hand, judged, reader
from tests.visas_in_hand import Reader

pytestmark = pytest.mark.anyio
__all__ = ["account", "judged", "reader"]

CONDITIONS = """query ($case: ID!) { node(id: $case) { ... on Application {
    decision { outcome conditions } } } }"""


async def test_conditions_are_told_to_whoever_reads_the_outcome_and_signed_for_a_reader(
    judged: Judged, account: Path, reader: Reader
) -> None:
    who = judged.who
    case = await perform(who["applicant"], "submitApplication", visaType="C1", nationality="AU")
    await assign_to(who, "officer", await pay_bill(who, case))
    await perform(who["officer"], "referToScreening", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    two = {"outcome": "GRANTED", "conditions": ["ONWARD_TICKET", "NO_EMPLOYMENT"]}
    await perform(who["officer"], "recordDecision", case, **two)
    told = (await who["applicant"](CONDITIONS, case=case)).data["node"]["decision"]
    assert told == {"outcome": "GRANTED", "conditions": ["NO_EMPLOYMENT", "ONWARD_TICKET"]}

    visa = await in_hand(judged, case, account)
    page = b64decode(visa["document"]["pdf"])
    printed = " ".join(pypdf.PdfReader(io.BytesIO(page)).pages[0].extract_text().split())
    for both in (
        ("Dilarang bekerja atau menerima upah", "No work, paid or not"),
        ("Wajib menunjukkan tiket keluar", "Show a ticket out of Indonesia"),
    ):
        assert printed.index(both[0]) < printed.index(both[1]), both
    signed = json.loads(json.loads(visa["document"]["code"])["content"])
    assert signed["visa"]["conditions"] == told["conditions"]
    found = await reader.verify(page)
    assert (found.exit_code, "of: no employment, onward ticket." in found.output) == (0, True)

    # A correction has its own: the visa is another, and so is its document.
    supervisor, another = who["supervisor"], who["supervisor-2"]
    same = await change(supervisor, "supersedeDecision", case, **two)
    assert same.codes == ["SAME_DECISION"]
    one = {"outcome": "GRANTED", "conditions": ["WITH_FAMILY"]}
    await perform(supervisor, "supersedeDecision", case, **one)
    corrected = await in_hand(judged, case, account)
    assert corrected["number"] != visa["number"]
    await tell_readers(judged.signing, judged.owner)
    assert "TAKEN BACK" in (await reader.verify(page)).output
    known = await reader.verify(b64decode(corrected["document"]["pdf"]))
    assert (known.exit_code, "of: with family." in known.output) == (0, True), known.output

    # What was revoked in error is granted as it was.
    await perform(supervisor, "revokeVisa", case)
    await perform(another, "setAsideRevocation", case)
    told = (await who["applicant"](CONDITIONS, case=case)).data["node"]["decision"]
    assert told == one


async def test_whoever_took_the_file_in_reads_them(judged: Judged) -> None:
    who = judged.who
    case = await cleared_case(who)
    given = {"outcome": "GRANTED", "conditions": ["REPORT_TO_OFFICE"]}
    await perform(who["officer"], "recordDecision", case, **given)
    for name in ("agent-au", "service", "officer", "supervisor", "auditor"):
        answer = await who[name](CONDITIONS, case=case)
        assert answer.data["node"]["decision"] == given, name
    for name in ("manager-au", "leadership", "screening"):
        answer = await who[name](CONDITIONS, case=case)
        assert answer.codes == ["FORBIDDEN_FIELD"], name

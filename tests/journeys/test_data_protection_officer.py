"""An afternoon of the auditor, who is also the data protection officer: who read whose data?"""

import pytest

pytestmark = pytest.mark.anyio

PASSPORT = """
    query ($case: String!) @purpose(code: CASEWORK, reference: $case) {
        application(by: {reference: $case}) { applicant { identity { passportNumber } } }
    }
"""
READS = """
    query ($since: DateTime) {
        accessEvents(first: 20, where: {occurredAt: {from: $since}}) { nodes {
            actor actorRole purpose caseReference fields applicant { nationality { code } }
        } }
    }
"""


async def test_every_read_of_a_person_has_its_line_and_nobody_reads_without_one(who) -> None:
    officer, auditor = who["officer"], who["auditor"]
    assert (await auditor(READS)).data["accessEvents"]["nodes"] == []

    # An officer reads the passport of the case on the desk: one line, written before the answer.
    read = await officer(PASSPORT, case="SGPO-OPEN-0006")
    assert read.data["application"]["applicant"]["identity"] is not None
    assert (await auditor(READS)).data["accessEvents"]["nodes"] == [
        {
            "actor": "officer",
            "actorRole": "OFFICER",
            "purpose": "CASEWORK",
            "caseReference": "SGPO-OPEN-0006",
            "fields": ["passportNumber"],
            "applicant": {"nationality": {"code": "SG"}},
        }
    ]

    # The officer asks for a case on somebody else's desk: nothing is read, and nothing is logged.
    foreign = await officer(PASSPORT, case="SGPO-HELD-0007")
    assert foreign.data["application"]["applicant"]["identity"] is None
    assert len((await auditor(READS)).data["accessEvents"]["nodes"]) == 1

    # Without a purpose identity is not answered at all.
    bare = await officer(PASSPORT.replace("@purpose(code: CASEWORK, reference: $case)", ""),
                         case="SGPO-OPEN-0006")  # fmt: skip
    assert bare.codes == ["PURPOSE_REQUIRED"]

    # The auditor sees who read, and never whom: identity does not exist in that role.
    curious = await auditor("{ accessEvents(first: 1) { nodes { applicant { identity "
                            "{ fullName } } } } }")  # fmt: skip
    assert set(curious.codes) == {"FORBIDDEN_FIELD"}
    assert "data" not in curious.body

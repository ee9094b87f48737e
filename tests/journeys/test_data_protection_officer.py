"""An afternoon of the auditor, who is also the data protection officer: who read whose data?"""

from datetime import UTC, datetime, timedelta

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


PERSON = """
    query ($case: String!) { application(by: {reference: $case}) { applicant {
        accessEvents(first: 100) {
            totalCount { value }
            nodes { actor actorRole purpose caseReference fields }
        }
    } } }
"""


async def test_whoever_asks_who_read_their_data_is_answered_from_one_question(who) -> None:
    """The officer of data protection paged through the whole log to find one person's reads."""
    for name, purpose in (("supervisor", "SUPERVISION"), ("supervisor-2", "CASEWORK")):
        read = await who[name](PASSPORT.replace("CASEWORK", purpose), case="NZGR-MIDN-0008")
        assert read.data["application"]["applicant"]["identity"] is not None
    # Of somebody else, for another case: it is none of theirs.
    await who["supervisor"](PASSPORT, case="AUME-INCO-0004")

    asked = await who["auditor"](PERSON, case="NZGR-MIDN-0008")
    reads = asked.data["application"]["applicant"]["accessEvents"]
    assert reads["totalCount"] == {"value": 2}
    assert [(one["actor"], one["purpose"], one["caseReference"]) for one in reads["nodes"]] == [
        ("supervisor-2", "CASEWORK", "NZGR-MIDN-0008"),
        ("supervisor", "SUPERVISION", "NZGR-MIDN-0008"),
    ]

    # Whoever reads people does not read there who else did.
    for name in ("officer", "supervisor", "agent-au", "manager-au"):
        refused = await who[name](PERSON, case="NZGR-MIDN-0008")
        assert set(refused.codes) == {"FORBIDDEN_FIELD"}, name


BREACH = """
    query ($from: DateTime!, $before: DateTime!, $viewer: String, $after: ID) {
        peopleRead(from: $from, before: $before, viewer: $viewer, after: $after) {
            people { value }
            rows { applicant reads { value } viewers fields firstReadAt lastReadAt }
        }
    }
"""
FILES = "query ($id: ID!) { node(id: $id) { ... on Applicant { nationality { code } } } }"


async def test_a_breach_is_reported_to_those_who_were_read_and_to_nobody_else(who) -> None:
    """The account of one supervisor was somebody else's for an hour: whom did it read?"""
    supervisor, auditor = who["supervisor-2"], who["auditor"]
    window = {"from": "2025-01-01T00:00:00Z", "before": "2025-12-31T00:00:00Z"}
    nobody = await auditor(BREACH, **window, viewer="supervisor-2")
    assert nobody.data["peopleRead"] == {"people": {"value": 0}, "rows": []}

    for case, field in (
        ("SGPO-OPEN-0006", "passportNumber"),
        ("SGPO-OPEN-0006", "fullName"),
        ("NZGR-MIDN-0008", "fullName"),
    ):
        read = await supervisor(PASSPORT.replace("passportNumber", field), case=case)
        assert read.data["application"]["applicant"]["identity"] is not None
    others = await who["supervisor"](PASSPORT, case="AUME-INCO-0004")
    assert others.data["application"]["applicant"]["identity"] is not None

    now = datetime.now(UTC)
    window = {"from": (now - timedelta(hours=1)).isoformat()}
    window["before"] = (now + timedelta(minutes=1)).isoformat()
    found = (await auditor(BREACH, **window, viewer="supervisor-2")).data["peopleRead"]
    assert found["people"] == {"value": 2}
    assert [row["viewers"] for row in found["rows"]] == [["supervisor-2"]] * 2
    by_nationality = {
        (await auditor(FILES, id=row["applicant"])).data["node"]["nationality"]["code"]: row
        for row in found["rows"]
    }
    assert by_nationality["SG"]["fields"] == ["fullName", "passportNumber"]
    assert by_nationality["SG"]["reads"] == {"value": 2}
    assert by_nationality["SG"]["firstReadAt"] < by_nationality["SG"]["lastReadAt"]

    # It goes on behind the last one, and all who were read by anybody are asked for alike.
    first, last = (row["applicant"] for row in found["rows"])
    further = await auditor(BREACH, **window, viewer="supervisor-2", after=first)
    assert [row["applicant"] for row in further.data["peopleRead"]["rows"]] == [last]
    everybody = (await auditor(BREACH, **window)).data["peopleRead"]
    assert everybody["people"]["value"] > 2

    # A window that ends before it begins, or names no person, is the asker's mistake.
    wrong = await auditor(BREACH, **{"from": window["before"], "before": window["from"]}, after="x")
    assert [error["path"] for error in wrong.errors] == [
        ["peopleRead", "before"], ["peopleRead", "after"],
    ]  # fmt: skip
    for name in ("supervisor", "officer", "leadership", "administrator"):
        refused = await who[name](BREACH, **window)
        assert set(refused.codes) == {"FORBIDDEN_FIELD"}, name


MINE = """
    query ($language: Language) {
        myData {
            note(language: $language)
            applicant {
                nationality { code }
                identity { fullName email }
                applications(first: 10) { nodes { reference } }
                accessEvents(first: 10) { nodes { inWords(language: $language) fields } }
            }
        }
    }
"""


async def test_an_applicant_reads_what_is_on_file_and_who_read_it_in_plain_words(who) -> None:
    read = await who["supervisor"](PASSPORT, case="AUSY-GRAN-0001")
    assert read.data["application"]["applicant"]["identity"] is not None

    mine = (await who["applicant"](MINE, language="EN")).data["myData"]
    assert mine["applicant"]["identity"] == {"fullName": "Ruby Hale", "email": "ruby@example.org"}
    lodged = mine["applicant"]["applications"]["nodes"]
    assert {one["reference"] for one in lodged} == {"AUSY-GRAN-0001", "DIRE-UNPA-0011"}
    assert mine["applicant"]["accessEvents"]["nodes"] == [
        {
            "inWords": "A supervisor of the Directorate General of Immigration read your data to"
            " work on your application.",
            "fields": ["passportNumber"],
        }
    ]
    assert "once it is closed" in mine["note"]

    # Their own reads are in it too; the same in Indonesian.
    again = (await who["applicant"](MINE, language="ID")).data["myData"]
    assert [one["inWords"] for one in again["applicant"]["accessEvents"]["nodes"]] == [
        "Anda sendiri membaca data Anda.",
        "Penyelia Direktorat Jenderal Imigrasi membaca data Anda untuk memproses permohonan Anda.",
    ]
    assert "pengawasan" in again["note"]
    refused = await who["officer"](MINE)
    assert set(refused.codes) == {"FORBIDDEN_FIELD"}


FILTERED = """
    query ($where: AccessEventWhere!) { accessEvents(first: 20, where: $where) {
        totalCount { value } nodes { actor caseReference purpose applicant { id } }
    } }
"""


async def test_an_hour_of_the_log_is_narrowed_by_person_case_viewer_purpose_and_time(who) -> None:
    auditor, case = who["auditor"], "AUSY-LATE-0002"
    since = datetime.now(UTC)
    for name, purpose in (("supervisor", "SUPERVISION"), ("supervisor-2", "CASEWORK")):
        asked = await who[name](PASSPORT.replace("CASEWORK", purpose), case=case)
        assert asked.errors == []

    async def read(**where: dict[str, str | list[str]]) -> list[tuple[str, str]]:
        found = (await auditor(FILTERED, where=where)).data["accessEvents"]
        assert found["totalCount"]["value"] == len(found["nodes"])
        people.update(one["applicant"]["id"] for one in found["nodes"])
        return [(one["actor"], one["caseReference"]) for one in found["nodes"]]

    people = set[str]()
    both = [("supervisor-2", case), ("supervisor", case)]
    window = {"from": since.isoformat(), "before": "2100-01-01T00:00:00Z"}
    assert await read(caseReference={"eq": case}, occurredAt=window) == both
    [person] = people
    assert await read(applicant={"eq": person}) == both
    assert await read(applicant={"in": [person]}, occurredAt=window) == both
    for name, found in (("supervisor-2", both[:1]), ("supervisor", [])):
        by = {"actor": {"eq": name}, "purpose": {"eq": "CASEWORK"}}
        assert await read(**by, occurredAt=window) == found
    # What names nobody finds nothing: another type's id, and none at all.
    for unknown in ("nobody's", "Q291bnRyeTpBVQ", ""):
        assert await read(applicant={"eq": unknown}) == []
        assert await read(applicant={"in": [unknown]}) == []
    # Any of them hold together.
    assert await read(applicant={"eq": person, "isNull": False}) == both
    assert await read(applicant={"eq": person, "isNull": True}) == []
    for one in both:
        assert await read(applicant={"eq": person}, actor={"eq": one[0]}) == [one]

"""Which rows of the small world each viewer reaches, of every type, as the domain's matrix says.

Written by hand on top of `tests.gateway.oracle`; it reads nothing of the policy. The world is the
small one and what no journey of it has: a released hold, a second account, a log of reads, and
cases that closed lately.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from gateway.viewer import Viewer
from models.vocabulary import CLOSED, Role
from tests.gateway import oracle
from tests.gateway.conftest import CLAIMS
from tests.gateway.oracle import Claims, role_of
from tests.populating import add_case
from tests.walls import documents_in_hand, published_reach
from tests.world import (
    APPLICANTS,
    CASES,
    EVENTS,
    FEES,
    HOURS,
    LINKS,
    LOOKED,
    MONTHS,
    REPLAY,
    REPLAYED,
    TRANSFERRED,
    WITHHELD,
    Case,
    applicant_id,
    application_id,
    at,
    billing_code,
    decision_id,
    life_of,
    link_id,
    lookup_id,
    receipt_number,
    requested_item_id,
    visa_number,
)

Key = tuple[Any, ...]

HELD = "SGPO-HELD-0007"
#: Uploads of it.
UNFINISHED, REPLACED, UNSCANNED = UUID(int=897), UUID(int=898), UUID(int=896)
#: How long ago some cases closed, in hours: agents read a decision for 720. A mutant moves that by
#: a day, and to judge all of them takes hours, at whose end the same is read.
CLOSED_HOURS_AGO = {
    "AUSY-GRAN-0001": 732, "AUSY-LATE-0002": 708, "AUME-INCO-0004": 1, "NZGR-MIDN-0008": 1,
    **{case.reference: 1 for case, _ in TRANSFERRED if "GRANTED" in case.life},
}  # fmt: skip
CLOSED_LATELY = tuple(CLOSED_HOURS_AGO)[1:]
#: All that there are, each reached as if whoever has it now had taken it in.
EVERY_CASE = (*CASES, *(replace(case, place=now) for case, now in TRANSFERRED))
#: A case about which a question is open, and one about which `screening` answered.
ASKED, ANSWERED = "SGPO-OPEN-0006", "AUSY-GRAN-0001"
#: Who answered the question of the latter, and who confirmed that.
ANSWERED_BY = ("screening", "screening-2")
#: Cases with two grants, an applicant's own among them, and the visas that are none any more.
GRANTED_TWICE = {"AUSY-LATE-0002": "ID000000000099", "AUSY-GRAN-0001": "ID000000000098"}
#: Whose applicant was sent a code by which an account claims it.
CLAIMED = "AUSY-PAID-0013"
#: Whose holder overstays, has days left, and departed.
STAYS = {
    "AUSY-LATE-0002": ("IN_COUNTRY", at("02-01 00:00")),
    "AUSY-GRAN-0001": ("IN_COUNTRY", datetime(2100, 1, 1, tzinfo=UTC)),
    "DIRE-REVO-0010": ("DEPARTED", None),
}
#: The first of these stays.
OVERSTAYING = UUID(int=879_000)
#: A case whose question was voided, since its applicant was corrected.
VOIDED = "AUSY-PAID-0013"
#: A case of a portal that was not handed over yet.
NOT_RECEIVED = HELD
#: The events that officers do not read: holds, and answers.
_HOLDS = ("HELD", "RELEASED")
_ANSWERS = ("SCREENED", "ANSWER_PROPOSED")
#: Those of the directorate's own work, which no applicant reads.
_WORK = (
    *("MARKED_URGENT", "URGENCY_ENDED", "TARGET_50", "TARGET_75", "TARGET_100"),
    *("GRANT_PROPOSED", "GRANT_APPROVED", "GRANT_REJECTED"),
)
#: The events that each role does not read; an applicant reads the own steps and the end alone.
_UNREAD_EVENTS: dict[str, tuple[str, ...]] = {
    "SUPERVISOR": (),
    "OFFICER": (*_HOLDS, *_ANSWERS),
    "AUDITOR": _HOLDS,
    "APPLICANT": (*_HOLDS, *_ANSWERS, *_WORK, "IN_VERIFICATION", "SCREENING"),
}
_COUNTRIES = ("AU", "SG", "NZ", "IN", "AF")


#: Who was suspended, nobody of `WHO`; and whether it is over.
SUSPENDED = {"left": True, "watched": False}


#: Entries of the ban list, and the case that each matches; what one matched once is over.
BANNED = {
    "BANN-ASKD-0000": "SGPO-OPEN-0006",
    "BANN-ELSE-0000": "SGPO-HELD-0007",
    "BANN-GRAN-0000": "AUSY-GRAN-0001",
    "BANN-V0ID-0000": VOIDED,
}
OVER = ("BANN-ELSE-0000", "SGPO-OPEN-0006")


def ban_id(reference: str) -> UUID:
    return UUID(int=820 + list(BANNED).index(reference))


#: Requests of data subjects: by which account they were lodged, and whom they are about.
REQUESTED: dict[str, tuple[str | None, str | None]] = {
    "RQST-RUBY-0000": ("applicant", "Ruby Hale"),
    "RQST-ELSE-0000": ("applicant-2", "Li Goh"),
    "RQST-POST-0000": (None, None),
}
#: Who is to be erased: one who asked for it, and two whose files were kept for long enough, one of
#: whom asked something else.
ERASED = {"Ruby Hale": "RQST-RUBY-0000", "Hemi Parata": None, "Li Goh": None}
ERASURES = [UUID(int=860 + number) for number in range(len(ERASED))]

#: Who put the first key into the file.
KEY_OPERATOR = "keeper-of-keys"
BREACH_BY = "auditor-9"
#: One of which nobody was told yet, one of which these people were, one of everybody; one of
#: everybody in the future, and one of others than those who use the API.
BREACHES = tuple(UUID(int=number) for number in range(875, 885, 2))
NOTICED = ("Ruby Hale", "Li Goh", "Kiri Wihongi")
KEPT_RECEIPT = "KEPT000000000001"
FORMER_CODE = "1" * 15

#: Who noted something, of which partner and country.
NOTED = {
    "leadership": (None, None), "leadership-2": (None, "AU"), "leadership-3": ("NUSA", None),
    "manager-au": ("NUSA", "AU"), "manager-sg": ("NUSA", "SG"),
    "manager-andalan": ("ANDALAN", "AU"),
}  # fmt: skip


class SampleComplaint(NamedTuple):
    """One complaint: of which kind, by whom, of whose partner, and to whom it is entrusted."""

    reference: str
    kind: str
    account: str
    partner: str | None = None
    country: str | None = None
    entrusted_to: str | None = None

    @property
    def id(self) -> UUID:
        return UUID(int=890 + COMPLAINTS.index(self))


COMPLAINTS = (
    SampleComplaint("CMPL-UNSO-0000", "UNSORTED", "applicant", "NUSA", "AU"),
    SampleComplaint("CMPL-SERV-0000", "SERVICE", "applicant", "NUSA", "AU"),
    SampleComplaint("CMPL-ZEAL-0000", "SERVICE", "applicant-2", "NUSA", "NZ"),
    SampleComplaint("CMPL-ANDA-0000", "SERVICE", "applicant-2", "ANDALAN", "AU"),
    SampleComplaint("CMPL-DIRE-0000", "SERVICE", "applicant-3"),
    SampleComplaint("CMPL-INTE-0000", "INTEGRITY", "applicant", "NUSA", "AU"),
    SampleComplaint("CMPL-TOLD-0000", "INTEGRITY", "applicant", "NUSA", "AU", "supervisor-2"),
)
#: Where partners' systems are told, and of which partner's files in which country.
ENDPOINTS = {
    "https://nusa.example/au": ("NUSA", "AU"),
    "https://nusa.example/sg": ("NUSA", "SG"),
    "https://andalan.example/au": ("ANDALAN", "AU"),
}
#: Who subscribed to mail, and saved a view: whose a row is decides, and the role that reads it.
SUBSCRIBED = (
    *("leadership", "officer", "supervisor", "manager-au", "agent-au", "auditor", "applicant"),
    "treasury",
)
#: Whom alerts are about, and in which role.
ALERTS = (("supervisor", "SUPERVISOR"), ("officer", "OFFICER"), ("agent-au", "PARTNER_AGENT"))


class SampleInquiry(NamedTuple):
    """An inquiry: by whom, whether it lasts, waits for a second supervisor, did so for too long
    (which was written down or not), is over or was reviewed, and whom it opened."""

    reference: str
    by: str
    state: str
    people: tuple[str, ...] = ()


INQUIRIES = (
    SampleInquiry("INQ-LAST-0000-0000", "supervisor", "LASTS", ("Wei Tan", "Mia Lund")),
    SampleInquiry("INQ-OVER-0000-0000", "supervisor", "OVER", ("Li Goh", "Ruby Hale")),
    SampleInquiry("INQ-WAIT-0000-0000", "supervisor-2", "WAITS"),
    SampleInquiry("INQ-LATE-0000-0000", "supervisor-2", "LATE"),
    SampleInquiry("INQ-LAPS-0000-0000", "supervisor-2", "LAPSED"),
    SampleInquiry("INQ-DONE-0000-0000", "supervisor-2", "REVIEWED", ("Noah Finch", "Ruby Hale")),
    SampleInquiry("INQ-ELSE-0000-0000", "supervisor-2", "REVIEWED", ("Noah Finch",)),
)
#: In which inquiries supervisors looked people up, as well.
LOOKED_IN = ("INQ-LAST-0000-0000", "INQ-OVER-0000-0000", "INQ-DONE-0000-0000")


#: Inquiries that others read until they are reviewed, and those their people read of.
UNDER_REVIEW = {one.reference for one in INQUIRIES if one.state == "OVER"}
REVIEWED = tuple(one for one in INQUIRIES if one.state == "REVIEWED")


class Read(NamedTuple):
    """One line of the log of reads."""

    actor: str
    role: str
    of: str
    partner: str | None = None
    country: str | None = None
    purpose: str = "CASEWORK"
    case: str = "TEST"

    @property
    def id(self) -> UUID:
        return UUID(int=700 + READS.index(self))


READS = (
    Read("officer", "OFFICER", "Wei Tan"),
    Read("officer-2", "OFFICER", "Li Goh"),
    Read("supervisor", "SUPERVISOR", "Li Goh", purpose="SUPERVISION", case="SGPO-HELD-0007"),
    Read("supervisor", "SUPERVISOR", "Ruby Hale", purpose="SUPERVISION", case="AUSY-GRAN-0001"),
    Read("supervisor", "SUPERVISOR", "Ruby Hale", purpose="SUPERVISION", case="DIRE-UNPA-0011"),
    Read("officer", "OFFICER", "Ruby Hale", case="DIRE-UNPA-0011"),
    # For somebody else's case, by a link: one that is open, and one that is closed.
    Read("officer", "OFFICER", "Ruby Hale", case="SGPO-OPEN-0006"),
    Read("officer", "OFFICER", "Ruby Hale", case="AUPO-SECU-0003"),
    Read("agent-au", "PARTNER_AGENT", "Noah Finch", "NUSA", "AU"),
    Read("agent-sg", "PARTNER_AGENT", "Wei Tan", "NUSA", "SG"),
    Read("agent-perth", "PARTNER_AGENT", "Tane Moana", "ANDALAN", "AU"),
    Read("manager-au", "PARTNER_MANAGER", "Mia Lund", "NUSA", "AU"),
    Read("applicant", "APPLICANT", "Ruby Hale", purpose="OWN_DATA", case="OWN"),
    Read("screening", "SCREENING", "Wei Tan"),
    # In inquiries; the last one is no person of its inquiry.
    *(
        Read(one.by, "SUPERVISOR", name, purpose="SUPERVISION", case=one.reference)
        for one in INQUIRIES
        for name in one.people
    ),
    Read(
        "supervisor-2", "SUPERVISOR", "Ruby Hale", None, None, "SUPERVISION", "INQ-ELSE-0000-0000"
    ),
)

#: The case for which each reads identity, where it is not the one that is said here: their own.
NAMED: dict[str, str] = {
    "officer": "SGPO-OPEN-0006",
    "officer-2": "SGPO-HELD-0007",
    "supervisor": "AUSY-GRAN-0001",
    "supervisor-2": "NONE-SUCH-0000",
    "screening": ASKED,
    "screening-2": ASKED,
    "service": documents_in_hand.NAMED,
}

#: Beside the usual viewers: an applicant whose case is held, one with two grants, and agents whose
#: token is at odds with the world.
ODD: dict[str, Claims] = {
    "applicant-2": {"role": "APPLICANT", "sub": "applicant-2"},
    **{f"applicant-{n}": {"role": "APPLICANT", "sub": f"applicant-{n}"} for n in (3, 4, 5)},
    **documents_in_hand.SYSTEMS,
    "agent-perth": {
        "role": "PARTNER_AGENT", "sub": "agent-perth", "partner": "ANDALAN", "countries": ["AU"],
        "centres": ["AU-PER"],
    },
    "agent-at-portals": {
        "role": "PARTNER_AGENT", "sub": "agent-at-portals", "partner": "NUSA",
        "countries": ["AU", "NZ"],
    },
    "agent-at-odds": {
        "role": "PARTNER_AGENT", "sub": "agent-at-odds", "partner": "ANDALAN",
        "countries": ["AU"], "centres": ["AU-SYD"],
    },
    # Each for a case of somebody else's, or of other people than they may read.
    "officer-for-another's": {"role": "OFFICER", "sub": "officer", "names": "SGPO-HELD-0007"},
    "officer-for-a-decided-one": {"role": "OFFICER", "sub": "officer", "names": "DIRE-REVO-0010"},
    "screening-for-another": {"role": "SCREENING", "sub": "screening", "names": ANSWERED},
    "screening-for-a-voided-one": {"role": "SCREENING", "sub": "screening", "names": VOIDED},
    "screening-for-one-kept-from-them": {"role": "SCREENING", "sub": "screening", "names": HELD},
    # In an inquiry of the own that lasts, in one that is over, and in somebody else's.
    "supervisor-in-an-inquiry": {
        "role": "SUPERVISOR", "sub": "supervisor", "names": "INQ-LAST-0000-0000",
    },
    "supervisor-in-an-old-one": {
        "role": "SUPERVISOR", "sub": "supervisor", "names": "INQ-OVER-0000-0000",
    },
    "supervisor-in-another's": {
        "role": "SUPERVISOR", "sub": "supervisor-2", "names": "INQ-LAST-0000-0000",
    },
    # For an entry of the ban list, which is nobody's case.
    "supervisor-for-a-ban": {
        "role": "SUPERVISOR", "sub": "supervisor", "names": "BANN-ELSE-0000",
    },
    "supervisor-for-an-ended-match": {
        "role": "SUPERVISOR", "sub": "supervisor", "names": OVER[1],
    },
    "screening-for-a-ban": {"role": "SCREENING", "sub": "screening", "names": "BANN-ELSE-0000"},
    # For a complaint: one of service, one of integrity, and one that is not sorted. A manager whose
    # token has a centre as well reaches countries all the same.
    "manager-for-a-complaint": {
        "role": "PARTNER_MANAGER", "sub": "manager-au", "partner": "NUSA", "countries": ["AU"],
        "centres": ["AU-SYD"], "names": "CMPL-SERV-0000",
    },
    "manager-for-one-of-integrity": {
        "role": "PARTNER_MANAGER", "sub": "manager-au", "partner": "NUSA", "countries": ["AU"],
        "names": "CMPL-TOLD-0000",
    },
    "manager-for-one-of-another-country": {
        "role": "PARTNER_MANAGER", "sub": "manager-au", "partner": "NUSA", "countries": ["AU"],
        "names": "CMPL-ZEAL-0000",
    },
    "manager-for-one-of-another-partner": {
        "role": "PARTNER_MANAGER", "sub": "manager-au", "partner": "NUSA", "countries": ["AU"],
        "names": "CMPL-ANDA-0000",
    },
    "supervisor-for-a-complaint": {
        "role": "SUPERVISOR", "sub": "supervisor", "names": "CMPL-DIRE-0000",
    },
    "supervisor-for-an-unsorted-one": {
        "role": "SUPERVISOR", "sub": "supervisor", "names": "CMPL-UNSO-0000",
    },
    "supervisor-accused": {
        "role": "SUPERVISOR", "sub": "supervisor", "names": "CMPL-TOLD-0000",
    },
    "supervisor-entrusted": {
        "role": "SUPERVISOR", "sub": "supervisor-2", "names": "CMPL-TOLD-0000",
    },
    "auditor-for-a-complaint": {
        "role": "AUDITOR", "sub": "auditor", "names": "CMPL-INTE-0000",
    },
    "agent-at-the-portal-of-sg": {
        "role": "PARTNER_AGENT", "sub": "agent-sg", "partner": "NUSA", "countries": ["SG"],
    },
    "agent-for-another's": {
        "role": "PARTNER_AGENT", "sub": "agent-au", "partner": "NUSA", "countries": ["AU"],
        "centres": ["AU-SYD"], "names": "SGPO-OPEN-0006",
    },
    "agent-for-one": {
        "role": "PARTNER_AGENT", "sub": "agent-au", "partner": "NUSA", "countries": ["AU"],
        "centres": ["AU-SYD"], "names": "AUSY-PAID-0013",
    },
}  # fmt: skip
WHO: dict[str, Claims] = CLAIMS | ODD


def named_case(claims: Claims) -> str | None:
    """The case for which a viewer reads identity; None for whoever names none."""
    return claims.get("names", NAMED.get(claims.get("sub", "")))


def viewer(claims: Claims) -> Viewer:
    return Viewer(
        claims.get("sub", ""),
        Role(role_of(claims)),
        partner=claims.get("partner"),
        countries=tuple(claims.get("countries", ())),
        centres=tuple(claims.get("centres", ())),
        purpose_reference=named_case(claims),
    )


async def complete(connection: asyncpg.Connection) -> None:
    """Make a small world complete."""
    for case, now in TRANSFERRED:
        await add_case(connection, case)
        await connection.execute(
            "UPDATE application SET successor_centre_code = $2, successor_country_code = $3,"
            " successor_partner_code = $4,"
            " left_partner_at = CASE WHEN $2::text IS NULL THEN now() END WHERE id = $1",
            *(application_id(case.reference), now.centre, now.country, now.partner),
        )
    for account in [*oracle.ACCOUNTS][1:]:
        whose = applicant_id(oracle.ACCOUNTS[account])
        await connection.execute("UPDATE applicant SET account = $2 WHERE id = $1", whose, account)
    await connection.execute(
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
        " VALUES ($1, $2, 'RELEASED', $3)",
        *(application_id(HELD), len(_life(HELD)) + 1, at("03-01 12:00")),
    )
    for number, one in enumerate(INQUIRIES):
        await connection.execute(
            "INSERT INTO inquiry (id, reference, reason, minutes, most_people, opened_by, seen)"
            " VALUES ($1, $2, 'Why.', 60, 50, $3, $4)",
            *(UUID(int=850 + number), one.reference, one.by, len(one.people)),
        )
        await connection.execute(
            "UPDATE inquiry SET review_due_at = now(), ends_at = now() + CASE WHEN $2"
            " THEN interval '12 hours' ELSE interval '0' END WHERE reference = $1 AND NOT $3",
            *(one.reference, one.state == "LASTS", one.state in ("WAITS", "LATE", "LAPSED")),
        )
        await connection.execute(
            "UPDATE inquiry SET opened_at = now() - interval '1 day',"
            " lapsed_at = CASE WHEN $2 THEN now() END WHERE reference = $1 AND $3",
            *(one.reference, one.state == "LAPSED", one.state in ("LATE", "LAPSED")),
        )
        await connection.execute(
            "UPDATE inquiry SET reviewed_by = 'supervisor-3', reviewed_at = now(),"
            " verdict = 'JUSTIFIED', review_reason = 'Why.' WHERE reference = $1 AND $2",
            *(one.reference, one.state == "REVIEWED"),
        )
        for name in one.people:
            await connection.execute(
                "INSERT INTO inquiry_person (id, reference, applicant_id, told_at)"
                " SELECT gen_random_uuid(), $1, $2, reviewed_at FROM inquiry WHERE reference = $1",
                *(one.reference, applicant_id(name)),
            )
    await connection.execute("DELETE FROM alert")
    for reference in LOOKED_IN:
        await connection.execute(
            "INSERT INTO person_lookup (id, actor, actor_role, purpose, case_reference, by, found,"
            " trace_id) SELECT $1, opened_by, 'SUPERVISOR', 'SUPERVISION', reference, 'PASSPORT',"
            " 0, 'trace' FROM inquiry WHERE reference = $2",
            *(lookup_key(reference), reference),
        )
    await connection.execute(
        "INSERT INTO visa_check (id, actor, actor_role, passenger, flight_number, departs_on,"
        " is_usable, trace_id) VALUES (gen_random_uuid(), 'carrier', 'CARRIER', sha256('whom'),"
        " 'GA715', '2026-03-02', true, 'trace')"
    )
    for read in READS:
        await connection.execute(
            "INSERT INTO access_event (id, applicant_id, actor, actor_role, actor_partner_code,"
            " actor_country_code, purpose, case_reference, fields, trace_id)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '{fullName}', 'trace')",
            *(read.id, applicant_id(read.of), read.actor, read.role, read.partner, read.country),
            *(read.purpose, read.case),
        )
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # no alert of it
        for number, kind in enumerate((*_ANSWERS, *_WORK), start=len(_life(HELD)) + 2):
            await connection.execute(
                "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
                " VALUES ($1, $2, $3, $4)",
                *(application_id(HELD), number, kind, at("03-01 13:00")),
            )
        await connection.execute("SET LOCAL session_replication_role = DEFAULT")
    await connection.execute(
        "INSERT INTO screening (id, application_id, kind, result, requested_at)"
        " VALUES ($1, $2, 'ENTRY_BAN', 'PENDING', $3)",
        *(UUID(int=800), application_id(ASKED), at("03-01 12:00")),
    )
    for number, case in enumerate(EVERY_CASE):
        person = applicant_id(case.applicant)
        version = 2 + [one.applicant for one in EVERY_CASE[:number]].count(case.applicant)
        await connection.execute(
            "INSERT INTO identity_version (applicant_id, number, full_name, sex, written_at,"
            " passport_issuing_state, nationality_code, valid_from, valid_until)"
            " VALUES ($1, $2, $3, 'X', $4, $5, $5, $4, NULL)",
            *(person, version, f"{case.applicant} Before", at("03-01 12:00")),
            APPLICANTS[case.applicant],
        )
        await connection.execute(
            "INSERT INTO correction (id, application_id, applicant_id, version, state,"
            " proposed_at, proposed_by, proposed_role, closed_at, closed_by, reason) VALUES"
            " ($1, $2, $3, $4, 'REJECTED', $5, 'agent-au', 'PARTNER_AGENT', $5, 'officer', 'No.')",
            *(UUID(int=900 + number), application_id(case.reference), person, version),
            at("03-01 12:00"),
        )
        await connection.execute(
            "INSERT INTO case_document (application_id, kind) VALUES ($1, 'PHOTOGRAPH')"
            " ON CONFLICT DO NOTHING",
            application_id(case.reference),
        )
        await connection.execute(
            "INSERT INTO document_upload (id, application_id, kind, media_type, size, sha256,"
            " requested_by, expires_at, sent_at, completed_at) VALUES"
            " ($1, $1, 'PHOTOGRAPH', 'PNG', 1, decode(repeat('0a', 32), 'hex'), 'service',"
            " now() + interval '1 day', now(), now())",
            application_id(case.reference),
        )
        await connection.execute(
            "INSERT INTO document_content (upload_id, applicant_id) VALUES ($1, $2)",
            *(application_id(case.reference), person),
        )
        if "INFO_REQUESTED" not in case.life:
            await connection.execute(
                "INSERT INTO requested_item (id, application_id, kind, requested_at,"
                " answered_at, answered_by) VALUES ($1, $2, 'PHOTOGRAPH', $3, $3, 'agent-au')",
                *(requested_item_id(case.reference), application_id(case.reference)),
                at("03-01 12:00"),
            )
    # One that is not there yet, one that the scanner has, and one that another replaced.
    for upload, kind, instants in (
        (UNFINISHED, "ITINERARY", "NULL::timestamptz, NULL::timestamptz, NULL::timestamptz"),
        (UNSCANNED, "ACCOMMODATION", "now(), NULL, NULL"),
        (REPLACED, "PHOTOGRAPH", "now(), now(), now()"),
    ):
        await connection.execute(
            "INSERT INTO document_upload (id, application_id, kind, media_type, size, sha256,"
            " requested_by, expires_at, sent_at, completed_at, replaced_at) SELECT $1, $2, $3,"
            " 'PNG', 1, decode(repeat('0a', 32), 'hex'), 'service', now() + interval '1 day',"
            f" {instants}",
            *(upload, application_id(HELD), kind),
        )
    await connection.execute(
        "INSERT INTO document_content (upload_id, applicant_id)"
        " SELECT $1, applicant_id FROM application WHERE id = $2",
        *(UNSCANNED, application_id(HELD)),
    )
    for number, (ban, matched) in enumerate(BANNED.items()):
        await connection.execute(
            "INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by,"
            " approved_by, approved_at) VALUES ($1, $2, 'CRIME', 'Why.', '2025-01-01',"
            " 'screening-3', 'screening-4', now())", *(ban_id(ban), ban),
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO banned_person (ban_id, issuing_state, passport_number)"
            " VALUES ($1, 'AU', 'X1')", ban_id(ban),
        )  # fmt: skip
        for place, (case, is_over) in enumerate(((matched, False), (OVER[1], True))):
            if not is_over or ban == OVER[0]:
                await connection.execute(
                    "INSERT INTO ban_match (id, ban_id, application_id, by, ended_at)"
                    " VALUES ($1, $2, $3, 'PASSPORT', CASE WHEN $4 THEN now() END)",
                    *(UUID(int=830 + 2 * number + place), ban_id(ban), application_id(case)),
                    is_over,
                )
        await connection.execute(
            "INSERT INTO ban_read (id, ban_id, actor, actor_role, purpose, case_reference, fields,"
            " trace_id) VALUES ($1, $2, 'screening', 'SCREENING', 'CASEWORK', $3, '{}', 'trace')",
            *(UUID(int=840 + number), ban_id(ban), ban),
        )
    # What a hit is, which is kept from whoever proposed the entry.
    await connection.execute(
        "INSERT INTO screening (id, application_id, kind, result, requested_at, kept_from)"
        " VALUES ($1, $2, 'ENTRY_BAN', 'PENDING', $3, '{screening,screening-2}')",
        *(UUID(int=802), application_id(HELD), at("03-01 12:00")),
    )
    # Of a question that counts no more, nobody is asked.
    await connection.execute(
        "INSERT INTO screening (id, application_id, kind, result, requested_at, voided_at)"
        " VALUES ($1, $2, 'ENTRY_BAN', 'PENDING', $3, $3)",
        *(UUID(int=801), application_id(VOIDED), at("03-01 12:00")),
    )
    await connection.execute(
        "UPDATE screening SET answered_by = $2, confirmed_by = $3 WHERE application_id = $1",
        *(application_id(ANSWERED), *ANSWERED_BY),
    )
    await connection.execute(
        "INSERT INTO assignment (application_id, officer, role, assigned_at, ended_at)"
        " VALUES ($1, 'supervisor', 'SUPERVISOR', $2, $2)",
        *(application_id(HELD), at("03-01 12:00")),
    )
    await connection.execute(
        "UPDATE application SET received_at = NULL WHERE reference = $1", NOT_RECEIVED
    )
    for reference, superseded in GRANTED_TWICE.items():
        await connection.execute(
            "INSERT INTO decision (id, application_id, outcome, decided_at, officer, supersedes_id)"
            " VALUES ($1, $2, 'GRANTED', $3, 'supervisor', $4)",
            *(decision_id(reference, 2), application_id(reference), at("01-13 09:00")),
            decision_id(reference, 1),
        )
        await connection.execute(
            "INSERT INTO visa (visa_number, application_id, decision_id, issued_at, use_by,"
            " stay_days, superseded_at) VALUES ($1, $2, $3, $4, '2025-04-13', 30, $4)",
            *(superseded, application_id(reference), decision_id(reference, 2)),
            at("01-13 09:00"),
        )
    await documents_in_hand.complete(connection)
    await connection.execute(
        "INSERT INTO refusal_intention (application_id, grounds, announced_at, announced_by,"
        " ended_at, answered_at, answered_by) SELECT id, '{INCOMPLETE}', submitted_at, 'officer',"
        " submitted_at, submitted_at, 'agent-au' FROM application"
    )
    await connection.execute(
        "INSERT INTO intention_answer (application_id, applicant_id)"
        " SELECT id, applicant_id FROM application"
    )
    await connection.execute(
        "INSERT INTO item_answer (item_id, application_id, applicant_id)"
        " SELECT item.id, application_id, applicant_id FROM requested_item AS item"
        " JOIN application ON application.id = application_id"
    )
    await connection.execute(
        "INSERT INTO guardian (id, application_id, applicant_id, kind, consented_at, valid_from)"
        " SELECT id, id, applicant_id, 'NAMED', now(), submitted_at FROM application"
    )
    # One that any officer of the case reads, and one of the first of two.
    await connection.execute(
        "INSERT INTO case_note (id, application_id, applicant_id, author, written_at, first_of_two)"
        " SELECT gen_random_uuid(), id, applicant_id, coalesce(apart, 'somebody'), now(), apart"
        " FROM application CROSS JOIN (VALUES (NULL), ('officer')) AS of_two (apart)"
    )
    await connection.execute(
        "INSERT INTO guarantor (id, application_id, applicant_id, kind, valid_from)"
        " SELECT id, id, applicant_id, 'COMPANY', submitted_at FROM application"
    )
    for reference, hours in CLOSED_HOURS_AGO.items():
        await connection.execute(
            "UPDATE application SET closed_at = now() - $2::interval WHERE id = $1",
            *(application_id(reference), timedelta(hours=hours)),
        )
    await connection.executemany(
        "INSERT INTO suspension (id, subject, reason, suspended_by, confirmed_by, confirmed_at,"
        " ends_at) VALUES (gen_random_uuid(), $1, 'A leak.', 'administrator', 'administrator-2',"
        " now(), CASE WHEN $2 THEN now() END)",
        list(SUSPENDED.items()),
    )
    await connection.executemany(
        "INSERT INTO alert (id, kind, actor, actor_role)"
        " VALUES (gen_random_uuid(), 'READ_BUDGET', $1, $2)",
        ALERTS,
    )
    # One that began, of which there is an alert, and one that waits.
    await connection.execute(
        "INSERT INTO budget_exception (id, viewer, role, reason, most_people, minutes, proposed_by,"
        " approved_by, approved_at, ends_at) SELECT id, 'agent-au', 'PARTNER_AGENT', 'Why.', 9, 9,"
        " 'supervisor-9', 'supervisor-8', now(), now() FROM alert WHERE actor = 'agent-au'"
    )
    await connection.execute(
        "INSERT INTO budget_exception (id, viewer, role, reason, most_people, minutes, proposed_by)"
        " VALUES (gen_random_uuid(), 'supervisor', 'SUPERVISOR', 'Why.', 9, 9, 'supervisor-9')"
    )
    for number, (reference, (account, name)) in enumerate(REQUESTED.items()):
        await connection.execute(
            "INSERT INTO data_request (id, reference, kind, applicant_id, account, lodged_by,"
            " lodged_role) VALUES ($1, $2, 'ERASURE', $3, $4, coalesce($4, 'auditor'), $5)",
            *(UUID(int=850 + number), reference, applicant_id(name) if name else None, account),
            "APPLICANT" if account else "AUDITOR",
        )
    for erasure, (name, asked) in zip(ERASURES, ERASED.items(), strict=True):
        await connection.execute(
            "INSERT INTO erasure (id, applicant_id, data_request_id, cause) VALUES ($1, $2, $3,"
            " $4)", *(erasure, applicant_id(name), UUID(int=850) if asked else None),
            "REQUEST" if asked else "RETENTION",
        )  # fmt: skip
    await connection.executemany(
        "INSERT INTO mail_subscription (id, subject, role, own_countries, own_centres, occasion,"
        " language, address) VALUES (gen_random_uuid(), $1, 'OFFICER', '{}', '{}', 'MONTHLY',"
        " 'EN', 'somebody@gerbang.example')",
        [(subject,) for subject in SUBSCRIBED],
    )
    await connection.executemany(
        "INSERT INTO saved_view (id, subject, name, page, query, removed_at) VALUES"
        " (gen_random_uuid(), $1, 'Mine', 'TODAY', '', NULL),"
        " (gen_random_uuid(), $1, NULL, 'TODAY', NULL, now())",
        [(subject,) for subject in SUBSCRIBED],
    )
    await connection.executemany(
        "INSERT INTO month_note (id, author, month, partner_code, country_code, text, removed_at)"
        " VALUES (gen_random_uuid(), $1, '2026-01-01', $2, $3, 'A strike.', NULL),"
        " (gen_random_uuid(), $1 || ' removed', '2026-01-01', $2, $3, NULL, now())",
        [(author, *place) for author, place in NOTED.items()],
    )
    await connection.execute(
        "INSERT INTO legal_hold (id, application_id, reason, held_by) VALUES ($1, $2, 'Why.',"
        " 'supervisor-3')", *(UUID(int=870), application_id(HELD)),
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO breach (id, description, noticed_at, window_from, window_before, recorded_by)"
        " VALUES ($1, 'A laptop.', now(), now() - interval '1 hour', now(), $2)",
        *(BREACHES[0], BREACH_BY),
    )
    await connection.executemany(
        "INSERT INTO breach (id, description, noticed_at, window_from, window_before, recorded_by,"
        " people_notice, notice_in_english, notice_in_indonesian, people_reached, people_notified,"
        " people_notified_by, people_notified_at) VALUES ($1, 'An account.', now(),"
        " now() - interval '1 hour', now(), $2, 'By mail.', 'It was misused.', 'Disalahgunakan.',"
        " $3, 3, $2, now() + make_interval(days => $4))",
        [
            (BREACHES[1], BREACH_BY, "READ", 0), (BREACHES[2], BREACH_BY, "EVERYBODY", 0),
            (BREACHES[3], BREACH_BY, "EVERYBODY", 9), (BREACHES[4], BREACH_BY, "OTHERS", 0),
        ],
    )  # fmt: skip
    await connection.executemany(
        "INSERT INTO breach_notice (breach_id, applicant_id, fields) VALUES ($1, $2, '{fullName}')",
        [(BREACHES[1], applicant_id(name)) for name in NOTICED],
    )
    await connection.execute(
        "INSERT INTO unmatched_payment (id, receipt_number, billing_code, amount_idr, kept_by)"
        " VALUES ($1, $2, '1', 1, 'treasury-3')",
        *(UUID(int=876), KEPT_RECEIPT),
    )
    await connection.execute(
        "INSERT INTO payment_reversal (id, receipt_number, reversal_number, reason, reported_by)"
        " VALUES ($1, $2, '1', 'By the bank.', 'treasury')",
        *(UUID(int=877), receipt_number("ANDA-LAPS-0012")),
    )
    # A bill whose first code lapsed, and that got another one.
    await connection.execute(
        "UPDATE bill SET billing_code = $1, issued_at = now() - interval '8 days',"
        " due_at = now() - interval '1 day' WHERE billing_code = $2",
        *(FORMER_CODE, billing_code("DIRE-UNPA-0011")),
    )
    await connection.execute(
        "UPDATE application SET pay_by = now() + interval '6 days' WHERE id = $1",
        application_id("DIRE-UNPA-0011"),
    )
    await connection.execute(
        "INSERT INTO former_bill (id, application_id, replaced_by, renewed_by)"
        " VALUES ($1, $2, $3, 'applicant')",
        *(UUID(int=878), application_id("DIRE-UNPA-0011"), billing_code("DIRE-UNPA-0011")),
    )
    for one in COMPLAINTS:
        await connection.execute(
            "INSERT INTO complaint (id, reference, applicant_id, account, partner_code,"
            " country_code, kind, sorted_by, sorted_at, entrusted_to, entrusted_by, entrusted_at)"
            " SELECT $1, $2, $3, $4, $5, $6, kind, CASE WHEN is_sorted THEN 'auditor-3' END,"
            " CASE WHEN is_sorted THEN now() END, $8, CASE WHEN is_told THEN 'auditor-3' END,"
            " CASE WHEN is_told THEN now() END"
            " FROM (SELECT $7::text AS kind, $7 <> 'UNSORTED' AS is_sorted,"
            " $8::text IS NOT NULL AS is_told) AS one",
            *(one.id, one.reference, applicant_id(oracle.ACCOUNTS[one.account]), one.account),
            *(one.partner, one.country, one.kind, one.entrusted_to),
        )
        await connection.execute(
            "INSERT INTO complaint_text (complaint_id, complaint) VALUES ($1, 'Why.')", one.id
        )
        await connection.execute(
            "INSERT INTO complaint_read (id, complaint_id, actor, actor_role, purpose,"
            " case_reference, fields, trace_id) VALUES ($1, $1, 'auditor-3', 'AUDITOR',"
            " 'COMPLAINT', $2, '{}', 'trace')",
            *(one.id, one.reference),
        )
        await connection.execute(
            "INSERT INTO alert (id, kind, actor, actor_role, complaint_id)"
            " VALUES ($1, 'COMPLAINT_OVERDUE', $2, 'ANONYMOUS', $1)",
            *(one.id, one.reference),
        )
    # None of these is counted with a place; were it, its place's manager would not read it.
    await connection.execute("TRUNCATE volume_stay, volume_rule")
    for statement in (
        "INSERT INTO volume_stay VALUES ('nationality_code', '2025-01-09', 'AU', 1, 0, 0, 1)",
        "INSERT INTO volume_rule VALUES ('2025-01-09', 'B1', 3, 1, 1, 1, 1)",
    ):
        await connection.execute(statement)
    await connection.execute(
        "INSERT INTO volume_complaint SELECT kind, '2025-01-01', 'NUSA', 'AU', 1"
        " FROM unnest(ARRAY['UNSORTED', 'INTEGRITY']) AS kind"
    )
    for number, (url, place) in enumerate(ENDPOINTS.items(), 881):
        await connection.execute(
            "INSERT INTO webhook_endpoint (id, partner_code, country_code, url, secret,"
            " registered_by) VALUES ($1, $2, $3, $4, '\\x00', 'portal')",
            *(UUID(int=number), *place, url),
        )
        await connection.execute(
            "INSERT INTO webhook_delivery (endpoint_id, failure) VALUES ($1, $2)",
            *(UUID(int=number), url),
        )
        await connection.execute(
            "INSERT INTO webhook_notice (id, endpoint_id, number, application_id, stage, failure)"
            " VALUES ($1, $1, 1, $2, 'CLOSED', $3)",
            *(UUID(int=number), application_id(HELD), url),
        )
    code = "INSERT INTO sent_code (application_id, kind, digest) VALUES ($1, 'CLAIM', $2)"
    for reference in (HELD, CLAIMED):
        await connection.execute(code, application_id(reference), b"\x0c" * 16)
    await connection.execute(
        "INSERT INTO file_claim (application_id, account, code) VALUES ($1, 'applicant', $2)",
        *(application_id(HELD), b"\x0c" * 16),
    )
    await connection.execute(
        "INSERT INTO crossing (id, reported_by, report_key, direction, crossed_at, port,"
        " passengers, visa_number, matched_at) VALUES"
        " ($1, 'border', 'kept', 'ENTRY', now(), 'CGK', ARRAY[sha256('x')], 'ID00', NULL),"
        " ($2, 'border', 'fits', 'ENTRY', now(), 'CGK', ARRAY[sha256('x')], NULL, now()),"
        " ($3, 'border-2', 'theirs', 'ENTRY', now(), 'CGK', ARRAY[sha256('x')], NULL, now())",
        *(UUID(int=877), UUID(int=878), UUID(int=879)),
    )
    await connection.executemany(
        "INSERT INTO movement (id, applicant_id, visa_number, direction, crossed_at, port)"
        " VALUES (gen_random_uuid(), $1, $2, 'ENTRY', now(), 'CGK')",
        [
            (applicant_id(name), visa_number("AUSY-GRAN-0001"))
            for name in sorted({case.applicant for case in EVERY_CASE})
        ],
    )
    await connection.executemany(
        "INSERT INTO stay (id, visa_number, application_id, presence, is_used, entered_on,"
        " stay_until, overstays_at)"
        " VALUES ($5, $1, $2, $3, true, '2025-01-01', '2025-01-31', $4)",
        [
            (visa_number(one), application_id(one), where, over, UUID(int=OVERSTAYING.int - number))
            for number, (one, (where, over)) in enumerate(STAYS.items())
        ],
    )
    for officer in ("border", "border-2"):  # once each, as if nobody had
        await connection.execute(
            "INSERT INTO overstay_confirmation (id, confirmed_by, stay_id)"
            " VALUES (gen_random_uuid(), $2, $1)", *(OVERSTAYING, officer),
        )  # fmt: skip
        await connection.execute("UPDATE stay SET confirmed_at = NULL")
    await connection.execute(
        "INSERT INTO key_operation (id, kind, subjects, used_for, operator, to_key)"
        " VALUES ($1, 'ADDED', '{}', 'DATA_KEY', $2, 'the first')", *(UUID(int=880), KEY_OPERATOR),
    )  # fmt: skip
    await connection.execute("TRUNCATE application_change, volume_change")
    await connection.executemany(
        "INSERT INTO application_change (id, application_id, kind, changed)"
        " VALUES ($1, $2, 'PAID', $3)",
        [
            (number, application_id(case.reference), changed)
            for number, (case, changed) in enumerate(EVERY_CHANGE)
        ],
    )
    await connection.executemany(
        "INSERT INTO volume_change (id, partner_code, country_code, changed)"
        " OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4)",
        [(number, *cell, changed) for number, (cell, changed) in enumerate(EVERY_FOLD)],
    )
    await published_reach.complete(connection)


#: Partner and country of what was folded anew.
FOLDED: list[Key] = [
    (None, None),
    ("NUSA", "AU"),
    ("NUSA", "SG"),
    ("ANDALAN", "AU"),
    ("NUSA", None),
    (None, "AU"),
]
#: The same with what changed of them.
EVERY_FOLD = [(cell, changed) for cell in FOLDED for changed in ("FIGURES", "OUTCOMES")]
#: The kinds of changes that each role reads of the cases in its reach.
CHANGES_READ: dict[str, str] = {
    "SUPERVISOR": "STAGE DECISION STATUS HOLD",
    "OFFICER": "STAGE DECISION STATUS",
    "AUDITOR": "STAGE DECISION STATUS",
    "APPLICANT": "STAGE DECISION",
    "PARTNER_SERVICE": "STAGE DECISION",
    "PARTNER_AGENT": "STAGE DECISION",
    "PARTNER_MANAGER": "STAGE",
}
EVERY_CHANGE = [(case, kind) for case in EVERY_CASE for kind in CHANGES_READ["SUPERVISOR"].split()]


class Reach(NamedTuple):
    """The table of a type, the columns that identify its rows, and the rows in a viewer's reach."""

    table: str
    columns: tuple[str, ...]
    reached: Callable[[Claims], set[Key]]


def _for_everyone(*keys: Any) -> Callable[[Claims], set[Key]]:
    return lambda _: {key if isinstance(key, tuple) else (key,) for key in keys}


def _each(keys: set[Any]) -> set[Key]:
    return {(key,) for key in keys}


def _cases(claims: Claims) -> list[Case]:
    return [case for case in EVERY_CASE if oracle.reaches_case(claims, case)]


def _references(claims: Claims) -> set[str]:
    return {ASKED} if role_of(claims) == "SCREENING" else oracle.cases(claims, EVERY_CASE)


def _identities(claims: Claims) -> set[str]:
    """Of an open question, who it is about is read for that case alone."""
    named = named_case(claims)
    if role_of(claims) == "SCREENING":
        return {case.applicant for case in EVERY_CASE if case.reference == ASKED == named}
    for one in INQUIRIES:
        if (one.reference, one.by, one.state) == (named, claims.get("sub"), "LASTS"):
            return {*one.people}
    return oracle.identities(claims, named, EVERY_CASE, {NOT_RECEIVED})


def _people(claims: Claims, reached: Callable[[Claims, Sequence[Case]], set[str]]) -> set[str]:
    """Of an open question, the screening authority reaches whom it is about."""
    about = {case.applicant for case in CASES if case.reference == ASKED}
    return about if role_of(claims) == "SCREENING" else reached(claims, EVERY_CASE)


def _endings(claims: Claims) -> set[str]:
    """Whose last characters of a passport a viewer reads: officers those of people on the own desk
    and of files surely linked to them, for whatever case they read; others as the file."""
    if role_of(claims) == "OFFICER":
        own = {
            case.applicant
            for case in EVERY_CASE
            if case.officer == claims["sub"] and not is_closed(case)
        }
        sure = [{link.one, link.other} for link in LINKS if link.is_sure]
        return own.union(*(both for both in sure if both & own))
    has_all = role_of(claims) in ("SUPERVISOR", "PARTNER_AGENT", "APPLICANT")
    return oracle.applicants(claims, EVERY_CASE) if has_all else set()


def _life(reference: str) -> list[Any]:
    return next(life_of(case) for case in CASES if case.reference == reference)


def _events(claims: Claims) -> set[Key]:
    role = role_of(claims)
    if role not in ("OFFICER", "SUPERVISOR", "AUDITOR", "APPLICANT"):
        return set()
    happened = [
        (case.reference, number, kind.value)
        for case in _cases(claims)
        for number, (kind, _) in enumerate(life_of(case), start=1)
    ]
    if any(case.reference == HELD for case in _cases(claims)):
        more = ("RELEASED", *_ANSWERS, *_WORK)
        happened += [(HELD, len(_life(HELD)) + n, kind) for n, kind in enumerate(more, start=1)]
    return {
        (application_id(reference), number)
        for reference, number, kind in happened
        if kind not in _UNREAD_EVENTS[role]
    }


def _decisions(claims: Claims) -> set[Key]:
    decided = {
        case.reference: sum(kind in ("GRANTED", "REFUSED") for kind, _ in life_of(case))
        for case in EVERY_CASE
    }
    for reference in GRANTED_TWICE:
        decided[reference] += 1
    return {
        (decision_id(reference, number + 1),)
        for reference in oracle.decided_cases(claims, CLOSED_LATELY, EVERY_CASE)
        for number in range(decided[reference])
    }


def _visas(claims: Claims) -> set[Key]:
    """Outside the directorate, of a grant that stands."""
    is_staff = role_of(claims) in ("OFFICER", "SUPERVISOR", "AUDITOR")
    granted = {case.reference for case in EVERY_CASE if "GRANTED" in case.life}
    standing = {
        (visa_number(one),)
        for one in oracle.decided_cases(claims, CLOSED_LATELY, EVERY_CASE) & granted
    }
    superseded = {(number,) for number in GRANTED_TWICE.values()}
    return standing | superseded if is_staff else standing


def _stays(claims: Claims) -> set[Key]:
    own = oracle.cases(claims, EVERY_CASE)
    reached = {
        "SUPERVISOR": {*STAYS},
        "AUDITOR": {*STAYS},
        "BORDER": {"AUSY-LATE-0002"},
        "APPLICANT": own & {*STAYS},
    }
    return {(visa_number(one),) for one in reached.get(role_of(claims), ())}


def _movements(claims: Claims) -> set[Key]:
    """Of whomever the viewer may read, where these roles read identity."""
    is_read = role_of(claims) in ("OFFICER", "SUPERVISOR", "APPLICANT")
    moved = {case.applicant for case in EVERY_CASE}
    return _each({applicant_id(name) for name in _identities(claims) & moved}) if is_read else set()


def delivered(claims: Claims) -> str | None:
    """The case for which a partner's system delivers a visa, if it is in its reach and has closed
    lately."""
    named = named_case(claims)
    return named if named in oracle.cases(claims, EVERY_CASE) & {*CLOSED_LATELY} else None


def _bills(claims: Claims) -> set[Key]:
    billed = EVERY_CASE if role_of(claims) == "TREASURY" else _cases(claims)
    return {(billing_code(case.reference),) for case in billed}


def _case_documents(claims: Claims) -> set[Key]:
    return {(application_id(case.reference),) for case in _cases(claims)}


def _uploads(claims: Claims) -> set[Key]:
    """All of them were sent by the account of one partner's system, and all but one are there, or
    with the scanner."""
    role = role_of(claims)
    if role == "SCREENING":
        return set()
    own = role != "PARTNER_SERVICE" or claims["sub"] == "service"
    references = {case.reference for case in _cases(claims) if own}
    sends = role in ("PARTNER_AGENT", "APPLICANT", "PARTNER_SERVICE") and HELD in references
    begun = ([UNSCANNED] if HELD in references else []) + ([UNFINISHED] if sends else [])
    return _each({*map(application_id, references), *begun})


def _contents(claims: Claims) -> set[Key]:
    """Like who the applicant is, but for the case itself that is named."""
    named, own = named_case(claims), _cases(claims)
    match role_of(claims):
        case "SUPERVISOR":
            found = [case for case in EVERY_CASE if case.reference == named]
        case "OFFICER":
            found = [
                case
                for case in EVERY_CASE
                if case.reference == named and case.officer == claims["sub"] and not is_closed(case)
            ]
        case "PARTNER_AGENT":
            found = [
                case
                for case in own
                if named in (None, case.reference)
                and ("RECEIVED" not in case.life or case.reference == NOT_RECEIVED)
                and not is_closed(case)
            ]
        case "APPLICANT":
            found = [*own]
        case _:
            found = []
    return {(application_id(case.reference),) for case in found}


def _requested_items(claims: Claims) -> set[Key]:
    return {(requested_item_id(case.reference),) for case in _cases(claims)}


def _intentions(claims: Claims) -> set[Key]:
    return {(application_id(case.reference),) for case in _cases(claims)}


def _intention_answers(claims: Claims) -> set[Key]:
    return {(application_id(case.reference),) for case in _cases_of_answers(claims)}


def _case_notes(claims: Claims) -> set[Key]:
    """Officers read those of the person whose case is on the desk, and of sure links; but of the
    first of two that officer alone. Supervisors read those of the case that is named."""
    match role_of(claims):
        case "SUPERVISOR":
            cases = _cases_of_answers(claims)
        case "OFFICER":
            people = _identities(claims)
            cases = [case for case in EVERY_CASE if case.applicant in people]
        case _:
            cases = []
    is_apart = role_of(claims) == "SUPERVISOR" or claims.get("sub") == "officer"
    authors = ("somebody", "officer") if is_apart else ("somebody",)
    return {(application_id(case.reference), author) for case in cases for author in authors}


def _item_answers(claims: Claims) -> set[Key]:
    return {(requested_item_id(case.reference),) for case in _cases_of_answers(claims)}


def _cases_of_answers(claims: Claims) -> list[Case]:
    """Of a case on the own desk, of one that is taken in, of the own: no inquiry and no link opens
    more than the case that is named."""
    named = named_case(claims)
    match role_of(claims):
        case "SUPERVISOR":
            cases = [case for case in EVERY_CASE if case.reference == named]
        case "OFFICER":
            cases = [
                case
                for case in EVERY_CASE
                if case.reference == named
                and case.officer == claims["sub"]
                and not oracle.is_closed(case)
            ]
        case "PARTNER_AGENT":
            cases = [
                case
                for case in EVERY_CASE
                if named in (None, case.reference)
                and oracle.reaches_case(claims, case)
                and ("RECEIVED" not in case.life or case.reference == NOT_RECEIVED)
                and not oracle.is_closed(case)
            ]
        case "APPLICANT":
            cases = [case for case in EVERY_CASE if oracle.reaches_case(claims, case)]
        case _:
            cases = []
    return cases


def _assignments(claims: Claims) -> set[Key]:
    if role_of(claims) not in ("OFFICER", "SUPERVISOR", "AUDITOR"):
        return set()
    desks = {(application_id(case.reference), case.officer) for case in EVERY_CASE if case.officer}
    # A case that lies with a supervisor: officers do not read with whom.
    with_supervisor = {(application_id(HELD), "supervisor")}
    return desks if role_of(claims) == "OFFICER" else desks | with_supervisor


def _screenings(claims: Claims) -> set[Key]:
    asked = {(application_id(ASKED),)}
    match role_of(claims):
        case "SUPERVISOR" | "AUDITOR":
            answered = {(application_id(case.reference),) for case in CASES if case.screening}
            return asked | answered | {(application_id(VOIDED),)}
        case "SCREENING":
            return asked
        case _:
            return set()


def _matches(claims: Claims) -> set[Key]:
    """For whoever answers, those of a case about which a question is open."""
    match role_of(claims):
        case "SUPERVISOR":
            return {(ban_id(ban), application_id(case)) for ban, case in BANNED.items()}
        case "SCREENING":
            return {
                (ban_id(ban), application_id(case))
                for ban, case in BANNED.items() if case == ASKED
            }  # fmt: skip
        case _:
            return set()


def _banned_people(claims: Claims) -> set[Key]:
    """Whom an entry is about, for the entry or for a case that it matches."""
    named, matched = named_case(claims), {case for _, case in _matches(claims)}
    if role_of(claims) not in ("SUPERVISOR", "SCREENING"):
        return set()
    return {
        (ban_id(ban),)
        for ban, case in BANNED.items()
        if named == ban or (named == case and application_id(case) in matched)
    }


def _corrections(claims: Claims) -> set[Key]:
    """Partners read them for as long as the decision, which they would reveal."""
    role = role_of(claims)
    if role not in ("OFFICER", "SUPERVISOR", "AUDITOR", "APPLICANT", *oracle.HANDING_OVER):
        return set()
    return {
        (application_id(case.reference),)
        for case in _cases(claims)
        if role not in oracle.HANDING_OVER or not is_closed(case) or case.reference in CLOSED_LATELY
    }


def is_closed(case: Case) -> bool:
    return any(kind in CLOSED for kind, _ in life_of(case))


def _reads(claims: Claims) -> set[Key]:
    def is_reached(read: Read) -> bool:
        match role_of(claims):
            case "LEADERSHIP" | "AUDITOR":
                return True
            case "SUPERVISOR":
                return read.actor == claims["sub"] or read.case in UNDER_REVIEW
            case "OFFICER" | "PARTNER_AGENT" | "SCREENING":
                return read.actor == claims["sub"]
            case "PARTNER_MANAGER":
                return read.partner == claims["partner"] and read.country in claims["countries"]
            case "APPLICANT":
                return read.of == oracle.ACCOUNTS.get(claims["sub"]) and _is_notified(read)
            case _:
                return False

    return {(read.id,) for read in READS if is_reached(read)}


def _is_notified(read: Read) -> bool:
    """Whether the person read about sees the entry: supervision once the case is closed, a link
    never."""
    if read.purpose in ("INTAKE", "OWN_DATA"):
        return True
    if any(one.reference == read.case and read.of in one.people for one in REVIEWED):
        return True
    own = [case for case in CASES if (case.reference, case.applicant) == (read.case, read.of)]
    return any(read.purpose != "SUPERVISION" or oracle.is_closed(case) for case in own)


def _figures(claims: Claims) -> set[Key]:
    """Partners, countries and centres of the applications that any figure counts."""
    paid = [case.place for case in CASES if _is_paid(case)]
    cells = {(place.partner, place.country, place.centre) for place in paid}
    match role_of(claims):
        case "LEADERSHIP" | "OFFICER" | "SUPERVISOR" | "AUDITOR":
            return cells
        case "PARTNER_MANAGER":
            own = claims["partner"], claims["countries"]
            return {cell for cell in cells if cell[0] == own[0] and cell[1] in own[1]}
        case "PARTNER_AGENT":
            return {
                cell for cell in cells
                if cell[0] == claims["partner"] and oracle.at_own_place(claims, *cell[1:])
            }  # fmt: skip
        case _:
            return set()


def _changes(claims: Claims) -> set[Key]:
    kinds = CHANGES_READ.get(role_of(claims), "").split()
    return {
        (number,)
        for number, (case, changed) in enumerate(EVERY_CHANGE)
        if changed in kinds
        and oracle.reaches_case(claims, case)
        # Whoever reads a decision no more does not read of its correction either.
        and (
            changed != "DECISION"
            or role_of(claims) not in oracle.HANDING_OVER
            or case.reference in CLOSED_LATELY
        )
    }


def _volume_changes(claims: Claims) -> set[Key]:
    match role_of(claims):
        case "LEADERSHIP" | "OFFICER" | "SUPERVISOR" | "AUDITOR":
            return {(number,) for number, _ in enumerate(EVERY_FOLD)}
        case "PARTNER_MANAGER":
            own = {(claims["partner"], country) for country in claims["countries"]}
            return {
                (number,)
                for number, (cell, changed) in enumerate(EVERY_FOLD)
                if cell in own and changed == "FIGURES"
            }
        case _:
            return set()


def _is_paid(case: Case) -> bool:
    return any(kind == "PAID" for kind, _ in life_of(case))


def lookup_key(reference: str) -> UUID:
    """The key of the look-up in an inquiry."""
    return UUID(int=995_000 + LOOKED_IN.index(reference))


def _lookups(claims: Claims) -> set[Key]:
    if role_of(claims) == "AUDITOR":
        return {(lookup_id(actor),) for actor, _ in LOOKED} | _each({*map(lookup_key, LOOKED_IN)})
    own = (claims.get("sub"), role_of(claims))
    in_inquiries = {
        lookup_key(one.reference)
        for one in INQUIRIES
        if one.reference in LOOKED_IN and role_of(claims) == "SUPERVISOR"
        if one.by == claims["sub"] or one.reference in UNDER_REVIEW
    }
    return _each({lookup_id(name) for name, role in LOOKED if (name, role) == own} | in_inquiries)


def _people_of_inquiries(claims: Claims) -> set[Key]:
    """Whom inquiries opened: for auditors, whoever opened it, and others who review it; oneself,
    once it was reviewed."""
    rows = {(one, name) for one in INQUIRIES for name in one.people}
    match role_of(claims):
        case "AUDITOR":
            reached = rows
        case "SUPERVISOR":
            reached = {
                (one, name) for one, name in rows
                if one.by == claims["sub"] or one.reference in UNDER_REVIEW
            }  # fmt: skip
        case "APPLICANT":
            own = oracle.ACCOUNTS.get(claims["sub"])
            reached = {(one, name) for one, name in rows if name == own and one in REVIEWED}
        case _:
            return set()
    return {(one.reference, applicant_id(name)) for one, name in reached}


def _requests(claims: Claims) -> set[Key]:
    """Auditors read all, whoever asked their own."""
    match role_of(claims):
        case "AUDITOR":
            return _each({*REQUESTED})
        case "APPLICANT":
            return {(one,) for one, (account, _) in REQUESTED.items() if account == claims["sub"]}
        case _:
            return set()


def _erasures(claims: Claims) -> set[Key]:
    """Whoever asked for it reads what became of it; auditors and supervisors read all."""
    ids = dict(zip(ERASED, ERASURES, strict=True))
    match role_of(claims):
        case "AUDITOR" | "SUPERVISOR":
            return _each({*ids.values()})
        case "APPLICANT":
            own = {one for one, (account, _) in REQUESTED.items() if account == claims["sub"]}
            return {(ids[name],) for name, asked in ERASED.items() if asked in own}
        case _:
            return set()


def _breaches(claims: Claims) -> set[Key]:
    """Auditors read all, people those of which they were told; the last one concerns everybody."""
    match role_of(claims):
        case "AUDITOR":
            return _each({*BREACHES})
        case "APPLICANT":
            return _each({BREACHES[2], *(BREACHES[1:2] if _notices(claims) else ())})
        case _:
            return set()


def _notices(claims: Claims) -> set[Key]:
    told = {(applicant_id(name),) for name in NOTICED}
    match role_of(claims):
        case "AUDITOR":
            return told
        case "APPLICANT" if own := oracle.ACCOUNTS.get(claims["sub"]):
            return told & {(applicant_id(own),)}
        case _:
            return set()


def _alerts(claims: Claims) -> set[Key]:
    """Auditors read all, a supervisor those of others, and of complaints in reach."""
    match role_of(claims):
        case "AUDITOR":
            return {(actor,) for actor, _ in ALERTS} | _each(complaints_of(claims))
        case "SUPERVISOR":
            others = {(actor,) for actor, _ in ALERTS if actor != claims["sub"]}
            return others | _each(complaints_of(claims))
        case _:
            return set()


def _own_subscriptions(claims: Claims) -> set[Key]:
    """The own, for those who read figures exactly."""
    readers = "LEADERSHIP OFFICER SUPERVISOR PARTNER_MANAGER PARTNER_AGENT AUDITOR"
    is_own = role_of(claims) in readers.split() and claims["sub"] in SUBSCRIBED
    return {(claims["sub"],)} if is_own else set()


def _notes(claims: Claims) -> set[Key]:
    """All for the directorate; of the own partner in the own countries for its people."""
    if role_of(claims) in ["LEADERSHIP", "OFFICER", "SUPERVISOR", "AUDITOR"]:
        return _each({*NOTED})
    if role_of(claims) not in ("PARTNER_MANAGER", "PARTNER_AGENT"):
        return set()
    own, countries = claims.get("partner"), claims.get("countries", [])
    return {
        (author,)
        for author, (partner, country) in NOTED.items()
        if partner and partner == own and country in countries
    }


def endpoints_of(claims: Claims) -> set[str]:
    """Of the own partner in the own countries, for its managers and its system."""
    if role_of(claims) not in ("PARTNER_MANAGER", "PARTNER_SERVICE"):
        return set()
    own, countries = claims.get("partner"), claims.get("countries", [])
    return {
        url
        for url, (partner, country) in ENDPOINTS.items()
        if partner == own and country in countries
    }


def complaints_of(claims: Claims) -> set[str]:
    """Those of service, for supervisors and for managers of the partner in the country; those of
    integrity, for auditors and for whom one was entrusted to; the own; and for auditors all."""
    me = claims.get("sub")
    match role_of(claims):
        case "AUDITOR":
            return {one.reference for one in COMPLAINTS}
        case "SUPERVISOR":
            return {
                one.reference
                for one in COMPLAINTS
                if one.kind == "SERVICE" or one.entrusted_to == me
            }
        case "PARTNER_MANAGER":
            return {
                one.reference
                for one in COMPLAINTS
                if (one.kind, one.partner) == ("SERVICE", claims["partner"])
                and one.country in claims["countries"]
            }
        case "APPLICANT":
            return {one.reference for one in COMPLAINTS if one.account == me}
        case _:
            return set()


def _complaints(claims: Claims) -> set[Key]:
    return _each(complaints_of(claims))


def _complaint_figures(claims: Claims) -> set[Key]:
    """A count of integrity tells of no place; supervisors, and managers of their own, count service
    alone.
    """
    of_service = {one for one in COMPLAINTS if one.kind == "SERVICE"}
    service: set[Key] = {("SERVICE", one.partner, one.country) for one in of_service}
    match role_of(claims):
        case "LEADERSHIP" | "AUDITOR":
            others = product(("UNSORTED", "INTEGRITY"), ((None, None), ("NUSA", "AU")))
            return service | {(kind, *place) for kind, place in others}
        case "SUPERVISOR":
            return service
        case "PARTNER_MANAGER":
            own = {(claims["partner"], country) for country in claims["countries"]}
            return {key for key in service if key[1:] in own}
        case _:
            return set()


def _complaint_texts(claims: Claims) -> set[Key]:
    """Of the one that is named; complainants name none."""
    reached, named = complaints_of(claims), named_case(claims)
    is_own = role_of(claims) == "APPLICANT"
    return {
        (one.id,)
        for one in COMPLAINTS
        if one.reference in reached and (is_own or one.reference == named)
    }


def _endpoints(claims: Claims) -> set[Key]:
    return _each(endpoints_of(claims))


def _only(roles: str, keys: set[Key]) -> Callable[[Claims], set[Key]]:
    return lambda claims: keys if role_of(claims) in roles.split() else set()


def _on(*days: str) -> set[Key]:
    return {(at(f"{day} 00:00").date(),) for day in days}


_READ_THE_LEDGER = "LEADERSHIP OFFICER SUPERVISOR AUDITOR ADMINISTRATOR"
#: What the small world began with, by kind: the keys, and the values recorded of each.
_LEDGER: dict[str, tuple[str, str]] = {
    "COUNTRY": ("AU SG NZ IN AF", "iso3 nameEn nameId region"),
    "ENTRY_RULE": ("AU SG NZ IN AF", "entry"),
    "VISA_TYPE": ("B1 C1", "nameEn nameId category stayDays isMultipleEntry validFrom"),
    "ELIGIBILITY": ("B1 C1", "entry purpose isOpen"),
    "REQUIRED_DOCUMENT": ("C1", "kind isRequired"),
    "PASSPORT_RULE": ("B1 C1", "months"),
    "EXTENSION_RULE": ("B1", "times days amountIdr"),
    "HANDLING_RULE": ("C1", "isAnnounced isCorrected"),
    "FEE": ("B1 C1", "useWithinDays amountIdr isOffered"),
    "SERVICE_TARGET": ("B1 C1", "clock hours promisedPercent"),
    "DEADLINE": ("PAYMENT BILLING_CODE ANSWER INTENTION", "days"),
    "PARTNER": ("NUSA ANDALAN", "name"),
    "PARTNER_COUNTRY": ("NUSA ANDALAN", "country openedOn"),
    "CENTRE": ("AU-SYD AU-MEL AU-PER SG-SIN", "partner country city openedOn"),
    "DAY_OFF": ("2025-02-08 2025-03-31", "nameEn nameId isOff"),
    "GRANT_RULE": (
        "C1-1 C1-2",
        "visaType version nationalities samplePercent hoursAfterPayment official decree",
    ),
    "POOL": ("TRIAL", "visaTypes channels nationalities isOpen"),
    "NAMED_EVENT": (
        "OUTAGE-2025-01-10 HOLIDAY_RUSH-2025-02-03-AU OUTAGE-2025-02-10-IN",
        "kind country beganOn endedOn wasScreeningOut",
    ),
}
_CHANGES: set[Key] = {(of, kind) for kind, (all_of, _) in _LEDGER.items() for of in all_of.split()}
_VALUES: set[Key] = {(kind, name) for kind, (_, names) in _LEDGER.items() for name in names.split()}


def _named_events(claims: Claims) -> set[Key]:
    """Of everybody and of the own countries, for partners; all of them inside the directorate."""
    if role_of(claims) in _READ_THE_LEDGER.split():
        return {(event[0],) for event in EVENTS}
    if role_of(claims) not in ("PARTNER_MANAGER", "PARTNER_AGENT"):
        return set()
    own = claims.get("countries") or ()
    return {(code,) for code, _, _, _, country, _ in EVENTS if country is None or country in own}


_ROWS: dict[str, Reach] = {
    "Country": Reach("country", ("code",), _for_everyone(*_COUNTRIES)),
    "EntryRule": Reach("entry_rule", ("country_code",), _for_everyone(*_COUNTRIES)),
    "VisaType": Reach("visa_type", ("code",), _for_everyone(*FEES)),
    "Eligibility": Reach("eligibility", ("visa_type_code",), _for_everyone(*FEES)),
    "RequiredDocument": Reach("required_document", ("visa_type_code",), _for_everyone("C1")),
    "PassportRule": Reach("passport_rule", ("visa_type_code",), _for_everyone(*MONTHS)),
    "ExtensionRule": Reach("extension_rule", ("visa_type_code",), _for_everyone("B1")),
    "HandlingRule": Reach("handling_rule", ("visa_type_code",), _for_everyone("C1")),
    "GrantRule": Reach("grant_rule", ("code",), _only(_READ_THE_LEDGER, _each({"C1-1", "C1-2"}))),
    "Pool": Reach("pool", ("code",), _only(_READ_THE_LEDGER, {("TRIAL",)})),
    "GrantCheck": Reach(
        "grant_check",
        ("application_id",),
        _only("SUPERVISOR AUDITOR", {(application_id("SGPO-OPEN-0006"),)}),
    ),
    "WithheldDecision": Reach(
        "withheld_decision",
        ("application_id",),
        _only("SUPERVISOR AUDITOR", {(WITHHELD["application_id"],)}),
    ),
    "GrantRuleStop": Reach("grant_rule_stop", ("rule_code",), _only(_READ_THE_LEDGER, {("C1-1",)})),
    "ScreeningReplay": Reach("screening_replay", ("id",), _only("SUPERVISOR", {(REPLAY,)})),
    **{
        noun: Reach(table, ("id",), _only("SUPERVISOR", {(REPLAYED[table]["id"],)}))
        for noun, table in (
            ("ScreeningReplayLine", "screening_replay_line"),
            ("ScreeningReplayCandidate", "screening_replay_candidate"),
        )
    },
    "Fee": Reach("fee", ("visa_type_code",), _for_everyone(*FEES)),
    "ServiceTarget": Reach("service_target", ("visa_type_code", "clock"), _for_everyone(*HOURS)),
    "DayOff": Reach("day_off", ("day",), lambda _: _on("02-08", "03-31")),
    "Partner": Reach("partner", ("code",), lambda claims: _each(oracle.partners(claims))),
    "PartnerCountry": Reach(
        "partner_country", ("partner_code", "country_code"), oracle.served_countries
    ),
    "Centre": Reach("centre", ("code",), lambda claims: _each(oracle.centres(claims))),
    "Application": Reach("application", ("reference",), lambda claims: _each(_references(claims))),
    "Bill": Reach("bill", ("billing_code",), _bills),
    "CaseDocument": Reach("case_document", ("application_id",), _case_documents),
    "DocumentUpload": Reach("document_upload", ("id",), _uploads),
    "DocumentContent": Reach("document_content", ("upload_id",), _contents),
    "RequestedItem": Reach("requested_item", ("id",), _requested_items),
    "RefusalIntention": Reach("refusal_intention", ("application_id",), _intentions),
    "IntentionAnswer": Reach("intention_answer", ("application_id",), _intention_answers),
    "ItemAnswer": Reach("item_answer", ("item_id",), _item_answers),
    "CaseNote": Reach("case_note", ("application_id", "author"), _case_notes),
    "ApplicationEvent": Reach("application_event", ("application_id", "sequence"), _events),
    "Assignment": Reach("assignment", ("application_id", "officer"), _assignments),
    "Decision": Reach("decision", ("id",), _decisions),
    "Visa": Reach("visa", ("visa_number",), _visas),
    "Stay": Reach("stay", ("visa_number",), _stays),
    "Movement": Reach("movement", ("applicant_id",), _movements),
    "Crossing": Reach("crossing", ("report_key",), _only("SUPERVISOR AUDITOR", {("kept",)})),
    "VisaDocument": Reach(
        "visa_document",
        ("proof",),
        lambda claims: documents_in_hand.read(claims, delivered(claims)),
    ),
    "Screening": Reach("screening", ("application_id",), _screenings),
    "Applicant": Reach(
        "applicant",
        ("id",),
        lambda claims: _each({applicant_id(name) for name in _people(claims, oracle.applicants)}),
    ),
    "Identity": Reach(
        "identity",
        ("applicant_id",),
        lambda claims: _each({applicant_id(name) for name in _identities(claims)}),
    ),
    "IdentityVersion": Reach(
        "identity_version",
        ("applicant_id",),
        lambda claims: _each(
            {
                applicant_id(name)
                for name in _identities(claims)
                if any(case.applicant == name for case in EVERY_CASE)
            }
        ),
    ),
    "Guarantor": Reach(
        "guarantor",
        ("applicant_id",),
        lambda claims: _each(
            {
                applicant_id(name)
                for name in _identities(claims)
                if any(case.applicant == name for case in EVERY_CASE)
            }
        ),
    ),
    "Guardian": Reach(
        "guardian",
        ("applicant_id",),
        lambda claims: _each(
            {
                applicant_id(name)
                for name in _identities(claims)
                if any(case.applicant == name for case in EVERY_CASE)
            }
        ),
    ),
    "PassportEnding": Reach(
        "passport_ending",
        ("applicant_id",),
        lambda claims: _each({applicant_id(name) for name in _endings(claims)}),
    ),
    "PersonLink": Reach(
        "person_link",
        ("id",),
        _only(
            "OFFICER SUPERVISOR AUDITOR",
            {(link_id(n, is_back=back),) for n, _ in enumerate(LINKS) for back in (False, True)},
        ),
    ),
    "PersonLookup": Reach("person_lookup", ("id",), _lookups),
    "VisaCheck": Reach("visa_check", ("actor",), _only("AUDITOR", {("carrier",)})),
    "LinkerRead": Reach(
        "linker_read", ("applicant_id",), _only("AUDITOR", _each({*map(applicant_id, APPLICANTS)}))
    ),
    "BanEntry": Reach(
        "ban_entry", ("reference",), _only("SUPERVISOR AUDITOR SCREENING", _each({*BANNED}))
    ),
    "BannedPerson": Reach("banned_person", ("ban_id",), _banned_people),
    "BanMatch": Reach("ban_match", ("ban_id", "application_id"), _matches),
    "BanRead": Reach("ban_read", ("ban_id",), _only("AUDITOR", _each({*map(ban_id, BANNED)}))),
    "Correction": Reach("correction", ("application_id",), _corrections),
    "AccessEvent": Reach("access_event", ("id",), _reads),
    "Alert": Reach("alert", ("actor",), _alerts),
    "MailSubscription": Reach("mail_subscription", ("subject",), _own_subscriptions),
    "SavedView": Reach("saved_view", ("subject",), _own_subscriptions),
    "MonthNote": Reach("month_note", ("author",), _notes),
    "Complaint": Reach("complaint", ("reference",), _complaints),
    "ComplaintText": Reach("complaint_text", ("complaint_id",), _complaint_texts),
    "ComplaintRead": Reach(
        "complaint_read", ("complaint_id",), _only("AUDITOR", {(one.id,) for one in COMPLAINTS})
    ),
    "WebhookEndpoint": Reach("webhook_endpoint", ("url",), _endpoints),
    "WebhookDelivery": Reach("webhook_delivery", ("failure",), _endpoints),
    "WebhookNotice": Reach("webhook_notice", ("failure",), _endpoints),
    "Inquiry": Reach(
        "inquiry",
        ("reference",),
        _only("SUPERVISOR AUDITOR", _each({one.reference for one in INQUIRIES})),
    ),
    "BudgetException": Reach(
        "budget_exception",
        ("viewer",),
        _only("SUPERVISOR AUDITOR", _each({"agent-au", "supervisor"})),
    ),
    "InquiryPerson": Reach("inquiry_person", ("reference", "applicant_id"), _people_of_inquiries),
    "DataRequest": Reach("data_request", ("reference",), _requests),
    "Erasure": Reach("erasure", ("id",), _erasures),
    "KeyOperation": Reach("key_operation", ("operator",), _only("AUDITOR", {(KEY_OPERATOR,)})),
    "FormerBill": Reach(
        "former_bill", ("billing_code",), _only("TREASURY SUPERVISOR AUDITOR", {(FORMER_CODE,)})
    ),
    "UnmatchedPayment": Reach(
        "unmatched_payment", ("receipt_number",), _only("TREASURY AUDITOR", {(KEPT_RECEIPT,)})
    ),
    "Breach": Reach("breach", ("id",), _breaches),
    "BreachNotice": Reach("breach_notice", ("applicant_id",), _notices),
    "LegalHold": Reach(
        "legal_hold", ("held_by",), _only("SUPERVISOR AUDITOR", {("supervisor-3",)})
    ),
    "Suspension": Reach(
        "suspension", ("subject",), _only("SUPERVISOR AUDITOR ADMINISTRATOR", _each({*SUSPENDED}))
    ),
    "NamedEvent": Reach("named_event", ("code",), _named_events),
    "ReferenceChange": Reach(
        "reference_change", ("subject", "kind"), _only(_READ_THE_LEDGER, _CHANGES)
    ),
    "ReferenceChangeValue": Reach(
        "reference_change_value", ("kind", "name"), _only(_READ_THE_LEDGER, _VALUES)
    ),
    "ApplicationChange": Reach("application_change", ("id",), _changes),
    "VolumesChange": Reach("volume_change", ("id",), _volume_changes),
    "VolumeRow": Reach("volume_daily", ("partner_code", "country_code", "centre_code"), _figures),
    "ComplaintFigureRow": Reach(
        "volume_complaint", ("kind", "partner_code", "country_code"), _complaint_figures
    ),
    "RefusalGroundRow": Reach(
        "volume_ground",
        ("starts_on",),
        _only("LEADERSHIP OFFICER SUPERVISOR AUDITOR", _on("01-15", "01-20", "02-03")),
    ),
    "ScreeningReferralRow": Reach(
        "volume_referral",
        ("starts_on",),
        _only("LEADERSHIP SUPERVISOR", _on("01-06", "01-14", "02-04", "02-26")),
    ),
    "GrantRuleFigureRow": Reach(
        "volume_rule", ("starts_on",), _only("LEADERSHIP SUPERVISOR AUDITOR", _on("01-09"))
    ),
    "StayFigureRow": Reach(
        "volume_stay", ("starts_on",), _only("LEADERSHIP SUPERVISOR", _on("01-09"))
    ),
    "OfficerRow": Reach(
        "volume_officer",
        ("starts_on",),
        _only(
            "SUPERVISOR AUDITOR",
            _on("01-06", "01-12", "01-15", "01-20", "02-01", "02-03", "02-11"),
        ),
    ),
}

#: The rows of each type that a rule of the policy tells.
BY_RULE: tuple[tuple[str, Reach], ...] = tuple(_ROWS.items())
#: The same, and published figures.
REACH: tuple[tuple[str, Reach], ...] = (
    *BY_RULE,
    (
        "VolumeRow",
        Reach(
            published_reach.PUBLISHED, published_reach.COLUMNS, published_reach.allowed_by_domain
        ),
    ),
)

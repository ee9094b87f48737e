"""What the database lets viewers write of reference data, partners and centres: changes of the
ledger, and nothing past it."""

from contextlib import suppress
from typing import NamedTuple

import asyncpg

from tests.acting import act_writing
from tests.gateway.oracle import Claims, role_of
from tests.walls.reach import CLAIMED, OVERSTAYING, viewer
from tests.walls.undoing import undone
from tests.world import EVENTS, GRANT_RULES, POOL, application_id, receipt_number


class Table(NamedTuple):
    """What administrators write: what the small world has in it, and how a row is made."""

    column: str
    rows: str
    making: str


class Reference(NamedTuple):
    """A table of reference data: a row of a day as a proposal says it, and as a row."""

    row: str
    #: What is set to what it was.
    column: str


_PROPOSE = (
    "INSERT INTO reference_change (id, kind, decree, reason, changed, proposed_by) VALUES"
    " (gen_random_uuid(), '{kind}', 'PP 45', 'Why.', jsonb_build_array(jsonb_build_object("
    "'table', '{table}', 'after', jsonb_build_object({row}))), viewer.subject(NULL))"
)
REFERENCE = {
    "country": Reference("'code', 'TL', 'iso3', 'TLS', 'name_en', 'T', 'name_id', 'T',"
                         " 'region', 'SOUTHEAST_ASIA'", "name_en"),
    "entry_rule": Reference("'country_code', 'SG', 'valid_from', {day}, 'entry', 'VISA_FREE'",
                            "entry"),
    "visa_type": Reference(
        "'code', 'D2', 'name_en', 'N', 'name_id', 'N', 'category', 'BUSINESS', 'stay_days', 60,"
        " 'is_multiple_entry', true, 'valid_from', {day}", "stay_days"),
    "eligibility": Reference(
        "'visa_type_code', 'B1', 'entry', 'CALLING_VISA', 'purpose', 'TRANSIT', 'valid_from',"
        " {day}, 'is_open', true", "is_open"),
    "required_document": Reference(
        "'visa_type_code', 'B1', 'kind', 'PHOTOGRAPH', 'valid_from', {day}, 'is_required', true",
        "is_required"),
    "passport_rule": Reference(
        "'visa_type_code', 'B1', 'valid_from', {day}, 'months', 1", "months"),
    "extension_rule": Reference(
        "'visa_type_code', 'B1', 'valid_from', {day}, 'times', 2, 'days', 9, 'amount_idr', 1",
        "days"),
    "handling_rule": Reference(
        "'visa_type_code', 'B1', 'valid_from', {day}, 'is_announced', true,"
        " 'is_corrected', true", "is_announced"),
    "fee": Reference(
        "'visa_type_code', 'B1', 'use_within_days', 90, 'valid_from', {day}, 'amount_idr', 1,"
        " 'is_offered', true", "amount_idr"),
    "service_target": Reference(
        "'visa_type_code', 'B1', 'clock', 'STANDARD', 'valid_from', {day}, 'hours', 1", "hours"),
    "day_off": Reference("'day', {day}, 'name_en', 'N', 'name_id', 'N', 'is_off', true", "is_off"),
    "deadline": Reference("'wait', 'ANSWER', 'valid_from', {day}, 'days', 1", "days"),
    "partner": Reference("'code', 'ZENITH', 'name', 'Zenith'", "name"),
    "partner_country": Reference(
        "'partner_code', 'NUSA', 'country_code', 'IN', 'opened_on', {day}", "closed_on"),
    "centre": Reference(
        "'code', 'AU-DRW', 'partner_code', 'NUSA', 'country_code', 'AU', 'city', 'Darwin',"
        " 'opened_on', {day}", "closed_on"),
    "named_event": Reference(
        "'code', 'STRIKE-' || {day}, 'kind', 'STRIKE', 'began_on', {day}, 'ended_on', {day},"
        " 'was_screening_out', false", "ended_on"),
    "grant_rule": Reference(
        "'code', 'B1-1', 'visa_type_code', 'B1', 'version', 1, 'nationalities',"
        " ARRAY['AU'], 'sample_percent', 2, 'hours_after_payment', 2, 'official', 'X',"
        " 'decree', 'PP 45'", "sample_percent"),
    "pool": Reference(
        "'code', 'WEST', 'visa_types', ARRAY['B1'], 'channels', ARRAY['DIRECT'],"
        " 'nationalities', ARRAY['AU'], 'is_open', false", "is_open"),
}  # fmt: skip
_TODAY = "wib_day(now())"
_YESTERDAY = f"{_TODAY} - 1"


def proposing(table: str, day: str = _TODAY, kind: str | None = None) -> str:
    """The statement that proposes a row."""
    row = REFERENCE[table].row.format(day=day)
    return _PROPOSE.format(kind=kind or table.upper(), table=table, row=row)


#: Who says so.
_ONESELF = "viewer.subject(NULL)"
TABLES = {
    "reference_change": Table(
        "subject", "AF AU IN NZ SG B1 C1 ANDALAN NUSA AU-MEL AU-PER AU-SYD SG-SIN ANSWER"
        " BILLING_CODE INTENTION PAYMENT"
        " 2025-02-08 2025-03-31 OUTAGE-2025-01-10 HOLIDAY_RUSH-2025-02-03-AU"
        " OUTAGE-2025-02-10-IN C1-1 C1-2 TRIAL",
        proposing("fee")),
    # What may be changed of one, and by whom: see test_suspensions_written.py.
    "suspension": Table("subject", "left watched",
                        "INSERT INTO suspension (id, subject, reason, suspended_by)"
                        " VALUES (gen_random_uuid(), 'x', 'Why', viewer.subject(NULL))"),
    "ban_entry": Table("reference", "BANN-ASKD-0000 BANN-ELSE-0000 BANN-GRAN-0000 BANN-V0ID-0000",
                       "INSERT INTO ban_entry (id, reference, ground, reason, banned_from,"
                       " proposed_by) VALUES (gen_random_uuid(), 'BANN-MADE-0000', 'CRIME',"
                       " 'Why.', wib_day(now()), viewer.subject(NULL))"),
    # A letter; what an applicant lodges is one's own.
    "data_request": Table("reference", "RQST-RUBY-0000 RQST-ELSE-0000 RQST-POST-0000",
                          "INSERT INTO data_request (id, reference, kind, lodged_by, lodged_role)"
                          " VALUES (gen_random_uuid(), 'RQST-MADE-0000', 'ACCESS',"
                          " viewer.subject(NULL), 'AUDITOR')"),
    "grant_rule_stop": Table(
        "rule_code", "C1-1",
        "INSERT INTO grant_rule_stop (id, rule_code, stopped_by, reason)"
        " SELECT gen_random_uuid(), code, viewer.subject(NULL), 'Why.' FROM grant_rule"
        " ON CONFLICT DO NOTHING"),
    "screening_replay": Table(
        "asked_by", "supervisor-3",
        "INSERT INTO screening_replay (id, asked_by)"
        " VALUES (gen_random_uuid(), viewer.subject(NULL))"),
    "budget_exception": Table(
        "viewer", "supervisor agent-au",
        "INSERT INTO budget_exception (id, viewer, role, reason, most_people, minutes, proposed_by)"
        " VALUES (gen_random_uuid(), 'somebody', 'OFFICER', 'Why.', 1, 1, viewer.subject(NULL))"),
    "legal_hold": Table("held_by", "supervisor-3",
                        "INSERT INTO legal_hold (id, application_id, reason, held_by)"
                        f" VALUES (gen_random_uuid(), '{application_id('AUSY-GRAN-0001')}', 'Why.',"
                        " viewer.subject(NULL))"),
    "unmatched_payment": Table(
        "receipt_number", "KEPT000000000001",
        "INSERT INTO unmatched_payment (id, receipt_number, billing_code, amount_idr, kept_by)"
        " VALUES (gen_random_uuid(), 'KEPT000000000002', '1', 1, viewer.subject(NULL))"),
    "payment_reversal": Table(
        "reported_by", "treasury",
        "INSERT INTO payment_reversal (id, receipt_number, reversal_number, reason, reported_by)"
        f" VALUES (gen_random_uuid(), '{receipt_number('AUSY-PAID-0013')}', '1', 'So.',"
        " viewer.subject(NULL))"),
    "crossing": Table(
        "report_key", "kept fits",
        "INSERT INTO crossing (id, reported_by, report_key, direction, crossed_at, port,"
        " passengers, visa_number) VALUES (gen_random_uuid(), viewer.subject(NULL), 'made',"
        " 'ENTRY', now(), 'CGK', ARRAY[sha256('x')], 'ID000000000000')"),
    "overstay_confirmation": Table(
        "confirmed_by", "border",
        "INSERT INTO overstay_confirmation (id, confirmed_by, stay_id)"
        f" VALUES (gen_random_uuid(), viewer.subject(NULL), '{OVERSTAYING}')"),
    "file_claim": Table(
        "account", "applicant",
        "INSERT INTO file_claim (application_id, account, code)"
        f" SELECT '{application_id(CLAIMED)}', viewer.subject(NULL),"
        " decode(repeat('0c', 16), 'hex')"),
    "breach": Table("recorded_by", "auditor-9",
                    "INSERT INTO breach (id, description, noticed_at, window_from, window_before,"
                    " recorded_by) VALUES (gen_random_uuid(), 'A laptop.', now(),"
                    " now() - interval '1 hour', now(), viewer.subject(NULL))"),
}  # fmt: skip
#: Who writes which of them, where administrators do not.
WRITERS = {
    "ban_entry": "SCREENING",
    "data_request": "AUDITOR",
    "grant_rule_stop": "SUPERVISOR",
    "screening_replay": "SUPERVISOR",
    "budget_exception": "SUPERVISOR",
    "legal_hold": "SUPERVISOR",
    "breach": "AUDITOR",
    "unmatched_payment": "TREASURY",
    "payment_reversal": "TREASURY",
    "crossing": "BORDER",
    "overstay_confirmation": "BORDER",
    "file_claim": "APPLICANT",
}
#: Which table each mutation writes.
OF: dict[str, str] = {
    **dict.fromkeys(
        (
            "proposeCountry",
            "proposePartner",
            "proposePartnerCountry",
            "proposePartnerCountryClosing",
            "proposeCentre",
            "proposeCentreClosing",
            "proposeVisaType",
            "proposeVisaTypeEnd",
            "proposeEligibility",
            "proposeRequiredDocument",
            "proposePassportRule",
            "proposeExtensionRule",
            "proposeHandlingRule",
            "proposeFee",
            "proposeServiceTarget",
            "proposeDeadline",
            "proposeDayOff",
            "proposeEntryRule",
            "proposeNamedEvent",
            "proposeGrantRule",
            "proposePool",
            "approveReferenceChange",
            "cancelReferenceChange",
        ),
        "reference_change",
    ),
    "stopGrantRule": "grant_rule_stop",
    "replayScreening": "screening_replay",
    **dict.fromkeys(("proposeBudgetException", "approveBudgetException"), "budget_exception"),
    "suspendPartner": "suspension",
    "suspendViewer": "suspension",
    "confirmSuspension": "suspension",
    "proposeLifting": "suspension",
    "liftSuspension": "suspension",
    **dict.fromkeys(
        ("proposeBan", "approveBan", "rejectBan", "proposeBanWithdrawal", "approveBanWithdrawal"),
        "ban_entry",
    ),
    **dict.fromkeys(
        (
            "registerDataRequest",
            "nameDataSubject",
            "answerDataRequest",
            "lodgeDataRequest",
            "proposeLookupOpening",
            "approveLookupOpening",
        ),
        "data_request",
    ),
    **dict.fromkeys(("holdErasure", "releaseErasure"), "legal_hold"),
    **dict.fromkeys(("recordBreach", "notifyInstitution", "notifyPeople", "closeBreach"), "breach"),
    **dict.fromkeys(
        ("keepPayment", "recommendRefund", "recommendAssignment", "recordPaymentOrder"),
        "unmatched_payment",
    ),
    "recordReversal": "payment_reversal",
    "recordCrossings": "crossing",
    "confirmOverstays": "overstay_confirmation",
    **dict.fromkeys(("requestClaimCode", "claimFile"), "file_claim"),
}
#: What is past is not proposed either, nor what is nobody's to say: one kind as another, the
#: directorate as a partner, and what is no reference data.
_NEVER = {
    **{
        f"{table} of yesterday": proposing(table, _YESTERDAY)
        for table in REFERENCE
        if table not in ("country", "partner", "named_event", "grant_rule", "pool")
    },
    "an event of long ago": proposing("named_event", f"{_TODAY} - 15"),
    "an event to come": proposing("named_event", f"{_TODAY} + 1"),
    "a fee under the kind of a deadline": proposing("fee", kind="DEADLINE"),
    "the directorate": proposing("partner").replace("ZENITH", "DIRECT"),
    "an older version of a rule": proposing("grant_rule").replace("'version', 1", "'version', 2"),
    "a person": proposing("fee", kind="IDENTITY").replace("'fee'", "'identity'"),
}  # fmt: skip


#: What answers a proposal.
ANSWERS = ("approveReferenceChange", "cancelReferenceChange")
#: Who answers what of it, where administrators do not.
ANSWERED = {
    "AUDITOR": {event[0] for event in EVENTS},
    "SUPERVISOR": {str(rule["code"]) for rule in (*GRANT_RULES, POOL)},
}


def answered_by_domain(mutation: str, claims: Claims) -> set[str]:
    """What a viewer may approve or stop: auditors events, supervisors rules that grant and
    pools, and
    administrators everything else, who may stop these too."""
    every = set(TABLES["reference_change"].rows.split())
    if role_of(claims) in ANSWERED:
        return ANSWERED[role_of(claims)]
    others = set[str]().union(*ANSWERED.values())
    return every - others if mutation == "approveReferenceChange" else every


def allowed_by_domain(claims: Claims) -> set[str]:
    """What a viewer may write, as the domain has it."""
    role = role_of(claims)
    made = {f"{table} is made" for table in TABLES if writer_of(table) == role}
    if role in ("ADMINISTRATOR", *ANSWERED):
        made |= {f"{it} is answered" for it in answered_by_domain("cancelReferenceChange", claims)}
    return made | {f"{table} is proposed" for table in REFERENCE if role == "ADMINISTRATOR"}


def writer_of(table: str) -> str:
    """The role that writes a table of these."""
    return WRITERS.get(table, "ADMINISTRATOR")


async def allowed_by_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """What the database lets a viewer write, of today. Everything is rolled back."""
    taken = set[str]()
    for table, one in TABLES.items():
        if await is_taken(connection, claims, one.making):
            taken.add(f"{table} is made")
        if await is_taken(connection, claims, one.making.replace(_ONESELF, "'another'")):
            taken.add(f"{table} is made in another name")
    for table in REFERENCE:
        if await is_taken(connection, claims, proposing(table)):
            taken.add(f"{table} is proposed")
    async with undone(connection):
        with suppress(asyncpg.InsufficientPrivilegeError):
            await act_writing(connection, viewer(claims))
            answered = await connection.fetch("SELECT subject FROM reference_change")
            taken |= {f"{row['subject']} is answered" for row in answered}
    return taken


async def past_the_ledger(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """What the database lets a viewer write that nobody may. Everything is rolled back."""
    taken = {what for what, text in _NEVER.items() if await is_taken(connection, claims, text)}
    for table, one in REFERENCE.items():
        names, values = one.row.format(day=_TODAY).split(", ")[::2], one.row.split(", ")[1::2]
        columns = ", ".join(name.strip("'") for name in names)
        row = ", ".join(values).format(day=_TODAY)
        for statement in (
            f"INSERT INTO {table} ({columns}) VALUES ({row})",
            f"UPDATE {table} SET {one.column} = {one.column}",
            f"DELETE FROM {table}",
        ):
            if await is_taken(connection, claims, statement):
                taken.add(statement)
    return taken


async def is_taken(
    connection: asyncpg.Connection, claims: Claims, statement: str, first: str | None = None
) -> bool:
    """Whether the statement, after one of the owner's, writes anything."""
    async with undone(connection):
        if first:
            await connection.execute(first)
        await act_writing(connection, viewer(claims))
        # The anonymous have no subject to write as the author.
        with suppress(asyncpg.InsufficientPrivilegeError, asyncpg.NotNullViolationError):
            return not (await connection.execute(statement)).endswith(" 0")
    return False

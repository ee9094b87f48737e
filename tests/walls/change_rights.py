"""Every small mistake in who may change what, and who sees it before each wall."""

from contextlib import suppress
from functools import cache
from uuid import UUID

import asyncpg
from sqlalchemy import select

from gateway.access import rows
from gateway.access.transactions.prepared import PreparedStatement, prepare
from gateway.rules import Rule
from models import Application, Base, VisaDocument
from models.vocabulary import CLOSED, Role
from tests.acting import act_writing
from tests.gateway import oracle
from tests.gateway.oracle import Claims, role_of
from tests.walls import administering, documents_in_hand, subscribing, supervising
from tests.walls.judging import by_grants, grants_of, rule_changes
from tests.walls.mutants import ChangedRight
from tests.walls.reach import (
    ANSWERED,
    ANSWERED_BY,
    ASKED,
    EVERY_CASE,
    REQUESTED,
    WHO,
    delivered,
    viewer,
)
from tests.walls.undoing import undone
from tests.world import APPLICANTS, CASES, Case, applicant_id, application_id, life_of

_LODGE = """
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, status, submitted_at, use_within_days)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'AWAITING_PAYMENT', now(), 90)
"""
#: Who may call what, as the domain has it; each on the cases in its own reach.
MAY: dict[str, str] = {
    "submitApplication": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "submitApplications": "PARTNER_AGENT PARTNER_SERVICE",
    "proposeCorrections": "PARTNER_SERVICE",
    "withdrawApplications": "PARTNER_SERVICE",
    "answerInformationRequests": "PARTNER_SERVICE",
    "recordPayment": "TREASURY",
    "renewBill": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "recordDocuments": "PARTNER_AGENT PARTNER_SERVICE",
    "markReceived": "PARTNER_AGENT PARTNER_SERVICE",
    "takeCase": "OFFICER",
    "releaseCase": "OFFICER",
    "reassignCase": "SUPERVISOR",
    "relieveOfficer": "SUPERVISOR",
    "requestInformation": "OFFICER",
    "answerInformation": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "announceRefusal": "OFFICER",
    "answerIntention": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "referToScreening": "OFFICER SUPERVISOR",
    "recordScreening": "SCREENING",
    "confirmScreening": "SCREENING",
    "recordScreenings": "SCREENING",
    "confirmScreenings": "SCREENING",
    "resolveHit": "SUPERVISOR",
    "holdApplication": "SUPERVISOR",
    "releaseApplication": "SUPERVISOR",
    "markUrgent": "SUPERVISOR",
    "endUrgency": "SUPERVISOR",
    "proposeGrant": "OFFICER SUPERVISOR",
    "approveGrant": "SUPERVISOR",
    "rejectGrant": "OFFICER SUPERVISOR",
    "recordDecision": "OFFICER SUPERVISOR",
    "supersedeDecision": "SUPERVISOR",
    "proposeCorrection": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "approveCorrection": "OFFICER SUPERVISOR",
    "confirmCorrection": "SUPERVISOR",
    "rejectCorrection": "OFFICER SUPERVISOR",
    "writeNote": "OFFICER SUPERVISOR",
    "confirmLink": "OFFICER",
    "rejectLink": "OFFICER",
    "withdrawApplication": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "fetchVisa": "PARTNER_SERVICE",
    "requestUpload": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "registerDocument": "PARTNER_SERVICE",
    "applyForExtension": "APPLICANT",
    "recordAppearance": "OFFICER",
    "returnVisa": "APPLICANT",
    "revokeVisa": "SUPERVISOR",
    "setAsideRevocation": "SUPERVISOR",
    **dict.fromkeys(supervising.OF, "SUPERVISOR"),
    **{mutation: subscribing.writers(mutation) for mutation in subscribing.OF},
    **{name: administering.writer_of(table) for name, table in administering.OF.items()},
    # Of events, auditors; of rules that grant and of pools, supervisors.
    **dict.fromkeys(administering.ANSWERS, "ADMINISTRATOR AUDITOR SUPERVISOR"),
    "lodgeDataRequest": "APPLICANT",
}

#: What is only ever made, of which nothing is read in order to make it.
GUARDED = {"confirmOverstays", "recordReversal"}
#: The treasury reads no case, and pays the bill of any.
ALL_REFERENCES = {case.reference for case in EVERY_CASE}


def changeable(mutation: str, claims: Claims) -> set[str]:
    """What a viewer may do something to: references of cases, or codes of reference data."""
    if role_of(claims) not in MAY[mutation].split():
        return set()
    if mutation == "fetchVisa":
        return documents_in_hand.to_fetch(claims, delivered(claims))
    if mutation in supervising.OF:
        return supervising.reached_by_domain(mutation, claims)
    if mutation in subscribing.OF:
        return subscribing.reached_by_domain(mutation, claims)
    if mutation == "lodgeDataRequest":
        return {one for one, (account, _) in REQUESTED.items() if account == claims["sub"]}
    if mutation in administering.ANSWERS:
        return administering.answered_by_domain(mutation, claims)
    if mutation in ("requestClaimCode", "claimFile"):  # by the account that claimed it
        return {"applicant"} & {claims["sub"]}
    if mutation == "recordReversal":  # by whoever reported it
        return {"treasury"} & {claims["sub"]}
    if tables := administering.OF.get(mutation):
        return set(administering.TABLES[tables.split()[0]].rows.split())
    match role_of(claims):
        case "TREASURY":
            return ALL_REFERENCES
        case "SCREENING":
            # What waits for an answer, and what oneself has answered or confirmed.
            return {ASKED, *([ANSWERED] if claims["sub"] in ANSWERED_BY else [])}
        case "OFFICER":
            return on_desk(claims["sub"]) | (on_no_desk() if mutation == "takeCase" else set())
        case _:
            return oracle.cases(claims, EVERY_CASE)


def on_desk(officer: str) -> set[str]:
    """The open cases on the desk of an officer."""
    return {case.reference for case in CASES if case.officer == officer and is_open(case)}


def on_no_desk() -> set[str]:
    return {case.reference for case in CASES if case.officer is None and is_open(case)}


def is_open(case: Case) -> bool:
    return not any(kind in CLOSED for kind, _ in life_of(case))


def may_change(claims: Claims) -> set[str]:
    """References of the cases on which a viewer may do anything at all."""
    of_others = administering.OF.keys() | supervising.OF.keys() | subscribing.OF.keys()
    of_cases = MAY.keys() - of_others - {"fetchVisa"}
    return set[str]().union(*(changeable(mutation, claims) for mutation in of_cases))


def same_before_the_second(right: ChangedRight) -> str | None:
    """Why a database with the changed right is ours all the same."""
    others = [name for name, roles in MAY.items() if right.role in roles.split()]
    tables = tables_of(right.mutation)
    elsewhere = set[str]().union(*(tables_of(name) for name in others if name != right.mutation))
    if tables <= elsewhere:
        return "the row rules hold a role to the rows of all it may do, and it may do other things"
    if right.through:
        return f"the rows of {right.through} that it goes through have a row rule of their own"
    if right.mutation in GUARDED and right.what.endswith("becomes every row"):
        return "a guard of the table, which does not follow the policy, refuses another name"
    return None


def tables_of(mutation: str) -> set[str]:
    """The tables that a mutation writes."""
    of = {**administering.OF, **supervising.OF, **subscribing.OF, "fetchVisa": "visa_document"}
    return set(of.get(mutation, "application").split())


async def allowed_by_statement(
    connection: asyncpg.Connection, mutation: str, claims: Claims
) -> set[str]:
    """The same, as our statement has it by itself."""
    asking = viewer(claims)
    rule = rows.rule_of_changing(mutation, asking.role)
    bound = _prepare(asking.role, mutation, rule).bind(asking)
    found = await connection.fetch(bound.statement.text, *bound.arguments)
    return {row[0] for row in found}


@cache
def _prepare(role: Role, mutation: str, rule: Rule | None) -> PreparedStatement:
    """Compiled once for all viewers of a role."""
    named = Application.reference.expression
    if tables := administering.OF.get(mutation):
        table = tables.split()[0]
        named = Base.metadata.tables[table].c[administering.TABLES[table].column]
    elif mutation == "fetchVisa":
        named = VisaDocument.id.expression
    elif mutation in supervising.OF:
        named = supervising.NAMED[supervising.OF[mutation]].expression
    elif mutation in subscribing.OF:
        named = subscribing.TABLES[subscribing.OF[mutation]].named.expression
    return prepare(rows.vouch_for(select(named).where(rows.meets_in_role(rule)), mutation), role)


async def allowed_by_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """The cases that the database lets the viewer change, by whatever mutation."""
    with suppress(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await act_writing(connection, viewer(claims))
            is_screening = role_of(claims) == "SCREENING"  # which reads none of what it writes
            same = "has_open_hit = false" if is_screening else "status = status"
            changed = await connection.fetch(f"UPDATE application SET {same} RETURNING id")
            await connection.execute("RESET ROLE")
            references = {application_id(case.reference): case.reference for case in EVERY_CASE}
            return {references[row["id"]] for row in changed}
    return set()


async def reads_needlessly(connection: asyncpg.Connection, claims: Claims) -> bool:
    """Whether a viewer who changes and makes no case reads any of them in order to change it."""
    if may_change(claims) or may_make(claims):
        return False
    with suppress(asyncpg.InsufficientPrivilegeError):
        async with undone(connection):
            await act_writing(connection, viewer(claims))
            return bool(await connection.fetch("SELECT id FROM application"))
    return False


def may_make(claims: Claims) -> set[str]:
    """References of the cases of which a viewer may lodge one alike."""
    hands_in = role_of(claims) in MAY["submitApplication"].split()
    return oracle.cases(claims) if hands_in else set()


async def created_in_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """The cases of which the database lets the viewer make one alike."""
    taken = set[str]()
    for number, case in enumerate(CASES):
        place = case.place
        lodged = (
            *(UUID(int=5_000 + number), f"MADE-{number:04}-0000", applicant_id(case.applicant)),
            *(APPLICANTS[case.applicant], case.visa_type, place.channel, place.partner),
            *(place.country, place.centre),
        )
        async with undone(connection):
            with suppress(asyncpg.InsufficientPrivilegeError):
                await act_writing(connection, viewer(claims))
                await connection.execute(_LODGE, *lodged)
                taken.add(case.reference)
    return taken


#: One of a family, and the other one, which nobody has.
_TAKEN, _REST = "SGPO-OPEN-0006", "AUSY-PAID-0013"
_TAKE = f"""
    UPDATE pool SET is_open = true, visa_types = ARRAY['X9'];
    UPDATE application SET group_reference = 'G-AAAA-BBBB-CCCC'
    WHERE reference IN ('{_TAKEN}', '{_REST}');
    DELETE FROM assignment WHERE application_id = '{application_id(_TAKEN)}';
    INSERT INTO assignment (application_id, officer, role, assigned_at, assigned_by)
    VALUES ('{application_id(_TAKEN)}', '{{officer}}', 'OFFICER', now(), '{{officer}}')
"""


async def differs_in_another_state(
    connection: asyncpg.Connection, mutation: str, claims: Claims
) -> str | None:
    """When a statement lets a viewer do something else than the domain has it: once all visas were
    given back, or while a pool of nothing is open and one of a family is just taken."""
    doing = mutation, role_of(claims)
    async with undone(connection):
        if doing == ("fetchVisa", "PARTNER_SERVICE"):
            await connection.execute("UPDATE visa SET returned_at = now()")
            if await allowed_by_statement(connection, "fetchVisa", claims):
                return "once all visas were given back"
        if doing == ("takeCase", "OFFICER"):
            await connection.execute(_TAKE.format(officer=claims["sub"]))
            found = await allowed_by_statement(connection, "takeCase", claims)
            if found != on_desk(claims["sub"]) | {_TAKEN, _REST}:
                return "while a pool of nothing is open"
    return None


async def first_wall(connection: asyncpg.Connection, right: ChangedRight) -> str | None:
    with right.planted():
        for name, claims in WHO.items():
            if role_of(claims) != right.role:
                continue
            found = await allowed_by_statement(connection, right.mutation, claims)
            if found != changeable(right.mutation, claims):
                return f"statement of {name}"
            if differs := await differs_in_another_state(connection, right.mutation, claims):
                return f"statement of {name} {differs}"
    return None


async def second_wall(connection: asyncpg.Connection, right: ChangedRight) -> str | None:
    """How a database with the changed right differs from ours. Everything is rolled back."""
    changes = rule_changes(right)
    if not changes:
        return None
    async with undone(connection):
        before = await grants_of(connection)
        await connection.execute(";\n".join(changes))
        for name, claims in WHO.items():
            if role_of(claims) != right.role:
                continue
            if await allowed_by_database(connection, claims) != may_change(claims):
                return f"row rule for changes of {name}"
            if await reads_needlessly(connection, claims):
                return f"row rule for what {name} reads in order to change it"
            if killer := await killer_beside_changes(connection, name, claims):
                return killer
        return by_grants(before, await grants_of(connection))


async def killer_beside_changes(
    connection: asyncpg.Connection, name: str, claims: Claims
) -> str | None:
    """What differs from the domain in what a viewer makes, administers or looks into."""
    noted = await documents_in_hand.noted_by_database(connection, viewer(claims))
    if noted != changeable("fetchVisa", claims):
        return f"row rule for what {name} fetches"
    if name in documents_in_hand.SYSTEMS:
        return None  # others of the role show the rest
    if await created_in_database(connection, claims) != may_make(claims):
        return f"row rule for what {name} makes"
    beside = {administering: "administers", supervising: "looks into", subscribing: "subscribes to"}
    for kind, does in beside.items():
        if await kind.allowed_by_database(connection, claims) != kind.allowed_by_domain(claims):
            return f"row rule for what {name} {does}"
    if await read_to_change(connection, claims) != readable_to_change(claims):
        return f"row rule for what {name} reads of requests or crossings"
    return None


def readable_to_change(claims: Claims) -> set[str]:
    """References of the data requests, and keys of the crossings, that one lodged or works on."""
    of = ("lodgeDataRequest", "answerDataRequest", "recordCrossings")
    return set[str]().union(*(changeable(mutation, claims) for mutation in of))


async def read_to_change(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """Those that the database lets a viewer read in order to change them."""
    read = set[str]()
    for column, table in (("reference", "data_request"), ("report_key", "crossing")):
        async with undone(connection):
            with suppress(asyncpg.InsufficientPrivilegeError):
                await act_writing(connection, viewer(claims))
                found = await connection.fetch(f"SELECT {column} FROM {table}")
                read |= {row[column] for row in found}
    return read

"""From which status to which each role may move a case: said by hand, and tried by injection.

The case is one that everybody with a hand in it reaches. It was handed over, is cleared, and lies
on an officer's desk: what else must hold is not in the way. It reads nothing of the steps.
"""

from collections.abc import Iterator, Mapping

import asyncpg

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls.undoing import undone
from tests.world import application_id, billing_code

REFERENCE = "AUSY-GRAN-0001"
CASE = application_id(REFERENCE)
STATUSES = (
    "SUBMITTED", "AWAITING_PAYMENT", "PAID", "IN_VERIFICATION", "INFO_REQUESTED",
    "REFUSAL_INTENDED", "SCREENING", "GRANTED", "REFUSED", "WITHDRAWN", "LAPSED",
    "PAYMENT_EXPIRED", "REVOKED",
)  # fmt: skip
_OPEN = STATUSES[:7]
_BEGUN = STATUSES[2:7]
_CLOSED = STATUSES[7:]
VIEWERS: Mapping[str, Viewer] = {
    "OFFICER": Viewer("officer", Role.OFFICER),
    "SUPERVISOR": Viewer("supervisor", Role.SUPERVISOR),
    "PARTNER_AGENT": Viewer(
        "agent-au", Role.PARTNER_AGENT, partner="NUSA", countries=("AU",), centres=("AU-SYD",)
    ),
    "APPLICANT": Viewer("applicant", Role.APPLICANT),
    "PARTNER_SERVICE": Viewer("service", Role.PARTNER_SERVICE, partner="NUSA", countries=("AU",)),
    "SCREENING": Viewer("screening", Role.SCREENING),
    "TREASURY": Viewer("treasury", Role.TREASURY),
    "ADMINISTRATOR": Viewer("administrator", Role.ADMINISTRATOR),
    "AUDITOR": Viewer("auditor", Role.AUDITOR),
}
_WITHDRAWS = {(source, "WITHDRAWN") for source in _OPEN}
_WAITS = ("INFO_REQUESTED", "REFUSAL_INTENDED")
_ANSWERS = {(source, "IN_VERIFICATION") for source in _WAITS}
#: What each role may do, by the domain's life of an application.
MOVES: Mapping[str, set[tuple[str, str]]] = {
    "OFFICER": {
        *((source, "TAKEN") for source in ("PAID", "IN_VERIFICATION", "SCREENING")),
        ("PAID", "IN_VERIFICATION"), ("IN_VERIFICATION", "INFO_REQUESTED"),
        ("IN_VERIFICATION", "SCREENING"), ("IN_VERIFICATION", "GRANTED"),
        ("IN_VERIFICATION", "REFUSED"), ("SCREENING", "GRANTED"), ("SCREENING", "REFUSED"),
        ("IN_VERIFICATION", "REFUSAL_INTENDED"), ("SCREENING", "REFUSAL_INTENDED"),
    },
    "SUPERVISOR": {
        # Given to somebody; and what was done again by a second person.
        *((source, target) for source in _BEGUN for target in ("TAKEN", "GIVEN")),
        ("PAID", "IN_VERIFICATION"),
        ("GRANTED", "REFUSED"), ("REFUSED", "GRANTED"), ("GRANTED", "REVOKED"),
        ("REVOKED", "GRANTED"),
        ("IN_VERIFICATION", "MATCHED"), ("SCREENING", "MATCHED"),
        ("GRANTED", "MATCHED"), ("REFUSED", "MATCHED"),
        *((source, "HELD") for source in (*_OPEN, "GRANTED")),
        *((source, "RELEASED") for source in STATUSES),
    },
    "PARTNER_AGENT": _WITHDRAWS | _ANSWERS | {(source, "RECEIVED") for source in _OPEN},
    "APPLICANT": _WITHDRAWS | _ANSWERS,
    "PARTNER_SERVICE": _WITHDRAWS | _ANSWERS | {(source, "RECEIVED") for source in _OPEN},
    "TREASURY": {("SUBMITTED", "PAID"), ("AWAITING_PAYMENT", "PAID")},
    # After a grant, of a visa that is looked into again; and while an applicant answers.
    "SCREENING": {
        (source, target)
        for source in (*_BEGUN[1:], "GRANTED", "REFUSED", "WITHDRAWN", "REVOKED")
        for target in ("ANSWERED", "CONFIRMED")
    },
    "ADMINISTRATOR": set(),
    "AUDITOR": set(),
}  # fmt: skip
#: Besides moving to each status: what leaves the status as it is, as putting it on the own desk or
#: on another's; and a refusal of what lies on the own desk of whoever tries it, as a supervisor's
#: with a hit that is one.
TARGETS = (*STATUSES, "RECEIVED", "HELD", "RELEASED", "ANSWERED", "CONFIRMED", "TAKEN", "GIVEN",
           "MATCHED")  # fmt: skip
ALL = {(source, target) for source in STATUSES for target in TARGETS if source != target}

_PUTS_ON_A_DESK = ("TAKEN", "GIVEN")
#: The kinds of events that are not called like what is tried; of some there is none.
_SHOWN_BY: Mapping[str, str | None] = {
    "ANSWERED": "SCREENED", "CONFIRMED": "SCREENED", "MATCHED": "REFUSED", "TAKEN": None,
    "GIVEN": None,
}  # fmt: skip

_EVENT = (
    "INSERT INTO application_event (application_id, sequence, kind, occurred_at, actor, actor_role)"
    f" VALUES ('{CASE}', 50, '{{kind}}', now(), '{{actor}}', '{{role}}')"
)
_DECIDE = (
    "INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer,"
    f" supersedes_id) VALUES ('00000000-0000-0000-0000-00000000d001', '{CASE}', '{{outcome}}',"
    " {grounds}, now(), '{by}', {before})"
)
_GIVE = (
    "INSERT INTO assignment (application_id, officer, role, assigned_at, assigned_by)"
    f" VALUES ('{CASE}', '{{to}}', 'OFFICER', now(), '{{by}}')"
)
_BEFORE = "00000000-0000-0000-0000-00000000d000"


async def prepare(connection: asyncpg.Connection) -> None:
    """Take away what keeps the owner from putting the case into any status."""
    for name in ("closed_when_closed", "paid_before_work", "paid_with_fee_and_target",
                 "decided_with_decision", "expired_unpaid", "closed_last"):  # fmt: skip
        await connection.execute(f"ALTER TABLE application DROP CONSTRAINT ck_application_{name}")
    await connection.execute("DELETE FROM visa_document; DELETE FROM movement; DELETE FROM stay")
    await connection.execute("DELETE FROM visa WHERE application_id = $1", CASE)
    await connection.execute("ALTER TABLE refusal_intention DISABLE TRIGGER append_only")
    for table in ("decision", "application_event"):
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        await connection.execute(f"DELETE FROM {table} WHERE application_id = $1", CASE)
    await connection.execute(
        "UPDATE handling_rule SET visa_type_code ="
        " (SELECT visa_type_code FROM application WHERE id = $1), is_announced = true", CASE,
    )  # fmt: skip
    for table in ("screening", "case_document"):
        await connection.execute(f"DELETE FROM {table} WHERE application_id = $1", CASE)
    await connection.execute("DELETE FROM assignment WHERE application_id = $1", CASE)
    await connection.execute(
        "INSERT INTO assignment (application_id, officer, assigned_at)"
        " VALUES ($1, 'officer', now() - interval '1 day')", CASE,
    )  # fmt: skip


async def put_into(
    connection: asyncpg.Connection, source: str, target: str, viewer: Viewer | None = None
) -> None:
    """The case lies in a status, ready for what is to be tried: on the own desk, if on one."""
    if target in _PUTS_ON_A_DESK or (source, target) == ("PAID", "IN_VERIFICATION"):
        await connection.execute("DELETE FROM assignment WHERE application_id = $1", CASE)
        await connection.execute(
            "UPDATE application SET officer = NULL, is_assigned = false WHERE id = $1", CASE
        )
    elif viewer:
        await connection.execute(
            "UPDATE assignment SET role = $3, officer = $2 WHERE application_id = $1",
            *(CASE, viewer.subject, "SUPERVISOR" if target == "MATCHED" else "OFFICER"),
        )
    # Whoever is refused was heard, whoever answers was not yet, and who is told was told nothing.
    if target in ("REFUSAL_INTENDED", "IN_VERIFICATION"):
        await connection.execute("DELETE FROM intention_answer WHERE application_id = $1", CASE)
        await connection.execute(
            "UPDATE refusal_intention SET ended_at = NULL, answered_at = NULL, answered_by = NULL"
            " WHERE application_id = $1", CASE,
        )  # fmt: skip
    if target == "REFUSAL_INTENDED":
        await connection.execute("DELETE FROM refusal_intention WHERE application_id = $1", CASE)
    is_decided = source in ("GRANTED", "REFUSED", "REVOKED")
    if is_decided:
        await connection.execute(
            "INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer)"
            " VALUES ($1, $2, $3, $4, now() - interval '1 day', 'officer-2')",
            *(_BEFORE, CASE, "REFUSED" if source == "REFUSED" else "GRANTED"),
            ["INCOMPLETE"] if source == "REFUSED" else [],
        )
    if is_decided:
        await connection.execute(
            "INSERT INTO visa (visa_number, application_id, decision_id, issued_at, use_by,"
            " stay_days) VALUES ('ID00000000000Z', $1, $2, now() - interval '1 day',"
            " current_date + 60, 30)", *(CASE, _BEFORE),
        )  # fmt: skip
    await connection.execute(
        "UPDATE application SET status = $2, current_decision_id = $3, closed_at ="
        " CASE WHEN $4 THEN now() - interval '1 day' END, paid_at = CASE WHEN $5 THEN"
        " now() - interval '2 days' END, is_held = $6, received_at = CASE WHEN $7 THEN"
        " now() - interval '2 days' END, submitted_at = now() - interval '3 days' WHERE id = $1",
        *(CASE, source, _BEFORE if is_decided else None, source in _CLOSED),
        *(source not in ("SUBMITTED", "AWAITING_PAYMENT", "PAYMENT_EXPIRED") and target != "PAID",
          target == "RELEASED", target != "RECEIVED"),
    )  # fmt: skip
    # A case that is closed without being taken off its desk is there still.
    await connection.execute("SELECT copy_desk($1, '{}')", CASE)
    if source in ("SUBMITTED", "AWAITING_PAYMENT"):
        await connection.execute(
            "UPDATE bill SET paid_at = NULL, receipt_number = NULL, issued_at ="
            " now() - interval '3 days', due_at = now() WHERE application_id = $1", CASE,
        )  # fmt: skip
    elif target == "PAID":
        await connection.execute(
            "UPDATE bill SET paid_at = now() - interval '2 days', issued_at ="
            " now() - interval '3 days', due_at = now() WHERE application_id = $1", CASE,
        )  # fmt: skip
    await connection.execute(
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
        " VALUES ($1, 1, $2, now() - interval '1 hour')", CASE, source,
    )  # fmt: skip
    result = "PENDING" if target in ("ANSWERED", "CONFIRMED") else "CLEAR"
    proposed = ("CLEAR", "somebody-else") if target == "CONFIRMED" else (None, None)
    await connection.execute(
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,"
        " proposed, proposed_by) VALUES (gen_random_uuid(), $1, 'ENTRY_BAN', $2,"
        " now() - interval '2 days', CASE WHEN $2 <> 'PENDING' THEN now() - interval '1 day' END,"
        " $3, $4)", CASE, result, *proposed,
    )  # fmt: skip


def ways(viewer: Viewer, source: str, target: str) -> Iterator[tuple[str, ...]]:
    """The statements by which a case may be moved, one way after the other."""
    target = "REFUSED" if target == "MATCHED" else target
    at, moved = f"WHERE id = '{CASE}'", f"UPDATE application SET status = '{target}'"
    closed = ", closed_at = now()" if target in _CLOSED and source not in _CLOSED else ""
    resumed = ", paused_seconds = paused_seconds + 3600" if source in _WAITS else ""
    match target:
        case "RECEIVED":
            yield (f"UPDATE application SET received_at = now() {at}",)
        case "HELD" | "RELEASED":
            yield (f"UPDATE application SET is_held = {target == 'HELD'} {at}",)
        case "ANSWERED":
            yield (
                "UPDATE screening SET result = 'CLEAR', answered_at = now(),"
                f" answered_by = '{viewer.subject}' WHERE application_id = '{CASE}'"
                " AND result = 'PENDING'",
            )
        case "CONFIRMED":
            yield (
                "UPDATE screening SET result = proposed, answered_at = now(), answered_by ="
                f" proposed_by, confirmed_by = '{viewer.subject}' WHERE application_id = '{CASE}'"
                " AND result = 'PENDING'",
            )
        case "TAKEN":
            yield (_GIVE.format(to=viewer.subject, by=viewer.subject),)
        case "GIVEN":
            yield (_GIVE.format(to="officer-2", by=viewer.subject),)
        case "GRANTED" | "REFUSED":
            is_first = source not in ("GRANTED", "REFUSED", "REVOKED")
            decision = _DECIDE.format(
                outcome=target, by=viewer.subject, before="NULL" if is_first else f"'{_BEFORE}'",
                grounds="'{}'" if target == "GRANTED" else "'{FALSE_STATEMENT}'",
            )  # fmt: skip
            made = ", current_decision_id = '00000000-0000-0000-0000-00000000d001'"
            yield decision, f"{moved}{made}{closed}{resumed} {at}"
        case "PAID":
            yield (
                "UPDATE bill SET paid_at = now(), receipt_number = 'NTPN000000009999'"
                f" WHERE billing_code = '{billing_code(REFERENCE)}'",
                f"{moved}, paid_at = now(), fee_idr = 500000, target_due_at = now() {at}",
            )
            # By a bill that is paid already.
            paid = f"(SELECT {{}} FROM bill WHERE billing_code = '{billing_code(REFERENCE)}')"
            yield (
                f"{moved}, paid_at = {paid.format('paid_at')}, fee_idr ="
                f" {paid.format('amount_idr')}, target_due_at = now(){resumed} {at}",
            )
        case "SCREENING":
            question = (
                "INSERT INTO screening (id, application_id, kind, result, requested_at)"
                f" VALUES (gen_random_uuid(), '{CASE}', 'ENTRY_BAN', 'PENDING', now())"
            )
            yield question, f"{moved}{resumed} {at}"
        case "REFUSAL_INTENDED":
            announced = (
                "INSERT INTO refusal_intention (application_id, grounds, announced_at,"
                f" announced_by) VALUES ('{CASE}', '{{INCOMPLETE}}', now(), '{viewer.subject}')"
            )
            yield announced, f"{moved}{resumed} {at}"
        case "IN_VERIFICATION":
            said = (
                "INSERT INTO intention_answer (application_id, applicant_id, sealed) SELECT id,"
                f' applicant_id, \'{{"as_text": "sealed"}}\' FROM application {at}'
            )
            noted = (
                "UPDATE refusal_intention SET ended_at = now(), answered_at = now(),"
                f" answered_by = '{viewer.subject}' WHERE application_id = '{CASE}'"
            )
            yield said, noted, f"{moved}{resumed} {at}"
            # Put on an officer's desk, or on the own, by whoever can be made to do it.
            for desk in ("officer", viewer.subject) if source == "PAID" else ():
                yield _GIVE.format(to=desk, by=viewer.subject), f"{moved} {at}"
            # As an answer to a request would, which puts it on no desk.
            yield (f"{moved}{resumed} {at}",)
        case "INFO_REQUESTED":
            yield (f"{moved}, was_info_requested = true{resumed} {at}",)
        case _:
            yield (f"{moved}{closed}{resumed} {at}",)


def event_of(viewer: Viewer, kind: str) -> str:
    return _EVENT.format(kind=kind, actor=viewer.subject, role=viewer.role)


async def possible_moves(
    connection: asyncpg.Connection,
    role: str,
    tried: set[tuple[str, str]],
    unmet: str | None = None,
) -> set[tuple[str, str]]:
    """Which of these moves the database lets a role make by injection. All is rolled back.

    ``unmet`` is what is done to the case beforehand, so that it should not be.
    """
    found = set[tuple[str, str]]()
    async with undone(connection):
        await prepare(connection)
        for source, target in sorted(tried):
            async with undone(connection):
                await put_into(connection, source, target, VIEWERS[role])
                if unmet:
                    await connection.execute(unmet, CASE)
                if target == "SCREENING":  # something has to be asked for it
                    await connection.execute(
                        "DELETE FROM screening WHERE application_id = $1", CASE
                    )
                kind = _SHOWN_BY.get(target, target)
                events = () if kind is None else (event_of(VIEWERS[role], kind),)
                for statements in ways(VIEWERS[role], source, target):
                    if await is_let_through(connection, VIEWERS[role], *statements, *events):
                        found.add((source, target))
    return found


async def is_let_through(connection: asyncpg.Connection, viewer: Viewer, *statements: str) -> bool:
    """Whether the database lets the viewer do all of this, and rows were touched; undone again."""
    async with undone(connection):
        try:
            await act_writing(connection, viewer)
            done = [await connection.execute(statement) for statement in statements]
        except (asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError,
                asyncpg.UniqueViolationError):  # fmt: skip
            return False
        return all(not each.endswith(" 0") for each in done)

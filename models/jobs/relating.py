"""Tells the key service what a database says belongs together: of a world that was loaded, of a
database from before the key service kept relations, or after its store was restored.

Whoever runs this believes the database as it is now. From then on the service believes its own
notes, to which every later change is told with the token of whoever makes it.
"""

from collections.abc import Mapping

import asyncpg

from models.key_service import KeyService, Relation, RelationKind
from models.visa_document.content import TERMS_SQL

_AT_ONCE = 1000
#: Of openings that are not done yet.
_OPENING = """
    SELECT replace(id::text, '-', '') || ' ' || replace(applicant_id::text, '-', ''), {0}
    FROM data_request WHERE {0} IS NOT NULL AND lookups_compared_at IS NULL AND outcome IS NULL
"""
#: Who belongs together, by kind: a name, and a subject or an account.
_RELATIONS: Mapping[RelationKind, str] = {
    RelationKind.ACCOUNT: "SELECT account, id FROM applicant WHERE account IS NOT NULL",
    RelationKind.CASE: "SELECT reference, applicant_id FROM application",
    RelationKind.PARTNER: """
        SELECT DISTINCT partner_code, applicant_id FROM application WHERE partner_code IS NOT NULL
    """,
    RelationKind.BAN: "SELECT '', ban_id FROM banned_person",
    RelationKind.COMPLAINT: """
        SELECT reader, id FROM complaint CROSS JOIN LATERAL (VALUES
            ('AUDITOR', true),
            ('APPLICANT ' || account, true),
            ('SUPERVISOR', kind = 'SERVICE'),
            ('PARTNER_MANAGER ' || partner_code, kind = 'SERVICE'),
            ('SUPERVISOR ' || entrusted_to, true)
        ) AS one (reader, reads)
        WHERE reader IS NOT NULL AND reads
    """,
    RelationKind.LINK: """
        SELECT replace(applicant_id::text, '-', ''), linked_id FROM person_link
        WHERE state IN ('CERTAIN', 'CONFIRMED')
    """,
    RelationKind.LIKENESS: """
        SELECT replace(applicant_id::text, '-', ''), linked_id FROM person_link
        WHERE state IN ('PROPOSED', 'CONFIRMED', 'REJECTED')
    """,
    RelationKind.APPLICANT: """
        SELECT reference, applicant_id FROM assignment
        JOIN application ON application.id = application_id
        WHERE ended_at IS NULL AND role = 'OFFICER'
    """,
    RelationKind.DESK: """
        SELECT reference, assignment.officer FROM assignment
        JOIN application ON application.id = application_id
        WHERE ended_at IS NULL AND role = 'OFFICER'
    """,
    RelationKind.VISA: f"""
        SELECT {TERMS_SQL}, application.applicant_id FROM visa_document
        JOIN visa USING (visa_number) JOIN application ON application.id = visa.application_id
        JOIN decision ON decision.id = visa.decision_id
        WHERE refused_at IS NULL
    """,  # noqa: S608
    RelationKind.EXTENSION: """
        SELECT concat_ws(
            ' ', extends_visa_number, reference, days_of_extension(visa_type_code, submitted_at)
        ), applicant_id
        FROM application WHERE extends_visa_number IS NOT NULL AND status = 'GRANTED'
    """,
    RelationKind.INQUIRY: "SELECT reference, opened_by FROM inquiry WHERE is_open",
    RelationKind.APPROVAL: """
        SELECT reference, approved_by FROM inquiry WHERE is_open AND approved_by IS NOT NULL
    """,
    RelationKind.SUCCESSOR: """
        SELECT DISTINCT successor.partner_code, place.partner_code
        FROM (
            SELECT partner_code, successor_code FROM partner_country
            UNION ALL SELECT partner_code, successor_code FROM centre
        ) AS place
        JOIN centre AS successor ON successor.code = place.successor_code
        WHERE successor.partner_code <> place.partner_code
    """,
    RelationKind.OPENING: _OPENING.format("lookups_proposed_by"),
    RelationKind.AGREEMENT: _OPENING.format("lookups_approved_by"),
}


async def relate_everybody(keys: KeyService, connection: asyncpg.Connection) -> int:
    """Note every relation of the database; return how many there are.

    Stopped, it is run again from the beginning: what is noted stays. Raises KeyServiceError.
    """
    number = 0
    async with connection.transaction():
        for kind, statement in _RELATIONS.items():
            some: list[Relation] = []
            async for row in connection.cursor(statement, prefetch=_AT_ONCE):
                some.append(Relation(kind, *row))
                if len(some) == _AT_ONCE:
                    await keys.relate(some)
                    number, some = number + len(some), []
            await keys.relate(some)
            number += len(some)
    return number

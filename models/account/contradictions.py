"""What rows of cases say against each other: a status that no event reached, a payment that nobody
recorded. Entries are looked at one by one elsewhere; this finds what was changed beside them.
"""

from collections import defaultdict
from uuid import UUID

import asyncpg

from models.account.findings import Report, Tampering
from models.vocabulary import Status

_STATUSES = ", ".join(f"'{status}'" for status in Status)

#: Each names a row, by its table and key, and says what contradicts it.
_QUESTIONS = (
    f"""
    SELECT 'application' AS source, application.id, format(
        'is %s, and its events say %s', status, coalesce(reached.kind, 'nothing')
    ) AS why
    FROM public.application
    LEFT JOIN LATERAL (
        SELECT kind FROM public.application_event
        WHERE application_id = application.id AND kind IN ({_STATUSES})
        ORDER BY sequence DESC LIMIT 1
    ) AS reached ON true
    WHERE reached.kind IS DISTINCT FROM status
    """,  # noqa: S608 - constants alone
    """
    SELECT 'application', application.id, format(
        'is %s, and its decision says %s', status, decision.outcome
    )
    FROM public.application
    JOIN public.decision ON decision.id = current_decision_id
    WHERE (status = 'REFUSED') <> (outcome = 'REFUSED')
    """,
    """
    SELECT 'application', application.id, format(
        'is %s, and its events say %s',
        CASE WHEN is_held THEN 'held' ELSE 'not held' END, coalesce(told.kind, 'nothing')
    )
    FROM public.application
    LEFT JOIN LATERAL (
        SELECT kind FROM public.application_event
        WHERE application_id = application.id AND kind IN ('HELD', 'RELEASED')
        ORDER BY sequence DESC LIMIT 1
    ) AS told ON true
    WHERE is_held <> (told.kind IS NOT DISTINCT FROM 'HELD')
    """,
    """
    SELECT 'bill', application_id, 'is paid, and no event says so'
    FROM public.bill
    WHERE paid_at IS NOT NULL AND application_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.application_event
        WHERE application_id = bill.application_id AND kind = 'PAID'
    )
    """,
    """
    SELECT 'application', application.id, 'is on another desk than it was put on'
    FROM public.application
    LEFT JOIN public.assignment ON application_id = application.id AND ended_at IS NULL
    WHERE coalesce(application.officer, application.supervisor)
        IS DISTINCT FROM assignment.officer
    """,
    # A hit counts until its entry of the ban list has ended, or the question is asked anew.
    """
    SELECT 'screening', hit.id, 'was voided without a reason'
    FROM public.screening AS hit
    WHERE result = 'HIT' AND voided_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.screening AS later
        WHERE later.application_id = hit.application_id AND later.kind = hit.kind
            AND later.requested_at >= hit.voided_at
    ) AND NOT EXISTS (
        SELECT FROM public.ban_match
        WHERE ban_match.application_id = hit.application_id AND ban_match.ban_id = hit.ban_id
            AND ended_at IS NOT NULL
    )
    """,
)


async def find_contradictions(connection: asyncpg.Connection, report: Report) -> None:
    for question in _QUESTIONS:
        found: defaultdict[str, list[tuple[str, UUID]]] = defaultdict(list)
        for table, key, why in await connection.fetch(question):
            found[why].append((table, key))
        for why, rows in found.items():
            report.add_rows(Tampering.CONTRADICTED, rows, why)

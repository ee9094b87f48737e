"""Finds the people whose identity an account could have read in a window, by what the database
knows of that time.

It is an upper bound, shown to auditors alone: each fact, such as a desk or a link, opens a person
from when it began to when it ended; a suspension closes everybody, an erasure closes one person.
The conditions of the policy are repeated here without the case that the purpose names, since any
case could have been named. `tests/models/test_people_in_reach.py` compares it with what the policy
opens.

Whoever was read is told since when reads are kept, and what proves them.
"""

from collections.abc import Iterator

from gateway.policy import POLICY
from gateway.row_security.predicates import predicate
from models.account.nodes import LEVEL_BITS, LEVELS, WIDTH
from models.account.sources import SOURCES
from models.row_security import database_role
from models.vocabulary import UNSURE_LINKS, EventKind, LinkReason, ReachedBy, Role

#: Of one person, or of everybody.
SEE_ALL_READS = (Role.AUDITOR, Role.APPLICANT)
_UNSURE = ", ".join(f"'{state}'" for state in UNSURE_LINKS)
#: How long a gateway may act upon what it knew before a suspension.
SUSPENDED_WITHIN_SECONDS = 5
_GUARD = """\
        IF acting IS DISTINCT FROM 'AUDITOR' OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'whom a breach has reached is for auditors alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;"""
#: People who had applied by then, whenever the row was written, and were not erased before.
_ON_FILE = """\
coalesce(applicant.erased_at, 'infinity') > since AND (applicant.created_at < before
                    OR EXISTS (
                        SELECT FROM application
                        WHERE applicant_id = applicant.id AND submitted_at < before
                    ))"""
#: Rows of a person, the case, the way, and the range of time. ``behind`` and ``most`` bound the one
#: branch that has everybody.
_FACTS = f"""\
            SELECT application.applicant_id AS person, application.reference AS for_case,
                '{ReachedBy.DESK}' AS way,
                tstzrange(desk.assigned_at, desk.ended_at) AS lasts
            FROM assignment AS desk
            JOIN application ON application.id = desk.application_id
            WHERE of_role = '{Role.OFFICER}' AND desk.officer = account
                AND desk.assigned_at < before AND coalesce(desk.ended_at, 'infinity') >= since
            UNION ALL
            SELECT link.linked_id, application.reference, '{ReachedBy.LINK}',
                tstzrange(
                    greatest(desk.assigned_at, coalesce(link.resolved_at, link.found_at)),
                    desk.ended_at
                )
            FROM assignment AS desk
            JOIN application ON application.id = desk.application_id
            JOIN person_link AS link ON link.applicant_id = application.applicant_id
            WHERE of_role = '{Role.OFFICER}' AND desk.officer = account
                AND desk.assigned_at < before AND coalesce(desk.ended_at, 'infinity') >= since
                AND coalesce(link.resolved_at, link.found_at) < coalesce(desk.ended_at, 'infinity')
                AND link.reason <> '{LinkReason.GROUP}' AND link.state NOT IN ({_UNSURE})
            UNION ALL
            SELECT everybody.id, NULL, '{ReachedBy.SUPERVISION}', tstzrange(least(
                everybody.created_at,
                (SELECT min(submitted_at) FROM application WHERE applicant_id = everybody.id)
            ), NULL)
            FROM (
                SELECT applicant.id, applicant.created_at FROM applicant
                WHERE of_role = '{Role.SUPERVISOR}' AND applicant.id > behind AND {_ON_FILE}
                ORDER BY applicant.id LIMIT most
            ) AS everybody
            UNION ALL
            SELECT opened.applicant_id, opened.reference, '{ReachedBy.INQUIRY}',
                tstzrange(opened.opened_at, greatest(opened.opened_at, inquiry.ends_at))
            FROM inquiry JOIN inquiry_person AS opened USING (reference)
            WHERE of_role = '{Role.SUPERVISOR}' AND inquiry.opened_by = account
                AND inquiry.ends_at > since AND opened.opened_at < before
            UNION ALL
            SELECT applicant_id, reference, '{ReachedBy.INTAKE}',
                tstzrange(submitted_at, greatest(
                    submitted_at, least(received_at, closed_at, left_partner_at, 'infinity')
                ))
            FROM application
            WHERE of_role = '{Role.PARTNER_AGENT}'
                AND of_partner IN (partner_code, successor_partner_code)
                AND submitted_at < before
                AND least(received_at, closed_at, left_partner_at, 'infinity') >= since
                AND (cardinality(places) = 0 OR coalesce(centre_code, country_code) = ANY (places)
                    OR successor_centre_code = ANY (places))
            UNION ALL
            SELECT file.applicant_id, file.reference, '{ReachedBy.INTAKE}',
                tstzrange(moved.occurred_at, greatest(moved.occurred_at, until))
            FROM application AS file
            JOIN application_event AS moved
                ON moved.application_id = file.id AND moved.kind = '{EventKind.TRANSFERRED}'
            JOIN centre AS holder ON holder.code = moved.reason
            CROSS JOIN LATERAL (SELECT least(
                file.received_at, file.closed_at, min(later.occurred_at), 'infinity'
            ) FROM application_event AS later
                WHERE later.application_id = file.id AND later.kind = moved.kind
                    AND later.sequence > moved.sequence
            ) AS left_it (until)
            WHERE of_role = '{Role.PARTNER_AGENT}' AND holder.partner_code = of_partner
                AND num_nonnulls(file.successor_centre_code, file.left_partner_at) > 0
                AND moved.occurred_at < before AND until >= since
                AND (cardinality(places) = 0 OR holder.code = ANY (places))
            UNION ALL
            SELECT application.applicant_id, application.reference, '{ReachedBy.QUESTION}',
                tstzrange(asked.requested_at, greatest(
                    asked.requested_at, least(asked.answered_at, asked.voided_at, 'infinity')
                ))
            FROM screening AS asked
            JOIN application ON application.id = asked.application_id
            WHERE of_role = '{Role.SCREENING}' AND asked.requested_at < before
                AND least(asked.answered_at, asked.voided_at, 'infinity') >= since
                AND account <> ALL (asked.kept_from)
            UNION ALL
            SELECT holder.applicant_id, holder.reference, '{ReachedBy.DELIVERY}',
                tstzrange(document.proven_at, greatest(document.proven_at, until))
            FROM application AS holder
            JOIN visa ON visa.application_id = holder.id
            JOIN visa_document AS document USING (visa_number)
            CROSS JOIN LATERAL (VALUES (least(
                document.fetched_at, document.replaced_at, visa.revoked_at, visa.returned_at,
                visa.superseded_at, holder.left_partner_at, holder.closed_at + interval '30 days',
                'infinity'
            ))) AS fetchable (until)
            WHERE of_role = '{Role.PARTNER_SERVICE}' AND holder.holder_partner_code = of_partner
                AND document.proven_at < before AND until >= since
                AND (cardinality(places) = 0 OR holder.country_code = ANY (places)
                    OR holder.holder_country_code = ANY (places))
            UNION ALL
            SELECT applicant.id, NULL, '{ReachedBy.OWN_DATA}', tstzrange(NULL, NULL)
            FROM applicant
            WHERE of_role = '{Role.APPLICANT}' AND applicant.account = {{function}}.account"""
_OPEN = f"""\
            SELECT tstzmultirange(tstzrange(since, before)) - coalesce(range_agg(
                tstzrange(
                    suspended_at + interval '{SUSPENDED_WITHIN_SECONDS} seconds',
                    CASE WHEN ends_at IS NOT NULL THEN greatest(
                        ends_at, suspended_at + interval '{SUSPENDED_WITHIN_SECONDS} seconds'
                    ) END
                )
            ), '{{}}') AS spans
            FROM suspension
            WHERE subject = account OR partner_code = of_partner"""
_PIECES = f"""\
        WITH facts AS (
{_FACTS}
        ), open AS MATERIALIZED (
{_OPEN}
        ), pieces AS (
            SELECT person, for_case, way, unnest(spans * tstzmultirange(
                lasts * tstzrange(NULL, erased_at)
            )) AS piece
            FROM facts JOIN applicant ON applicant.id = person CROSS JOIN open
            WHERE person > behind
        )"""
_HEAD = """\
CREATE OR REPLACE FUNCTION viewer.{function}(
    acting text, account text, of_role text, of_partner text, places text[],
    since timestamptz, before timestamptz{further}
) RETURNS {returns}
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
"""
_PEOPLE = "people_in_reach"
_PEOPLE_IN_REACH = f"""\
{
    _HEAD.format(
        function=_PEOPLE,
        further=", behind uuid, most int",
        returns="TABLE (applicant_id uuid, from_at timestamptz, until_at timestamptz,"
        " was_read boolean, ways text[], case_references text[])",
    )
}\
    BEGIN
{_GUARD}
        RETURN QUERY
{_PIECES.replace("{function}", _PEOPLE)}
        SELECT person, min(lower(piece)), max(upper(piece)),
            EXISTS (
                SELECT FROM access_event
                WHERE access_event.applicant_id = person AND actor = account
                    AND actor_role = of_role AND occurred_at >= since AND occurred_at < before
            ),
            array_agg(DISTINCT way), array_remove(array_agg(DISTINCT for_case), NULL)
        FROM pieces GROUP BY person ORDER BY person LIMIT most;
    END
$$;"""
_NUMBER = "number_in_reach"
#: A supervisor reaches everybody, so people are counted by the table itself instead of by ten
#: million ranges.
_NUMBER_IN_REACH = f"""\
{_HEAD.format(function=_NUMBER, further="", returns="bigint")}\
    DECLARE
        behind CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
        most CONSTANT int := 0;
    BEGIN
{_GUARD}
        IF of_role = '{Role.SUPERVISOR}' THEN
            RETURN (SELECT count(*) FROM applicant WHERE {_ON_FILE} AND EXISTS (
                SELECT FROM (
{_OPEN}
                ) AS open WHERE NOT isempty(spans)
            ));
        END IF;
        RETURN (
{_PIECES.replace("{function}", _NUMBER)}
        SELECT count(DISTINCT person) FROM pieces);
    END
$$;"""
#: From when on the log of reads is kept; null where all of it is.
_KEPT_SINCE = """\
CREATE OR REPLACE FUNCTION viewer.reads_kept_since(acting text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ({roles}) OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'since when reads are kept is for whoever is told of all of them'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN (SELECT max(before) FROM account_drop);
    END
$$;""".format(roles=", ".join(f"'{role}'" for role in SEE_ALL_READS))
_READS = SOURCES["access_event"]
#: What proofs of reads are made of, for the person who was read alone, and once they are told of a
#: read: the leaf, the hashes beside it and above it, and the newest checkpoint.
_PROOFS_OF_READS = f"""\
CREATE OR REPLACE FUNCTION viewer.proofs_of_reads(reads uuid[]) RETURNS TABLE (
    id uuid, content bytea, place bigint, hashes bytea[],
    size bigint, frontier bytea[], note text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN QUERY
            SELECT entry.id, {_READS.content("entry")}, leaf.position, ARRAY(
                SELECT coalesce(CASE level WHEN 0 THEN (
                    SELECT string_agg(beside.hash, ''::bytea ORDER BY position)
                    FROM account_leaf AS beside
                    WHERE position >= first_one AND position < first_one + {WIDTH}
                        AND position < head.size
                ) ELSE (
                    SELECT string_agg(node.hash, ''::bytea ORDER BY node.place)
                    FROM account_node AS node
                    WHERE node.level = above.level AND node.place >= first_one
                        AND node.place < first_one + {WIDTH}
                ) END, ''::bytea)
                FROM (
                    SELECT level, leaf.position >> {LEVEL_BITS} * (level + 1) << {LEVEL_BITS}
                        AS first_one
                    FROM generate_series(0, {LEVELS - 1}) AS level
                ) AS above ORDER BY level
            ), head.size, head.frontier, head.note
            FROM account_head AS head, access_event AS entry
            JOIN account_leaf AS leaf
                ON leaf.source = '{_READS.name}' AND leaf.row_id = entry.id
            WHERE entry.id = ANY (reads) AND leaf.position < head.size AND ({
    predicate(POLICY["AccessEvent"].rows[Role.APPLICANT], Role.APPLICANT, "entry")
});
    END
$$;"""
REACH_FUNCTIONS = "\n".join((_PEOPLE_IN_REACH, _NUMBER_IN_REACH, _KEPT_SINCE, _PROOFS_OF_READS))


def reach_grants(role: Role) -> Iterator[str]:
    name = database_role(role)
    if role is Role.AUDITOR:
        yield f"GRANT EXECUTE ON FUNCTION viewer.{_PEOPLE}, viewer.{_NUMBER} TO {name};"
    if role in SEE_ALL_READS:
        yield f"GRANT EXECUTE ON FUNCTION viewer.reads_kept_since TO {name};"
    if role in POLICY["AccessEvent"].fields["proof"]:
        yield f"GRANT EXECUTE ON FUNCTION viewer.proofs_of_reads TO {name};"

"""What reading roles learn of tables whose rows they may not read: which people a digest finds,
whether a budget or an inquiry has room for further people, from when on figures are complete, what
the whole network decided; and what they note: counts, alerts, and that they are here."""

from collections.abc import Iterator

from gateway.policy import (
    COUNTED_ENDINGS,
    FIGURES,
    LOOKED_UP_FOR,
    LOOKED_UP_IN,
    POLICY,
    READ_BUDGETS,
    VISA_CHECKERS,
)
from models.publication.disclosure import FEWEST_DECISIONS
from models.row_security import database_role
from models.supervision.alert import HOURS_BETWEEN, RAISE_TAMPERED
from models.supervision.budgeted_read import ENDINGS_LOCK_CLASS, HOURS_COUNTED, LOCK_CLASS
from models.vocabulary import AlertKind, Role
from models.volumes.grains import GRAINS
from models.volumes.outcomes import NETWORK_PARTS

#: The applicants of a digest, for the case that is sealed with the viewer; nobody reads the index
#: itself.
_PEOPLE_FOUND = """\
CREATE OR REPLACE FUNCTION viewer.people_found(
    acting text, digests text[]) RETURNS uuid[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(acting);
        named text := viewer.purpose_reference(acting);
    BEGIN
        IF NOT (CASE acting WHEN 'AUDITOR' THEN EXISTS (
            SELECT FROM data_request
            WHERE reference = named AND outcome IS NULL AND oneself IS NOT NULL
        ) ELSE EXISTS (
            SELECT FROM application AS worked_on
            WHERE worked_on.reference = named AND CASE acting
                WHEN 'OFFICER' THEN EXISTS (
                    SELECT FROM assignment
                    WHERE application_id = worked_on.id AND officer = oneself AND ended_at IS NULL
                )
                ELSE acting = 'SUPERVISOR'
            END
        ) END) AND NOT EXISTS (
            SELECT FROM inquiry
            WHERE inquiry.reference = named AND acting = 'SUPERVISOR'
                AND opened_by = oneself AND ends_at > now()
        ) THEN
            RAISE EXCEPTION 'people are looked up for a case'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN ARRAY(
            SELECT DISTINCT applicant_id FROM person_index
            WHERE digest = ANY (ARRAY(SELECT decode(one, 'hex') FROM unnest(digests) AS one))
            ORDER BY applicant_id DESC LIMIT 50
        );
    END
$$;"""


def raise_alert(kind: AlertKind, id_name: str = "alert_id") -> str:
    """Statements that raise an alert, once an hour for a viewer in a role, with the id in a
    parameter of that name. One that is not written, since whoever administers the database swallows
    it by a trigger, is an error."""
    return f"""\
IF NOT EXISTS (
            SELECT FROM alert WHERE actor = oneself AND actor_role = acting
                AND kind = '{kind}'
                AND raised_at > clock_timestamp() - interval '{HOURS_BETWEEN} hours'
        ) THEN
            INSERT INTO alert (id, kind, actor, actor_role)
            VALUES ({id_name}, '{kind}', oneself, acting);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no alert was raised' USING ERRCODE = 'data_exception';
            END IF;
        END IF;"""


RAISE_SPENT = raise_alert(AlertKind.READ_BUDGET)
#: Whether an entry of the index, ``known``, is of its person as last corrected.
KNOWN_IN_FORCE = """known.version = coalesce((
                    SELECT max(corrected.number) FROM identity_version AS corrected
                    WHERE corrected.applicant_id = known.applicant_id
                        AND corrected.valid_from IS NOT NULL
                ), 1)"""
#: The seconds until there is room for these people; below 0 if there never will be. Null if there
#: is room now, by an exception too, or each of them was counted already: then the transaction logs
#: the reads, and other requests of this viewer wait for its end. If there is none, an alert is
#: raised.
_ADMIT_READS = f"""\
CREATE OR REPLACE FUNCTION viewer.admit_reads(
    acting text, most bigint, people uuid[], alert_id uuid) RETURNS double precision
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(acting);
        since timestamptz;
        further bigint;
        beyond bigint;
    BEGIN
        IF oneself IS NULL THEN
            RAISE EXCEPTION 'a budget is a viewer''s own'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock({LOCK_CLASS}, hashtext(acting || ' ' || oneself));
        since := clock_timestamp() - interval '{HOURS_COUNTED} hours';
        further := count(DISTINCT asked) FROM unnest(people) AS asked WHERE NOT EXISTS (
            SELECT FROM budgeted_read
            WHERE actor = oneself AND actor_role = acting AND person = asked AND read_at > since
        );
        beyond := further - most + count(*) FROM budgeted_read
            WHERE actor = oneself AND actor_role = acting AND read_at > since;
        IF further = 0 OR beyond <= 0 THEN
            RETURN NULL;
        END IF;
        UPDATE budget_exception SET seen = greatest(seen, beyond)
            WHERE budget_exception.viewer = oneself AND role = acting AND beyond <= most_people
                AND ends_at > clock_timestamp() AND most > 0;  -- 0: the key service has refused
        IF FOUND THEN
            RETURN NULL;
        END IF;
        {RAISE_SPENT}
        IF most < (SELECT count(DISTINCT asked) FROM unnest(people) AS asked) THEN
            RETURN -1;
        END IF;
        RETURN coalesce((
            SELECT extract(epoch FROM read_at - since) FROM budgeted_read
            WHERE actor = oneself AND actor_role = acting AND read_at > since
                AND person <> ALL (people)
            ORDER BY read_at OFFSET beyond - 1 LIMIT 1
        ), -1);  -- null would let them in
    END
$$;"""
#: The same for one more look-up. Each is counted in the log itself, whoever was found.
_ADMIT_LOOKUP = f"""\
CREATE OR REPLACE FUNCTION viewer.admit_lookup(
    acting text, most bigint, alert_id uuid) RETURNS double precision
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(acting);
        since timestamptz;
        seconds double precision;
    BEGIN
        IF oneself IS NULL THEN
            RAISE EXCEPTION 'a budget is a viewer''s own'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock({LOCK_CLASS}, hashtext(acting || ' ' || oneself));
        since := clock_timestamp() - interval '{HOURS_COUNTED} hours';
        seconds := extract(epoch FROM occurred_at - since) FROM person_lookup
            WHERE actor = oneself AND actor_role = acting AND occurred_at > since
            ORDER BY occurred_at DESC OFFSET most - 1 LIMIT 1;
        IF seconds IS NOT NULL THEN
            {RAISE_SPENT}
        END IF;
        RETURN seconds;
    END
$$;"""
#: Counts people, each once an hour; beyond ``most`` an alert is raised, once an hour.
_COUNT_ENDINGS = f"""\
CREATE OR REPLACE FUNCTION viewer.count_endings(
    acting text, most bigint, people uuid[], alert_id uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(acting);
        since timestamptz;
        counted bigint;
    BEGIN
        IF oneself IS NULL THEN
            RAISE EXCEPTION 'a count is a viewer''s own'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock({ENDINGS_LOCK_CLASS}, hashtext(acting || ' ' || oneself));
        INSERT INTO ending_told (actor, actor_role, applicant_id, told_at)
        SELECT oneself, acting, person, clock_timestamp()
        FROM (SELECT DISTINCT unnest(people) AS person ORDER BY 1) AS told
        ON CONFLICT (actor, actor_role, applicant_id) DO UPDATE SET told_at = EXCLUDED.told_at;
        GET DIAGNOSTICS counted = ROW_COUNT;
        IF counted <> (SELECT count(DISTINCT person) FROM unnest(people) AS person) THEN
            RAISE EXCEPTION 'what was told was not counted' USING ERRCODE = 'data_exception';
        END IF;
        since := clock_timestamp() - interval '{HOURS_COUNTED} hours';
        IF most >= (
            SELECT count(*) FROM ending_told
            WHERE actor = oneself AND actor_role = acting AND told_at > since
        ) THEN
            RETURN;
        END IF;
        {RAISE_SPENT}
    END
$$;"""
#: Why these people are not admitted to an inquiry of the viewer; null if they are, and also if the
#: viewer has no such inquiry, which then admits nobody. Its row stays locked until the transaction
#: ends.
_ADMIT_TO_INQUIRY = """\
CREATE OR REPLACE FUNCTION viewer.admit_to_inquiry(
    acting text, named text, people uuid[], keys uuid[], look_ups int) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(acting);
        one inquiry;
        further bigint;
        admitted bigint;
    BEGIN
        IF oneself IS NULL OR acting IS DISTINCT FROM 'SUPERVISOR' THEN
            RAISE EXCEPTION 'an inquiry is a supervisor''s own'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        SELECT * INTO one FROM inquiry WHERE reference = named AND opened_by = oneself FOR UPDATE;
        IF NOT FOUND THEN
            RETURN NULL;
        ELSIF one.lapsed_at IS NOT NULL THEN
            RETURN 'OVER';
        ELSIF one.ends_at IS NULL THEN
            RETURN 'WAITS';
        ELSIF one.ends_at <= clock_timestamp() THEN
            RETURN 'OVER';
        END IF;
        further := count(DISTINCT person) FROM unnest(people) AS person WHERE NOT EXISTS (
            SELECT FROM inquiry_person WHERE reference = named AND applicant_id = person
        );
        IF look_ups < 0 OR one.seen + further + look_ups > one.most_people THEN
            RETURN 'FULL';
        END IF;
        INSERT INTO inquiry_person (id, reference, applicant_id)
        SELECT key, named, person FROM unnest(keys, people) AS listed (key, person)
        ON CONFLICT (reference, applicant_id) DO NOTHING;
        GET DIAGNOSTICS admitted = ROW_COUNT;
        UPDATE inquiry SET seen = seen + further + look_ups WHERE id = one.id
            AND further + look_ups > 0;
        IF admitted <> further OR (further + look_ups > 0 AND NOT FOUND) THEN
            RAISE EXCEPTION 'not everybody was admitted' USING ERRCODE = 'data_exception';
        END IF;
        RETURN NULL;
    END
$$;"""
#: The month of the very first application, from which figures are complete; this one while there is
#: none. It is no secret of those who read figures, and their own rows do not tell it: a small
#: country's first application came later.
_FIGURES_COMPLETE_FROM = f"""\
CREATE OR REPLACE FUNCTION viewer.figures_complete_from() RETURNS date
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN date_trunc('month', coalesce(
            (SELECT min(starts_on) FROM {GRAINS[-1].facts.name} WHERE intake > 0), wib_day(now())
        )::timestamp);
    END
$$;"""
#: How cases of the whole network were first decided, by month and visa type or nationality, where
#: enough of them were not decided for the manager's own scope.
_NETWORK_OUTCOMES = f"""\
CREATE OR REPLACE FUNCTION viewer.network_outcomes(
    part text, from_on date, to_on date
) RETURNS TABLE (code text, starts_on date, granted bigint, refused bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        own_partner text := viewer.partner('PARTNER_MANAGER');
        own_countries text[] := viewer.countries('PARTNER_MANAGER');
    BEGIN
        RETURN QUERY
            SELECT one.code, one.starts_on, sum(one.granted), sum(one.refused)
            FROM volume_outcome AS one
            WHERE one.broken_down_by = part
                AND part IN ({", ".join(f"'{each}'" for each in NETWORK_PARTS)})
                AND one.partner_code IS NOT NULL AND one.starts_on BETWEEN from_on AND to_on
                AND one.starts_on < date_trunc('month', wib_day(now())::timestamp)
            GROUP BY one.code, one.starts_on
            HAVING sum(one.granted + one.refused) FILTER (
                WHERE one.partner_code <> own_partner OR one.country_code <> ALL (own_countries)
            ) >= {FEWEST_DECISIONS};
    END
$$;"""
#: That the viewer is still here, and what they reach now, beside their subscriptions.
_NOTE_SIGN_IN = """\
CREATE OR REPLACE FUNCTION viewer.note_sign_in(acting text) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    UPDATE mail_subscription SET
        seen_at = clock_timestamp(),
        own_partner = viewer.partner(acting),
        own_countries = coalesce(viewer.countries(acting), '{}'),
        own_centres = coalesce(viewer.centres(acting), '{}')
    WHERE subject = viewer.subject(acting) AND role = acting AND NOT is_ended
$$;"""
#: At most once an hour for a subject, and for so many subjects of one viewer, so that a change of
#: whole tables does not flood the queue of alerts.
_RAISE_TAMPERING = f"""\
CREATE OR REPLACE FUNCTION viewer.raise_tampering(
    acting text, alert_id uuid, subject uuid, is_banned boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(acting);
    BEGIN
        IF oneself IS NULL THEN
            RAISE EXCEPTION 'an alert is raised by a viewer'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        {
    RAISE_TAMPERED.format(
        id="alert_id", actor="oneself", role="acting", subject="subject", is_banned="is_banned"
    )
}
    END
$$;"""
READING_FUNCTIONS = "\n".join(
    (
        *(_PEOPLE_FOUND, _ADMIT_READS, _ADMIT_LOOKUP),
        *(_COUNT_ENDINGS, _ADMIT_TO_INQUIRY, _RAISE_TAMPERING),
        *(_FIGURES_COMPLETE_FROM, _NETWORK_OUTCOMES, _NOTE_SIGN_IN),
    )
)
#: Roles that read sealed values can meet one that was tampered with.
_MEETING = {role for noun in ("Identity", "IdentityVersion", "BannedPerson", "VisaDocument",
                              "ItemAnswer", "IntentionAnswer", "DocumentContent", "ComplaintText",
                              "Guarantor", "Guardian", "CaseNote")
            for role in POLICY[noun].rows}  # fmt: skip


def reading_grants(role: Role) -> Iterator[str]:
    if role in READ_BUDGETS and role not in VISA_CHECKERS:
        yield f"GRANT EXECUTE ON FUNCTION viewer.admit_reads TO {database_role(role)};"
    if role in LOOKED_UP_FOR:
        yield f"GRANT EXECUTE ON FUNCTION viewer.admit_lookup TO {database_role(role)};"
    if role in COUNTED_ENDINGS:
        yield f"GRANT EXECUTE ON FUNCTION viewer.count_endings TO {database_role(role)};"
    if role in LOOKED_UP_IN:
        yield f"GRANT EXECUTE ON FUNCTION viewer.admit_to_inquiry TO {database_role(role)};"
    if role in _MEETING:
        yield f"GRANT EXECUTE ON FUNCTION viewer.raise_tampering TO {database_role(role)};"
    if role in FIGURES:
        yield f"GRANT EXECUTE ON FUNCTION viewer.figures_complete_from TO {database_role(role)};"
    if role in POLICY["MailSubscription"].rows:
        yield f"GRANT EXECUTE ON FUNCTION viewer.note_sign_in TO {database_role(role)};"
    if role in POLICY["VolumeRow"].fields["network"]:
        yield f"GRANT EXECUTE ON FUNCTION viewer.network_outcomes TO {database_role(role)};"

-- Made from gateway/policy.py by `make snapshots`: who reaches what, held by the database itself.
-- Run whole, after every migration, in its transaction.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['gerbang_leadership', 'gerbang_leadership_writing', 'gerbang_officer', 'gerbang_officer_writing', 'gerbang_supervisor', 'gerbang_supervisor_writing', 'gerbang_partner_manager', 'gerbang_partner_manager_writing', 'gerbang_partner_agent', 'gerbang_partner_agent_writing', 'gerbang_auditor', 'gerbang_auditor_writing', 'gerbang_applicant', 'gerbang_applicant_writing', 'gerbang_partner_service', 'gerbang_partner_service_writing', 'gerbang_screening', 'gerbang_screening_writing', 'gerbang_treasury', 'gerbang_treasury_writing', 'gerbang_administrator', 'gerbang_administrator_writing', 'gerbang_border', 'gerbang_border_writing', 'gerbang_carrier', 'gerbang_carrier_writing', 'gerbang_anonymous', 'gerbang_anonymous_writing', 'gerbang_granter', 'gerbang_linker', 'gerbang_mailer', 'gerbang_scanner', 'gerbang_screener'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of the same server was being migrated just now
        END;
    END LOOP;
END
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, gerbang_leadership, gerbang_leadership_writing, gerbang_officer, gerbang_officer_writing, gerbang_supervisor, gerbang_supervisor_writing, gerbang_partner_manager, gerbang_partner_manager_writing, gerbang_partner_agent, gerbang_partner_agent_writing, gerbang_auditor, gerbang_auditor_writing, gerbang_applicant, gerbang_applicant_writing, gerbang_partner_service, gerbang_partner_service_writing, gerbang_screening, gerbang_screening_writing, gerbang_treasury, gerbang_treasury_writing, gerbang_administrator, gerbang_administrator_writing, gerbang_border, gerbang_border_writing, gerbang_carrier, gerbang_carrier_writing, gerbang_anonymous, gerbang_anonymous_writing, gerbang_granter, gerbang_linker, gerbang_mailer, gerbang_scanner, gerbang_screener;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, gerbang_leadership, gerbang_leadership_writing, gerbang_officer, gerbang_officer_writing, gerbang_supervisor, gerbang_supervisor_writing, gerbang_partner_manager, gerbang_partner_manager_writing, gerbang_partner_agent, gerbang_partner_agent_writing, gerbang_auditor, gerbang_auditor_writing, gerbang_applicant, gerbang_applicant_writing, gerbang_partner_service, gerbang_partner_service_writing, gerbang_screening, gerbang_screening_writing, gerbang_treasury, gerbang_treasury_writing, gerbang_administrator, gerbang_administrator_writing, gerbang_border, gerbang_border_writing, gerbang_carrier, gerbang_carrier_writing, gerbang_anonymous, gerbang_anonymous_writing, gerbang_granter, gerbang_linker, gerbang_mailer, gerbang_scanner, gerbang_screener;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, gerbang_leadership, gerbang_leadership_writing, gerbang_officer, gerbang_officer_writing, gerbang_supervisor, gerbang_supervisor_writing, gerbang_partner_manager, gerbang_partner_manager_writing, gerbang_partner_agent, gerbang_partner_agent_writing, gerbang_auditor, gerbang_auditor_writing, gerbang_applicant, gerbang_applicant_writing, gerbang_partner_service, gerbang_partner_service_writing, gerbang_screening, gerbang_screening_writing, gerbang_treasury, gerbang_treasury_writing, gerbang_administrator, gerbang_administrator_writing, gerbang_border, gerbang_border_writing, gerbang_carrier, gerbang_carrier_writing, gerbang_anonymous, gerbang_anonymous_writing, gerbang_granter, gerbang_linker, gerbang_mailer, gerbang_scanner, gerbang_screener;
REVOKE CREATE ON SCHEMA public FROM PUBLIC, gerbang_leadership, gerbang_leadership_writing, gerbang_officer, gerbang_officer_writing, gerbang_supervisor, gerbang_supervisor_writing, gerbang_partner_manager, gerbang_partner_manager_writing, gerbang_partner_agent, gerbang_partner_agent_writing, gerbang_auditor, gerbang_auditor_writing, gerbang_applicant, gerbang_applicant_writing, gerbang_partner_service, gerbang_partner_service_writing, gerbang_screening, gerbang_screening_writing, gerbang_treasury, gerbang_treasury_writing, gerbang_administrator, gerbang_administrator_writing, gerbang_border, gerbang_border_writing, gerbang_carrier, gerbang_carrier_writing, gerbang_anonymous, gerbang_anonymous_writing, gerbang_granter, gerbang_linker, gerbang_mailer, gerbang_scanner, gerbang_screener;
ALTER TABLE access_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE account_drop ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE account_head ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE account_leaf ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE account_node ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE account_outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE account_source ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE alert ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE applicant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE application ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE application_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE application_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE assignment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ban_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ban_index ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ban_match ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ban_read ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE banned_person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE bill ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE breach ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE breach_lookup ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE breach_notice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE budget_exception ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE budgeted_read ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE case_document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE case_note ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE centre ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE complaint ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE complaint_read ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE complaint_text ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_digest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE correction ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE country ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE crossing ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE crossing_reference ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE data_request ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE data_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE day_off ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE deadline ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE decision ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE document_content ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE document_scanner ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE document_upload ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE eligibility ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ending_told ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE entry_rule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE erasure ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE extension_rule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE fee ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE file_claim ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE former_bill ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE grant_check ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE grant_rule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE grant_rule_stop ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE guarantor ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE guardian ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE handling_rule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE identity ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE identity_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE inquiry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE inquiry_person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE intention_answer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE item_answer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE job_pass ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE key_operation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE link_count ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE linker_read ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE mail ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE mail_subscription ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE month_note ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE movement ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE named_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE overstay_confirmation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE partner ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE partner_country ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE passport_ending ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE passport_rule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE payment_reversal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE person_index ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE person_link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE person_lookup ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE pool ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE reference_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE reference_change_value ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE refusal_intention ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE requested_item ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE required_document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE saved_view ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE screening ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE screening_replay ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE screening_replay_candidate ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE screening_replay_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sent_code ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE service_target ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE stay ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE suspension ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE taken_back_list ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tracking_try ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE trusted_document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE unmatched_payment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE visa ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE visa_check ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE visa_document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE visa_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE visa_type ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_age ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_age_detailed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_aged_until ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_complaint ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily_nationality ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily_nationality_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily_place ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily_place_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily_type ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily_type_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_edition ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_erased_stay ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_ground ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_centre ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_centre_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_nationality ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_nationality_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_nationality_place ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_nationality_place_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_officer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_stay ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_type ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_type_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_type_place ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_type_place_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_officer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_outcome ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_outcome_place ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_publication_note ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_published ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_referral ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_rule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_stale_days ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_stay ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_yearly ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_cursor ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_endpoint ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_notice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE withheld_decision ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE OR REPLACE FUNCTION viewer.people_read(
    acting text, since timestamptz, before timestamptz
) RETURNS TABLE (reader text, reader_role text, people bigint, reads bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('SUPERVISOR', 'AUDITOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'counts of reads are for supervision alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT actor, actor_role, count(DISTINCT applicant_id), count(*)
            FROM access_event
            WHERE occurred_at >= since AND occurred_at < before AND actor_role <> 'APPLICANT'
            GROUP BY actor, actor_role;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.people_counted(acting text) RETURNS TABLE (
    reader text, reader_role text, people bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('SUPERVISOR', 'AUDITOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'counts of reads are for supervision alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT actor, actor_role, count(*) FROM budgeted_read
            WHERE read_at > now() - interval '1 hours'
                AND NOT EXISTS (SELECT FROM complaint WHERE complaint.id = person)
            GROUP BY actor, actor_role;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.account_signed_at() RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (SELECT signed_at FROM account_head WHERE viewer.acts_as('ANONYMOUS'));
    END
$$;
CREATE OR REPLACE FUNCTION viewer.account_uncosigned_since() RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (SELECT uncosigned_since FROM account_head WHERE viewer.acts_as('ANONYMOUS'));
    END
$$;
CREATE OR REPLACE FUNCTION viewer.account_state(acting text) RETURNS TABLE (
    signed_at timestamptz, entries bigint, waiting bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('AUDITOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'the state of the account is for auditors alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT head.signed_at, head.size::bigint,
                (SELECT count(*) FROM account_outbox)
                    + (SELECT coalesce(max(position) + 1, 0) FROM account_leaf) - head.size
            FROM account_head AS head;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.figure_evidence(acting text, first_on date, last_on date) RETURNS TABLE (
    signed_at timestamptz, frontier bytea[], edition integer, published_at timestamptz)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'what stands behind exact figures is for their readers alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT
                (SELECT head.signed_at FROM account_head AS head),
                (SELECT head.frontier FROM account_head AS head),
                max(published.edition), max(published.published_at)
            FROM volume_edition AS published
            WHERE published.starts_on BETWEEN first_on AND last_on;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.work_state(acting text) RETURNS TABLE (
    kind text, waiting bigint, since timestamptz, done_at timestamptz)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('ADMINISTRATOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'the state of the installation is for administrators alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT 'VOLUMES', count(*), min(written_at), NULL::timestamptz
            FROM volume_outbox
        UNION ALL
            SELECT 'PUBLICATION', 0::bigint, NULL, max(published_at)
            FROM volume_edition
        UNION ALL
            SELECT 'ACCOUNT', count(*), NULL,
                (SELECT signed_at FROM account_head)
            FROM account_outbox
        UNION ALL
            SELECT 'SCREENING', count(*), min(requested_at), NULL
            FROM screening WHERE answered_at IS NULL AND voided_at IS NULL
        UNION ALL
            SELECT 'ERASURE', count(*), min(ordered_at), NULL
            FROM erasure WHERE keys_deleted_at IS NULL OR index_removed_at IS NULL;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.keys_in_use(acting text) RETURNS TABLE (
    used_for text, key text, since timestamptz)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('ADMINISTRATOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'the state of the installation is for administrators alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT DISTINCT ON (noted.used_for) noted.used_for, noted.to_key, noted.occurred_at
            FROM key_operation AS noted
            WHERE noted.kind = 'ADDED' AND noted.to_key IS NOT NULL
            ORDER BY noted.used_for, noted.occurred_at DESC, noted.id DESC;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.job_state(acting text) RETURNS TABLE (
    name text, started_at timestamptz, passed_at timestamptz, milliseconds bigint,
    failures bigint, late_at timestamptz)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('ADMINISTRATOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'the state of the installation is for administrators alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT job.name, job.started_at, job.passed_at, job.milliseconds, job.failures,
                job.late_at
            FROM job_pass AS job ORDER BY job.name LIMIT 50;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.database_versions(acting text) RETURNS TABLE (revision text, postgres text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('ADMINISTRATOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'the state of the installation is for administrators alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT version_num::text, current_setting('server_version') FROM alembic_version;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.files_touched(acting text) RETURNS TABLE (
    change uuid, open bigint, keep bigint, to_hand_in bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('ADMINISTRATOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'whom a change touches is for those who approve it'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            WITH proposed AS (
                SELECT id, kind, subject, changed -> 0 -> 'after' AS becomes, proposed_at
                FROM reference_change WHERE state = 'PROPOSED'
                ORDER BY proposed_at DESC, id DESC LIMIT 100
            )
            SELECT proposed.id, count(file.id), CASE
                WHEN kind IN ('ENTRY_RULE', 'PARTNER_COUNTRY', 'CENTRE') THEN NULL
                ELSE count(file.id) FILTER (WHERE CASE
                    WHEN kind = 'SERVICE_TARGET' THEN file.paid_at IS NOT NULL
                    WHEN kind = 'DEADLINE' AND proposed.subject = 'ANSWER'
                        THEN file.answer_by IS NOT NULL
                    WHEN kind = 'DEADLINE' AND proposed.subject = 'INTENTION'
                        THEN file.status = 'REFUSAL_INTENDED'
                    ELSE true
                END)
            END, CASE WHEN kind IN ('PARTNER_COUNTRY', 'CENTRE') THEN
                count(file.id) FILTER (WHERE EXISTS (
                    SELECT FROM document_upload
                    WHERE application_id = file.id AND locator IS NOT NULL AND replaced_at IS NULL
                ))
            END
            FROM proposed LEFT JOIN application AS file ON file.stage <> 'CLOSED' AND CASE
                WHEN kind IN (
                    'FEE', 'PASSPORT_RULE', 'REQUIRED_DOCUMENT', 'ELIGIBILITY', 'VISA_TYPE',
                    'HANDLING_RULE'
                ) THEN file.visa_type_code = proposed.subject
                WHEN kind = 'SERVICE_TARGET' THEN file.visa_type_code = proposed.subject
                    AND (becomes ->> 'clock' = 'CALLING_VISA') = coalesce((
                        SELECT entry = 'CALLING_VISA' FROM entry_rule
                        WHERE entry_rule.country_code = file.nationality_code
                            AND valid_from <= wib_day(now())
                        ORDER BY valid_from DESC LIMIT 1
                    ), false)
                WHEN kind = 'ENTRY_RULE' THEN file.nationality_code = proposed.subject
                WHEN kind = 'CENTRE' THEN file.centre_code = proposed.subject
                WHEN kind = 'PARTNER_COUNTRY' THEN file.partner_code = proposed.subject
                    AND file.country_code = becomes ->> 'country_code'
                ELSE kind = 'DEADLINE'
            END
            GROUP BY proposed.id, kind, proposed_at
            ORDER BY proposed_at DESC, proposed.id DESC;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.closing_places(acting text) RETURNS TABLE (
    partner text, country text, centre text, successor text, closed_on date, hand_in_by date,
    open_files bigint, to_hand_in bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('SUPERVISOR', 'AUDITOR', 'ADMINISTRATOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'which places close is for those who oversee partners'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT place.partner_code, place.country_code, place.code, place.successor_code,
                place.ended_on, place.ended_on + 59, count(file.id),
                count(file.hand_in_by)
            FROM (
                SELECT partner_code, country_code, NULL AS code, successor_code,
                    one.closed_on AS ended_on
                FROM partner_country AS one
                UNION ALL
                SELECT partner_code, country_code, code, successor_code, one.closed_on
                FROM centre AS one
            ) AS place
            LEFT JOIN application AS file ON file.stage <> 'CLOSED'
                AND file.left_partner_at IS NULL
                AND file.holder_partner_code = place.partner_code
                AND file.holder_country_code = place.country_code
                AND (place.code IS NULL OR file.holder_place = place.code)
            WHERE place.ended_on + 60 > wib_day(now())
            GROUP BY place.partner_code, place.country_code, place.code, place.successor_code,
                place.ended_on
            ORDER BY place.ended_on, place.partner_code, place.country_code, place.code
            LIMIT 100;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.registered_documents(acting text) RETURNS TABLE (
    sha256 text, operations text[], clients text[], registered_at timestamptz,
    registered_by text, text text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('ADMINISTRATOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'who may run which document is for administrators alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT known.sha256, known.operation_names, known.clients, known.registered_at,
                known.registered_by, known.text
            FROM trusted_document AS known WHERE known.retired_at IS NULL
            ORDER BY known.registered_at DESC, known.sha256 LIMIT 300;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.links_counted(acting text) RETURNS TABLE (
    certain bigint, confirmed bigint, rejected bigint, proposed bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('SUPERVISOR', 'AUDITOR') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'how many files are linked is for supervision alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT
                coalesce(sum(counted.certain), 0)::bigint,
                coalesce(sum(counted.confirmed), 0)::bigint,
                coalesce(sum(counted.rejected), 0)::bigint,
                coalesce(sum(counted.proposed), 0)::bigint
            FROM link_count AS counted;
    END
$$;
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
$$;
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
        PERFORM pg_advisory_xact_lock(7233, hashtext(acting || ' ' || oneself));
        since := clock_timestamp() - interval '1 hours';
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
        IF NOT EXISTS (
            SELECT FROM alert WHERE actor = oneself AND actor_role = acting
                AND kind = 'READ_BUDGET'
                AND raised_at > clock_timestamp() - interval '1 hours'
        ) THEN
            INSERT INTO alert (id, kind, actor, actor_role)
            VALUES (alert_id, 'READ_BUDGET', oneself, acting);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no alert was raised' USING ERRCODE = 'data_exception';
            END IF;
        END IF;
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
$$;
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
        PERFORM pg_advisory_xact_lock(7233, hashtext(acting || ' ' || oneself));
        since := clock_timestamp() - interval '1 hours';
        seconds := extract(epoch FROM occurred_at - since) FROM person_lookup
            WHERE actor = oneself AND actor_role = acting AND occurred_at > since
            ORDER BY occurred_at DESC OFFSET most - 1 LIMIT 1;
        IF seconds IS NOT NULL THEN
            IF NOT EXISTS (
            SELECT FROM alert WHERE actor = oneself AND actor_role = acting
                AND kind = 'READ_BUDGET'
                AND raised_at > clock_timestamp() - interval '1 hours'
        ) THEN
            INSERT INTO alert (id, kind, actor, actor_role)
            VALUES (alert_id, 'READ_BUDGET', oneself, acting);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no alert was raised' USING ERRCODE = 'data_exception';
            END IF;
        END IF;
        END IF;
        RETURN seconds;
    END
$$;
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
        PERFORM pg_advisory_xact_lock(7234, hashtext(acting || ' ' || oneself));
        INSERT INTO ending_told (actor, actor_role, applicant_id, told_at)
        SELECT oneself, acting, person, clock_timestamp()
        FROM (SELECT DISTINCT unnest(people) AS person ORDER BY 1) AS told
        ON CONFLICT (actor, actor_role, applicant_id) DO UPDATE SET told_at = EXCLUDED.told_at;
        GET DIAGNOSTICS counted = ROW_COUNT;
        IF counted <> (SELECT count(DISTINCT person) FROM unnest(people) AS person) THEN
            RAISE EXCEPTION 'what was told was not counted' USING ERRCODE = 'data_exception';
        END IF;
        since := clock_timestamp() - interval '1 hours';
        IF most >= (
            SELECT count(*) FROM ending_told
            WHERE actor = oneself AND actor_role = acting AND told_at > since
        ) THEN
            RETURN;
        END IF;
        IF NOT EXISTS (
            SELECT FROM alert WHERE actor = oneself AND actor_role = acting
                AND kind = 'READ_BUDGET'
                AND raised_at > clock_timestamp() - interval '1 hours'
        ) THEN
            INSERT INTO alert (id, kind, actor, actor_role)
            VALUES (alert_id, 'READ_BUDGET', oneself, acting);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no alert was raised' USING ERRCODE = 'data_exception';
            END IF;
        END IF;
    END
$$;
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
$$;
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
        PERFORM pg_advisory_xact_lock(hashtextextended('gerbang tampering', 0));
        INSERT INTO alert (id, kind, actor, actor_role, applicant_id, ban_id)
        SELECT alert_id, 'TAMPERED', oneself, acting,
            CASE WHEN NOT is_banned THEN subject END,
            CASE WHEN is_banned THEN subject END
        WHERE 20 > (
            SELECT count(*) FROM alert AS lately
            WHERE kind = 'TAMPERED' AND actor = oneself
                AND raised_at > clock_timestamp() - interval '1 hours'
        ) AND NOT EXISTS (
            SELECT FROM alert AS lately
            WHERE kind = 'TAMPERED' AND subject IN (applicant_id, ban_id)
                AND raised_at > clock_timestamp() - interval '1 hours'
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.figures_complete_from() RETURNS date
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN date_trunc('month', coalesce(
            (SELECT min(starts_on) FROM volume_daily WHERE intake > 0), wib_day(now())
        )::timestamp);
    END
$$;
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
                AND part IN ('visa_type_code', 'nationality_code')
                AND one.partner_code IS NOT NULL AND one.starts_on BETWEEN from_on AND to_on
                AND one.starts_on < date_trunc('month', wib_day(now())::timestamp)
            GROUP BY one.code, one.starts_on
            HAVING sum(one.granted + one.refused) FILTER (
                WHERE one.partner_code <> own_partner OR one.country_code <> ALL (own_countries)
            ) >= 100;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.note_sign_in(acting text) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    UPDATE mail_subscription SET
        seen_at = clock_timestamp(),
        own_partner = viewer.partner(acting),
        own_countries = coalesce(viewer.countries(acting), '{}'),
        own_centres = coalesce(viewer.centres(acting), '{}')
    WHERE subject = viewer.subject(acting) AND role = acting AND NOT is_ended
$$;
CREATE OR REPLACE FUNCTION viewer.visa_is_held(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN NOT EXISTS (
            SELECT FROM application
            WHERE application.id = asked_case AND NOT is_visa_held AND NOT has_open_hit
                AND viewer.is_cleared(application.id)
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.visa_status(
    acting text, number text, digests text[], flight text, departs date) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        passports bytea[] := ARRAY(SELECT decode(one, 'hex') FROM unnest(digests) AS one);
        answered boolean;
    BEGIN
        IF acting IS NULL OR acting NOT IN ('BORDER', 'CARRIER') OR viewer.subject(acting) IS NULL
            OR acting = 'CARRIER' AND num_nulls(flight, departs) > 0
        THEN
            RAISE EXCEPTION 'visas are checked by border control, and by carriers for a flight'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF acting = 'CARRIER' THEN
            answered := is_usable FROM visa_check
                WHERE passenger = ANY (ARRAY(
                    SELECT sha256(convert_to(number, 'UTF8') || one) FROM unnest(passports) AS one
                )) AND flight_number = flight AND departs_on = departs AND actor_role = acting
                ORDER BY occurred_at, id LIMIT 1;
        END IF;
        RETURN coalesce(answered, EXISTS (
            SELECT FROM visa
            JOIN application ON application.id = visa.application_id
            JOIN person_index AS known USING (applicant_id)
            WHERE visa.visa_number = number
                AND kind = 'PASSPORT' AND known.digest = ANY (passports)
                AND known.version = coalesce((
                    SELECT max(corrected.number) FROM identity_version AS corrected
                    WHERE corrected.applicant_id = known.applicant_id
                        AND corrected.valid_from IS NOT NULL
                ), 1)
                AND status = 'GRANTED' AND revoked_at IS NULL AND superseded_at IS NULL
                AND returned_at IS NULL
                AND use_by >= greatest(departs, wib_day(clock_timestamp()))
                AND NOT EXISTS (
                    SELECT FROM stay WHERE stay.visa_number = visa.visa_number AND is_used
                )
                AND NOT viewer.visa_is_held(application.id)
        ));
    END
$$;
CREATE OR REPLACE FUNCTION viewer.admit_check(
    acting text, most bigint, passengers text[], flight text, departs date,
    alert_id uuid, repeated_id uuid) RETURNS double precision
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
        PERFORM pg_advisory_xact_lock(7233, hashtext(acting || ' ' || oneself));
        since := clock_timestamp() - interval '1 hours';
        seconds := extract(epoch FROM occurred_at - since) FROM visa_check
            WHERE actor = oneself AND actor_role = acting AND occurred_at > since
            ORDER BY occurred_at DESC OFFSET most - 1 LIMIT 1;
        IF seconds IS NOT NULL THEN
            IF NOT EXISTS (
            SELECT FROM alert WHERE actor = oneself AND actor_role = acting
                AND kind = 'READ_BUDGET'
                AND raised_at > clock_timestamp() - interval '1 hours'
        ) THEN
            INSERT INTO alert (id, kind, actor, actor_role)
            VALUES (alert_id, 'READ_BUDGET', oneself, acting);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no alert was raised' USING ERRCODE = 'data_exception';
            END IF;
        END IF;
        ELSIF acting = 'CARRIER' AND (
            SELECT coalesce(bool_or(flight_number = flight AND departs_on = departs), false)
                OR count(DISTINCT (flight_number, departs_on)) FILTER (WHERE departs_on IS NOT NULL)
                    >= 2
            FROM visa_check
            WHERE passenger = ANY (ARRAY(SELECT decode(one, 'hex') FROM unnest(passengers) AS one))
                AND actor_role = acting
                AND occurred_at > clock_timestamp() - interval '48 hours'
        ) THEN
            IF NOT EXISTS (
            SELECT FROM alert WHERE actor = oneself AND actor_role = acting
                AND kind = 'REPEATED_CHECK'
                AND raised_at > clock_timestamp() - interval '1 hours'
        ) THEN
            INSERT INTO alert (id, kind, actor, actor_role)
            VALUES (repeated_id, 'REPEATED_CHECK', oneself, acting);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no alert was raised' USING ERRCODE = 'data_exception';
            END IF;
        END IF;
        END IF;
        RETURN seconds;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.own_visa_checks(acting text) RETURNS TABLE (
    checked_on date, checked_by text, flight text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS DISTINCT FROM 'APPLICANT' OR viewer.subject(acting) IS NULL THEN
            RAISE EXCEPTION 'who checked a visa is told to its holder alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT DISTINCT wib_day(asked.occurred_at) AS day, asked.actor_role, asked.flight_number
            FROM applicant AS oneself
            JOIN application AS own ON own.applicant_id = oneself.id
            JOIN visa ON visa.application_id = own.id
            JOIN person_index AS known
                ON known.applicant_id = oneself.id AND known.kind = 'PASSPORT'
            JOIN visa_check AS asked
                ON asked.passenger = sha256(convert_to(visa_number, 'UTF8') || known.digest)
                AND asked.occurred_at >= visa.issued_at
            WHERE oneself.account = viewer.subject(acting)
            ORDER BY day DESC, actor_role, flight_number LIMIT 100;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.overstays_of(numbers text[]) RETURNS TABLE (
    visa_number text, stay_id uuid, is_confirmed boolean)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF viewer.role() IS DISTINCT FROM 'BORDER' THEN
            RAISE EXCEPTION 'overstays are confirmed by border control'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT stay.visa_number, stay.id, stay.confirmed_at IS NOT NULL FROM stay
            WHERE stay.visa_number = ANY (numbers) AND overstays_at <= clock_timestamp();
    END
$$;
CREATE OR REPLACE FUNCTION viewer.tracked_file(asked text, digests text[]) RETURNS TABLE (
    reached text, expected_on date)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        holders bytea[] := ARRAY(SELECT decode(one, 'hex') FROM unnest(digests) AS one);
    BEGIN
        PERFORM viewer.acts_as('ANONYMOUS');
        RETURN QUERY
            SELECT stage, CASE WHEN stage = 'IN_PROCESS' AND due_on >= wib_day(now()) THEN due_on END
            FROM application
            JOIN person_index AS known USING (applicant_id)
            CROSS JOIN LATERAL wib_day(target_due_at + paused_seconds * interval '1 second') AS due_on
            WHERE application.reference = asked
                AND kind = 'PASSPORT_AND_BIRTH_DATE'
                AND known.digest = ANY (holders)
                AND known.version = coalesce((
                    SELECT max(corrected.number) FROM identity_version AS corrected
                    WHERE corrected.applicant_id = known.applicant_id
                        AND corrected.valid_from IS NOT NULL
                ), 1)
                AND coalesce(closed_at > now() - interval '30 days', true)
            LIMIT 1;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.admit_try(
    for_file text, from_source text, file_alert uuid, source_alert uuid) RETURNS double precision
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        acting text := viewer.role();
        is_claim boolean := acting = 'APPLICANT';
        since timestamptz;
        of_file double precision;
        of_source double precision;
    BEGIN
        IF acting IS NULL OR acting NOT IN ('ANONYMOUS', 'APPLICANT') THEN
            RAISE EXCEPTION 'tries are counted of whoever asks about a file by its reference'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock(7233, hashtext('try ' || for_file));
        PERFORM pg_advisory_xact_lock(7233, hashtext('source ' || from_source));
        since := clock_timestamp()
            - CASE WHEN is_claim THEN 24 ELSE 1 END * interval '1 hour';
        of_file := (SELECT extract(epoch FROM occurred_at - since) FROM tracking_try
                WHERE file = decode(for_file, 'hex') AND occurred_at > since
                ORDER BY occurred_at DESC OFFSET CASE WHEN is_claim THEN 5 ELSE 5 END - 1 LIMIT 1);
        of_source := (SELECT extract(epoch FROM occurred_at - since) FROM tracking_try
                WHERE source = decode(from_source, 'hex') AND occurred_at > since
                ORDER BY occurred_at DESC OFFSET CASE WHEN is_claim THEN 5 ELSE 30 END - 1 LIMIT 1);
        INSERT INTO alert (id, kind, actor, actor_role)
            SELECT spent.id, 'TRIES_SPENT', spent.digest, acting
            FROM (VALUES
                (file_alert, 'file ' || for_file, of_file),
                (source_alert, 'source ' || from_source, of_source)
            ) AS spent (id, digest, seconds)
            WHERE seconds IS NOT NULL
                AND NOT EXISTS (SELECT FROM alert WHERE kind = 'TRIES_SPENT'
                    AND raised_at > clock_timestamp() - interval '1 hours' AND actor = spent.digest)
                AND 20 > (SELECT count(*) FROM alert WHERE kind = 'TRIES_SPENT'
                    AND raised_at > clock_timestamp() - interval '1 hours');
        RETURN greatest(of_file, of_source);
    END
$$;
CREATE OR REPLACE FUNCTION viewer.delivered_decision(
    asked text, passports text[], mailed text) RETURNS TABLE (
    reached text, is_taken_back boolean, applicant uuid, code text, proof text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        holders bytea[] := ARRAY(SELECT decode(one, 'hex') FROM unnest(passports) AS one);
    BEGIN
        PERFORM viewer.acts_as('ANONYMOUS');
        RETURN QUERY
            SELECT decision.outcome,
                decision.outcome = 'GRANTED' AND live.visa_number IS NULL,
                identity.applicant_id, coalesce('1' || ':' || (visa_document.sealed ->> 'code'), '=' || CAST(visa_document.code AS TEXT)),
                visa_document.proof
            FROM application
            JOIN identity USING (applicant_id)
            JOIN person_index AS known USING (applicant_id)
            JOIN sent_code AS sent ON sent.application_id = application.id
                AND sent.kind = 'DECISION'
            JOIN decision ON decision.id = current_decision_id
            LEFT JOIN visa AS live ON live.decision_id = decision.id
                AND num_nonnulls(live.revoked_at, live.superseded_at, live.returned_at) = 0
            LEFT JOIN visa_document ON visa_document.visa_number = live.visa_number
                AND replaced_at IS NULL AND proven_at IS NOT NULL
            WHERE application.reference = asked
                AND known.kind = 'PASSPORT'
                AND known.digest = ANY (holders)
                AND known.version = coalesce((
                    SELECT max(corrected.number) FROM identity_version AS corrected
                    WHERE corrected.applicant_id = known.applicant_id
                        AND corrected.valid_from IS NOT NULL
                ), 1)
                AND sent.digest = decode(mailed, 'hex')
                AND sent.mailed_at > now() - interval '30 days'
            LIMIT 1;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.claimable_file(asked text, passports text[], mailed text) RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM viewer.acts_as('APPLICANT');
        RETURN (SELECT application.id
            FROM application
            JOIN applicant ON applicant.id = applicant_id
            JOIN person_index AS known USING (applicant_id)
            WHERE application.reference = asked
                AND kind = 'PASSPORT'
                AND known.digest = ANY (
                    ARRAY(SELECT decode(one, 'hex') FROM unnest(passports) AS one)
                )
                AND known.version = coalesce((
                    SELECT max(corrected.number) FROM identity_version AS corrected
                    WHERE corrected.applicant_id = known.applicant_id
                        AND corrected.valid_from IS NOT NULL
                ), 1)
                AND channel <> 'DIRECT'
                AND num_nonnulls(account, erased_at) = 0
                AND coalesce(closed_at > now() - interval '30 days', true)
                AND NOT EXISTS (SELECT FROM file_claim WHERE application_id = application.id)
                AND (mailed IS NULL OR EXISTS (
                    SELECT FROM sent_code AS sent
                    WHERE sent.application_id = application.id AND sent.kind = 'CLAIM'
                        AND sent.digest = decode(mailed, 'hex')
                        AND sent.mailed_at > now() - interval '24 hours'
                ))
            LIMIT 1);
    END
$$;
CREATE OR REPLACE FUNCTION viewer.request_claim_code(
    asked text, passports text[], message uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        mailed text;
    BEGIN
        PERFORM viewer.acts_as('APPLICANT');
        INSERT INTO mail (id, kind, cause, path, application_id)
            SELECT message, 'CLAIM',
                format('claim %s %s', found.id, to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDDHH24')),
                '/#claim', found.id
            FROM (SELECT application.id
            FROM application
            JOIN applicant ON applicant.id = applicant_id
            JOIN person_index AS known USING (applicant_id)
            WHERE application.reference = asked
                AND kind = 'PASSPORT'
                AND known.digest = ANY (
                    ARRAY(SELECT decode(one, 'hex') FROM unnest(passports) AS one)
                )
                AND known.version = coalesce((
                    SELECT max(corrected.number) FROM identity_version AS corrected
                    WHERE corrected.applicant_id = known.applicant_id
                        AND corrected.valid_from IS NOT NULL
                ), 1)
                AND channel <> 'DIRECT'
                AND num_nonnulls(account, erased_at) = 0
                AND coalesce(closed_at > now() - interval '30 days', true)
                AND NOT EXISTS (SELECT FROM file_claim WHERE application_id = application.id)
                AND (mailed IS NULL OR EXISTS (
                    SELECT FROM sent_code AS sent
                    WHERE sent.application_id = application.id AND sent.kind = 'CLAIM'
                        AND sent.digest = decode(mailed, 'hex')
                        AND sent.mailed_at > now() - interval '24 hours'
                ))
            LIMIT 1) AS found
            ON CONFLICT (cause) DO NOTHING;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.claimed_files() RETURNS TABLE (
    reference text, claimed_at timestamptz, reached text, expected_on date, outcome text,
    is_taken_back boolean, visa_number text, use_by date, stay_days bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject('APPLICANT');
    BEGIN
        RETURN QUERY
            SELECT application.reference, claim.claimed_at, stage,
                CASE WHEN stage = 'IN_PROCESS' AND due_on >= wib_day(now()) THEN due_on END,
                decision.outcome,
                coalesce(decision.outcome = 'GRANTED' AND live.visa_number IS NULL, false),
                live.visa_number, live.use_by, live.stay_days
            FROM file_claim AS claim
            JOIN application ON application.id = claim.application_id
            JOIN applicant ON applicant.id = applicant_id AND erased_at IS NULL
            CROSS JOIN LATERAL wib_day(target_due_at + paused_seconds * interval '1 second') AS due_on
            LEFT JOIN decision ON decision.id = current_decision_id
            LEFT JOIN visa AS live ON live.decision_id = decision.id
                AND num_nonnulls(live.revoked_at, live.superseded_at, live.returned_at) = 0
            WHERE claim.account = oneself
            ORDER BY claim.claimed_at DESC, claim.application_id LIMIT 20;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.may_claim_by(
    asked uuid, digests bytea[], given text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM mail_subscription AS one
        WHERE lower(one.address) = lower(given) AND one.role IN ('PARTNER_MANAGER', 'PARTNER_AGENT')
    ) AND 5 >= (
        SELECT count(DISTINCT other.id) FROM contact_digest
        JOIN application AS other ON other.id = contact_digest.application_id
        JOIN application AS own ON own.id = asked
        WHERE digest = ANY (digests)
            AND (other.group_reference = own.group_reference) IS NOT TRUE
    )
$$;
CREATE OR REPLACE FUNCTION viewer.contact_of(asked uuid) RETURNS TABLE (
    applicant_id uuid, reference text, version bigint, email text)
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT identity.applicant_id, application.reference, coalesce((
        SELECT max(number) FROM identity_version AS version
        WHERE version.applicant_id = identity.applicant_id AND valid_from IS NOT NULL
    ), 1), coalesce(coalesce((identity.versions ->> 'email'), '1') || ':' || (identity.sealed ->> 'email'), '=' || CAST(identity.email AS TEXT)) AS email
    FROM application JOIN identity USING (applicant_id)
    WHERE application.id = asked AND EXISTS (
        SELECT FROM mail WHERE mail.application_id = application.id
    )
$$;
CREATE OR REPLACE FUNCTION viewer.opened_lookups(acting text, requests uuid[]) RETURNS TABLE (
    id uuid, lookups uuid[])
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS DISTINCT FROM 'AUDITOR' OR viewer.subject(acting) IS NULL THEN
            RAISE EXCEPTION 'look-ups are opened to auditors alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT asked.id, ARRAY(
                SELECT one.id FROM person_lookup AS one WHERE one.id = ANY (asked.lookups)
                ORDER BY one.occurred_at DESC, one.id LIMIT 100
            )
            FROM data_request AS asked
            WHERE asked.id = ANY (requests) AND asked.lookups IS NOT NULL;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.own_lookups(acting text) RETURNS TABLE (
    looked_up_on date, looked_up_by text, purpose text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS DISTINCT FROM 'APPLICANT' OR viewer.subject(acting) IS NULL THEN
            RAISE EXCEPTION 'who looked for somebody is told to them alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            WITH oneself AS (
                SELECT applicant.id FROM applicant WHERE account = viewer.subject(acting)
            )
            SELECT wib_day(one.occurred_at) AS day, one.actor_role, one.purpose
            FROM oneself
            JOIN application AS own ON own.applicant_id = oneself.id
            JOIN person_lookup AS one
                ON one.case_reference = own.reference AND one.found_applicant
            WHERE one.purpose <> 'SUPERVISION'
                OR own.stage NOT IN ('IN_PROCESS', 'WAITING_FOR_APPLICANT')
            UNION
            SELECT wib_day(one.occurred_at), one.actor_role, one.purpose
            FROM oneself
            JOIN data_request AS asked ON asked.applicant_id = oneself.id
            JOIN person_lookup AS one ON one.id = ANY (asked.lookups)
            WHERE asked.lookups IS NOT NULL AND (
                EXISTS (SELECT FROM application
                    WHERE application.reference = one.case_reference AND closed_at IS NOT NULL)
                OR EXISTS (SELECT FROM inquiry
                    WHERE inquiry.reference = one.case_reference AND reviewed_at IS NOT NULL)
                OR EXISTS (SELECT FROM data_request AS another
                    WHERE another.reference = one.case_reference AND another.outcome IS NOT NULL)
            )
            ORDER BY day DESC, actor_role, purpose LIMIT 100;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.own_breaches(acting text) RETURNS uuid[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS DISTINCT FROM 'APPLICANT' OR viewer.subject(acting) IS NULL THEN
            RAISE EXCEPTION 'a breach is told to the people whom it concerns'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN ARRAY(
            SELECT breach.id FROM breach
            JOIN applicant ON applicant.created_at < breach.window_before
            WHERE account = viewer.subject(acting) AND people_reached = 'EVERYBODY'
            ORDER BY people_notified_at DESC, breach.id LIMIT 50
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.people_in_reach(
    acting text, account text, of_role text, of_partner text, places text[],
    since timestamptz, before timestamptz, behind uuid, most int
) RETURNS TABLE (applicant_id uuid, from_at timestamptz, until_at timestamptz, was_read boolean, ways text[], case_references text[])
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        IF acting IS DISTINCT FROM 'AUDITOR' OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'whom a breach has reached is for auditors alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
        WITH facts AS (
            SELECT application.applicant_id AS person, application.reference AS for_case,
                'DESK' AS way,
                tstzrange(desk.assigned_at, desk.ended_at) AS lasts
            FROM assignment AS desk
            JOIN application ON application.id = desk.application_id
            WHERE of_role = 'OFFICER' AND desk.officer = account
                AND desk.assigned_at < before AND coalesce(desk.ended_at, 'infinity') >= since
            UNION ALL
            SELECT link.linked_id, application.reference, 'LINK',
                tstzrange(
                    greatest(desk.assigned_at, coalesce(link.resolved_at, link.found_at)),
                    desk.ended_at
                )
            FROM assignment AS desk
            JOIN application ON application.id = desk.application_id
            JOIN person_link AS link ON link.applicant_id = application.applicant_id
            WHERE of_role = 'OFFICER' AND desk.officer = account
                AND desk.assigned_at < before AND coalesce(desk.ended_at, 'infinity') >= since
                AND coalesce(link.resolved_at, link.found_at) < coalesce(desk.ended_at, 'infinity')
                AND link.reason <> 'GROUP' AND link.state NOT IN ('PROPOSED', 'REJECTED')
            UNION ALL
            SELECT everybody.id, NULL, 'SUPERVISION', tstzrange(least(
                everybody.created_at,
                (SELECT min(submitted_at) FROM application WHERE applicant_id = everybody.id)
            ), NULL)
            FROM (
                SELECT applicant.id, applicant.created_at FROM applicant
                WHERE of_role = 'SUPERVISOR' AND applicant.id > behind AND coalesce(applicant.erased_at, 'infinity') > since AND (applicant.created_at < before
                    OR EXISTS (
                        SELECT FROM application
                        WHERE applicant_id = applicant.id AND submitted_at < before
                    ))
                ORDER BY applicant.id LIMIT most
            ) AS everybody
            UNION ALL
            SELECT opened.applicant_id, opened.reference, 'INQUIRY',
                tstzrange(opened.opened_at, greatest(opened.opened_at, inquiry.ends_at))
            FROM inquiry JOIN inquiry_person AS opened USING (reference)
            WHERE of_role = 'SUPERVISOR' AND inquiry.opened_by = account
                AND inquiry.ends_at > since AND opened.opened_at < before
            UNION ALL
            SELECT applicant_id, reference, 'INTAKE',
                tstzrange(submitted_at, greatest(
                    submitted_at, least(received_at, closed_at, left_partner_at, 'infinity')
                ))
            FROM application
            WHERE of_role = 'PARTNER_AGENT'
                AND of_partner IN (partner_code, successor_partner_code)
                AND submitted_at < before
                AND least(received_at, closed_at, left_partner_at, 'infinity') >= since
                AND (cardinality(places) = 0 OR coalesce(centre_code, country_code) = ANY (places)
                    OR successor_centre_code = ANY (places))
            UNION ALL
            SELECT file.applicant_id, file.reference, 'INTAKE',
                tstzrange(moved.occurred_at, greatest(moved.occurred_at, until))
            FROM application AS file
            JOIN application_event AS moved
                ON moved.application_id = file.id AND moved.kind = 'TRANSFERRED'
            JOIN centre AS holder ON holder.code = moved.reason
            CROSS JOIN LATERAL (SELECT least(
                file.received_at, file.closed_at, min(later.occurred_at), 'infinity'
            ) FROM application_event AS later
                WHERE later.application_id = file.id AND later.kind = moved.kind
                    AND later.sequence > moved.sequence
            ) AS left_it (until)
            WHERE of_role = 'PARTNER_AGENT' AND holder.partner_code = of_partner
                AND num_nonnulls(file.successor_centre_code, file.left_partner_at) > 0
                AND moved.occurred_at < before AND until >= since
                AND (cardinality(places) = 0 OR holder.code = ANY (places))
            UNION ALL
            SELECT application.applicant_id, application.reference, 'QUESTION',
                tstzrange(asked.requested_at, greatest(
                    asked.requested_at, least(asked.answered_at, asked.voided_at, 'infinity')
                ))
            FROM screening AS asked
            JOIN application ON application.id = asked.application_id
            WHERE of_role = 'SCREENING' AND asked.requested_at < before
                AND least(asked.answered_at, asked.voided_at, 'infinity') >= since
                AND account <> ALL (asked.kept_from)
            UNION ALL
            SELECT holder.applicant_id, holder.reference, 'DELIVERY',
                tstzrange(document.proven_at, greatest(document.proven_at, until))
            FROM application AS holder
            JOIN visa ON visa.application_id = holder.id
            JOIN visa_document AS document USING (visa_number)
            CROSS JOIN LATERAL (VALUES (least(
                document.fetched_at, document.replaced_at, visa.revoked_at, visa.returned_at,
                visa.superseded_at, holder.left_partner_at, holder.closed_at + interval '30 days',
                'infinity'
            ))) AS fetchable (until)
            WHERE of_role = 'PARTNER_SERVICE' AND holder.holder_partner_code = of_partner
                AND document.proven_at < before AND until >= since
                AND (cardinality(places) = 0 OR holder.country_code = ANY (places)
                    OR holder.holder_country_code = ANY (places))
            UNION ALL
            SELECT applicant.id, NULL, 'OWN_DATA', tstzrange(NULL, NULL)
            FROM applicant
            WHERE of_role = 'APPLICANT' AND applicant.account = people_in_reach.account
        ), open AS MATERIALIZED (
            SELECT tstzmultirange(tstzrange(since, before)) - coalesce(range_agg(
                tstzrange(
                    suspended_at + interval '5 seconds',
                    CASE WHEN ends_at IS NOT NULL THEN greatest(
                        ends_at, suspended_at + interval '5 seconds'
                    ) END
                )
            ), '{}') AS spans
            FROM suspension
            WHERE subject = account OR partner_code = of_partner
        ), pieces AS (
            SELECT person, for_case, way, unnest(spans * tstzmultirange(
                lasts * tstzrange(NULL, erased_at)
            )) AS piece
            FROM facts JOIN applicant ON applicant.id = person CROSS JOIN open
            WHERE person > behind
        )
        SELECT person, min(lower(piece)), max(upper(piece)),
            EXISTS (
                SELECT FROM access_event
                WHERE access_event.applicant_id = person AND actor = account
                    AND actor_role = of_role AND occurred_at >= since AND occurred_at < before
            ),
            array_agg(DISTINCT way), array_remove(array_agg(DISTINCT for_case), NULL)
        FROM pieces GROUP BY person ORDER BY person LIMIT most;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.number_in_reach(
    acting text, account text, of_role text, of_partner text, places text[],
    since timestamptz, before timestamptz
) RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        behind CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
        most CONSTANT int := 0;
    BEGIN
        IF acting IS DISTINCT FROM 'AUDITOR' OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'whom a breach has reached is for auditors alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF of_role = 'SUPERVISOR' THEN
            RETURN (SELECT count(*) FROM applicant WHERE coalesce(applicant.erased_at, 'infinity') > since AND (applicant.created_at < before
                    OR EXISTS (
                        SELECT FROM application
                        WHERE applicant_id = applicant.id AND submitted_at < before
                    )) AND EXISTS (
                SELECT FROM (
            SELECT tstzmultirange(tstzrange(since, before)) - coalesce(range_agg(
                tstzrange(
                    suspended_at + interval '5 seconds',
                    CASE WHEN ends_at IS NOT NULL THEN greatest(
                        ends_at, suspended_at + interval '5 seconds'
                    ) END
                )
            ), '{}') AS spans
            FROM suspension
            WHERE subject = account OR partner_code = of_partner
                ) AS open WHERE NOT isempty(spans)
            ));
        END IF;
        RETURN (
        WITH facts AS (
            SELECT application.applicant_id AS person, application.reference AS for_case,
                'DESK' AS way,
                tstzrange(desk.assigned_at, desk.ended_at) AS lasts
            FROM assignment AS desk
            JOIN application ON application.id = desk.application_id
            WHERE of_role = 'OFFICER' AND desk.officer = account
                AND desk.assigned_at < before AND coalesce(desk.ended_at, 'infinity') >= since
            UNION ALL
            SELECT link.linked_id, application.reference, 'LINK',
                tstzrange(
                    greatest(desk.assigned_at, coalesce(link.resolved_at, link.found_at)),
                    desk.ended_at
                )
            FROM assignment AS desk
            JOIN application ON application.id = desk.application_id
            JOIN person_link AS link ON link.applicant_id = application.applicant_id
            WHERE of_role = 'OFFICER' AND desk.officer = account
                AND desk.assigned_at < before AND coalesce(desk.ended_at, 'infinity') >= since
                AND coalesce(link.resolved_at, link.found_at) < coalesce(desk.ended_at, 'infinity')
                AND link.reason <> 'GROUP' AND link.state NOT IN ('PROPOSED', 'REJECTED')
            UNION ALL
            SELECT everybody.id, NULL, 'SUPERVISION', tstzrange(least(
                everybody.created_at,
                (SELECT min(submitted_at) FROM application WHERE applicant_id = everybody.id)
            ), NULL)
            FROM (
                SELECT applicant.id, applicant.created_at FROM applicant
                WHERE of_role = 'SUPERVISOR' AND applicant.id > behind AND coalesce(applicant.erased_at, 'infinity') > since AND (applicant.created_at < before
                    OR EXISTS (
                        SELECT FROM application
                        WHERE applicant_id = applicant.id AND submitted_at < before
                    ))
                ORDER BY applicant.id LIMIT most
            ) AS everybody
            UNION ALL
            SELECT opened.applicant_id, opened.reference, 'INQUIRY',
                tstzrange(opened.opened_at, greatest(opened.opened_at, inquiry.ends_at))
            FROM inquiry JOIN inquiry_person AS opened USING (reference)
            WHERE of_role = 'SUPERVISOR' AND inquiry.opened_by = account
                AND inquiry.ends_at > since AND opened.opened_at < before
            UNION ALL
            SELECT applicant_id, reference, 'INTAKE',
                tstzrange(submitted_at, greatest(
                    submitted_at, least(received_at, closed_at, left_partner_at, 'infinity')
                ))
            FROM application
            WHERE of_role = 'PARTNER_AGENT'
                AND of_partner IN (partner_code, successor_partner_code)
                AND submitted_at < before
                AND least(received_at, closed_at, left_partner_at, 'infinity') >= since
                AND (cardinality(places) = 0 OR coalesce(centre_code, country_code) = ANY (places)
                    OR successor_centre_code = ANY (places))
            UNION ALL
            SELECT file.applicant_id, file.reference, 'INTAKE',
                tstzrange(moved.occurred_at, greatest(moved.occurred_at, until))
            FROM application AS file
            JOIN application_event AS moved
                ON moved.application_id = file.id AND moved.kind = 'TRANSFERRED'
            JOIN centre AS holder ON holder.code = moved.reason
            CROSS JOIN LATERAL (SELECT least(
                file.received_at, file.closed_at, min(later.occurred_at), 'infinity'
            ) FROM application_event AS later
                WHERE later.application_id = file.id AND later.kind = moved.kind
                    AND later.sequence > moved.sequence
            ) AS left_it (until)
            WHERE of_role = 'PARTNER_AGENT' AND holder.partner_code = of_partner
                AND num_nonnulls(file.successor_centre_code, file.left_partner_at) > 0
                AND moved.occurred_at < before AND until >= since
                AND (cardinality(places) = 0 OR holder.code = ANY (places))
            UNION ALL
            SELECT application.applicant_id, application.reference, 'QUESTION',
                tstzrange(asked.requested_at, greatest(
                    asked.requested_at, least(asked.answered_at, asked.voided_at, 'infinity')
                ))
            FROM screening AS asked
            JOIN application ON application.id = asked.application_id
            WHERE of_role = 'SCREENING' AND asked.requested_at < before
                AND least(asked.answered_at, asked.voided_at, 'infinity') >= since
                AND account <> ALL (asked.kept_from)
            UNION ALL
            SELECT holder.applicant_id, holder.reference, 'DELIVERY',
                tstzrange(document.proven_at, greatest(document.proven_at, until))
            FROM application AS holder
            JOIN visa ON visa.application_id = holder.id
            JOIN visa_document AS document USING (visa_number)
            CROSS JOIN LATERAL (VALUES (least(
                document.fetched_at, document.replaced_at, visa.revoked_at, visa.returned_at,
                visa.superseded_at, holder.left_partner_at, holder.closed_at + interval '30 days',
                'infinity'
            ))) AS fetchable (until)
            WHERE of_role = 'PARTNER_SERVICE' AND holder.holder_partner_code = of_partner
                AND document.proven_at < before AND until >= since
                AND (cardinality(places) = 0 OR holder.country_code = ANY (places)
                    OR holder.holder_country_code = ANY (places))
            UNION ALL
            SELECT applicant.id, NULL, 'OWN_DATA', tstzrange(NULL, NULL)
            FROM applicant
            WHERE of_role = 'APPLICANT' AND applicant.account = number_in_reach.account
        ), open AS MATERIALIZED (
            SELECT tstzmultirange(tstzrange(since, before)) - coalesce(range_agg(
                tstzrange(
                    suspended_at + interval '5 seconds',
                    CASE WHEN ends_at IS NOT NULL THEN greatest(
                        ends_at, suspended_at + interval '5 seconds'
                    ) END
                )
            ), '{}') AS spans
            FROM suspension
            WHERE subject = account OR partner_code = of_partner
        ), pieces AS (
            SELECT person, for_case, way, unnest(spans * tstzmultirange(
                lasts * tstzrange(NULL, erased_at)
            )) AS piece
            FROM facts JOIN applicant ON applicant.id = person CROSS JOIN open
            WHERE person > behind
        )
        SELECT count(DISTINCT person) FROM pieces);
    END
$$;
CREATE OR REPLACE FUNCTION viewer.reads_kept_since(acting text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ('AUDITOR', 'APPLICANT') OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'since when reads are kept is for whoever is told of all of them'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN (SELECT max(before) FROM account_drop);
    END
$$;
CREATE OR REPLACE FUNCTION viewer.proofs_of_reads(reads uuid[]) RETURNS TABLE (
    id uuid, content bytea, place bigint, hashes bytea[],
    size bigint, frontier bytea[], note text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN QUERY
            SELECT entry.id, convert_to('{' || concat_ws(',', '"id":' || to_json(entry.id), '"applicant_id":' || to_json(entry.applicant_id), '"actor_role":' || to_json(entry.actor_role), '"purpose":' || to_json(entry.purpose), '"fields":' || to_json(entry.fields)) || '}' || '{' || concat_ws(',', '"occurred_at":' || (extract(epoch FROM entry.occurred_at) * 1000000)::bigint) || '}' || encode(sha256(leaf.salt || convert_to('{' || concat_ws(',', '"actor":' || to_json(entry.actor), '"actor_partner_code":' || to_json(entry.actor_partner_code), '"actor_country_code":' || to_json(entry.actor_country_code), '"case_reference":' || to_json(entry.case_reference), '"trace_id":' || to_json(entry.trace_id)) || '}' || coalesce(entry.mac_key, ''), 'UTF8') || coalesce(entry.mac, ''::bytea)), 'hex'), 'UTF8'), leaf.position, ARRAY(
                SELECT coalesce(CASE level WHEN 0 THEN (
                    SELECT string_agg(beside.hash, ''::bytea ORDER BY position)
                    FROM account_leaf AS beside
                    WHERE position >= first_one AND position < first_one + 64
                        AND position < head.size
                ) ELSE (
                    SELECT string_agg(node.hash, ''::bytea ORDER BY node.place)
                    FROM account_node AS node
                    WHERE node.level = above.level AND node.place >= first_one
                        AND node.place < first_one + 64
                ) END, ''::bytea)
                FROM (
                    SELECT level, leaf.position >> 6 * (level + 1) << 6
                        AS first_one
                    FROM generate_series(0, 6) AS level
                ) AS above ORDER BY level
            ), head.size, head.frontier, head.note
            FROM account_head AS head, access_event AS entry
            JOIN account_leaf AS leaf
                ON leaf.source = 'access_event' AND leaf.row_id = entry.id
            WHERE entry.id = ANY (reads) AND leaf.position < head.size AND (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = entry.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) AND (entry.purpose NOT IN ('CASEWORK', 'SUPERVISION') OR entry.purpose NOT IN ('SUPERVISION') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.reference = entry.case_reference AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) OR EXISTS (SELECT FROM application AS by_1 WHERE by_1.reference = entry.case_reference AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT'))) AND by_1.stage NOT IN ('IN_PROCESS', 'WAITING_FOR_APPLICANT')) OR EXISTS (SELECT FROM inquiry_person AS by_1 WHERE by_1.reference = entry.case_reference AND by_1.told_at <= now() AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT'))))) THEN true ELSE false END);
    END
$$;
CREATE OR REPLACE FUNCTION viewer.facts_of_case(
    acting text, of_case text, account text, of_partner text, of_instant timestamptz
) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        instant CONSTANT timestamptz := coalesce(of_instant, now());
        later CONSTANT interval := make_interval(secs => extract(epoch FROM now() - instant));
        one CONSTANT uuid := (SELECT applicant_id FROM application
            WHERE reference = of_case AND submitted_at <= instant);
        people CONSTANT uuid[] := ARRAY(
            SELECT one UNION SELECT applicant_id FROM person_link WHERE linked_id = one
            UNION SELECT linked_id FROM person_link WHERE applicant_id = one
        );
        cases CONSTANT uuid[] := ARRAY(
            SELECT id FROM application WHERE applicant_id = ANY (people)
        );
    BEGIN
        IF acting IS DISTINCT FROM 'AUDITOR' OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'why somebody could read a case is for auditors alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN jsonb_build_object(
            'is_suspended', EXISTS (
                SELECT FROM suspension WHERE (subject = account OR partner_code = of_partner)
                    AND suspended_at <= instant AND coalesce(ends_at, 'infinity') > instant
            ),
            'applicant', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.account AS account,
                    it.id AS id
                FROM applicant AS it WHERE id = ANY (people)
            ) AS found),
            'application', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.applicant_id AS applicant_id,
                    CASE WHEN it.closed_at <= instant THEN it.closed_at + later END AS closed_at,
                    it.holder_country_code AS holder_country_code,
                    it.holder_partner_code AS holder_partner_code,
                    it.holder_place AS holder_place,
                    it.id AS id,
                    CASE WHEN it.left_partner_at <= instant THEN it.left_partner_at + later END AS left_partner_at,
                    (SELECT desk.officer FROM assignment AS desk WHERE desk.application_id = it.id AND desk.role = 'OFFICER' AND desk.assigned_at <= instant AND coalesce(desk.ended_at, 'infinity') > instant ORDER BY desk.assigned_at DESC LIMIT 1) AS officer,
                    CASE WHEN it.received_at <= instant THEN it.received_at + later END AS received_at,
                    it.reference AS reference
                FROM application AS it WHERE id = ANY (cases) AND submitted_at <= instant
            ) AS found),
            'application_event', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id,
                    it.kind AS kind
                FROM application_event AS it WHERE application_id = ANY (cases) AND occurred_at <= instant AND kind NOT IN ('HELD', 'RELEASED')
            ) AS found),
            'assignment', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id,
                    CASE WHEN it.ended_at <= instant THEN it.ended_at + later END AS ended_at,
                    it.officer AS officer,
                    it.role AS role
                FROM assignment AS it WHERE application_id = ANY (cases) AND assigned_at <= instant
            ) AS found),
            'bill', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id,
                    it.family_code AS family_code,
                    it.family_id AS family_id
                FROM bill AS it WHERE application_id = ANY (cases) AND issued_at <= instant
            ) AS found),
            'case_document', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id
                FROM case_document AS it WHERE application_id = ANY (cases)
            ) AS found),
            'correction', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id
                FROM correction AS it WHERE application_id = ANY (cases) AND proposed_at <= instant
            ) AS found),
            'decision', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id
                FROM decision AS it WHERE application_id = ANY (cases) AND decided_at <= instant
            ) AS found),
            'document_upload', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id,
                    CASE WHEN it.replaced_at <= instant THEN it.replaced_at + later END AS replaced_at,
                    it.requested_by AS requested_by,
                    CASE WHEN it.sent_at <= instant THEN it.sent_at + later END AS sent_at
                FROM document_upload AS it WHERE application_id = ANY (cases)
            ) AS found),
            'identity', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.applicant_id AS applicant_id
                FROM identity AS it WHERE applicant_id = ANY (people)
            ) AS found),
            'identity_version', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.applicant_id AS applicant_id
                FROM identity_version AS it WHERE applicant_id = ANY (people) AND written_at <= instant
            ) AS found),
            'inquiry', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.ends_at + later AS ends_at,
                    it.opened_by AS opened_by,
                    it.reference AS reference
                FROM inquiry AS it WHERE reference IN (SELECT reference FROM inquiry_person WHERE applicant_id = ANY (people)) AND opened_at <= instant
            ) AS found),
            'inquiry_person', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.applicant_id AS applicant_id,
                    it.reference AS reference
                FROM inquiry_person AS it WHERE applicant_id = ANY (people) AND opened_at <= instant
            ) AS found),
            'legal_hold', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id
                FROM legal_hold AS it WHERE application_id = ANY (cases) AND held_at <= instant
            ) AS found),
            'movement', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.applicant_id AS applicant_id
                FROM movement AS it WHERE applicant_id = ANY (people)
            ) AS found),
            'passport_ending', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.applicant_id AS applicant_id
                FROM passport_ending AS it WHERE applicant_id = ANY (people)
            ) AS found),
            'person_link', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.applicant_id AS applicant_id,
                    it.linked_id AS linked_id,
                    CASE WHEN it.resolved_at > instant THEN 'PROPOSED' ELSE it.state END AS state
                FROM person_link AS it WHERE (applicant_id = ANY (people) OR linked_id = ANY (people)) AND found_at <= instant
            ) AS found),
            'refusal_intention', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id
                FROM refusal_intention AS it WHERE application_id = ANY (cases)
            ) AS found),
            'requested_item', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id
                FROM requested_item AS it WHERE application_id = ANY (cases) AND requested_at <= instant
            ) AS found),
            'screening', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT CASE WHEN it.answered_at <= instant THEN it.answered_at + later END AS answered_at,
                    it.application_id AS application_id,
                    it.kept_from AS kept_from,
                    CASE WHEN it.voided_at <= instant THEN it.voided_at + later END AS voided_at
                FROM screening AS it WHERE application_id = ANY (cases) AND requested_at <= instant
            ) AS found),
            'stay', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id,
                    CASE WHEN it.overstays_at <= instant THEN it.overstays_at + later END AS overstays_at
                FROM stay AS it WHERE application_id = ANY (cases)
            ) AS found),
            'visa', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (
                SELECT it.application_id AS application_id,
                    CASE WHEN it.superseded_at <= instant THEN it.superseded_at + later END AS superseded_at
                FROM visa AS it WHERE application_id = ANY (cases) AND issued_at <= instant
            ) AS found)
        );
    END
$$;

-- LEADERSHIP
GRANT USAGE ON SCHEMA public, viewer TO gerbang_leadership;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_leadership;
GRANT SELECT (id) ON access_event TO gerbang_leadership;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_leadership;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_leadership;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_leadership;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_leadership;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_leadership;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_leadership;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_leadership;
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_leadership;
GRANT SELECT (reason, rule_code, stopped_at, stopped_by) ON grant_rule_stop TO gerbang_leadership;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_leadership;
GRANT SELECT (centre_code, country_code, ends_at, id, is_ended, language, mailed_at, occasion, partner_code, renewed_at, role, subject, subscribed_at, visa_type_code) ON mail_subscription TO gerbang_leadership;
GRANT SELECT (author, country_code, id, month, partner_code, removed_at, text, written_at) ON month_note TO gerbang_leadership;
GRANT SELECT (began_on, code, country_code, ended_on, kind, was_screening_out) ON named_event TO gerbang_leadership;
GRANT SELECT (code, name) ON partner TO gerbang_leadership;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_leadership;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_leadership;
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_leadership;
GRANT SELECT (approved_at, approved_by, cancel_reason, cancelled_at, cancelled_by, decree, effective_on, id, kind, proposed_at, proposed_by, reason, state, subject) ON reference_change TO gerbang_leadership;
GRANT SELECT (after, before, change_id, kind, line, name, place) ON reference_change_value TO gerbang_leadership;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_leadership;
GRANT SELECT (id, name, page, query, removed_at, saved_at, subject) ON saved_view TO gerbang_leadership;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_leadership;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_leadership;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_leadership;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_leadership;
GRANT SELECT (id, written_in) ON volume_change TO gerbang_leadership;
CREATE POLICY leadership_select ON visa_type FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON eligibility FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON required_document FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON passport_rule FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON extension_rule FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON handling_rule FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON fee FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON service_target FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON grant_rule FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON grant_rule_stop FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON country FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON entry_rule FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON partner FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON partner_country FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON centre FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON access_event FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON volume_change FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON day_off FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON visa_key FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON taken_back_list FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON pool FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON mail_subscription FOR SELECT TO gerbang_leadership
    USING (CASE WHEN mail_subscription.subject = (SELECT viewer.subject('LEADERSHIP')) THEN true ELSE false END);
CREATE POLICY leadership_select ON saved_view FOR SELECT TO gerbang_leadership
    USING (CASE WHEN saved_view.subject = (SELECT viewer.subject('LEADERSHIP')) AND saved_view.removed_at IS NULL THEN true ELSE false END);
CREATE POLICY leadership_select ON month_note FOR SELECT TO gerbang_leadership
    USING (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN month_note.removed_at IS NULL ELSE false END);
CREATE POLICY leadership_select ON reference_change FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON reference_change_value FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON named_event FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_leadership;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_yearly FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, overturned, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_type FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, channel, clock, ranks, starts_on, visa_type_code) ON volume_monthly_type_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_type_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_centre TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_centre FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, centre_code, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_centre_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_centre_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type_place TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_type_place FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, centre_code, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_place_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_type_place_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_nationality FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_monthly_nationality_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_nationality_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, centre_code, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, overturned, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily_type TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily_type FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, channel, clock, ranks, starts_on, visa_type_code) ON volume_daily_type_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily_type_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_daily_place TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily_place FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_daily_place_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily_place_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_daily_nationality TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily_nationality FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_daily_nationality_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily_nationality_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, partner_code, refused, revenue_idr, starts_on, trip_purpose, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_daily_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_age FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_age_detailed TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_age_detailed FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (ground, refused, starts_on) ON volume_ground TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_ground FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (held, referred, starts_on) ON volume_referral TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_referral FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (by_rule, decided_twice, differing, sample_granted, sample_refused, starts_on, visa_type_code) ON volume_rule TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_rule FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (broken_down_by, code, extensions, in_country_change, overstay_change, starts_on, unused) ON volume_monthly_stay TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_stay FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (broken_down_by, code, extensions, in_country_change, overstay_change, starts_on, unused) ON volume_stay TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_stay FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (country_code, kind, lodged, partner_code, starts_on) ON volume_complaint TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_complaint FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (written_at) ON volume_outbox TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_outbox FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (day) ON volume_aged_until TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_aged_until FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (data, version) ON data_version TO gerbang_leadership;
CREATE POLICY leadership_select ON data_version FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT EXECUTE ON FUNCTION viewer.figure_evidence TO gerbang_leadership;
GRANT EXECUTE ON FUNCTION viewer.figures_complete_from TO gerbang_leadership;
GRANT EXECUTE ON FUNCTION viewer.note_sign_in TO gerbang_leadership;

-- OFFICER
GRANT USAGE ON SCHEMA public, viewer TO gerbang_officer;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_officer;
GRANT SELECT (actor, actor_role, applicant_id, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_officer;
GRANT SELECT (erased_at, id, nationality_code) ON applicant TO gerbang_officer;
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, entry_on, extends_visa_number, fee_idr, group_reference, guardian_kind, id, is_assigned, is_linked, is_referred, is_urgent, left_partner_at, nationality_code, officer, paid_at, partner_code, pay_by, received_at, reference, stage, status, submitted_at, successor_centre_code, target_due_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_officer;
GRANT SELECT (application_id, changed, id, kind, written_in) ON application_change TO gerbang_officer;
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_officer;
GRANT SELECT (application_id, assigned_at, ended_at, id, officer, role) ON assignment TO gerbang_officer;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversed_at) ON bill TO gerbang_officer;
GRANT SELECT (application_id, kind, recorded_at, recorded_by) ON case_document TO gerbang_officer;
GRANT SELECT (applicant_id, application_id, as_text, author, first_of_two, id, sealed, written_at) ON case_note TO gerbang_officer;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_officer;
GRANT SELECT (application_id, approved_at, approved_by, closed_at, closed_by, id, proposed_at, proposed_by, proposed_role, reason, state, version) ON correction TO gerbang_officer;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_officer;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_officer;
GRANT SELECT (application_id, conditions, decided_at, grant_rule_code, grounds, id, internal_note, officer, outcome, supersedes_id) ON decision TO gerbang_officer;
GRANT SELECT (applicant_id, content, sealed, upload_id) ON document_content TO gerbang_officer;
GRANT SELECT (application_id, completed_at, id, kind, locator, media_type, registered_sha256, replaced_at, requested_by, sent_at, sha256, size, state) ON document_upload TO gerbang_officer;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_officer;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_officer;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_officer;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_officer;
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_officer;
GRANT SELECT (reason, rule_code, stopped_at, stopped_by) ON grant_rule_stop TO gerbang_officer;
GRANT SELECT (applicant_id, application_id, city, id, kind, name, postal_code, province, registration_number, sealed, street, valid_from, valid_until) ON guarantor TO gerbang_officer;
GRANT SELECT (applicant_id, application_id, consented_at, id, kind, name, phone, relation, sealed, valid_from, valid_until) ON guardian TO gerbang_officer;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_officer;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, versions) ON identity TO gerbang_officer;
GRANT SELECT (applicant_id, birth_date, email, full_name, nationality_code, number, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, valid_from, valid_until, versions, written_at) ON identity_version TO gerbang_officer;
GRANT SELECT (applicant_id, application_id, as_text, sealed) ON intention_answer TO gerbang_officer;
GRANT SELECT (applicant_id, application_id, as_country, as_day, as_text, city, item_id, postal_code, province, sealed, street) ON item_answer TO gerbang_officer;
GRANT SELECT (centre_code, country_code, ends_at, id, is_ended, language, mailed_at, occasion, partner_code, renewed_at, role, subject, subscribed_at, visa_type_code) ON mail_subscription TO gerbang_officer;
GRANT SELECT (author, country_code, id, month, partner_code, removed_at, text, written_at) ON month_note TO gerbang_officer;
GRANT SELECT (applicant_id, crossed_at, direction, id, port, visa_number) ON movement TO gerbang_officer;
GRANT SELECT (began_on, code, country_code, ended_on, kind, was_screening_out) ON named_event TO gerbang_officer;
GRANT SELECT (code, name) ON partner TO gerbang_officer;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_officer;
GRANT SELECT (applicant_id, last_four) ON passport_ending TO gerbang_officer;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_officer;
GRANT SELECT (applicant_id, found_at, id, linked_id, reason, resolution, resolved_at, resolved_by, state) ON person_link TO gerbang_officer;
GRANT SELECT (actor, actor_role, by, case_reference, found, id, occurred_at, purpose) ON person_lookup TO gerbang_officer;
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_officer;
GRANT SELECT (approved_at, approved_by, cancel_reason, cancelled_at, cancelled_by, decree, effective_on, id, kind, proposed_at, proposed_by, reason, state, subject) ON reference_change TO gerbang_officer;
GRANT SELECT (after, before, change_id, kind, line, name, place) ON reference_change_value TO gerbang_officer;
GRANT SELECT (announced_at, announced_by, answered_at, answered_by, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_officer;
GRANT SELECT (answered_at, answered_by, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_officer;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_officer;
GRANT SELECT (id, name, page, query, removed_at, saved_at, subject) ON saved_view TO gerbang_officer;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_officer;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_officer;
GRANT SELECT (decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_officer;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_officer;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_officer;
GRANT SELECT (id, written_in) ON volume_change TO gerbang_officer;
CREATE POLICY officer_select ON application_change FOR SELECT TO gerbang_officer
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN application_change.changed NOT IN ('HOLD') ELSE false END);
CREATE POLICY officer_select ON application FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON visa_type FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON eligibility FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON required_document FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON passport_rule FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON extension_rule FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON handling_rule FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON fee FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON service_target FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON grant_rule FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON grant_rule_stop FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON visa FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON country FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON entry_rule FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON partner FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON partner_country FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON centre FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON bill FOR SELECT TO gerbang_officer
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN bill.family_id IS NULL ELSE false END);
CREATE POLICY officer_select ON document_upload FOR SELECT TO gerbang_officer
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN document_upload.sent_at <= now() AND document_upload.replaced_at IS NULL ELSE false END);
CREATE POLICY officer_select ON document_content FOR SELECT TO gerbang_officer
    USING (CASE WHEN EXISTS (SELECT FROM document_upload AS by_1 WHERE by_1.id = document_content.upload_id AND by_1.completed_at <= now() AND by_1.replaced_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND by_2.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_3 WHERE by_3.application_id = by_2.id AND by_3.officer = (SELECT viewer.subject('OFFICER')) AND by_3.ended_at IS NULL))) THEN true ELSE false END);
CREATE POLICY officer_select ON case_document FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON requested_item FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON item_answer FOR SELECT TO gerbang_officer
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = item_answer.application_id AND by_1.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_2 WHERE by_2.application_id = by_1.id AND by_2.officer = (SELECT viewer.subject('OFFICER')) AND by_2.ended_at IS NULL)) THEN true ELSE false END);
CREATE POLICY officer_select ON refusal_intention FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON intention_answer FOR SELECT TO gerbang_officer
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = intention_answer.application_id AND by_1.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_2 WHERE by_2.application_id = by_1.id AND by_2.officer = (SELECT viewer.subject('OFFICER')) AND by_2.ended_at IS NULL)) THEN true ELSE false END);
CREATE POLICY officer_select ON application_event FOR SELECT TO gerbang_officer
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN application_event.kind NOT IN ('HELD', 'RELEASED', 'ANSWER_PROPOSED', 'SCREENED') ELSE false END);
CREATE POLICY officer_select ON applicant FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON identity FOR SELECT TO gerbang_officer
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_2 WHERE by_2.application_id = by_1.id AND by_2.officer = (SELECT viewer.subject('OFFICER')) AND by_2.ended_at IS NULL)) OR EXISTS (SELECT FROM person_link AS by_1 WHERE by_1.linked_id = identity.applicant_id AND by_1.state NOT IN ('PROPOSED', 'REJECTED') AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.applicant_id = by_1.applicant_id AND by_2.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_3 WHERE by_3.application_id = by_2.id AND by_3.officer = (SELECT viewer.subject('OFFICER')) AND by_3.ended_at IS NULL)))) THEN true ELSE false END);
CREATE POLICY officer_select ON identity_version FOR SELECT TO gerbang_officer
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity_version.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_2 WHERE by_2.application_id = by_1.id AND by_2.officer = (SELECT viewer.subject('OFFICER')) AND by_2.ended_at IS NULL)) OR EXISTS (SELECT FROM person_link AS by_1 WHERE by_1.linked_id = identity_version.applicant_id AND by_1.state NOT IN ('PROPOSED', 'REJECTED') AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.applicant_id = by_1.applicant_id AND by_2.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_3 WHERE by_3.application_id = by_2.id AND by_3.officer = (SELECT viewer.subject('OFFICER')) AND by_3.ended_at IS NULL)))) THEN true ELSE false END);
CREATE POLICY officer_select ON movement FOR SELECT TO gerbang_officer
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = movement.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_2 WHERE by_2.application_id = by_1.id AND by_2.officer = (SELECT viewer.subject('OFFICER')) AND by_2.ended_at IS NULL)) OR EXISTS (SELECT FROM person_link AS by_1 WHERE by_1.linked_id = movement.applicant_id AND by_1.state NOT IN ('PROPOSED', 'REJECTED') AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.applicant_id = by_1.applicant_id AND by_2.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_3 WHERE by_3.application_id = by_2.id AND by_3.officer = (SELECT viewer.subject('OFFICER')) AND by_3.ended_at IS NULL)))) THEN true ELSE false END);
CREATE POLICY officer_select ON access_event FOR SELECT TO gerbang_officer
    USING (CASE WHEN access_event.actor = (SELECT viewer.subject('OFFICER')) THEN true ELSE false END);
CREATE POLICY officer_select ON person_link FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON decision FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON assignment FOR SELECT TO gerbang_officer
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN assignment.role NOT IN ('SUPERVISOR') ELSE false END);
CREATE POLICY officer_select ON correction FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON guarantor FOR SELECT TO gerbang_officer
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = guarantor.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_2 WHERE by_2.application_id = by_1.id AND by_2.officer = (SELECT viewer.subject('OFFICER')) AND by_2.ended_at IS NULL)) OR EXISTS (SELECT FROM person_link AS by_1 WHERE by_1.linked_id = guarantor.applicant_id AND by_1.state NOT IN ('PROPOSED', 'REJECTED') AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.applicant_id = by_1.applicant_id AND by_2.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_3 WHERE by_3.application_id = by_2.id AND by_3.officer = (SELECT viewer.subject('OFFICER')) AND by_3.ended_at IS NULL)))) THEN true ELSE false END);
CREATE POLICY officer_select ON guardian FOR SELECT TO gerbang_officer
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = guardian.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_2 WHERE by_2.application_id = by_1.id AND by_2.officer = (SELECT viewer.subject('OFFICER')) AND by_2.ended_at IS NULL)) OR EXISTS (SELECT FROM person_link AS by_1 WHERE by_1.linked_id = guardian.applicant_id AND by_1.state NOT IN ('PROPOSED', 'REJECTED') AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.applicant_id = by_1.applicant_id AND by_2.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_3 WHERE by_3.application_id = by_2.id AND by_3.officer = (SELECT viewer.subject('OFFICER')) AND by_3.ended_at IS NULL)))) THEN true ELSE false END);
CREATE POLICY officer_select ON case_note FOR SELECT TO gerbang_officer
    USING (CASE WHEN (case_note.first_of_two IS NULL OR case_note.first_of_two = (SELECT viewer.subject('OFFICER'))) AND (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = case_note.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_2 WHERE by_2.application_id = by_1.id AND by_2.officer = (SELECT viewer.subject('OFFICER')) AND by_2.ended_at IS NULL)) OR EXISTS (SELECT FROM person_link AS by_1 WHERE by_1.linked_id = case_note.applicant_id AND by_1.state NOT IN ('PROPOSED', 'REJECTED') AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.applicant_id = by_1.applicant_id AND by_2.reference = (SELECT viewer.purpose_reference('OFFICER')) AND EXISTS (SELECT FROM assignment AS by_3 WHERE by_3.application_id = by_2.id AND by_3.officer = (SELECT viewer.subject('OFFICER')) AND by_3.ended_at IS NULL)))) THEN true ELSE false END);
CREATE POLICY officer_select ON volume_change FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON day_off FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON visa_key FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON taken_back_list FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON pool FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON mail_subscription FOR SELECT TO gerbang_officer
    USING (CASE WHEN mail_subscription.subject = (SELECT viewer.subject('OFFICER')) THEN true ELSE false END);
CREATE POLICY officer_select ON saved_view FOR SELECT TO gerbang_officer
    USING (CASE WHEN saved_view.subject = (SELECT viewer.subject('OFFICER')) AND saved_view.removed_at IS NULL THEN true ELSE false END);
CREATE POLICY officer_select ON month_note FOR SELECT TO gerbang_officer
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN month_note.removed_at IS NULL ELSE false END);
CREATE POLICY officer_select ON reference_change FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON reference_change_value FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON named_event FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON person_lookup FOR SELECT TO gerbang_officer
    USING (CASE WHEN person_lookup.actor = (SELECT viewer.subject('OFFICER')) THEN true ELSE false END);
CREATE POLICY officer_select ON passport_ending FOR SELECT TO gerbang_officer
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = passport_ending.applicant_id AND by_1.officer = (SELECT viewer.subject('OFFICER'))) OR EXISTS (SELECT FROM person_link AS by_1 WHERE by_1.linked_id = passport_ending.applicant_id AND by_1.state NOT IN ('PROPOSED', 'REJECTED') AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.applicant_id = by_1.applicant_id AND by_2.officer = (SELECT viewer.subject('OFFICER'))))) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_officer;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_officer;
CREATE POLICY officer_select ON volume_yearly FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, overturned, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_type FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, channel, clock, ranks, starts_on, visa_type_code) ON volume_monthly_type_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_type_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_centre TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_centre FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, centre_code, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_centre_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_centre_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type_place TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_type_place FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, centre_code, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_place_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_type_place_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_nationality FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_monthly_nationality_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_nationality_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, centre_code, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, overturned, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily_type TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily_type FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, channel, clock, ranks, starts_on, visa_type_code) ON volume_daily_type_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily_type_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_daily_place TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily_place FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_daily_place_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily_place_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_daily_nationality TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily_nationality FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_daily_nationality_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily_nationality_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, partner_code, refused, revenue_idr, starts_on, trip_purpose, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_daily_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_officer;
CREATE POLICY officer_select ON volume_age FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_age_detailed TO gerbang_officer;
CREATE POLICY officer_select ON volume_age_detailed FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (ground, refused, starts_on) ON volume_ground TO gerbang_officer;
CREATE POLICY officer_select ON volume_ground FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (written_at) ON volume_outbox TO gerbang_officer;
CREATE POLICY officer_select ON volume_outbox FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (day) ON volume_aged_until TO gerbang_officer;
CREATE POLICY officer_select ON volume_aged_until FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (data, version) ON data_version TO gerbang_officer;
CREATE POLICY officer_select ON data_version FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT INSERT (actor, actor_country_code, actor_partner_code, actor_role, applicant_id, case_reference, fields, id, mac, mac_key, purpose, trace_id) ON access_event TO gerbang_officer;
CREATE POLICY officer_insert ON access_event FOR INSERT TO gerbang_officer
    WITH CHECK (actor = (SELECT viewer.subject('OFFICER')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('OFFICER')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('OFFICER') AS own WHERE cardinality(own) = 1) AND actor_role = 'OFFICER' AND purpose IN ('CASEWORK') AND case_reference = (SELECT viewer.purpose_reference('OFFICER')));
GRANT EXECUTE ON FUNCTION viewer.people_found TO gerbang_officer;
GRANT INSERT (actor, actor_role, by, case_reference, found, found_applicant, id, mac, mac_key, purpose, sought, sought_key, trace_id) ON person_lookup TO gerbang_officer;
CREATE POLICY officer_insert ON person_lookup FOR INSERT TO gerbang_officer
    WITH CHECK (actor = (SELECT viewer.subject('OFFICER')) AND actor_role = 'OFFICER' AND purpose IN ('CASEWORK') AND case_reference = (SELECT viewer.purpose_reference('OFFICER')));
GRANT EXECUTE ON FUNCTION viewer.figure_evidence TO gerbang_officer;
GRANT EXECUTE ON FUNCTION viewer.admit_reads TO gerbang_officer;
GRANT EXECUTE ON FUNCTION viewer.admit_lookup TO gerbang_officer;
GRANT EXECUTE ON FUNCTION viewer.count_endings TO gerbang_officer;
GRANT EXECUTE ON FUNCTION viewer.raise_tampering TO gerbang_officer;
GRANT EXECUTE ON FUNCTION viewer.figures_complete_from TO gerbang_officer;
GRANT EXECUTE ON FUNCTION viewer.note_sign_in TO gerbang_officer;

-- SUPERVISOR
GRANT USAGE ON SCHEMA public, viewer TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_supervisor;
GRANT SELECT (actor, actor_role, applicant_id, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_supervisor;
GRANT SELECT (actor, actor_role, applicant_id, application_id, ban_id, close_reason, closed_at, closed_by, complaint_id, id, inquiry_id, is_open, kind, number, raised_at, written_in) ON alert TO gerbang_supervisor;
GRANT SELECT (erased_at, id, nationality_code) ON applicant TO gerbang_supervisor;
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, entry_on, extends_visa_number, fee_idr, group_reference, guardian_kind, hand_in_by, has_open_hit, id, is_assigned, is_held, is_linked, is_referred, is_urgent, is_visa_held, left_partner_at, nationality_code, officer, paid_at, partner_code, pay_by, received_at, reference, stage, status, submitted_at, successor_centre_code, supervisor, target_due_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_supervisor;
GRANT SELECT (application_id, id, kind, written_in) ON application_change TO gerbang_supervisor;
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_supervisor;
GRANT SELECT (application_id, assigned_at, assigned_by, ended_at, ended_by, id, officer, reason, role) ON assignment TO gerbang_supervisor;
GRANT SELECT (approved_at, approved_by, banned_from, banned_until, ground, id, proposed_at, proposed_by, reason, reference, reject_reason, rejected_at, rejected_by, state, withdrawal_proposed_at, withdrawal_proposed_by, withdrawal_reason, withdrawn_at, withdrawn_by) ON ban_entry TO gerbang_supervisor;
GRANT SELECT (application_id, ban_id, by, ended_at, found_at, id) ON ban_match TO gerbang_supervisor;
GRANT SELECT (ban_id, birth_date, full_name, issuing_state, passport_number, sealed) ON banned_person TO gerbang_supervisor;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_supervisor;
GRANT SELECT (approved_at, approved_by, ends_at, id, minutes, most_people, proposed_at, proposed_by, reason, role, seen, viewer) ON budget_exception TO gerbang_supervisor;
GRANT SELECT (application_id, kind, recorded_at, recorded_by) ON case_document TO gerbang_supervisor;
GRANT SELECT (applicant_id, application_id, as_text, author, id, sealed, written_at) ON case_note TO gerbang_supervisor;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_supervisor;
GRANT SELECT (answered_at, answered_by, answered_role, application_id, centre_code, country_code, due_at, entrusted_at, entrusted_to, id, is_open, kind, lodged_at, partner_code, reference, sorted_at) ON complaint TO gerbang_supervisor;
GRANT SELECT (answer, complaint, complaint_id, sealed) ON complaint_text TO gerbang_supervisor;
GRANT SELECT (application_id, approved_at, approved_by, closed_at, closed_by, id, proposed_at, proposed_by, proposed_role, reason, state, version) ON correction TO gerbang_supervisor;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_supervisor;
GRANT SELECT (crossed_at, direction, id, matched_at, port, report_key, reported_at, reported_by, visa_number) ON crossing TO gerbang_supervisor;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_supervisor;
GRANT SELECT (application_id, conditions, decided_at, grant_rule_code, grounds, id, internal_note, officer, outcome, supersedes_id) ON decision TO gerbang_supervisor;
GRANT SELECT (applicant_id, content, sealed, upload_id) ON document_content TO gerbang_supervisor;
GRANT SELECT (application_id, completed_at, id, kind, locator, media_type, registered_sha256, replaced_at, requested_by, sent_at, sha256, size, state) ON document_upload TO gerbang_supervisor;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_supervisor;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_supervisor;
GRANT SELECT (applicant_id, cause, copies_end_at, erased_at, id, index_removed_at, keys_deleted_at, ordered_at) ON erasure TO gerbang_supervisor;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_supervisor;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_supervisor;
GRANT SELECT (application_id, billing_code, due_at, id, issued_at, paid_at, receipt_number, renewed_at, reversal_number, reversed_at) ON former_bill TO gerbang_supervisor;
GRANT SELECT (application_id, checked_at, is_decided_twice, rule_code, unmet, verdict) ON grant_check TO gerbang_supervisor;
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_supervisor;
GRANT SELECT (reason, rule_code, stopped_at, stopped_by) ON grant_rule_stop TO gerbang_supervisor;
GRANT SELECT (applicant_id, application_id, city, id, kind, name, postal_code, province, registration_number, sealed, street, valid_from, valid_until) ON guarantor TO gerbang_supervisor;
GRANT SELECT (applicant_id, application_id, consented_at, id, kind, name, phone, relation, sealed, valid_from, valid_until) ON guardian TO gerbang_supervisor;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_supervisor;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, versions) ON identity TO gerbang_supervisor;
GRANT SELECT (applicant_id, birth_date, email, full_name, nationality_code, number, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, valid_from, valid_until, versions, written_at) ON identity_version TO gerbang_supervisor;
GRANT SELECT (approved_at, approved_by, ends_at, id, is_open, is_reviewed, lapsed_at, minutes, most_people, opened_at, opened_by, reason, reference, review_due_at, review_reason, reviewed_at, reviewed_by, seen, verdict) ON inquiry TO gerbang_supervisor;
GRANT SELECT (applicant_id, id, opened_at, reference) ON inquiry_person TO gerbang_supervisor;
GRANT SELECT (applicant_id, application_id, as_text, sealed) ON intention_answer TO gerbang_supervisor;
GRANT SELECT (applicant_id, application_id, as_country, as_day, as_text, city, item_id, postal_code, province, sealed, street) ON item_answer TO gerbang_supervisor;
GRANT SELECT (application_id, held_at, held_by, id, reason, release_reason, released_at, released_by) ON legal_hold TO gerbang_supervisor;
GRANT SELECT (centre_code, country_code, ends_at, id, is_ended, language, mailed_at, occasion, partner_code, renewed_at, role, subject, subscribed_at, visa_type_code) ON mail_subscription TO gerbang_supervisor;
GRANT SELECT (author, country_code, id, month, partner_code, removed_at, text, written_at) ON month_note TO gerbang_supervisor;
GRANT SELECT (applicant_id, crossed_at, direction, id, port, visa_number) ON movement TO gerbang_supervisor;
GRANT SELECT (began_on, code, country_code, ended_on, kind, was_screening_out) ON named_event TO gerbang_supervisor;
GRANT SELECT (code, name) ON partner TO gerbang_supervisor;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_supervisor;
GRANT SELECT (applicant_id, last_four) ON passport_ending TO gerbang_supervisor;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_supervisor;
GRANT SELECT (applicant_id, found_at, id, linked_id, reason, resolution, resolved_at, resolved_by, state) ON person_link TO gerbang_supervisor;
GRANT SELECT (actor, actor_role, by, case_reference, found, id, occurred_at, purpose) ON person_lookup TO gerbang_supervisor;
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_supervisor;
GRANT SELECT (approved_at, approved_by, cancel_reason, cancelled_at, cancelled_by, decree, effective_on, id, kind, proposed_at, proposed_by, reason, state, subject) ON reference_change TO gerbang_supervisor;
GRANT SELECT (after, before, change_id, kind, line, name, place) ON reference_change_value TO gerbang_supervisor;
GRANT SELECT (announced_at, announced_by, answered_at, answered_by, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_supervisor;
GRANT SELECT (answered_at, answered_by, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_supervisor;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_supervisor;
GRANT SELECT (id, name, page, query, removed_at, saved_at, subject) ON saved_view TO gerbang_supervisor;
GRANT SELECT (answered_at, answered_by, application_id, ban_id, confirmed_by, id, kind, list_version, proposed, proposed_by, reason, referral_note, referral_reason, requested_at, result, rule_version, voided_at) ON screening TO gerbang_supervisor;
GRANT SELECT (asked_at, asked_by, completed_at, id, list_version, rule_version) ON screening_replay TO gerbang_supervisor;
GRANT SELECT (application_id, found_at, id, list_version, replay_id, rule_version) ON screening_replay_candidate TO gerbang_supervisor;
GRANT SELECT (candidates, files, id, list_version, replay_id, rule_version, unread) ON screening_replay_line TO gerbang_supervisor;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_supervisor;
GRANT SELECT (confirmed_at, departed_on, entered_on, id, is_used, overstays_at, presence, stay_until, visa_number) ON stay TO gerbang_supervisor;
GRANT SELECT (confirmed_at, confirmed_by, ends_at, id, lift_proposed_at, lift_proposed_by, lift_reason, lifted_at, lifted_by, partner_code, reason, subject, suspended_at, suspended_by) ON suspension TO gerbang_supervisor;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_supervisor;
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_supervisor;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_supervisor;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_supervisor;
GRANT SELECT (id, written_in) ON volume_change TO gerbang_supervisor;
GRANT SELECT (application_id, conditions, decided_at, grounds, internal_note, officer, outcome) ON withheld_decision TO gerbang_supervisor;
CREATE POLICY supervisor_select ON application_change FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON application FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON visa_type FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON eligibility FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON required_document FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON passport_rule FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON extension_rule FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON handling_rule FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON fee FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON service_target FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON grant_rule FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON grant_rule_stop FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON visa FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON stay FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON country FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON entry_rule FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON partner FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON partner_country FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON centre FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON bill FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN bill.family_id IS NULL ELSE false END);
CREATE POLICY supervisor_select ON document_upload FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN document_upload.sent_at <= now() AND document_upload.replaced_at IS NULL ELSE false END);
CREATE POLICY supervisor_select ON document_content FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN EXISTS (SELECT FROM document_upload AS by_1 WHERE by_1.id = document_content.upload_id AND by_1.completed_at <= now() AND by_1.replaced_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND by_2.reference = (SELECT viewer.purpose_reference('SUPERVISOR')))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON case_document FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON requested_item FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON item_answer FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = item_answer.application_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON refusal_intention FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON intention_answer FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = intention_answer.application_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON application_event FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON applicant FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON erasure FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON identity FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))) OR EXISTS (SELECT FROM inquiry_person AS by_1 WHERE by_1.applicant_id = identity.applicant_id AND EXISTS (SELECT FROM inquiry AS by_2 WHERE by_2.reference = by_1.reference AND by_2.reference = (SELECT viewer.purpose_reference('SUPERVISOR')) AND by_2.opened_by = (SELECT viewer.subject('SUPERVISOR')) AND by_2.ends_at > now()))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON identity_version FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity_version.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))) OR EXISTS (SELECT FROM inquiry_person AS by_1 WHERE by_1.applicant_id = identity_version.applicant_id AND EXISTS (SELECT FROM inquiry AS by_2 WHERE by_2.reference = by_1.reference AND by_2.reference = (SELECT viewer.purpose_reference('SUPERVISOR')) AND by_2.opened_by = (SELECT viewer.subject('SUPERVISOR')) AND by_2.ends_at > now()))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON movement FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = movement.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))) OR EXISTS (SELECT FROM inquiry_person AS by_1 WHERE by_1.applicant_id = movement.applicant_id AND EXISTS (SELECT FROM inquiry AS by_2 WHERE by_2.reference = by_1.reference AND by_2.reference = (SELECT viewer.purpose_reference('SUPERVISOR')) AND by_2.opened_by = (SELECT viewer.subject('SUPERVISOR')) AND by_2.ends_at > now()))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON access_event FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN (access_event.actor = (SELECT viewer.subject('SUPERVISOR')) OR EXISTS (SELECT FROM inquiry AS by_1 WHERE by_1.reference = access_event.case_reference AND by_1.ends_at <= now() AND by_1.reviewed_at IS NULL)) ELSE false END);
CREATE POLICY supervisor_select ON person_link FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON grant_check FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON withheld_decision FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON decision FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON assignment FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON correction FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON guarantor FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = guarantor.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))) OR EXISTS (SELECT FROM inquiry_person AS by_1 WHERE by_1.applicant_id = guarantor.applicant_id AND EXISTS (SELECT FROM inquiry AS by_2 WHERE by_2.reference = by_1.reference AND by_2.reference = (SELECT viewer.purpose_reference('SUPERVISOR')) AND by_2.opened_by = (SELECT viewer.subject('SUPERVISOR')) AND by_2.ends_at > now()))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON guardian FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = guardian.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))) OR EXISTS (SELECT FROM inquiry_person AS by_1 WHERE by_1.applicant_id = guardian.applicant_id AND EXISTS (SELECT FROM inquiry AS by_2 WHERE by_2.reference = by_1.reference AND by_2.reference = (SELECT viewer.purpose_reference('SUPERVISOR')) AND by_2.opened_by = (SELECT viewer.subject('SUPERVISOR')) AND by_2.ends_at > now()))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON case_note FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = case_note.application_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON legal_hold FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON volume_change FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON alert FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN alert.actor <> (SELECT viewer.subject('SUPERVISOR')) AND (alert.complaint_id IS NULL OR EXISTS (SELECT FROM complaint AS by_1 WHERE by_1.id = alert.complaint_id AND (by_1.kind NOT IN ('UNSORTED', 'INTEGRITY') OR by_1.entrusted_to = (SELECT viewer.subject('SUPERVISOR'))))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON inquiry FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON inquiry_person FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN EXISTS (SELECT FROM inquiry AS by_1 WHERE by_1.reference = inquiry_person.reference AND (by_1.opened_by = (SELECT viewer.subject('SUPERVISOR')) OR by_1.ends_at <= now() AND by_1.reviewed_at IS NULL)) ELSE false END);
CREATE POLICY supervisor_select ON budget_exception FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON ban_entry FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON banned_person FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (EXISTS (SELECT FROM ban_entry AS by_1 WHERE by_1.id = banned_person.ban_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))) OR EXISTS (SELECT FROM ban_match AS by_1 WHERE by_1.ban_id = banned_person.ban_id AND by_1.ended_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND by_2.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON complaint FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN (complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') OR complaint.entrusted_to = (SELECT viewer.subject('SUPERVISOR'))) ELSE false END);
CREATE POLICY supervisor_select ON complaint_text FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN EXISTS (SELECT FROM complaint AS by_1 WHERE by_1.id = complaint_text.complaint_id AND by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR')) AND (by_1.kind NOT IN ('UNSORTED', 'INTEGRITY') OR by_1.entrusted_to = (SELECT viewer.subject('SUPERVISOR')))) THEN true ELSE false END);
CREATE POLICY supervisor_select ON screening FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON ban_match FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN ban_match.ended_at IS NULL ELSE false END);
CREATE POLICY supervisor_select ON day_off FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON visa_key FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON taken_back_list FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON pool FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON former_bill FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON crossing FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN crossing.matched_at IS NULL ELSE false END);
CREATE POLICY supervisor_select ON screening_replay FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON screening_replay_line FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON screening_replay_candidate FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON suspension FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON mail_subscription FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN mail_subscription.subject = (SELECT viewer.subject('SUPERVISOR')) THEN true ELSE false END);
CREATE POLICY supervisor_select ON saved_view FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN saved_view.subject = (SELECT viewer.subject('SUPERVISOR')) AND saved_view.removed_at IS NULL THEN true ELSE false END);
CREATE POLICY supervisor_select ON month_note FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN month_note.removed_at IS NULL ELSE false END);
CREATE POLICY supervisor_select ON reference_change FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON reference_change_value FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON named_event FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON person_lookup FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN (person_lookup.actor = (SELECT viewer.subject('SUPERVISOR')) OR EXISTS (SELECT FROM inquiry AS by_1 WHERE by_1.reference = person_lookup.case_reference AND by_1.ends_at <= now() AND by_1.reviewed_at IS NULL)) ELSE false END);
CREATE POLICY supervisor_select ON passport_ending FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_supervisor;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_yearly FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, overturned, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_type FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, channel, clock, ranks, starts_on, visa_type_code) ON volume_monthly_type_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_type_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_centre TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_centre FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, centre_code, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_centre_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_centre_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type_place TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_type_place FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, centre_code, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_place_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_type_place_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_nationality FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_monthly_nationality_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_nationality_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, centre_code, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, overturned, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily_type TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily_type FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, channel, clock, ranks, starts_on, visa_type_code) ON volume_daily_type_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily_type_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_daily_place TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily_place FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_daily_place_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily_place_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_daily_nationality TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily_nationality FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_daily_nationality_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily_nationality_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, partner_code, refused, revenue_idr, starts_on, trip_purpose, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_daily_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_age FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_age_detailed TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_age_detailed FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (ground, refused, starts_on) ON volume_ground TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_ground FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (held, referred, starts_on) ON volume_referral TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_referral FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (by_rule, decided_twice, differing, sample_granted, sample_refused, starts_on, visa_type_code) ON volume_rule TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_rule FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (broken_down_by, code, extensions, in_country_change, overstay_change, starts_on, unused) ON volume_monthly_stay TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_stay FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (broken_down_by, code, extensions, in_country_change, overstay_change, starts_on, unused) ON volume_stay TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_stay FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (country_code, kind, lodged, partner_code, starts_on) ON volume_complaint TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_complaint FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN volume_complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') ELSE false END);
GRANT SELECT (given_back, given_back_after_reading, granted, officer, refused, starts_on, visa_type_code) ON volume_monthly_officer TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_officer FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (given_back, given_back_after_reading, granted, officer, refused, starts_on, visa_type_code) ON volume_officer TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_officer FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (written_at) ON volume_outbox TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_outbox FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (day) ON volume_aged_until TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_aged_until FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (data, version) ON data_version TO gerbang_supervisor;
CREATE POLICY supervisor_select ON data_version FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT INSERT (actor, actor_country_code, actor_partner_code, actor_role, applicant_id, case_reference, fields, id, mac, mac_key, purpose, trace_id) ON access_event TO gerbang_supervisor;
CREATE POLICY supervisor_insert ON access_event FOR INSERT TO gerbang_supervisor
    WITH CHECK (actor = (SELECT viewer.subject('SUPERVISOR')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('SUPERVISOR')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('SUPERVISOR') AS own WHERE cardinality(own) = 1) AND actor_role = 'SUPERVISOR' AND purpose IN ('CASEWORK', 'SUPERVISION') AND case_reference = (SELECT viewer.purpose_reference('SUPERVISOR')));
GRANT EXECUTE ON FUNCTION viewer.people_found TO gerbang_supervisor;
GRANT INSERT (actor, actor_role, by, case_reference, found, found_applicant, id, mac, mac_key, purpose, sought, sought_key, trace_id) ON person_lookup TO gerbang_supervisor;
CREATE POLICY supervisor_insert ON person_lookup FOR INSERT TO gerbang_supervisor
    WITH CHECK (actor = (SELECT viewer.subject('SUPERVISOR')) AND actor_role = 'SUPERVISOR' AND purpose IN ('CASEWORK', 'SUPERVISION') AND case_reference = (SELECT viewer.purpose_reference('SUPERVISOR')));
GRANT INSERT (actor, actor_role, ban_id, case_reference, fields, id, mac, mac_key, purpose, trace_id) ON ban_read TO gerbang_supervisor;
CREATE POLICY supervisor_insert ON ban_read FOR INSERT TO gerbang_supervisor
    WITH CHECK (actor = (SELECT viewer.subject('SUPERVISOR')) AND actor_role = 'SUPERVISOR' AND purpose IN ('CASEWORK', 'SUPERVISION') AND case_reference = (SELECT viewer.purpose_reference('SUPERVISOR')));
GRANT INSERT (actor, actor_role, case_reference, complaint_id, fields, id, mac, mac_key, purpose, trace_id) ON complaint_read TO gerbang_supervisor;
CREATE POLICY supervisor_insert ON complaint_read FOR INSERT TO gerbang_supervisor
    WITH CHECK (actor = (SELECT viewer.subject('SUPERVISOR')) AND actor_role = 'SUPERVISOR' AND purpose IN ('COMPLAINT') AND case_reference = (SELECT viewer.purpose_reference('SUPERVISOR')));
GRANT EXECUTE ON FUNCTION viewer.people_read TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.people_counted TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.figure_evidence TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.links_counted TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.closing_places TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.admit_reads TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.admit_lookup TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.count_endings TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.admit_to_inquiry TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.raise_tampering TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.figures_complete_from TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.note_sign_in TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.visa_is_held TO gerbang_supervisor;

-- PARTNER_MANAGER
GRANT USAGE ON SCHEMA public, viewer TO gerbang_partner_manager;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_partner_manager;
GRANT SELECT (actor, actor_country_code, actor_partner_code, actor_role, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_partner_manager;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_partner_manager;
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, entry_on, fee_idr, group_reference, hand_in_by, holder_country_code, holder_partner_code, id, left_partner_at, nationality_code, paid_at, partner_code, pay_by, received_at, reference, stage, submitted_at, successor_centre_code, target_due_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_partner_manager;
GRANT SELECT (application_id, changed, id, written_in) ON application_change TO gerbang_partner_manager;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_fee_idr, issued_at, paid_at, paid_under, receipt_number, reversed_at) ON bill TO gerbang_partner_manager;
GRANT SELECT (application_id, kind, recorded_at) ON case_document TO gerbang_partner_manager;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_partner_manager;
GRANT SELECT (answered_at, answered_role, application_id, centre_code, country_code, due_at, id, is_open, kind, lodged_at, partner_code, reference, sorted_at) ON complaint TO gerbang_partner_manager;
GRANT SELECT (answer, complaint, complaint_id, sealed) ON complaint_text TO gerbang_partner_manager;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_partner_manager;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_partner_manager;
GRANT SELECT (application_id, completed_at, id, kind, media_type, replaced_at, sent_at, size, state) ON document_upload TO gerbang_partner_manager;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_partner_manager;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_partner_manager;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_partner_manager;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_partner_manager;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_partner_manager;
GRANT SELECT (centre_code, country_code, ends_at, id, is_ended, language, mailed_at, occasion, partner_code, renewed_at, role, subject, subscribed_at, visa_type_code) ON mail_subscription TO gerbang_partner_manager;
GRANT SELECT (author, country_code, id, month, partner_code, removed_at, text, written_at) ON month_note TO gerbang_partner_manager;
GRANT SELECT (began_on, code, country_code, ended_on, kind) ON named_event TO gerbang_partner_manager;
GRANT SELECT (code, name) ON partner TO gerbang_partner_manager;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_partner_manager;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_partner_manager;
GRANT SELECT (announced_at, answered_at, application_id, ended_at) ON refusal_intention TO gerbang_partner_manager;
GRANT SELECT (answered_at, application_id, id, kind, requested_at) ON requested_item TO gerbang_partner_manager;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_partner_manager;
GRANT SELECT (id, name, page, query, removed_at, saved_at, subject) ON saved_view TO gerbang_partner_manager;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_partner_manager;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_partner_manager;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_partner_manager;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_partner_manager;
GRANT SELECT (changed, country_code, id, partner_code, written_in) ON volume_change TO gerbang_partner_manager;
GRANT SELECT (delivered_at, disabled_at, endpoint_id, failing_since, failure, failures, last_number) ON webhook_delivery TO gerbang_partner_manager;
GRANT SELECT (approved_at, approved_by, country_code, id, partner_code, paused_at, paused_by, registered_at, registered_by, removed_at, removed_by, resumed_at, secret_at, state, url) ON webhook_endpoint TO gerbang_partner_manager;
GRANT SELECT (application_id, attempts, endpoint_id, failure, id, number, settled_at, stage, state, written_at) ON webhook_notice TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON application_change FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN application_change.changed NOT IN ('HOLD', 'STATUS', 'DECISION') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON application FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND application.left_partner_at IS NULL AND application.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON visa_type FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON eligibility FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON required_document FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON passport_rule FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON extension_rule FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON handling_rule FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON fee FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON service_target FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON country FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON entry_rule FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON partner FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN partner.code = (SELECT viewer.partner('PARTNER_MANAGER')) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON partner_country FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN partner_country.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND partner_country.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON centre FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN centre.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND centre.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON bill FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = bill.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON document_upload FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN document_upload.sent_at <= now() AND document_upload.replaced_at IS NULL AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = document_upload.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON case_document FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = case_document.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON requested_item FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = requested_item.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON refusal_intention FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = refusal_intention.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON applicant FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = applicant.id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON access_event FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN access_event.actor_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND access_event.actor_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON volume_change FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_change.changed NOT IN ('OUTCOMES') AND volume_change.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_change.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON complaint FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') AND complaint.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND complaint.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON complaint_text FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN EXISTS (SELECT FROM complaint AS by_1 WHERE by_1.id = complaint_text.complaint_id AND by_1.reference = (SELECT viewer.purpose_reference('PARTNER_MANAGER')) AND by_1.kind NOT IN ('UNSORTED', 'INTEGRITY') AND by_1.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON day_off FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON visa_key FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON taken_back_list FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
CREATE POLICY partner_manager_select ON mail_subscription FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_MANAGER')) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON webhook_endpoint FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN webhook_endpoint.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND webhook_endpoint.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON webhook_delivery FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN EXISTS (SELECT FROM webhook_endpoint AS by_1 WHERE by_1.id = webhook_delivery.endpoint_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON webhook_notice FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN EXISTS (SELECT FROM webhook_endpoint AS by_1 WHERE by_1.id = webhook_notice.endpoint_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON saved_view FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN saved_view.subject = (SELECT viewer.subject('PARTNER_MANAGER')) AND saved_view.removed_at IS NULL THEN true ELSE false END);
CREATE POLICY partner_manager_select ON month_note FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN month_note.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND month_note.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) AND month_note.removed_at IS NULL THEN true ELSE false END);
CREATE POLICY partner_manager_select ON named_event FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN (named_event.country_code IS NULL OR named_event.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_partner_manager;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_yearly FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_yearly.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_yearly.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_centre TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_centre FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_centre.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_centre.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, centre_code, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_centre_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_centre_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_centre_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_centre_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type_place TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_type_place FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_type_place.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_type_place.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, centre_code, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_place_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_type_place_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_type_place_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_type_place_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, nationality_code, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_nationality_place.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_nationality_place.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, centre_code, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_nationality_place_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_nationality_place_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_daily_place TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_daily_place FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_daily_place.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_daily_place.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_daily_place_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_daily_place_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_daily_place_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_daily_place_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, nationality_code, partner_code, revenue_idr, starts_on, trip_purpose, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_daily FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_daily.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_daily.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_daily_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_daily_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_daily_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_daily_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (broken_down_by, code, country_code, granted, partner_code, refused, starts_on) ON volume_outcome TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_outcome FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_outcome.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_outcome.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END AND volume_outcome.starts_on < date_trunc('month', wib_day(now())::timestamp));
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_age FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_age.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_age.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_age_detailed TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_age_detailed FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_age_detailed.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_age_detailed.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (country_code, kind, lodged, partner_code, starts_on) ON volume_complaint TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_complaint FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') AND volume_complaint.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_complaint.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (written_at) ON volume_outbox TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_outbox FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (day) ON volume_aged_until TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_aged_until FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (data, version) ON data_version TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON data_version FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (country_code, decisions, dimension_set, edition, intake, nationality_code, period, refusal_rate, refusal_rate_below, refused, refused_below, region, starts_on, target_rate, turnaround_adjusted_p50, turnaround_adjusted_p90, turnaround_p50, turnaround_p90, visa_type_code) ON volume_published TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_published FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (edition, period, published_at, starts_on) ON volume_edition TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_edition FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT INSERT (actor, actor_role, case_reference, complaint_id, fields, id, mac, mac_key, purpose, trace_id) ON complaint_read TO gerbang_partner_manager;
CREATE POLICY partner_manager_insert ON complaint_read FOR INSERT TO gerbang_partner_manager
    WITH CHECK (actor = (SELECT viewer.subject('PARTNER_MANAGER')) AND actor_role = 'PARTNER_MANAGER' AND purpose IN ('COMPLAINT') AND case_reference = (SELECT viewer.purpose_reference('PARTNER_MANAGER')));
GRANT EXECUTE ON FUNCTION viewer.figure_evidence TO gerbang_partner_manager;
GRANT EXECUTE ON FUNCTION viewer.admit_reads TO gerbang_partner_manager;
GRANT EXECUTE ON FUNCTION viewer.raise_tampering TO gerbang_partner_manager;
GRANT EXECUTE ON FUNCTION viewer.figures_complete_from TO gerbang_partner_manager;
GRANT EXECUTE ON FUNCTION viewer.note_sign_in TO gerbang_partner_manager;
GRANT EXECUTE ON FUNCTION viewer.network_outcomes TO gerbang_partner_manager;

-- PARTNER_AGENT
GRANT USAGE ON SCHEMA public, viewer TO gerbang_partner_agent;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_partner_agent;
GRANT SELECT (actor, actor_role, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_partner_agent;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_partner_agent;
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, entry_on, fee_idr, group_reference, hand_in_by, holder_partner_code, holder_place, id, left_partner_at, nationality_code, paid_at, partner_code, pay_by, received_at, reference, stage, submitted_at, successor_centre_code, target_due_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_partner_agent;
GRANT SELECT (application_id, changed, id, written_in) ON application_change TO gerbang_partner_agent;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_fee_idr, issued_at, paid_at, paid_under, receipt_number, reversed_at) ON bill TO gerbang_partner_agent;
GRANT SELECT (application_id, kind, recorded_at) ON case_document TO gerbang_partner_agent;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_partner_agent;
GRANT SELECT (application_id, closed_at, id, proposed_at, proposed_role, reason, state, version) ON correction TO gerbang_partner_agent;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_partner_agent;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_partner_agent;
GRANT SELECT (application_id, conditions, decided_at, id, is_incomplete, outcome) ON decision TO gerbang_partner_agent;
GRANT SELECT (applicant_id, content, sealed, upload_id) ON document_content TO gerbang_partner_agent;
GRANT SELECT (application_id, completed_at, expires_at, id, kind, media_type, replaced_at, size, state) ON document_upload TO gerbang_partner_agent;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_partner_agent;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_partner_agent;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_partner_agent;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_partner_agent;
GRANT SELECT (applicant_id, application_id, city, id, kind, name, postal_code, province, registration_number, sealed, street, valid_from, valid_until) ON guarantor TO gerbang_partner_agent;
GRANT SELECT (applicant_id, application_id, consented_at, id, kind, name, phone, relation, sealed, valid_from, valid_until) ON guardian TO gerbang_partner_agent;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_partner_agent;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, versions) ON identity TO gerbang_partner_agent;
GRANT SELECT (applicant_id, birth_date, email, full_name, nationality_code, number, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, valid_from, valid_until, versions, written_at) ON identity_version TO gerbang_partner_agent;
GRANT SELECT (applicant_id, application_id, as_text, sealed) ON intention_answer TO gerbang_partner_agent;
GRANT SELECT (applicant_id, application_id, as_country, as_day, as_text, city, item_id, postal_code, province, sealed, street) ON item_answer TO gerbang_partner_agent;
GRANT SELECT (centre_code, country_code, ends_at, id, is_ended, language, mailed_at, occasion, partner_code, renewed_at, role, subject, subscribed_at, visa_type_code) ON mail_subscription TO gerbang_partner_agent;
GRANT SELECT (author, country_code, id, month, partner_code, removed_at, text, written_at) ON month_note TO gerbang_partner_agent;
GRANT SELECT (began_on, code, country_code, ended_on, kind) ON named_event TO gerbang_partner_agent;
GRANT SELECT (code, name) ON partner TO gerbang_partner_agent;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_partner_agent;
GRANT SELECT (applicant_id, last_four) ON passport_ending TO gerbang_partner_agent;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_partner_agent;
GRANT SELECT (announced_at, answered_at, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_partner_agent;
GRANT SELECT (answered_at, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_partner_agent;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_partner_agent;
GRANT SELECT (id, name, page, query, removed_at, saved_at, subject) ON saved_view TO gerbang_partner_agent;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_partner_agent;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_partner_agent;
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_partner_agent;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_partner_agent;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON application_change FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN (application_change.changed NOT IN ('HOLD', 'STATUS', 'DECISION') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[])) OR application_change.changed NOT IN ('HOLD', 'STATUS') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_1.closed_at > now() - interval '30 days')) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON application FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND application.left_partner_at IS NULL AND application.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON visa_type FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON eligibility FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON required_document FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON passport_rule FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON extension_rule FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON handling_rule FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON fee FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON service_target FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON visa FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN visa.superseded_at IS NULL AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = visa.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_1.closed_at > now() - interval '30 days') THEN true ELSE false END);
CREATE POLICY partner_agent_select ON country FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON entry_rule FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON partner FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN partner.code = (SELECT viewer.partner('PARTNER_AGENT')) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON partner_country FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN partner_country.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND partner_country.country_code = ANY ((SELECT viewer.countries('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON centre FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN centre.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND centre.code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON bill FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = bill.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON document_upload FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN document_upload.replaced_at IS NULL AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = document_upload.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON document_content FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM document_upload AS by_1 WHERE by_1.id = document_content.upload_id AND by_1.completed_at <= now() AND by_1.replaced_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND (by_2.reference = (SELECT viewer.purpose_reference('PARTNER_AGENT')) OR (SELECT viewer.purpose_reference('PARTNER_AGENT')) IS NULL) AND by_2.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_2.left_partner_at IS NULL AND by_2.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_2.received_at IS NULL AND by_2.closed_at IS NULL)) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON case_document FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = case_document.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON requested_item FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = requested_item.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON item_answer FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = item_answer.application_id AND (by_1.reference = (SELECT viewer.purpose_reference('PARTNER_AGENT')) OR (SELECT viewer.purpose_reference('PARTNER_AGENT')) IS NULL) AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_1.received_at IS NULL AND by_1.closed_at IS NULL) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON refusal_intention FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = refusal_intention.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON intention_answer FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = intention_answer.application_id AND (by_1.reference = (SELECT viewer.purpose_reference('PARTNER_AGENT')) OR (SELECT viewer.purpose_reference('PARTNER_AGENT')) IS NULL) AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_1.received_at IS NULL AND by_1.closed_at IS NULL) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON applicant FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = applicant.id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON identity FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity.applicant_id AND (by_1.reference = (SELECT viewer.purpose_reference('PARTNER_AGENT')) OR (SELECT viewer.purpose_reference('PARTNER_AGENT')) IS NULL) AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_1.received_at IS NULL AND by_1.closed_at IS NULL) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON identity_version FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity_version.applicant_id AND (by_1.reference = (SELECT viewer.purpose_reference('PARTNER_AGENT')) OR (SELECT viewer.purpose_reference('PARTNER_AGENT')) IS NULL) AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_1.received_at IS NULL AND by_1.closed_at IS NULL) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON access_event FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN access_event.actor = (SELECT viewer.subject('PARTNER_AGENT')) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON decision FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = decision.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_1.closed_at > now() - interval '30 days') THEN true ELSE false END);
CREATE POLICY partner_agent_select ON correction FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = correction.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND (by_1.closed_at IS NULL OR by_1.closed_at > now() - interval '30 days')) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON guarantor FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = guarantor.applicant_id AND (by_1.reference = (SELECT viewer.purpose_reference('PARTNER_AGENT')) OR (SELECT viewer.purpose_reference('PARTNER_AGENT')) IS NULL) AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_1.received_at IS NULL AND by_1.closed_at IS NULL) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON guardian FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = guardian.applicant_id AND (by_1.reference = (SELECT viewer.purpose_reference('PARTNER_AGENT')) OR (SELECT viewer.purpose_reference('PARTNER_AGENT')) IS NULL) AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) AND by_1.received_at IS NULL AND by_1.closed_at IS NULL) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON day_off FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON visa_key FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON taken_back_list FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON mail_subscription FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_AGENT')) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON saved_view FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN saved_view.subject = (SELECT viewer.subject('PARTNER_AGENT')) AND saved_view.removed_at IS NULL THEN true ELSE false END);
CREATE POLICY partner_agent_select ON month_note FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN month_note.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND month_note.country_code = ANY ((SELECT viewer.countries('PARTNER_AGENT'))::text[]) AND month_note.removed_at IS NULL THEN true ELSE false END);
CREATE POLICY partner_agent_select ON named_event FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN (named_event.country_code IS NULL OR named_event.country_code = ANY ((SELECT viewer.countries('PARTNER_AGENT'))::text[])) ELSE false END);
CREATE POLICY partner_agent_select ON passport_ending FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = passport_ending.applicant_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.left_partner_at IS NULL AND by_1.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[])) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_partner_agent;
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_centre TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_monthly_centre FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_monthly_centre.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_monthly_centre.centre_code, volume_monthly_centre.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, centre_code, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_centre_duration TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_monthly_centre_duration FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_monthly_centre_duration.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_monthly_centre_duration.centre_code, volume_monthly_centre_duration.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type_place TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_monthly_type_place FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_monthly_type_place.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_monthly_type_place.centre_code, volume_monthly_type_place.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, centre_code, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_place_duration TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_monthly_type_place_duration FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_monthly_type_place_duration.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_monthly_type_place_duration.centre_code, volume_monthly_type_place_duration.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, nationality_code, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_monthly_nationality_place.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_monthly_nationality_place.centre_code, volume_monthly_nationality_place.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, centre_code, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_monthly_nationality_place_duration.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_monthly_nationality_place_duration.centre_code, volume_monthly_nationality_place_duration.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, nationality_code, partner_code, revenue_idr, starts_on, trip_purpose, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_daily FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_daily.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_daily.centre_code, volume_daily.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_daily_duration TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_daily_duration FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_daily_duration.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_daily_duration.centre_code, volume_daily_duration.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (broken_down_by, centre_code, code, country_code, granted, partner_code, refused, starts_on) ON volume_outcome_place TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_outcome_place FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_outcome_place.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_outcome_place.centre_code, volume_outcome_place.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END AND volume_outcome_place.starts_on < date_trunc('month', wib_day(now())::timestamp));
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_age_detailed TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_age_detailed FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_age_detailed.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND coalesce(volume_age_detailed.centre_code, volume_age_detailed.country_code) = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (written_at) ON volume_outbox TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_outbox FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (day) ON volume_aged_until TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_aged_until FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (data, version) ON data_version TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON data_version FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT INSERT (actor, actor_country_code, actor_partner_code, actor_role, applicant_id, case_reference, fields, id, mac, mac_key, purpose, trace_id) ON access_event TO gerbang_partner_agent;
CREATE POLICY partner_agent_insert ON access_event FOR INSERT TO gerbang_partner_agent
    WITH CHECK (actor = (SELECT viewer.subject('PARTNER_AGENT')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('PARTNER_AGENT')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('PARTNER_AGENT') AS own WHERE cardinality(own) = 1) AND actor_role = 'PARTNER_AGENT' AND purpose IN ('INTAKE') AND case_reference = coalesce((SELECT viewer.purpose_reference('PARTNER_AGENT')), 'INTAKE'));
GRANT EXECUTE ON FUNCTION viewer.figure_evidence TO gerbang_partner_agent;
GRANT EXECUTE ON FUNCTION viewer.admit_reads TO gerbang_partner_agent;
GRANT EXECUTE ON FUNCTION viewer.count_endings TO gerbang_partner_agent;
GRANT EXECUTE ON FUNCTION viewer.raise_tampering TO gerbang_partner_agent;
GRANT EXECUTE ON FUNCTION viewer.figures_complete_from TO gerbang_partner_agent;
GRANT EXECUTE ON FUNCTION viewer.note_sign_in TO gerbang_partner_agent;

-- AUDITOR
GRANT USAGE ON SCHEMA public, viewer TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_auditor;
GRANT SELECT (actor, actor_role, applicant_id, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_auditor;
GRANT SELECT (actor, actor_role, applicant_id, application_id, ban_id, close_reason, closed_at, closed_by, complaint_id, id, inquiry_id, is_open, kind, number, raised_at, written_in) ON alert TO gerbang_auditor;
GRANT SELECT (erased_at, id, nationality_code) ON applicant TO gerbang_auditor;
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, entry_on, extends_visa_number, fee_idr, group_reference, hand_in_by, id, is_assigned, is_linked, is_urgent, left_partner_at, nationality_code, officer, paid_at, partner_code, pay_by, received_at, reference, stage, status, submitted_at, successor_centre_code, target_due_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_auditor;
GRANT SELECT (application_id, changed, id, kind, written_in) ON application_change TO gerbang_auditor;
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_auditor;
GRANT SELECT (application_id, assigned_at, assigned_by, ended_at, ended_by, id, officer, reason) ON assignment TO gerbang_auditor;
GRANT SELECT (approved_at, approved_by, banned_from, banned_until, ground, id, proposed_at, proposed_by, reason, reference, reject_reason, rejected_at, rejected_by, state, withdrawal_proposed_at, withdrawal_proposed_by, withdrawal_reason, withdrawn_at, withdrawn_by) ON ban_entry TO gerbang_auditor;
GRANT SELECT (actor, actor_role, ban_id, case_reference, fields, id, occurred_at, purpose) ON ban_read TO gerbang_auditor;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_auditor;
GRANT SELECT (close_reason, closed_at, closed_by, description, due_at, id, institution_notice, institution_notified_at, institution_notified_by, is_open, notice_in_english, notice_in_indonesian, noticed_at, people_notice, people_notified, people_notified_at, people_notified_by, people_reached, recorded_at, recorded_by, viewer, window_before, window_from) ON breach TO gerbang_auditor;
GRANT SELECT (applicant_id, breach_id, fields, told_at) ON breach_notice TO gerbang_auditor;
GRANT SELECT (approved_at, approved_by, ends_at, id, minutes, most_people, proposed_at, proposed_by, reason, role, seen, viewer) ON budget_exception TO gerbang_auditor;
GRANT SELECT (application_id, kind, recorded_at, recorded_by) ON case_document TO gerbang_auditor;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_auditor;
GRANT SELECT (answered_at, answered_by, answered_role, application_id, centre_code, country_code, due_at, entrusted_at, entrusted_by, entrusted_to, id, is_open, kind, lodged_at, partner_code, reference, sorted_at, sorted_by) ON complaint TO gerbang_auditor;
GRANT SELECT (actor, actor_role, complaint_id, fields, id, occurred_at, purpose) ON complaint_read TO gerbang_auditor;
GRANT SELECT (answer, complaint, complaint_id, sealed) ON complaint_text TO gerbang_auditor;
GRANT SELECT (application_id, approved_at, approved_by, closed_at, closed_by, id, proposed_at, proposed_by, proposed_role, reason, state, version) ON correction TO gerbang_auditor;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_auditor;
GRANT SELECT (crossed_at, direction, id, matched_at, port, report_key, reported_at, reported_by, visa_number) ON crossing TO gerbang_auditor;
GRANT SELECT (answered_at, answered_by, applicant_id, due_at, id, kind, lodged_at, lodged_by, lodged_role, lookups_approved_by, lookups_compared_at, lookups_proposed_by, reason, reference, state) ON data_request TO gerbang_auditor;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_auditor;
GRANT SELECT (application_id, conditions, decided_at, grant_rule_code, grounds, id, internal_note, officer, outcome, supersedes_id) ON decision TO gerbang_auditor;
GRANT SELECT (application_id, completed_at, id, kind, locator, media_type, registered_sha256, replaced_at, requested_by, sent_at, sha256, size, state) ON document_upload TO gerbang_auditor;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_auditor;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_auditor;
GRANT SELECT (applicant_id, cause, copies_end_at, data_request_id, erased_at, id, index_removed_at, keys_deleted_at, ordered_at) ON erasure TO gerbang_auditor;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_auditor;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_auditor;
GRANT SELECT (application_id, billing_code, due_at, id, issued_at, paid_at, receipt_number, renewed_at, reversal_number, reversed_at) ON former_bill TO gerbang_auditor;
GRANT SELECT (application_id, checked_at, is_decided_twice, rule_code, unmet, verdict) ON grant_check TO gerbang_auditor;
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_auditor;
GRANT SELECT (reason, rule_code, stopped_at, stopped_by) ON grant_rule_stop TO gerbang_auditor;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_auditor;
GRANT SELECT (approved_at, approved_by, ends_at, id, is_open, is_reviewed, lapsed_at, minutes, most_people, opened_at, opened_by, reason, reference, review_due_at, review_reason, reviewed_at, reviewed_by, seen, verdict) ON inquiry TO gerbang_auditor;
GRANT SELECT (applicant_id, id, opened_at, reference) ON inquiry_person TO gerbang_auditor;
GRANT SELECT (from_key, id, keys, kind, occurred_at, operator, reason, subjects, to_key, used_for) ON key_operation TO gerbang_auditor;
GRANT SELECT (application_id, held_at, held_by, id, reason, release_reason, released_at, released_by) ON legal_hold TO gerbang_auditor;
GRANT SELECT (applicant_id, fields, id, read_at, reader, version) ON linker_read TO gerbang_auditor;
GRANT SELECT (centre_code, country_code, ends_at, id, is_ended, language, mailed_at, occasion, partner_code, renewed_at, role, subject, subscribed_at, visa_type_code) ON mail_subscription TO gerbang_auditor;
GRANT SELECT (author, country_code, id, month, partner_code, removed_at, text, written_at) ON month_note TO gerbang_auditor;
GRANT SELECT (began_on, code, country_code, ended_on, kind, was_screening_out) ON named_event TO gerbang_auditor;
GRANT SELECT (code, name) ON partner TO gerbang_auditor;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_auditor;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_auditor;
GRANT SELECT (applicant_id, found_at, id, linked_id, reason, resolution, resolved_at, resolved_by, state) ON person_link TO gerbang_auditor;
GRANT SELECT (actor, actor_role, by, case_reference, found, id, occurred_at, purpose) ON person_lookup TO gerbang_auditor;
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_auditor;
GRANT SELECT (approved_at, approved_by, cancel_reason, cancelled_at, cancelled_by, decree, effective_on, id, kind, proposed_at, proposed_by, reason, state, subject) ON reference_change TO gerbang_auditor;
GRANT SELECT (after, before, change_id, kind, line, name, place) ON reference_change_value TO gerbang_auditor;
GRANT SELECT (announced_at, announced_by, answered_at, answered_by, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_auditor;
GRANT SELECT (answered_at, answered_by, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_auditor;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_auditor;
GRANT SELECT (id, name, page, query, removed_at, saved_at, subject) ON saved_view TO gerbang_auditor;
GRANT SELECT (answered_at, answered_by, application_id, confirmed_by, id, kind, list_version, proposed, proposed_by, reason, referral_note, referral_reason, requested_at, result, rule_version, voided_at) ON screening TO gerbang_auditor;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_auditor;
GRANT SELECT (confirmed_at, departed_on, entered_on, id, is_used, overstays_at, presence, stay_until, visa_number) ON stay TO gerbang_auditor;
GRANT SELECT (confirmed_at, confirmed_by, ends_at, id, lift_proposed_at, lift_proposed_by, lift_reason, lifted_at, lifted_by, partner_code, reason, subject, suspended_at, suspended_by) ON suspension TO gerbang_auditor;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_auditor;
GRANT SELECT (amount_idr, assigned_at, assigned_to, billing_code, id, kept_at, kept_by, order_number, order_recorded_at, ordered_by, ordered_on, reason, receipt_number, recommended_at, recommended_bill, recommended_by, reversal_number, reversed_at, second_reason, seconded_at, seconded_by, state) ON unmatched_payment TO gerbang_auditor;
GRANT SELECT (decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_auditor;
GRANT SELECT (actor, actor_role, departs_on, flight_number, id, is_usable, occurred_at) ON visa_check TO gerbang_auditor;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_auditor;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_auditor;
GRANT SELECT (id, written_in) ON volume_change TO gerbang_auditor;
GRANT SELECT (application_id, conditions, decided_at, grounds, internal_note, officer, outcome) ON withheld_decision TO gerbang_auditor;
CREATE POLICY auditor_select ON application_change FOR SELECT TO gerbang_auditor
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN application_change.changed NOT IN ('HOLD') ELSE false END);
CREATE POLICY auditor_select ON application FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON visa_type FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON eligibility FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON required_document FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON passport_rule FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON extension_rule FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON handling_rule FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON fee FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON service_target FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON grant_rule FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON grant_rule_stop FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON visa FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON stay FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON country FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON entry_rule FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON partner FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON partner_country FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON centre FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON bill FOR SELECT TO gerbang_auditor
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN bill.family_id IS NULL ELSE false END);
CREATE POLICY auditor_select ON document_upload FOR SELECT TO gerbang_auditor
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN document_upload.sent_at <= now() AND document_upload.replaced_at IS NULL ELSE false END);
CREATE POLICY auditor_select ON case_document FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON requested_item FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON refusal_intention FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON application_event FOR SELECT TO gerbang_auditor
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN application_event.kind NOT IN ('HELD', 'RELEASED') ELSE false END);
CREATE POLICY auditor_select ON applicant FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON erasure FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON access_event FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON breach_notice FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON breach FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON person_link FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON linker_read FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON grant_check FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON withheld_decision FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON decision FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON assignment FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON correction FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON legal_hold FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON volume_change FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON alert FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON inquiry FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON inquiry_person FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON budget_exception FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON ban_entry FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON ban_read FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON complaint FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON complaint_text FOR SELECT TO gerbang_auditor
    USING (CASE WHEN EXISTS (SELECT FROM complaint AS by_1 WHERE by_1.id = complaint_text.complaint_id AND by_1.reference = (SELECT viewer.purpose_reference('AUDITOR')) AND true) THEN true ELSE false END);
CREATE POLICY auditor_select ON complaint_read FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON screening FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON day_off FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON visa_key FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON taken_back_list FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON pool FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON former_bill FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON unmatched_payment FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON crossing FOR SELECT TO gerbang_auditor
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN crossing.matched_at IS NULL ELSE false END);
CREATE POLICY auditor_select ON suspension FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON key_operation FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON mail_subscription FOR SELECT TO gerbang_auditor
    USING (CASE WHEN mail_subscription.subject = (SELECT viewer.subject('AUDITOR')) THEN true ELSE false END);
CREATE POLICY auditor_select ON saved_view FOR SELECT TO gerbang_auditor
    USING (CASE WHEN saved_view.subject = (SELECT viewer.subject('AUDITOR')) AND saved_view.removed_at IS NULL THEN true ELSE false END);
CREATE POLICY auditor_select ON month_note FOR SELECT TO gerbang_auditor
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN month_note.removed_at IS NULL ELSE false END);
CREATE POLICY auditor_select ON reference_change FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON reference_change_value FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON named_event FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON data_request FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON person_lookup FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON visa_check FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_auditor;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_yearly FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, overturned, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_type FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, channel, clock, ranks, starts_on, visa_type_code) ON volume_monthly_type_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_type_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_centre TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_centre FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, centre_code, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_centre_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_centre_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type_place TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_type_place FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, centre_code, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_place_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_type_place_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_nationality FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_monthly_nationality_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_nationality_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, centre_code, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, centre_code, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, overturned, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily_type TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily_type FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, channel, clock, ranks, starts_on, visa_type_code) ON volume_daily_type_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily_type_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, overturned, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_daily_place TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily_place FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_daily_place_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily_place_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_daily_nationality TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily_nationality FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_daily_nationality_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily_nationality_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, overturned, partner_code, refused, revenue_idr, starts_on, trip_purpose, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_daily_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_age FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, trip_purpose, visa_type_code) ON volume_age_detailed TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_age_detailed FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (ground, refused, starts_on) ON volume_ground TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_ground FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (by_rule, decided_twice, differing, sample_granted, sample_refused, starts_on, visa_type_code) ON volume_rule TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_rule FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (country_code, kind, lodged, partner_code, starts_on) ON volume_complaint TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_complaint FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (given_back, given_back_after_reading, granted, officer, refused, starts_on, visa_type_code) ON volume_monthly_officer TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_officer FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (given_back, given_back_after_reading, granted, officer, refused, starts_on, visa_type_code) ON volume_officer TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_officer FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (written_at) ON volume_outbox TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_outbox FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (day) ON volume_aged_until TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_aged_until FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (data, version) ON data_version TO gerbang_auditor;
CREATE POLICY auditor_select ON data_version FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT EXECUTE ON FUNCTION viewer.people_found TO gerbang_auditor;
GRANT INSERT (actor, actor_role, by, case_reference, found, found_applicant, id, mac, mac_key, purpose, sought, sought_key, trace_id) ON person_lookup TO gerbang_auditor;
CREATE POLICY auditor_insert ON person_lookup FOR INSERT TO gerbang_auditor
    WITH CHECK (actor = (SELECT viewer.subject('AUDITOR')) AND actor_role = 'AUDITOR' AND purpose IN ('DATA_REQUEST') AND case_reference = (SELECT viewer.purpose_reference('AUDITOR')));
GRANT INSERT (actor, actor_role, case_reference, complaint_id, fields, id, mac, mac_key, purpose, trace_id) ON complaint_read TO gerbang_auditor;
CREATE POLICY auditor_insert ON complaint_read FOR INSERT TO gerbang_auditor
    WITH CHECK (actor = (SELECT viewer.subject('AUDITOR')) AND actor_role = 'AUDITOR' AND purpose IN ('COMPLAINT') AND case_reference = (SELECT viewer.purpose_reference('AUDITOR')));
GRANT EXECUTE ON FUNCTION viewer.people_read TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.people_counted TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.account_state TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.figure_evidence TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.links_counted TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.closing_places TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.admit_reads TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.admit_lookup TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.raise_tampering TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.figures_complete_from TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.note_sign_in TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.opened_lookups TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.people_in_reach, viewer.number_in_reach TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.reads_kept_since TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.facts_of_case TO gerbang_auditor;
GRANT INSERT (actor, actor_role, id, list, mac, mac_key, trace_id, viewer, window_before, window_from) ON breach_lookup TO gerbang_auditor;
CREATE POLICY auditor_insert ON breach_lookup FOR INSERT TO gerbang_auditor
    WITH CHECK (actor = (SELECT viewer.subject('AUDITOR')) AND actor_role = 'AUDITOR');

-- APPLICANT
GRANT USAGE ON SCHEMA public, viewer TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_applicant;
GRANT SELECT (actor_role, applicant_id, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_applicant;
GRANT SELECT (account, id, nationality_code) ON applicant TO gerbang_applicant;
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, entry_on, extends_visa_number, fee_idr, group_reference, id, left_partner_at, nationality_code, paid_at, partner_code, pay_by, received_at, reference, stage, submitted_at, successor_centre_code, target_due_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_applicant;
GRANT SELECT (application_id, changed, id, written_in) ON application_change TO gerbang_applicant;
GRANT SELECT (application_id, id, kind, occurred_at, sequence) ON application_event TO gerbang_applicant;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_fee_idr, issued_at, paid_at, paid_under, receipt_number, reversed_at) ON bill TO gerbang_applicant;
GRANT SELECT (id, notice_in_english, notice_in_indonesian, noticed_at, people_notified_at, people_reached, window_before, window_from) ON breach TO gerbang_applicant;
GRANT SELECT (applicant_id, breach_id, fields, told_at) ON breach_notice TO gerbang_applicant;
GRANT SELECT (application_id, kind, recorded_at) ON case_document TO gerbang_applicant;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_applicant;
GRANT SELECT (account, answered_at, answered_role, application_id, centre_code, due_at, id, is_open, lodged_at, reference) ON complaint TO gerbang_applicant;
GRANT SELECT (answer, complaint, complaint_id, sealed) ON complaint_text TO gerbang_applicant;
GRANT SELECT (application_id, closed_at, id, proposed_at, proposed_role, reason, state, version) ON correction TO gerbang_applicant;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_applicant;
GRANT SELECT (account, answered_at, applicant_id, due_at, id, kind, lodged_at, lodged_role, lookups_compared_at, reason, reference, state) ON data_request TO gerbang_applicant;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_applicant;
GRANT SELECT (application_id, conditions, decided_at, id, outcome, public_reasons) ON decision TO gerbang_applicant;
GRANT SELECT (applicant_id, content, sealed, upload_id) ON document_content TO gerbang_applicant;
GRANT SELECT (application_id, completed_at, expires_at, id, kind, media_type, replaced_at, size, state) ON document_upload TO gerbang_applicant;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_applicant;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_applicant;
GRANT SELECT (cause, copies_end_at, data_request_id, erased_at, id, keys_deleted_at, ordered_at) ON erasure TO gerbang_applicant;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_applicant;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_applicant;
GRANT SELECT (applicant_id, application_id, city, id, kind, name, postal_code, province, registration_number, sealed, street, valid_from, valid_until) ON guarantor TO gerbang_applicant;
GRANT SELECT (applicant_id, application_id, consented_at, id, kind, name, phone, relation, sealed, valid_from, valid_until) ON guardian TO gerbang_applicant;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_applicant;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, versions) ON identity TO gerbang_applicant;
GRANT SELECT (applicant_id, birth_date, email, full_name, nationality_code, number, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, valid_from, valid_until, versions, written_at) ON identity_version TO gerbang_applicant;
GRANT SELECT (applicant_id, id, reference, told_at) ON inquiry_person TO gerbang_applicant;
GRANT SELECT (applicant_id, application_id, as_text, sealed) ON intention_answer TO gerbang_applicant;
GRANT SELECT (applicant_id, application_id, as_country, as_day, as_text, city, item_id, postal_code, province, sealed, street) ON item_answer TO gerbang_applicant;
GRANT SELECT (applicant_id, crossed_at, direction, id, port, visa_number) ON movement TO gerbang_applicant;
GRANT SELECT (code, name) ON partner TO gerbang_applicant;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_applicant;
GRANT SELECT (applicant_id, last_four) ON passport_ending TO gerbang_applicant;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_applicant;
GRANT SELECT (announced_at, answered_at, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_applicant;
GRANT SELECT (answered_at, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_applicant;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_applicant;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_applicant;
GRANT SELECT (application_id, departed_on, entered_on, id, is_used, overstays_at, presence, stay_until, visa_number) ON stay TO gerbang_applicant;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_applicant;
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_applicant;
GRANT SELECT (applicant_id, code, issued_at, proof, proven_at, replaced_at, sealed, visa_number) ON visa_document TO gerbang_applicant;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_applicant;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_applicant;
CREATE POLICY applicant_select ON application_change FOR SELECT TO gerbang_applicant
    USING (CASE WHEN application_change.changed NOT IN ('HOLD', 'STATUS') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON application FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON visa_type FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON eligibility FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON required_document FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON passport_rule FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON extension_rule FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON handling_rule FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON fee FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON service_target FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON visa FOR SELECT TO gerbang_applicant
    USING (CASE WHEN visa.superseded_at IS NULL AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = visa.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON stay FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = stay.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON visa_document FOR SELECT TO gerbang_applicant
    USING (CASE WHEN visa_document.proven_at <= now() AND visa_document.replaced_at IS NULL AND EXISTS (SELECT FROM visa AS by_1 WHERE by_1.visa_number = visa_document.visa_number AND by_1.revoked_at IS NULL AND by_1.returned_at IS NULL AND by_1.superseded_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND EXISTS (SELECT FROM applicant AS by_3 WHERE by_3.id = by_2.applicant_id AND by_3.account = (SELECT viewer.subject('APPLICANT'))))) THEN true ELSE false END);
CREATE POLICY applicant_select ON country FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON entry_rule FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON partner FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON partner_country FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON centre FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON bill FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = bill.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON document_upload FOR SELECT TO gerbang_applicant
    USING (CASE WHEN document_upload.replaced_at IS NULL AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = document_upload.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON document_content FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM document_upload AS by_1 WHERE by_1.id = document_content.upload_id AND by_1.completed_at <= now() AND by_1.replaced_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND EXISTS (SELECT FROM applicant AS by_3 WHERE by_3.id = by_2.applicant_id AND by_3.account = (SELECT viewer.subject('APPLICANT'))))) THEN true ELSE false END);
CREATE POLICY applicant_select ON case_document FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = case_document.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON requested_item FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = requested_item.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON item_answer FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = item_answer.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON refusal_intention FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = refusal_intention.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON intention_answer FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = intention_answer.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON application_event FOR SELECT TO gerbang_applicant
    USING (CASE WHEN application_event.kind NOT IN ('IN_VERIFICATION', 'SCREENING', 'HELD', 'RELEASED', 'MARKED_URGENT', 'URGENCY_ENDED', 'GRANT_PROPOSED', 'GRANT_APPROVED', 'GRANT_REJECTED', 'ANSWER_PROPOSED', 'SCREENED', 'TARGET_50', 'TARGET_75', 'TARGET_100') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_event.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON applicant FOR SELECT TO gerbang_applicant
    USING (CASE WHEN applicant.account = (SELECT viewer.subject('APPLICANT')) THEN true ELSE false END);
CREATE POLICY applicant_select ON erasure FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM data_request AS by_1 WHERE by_1.id = erasure.data_request_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON identity FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = identity.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON identity_version FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = identity_version.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON movement FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = movement.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON access_event FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = access_event.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) AND (access_event.purpose NOT IN ('CASEWORK', 'SUPERVISION') OR access_event.purpose NOT IN ('SUPERVISION') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.reference = access_event.case_reference AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) OR EXISTS (SELECT FROM application AS by_1 WHERE by_1.reference = access_event.case_reference AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT'))) AND by_1.stage NOT IN ('IN_PROCESS', 'WAITING_FOR_APPLICANT')) OR EXISTS (SELECT FROM inquiry_person AS by_1 WHERE by_1.reference = access_event.case_reference AND by_1.told_at <= now() AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT'))))) THEN true ELSE false END);
CREATE POLICY applicant_select ON breach_notice FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = breach_notice.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON breach FOR SELECT TO gerbang_applicant
    USING (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN (EXISTS (SELECT FROM breach_notice AS by_1 WHERE by_1.breach_id = breach.id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) OR breach.people_notified_at <= now() AND breach.people_reached NOT IN ('READ', 'OTHERS')) ELSE false END);
CREATE POLICY applicant_select ON decision FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = decision.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON correction FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = correction.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON guarantor FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = guarantor.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON guardian FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = guardian.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON inquiry_person FOR SELECT TO gerbang_applicant
    USING (CASE WHEN inquiry_person.told_at <= now() AND EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = inquiry_person.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON complaint FOR SELECT TO gerbang_applicant
    USING (CASE WHEN complaint.account = (SELECT viewer.subject('APPLICANT')) THEN true ELSE false END);
CREATE POLICY applicant_select ON complaint_text FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM complaint AS by_1 WHERE by_1.id = complaint_text.complaint_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON day_off FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON visa_key FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON taken_back_list FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON data_request FOR SELECT TO gerbang_applicant
    USING (CASE WHEN data_request.account = (SELECT viewer.subject('APPLICANT')) THEN true ELSE false END);
CREATE POLICY applicant_select ON passport_ending FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = passport_ending.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_applicant;
GRANT SELECT (data, version) ON data_version TO gerbang_applicant;
CREATE POLICY applicant_select ON data_version FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT INSERT (actor, actor_country_code, actor_partner_code, actor_role, applicant_id, case_reference, fields, id, mac, mac_key, purpose, trace_id) ON access_event TO gerbang_applicant;
CREATE POLICY applicant_insert ON access_event FOR INSERT TO gerbang_applicant
    WITH CHECK (actor = (SELECT viewer.subject('APPLICANT')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('APPLICANT')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('APPLICANT') AS own WHERE cardinality(own) = 1) AND actor_role = 'APPLICANT' AND purpose IN ('OWN_DATA') AND case_reference = coalesce((SELECT viewer.purpose_reference('APPLICANT')), 'OWN'));
GRANT INSERT (actor, actor_role, case_reference, complaint_id, fields, id, mac, mac_key, purpose, trace_id) ON complaint_read TO gerbang_applicant;
CREATE POLICY applicant_insert ON complaint_read FOR INSERT TO gerbang_applicant
    WITH CHECK (actor = (SELECT viewer.subject('APPLICANT')) AND actor_role = 'APPLICANT' AND purpose IN ('OWN_DATA') AND case_reference = coalesce((SELECT viewer.purpose_reference('APPLICANT')), 'OWN'));
GRANT EXECUTE ON FUNCTION viewer.admit_reads TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.raise_tampering TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.own_visa_checks TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.own_lookups, viewer.own_breaches TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.reads_kept_since TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.proofs_of_reads TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.admit_try TO gerbang_applicant;
GRANT INSERT (file, id, is_found, kind, mac, mac_key, source, trace_id) ON tracking_try TO gerbang_applicant;
CREATE POLICY applicant_insert ON tracking_try FOR INSERT TO gerbang_applicant
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND (kind = 'CLAIM') = true);
GRANT EXECUTE ON FUNCTION viewer.claimable_file TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.claimable_file TO gerbang_applicant_writing;
GRANT EXECUTE ON FUNCTION viewer.request_claim_code TO gerbang_applicant_writing;
GRANT EXECUTE ON FUNCTION viewer.claimed_files TO gerbang_applicant;

-- PARTNER_SERVICE
GRANT USAGE ON SCHEMA public, viewer TO gerbang_partner_service;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_partner_service;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_partner_service;
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, entry_on, fee_idr, group_reference, hand_in_by, holder_country_code, holder_partner_code, id, left_partner_at, nationality_code, paid_at, partner_code, pay_by, received_at, reference, stage, submitted_at, successor_centre_code, target_due_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_partner_service;
GRANT SELECT (application_id, changed, id, written_in) ON application_change TO gerbang_partner_service;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_fee_idr, issued_at, paid_at, paid_under, receipt_number, reversed_at) ON bill TO gerbang_partner_service;
GRANT SELECT (application_id, kind, recorded_at) ON case_document TO gerbang_partner_service;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_partner_service;
GRANT SELECT (application_id, closed_at, id, proposed_at, proposed_role, reason, state, version) ON correction TO gerbang_partner_service;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_partner_service;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_partner_service;
GRANT SELECT (application_id, conditions, decided_at, id, outcome) ON decision TO gerbang_partner_service;
GRANT SELECT (application_id, completed_at, expires_at, id, kind, locator, media_type, registered_sha256, replaced_at, requested_by, sha256, size, state) ON document_upload TO gerbang_partner_service;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_partner_service;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_partner_service;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_partner_service;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_partner_service;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_partner_service;
GRANT SELECT (code, name) ON partner TO gerbang_partner_service;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_partner_service;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_partner_service;
GRANT SELECT (announced_at, answered_at, application_id, documents, ended_at, grounds) ON refusal_intention TO gerbang_partner_service;
GRANT SELECT (answered_at, application_id, id, kind, requested_at) ON requested_item TO gerbang_partner_service;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_partner_service;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_partner_service;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_partner_service;
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_partner_service;
GRANT SELECT (applicant_id, code, fetched_at, fetched_by, issued_at, proof, proven_at, replaced_at, sealed, visa_number) ON visa_document TO gerbang_partner_service;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_partner_service;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_partner_service;
GRANT SELECT (delivered_at, disabled_at, endpoint_id, failing_since, failure, failures, last_number) ON webhook_delivery TO gerbang_partner_service;
GRANT SELECT (approved_at, approved_by, country_code, id, partner_code, paused_at, paused_by, registered_at, registered_by, removed_at, removed_by, resumed_at, secret_at, state, url) ON webhook_endpoint TO gerbang_partner_service;
GRANT SELECT (application_id, attempts, endpoint_id, failure, id, number, settled_at, stage, state, written_at) ON webhook_notice TO gerbang_partner_service;
CREATE POLICY partner_service_select ON application_change FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN (application_change.changed NOT IN ('HOLD', 'STATUS', 'DECISION') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[])) OR application_change.changed NOT IN ('HOLD', 'STATUS') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) AND by_1.closed_at > now() - interval '30 days')) THEN true ELSE false END);
CREATE POLICY partner_service_select ON application FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND application.left_partner_at IS NULL AND application.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_service_select ON visa_type FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON eligibility FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON required_document FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON passport_rule FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON extension_rule FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON handling_rule FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON fee FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON service_target FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON visa FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN visa.superseded_at IS NULL AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = visa.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) AND by_1.closed_at > now() - interval '30 days') THEN true ELSE false END);
CREATE POLICY partner_service_select ON visa_document FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN visa_document.fetched_by = (SELECT viewer.subject('PARTNER_SERVICE')) AND visa_document.fetched_at > now() - interval '7 days' AND visa_document.proven_at <= now() AND visa_document.replaced_at IS NULL AND EXISTS (SELECT FROM visa AS by_1 WHERE by_1.visa_number = visa_document.visa_number AND by_1.revoked_at IS NULL AND by_1.returned_at IS NULL AND by_1.superseded_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND by_2.reference = (SELECT viewer.purpose_reference('PARTNER_SERVICE')) AND by_2.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_2.left_partner_at IS NULL AND by_2.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) AND by_2.closed_at > now() - interval '30 days')) THEN true ELSE false END);
CREATE POLICY partner_service_select ON country FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON entry_rule FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON partner FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN partner.code = (SELECT viewer.partner('PARTNER_SERVICE')) THEN true ELSE false END);
CREATE POLICY partner_service_select ON partner_country FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN partner_country.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND partner_country.country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_service_select ON centre FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN centre.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND centre.country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_service_select ON bill FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = bill.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_service_select ON document_upload FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN document_upload.requested_by = (SELECT viewer.subject('PARTNER_SERVICE')) AND document_upload.replaced_at IS NULL AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = document_upload.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_service_select ON case_document FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = case_document.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_service_select ON requested_item FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = requested_item.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_service_select ON refusal_intention FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = refusal_intention.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_service_select ON applicant FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = applicant.id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_service_select ON decision FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = decision.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) AND by_1.closed_at > now() - interval '30 days') THEN true ELSE false END);
CREATE POLICY partner_service_select ON correction FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = correction.application_id AND by_1.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.left_partner_at IS NULL AND by_1.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) AND (by_1.closed_at IS NULL OR by_1.closed_at > now() - interval '30 days')) THEN true ELSE false END);
CREATE POLICY partner_service_select ON day_off FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON visa_key FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON taken_back_list FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON webhook_endpoint FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN webhook_endpoint.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND webhook_endpoint.country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_service_select ON webhook_delivery FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM webhook_endpoint AS by_1 WHERE by_1.id = webhook_delivery.endpoint_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_service_select ON webhook_notice FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM webhook_endpoint AS by_1 WHERE by_1.id = webhook_notice.endpoint_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_1.country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[])) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_partner_service;
GRANT SELECT (data, version) ON data_version TO gerbang_partner_service;
CREATE POLICY partner_service_select ON data_version FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT INSERT (actor, actor_country_code, actor_partner_code, actor_role, applicant_id, case_reference, fields, id, mac, mac_key, purpose, trace_id) ON access_event TO gerbang_partner_service;
CREATE POLICY partner_service_insert ON access_event FOR INSERT TO gerbang_partner_service
    WITH CHECK (actor = (SELECT viewer.subject('PARTNER_SERVICE')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('PARTNER_SERVICE')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('PARTNER_SERVICE') AS own WHERE cardinality(own) = 1) AND actor_role = 'PARTNER_SERVICE' AND purpose IN ('DELIVERY') AND case_reference = (SELECT viewer.purpose_reference('PARTNER_SERVICE')));
GRANT EXECUTE ON FUNCTION viewer.admit_reads TO gerbang_partner_service;
GRANT EXECUTE ON FUNCTION viewer.raise_tampering TO gerbang_partner_service;

-- SCREENING
GRANT USAGE ON SCHEMA public, viewer TO gerbang_screening;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_screening;
GRANT SELECT (actor, actor_role, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_screening;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_screening;
GRANT SELECT (applicant_id, centre_code, channel, country_code, entry_on, id, nationality_code, paid_at, partner_code, received_at, reference, submitted_at, target_due_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_screening;
GRANT SELECT (approved_at, approved_by, banned_from, banned_until, ground, id, proposed_at, proposed_by, reason, reference, reject_reason, rejected_at, rejected_by, state, withdrawal_proposed_at, withdrawal_proposed_by, withdrawal_reason, withdrawn_at, withdrawn_by) ON ban_entry TO gerbang_screening;
GRANT SELECT (application_id, ban_id, by, ended_at, found_at, id) ON ban_match TO gerbang_screening;
GRANT SELECT (ban_id, birth_date, full_name, issuing_state, passport_number, sealed) ON banned_person TO gerbang_screening;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_screening;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_screening;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_screening;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_screening;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_screening;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_screening;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_screening;
GRANT SELECT (applicant_id, application_id, city, id, kind, name, postal_code, province, registration_number, sealed, street, valid_from, valid_until) ON guarantor TO gerbang_screening;
GRANT SELECT (applicant_id, application_id, consented_at, id, kind, name, phone, relation, sealed, valid_from, valid_until) ON guardian TO gerbang_screening;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_screening;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, versions) ON identity TO gerbang_screening;
GRANT SELECT (applicant_id, birth_date, email, full_name, nationality_code, number, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, valid_from, valid_until, versions, written_at) ON identity_version TO gerbang_screening;
GRANT SELECT (code, name) ON partner TO gerbang_screening;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_screening;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_screening;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_screening;
GRANT SELECT (answered_at, application_id, id, kept_from, kind, number, proposed, proposed_by, reason, referral_note, referral_reason, requested_at, result, voided_at, written_in) ON screening TO gerbang_screening;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_screening;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_screening;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_screening;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_screening;
CREATE POLICY screening_select ON application FOR SELECT TO gerbang_screening
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN EXISTS (SELECT FROM screening AS by_1 WHERE by_1.application_id = application.id AND by_1.answered_at IS NULL AND by_1.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_1.kept_from)) ELSE false END);
CREATE POLICY screening_select ON visa_type FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON eligibility FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON required_document FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON passport_rule FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON extension_rule FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON handling_rule FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON fee FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON service_target FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON country FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON entry_rule FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON partner FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON partner_country FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON centre FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON applicant FOR SELECT TO gerbang_screening
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = applicant.id AND EXISTS (SELECT FROM screening AS by_2 WHERE by_2.application_id = by_1.id AND by_2.answered_at IS NULL AND by_2.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_2.kept_from))) ELSE false END);
CREATE POLICY screening_select ON identity FOR SELECT TO gerbang_screening
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('SCREENING')) AND EXISTS (SELECT FROM screening AS by_2 WHERE by_2.application_id = by_1.id AND by_2.answered_at IS NULL AND by_2.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_2.kept_from))) THEN true ELSE false END);
CREATE POLICY screening_select ON identity_version FOR SELECT TO gerbang_screening
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity_version.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('SCREENING')) AND EXISTS (SELECT FROM screening AS by_2 WHERE by_2.application_id = by_1.id AND by_2.answered_at IS NULL AND by_2.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_2.kept_from))) THEN true ELSE false END);
CREATE POLICY screening_select ON access_event FOR SELECT TO gerbang_screening
    USING (CASE WHEN access_event.actor = (SELECT viewer.subject('SCREENING')) THEN true ELSE false END);
CREATE POLICY screening_select ON guarantor FOR SELECT TO gerbang_screening
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = guarantor.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('SCREENING')) AND EXISTS (SELECT FROM screening AS by_2 WHERE by_2.application_id = by_1.id AND by_2.answered_at IS NULL AND by_2.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_2.kept_from))) THEN true ELSE false END);
CREATE POLICY screening_select ON guardian FOR SELECT TO gerbang_screening
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = guardian.applicant_id AND by_1.reference = (SELECT viewer.purpose_reference('SCREENING')) AND EXISTS (SELECT FROM screening AS by_2 WHERE by_2.application_id = by_1.id AND by_2.answered_at IS NULL AND by_2.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_2.kept_from))) THEN true ELSE false END);
CREATE POLICY screening_select ON ban_entry FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON banned_person FOR SELECT TO gerbang_screening
    USING (CASE WHEN (EXISTS (SELECT FROM ban_entry AS by_1 WHERE by_1.id = banned_person.ban_id AND by_1.reference = (SELECT viewer.purpose_reference('SCREENING'))) OR EXISTS (SELECT FROM ban_match AS by_1 WHERE by_1.ban_id = banned_person.ban_id AND by_1.ended_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND by_2.reference = (SELECT viewer.purpose_reference('SCREENING')) AND EXISTS (SELECT FROM screening AS by_3 WHERE by_3.application_id = by_2.id AND by_3.answered_at IS NULL AND by_3.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_3.kept_from))))) THEN true ELSE false END);
CREATE POLICY screening_select ON screening FOR SELECT TO gerbang_screening
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN screening.answered_at IS NULL AND screening.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (screening.kept_from) ELSE false END);
CREATE POLICY screening_select ON ban_match FOR SELECT TO gerbang_screening
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN ban_match.ended_at IS NULL AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = ban_match.application_id AND EXISTS (SELECT FROM screening AS by_2 WHERE by_2.application_id = by_1.id AND by_2.answered_at IS NULL AND by_2.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_2.kept_from))) ELSE false END);
CREATE POLICY screening_select ON day_off FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON visa_key FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
CREATE POLICY screening_select ON taken_back_list FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_screening;
GRANT SELECT (data, version) ON data_version TO gerbang_screening;
CREATE POLICY screening_select ON data_version FOR SELECT TO gerbang_screening
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT INSERT (actor, actor_country_code, actor_partner_code, actor_role, applicant_id, case_reference, fields, id, mac, mac_key, purpose, trace_id) ON access_event TO gerbang_screening;
CREATE POLICY screening_insert ON access_event FOR INSERT TO gerbang_screening
    WITH CHECK (actor = (SELECT viewer.subject('SCREENING')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('SCREENING')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('SCREENING') AS own WHERE cardinality(own) = 1) AND actor_role = 'SCREENING' AND purpose IN ('CASEWORK') AND case_reference = (SELECT viewer.purpose_reference('SCREENING')));
GRANT INSERT (actor, actor_role, ban_id, case_reference, fields, id, mac, mac_key, purpose, trace_id) ON ban_read TO gerbang_screening;
CREATE POLICY screening_insert ON ban_read FOR INSERT TO gerbang_screening
    WITH CHECK (actor = (SELECT viewer.subject('SCREENING')) AND actor_role = 'SCREENING' AND purpose IN ('CASEWORK') AND case_reference = (SELECT viewer.purpose_reference('SCREENING')));
GRANT EXECUTE ON FUNCTION viewer.admit_reads TO gerbang_screening;
GRANT EXECUTE ON FUNCTION viewer.raise_tampering TO gerbang_screening;

-- TREASURY
GRANT USAGE ON SCHEMA public, viewer TO gerbang_treasury;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_treasury;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_treasury;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_treasury;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_treasury;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_treasury;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_treasury;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_treasury;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_treasury;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_treasury;
GRANT SELECT (application_id, billing_code, due_at, family_id, id, issued_at, paid_at, receipt_number, renewed_at, reversal_number, reversed_at) ON former_bill TO gerbang_treasury;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_treasury;
GRANT SELECT (code, name) ON partner TO gerbang_treasury;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_treasury;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_treasury;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_treasury;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_treasury;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_treasury;
GRANT SELECT (amount_idr, assigned_at, assigned_to, billing_code, id, kept_at, kept_by, order_number, order_recorded_at, ordered_by, ordered_on, reason, receipt_number, recommended_at, recommended_bill, recommended_by, reversal_number, reversed_at, second_reason, seconded_at, seconded_by, state) ON unmatched_payment TO gerbang_treasury;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_treasury;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_treasury;
CREATE POLICY treasury_select ON visa_type FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON eligibility FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON required_document FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON passport_rule FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON extension_rule FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON handling_rule FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON fee FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON service_target FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON country FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON entry_rule FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON partner FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON partner_country FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON centre FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON bill FOR SELECT TO gerbang_treasury
    USING (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN bill.family_code IS NULL ELSE false END);
CREATE POLICY treasury_select ON day_off FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON visa_key FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON taken_back_list FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON former_bill FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
CREATE POLICY treasury_select ON unmatched_payment FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_treasury;
GRANT SELECT (data, version) ON data_version TO gerbang_treasury;
CREATE POLICY treasury_select ON data_version FOR SELECT TO gerbang_treasury
    USING ((SELECT viewer.acts_as('TREASURY')));

-- ADMINISTRATOR
GRANT USAGE ON SCHEMA public, viewer TO gerbang_administrator;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_administrator;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_administrator;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_administrator;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_administrator;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_administrator;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_administrator;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_administrator;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_administrator;
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_administrator;
GRANT SELECT (reason, rule_code, stopped_at, stopped_by) ON grant_rule_stop TO gerbang_administrator;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_administrator;
GRANT SELECT (began_on, code, country_code, ended_on, kind, was_screening_out) ON named_event TO gerbang_administrator;
GRANT SELECT (code, name) ON partner TO gerbang_administrator;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_administrator;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_administrator;
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_administrator;
GRANT SELECT (approved_at, approved_by, cancel_reason, cancelled_at, cancelled_by, decree, effective_on, id, kind, proposed_at, proposed_by, reason, state, subject) ON reference_change TO gerbang_administrator;
GRANT SELECT (after, before, change_id, kind, line, name, place) ON reference_change_value TO gerbang_administrator;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_administrator;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_administrator;
GRANT SELECT (confirmed_at, confirmed_by, ends_at, id, lift_proposed_at, lift_proposed_by, lift_reason, lifted_at, lifted_by, partner_code, reason, subject, suspended_at, suspended_by) ON suspension TO gerbang_administrator;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_administrator;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_administrator;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_administrator;
CREATE POLICY administrator_select ON visa_type FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON eligibility FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON required_document FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON passport_rule FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON extension_rule FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON handling_rule FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON fee FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON service_target FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON grant_rule FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON grant_rule_stop FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON country FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON entry_rule FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON partner FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON partner_country FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON centre FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON day_off FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON visa_key FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON taken_back_list FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON pool FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON suspension FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON reference_change FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON reference_change_value FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON named_event FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_administrator;
GRANT SELECT (data, version) ON data_version TO gerbang_administrator;
CREATE POLICY administrator_select ON data_version FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT EXECUTE ON FUNCTION viewer.work_state TO gerbang_administrator;
GRANT EXECUTE ON FUNCTION viewer.keys_in_use TO gerbang_administrator;
GRANT EXECUTE ON FUNCTION viewer.job_state TO gerbang_administrator;
GRANT EXECUTE ON FUNCTION viewer.database_versions TO gerbang_administrator;
GRANT EXECUTE ON FUNCTION viewer.registered_documents TO gerbang_administrator;
GRANT EXECUTE ON FUNCTION viewer.files_touched TO gerbang_administrator;
GRANT EXECUTE ON FUNCTION viewer.closing_places TO gerbang_administrator;

-- BORDER
GRANT USAGE ON SCHEMA public, viewer TO gerbang_border;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_border;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_border;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_border;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_border;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_border;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_border;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_border;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_border;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_border;
GRANT SELECT (code, name) ON partner TO gerbang_border;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_border;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_border;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_border;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_border;
GRANT SELECT (confirmed_at, departed_on, entered_on, id, overstays_at, presence, stay_until, visa_number) ON stay TO gerbang_border;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_border;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_border;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_border;
CREATE POLICY border_select ON visa_type FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON eligibility FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON required_document FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON passport_rule FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON extension_rule FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON handling_rule FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON fee FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON service_target FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON stay FOR SELECT TO gerbang_border
    USING (CASE WHEN (SELECT viewer.acts_as('BORDER')) THEN stay.overstays_at <= now() ELSE false END);
CREATE POLICY border_select ON country FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON entry_rule FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON partner FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON partner_country FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON centre FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON day_off FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON visa_key FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
CREATE POLICY border_select ON taken_back_list FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_border;
GRANT SELECT (data, version) ON data_version TO gerbang_border;
CREATE POLICY border_select ON data_version FOR SELECT TO gerbang_border
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT EXECUTE ON FUNCTION viewer.visa_status, viewer.admit_check TO gerbang_border;
GRANT EXECUTE ON FUNCTION viewer.overstays_of TO gerbang_border_writing;
GRANT INSERT (actor, actor_role, departs_on, flight_number, id, is_usable, mac, mac_key, passenger, trace_id) ON visa_check TO gerbang_border;
CREATE POLICY border_insert ON visa_check FOR INSERT TO gerbang_border
    WITH CHECK (actor = (SELECT viewer.subject('BORDER')) AND actor_role = 'BORDER');

-- CARRIER
GRANT USAGE ON SCHEMA public, viewer TO gerbang_carrier;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_carrier;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_carrier;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_carrier;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_carrier;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_carrier;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_carrier;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_carrier;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_carrier;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_carrier;
GRANT SELECT (code, name) ON partner TO gerbang_carrier;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_carrier;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_carrier;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_carrier;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_carrier;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_carrier;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_carrier;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_carrier;
CREATE POLICY carrier_select ON visa_type FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON eligibility FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON required_document FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON passport_rule FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON extension_rule FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON handling_rule FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON fee FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON service_target FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON country FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON entry_rule FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON partner FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON partner_country FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON centre FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON day_off FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON visa_key FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
CREATE POLICY carrier_select ON taken_back_list FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_carrier;
GRANT SELECT (data, version) ON data_version TO gerbang_carrier;
CREATE POLICY carrier_select ON data_version FOR SELECT TO gerbang_carrier
    USING ((SELECT viewer.acts_as('CARRIER')));
GRANT EXECUTE ON FUNCTION viewer.visa_status, viewer.admit_check TO gerbang_carrier;
GRANT INSERT (actor, actor_role, departs_on, flight_number, id, is_usable, mac, mac_key, passenger, trace_id) ON visa_check TO gerbang_carrier;
CREATE POLICY carrier_insert ON visa_check FOR INSERT TO gerbang_carrier
    WITH CHECK (actor = (SELECT viewer.subject('CARRIER')) AND actor_role = 'CARRIER');

-- ANONYMOUS
GRANT USAGE ON SCHEMA public, viewer TO gerbang_anonymous;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places, viewer.purpose_reference TO gerbang_anonymous;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_anonymous;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_anonymous;
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_anonymous;
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_anonymous;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_anonymous;
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_anonymous;
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_anonymous;
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_anonymous;
GRANT SELECT (code, name) ON partner TO gerbang_anonymous;
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_anonymous;
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_anonymous;
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_anonymous;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_anonymous;
GRANT SELECT (name, note, signed_at) ON taken_back_list TO gerbang_anonymous;
GRANT SELECT (first_seen_at, key_id, public_key, retired_at, revoked_at) ON visa_key TO gerbang_anonymous;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_anonymous;
CREATE POLICY anonymous_select ON visa_type FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON eligibility FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON required_document FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON passport_rule FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON extension_rule FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON handling_rule FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON fee FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON service_target FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON country FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON entry_rule FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON partner FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON partner_country FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON centre FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON day_off FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON visa_key FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
CREATE POLICY anonymous_select ON taken_back_list FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_anonymous;
GRANT SELECT (data, version) ON data_version TO gerbang_anonymous;
CREATE POLICY anonymous_select ON data_version FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
GRANT SELECT (country_code, decisions, dimension_set, edition, intake, nationality_code, period, refusal_rate, refusal_rate_below, refused, refused_below, region, starts_on, target_rate, turnaround_adjusted_p50, turnaround_adjusted_p90, turnaround_p50, turnaround_p90, visa_type_code) ON volume_published TO gerbang_anonymous;
CREATE POLICY anonymous_select ON volume_published FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
GRANT SELECT (edition, period, published_at, starts_on) ON volume_edition TO gerbang_anonymous;
CREATE POLICY anonymous_select ON volume_edition FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
GRANT EXECUTE ON FUNCTION viewer.account_signed_at TO gerbang_anonymous;
GRANT EXECUTE ON FUNCTION viewer.account_uncosigned_since TO gerbang_anonymous;
GRANT EXECUTE ON FUNCTION viewer.figures_complete_from TO gerbang_anonymous;
GRANT EXECUTE ON FUNCTION viewer.tracked_file, viewer.admit_try TO gerbang_anonymous;
GRANT INSERT (file, id, is_found, kind, mac, mac_key, source, trace_id) ON tracking_try TO gerbang_anonymous;
CREATE POLICY anonymous_insert ON tracking_try FOR INSERT TO gerbang_anonymous
    WITH CHECK ((SELECT viewer.acts_as('ANONYMOUS')) AND (kind = 'CLAIM') = false);
GRANT EXECUTE ON FUNCTION viewer.delivered_decision TO gerbang_anonymous;
GRANT INSERT (actor, actor_country_code, actor_partner_code, actor_role, applicant_id, case_reference, fields, id, mac, mac_key, purpose, trace_id) ON access_event TO gerbang_anonymous;
CREATE POLICY anonymous_insert ON access_event FOR INSERT TO gerbang_anonymous
    WITH CHECK ((SELECT viewer.acts_as('ANONYMOUS')) AND actor_role = 'ANONYMOUS' AND purpose = 'DELIVERY' AND actor ~ '^[0-9a-f]{32}$' AND num_nonnulls(actor_partner_code, actor_country_code) = 0);
GRANT EXECUTE ON FUNCTION viewer.suspended, viewer.statistics, viewer.sizes, viewer.concerned_by_changes TO gerbang_anonymous;
GRANT SELECT (clients, ids, operation_names, retired_at, sha256, text) ON trusted_document TO gerbang_anonymous;
CREATE POLICY anonymous_select ON trusted_document FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')) AND retired_at IS NULL);

CREATE OR REPLACE FUNCTION viewer.webhook_key() RETURNS bytea
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT public_key FROM webhook_key
$$;
CREATE OR REPLACE FUNCTION viewer.questions_of(asked_case uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN CASE WHEN 'CALLING_VISA' = (
            SELECT rule.entry FROM entry_rule AS rule
            JOIN application AS named ON named.nationality_code = rule.country_code
            WHERE named.id = asked_case AND rule.valid_from <= wib_day(clock_timestamp())
            ORDER BY rule.valid_from DESC LIMIT 1
        ) THEN '{ENTRY_BAN,CLEARANCE}'::text[] ELSE '{ENTRY_BAN}'::text[] END;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.latest_answer(asked_case uuid, question text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT result FROM screening WHERE application_id = asked_case AND kind = question
                AND voided_at IS NULL
            ORDER BY requested_at DESC, id DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.owes_fee(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM application WHERE id = asked_case AND application.paid_at IS NOT NULL AND EXISTS (SELECT FROM bill WHERE bill.application_id = application.id AND (bill.paid_at IS NULL OR bill.reversed_at IS NOT NULL)));
    END
$$;
CREATE OR REPLACE FUNCTION viewer.is_cleared(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN NOT EXISTS (
            SELECT FROM application WHERE id = asked_case AND (is_held OR application.paid_at IS NOT NULL AND EXISTS (SELECT FROM bill WHERE bill.application_id = application.id AND (bill.paid_at IS NULL OR bill.reversed_at IS NOT NULL)))
        ) AND NOT viewer.extends_stopped_visa(asked_case) AND NOT EXISTS (
            SELECT FROM unnest(viewer.questions_of(asked_case)) AS question
            WHERE coalesce(viewer.latest_answer(asked_case, question), '')
                NOT IN ('CLEAR', 'NO_MATCH')
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.is_in_own_pools(of_case application) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN NOT EXISTS (SELECT FROM pool WHERE is_open) OR EXISTS (
            SELECT FROM pool WHERE is_open AND code = ANY (viewer.pools(NULL))
                AND (visa_types = '{}' OR of_case.visa_type_code = ANY (visa_types))
                AND (channels = '{}' OR of_case.channel = ANY (channels))
                AND (nationalities = '{}' OR of_case.nationality_code = ANY (nationalities))
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.is_of_family_just_taken(family text, subject text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN family IS NOT NULL AND EXISTS (
            SELECT FROM application AS member
            JOIN assignment AS taken ON taken.application_id = member.id
            WHERE member.group_reference = family AND taken.officer = subject
                AND taken.ended_at IS NULL AND taken.assigned_at >= transaction_timestamp()
        ) AND (
            SELECT count(*) <= 20 FROM application WHERE group_reference = family
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.extends_stopped_visa(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM application AS extension
            JOIN visa ON visa.visa_number = extension.extends_visa_number
            JOIN application AS first_one ON first_one.id = visa.application_id
            WHERE extension.id = asked_case AND (
                num_nonnulls(revoked_at, superseded_at, returned_at) > 0
                OR viewer.visa_is_held(first_one.id)
            )
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.awaits_first_decision(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM grant_check
            JOIN assignment USING (application_id)
            WHERE application_id = asked_case AND is_decided_twice AND ended_at IS NULL
                AND role = 'OFFICER' AND officer = viewer.subject(NULL)
        ) AND NOT EXISTS (SELECT FROM withheld_decision WHERE application_id = asked_case);
    END
$$;
CREATE OR REPLACE FUNCTION viewer.decided_first(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM withheld_decision
            WHERE application_id = asked_case AND officer = viewer.subject(NULL)
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.questions_to_ask(asked_case uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN ARRAY(
            SELECT question FROM unnest(viewer.questions_of(asked_case)) AS question
            WHERE coalesce((
                SELECT result = 'UNAVAILABLE' OR list_version IS NOT NULL FROM screening
                WHERE application_id = asked_case AND kind = question AND voided_at IS NULL
                ORDER BY requested_at DESC, id DESC LIMIT 1
            ), true)
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.has_open_hit(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM screening AS hit
            WHERE hit.application_id = asked_case AND hit.result = 'HIT'
                AND hit.voided_at IS NULL
                AND viewer.latest_answer(asked_case, hit.kind) NOT IN ('NO_MATCH', 'MATCH')
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.has_live_visa(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM application
            JOIN visa ON visa.decision_id = application.current_decision_id
            WHERE application.id = asked_case AND (
    EXISTS (
        SELECT FROM stay
        WHERE stay.visa_number = visa.visa_number AND stay.presence = 'IN_COUNTRY'
    ) OR (
        num_nonnulls(visa.revoked_at, visa.superseded_at, visa.returned_at) = 0
        AND NOT EXISTS (
            SELECT FROM stay WHERE stay.visa_number = visa.visa_number AND stay.is_used
        )
        AND visa.use_by + coalesce((
            SELECT deadline.days FROM deadline
            WHERE deadline.wait = 'CROSSING' AND deadline.valid_from <= wib_day(visa.issued_at)
            ORDER BY deadline.valid_from DESC LIMIT 1
        ), visa.stay_days)::integer >= wib_day(clock_timestamp())
    )
)
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.has_unused_visa(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM application
            JOIN visa ON visa.decision_id = application.current_decision_id
            WHERE application.id = asked_case
                AND num_nonnulls(revoked_at, superseded_at, returned_at) = 0
                AND use_by >= wib_day(clock_timestamp())
                AND NOT EXISTS (SELECT FROM stay WHERE stay.visa_number = visa.visa_number)
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.extension_of(asked_case uuid) RETURNS TABLE (
    extendability text, visa_number text, applicant_id uuid, nationality_code text,
    visa_type_code text, trip_purpose text, fee_idr bigint, ends_at timestamptz)
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT
        CASE
            WHEN is_multiple_entry OR coalesce(rule.times, 0) = 0 THEN 'NO_RULE'
            WHEN rule.times <= (
                SELECT count(*) FROM application AS extension
                WHERE extension.extends_visa_number = visa.visa_number
                    AND (extension.closed_at IS NULL OR extension.status = 'GRANTED')
            ) THEN 'USED'
            WHEN num_nonnulls(revoked_at, superseded_at, returned_at) > 0
                OR stay.presence = 'DEPARTED' OR last_day < wib_day(clock_timestamp()) THEN 'ENDED'
            ELSE 'POSSIBLE'
        END,
        visa.visa_number, first_one.applicant_id, first_one.nationality_code,
        first_one.visa_type_code, first_one.trip_purpose, rule.amount_idr,
        (last_day + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
    FROM application AS first_one
    JOIN applicant
        ON applicant.id = first_one.applicant_id AND account = viewer.subject('APPLICANT')
    JOIN visa ON visa.decision_id = first_one.current_decision_id
    JOIN visa_type ON visa_type.code = first_one.visa_type_code
    LEFT JOIN stay ON stay.visa_number = visa.visa_number
    LEFT JOIN LATERAL (
        SELECT times, amount_idr FROM extension_rule
        WHERE extension_rule.visa_type_code = first_one.visa_type_code
            AND extension_rule.valid_from <= wib_day(clock_timestamp())
        ORDER BY extension_rule.valid_from DESC LIMIT 1
    ) AS rule ON true
    -- Whose entry nobody reported may have entered on the last day.
    CROSS JOIN LATERAL (
        SELECT coalesce(
            stay.stay_until, use_by + (visa.stay_days + visa.extended_days)::integer
        ) AS last_day
    ) AS ends
    WHERE first_one.id = asked_case
$$;
CREATE OR REPLACE FUNCTION viewer.extendability(asked_case uuid) RETURNS text
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT extendability FROM viewer.extension_of(asked_case)), 'NO_RULE')
$$;
CREATE OR REPLACE FUNCTION viewer.entry_to_record(asked_case uuid) RETURNS TABLE (
    is_known boolean, earliest date, latest date)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN QUERY
            SELECT
                EXISTS (SELECT FROM stay WHERE stay.visa_number = visa.visa_number),
                -- Whoever entered before had no right to stay when asking for more of it.
                greatest(
                    wib_day(issued_at), wib_day(extension.submitted_at) - stay_days::integer
                ),
                least(use_by, wib_day(clock_timestamp()))
            FROM application AS extension
            JOIN visa ON visa.visa_number = extension.extends_visa_number
            WHERE extension.id = asked_case AND extension.officer = viewer.subject('OFFICER');
    END
$$;
CREATE OR REPLACE FUNCTION viewer.record_entry(
    asked_case uuid, entered date, record uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        of_visa text := (SELECT extends_visa_number FROM application WHERE id = asked_case);
    BEGIN
        PERFORM count_stays(of_visa, -1);
        INSERT INTO movement (
            id, applicant_id, visa_number, direction, crossed_at, port, stay_until)
        SELECT
            record, extension.applicant_id, of_visa, 'ENTRY',
            entered::timestamp AT TIME ZONE 'Asia/Jakarta', 'KANIM',
            entered + stay_days::integer
        FROM viewer.entry_to_record(asked_case)
        JOIN application AS extension ON extension.id = asked_case
        JOIN visa ON visa.visa_number = of_visa
        WHERE NOT is_known AND entered BETWEEN earliest AND latest
            AND extension.status IN ('IN_VERIFICATION', 'SCREENING');
        IF NOT FOUND THEN
            RAISE EXCEPTION 'an officer records an entry that is not known, of the own desk'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM write_stay(of_visa, record);
        PERFORM count_stays(of_visa, 1);
        PERFORM tell_of_revoked_in_country(application_id, record, viewer.subject(NULL))
        FROM visa WHERE visa_number = of_visa;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.latest_event(asked_case uuid, kinds text[]) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT kind FROM application_event
            WHERE application_id = asked_case AND kind = ANY (kinds)
            ORDER BY sequence DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.fee_of(of_case application) RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN CASE WHEN of_case.extends_visa_number IS NULL THEN (
            SELECT CASE WHEN is_offered THEN amount_idr END FROM fee
            WHERE visa_type_code = of_case.visa_type_code
                AND use_within_days = of_case.use_within_days
                AND valid_from <= wib_day(clock_timestamp())
            ORDER BY valid_from DESC LIMIT 1
        ) ELSE (
            SELECT amount_idr FROM extension_rule
            WHERE visa_type_code = of_case.visa_type_code
                AND valid_from <= wib_day(clock_timestamp())
            ORDER BY valid_from DESC LIMIT 1
        ) END;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.handling_of(asked_case uuid) RETURNS handling_rule
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT rule FROM handling_rule AS rule
            JOIN application AS named USING (visa_type_code)
            WHERE named.id = asked_case AND rule.valid_from <= wib_day(clock_timestamp())
            ORDER BY rule.valid_from DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.grant_stop(asked_case uuid) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        counts_since timestamptz;
        last_step application_event;
    BEGIN
        -- Partners and applicants learn nothing of other files.
        IF viewer.role() IN ('OFFICER', 'SUPERVISOR') THEN
            SELECT max(link.since) INTO counts_since FROM application
            CROSS JOIN LATERAL (
                SELECT since FROM (
        SELECT
            found_at AS since,
            row_number() OVER (PARTITION BY reason ORDER BY found_at, id) AS place
        FROM person_link
        WHERE person_link.applicant_id = application.applicant_id AND reason <> 'GROUP'
    ) AS link
    WHERE place = 100
    UNION ALL
    SELECT greatest(linked_at, fact.at)
    FROM (
        SELECT application.applicant_id AS person, '-infinity'::timestamptz AS linked_at
        UNION ALL
        SELECT linked_id, coalesce(resolved_at, found_at) FROM person_link
        WHERE person_link.applicant_id = application.applicant_id AND state IN ('CERTAIN', 'CONFIRMED')
    ) AS linked
    JOIN application AS other
        ON other.applicant_id = linked.person AND other.id <> application.id
    CROSS JOIN LATERAL (
        SELECT decided_at AS at FROM decision
        WHERE decision.id = other.current_decision_id AND outcome = 'REFUSED'
            AND grounds && '{ENTRY_BAN,FORGED_DOCUMENT,FALSE_STATEMENT}'
        UNION ALL
        SELECT max(occurred_at) FROM application_event
        WHERE application_id = other.id AND kind = 'REVOKED' AND other.status = 'REVOKED'
        UNION ALL
        SELECT answered_at FROM (
            SELECT result, answered_at FROM screening
            WHERE application_id = other.id AND kind = 'ENTRY_BAN' AND voided_at IS NULL
                AND answered_at IS NOT NULL
            ORDER BY requested_at DESC, id DESC LIMIT 1
        ) AS answer
        WHERE result = 'MATCH'
    ) AS fact
    WHERE fact.at > clock_timestamp() - interval '5 years'
            ) AS link
            WHERE application.id = asked_case;
            SELECT * INTO last_step FROM application_event
            WHERE application_id = asked_case AND occurred_at > counts_since
                AND kind IN ('GRANT_PROPOSED', 'GRANT_APPROVED', 'GRANT_REJECTED')
            ORDER BY sequence DESC LIMIT 1;
        END IF;
        RETURN CASE
            WHEN counts_since IS NULL OR last_step.kind = 'GRANT_APPROVED' THEN NULL
            WHEN last_step.kind = 'GRANT_PROPOSED' THEN last_step.actor
            ELSE ''
        END;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.time_to_answer() RETURNS interval
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT days * interval '24 hours' FROM deadline
            WHERE wait = 'ANSWER' AND valid_from <= wib_day(clock_timestamp())
            ORDER BY valid_from DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.time_to_answer_intention() RETURNS interval
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT days * interval '24 hours' FROM deadline
            WHERE wait = 'INTENTION' AND valid_from <= wib_day(clock_timestamp())
            ORDER BY valid_from DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.time_to_pay() RETURNS interval
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT days * interval '24 hours' FROM deadline
            WHERE wait = 'PAYMENT' AND valid_from <= wib_day(clock_timestamp())
            ORDER BY valid_from DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.time_of_code() RETURNS interval
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT days * interval '24 hours' FROM deadline
            WHERE wait = 'BILLING_CODE' AND valid_from <= wib_day(clock_timestamp())
            ORDER BY valid_from DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.guard_application() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        IF TG_OP = 'UPDATE' THEN it := OLD; SELECT made.outcome, made.grounds, made.conditions INTO new_outcome, new_grounds, new_conditions FROM decision AS made WHERE made.id = NEW.current_decision_id; END IF;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'PARTNER_AGENT' THEN (NEW.status = 'AWAITING_PAYMENT' AND NEW.submitted_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.extends_visa_number IS NULL AND viewer.fee_of(NEW) IS NOT NULL AND coalesce(NEW.pay_by = NEW.submitted_at + viewer.time_to_pay(), NEW.pay_by IS NULL))
                WHEN 'APPLICANT' THEN (NEW.status = 'AWAITING_PAYMENT' AND NEW.submitted_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.extends_visa_number IS NULL AND viewer.fee_of(NEW) IS NOT NULL AND coalesce(NEW.pay_by = NEW.submitted_at + viewer.time_to_pay(), NEW.pay_by IS NULL))
                    OR (NEW.status = 'AWAITING_PAYMENT' AND NEW.submitted_at BETWEEN transaction_timestamp() AND clock_timestamp() AND EXISTS (
                        SELECT FROM visa AS held
                        CROSS JOIN viewer.extension_of(held.application_id) AS extended
                        WHERE held.visa_number = NEW.extends_visa_number
                            AND extended.visa_number = NEW.extends_visa_number
                            AND extended.extendability = 'POSSIBLE'
                            AND extended.applicant_id = NEW.applicant_id
                            AND extended.visa_type_code = NEW.visa_type_code
                            AND NEW.pay_by = least(
                                NEW.submitted_at + viewer.time_to_pay(), extended.ends_at
                            )
                    ))
                WHEN 'PARTNER_SERVICE' THEN (NEW.status = 'AWAITING_PAYMENT' AND NEW.submitted_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.extends_visa_number IS NULL AND viewer.fee_of(NEW) IS NOT NULL AND coalesce(NEW.pay_by = NEW.submitted_at + viewer.time_to_pay(), NEW.pay_by IS NULL))
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.reference IS DISTINCT FROM OLD.reference THEN 'reference' END, CASE WHEN NEW.applicant_id IS DISTINCT FROM OLD.applicant_id THEN 'applicant_id' END, CASE WHEN NEW.nationality_code IS DISTINCT FROM OLD.nationality_code THEN 'nationality_code' END, CASE WHEN NEW.visa_type_code IS DISTINCT FROM OLD.visa_type_code THEN 'visa_type_code' END, CASE WHEN NEW.trip_purpose IS DISTINCT FROM OLD.trip_purpose THEN 'trip_purpose' END, CASE WHEN NEW.entry_on IS DISTINCT FROM OLD.entry_on THEN 'entry_on' END, CASE WHEN NEW.use_within_days IS DISTINCT FROM OLD.use_within_days THEN 'use_within_days' END, CASE WHEN NEW.channel IS DISTINCT FROM OLD.channel THEN 'channel' END, CASE WHEN NEW.partner_code IS DISTINCT FROM OLD.partner_code THEN 'partner_code' END, CASE WHEN NEW.country_code IS DISTINCT FROM OLD.country_code THEN 'country_code' END, CASE WHEN NEW.centre_code IS DISTINCT FROM OLD.centre_code THEN 'centre_code' END, CASE WHEN NEW.successor_centre_code IS DISTINCT FROM OLD.successor_centre_code THEN 'successor_centre_code' END, CASE WHEN NEW.successor_country_code IS DISTINCT FROM OLD.successor_country_code THEN 'successor_country_code' END, CASE WHEN NEW.successor_partner_code IS DISTINCT FROM OLD.successor_partner_code THEN 'successor_partner_code' END, CASE WHEN NEW.left_partner_at IS DISTINCT FROM OLD.left_partner_at THEN 'left_partner_at' END, CASE WHEN NEW.extends_visa_number IS DISTINCT FROM OLD.extends_visa_number THEN 'extends_visa_number' END, CASE WHEN NEW.group_reference IS DISTINCT FROM OLD.group_reference THEN 'group_reference' END, CASE WHEN NEW.guardian_kind IS DISTINCT FROM OLD.guardian_kind THEN 'guardian_kind' END, CASE WHEN NEW.status IS DISTINCT FROM OLD.status THEN 'status' END, CASE WHEN NEW.submitted_at IS DISTINCT FROM OLD.submitted_at THEN 'submitted_at' END, CASE WHEN NEW.received_at IS DISTINCT FROM OLD.received_at THEN 'received_at' END, CASE WHEN NEW.paid_at IS DISTINCT FROM OLD.paid_at THEN 'paid_at' END, CASE WHEN NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN 'closed_at' END, CASE WHEN NEW.target_due_at IS DISTINCT FROM OLD.target_due_at THEN 'target_due_at' END, CASE WHEN NEW.pay_by IS DISTINCT FROM OLD.pay_by THEN 'pay_by' END, CASE WHEN NEW.answer_by IS DISTINCT FROM OLD.answer_by THEN 'answer_by' END, CASE WHEN NEW.fee_idr IS DISTINCT FROM OLD.fee_idr THEN 'fee_idr' END, CASE WHEN NEW.paused_seconds IS DISTINCT FROM OLD.paused_seconds THEN 'paused_seconds' END, CASE WHEN NEW.was_info_requested IS DISTINCT FROM OLD.was_info_requested THEN 'was_info_requested' END, CASE WHEN NEW.is_referred IS DISTINCT FROM OLD.is_referred THEN 'is_referred' END, CASE WHEN NEW.is_held IS DISTINCT FROM OLD.is_held THEN 'is_held' END, CASE WHEN NEW.has_open_hit IS DISTINCT FROM OLD.has_open_hit THEN 'has_open_hit' END, CASE WHEN NEW.hand_in_by IS DISTINCT FROM OLD.hand_in_by THEN 'hand_in_by' END, CASE WHEN NEW.is_urgent IS DISTINCT FROM OLD.is_urgent THEN 'is_urgent' END, CASE WHEN NEW.is_visa_held IS DISTINCT FROM OLD.is_visa_held THEN 'is_visa_held' END, CASE WHEN NEW.is_linked IS DISTINCT FROM OLD.is_linked THEN 'is_linked' END, CASE WHEN NEW.current_decision_id IS DISTINCT FROM OLD.current_decision_id THEN 'current_decision_id' END, CASE WHEN NEW.officer IS DISTINCT FROM OLD.officer THEN 'officer' END, CASE WHEN NEW.supervisor IS DISTINCT FROM OLD.supervisor THEN 'supervisor' END, CASE WHEN NEW.is_assigned IS DISTINCT FROM OLD.is_assigned THEN 'is_assigned' END], NULL);
            is_allowed := changed = '{}' OR CASE viewer_role
                WHEN 'OFFICER' THEN (changed <@ '{status}' AND it.status IN ('PAID') AND NEW.status = 'IN_VERIFICATION' AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND (it.received_at IS NOT NULL OR it.partner_code IS NULL))
                    OR (changed <@ '{}' AND it.status IN ('IN_VERIFICATION', 'SCREENING') AND NEW.status = OLD.status AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND (it.received_at IS NOT NULL OR it.partner_code IS NULL))
                    OR (EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND changed <@ '{answer_by,status,was_info_requested}' AND it.status IN ('IN_VERIFICATION') AND NEW.status = 'INFO_REQUESTED' AND NEW.was_info_requested = true AND (NEW.answer_by IS NOT DISTINCT FROM OLD.answer_by OR NEW.answer_by - viewer.time_to_answer() BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (changed <@ '{answer_by,status}' AND it.status IN ('IN_VERIFICATION', 'SCREENING') AND NEW.status = 'REFUSAL_INTENDED' AND EXISTS (SELECT FROM refusal_intention AS announced WHERE announced.application_id = it.id AND announced.announced_at BETWEEN transaction_timestamp() AND clock_timestamp() AND announced.announced_by = viewer_subject) AND (NEW.answer_by IS NOT DISTINCT FROM OLD.answer_by OR NEW.answer_by - viewer.time_to_answer_intention() BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (changed <@ '{is_referred,status}' AND it.status IN ('IN_VERIFICATION') AND NEW.status = 'SCREENING' AND (NEW.is_referred OR NOT OLD.is_referred) AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.requested_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (changed <@ '{is_referred}' AND it.status IN ('SCREENING') AND NEW.status = OLD.status AND (NEW.is_referred OR NOT OLD.is_referred) AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.requested_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND NOT (viewer.awaits_first_decision(it.id) OR viewer.decided_first(it.id)) AND (it.extends_visa_number IS NULL OR coalesce(new_conditions, '{}') = '{}') AND (it.extends_visa_number IS NULL OR (viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL)) AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND NOT EXISTS (SELECT FROM correction WHERE application_id = it.id AND state IN ('PROPOSED', 'APPROVED')) AND (it.guardian_kind IS DISTINCT FROM 'IN_GROUP' OR EXISTS (SELECT FROM application AS adult WHERE adult.group_reference = it.group_reference AND adult.id <> it.id AND adult.guardian_kind IS NULL AND adult.status NOT IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED'))) AND changed <@ '{closed_at,current_decision_id,status}' AND it.status IN ('IN_VERIFICATION', 'SCREENING') AND NEW.status = 'GRANTED' AND NEW.closed_at BETWEEN transaction_timestamp() AND clock_timestamp() AND EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.current_decision_id AND made.application_id = it.id AND made.officer = viewer_subject AND made.outcome = NEW.status AND made.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND made.supersedes_id IS NOT DISTINCT FROM OLD.current_decision_id))
                    OR (EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND NOT (viewer.awaits_first_decision(it.id) OR viewer.decided_first(it.id)) AND (NOT coalesce((viewer.handling_of(it.id)).is_announced, false) OR EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NOT NULL) OR 'MATCH' IN (viewer.latest_answer(it.id, 'ENTRY_BAN'), viewer.latest_answer(it.id, 'CLEARANCE')) OR new_grounds && '{ENTRY_BAN,SECURITY,FORGED_DOCUMENT}') AND changed <@ '{closed_at,current_decision_id,status}' AND it.status IN ('IN_VERIFICATION', 'SCREENING') AND NEW.status = 'REFUSED' AND NEW.closed_at BETWEEN transaction_timestamp() AND clock_timestamp() AND EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.current_decision_id AND made.application_id = it.id AND made.officer = viewer_subject AND made.outcome = NEW.status AND made.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND made.supersedes_id IS NOT DISTINCT FROM OLD.current_decision_id))
                WHEN 'SUPERVISOR' THEN ((it.received_at IS NOT NULL OR it.partner_code IS NULL) AND true AND true AND changed <@ '{status}' AND it.status IN ('PAID') AND NEW.status = 'IN_VERIFICATION' AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND true))
                    OR (true AND true AND changed <@ '{}' AND it.status IN ('IN_VERIFICATION', 'SCREENING', 'INFO_REQUESTED', 'REFUSAL_INTENDED') AND NEW.status = OLD.status AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND true))
                    OR (changed <@ '{is_referred}' AND it.status IN ('SCREENING') AND NEW.status = OLD.status AND (NEW.is_referred OR NOT OLD.is_referred) AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.requested_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (changed <@ '{is_referred}' AND it.status IN ('REFUSED', 'REVOKED') AND NEW.status = OLD.status AND (NEW.is_referred OR NOT OLD.is_referred) AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.requested_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (changed <@ '{is_referred}' AND it.status IN ('GRANTED') AND NEW.status = OLD.status AND (NEW.is_referred OR NOT OLD.is_referred) AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.requested_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (NOT it.is_held AND changed <@ '{is_held}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.status = OLD.status AND NEW.is_held = true)
                    OR (viewer.has_live_visa(it.id) AND NOT it.is_held AND changed <@ '{is_held}' AND it.status IN ('GRANTED') AND NEW.status = OLD.status AND NEW.is_held = true)
                    OR (it.is_held AND changed <@ '{is_held}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED') AND NEW.status = OLD.status AND NEW.is_held = false)
                    OR (NOT it.is_urgent AND changed <@ '{is_urgent}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.status = OLD.status AND NEW.is_urgent = true)
                    OR (it.is_urgent AND changed <@ '{is_urgent}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.status = OLD.status AND NEW.is_urgent = false)
                    OR (EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'SUPERVISOR' AND officer = viewer_subject) AND (NOT coalesce((viewer.handling_of(it.id)).is_announced, false) OR EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NOT NULL) OR 'MATCH' IN (viewer.latest_answer(it.id, 'ENTRY_BAN'), viewer.latest_answer(it.id, 'CLEARANCE')) OR new_grounds && '{ENTRY_BAN,SECURITY,FORGED_DOCUMENT}') AND changed <@ '{closed_at,current_decision_id,status}' AND it.status IN ('IN_VERIFICATION', 'SCREENING') AND NEW.status = 'REFUSED' AND NEW.closed_at BETWEEN transaction_timestamp() AND clock_timestamp() AND EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.current_decision_id AND made.application_id = it.id AND made.officer = viewer_subject AND made.outcome = NEW.status AND made.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND made.supersedes_id IS NOT DISTINCT FROM OLD.current_decision_id))
                    OR ((SELECT decided.officer FROM decision AS decided WHERE decided.id = it.current_decision_id) IS DISTINCT FROM viewer_subject AND NOT EXISTS (SELECT FROM decision AS decided WHERE decided.id = it.current_decision_id AND decided.outcome = new_outcome AND decided.grounds = new_grounds AND decided.conditions = new_conditions) AND (it.extends_visa_number IS NULL OR coalesce(new_conditions, '{}') = '{}') AND (it.extends_visa_number IS NULL OR (viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL)) AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND (it.guardian_kind IS DISTINCT FROM 'IN_GROUP' OR EXISTS (SELECT FROM application AS adult WHERE adult.group_reference = it.group_reference AND adult.id <> it.id AND adult.guardian_kind IS NULL AND adult.status NOT IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED'))) AND changed <@ '{current_decision_id,status}' AND it.status IN ('GRANTED', 'REFUSED') AND NEW.status = 'GRANTED' AND EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.current_decision_id AND made.application_id = it.id AND made.officer = viewer_subject AND made.outcome = NEW.status AND made.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND made.supersedes_id IS NOT DISTINCT FROM OLD.current_decision_id))
                    OR ((SELECT decided.officer FROM decision AS decided WHERE decided.id = it.current_decision_id) IS DISTINCT FROM viewer_subject AND NOT EXISTS (SELECT FROM decision AS decided WHERE decided.id = it.current_decision_id AND decided.outcome = new_outcome AND decided.grounds = new_grounds AND decided.conditions = new_conditions) AND changed <@ '{current_decision_id,status}' AND it.status IN ('GRANTED', 'REFUSED') AND NEW.status = 'REFUSED' AND EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.current_decision_id AND made.application_id = it.id AND made.officer = viewer_subject AND made.outcome = NEW.status AND made.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND made.supersedes_id IS NOT DISTINCT FROM OLD.current_decision_id))
                    OR (changed <@ '{status}' AND it.status IN ('GRANTED') AND NEW.status = 'REVOKED')
                    OR ((SELECT revoked.actor FROM application_event AS revoked WHERE revoked.application_id = it.id AND revoked.kind = 'REVOKED' ORDER BY revoked.sequence DESC LIMIT 1) IS DISTINCT FROM viewer_subject AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND changed <@ '{current_decision_id,status}' AND it.status IN ('REVOKED') AND NEW.status = 'GRANTED' AND EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.current_decision_id AND made.application_id = it.id AND made.officer = viewer_subject AND made.outcome = NEW.status AND made.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND made.supersedes_id IS NOT DISTINCT FROM OLD.current_decision_id))
                WHEN 'PARTNER_AGENT' THEN (it.partner_code IS NOT NULL AND it.received_at IS NULL AND NOT EXISTS (SELECT FROM case_document WHERE application_id = it.id AND recorded_at IS NULL) AND changed <@ '{received_at}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.status = OLD.status AND NEW.received_at BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (true AND true AND changed <@ '{paused_seconds,status}' AND it.status IN ('INFO_REQUESTED') AND NEW.status = 'IN_VERIFICATION' AND abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - (SELECT max(occurred_at) FROM application_event WHERE application_id = it.id AND kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')))) <= 2 + extract(epoch FROM clock_timestamp() - transaction_timestamp()) AND NOT EXISTS (SELECT FROM requested_item WHERE application_id = it.id AND answered_at IS NULL))
                    OR (changed <@ '{paused_seconds,status}' AND it.status IN ('REFUSAL_INTENDED') AND NEW.status = 'IN_VERIFICATION' AND abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - (SELECT max(occurred_at) FROM application_event WHERE application_id = it.id AND kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')))) <= 2 + extract(epoch FROM clock_timestamp() - transaction_timestamp()) AND EXISTS (SELECT FROM refusal_intention AS announced WHERE announced.application_id = it.id AND announced.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND announced.answered_by = viewer_subject))
                    OR (changed <@ '{closed_at,status}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'SCREENING') AND NEW.status = 'WITHDRAWN' AND NEW.closed_at BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (changed <@ '{closed_at,paused_seconds,status}' AND it.status IN ('INFO_REQUESTED', 'REFUSAL_INTENDED') AND NEW.status = 'WITHDRAWN' AND NEW.closed_at BETWEEN transaction_timestamp() AND clock_timestamp() AND abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - (SELECT max(occurred_at) FROM application_event WHERE application_id = it.id AND kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')))) <= 2 + extract(epoch FROM clock_timestamp() - transaction_timestamp()))
                WHEN 'APPLICANT' THEN (true AND true AND changed <@ '{paused_seconds,status}' AND it.status IN ('INFO_REQUESTED') AND NEW.status = 'IN_VERIFICATION' AND abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - (SELECT max(occurred_at) FROM application_event WHERE application_id = it.id AND kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')))) <= 2 + extract(epoch FROM clock_timestamp() - transaction_timestamp()) AND NOT EXISTS (SELECT FROM requested_item WHERE application_id = it.id AND answered_at IS NULL))
                    OR (changed <@ '{paused_seconds,status}' AND it.status IN ('REFUSAL_INTENDED') AND NEW.status = 'IN_VERIFICATION' AND abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - (SELECT max(occurred_at) FROM application_event WHERE application_id = it.id AND kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')))) <= 2 + extract(epoch FROM clock_timestamp() - transaction_timestamp()) AND EXISTS (SELECT FROM refusal_intention AS announced WHERE announced.application_id = it.id AND announced.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND announced.answered_by = viewer_subject))
                    OR (changed <@ '{closed_at,status}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'SCREENING') AND NEW.status = 'WITHDRAWN' AND NEW.closed_at BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (changed <@ '{closed_at,paused_seconds,status}' AND it.status IN ('INFO_REQUESTED', 'REFUSAL_INTENDED') AND NEW.status = 'WITHDRAWN' AND NEW.closed_at BETWEEN transaction_timestamp() AND clock_timestamp() AND abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - (SELECT max(occurred_at) FROM application_event WHERE application_id = it.id AND kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')))) <= 2 + extract(epoch FROM clock_timestamp() - transaction_timestamp()))
                WHEN 'PARTNER_SERVICE' THEN (it.partner_code IS NOT NULL AND it.received_at IS NULL AND NOT EXISTS (SELECT FROM case_document WHERE application_id = it.id AND recorded_at IS NULL) AND changed <@ '{received_at}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.status = OLD.status AND NEW.received_at BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (true AND true AND changed <@ '{paused_seconds,status}' AND it.status IN ('INFO_REQUESTED') AND NEW.status = 'IN_VERIFICATION' AND abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - (SELECT max(occurred_at) FROM application_event WHERE application_id = it.id AND kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')))) <= 2 + extract(epoch FROM clock_timestamp() - transaction_timestamp()) AND NOT EXISTS (SELECT FROM requested_item WHERE application_id = it.id AND answered_at IS NULL))
                    OR (changed <@ '{paused_seconds,status}' AND it.status IN ('REFUSAL_INTENDED') AND NEW.status = 'IN_VERIFICATION' AND abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - (SELECT max(occurred_at) FROM application_event WHERE application_id = it.id AND kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')))) <= 2 + extract(epoch FROM clock_timestamp() - transaction_timestamp()) AND EXISTS (SELECT FROM refusal_intention AS announced WHERE announced.application_id = it.id AND announced.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND announced.answered_by = viewer_subject))
                    OR (changed <@ '{closed_at,status}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'SCREENING') AND NEW.status = 'WITHDRAWN' AND NEW.closed_at BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (changed <@ '{closed_at,paused_seconds,status}' AND it.status IN ('INFO_REQUESTED', 'REFUSAL_INTENDED') AND NEW.status = 'WITHDRAWN' AND NEW.closed_at BETWEEN transaction_timestamp() AND clock_timestamp() AND abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - (SELECT max(occurred_at) FROM application_event WHERE application_id = it.id AND kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')))) <= 2 + extract(epoch FROM clock_timestamp() - transaction_timestamp()))
                WHEN 'SCREENING' THEN (changed <@ '{has_open_hit,is_referred}' AND it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND NEW.status = OLD.status AND (NEW.has_open_hit OR NOT viewer.has_open_hit(it.id)) AND (NOT NEW.has_open_hit OR OLD.has_open_hit OR viewer.has_open_hit(it.id)) AND (NEW.is_referred OR NOT OLD.is_referred))
                WHEN 'TREASURY' THEN (changed <@ '{fee_idr,paid_at,status,target_due_at}' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND NEW.status = 'PAID' AND OLD.paid_at IS NULL AND NEW.target_due_at >= NEW.paid_at AND EXISTS (SELECT FROM bill WHERE bill.application_id = it.id AND bill.amount_idr = NEW.fee_idr AND bill.paid_at = NEW.paid_at))
                    OR (changed <@ '{fee_idr}' AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'REVOKED') AND NEW.status = OLD.status AND OLD.fee_idr = 0 AND EXISTS (SELECT FROM bill WHERE bill.application_id = it.id AND bill.amount_idr = NEW.fee_idr AND bill.paid_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                ELSE false END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of application', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON application
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_application();
CREATE OR REPLACE FUNCTION viewer.guard_application_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'OFFICER' THEN (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'IN_VERIFICATION' AND NEW.reason IS NULL AND it.status = 'IN_VERIFICATION' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('PAID'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'INFO_REQUESTED' AND NEW.reason IS NULL AND it.status = 'INFO_REQUESTED' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('IN_VERIFICATION'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'REFUSAL_INTENDED' AND NEW.reason IS NULL AND it.status = 'REFUSAL_INTENDED' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('IN_VERIFICATION', 'SCREENING'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'SCREENING' AND NEW.reason IS NULL AND it.status = 'SCREENING' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('IN_VERIFICATION'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'SCREENING' AND NEW.reason IS NULL AND it.status IN ('SCREENING') AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.requested_at = NEW.occurred_at))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'GRANT_PROPOSED' AND it.status IN ('IN_VERIFICATION', 'SCREENING') AND (viewer_role = 'SUPERVISOR' OR EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject)) AND NEW.reason IS NOT NULL AND viewer.grant_stop(it.id) = '')
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'GRANT_REJECTED' AND it.status IN ('IN_VERIFICATION', 'SCREENING') AND (viewer_role = 'SUPERVISOR' OR EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject)) AND NEW.reason IS NOT NULL AND viewer.grant_stop(it.id) <> '')
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'GRANTED' AND NEW.reason IS NULL AND it.status = 'GRANTED' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('IN_VERIFICATION', 'SCREENING'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'REFUSED' AND NEW.reason IS NULL AND it.status = 'REFUSED' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('IN_VERIFICATION', 'SCREENING'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTED' AND NEW.reason IS NULL AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.state = 'IN_EFFECT' AND made.closed_at = NEW.occurred_at AND made.closed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTION_REJECTED' AND NEW.reason IS NULL AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.state = 'REJECTED' AND made.closed_at = NEW.occurred_at AND made.closed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'APPEARED' AND NEW.reason IS NULL AND it.status IN ('IN_VERIFICATION', 'SCREENING') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND it.extends_visa_number IS NOT NULL AND NOT (viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL) AND EXISTS (SELECT FROM stay WHERE stay.visa_number = it.extends_visa_number))
                WHEN 'SUPERVISOR' THEN (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'IN_VERIFICATION' AND NEW.reason IS NULL AND it.status = 'IN_VERIFICATION' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('PAID'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'SCREENING' AND NEW.reason IS NULL AND it.status IN ('SCREENING') AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.requested_at = NEW.occurred_at))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'ANSWER_PROPOSED' AND NEW.reason IS NULL AND it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.result = 'PENDING' AND asked.proposed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'HELD' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND it.is_held AND viewer.latest_event(it.id, '{HELD,RELEASED}') IS DISTINCT FROM 'HELD')
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'HELD' AND it.status IN ('GRANTED') AND it.is_held AND viewer.latest_event(it.id, '{HELD,RELEASED}') IS DISTINCT FROM 'HELD')
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'RELEASED' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED') AND NOT it.is_held AND viewer.latest_event(it.id, '{HELD,RELEASED}') IS DISTINCT FROM 'RELEASED')
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'MARKED_URGENT' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND it.is_urgent AND viewer.latest_event(it.id, '{MARKED_URGENT,URGENCY_ENDED}') IS DISTINCT FROM 'MARKED_URGENT')
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'URGENCY_ENDED' AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NOT it.is_urgent AND viewer.latest_event(it.id, '{MARKED_URGENT,URGENCY_ENDED}') = 'MARKED_URGENT')
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'GRANT_PROPOSED' AND it.status IN ('GRANTED', 'REFUSED', 'REVOKED') AND (viewer_role = 'SUPERVISOR' OR EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject)) AND NEW.reason IS NOT NULL AND viewer.grant_stop(it.id) = '')
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'GRANT_APPROVED' AND NEW.reason IS NULL AND it.status IN ('IN_VERIFICATION', 'SCREENING', 'GRANTED', 'REFUSED', 'REVOKED') AND viewer.grant_stop(it.id) <> '' AND viewer.grant_stop(it.id) <> viewer_subject)
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'GRANT_REJECTED' AND it.status IN ('IN_VERIFICATION', 'SCREENING', 'GRANTED', 'REFUSED', 'REVOKED') AND (viewer_role = 'SUPERVISOR' OR EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject)) AND NEW.reason IS NOT NULL AND viewer.grant_stop(it.id) <> '')
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'REFUSED' AND NEW.reason IS NULL AND it.status = 'REFUSED' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('IN_VERIFICATION', 'SCREENING'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'GRANTED' AND it.status = 'GRANTED' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('GRANTED', 'REFUSED'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'REFUSED' AND it.status = 'REFUSED' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('GRANTED', 'REFUSED'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTED' AND NEW.reason IS NULL AND it.status IN ('GRANTED') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.state = 'IN_EFFECT' AND made.closed_at = NEW.occurred_at AND made.closed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTION_REJECTED' AND NEW.reason IS NULL AND it.status IN ('GRANTED') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.state = 'REJECTED' AND made.closed_at = NEW.occurred_at AND made.closed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'REVOKED' AND it.status = 'REVOKED' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('GRANTED'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'GRANTED' AND it.status = 'GRANTED' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('REVOKED'))
                WHEN 'PARTNER_AGENT' THEN (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'SUBMITTED' AND NEW.reason IS NULL AND NEW.sequence = 1 AND it.status = 'AWAITING_PAYMENT')
                    OR (NEW.actor IS NULL AND NEW.actor_role IS NULL AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'AWAITING_PAYMENT' AND NEW.sequence = 2 AND it.status = NEW.kind)
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'RECEIVED' AND NEW.reason IS NULL AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND it.received_at = NEW.occurred_at)
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'IN_VERIFICATION' AND NEW.reason IS NULL AND it.status = 'IN_VERIFICATION' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('INFO_REQUESTED'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'IN_VERIFICATION' AND NEW.reason IS NULL AND it.status = 'IN_VERIFICATION' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('REFUSAL_INTENDED'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTED' AND NEW.reason IS NULL AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.proposed_at = NEW.occurred_at AND made.proposed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTION_PROPOSED' AND NEW.reason IS NULL AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.proposed_at = NEW.occurred_at AND made.proposed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'WITHDRAWN' AND NEW.reason IS NULL AND it.status = 'WITHDRAWN' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING'))
                WHEN 'APPLICANT' THEN (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'SUBMITTED' AND NEW.reason IS NULL AND NEW.sequence = 1 AND it.status = 'AWAITING_PAYMENT')
                    OR (NEW.actor IS NULL AND NEW.actor_role IS NULL AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'AWAITING_PAYMENT' AND NEW.sequence = 2 AND it.status = NEW.kind)
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'IN_VERIFICATION' AND NEW.reason IS NULL AND it.status = 'IN_VERIFICATION' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('INFO_REQUESTED'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'IN_VERIFICATION' AND NEW.reason IS NULL AND it.status = 'IN_VERIFICATION' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('REFUSAL_INTENDED'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTED' AND NEW.reason IS NULL AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.proposed_at = NEW.occurred_at AND made.proposed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTION_PROPOSED' AND NEW.reason IS NULL AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.proposed_at = NEW.occurred_at AND made.proposed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTION_PROPOSED' AND NEW.reason IS NULL AND it.status IN ('GRANTED') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.proposed_at = NEW.occurred_at AND made.proposed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'WITHDRAWN' AND NEW.reason IS NULL AND it.status = 'WITHDRAWN' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'VISA_RETURNED' AND NEW.reason IS NULL AND it.status IN ('GRANTED') AND EXISTS (SELECT FROM visa AS held WHERE held.decision_id = it.current_decision_id AND held.returned_at = NEW.occurred_at))
                WHEN 'PARTNER_SERVICE' THEN (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'SUBMITTED' AND NEW.reason IS NULL AND NEW.sequence = 1 AND it.status = 'AWAITING_PAYMENT')
                    OR (NEW.actor IS NULL AND NEW.actor_role IS NULL AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'AWAITING_PAYMENT' AND NEW.sequence = 2 AND it.status = NEW.kind)
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'RECEIVED' AND NEW.reason IS NULL AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND it.received_at = NEW.occurred_at)
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'IN_VERIFICATION' AND NEW.reason IS NULL AND it.status = 'IN_VERIFICATION' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('INFO_REQUESTED'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'IN_VERIFICATION' AND NEW.reason IS NULL AND it.status = 'IN_VERIFICATION' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('REFUSAL_INTENDED'))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTED' AND NEW.reason IS NULL AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.proposed_at = NEW.occurred_at AND made.proposed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'CORRECTION_PROPOSED' AND NEW.reason IS NULL AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND made.proposed_at = NEW.occurred_at AND made.proposed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'WITHDRAWN' AND NEW.reason IS NULL AND it.status = 'WITHDRAWN' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING'))
                WHEN 'SCREENING' THEN (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'SCREENED' AND NEW.reason IS NULL AND it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.answered_at = NEW.occurred_at AND asked.answered_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'ANSWER_PROPOSED' AND NEW.reason IS NULL AND it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.result = 'PENDING' AND asked.proposed_by = viewer_subject))
                    OR (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'SCREENED' AND NEW.reason IS NULL AND it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND asked.answered_at = NEW.occurred_at AND asked.confirmed_by = viewer_subject))
                WHEN 'TREASURY' THEN (NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND NEW.occurred_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = 'PAID' AND NEW.reason IS NULL AND it.status = 'PAID' AND viewer.latest_event(it.id, '{SUBMITTED,AWAITING_PAYMENT,PAID,IN_VERIFICATION,INFO_REQUESTED,REFUSAL_INTENDED,SCREENING,GRANTED,REFUSED,WITHDRAWN,LAPSED,PAYMENT_EXPIRED,REVOKED}') IN ('SUBMITTED', 'AWAITING_PAYMENT'))
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.sequence IS DISTINCT FROM OLD.sequence THEN 'sequence' END, CASE WHEN NEW.kind IS DISTINCT FROM OLD.kind THEN 'kind' END, CASE WHEN NEW.occurred_at IS DISTINCT FROM OLD.occurred_at THEN 'occurred_at' END, CASE WHEN NEW.recorded_at IS DISTINCT FROM OLD.recorded_at THEN 'recorded_at' END, CASE WHEN NEW.actor IS DISTINCT FROM OLD.actor THEN 'actor' END, CASE WHEN NEW.actor_role IS DISTINCT FROM OLD.actor_role THEN 'actor_role' END, CASE WHEN NEW.reason IS DISTINCT FROM OLD.reason THEN 'reason' END], NULL);
            is_allowed := changed = '{}' OR false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of application_event', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON application_event
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_application_event();
CREATE OR REPLACE FUNCTION viewer.guard_assignment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('PAID') AND (it.received_at IS NOT NULL OR it.partner_code IS NULL) AND NOT EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND true) AND NEW.officer = viewer_subject AND NEW.role = 'OFFICER' AND NEW.assigned_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.assigned_by = viewer_subject AND (viewer.is_in_own_pools(it) OR viewer.is_of_family_just_taken(it.group_reference, viewer_subject)))
                    OR (it.status IN ('IN_VERIFICATION', 'SCREENING') AND NOT EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND true) AND NEW.officer = viewer_subject AND NEW.role = 'OFFICER' AND NEW.assigned_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.assigned_by = viewer_subject AND (viewer.is_in_own_pools(it) OR viewer.is_of_family_just_taken(it.group_reference, viewer_subject)))
                WHEN 'SUPERVISOR' THEN (it.status IN ('PAID') AND (it.received_at IS NOT NULL OR it.partner_code IS NULL) AND true AND true AND NEW.assigned_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.assigned_by = viewer_subject AND (NEW.role = 'SUPERVISOR' AND NEW.officer = viewer_subject OR NEW.role = 'OFFICER' AND viewer.latest_answer(it.id, 'ENTRY_BAN') IS DISTINCT FROM 'MATCH' AND viewer.latest_answer(it.id, 'CLEARANCE') IS DISTINCT FROM 'MATCH'))
                    OR (it.status IN ('IN_VERIFICATION', 'SCREENING', 'INFO_REQUESTED', 'REFUSAL_INTENDED') AND true AND true AND NEW.assigned_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.assigned_by = viewer_subject AND (NEW.role = 'SUPERVISOR' AND NEW.officer = viewer_subject OR NEW.role = 'OFFICER' AND viewer.latest_answer(it.id, 'ENTRY_BAN') IS DISTINCT FROM 'MATCH' AND viewer.latest_answer(it.id, 'CLEARANCE') IS DISTINCT FROM 'MATCH'))
                WHEN 'SCREENING' THEN (it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND NEW.role = 'SUPERVISOR' AND NEW.assigned_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.assigned_by = viewer_subject AND EXISTS (SELECT FROM screening AS hit WHERE hit.application_id = it.id AND hit.result = 'MATCH' AND hit.confirmed_by = viewer_subject AND hit.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND hit.answered_by = NEW.officer))
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.officer IS DISTINCT FROM OLD.officer THEN 'officer' END, CASE WHEN NEW.role IS DISTINCT FROM OLD.role THEN 'role' END, CASE WHEN NEW.assigned_at IS DISTINCT FROM OLD.assigned_at THEN 'assigned_at' END, CASE WHEN NEW.ended_at IS DISTINCT FROM OLD.ended_at THEN 'ended_at' END, CASE WHEN NEW.assigned_by IS DISTINCT FROM OLD.assigned_by THEN 'assigned_by' END, CASE WHEN NEW.ended_by IS DISTINCT FROM OLD.ended_by THEN 'ended_by' END, CASE WHEN NEW.reason IS DISTINCT FROM OLD.reason THEN 'reason' END], NULL);
            is_allowed := changed = '{}' OR CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('IN_VERIFICATION', 'SCREENING', 'INFO_REQUESTED', 'REFUSAL_INTENDED') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND changed <@ '{ended_at,ended_by,reason}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject AND NEW.reason IS NOT NULL)
                    OR (it.status = 'GRANTED' AND changed <@ '{ended_at,ended_by}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject)
                    OR (it.status = 'REFUSED' AND changed <@ '{ended_at,ended_by}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject)
                    OR (it.status IN ('IN_VERIFICATION', 'SCREENING') AND changed <@ '{ended_at,ended_by}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject AND EXISTS (SELECT FROM withheld_decision AS made WHERE made.application_id = it.id AND made.officer = viewer_subject AND made.decided_at = NEW.ended_at))
                WHEN 'SUPERVISOR' THEN (it.status IN ('PAID') AND (it.received_at IS NOT NULL OR it.partner_code IS NULL) AND true AND true AND changed <@ '{ended_at,ended_by,reason}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject AND NEW.reason IS NOT NULL)
                    OR (it.status IN ('IN_VERIFICATION', 'SCREENING', 'INFO_REQUESTED', 'REFUSAL_INTENDED') AND true AND true AND changed <@ '{ended_at,ended_by,reason}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject AND NEW.reason IS NOT NULL)
                    OR (it.status = 'REFUSED' AND changed <@ '{ended_at,ended_by}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject)
                WHEN 'PARTNER_AGENT' THEN (it.status = 'WITHDRAWN' AND changed <@ '{ended_at,ended_by}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject)
                WHEN 'APPLICANT' THEN (it.status = 'WITHDRAWN' AND changed <@ '{ended_at,ended_by}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject)
                WHEN 'PARTNER_SERVICE' THEN (it.status = 'WITHDRAWN' AND changed <@ '{ended_at,ended_by}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject)
                WHEN 'SCREENING' THEN (it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND changed <@ '{ended_at,ended_by}' AND OLD.ended_at IS NULL AND NEW.ended_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.ended_by = viewer_subject AND EXISTS (SELECT FROM screening AS hit WHERE hit.application_id = it.id AND hit.result = 'MATCH' AND hit.confirmed_by = viewer_subject AND hit.answered_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                ELSE false END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of assignment', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON assignment
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_assignment();
CREATE OR REPLACE FUNCTION viewer.guard_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'PARTNER_AGENT' THEN (it.status = 'AWAITING_PAYMENT' AND NEW.issued_at = it.submitted_at AND NEW.issued_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.amount_idr = viewer.fee_of(it) AND NEW.due_at = least(it.pay_by, NEW.issued_at + least(viewer.time_of_code(), viewer.time_to_pay())))
                WHEN 'APPLICANT' THEN (it.status = 'AWAITING_PAYMENT' AND NEW.issued_at = it.submitted_at AND NEW.issued_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.amount_idr = viewer.fee_of(it) AND NEW.due_at = least(it.pay_by, NEW.issued_at + least(viewer.time_of_code(), viewer.time_to_pay())))
                WHEN 'PARTNER_SERVICE' THEN (it.status = 'AWAITING_PAYMENT' AND NEW.issued_at = it.submitted_at AND NEW.issued_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.amount_idr = viewer.fee_of(it) AND NEW.due_at = least(it.pay_by, NEW.issued_at + least(viewer.time_of_code(), viewer.time_to_pay())))
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.billing_code IS DISTINCT FROM OLD.billing_code THEN 'billing_code' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.family_id IS DISTINCT FROM OLD.family_id THEN 'family_id' END, CASE WHEN NEW.family_code IS DISTINCT FROM OLD.family_code THEN 'family_code' END, CASE WHEN NEW.family_fee_idr IS DISTINCT FROM OLD.family_fee_idr THEN 'family_fee_idr' END, CASE WHEN NEW.amount_idr IS DISTINCT FROM OLD.amount_idr THEN 'amount_idr' END, CASE WHEN NEW.issued_at IS DISTINCT FROM OLD.issued_at THEN 'issued_at' END, CASE WHEN NEW.due_at IS DISTINCT FROM OLD.due_at THEN 'due_at' END, CASE WHEN NEW.paid_at IS DISTINCT FROM OLD.paid_at THEN 'paid_at' END, CASE WHEN NEW.receipt_number IS DISTINCT FROM OLD.receipt_number THEN 'receipt_number' END, CASE WHEN NEW.reversed_at IS DISTINCT FROM OLD.reversed_at THEN 'reversed_at' END, CASE WHEN NEW.reversal_number IS DISTINCT FROM OLD.reversal_number THEN 'reversal_number' END, CASE WHEN NEW.reversal_effect IS DISTINCT FROM OLD.reversal_effect THEN 'reversal_effect' END], NULL);
            is_allowed := changed = '{}' OR CASE viewer_role
                WHEN 'TREASURY' THEN (it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND changed <@ '{paid_at,receipt_number}' AND OLD.paid_at IS NULL AND NEW.paid_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NOT EXISTS (SELECT FROM unmatched_payment AS kept WHERE kept.receipt_number = NEW.receipt_number AND (kept.amount_idr = coalesce(NEW.family_fee_idr, NEW.amount_idr) AND kept.recommended_bill = coalesce(NEW.family_code, NEW.billing_code) AND kept.recommended_by <> viewer_subject AND kept.reversed_at IS NULL) IS NOT TRUE) AND NOT EXISTS (SELECT FROM former_bill AS former WHERE former.receipt_number = NEW.receipt_number))
                    OR (it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'REVOKED') AND viewer.owes_fee(it.id) AND changed <@ '{paid_at,receipt_number}' AND OLD.paid_at IS NULL AND NEW.paid_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NOT EXISTS (SELECT FROM unmatched_payment AS kept WHERE kept.receipt_number = NEW.receipt_number AND (kept.amount_idr = coalesce(NEW.family_fee_idr, NEW.amount_idr) AND kept.recommended_bill = coalesce(NEW.family_code, NEW.billing_code) AND kept.recommended_by <> viewer_subject AND kept.reversed_at IS NULL) IS NOT TRUE) AND NOT EXISTS (SELECT FROM former_bill AS former WHERE former.receipt_number = NEW.receipt_number))
                ELSE false END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of bill', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON bill
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_bill();
CREATE OR REPLACE FUNCTION viewer.guard_case_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := false;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.kind IS DISTINCT FROM OLD.kind THEN 'kind' END, CASE WHEN NEW.recorded_at IS DISTINCT FROM OLD.recorded_at THEN 'recorded_at' END, CASE WHEN NEW.recorded_by IS DISTINCT FROM OLD.recorded_by THEN 'recorded_by' END], NULL);
            is_allowed := changed = '{}' OR CASE viewer_role
                WHEN 'PARTNER_AGENT' THEN (it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND it.partner_code IS NOT NULL AND it.received_at IS NULL AND true AND changed <@ '{recorded_at,recorded_by}' AND (NEW.recorded_at IS NULL OR OLD.recorded_at IS NULL AND NEW.recorded_by = viewer_subject AND NEW.recorded_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                WHEN 'PARTNER_SERVICE' THEN (it.status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND it.partner_code IS NOT NULL AND it.received_at IS NULL AND true AND changed <@ '{recorded_at,recorded_by}' AND (NEW.recorded_at IS NULL OR OLD.recorded_at IS NULL AND NEW.recorded_by = viewer_subject AND NEW.recorded_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                ELSE false END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of case_document', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON case_document
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_case_document();
CREATE OR REPLACE FUNCTION viewer.guard_case_note() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('IN_VERIFICATION', 'SCREENING', 'INFO_REQUESTED', 'REFUSAL_INTENDED') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND NEW.author = viewer_subject AND NEW.written_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.first_of_two IS NOT DISTINCT FROM CASE WHEN viewer.awaits_first_decision(it.id) THEN viewer_subject END)
                WHEN 'SUPERVISOR' THEN (it.status IN ('IN_VERIFICATION', 'SCREENING', 'INFO_REQUESTED', 'REFUSAL_INTENDED') AND NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND NEW.author = viewer_subject AND NEW.written_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.first_of_two IS NOT DISTINCT FROM CASE WHEN viewer.awaits_first_decision(it.id) THEN viewer_subject END)
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.applicant_id IS DISTINCT FROM OLD.applicant_id THEN 'applicant_id' END, CASE WHEN NEW.author IS DISTINCT FROM OLD.author THEN 'author' END, CASE WHEN NEW.written_at IS DISTINCT FROM OLD.written_at THEN 'written_at' END, CASE WHEN NEW.first_of_two IS DISTINCT FROM OLD.first_of_two THEN 'first_of_two' END, CASE WHEN NEW.sealed IS DISTINCT FROM OLD.sealed THEN 'sealed' END, CASE WHEN NEW.as_text IS DISTINCT FROM OLD.as_text THEN 'as_text' END], NULL);
            is_allowed := changed = '{}' OR false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of case_note', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON case_note
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_case_note();
CREATE OR REPLACE FUNCTION viewer.guard_decision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id; new_outcome := NEW.outcome; new_grounds := NEW.grounds; new_conditions := NEW.conditions;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('IN_VERIFICATION', 'SCREENING') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND NOT (viewer.awaits_first_decision(it.id) OR viewer.decided_first(it.id)) AND (it.extends_visa_number IS NULL OR coalesce(new_conditions, '{}') = '{}') AND (it.extends_visa_number IS NULL OR (viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL)) AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND NOT EXISTS (SELECT FROM correction WHERE application_id = it.id AND state IN ('PROPOSED', 'APPROVED')) AND (it.guardian_kind IS DISTINCT FROM 'IN_GROUP' OR EXISTS (SELECT FROM application AS adult WHERE adult.group_reference = it.group_reference AND adult.id <> it.id AND adult.guardian_kind IS NULL AND adult.status NOT IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED'))) AND NEW.outcome = 'GRANTED' AND NEW.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.officer = viewer_subject AND NEW.supersedes_id IS NOT DISTINCT FROM it.current_decision_id)
                    OR (it.status IN ('IN_VERIFICATION', 'SCREENING') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND NOT (viewer.awaits_first_decision(it.id) OR viewer.decided_first(it.id)) AND (NOT coalesce((viewer.handling_of(it.id)).is_announced, false) OR EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NOT NULL) OR 'MATCH' IN (viewer.latest_answer(it.id, 'ENTRY_BAN'), viewer.latest_answer(it.id, 'CLEARANCE')) OR new_grounds && '{ENTRY_BAN,SECURITY,FORGED_DOCUMENT}') AND NEW.outcome = 'REFUSED' AND NEW.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.officer = viewer_subject AND NEW.supersedes_id IS NOT DISTINCT FROM it.current_decision_id)
                WHEN 'SUPERVISOR' THEN (it.status IN ('IN_VERIFICATION', 'SCREENING') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'SUPERVISOR' AND officer = viewer_subject) AND (NOT coalesce((viewer.handling_of(it.id)).is_announced, false) OR EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NOT NULL) OR 'MATCH' IN (viewer.latest_answer(it.id, 'ENTRY_BAN'), viewer.latest_answer(it.id, 'CLEARANCE')) OR new_grounds && '{ENTRY_BAN,SECURITY,FORGED_DOCUMENT}') AND NEW.outcome = 'REFUSED' AND NEW.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.officer = viewer_subject AND NEW.supersedes_id IS NOT DISTINCT FROM it.current_decision_id)
                    OR (it.status IN ('GRANTED', 'REFUSED') AND (SELECT decided.officer FROM decision AS decided WHERE decided.id = it.current_decision_id) IS DISTINCT FROM viewer_subject AND NOT EXISTS (SELECT FROM decision AS decided WHERE decided.id = it.current_decision_id AND decided.outcome = new_outcome AND decided.grounds = new_grounds AND decided.conditions = new_conditions) AND (it.extends_visa_number IS NULL OR coalesce(new_conditions, '{}') = '{}') AND (it.extends_visa_number IS NULL OR (viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL)) AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND (it.guardian_kind IS DISTINCT FROM 'IN_GROUP' OR EXISTS (SELECT FROM application AS adult WHERE adult.group_reference = it.group_reference AND adult.id <> it.id AND adult.guardian_kind IS NULL AND adult.status NOT IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED'))) AND NEW.outcome = 'GRANTED' AND NEW.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.officer = viewer_subject AND NEW.supersedes_id IS NOT DISTINCT FROM it.current_decision_id)
                    OR (it.status IN ('GRANTED', 'REFUSED') AND (SELECT decided.officer FROM decision AS decided WHERE decided.id = it.current_decision_id) IS DISTINCT FROM viewer_subject AND NOT EXISTS (SELECT FROM decision AS decided WHERE decided.id = it.current_decision_id AND decided.outcome = new_outcome AND decided.grounds = new_grounds AND decided.conditions = new_conditions) AND NEW.outcome = 'REFUSED' AND NEW.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.officer = viewer_subject AND NEW.supersedes_id IS NOT DISTINCT FROM it.current_decision_id)
                    OR (it.status IN ('REVOKED') AND (SELECT revoked.actor FROM application_event AS revoked WHERE revoked.application_id = it.id AND revoked.kind = 'REVOKED' ORDER BY revoked.sequence DESC LIMIT 1) IS DISTINCT FROM viewer_subject AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND NEW.outcome = 'GRANTED' AND NEW.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.officer = viewer_subject AND NEW.supersedes_id IS NOT DISTINCT FROM it.current_decision_id AND NEW.conditions = (SELECT granted.conditions FROM decision AS granted WHERE granted.id = it.current_decision_id))
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.outcome IS DISTINCT FROM OLD.outcome THEN 'outcome' END, CASE WHEN NEW.grounds IS DISTINCT FROM OLD.grounds THEN 'grounds' END, CASE WHEN NEW.is_incomplete IS DISTINCT FROM OLD.is_incomplete THEN 'is_incomplete' END, CASE WHEN NEW.public_reasons IS DISTINCT FROM OLD.public_reasons THEN 'public_reasons' END, CASE WHEN NEW.conditions IS DISTINCT FROM OLD.conditions THEN 'conditions' END, CASE WHEN NEW.decided_at IS DISTINCT FROM OLD.decided_at THEN 'decided_at' END, CASE WHEN NEW.officer IS DISTINCT FROM OLD.officer THEN 'officer' END, CASE WHEN NEW.grant_rule_code IS DISTINCT FROM OLD.grant_rule_code THEN 'grant_rule_code' END, CASE WHEN NEW.internal_note IS DISTINCT FROM OLD.internal_note THEN 'internal_note' END, CASE WHEN NEW.supersedes_id IS DISTINCT FROM OLD.supersedes_id THEN 'supersedes_id' END], NULL);
            is_allowed := changed = '{}' OR false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of decision', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON decision
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_decision();
CREATE OR REPLACE FUNCTION viewer.guard_guarantor() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'PARTNER_AGENT' THEN (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND true AND it.status = 'AWAITING_PAYMENT' AND NEW.version IS NULL AND NEW.valid_from = it.submitted_at AND NEW.valid_from BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                WHEN 'APPLICANT' THEN (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND true AND it.status = 'AWAITING_PAYMENT' AND NEW.version IS NULL AND NEW.valid_from = it.submitted_at AND NEW.valid_from BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND it.status IN ('GRANTED') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                WHEN 'PARTNER_SERVICE' THEN (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND true AND it.status = 'AWAITING_PAYMENT' AND NEW.version IS NULL AND NEW.valid_from = it.submitted_at AND NEW.valid_from BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER') AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.applicant_id IS DISTINCT FROM OLD.applicant_id THEN 'applicant_id' END, CASE WHEN NEW.version IS DISTINCT FROM OLD.version THEN 'version' END, CASE WHEN NEW.kind IS DISTINCT FROM OLD.kind THEN 'kind' END, CASE WHEN NEW.sealed IS DISTINCT FROM OLD.sealed THEN 'sealed' END, CASE WHEN NEW.name IS DISTINCT FROM OLD.name THEN 'name' END, CASE WHEN NEW.registration_number IS DISTINCT FROM OLD.registration_number THEN 'registration_number' END, CASE WHEN NEW.street IS DISTINCT FROM OLD.street THEN 'street' END, CASE WHEN NEW.city IS DISTINCT FROM OLD.city THEN 'city' END, CASE WHEN NEW.province IS DISTINCT FROM OLD.province THEN 'province' END, CASE WHEN NEW.postal_code IS DISTINCT FROM OLD.postal_code THEN 'postal_code' END, CASE WHEN NEW.valid_from IS DISTINCT FROM OLD.valid_from THEN 'valid_from' END, CASE WHEN NEW.valid_until IS DISTINCT FROM OLD.valid_until THEN 'valid_until' END], NULL);
            is_allowed := changed = '{}' OR false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of guarantor', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON guarantor
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_guarantor();
CREATE OR REPLACE FUNCTION viewer.guard_guardian() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'PARTNER_AGENT' THEN (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.guardian_kind = NEW.kind AND it.status = 'AWAITING_PAYMENT' AND NEW.version IS NULL AND NEW.valid_from = it.submitted_at AND NEW.valid_from BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                WHEN 'APPLICANT' THEN (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.guardian_kind = NEW.kind AND it.status = 'AWAITING_PAYMENT' AND NEW.version IS NULL AND NEW.valid_from = it.submitted_at AND NEW.valid_from BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.status IN ('GRANTED') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                WHEN 'PARTNER_SERVICE' THEN (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.guardian_kind = NEW.kind AND it.status = 'AWAITING_PAYMENT' AND NEW.version IS NULL AND NEW.valid_from = it.submitted_at AND NEW.valid_from BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.status IN ('SUBMITTED', 'AWAITING_PAYMENT') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                    OR (NEW.applicant_id = it.applicant_id AND (NEW.consented_at IS NULL OR NEW.consented_at BETWEEN transaction_timestamp() AND clock_timestamp()) AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}') AND it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.valid_from IS NULL AND EXISTS (SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version AND proposed.applicant_id = it.applicant_id AND proposed.written_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.applicant_id IS DISTINCT FROM OLD.applicant_id THEN 'applicant_id' END, CASE WHEN NEW.version IS DISTINCT FROM OLD.version THEN 'version' END, CASE WHEN NEW.kind IS DISTINCT FROM OLD.kind THEN 'kind' END, CASE WHEN NEW.sealed IS DISTINCT FROM OLD.sealed THEN 'sealed' END, CASE WHEN NEW.name IS DISTINCT FROM OLD.name THEN 'name' END, CASE WHEN NEW.relation IS DISTINCT FROM OLD.relation THEN 'relation' END, CASE WHEN NEW.phone IS DISTINCT FROM OLD.phone THEN 'phone' END, CASE WHEN NEW.consented_at IS DISTINCT FROM OLD.consented_at THEN 'consented_at' END, CASE WHEN NEW.valid_from IS DISTINCT FROM OLD.valid_from THEN 'valid_from' END, CASE WHEN NEW.valid_until IS DISTINCT FROM OLD.valid_until THEN 'valid_until' END], NULL);
            is_allowed := changed = '{}' OR false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of guardian', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON guardian
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_guardian();
CREATE OR REPLACE FUNCTION viewer.guard_intention_answer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'PARTNER_AGENT' THEN (it.status IN ('REFUSAL_INTENDED') AND EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NULL) AND NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}')
                WHEN 'APPLICANT' THEN (it.status IN ('REFUSAL_INTENDED') AND EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NULL) AND NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}')
                WHEN 'PARTNER_SERVICE' THEN (it.status IN ('REFUSAL_INTENDED') AND EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NULL) AND NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}')
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.applicant_id IS DISTINCT FROM OLD.applicant_id THEN 'applicant_id' END, CASE WHEN NEW.sealed IS DISTINCT FROM OLD.sealed THEN 'sealed' END, CASE WHEN NEW.as_text IS DISTINCT FROM OLD.as_text THEN 'as_text' END], NULL);
            is_allowed := changed = '{}' OR false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of intention_answer', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON intention_answer
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_intention_answer();
CREATE OR REPLACE FUNCTION viewer.guard_item_answer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'PARTNER_AGENT' THEN (it.status IN ('INFO_REQUESTED') AND true AND true AND NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM requested_item AS asked WHERE asked.id = NEW.item_id AND asked.application_id = it.id AND asked.answered_at IS NULL))
                WHEN 'APPLICANT' THEN (it.status IN ('INFO_REQUESTED') AND true AND true AND NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM requested_item AS asked WHERE asked.id = NEW.item_id AND asked.application_id = it.id AND asked.answered_at IS NULL))
                WHEN 'PARTNER_SERVICE' THEN (it.status IN ('INFO_REQUESTED') AND true AND true AND NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS (SELECT FROM requested_item AS asked WHERE asked.id = NEW.item_id AND asked.application_id = it.id AND asked.answered_at IS NULL))
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.item_id IS DISTINCT FROM OLD.item_id THEN 'item_id' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.applicant_id IS DISTINCT FROM OLD.applicant_id THEN 'applicant_id' END, CASE WHEN NEW.sealed IS DISTINCT FROM OLD.sealed THEN 'sealed' END, CASE WHEN NEW.as_text IS DISTINCT FROM OLD.as_text THEN 'as_text' END, CASE WHEN NEW.as_day IS DISTINCT FROM OLD.as_day THEN 'as_day' END, CASE WHEN NEW.as_country IS DISTINCT FROM OLD.as_country THEN 'as_country' END, CASE WHEN NEW.street IS DISTINCT FROM OLD.street THEN 'street' END, CASE WHEN NEW.city IS DISTINCT FROM OLD.city THEN 'city' END, CASE WHEN NEW.province IS DISTINCT FROM OLD.province THEN 'province' END, CASE WHEN NEW.postal_code IS DISTINCT FROM OLD.postal_code THEN 'postal_code' END], NULL);
            is_allowed := changed = '{}' OR false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of item_answer', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON item_answer
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_item_answer();
CREATE OR REPLACE FUNCTION viewer.guard_person_link() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.resolved_in;
        IF TG_OP = 'INSERT' THEN
            is_allowed := false;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.applicant_id IS DISTINCT FROM OLD.applicant_id THEN 'applicant_id' END, CASE WHEN NEW.linked_id IS DISTINCT FROM OLD.linked_id THEN 'linked_id' END, CASE WHEN NEW.reason IS DISTINCT FROM OLD.reason THEN 'reason' END, CASE WHEN NEW.state IS DISTINCT FROM OLD.state THEN 'state' END, CASE WHEN NEW.found_at IS DISTINCT FROM OLD.found_at THEN 'found_at' END, CASE WHEN NEW.resolved_at IS DISTINCT FROM OLD.resolved_at THEN 'resolved_at' END, CASE WHEN NEW.resolved_by IS DISTINCT FROM OLD.resolved_by THEN 'resolved_by' END, CASE WHEN NEW.resolved_in IS DISTINCT FROM OLD.resolved_in THEN 'resolved_in' END, CASE WHEN NEW.resolution IS DISTINCT FROM OLD.resolution THEN 'resolution' END], NULL);
            is_allowed := changed = '{}' OR CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('IN_VERIFICATION', 'SCREENING', 'INFO_REQUESTED', 'REFUSAL_INTENDED') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND changed <@ '{resolution,resolved_at,resolved_by,resolved_in,state}' AND OLD.reason = 'NAME_AND_BIRTH_DATE' AND NEW.state = 'CONFIRMED' AND it.applicant_id IN (NEW.applicant_id, NEW.linked_id) AND NEW.resolved_by = viewer_subject AND NEW.resolved_at BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (it.status IN ('IN_VERIFICATION', 'SCREENING', 'INFO_REQUESTED', 'REFUSAL_INTENDED') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND changed <@ '{resolution,resolved_at,resolved_by,resolved_in,state}' AND OLD.reason = 'NAME_AND_BIRTH_DATE' AND NEW.state = 'REJECTED' AND it.applicant_id IN (NEW.applicant_id, NEW.linked_id) AND NEW.resolved_by = viewer_subject AND NEW.resolved_at BETWEEN transaction_timestamp() AND clock_timestamp())
                ELSE false END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of person_link', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON person_link
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_person_link();
CREATE OR REPLACE FUNCTION viewer.guard_refusal_intention() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('IN_VERIFICATION', 'SCREENING') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND coalesce((viewer.handling_of(it.id)).is_announced, false) AND NOT EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND true) AND NOT (viewer.awaits_first_decision(it.id) OR viewer.decided_first(it.id)) AND NEW.announced_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.announced_by = viewer_subject)
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.grounds IS DISTINCT FROM OLD.grounds THEN 'grounds' END, CASE WHEN NEW.note IS DISTINCT FROM OLD.note THEN 'note' END, CASE WHEN NEW.announced_at IS DISTINCT FROM OLD.announced_at THEN 'announced_at' END, CASE WHEN NEW.announced_by IS DISTINCT FROM OLD.announced_by THEN 'announced_by' END, CASE WHEN NEW.ended_at IS DISTINCT FROM OLD.ended_at THEN 'ended_at' END, CASE WHEN NEW.answered_at IS DISTINCT FROM OLD.answered_at THEN 'answered_at' END, CASE WHEN NEW.answered_by IS DISTINCT FROM OLD.answered_by THEN 'answered_by' END, CASE WHEN NEW.documents IS DISTINCT FROM OLD.documents THEN 'documents' END], NULL);
            is_allowed := changed = '{}' OR CASE viewer_role
                WHEN 'PARTNER_AGENT' THEN (it.status IN ('REFUSAL_INTENDED') AND EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NULL) AND changed <@ '{answered_at,answered_by,documents,ended_at}' AND NEW.answered_by = viewer_subject AND NEW.ended_at = NEW.answered_at AND NEW.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND EXISTS (SELECT FROM intention_answer AS said WHERE said.application_id = it.id))
                WHEN 'APPLICANT' THEN (it.status IN ('REFUSAL_INTENDED') AND EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NULL) AND changed <@ '{answered_at,answered_by,documents,ended_at}' AND NEW.answered_by = viewer_subject AND NEW.ended_at = NEW.answered_at AND NEW.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND EXISTS (SELECT FROM intention_answer AS said WHERE said.application_id = it.id))
                WHEN 'PARTNER_SERVICE' THEN (it.status IN ('REFUSAL_INTENDED') AND EXISTS (SELECT FROM refusal_intention WHERE application_id = it.id AND ended_at IS NULL) AND changed <@ '{answered_at,answered_by,documents,ended_at}' AND NEW.answered_by = viewer_subject AND NEW.ended_at = NEW.answered_at AND NEW.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND EXISTS (SELECT FROM intention_answer AS said WHERE said.application_id = it.id))
                ELSE false END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of refusal_intention', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON refusal_intention
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_refusal_intention();
CREATE OR REPLACE FUNCTION viewer.guard_requested_item() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('IN_VERIFICATION') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND NEW.requested_at BETWEEN transaction_timestamp() AND clock_timestamp())
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.kind IS DISTINCT FROM OLD.kind THEN 'kind' END, CASE WHEN NEW.note IS DISTINCT FROM OLD.note THEN 'note' END, CASE WHEN NEW.requested_at IS DISTINCT FROM OLD.requested_at THEN 'requested_at' END, CASE WHEN NEW.answered_at IS DISTINCT FROM OLD.answered_at THEN 'answered_at' END, CASE WHEN NEW.answered_by IS DISTINCT FROM OLD.answered_by THEN 'answered_by' END], NULL);
            is_allowed := changed = '{}' OR CASE viewer_role
                WHEN 'PARTNER_AGENT' THEN (it.status IN ('INFO_REQUESTED') AND true AND true AND changed <@ '{answered_at,answered_by}' AND OLD.answered_at IS NULL AND NEW.answered_by = viewer_subject AND NEW.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND (OLD.kind NOT IN ('FULL_NAME', 'BIRTH_DATE', 'BIRTH_PLACE', 'SEX', 'NATIONALITY', 'PASSPORT_NUMBER', 'PASSPORT_EXPIRY', 'EMAIL', 'PHONE', 'OCCUPATION', 'TRIP_PURPOSE', 'ARRIVAL_DATE', 'LENGTH_OF_STAY', 'ADDRESS_IN_INDONESIA') OR EXISTS (SELECT FROM item_answer WHERE item_id = OLD.id)))
                WHEN 'APPLICANT' THEN (it.status IN ('INFO_REQUESTED') AND true AND true AND changed <@ '{answered_at,answered_by}' AND OLD.answered_at IS NULL AND NEW.answered_by = viewer_subject AND NEW.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND (OLD.kind NOT IN ('FULL_NAME', 'BIRTH_DATE', 'BIRTH_PLACE', 'SEX', 'NATIONALITY', 'PASSPORT_NUMBER', 'PASSPORT_EXPIRY', 'EMAIL', 'PHONE', 'OCCUPATION', 'TRIP_PURPOSE', 'ARRIVAL_DATE', 'LENGTH_OF_STAY', 'ADDRESS_IN_INDONESIA') OR EXISTS (SELECT FROM item_answer WHERE item_id = OLD.id)))
                WHEN 'PARTNER_SERVICE' THEN (it.status IN ('INFO_REQUESTED') AND true AND true AND changed <@ '{answered_at,answered_by}' AND OLD.answered_at IS NULL AND NEW.answered_by = viewer_subject AND NEW.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND (OLD.kind NOT IN ('FULL_NAME', 'BIRTH_DATE', 'BIRTH_PLACE', 'SEX', 'NATIONALITY', 'PASSPORT_NUMBER', 'PASSPORT_EXPIRY', 'EMAIL', 'PHONE', 'OCCUPATION', 'TRIP_PURPOSE', 'ARRIVAL_DATE', 'LENGTH_OF_STAY', 'ADDRESS_IN_INDONESIA') OR EXISTS (SELECT FROM item_answer WHERE item_id = OLD.id)))
                ELSE false END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of requested_item', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON requested_item
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_requested_item();
CREATE OR REPLACE FUNCTION viewer.guard_screening() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id; question := NEW.kind;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('IN_VERIFICATION') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND cardinality(viewer.questions_to_ask(it.id)) > 0 AND NEW.result = 'PENDING' AND NEW.answered_at IS NULL AND NEW.proposed IS NULL AND NEW.requested_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = ANY (viewer.questions_to_ask(it.id)))
                    OR (it.status IN ('SCREENING') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND cardinality(viewer.questions_to_ask(it.id)) > 0 AND NEW.result = 'PENDING' AND NEW.answered_at IS NULL AND NEW.proposed IS NULL AND NEW.requested_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = ANY (viewer.questions_to_ask(it.id)))
                    OR (it.status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING') AND NEW.result = 'PENDING' AND NEW.answered_at IS NULL AND NEW.proposed IS NULL AND NEW.requested_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = ANY (viewer.questions_to_ask(it.id)) AND EXISTS (SELECT FROM correction WHERE correction.applicant_id = it.applicant_id AND correction.state = 'IN_EFFECT' AND correction.closed_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                WHEN 'SUPERVISOR' THEN (it.status IN ('SCREENING') AND cardinality(viewer.questions_to_ask(it.id)) > 0 AND NEW.result = 'PENDING' AND NEW.answered_at IS NULL AND NEW.proposed IS NULL AND NEW.requested_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = ANY (viewer.questions_to_ask(it.id)))
                    OR (it.status IN ('REFUSED', 'REVOKED') AND cardinality(viewer.questions_to_ask(it.id)) > 0 AND NEW.result = 'PENDING' AND NEW.answered_at IS NULL AND NEW.proposed IS NULL AND NEW.requested_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = ANY (viewer.questions_to_ask(it.id)))
                    OR (it.status IN ('GRANTED') AND viewer.has_live_visa(it.id) AND cardinality(viewer.questions_to_ask(it.id)) > 0 AND NEW.result = 'PENDING' AND NEW.answered_at IS NULL AND NEW.proposed IS NULL AND NEW.requested_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = ANY (viewer.questions_to_ask(it.id)))
                    OR (it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND (EXISTS (SELECT FROM screening WHERE application_id = it.id AND kind = question AND voided_at IS NULL AND result = 'HIT') AND viewer.latest_answer(it.id, question) <> 'NO_MATCH') AND NEW.result = 'PENDING' AND NEW.answered_at IS NULL AND NEW.proposed IN ('NO_MATCH', 'MATCH') AND NEW.proposed_by = viewer_subject AND NEW.requested_at BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (it.status IN ('GRANTED') AND NEW.result = 'PENDING' AND NEW.answered_at IS NULL AND NEW.proposed IS NULL AND NEW.requested_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.kind = ANY (viewer.questions_to_ask(it.id)) AND EXISTS (SELECT FROM correction WHERE correction.applicant_id = it.applicant_id AND correction.state = 'IN_EFFECT' AND correction.closed_at BETWEEN transaction_timestamp() AND clock_timestamp()))
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.number IS DISTINCT FROM OLD.number THEN 'number' END, CASE WHEN NEW.written_in IS DISTINCT FROM OLD.written_in THEN 'written_in' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.kind IS DISTINCT FROM OLD.kind THEN 'kind' END, CASE WHEN NEW.result IS DISTINCT FROM OLD.result THEN 'result' END, CASE WHEN NEW.requested_at IS DISTINCT FROM OLD.requested_at THEN 'requested_at' END, CASE WHEN NEW.referral_reason IS DISTINCT FROM OLD.referral_reason THEN 'referral_reason' END, CASE WHEN NEW.referral_note IS DISTINCT FROM OLD.referral_note THEN 'referral_note' END, CASE WHEN NEW.answered_at IS DISTINCT FROM OLD.answered_at THEN 'answered_at' END, CASE WHEN NEW.proposed IS DISTINCT FROM OLD.proposed THEN 'proposed' END, CASE WHEN NEW.proposed_by IS DISTINCT FROM OLD.proposed_by THEN 'proposed_by' END, CASE WHEN NEW.reason IS DISTINCT FROM OLD.reason THEN 'reason' END, CASE WHEN NEW.answered_by IS DISTINCT FROM OLD.answered_by THEN 'answered_by' END, CASE WHEN NEW.confirmed_by IS DISTINCT FROM OLD.confirmed_by THEN 'confirmed_by' END, CASE WHEN NEW.voided_at IS DISTINCT FROM OLD.voided_at THEN 'voided_at' END, CASE WHEN NEW.list_version IS DISTINCT FROM OLD.list_version THEN 'list_version' END, CASE WHEN NEW.rule_version IS DISTINCT FROM OLD.rule_version THEN 'rule_version' END, CASE WHEN NEW.ban_id IS DISTINCT FROM OLD.ban_id THEN 'ban_id' END, CASE WHEN NEW.kept_from IS DISTINCT FROM OLD.kept_from THEN 'kept_from' END], NULL);
            is_allowed := changed = '{}' OR CASE viewer_role
                WHEN 'SUPERVISOR' THEN (it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND (EXISTS (SELECT FROM screening WHERE application_id = it.id AND kind = question AND voided_at IS NULL AND result = 'HIT') AND viewer.latest_answer(it.id, question) <> 'NO_MATCH') AND changed <@ '{proposed,proposed_by,reason}' AND OLD.result = 'PENDING' AND OLD.voided_at IS NULL AND OLD.proposed IN ('NO_MATCH', 'MATCH') AND NEW.proposed IN ('NO_MATCH', 'MATCH') AND NEW.proposed_by = viewer_subject)
                WHEN 'SCREENING' THEN (it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND viewer.latest_answer(it.id, question) = 'PENDING' AND changed <@ '{answered_at,answered_by,result}' AND OLD.result = 'PENDING' AND OLD.voided_at IS NULL AND coalesce(OLD.proposed, '') NOT IN ('NO_MATCH', 'MATCH') AND NEW.answered_by = viewer_subject AND NEW.answered_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.result IN ('CLEAR', 'HIT', 'UNAVAILABLE') AND (NEW.kind <> 'CLEARANCE' OR NEW.result = 'UNAVAILABLE'))
                    OR (it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND viewer.latest_answer(it.id, question) = 'PENDING' AND changed <@ '{proposed,proposed_by,reason}' AND OLD.result = 'PENDING' AND OLD.voided_at IS NULL AND coalesce(OLD.proposed, '') NOT IN ('NO_MATCH', 'MATCH') AND NEW.proposed IN ('CLEAR', 'HIT') AND NEW.proposed_by = viewer_subject)
                    OR (it.status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') AND viewer.latest_answer(it.id, question) = 'PENDING' AND NOT EXISTS (SELECT FROM screening WHERE application_id = it.id AND kind = question AND voided_at IS NULL AND result = 'HIT' AND answered_by = viewer_subject) AND changed <@ '{answered_at,answered_by,confirmed_by,result}' AND OLD.result = 'PENDING' AND OLD.voided_at IS NULL AND NEW.confirmed_by = viewer_subject AND OLD.proposed_by <> viewer_subject AND NEW.answered_by = OLD.proposed_by AND NEW.result = OLD.proposed AND NEW.answered_at BETWEEN transaction_timestamp() AND clock_timestamp())
                ELSE false END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of screening', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON screening
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_screening();
CREATE OR REPLACE FUNCTION viewer.guard_visa() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('IN_VERIFICATION', 'SCREENING') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND NOT (viewer.awaits_first_decision(it.id) OR viewer.decided_first(it.id)) AND (it.extends_visa_number IS NULL OR coalesce(new_conditions, '{}') = '{}') AND (it.extends_visa_number IS NULL OR (viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL)) AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND NOT EXISTS (SELECT FROM correction WHERE application_id = it.id AND state IN ('PROPOSED', 'APPROVED')) AND (it.guardian_kind IS DISTINCT FROM 'IN_GROUP' OR EXISTS (SELECT FROM application AS adult WHERE adult.group_reference = it.group_reference AND adult.id <> it.id AND adult.guardian_kind IS NULL AND adult.status NOT IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED'))) AND NEW.issued_at BETWEEN transaction_timestamp() AND clock_timestamp() AND it.extends_visa_number IS NULL AND EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.decision_id AND made.application_id = it.id AND made.outcome = 'GRANTED' AND made.officer = viewer_subject AND made.decided_at = NEW.issued_at) AND EXISTS (SELECT FROM visa_type AS type WHERE type.code = it.visa_type_code AND type.stay_days = NEW.stay_days) AND wib_day(NEW.issued_at) + it.use_within_days::integer = NEW.use_by)
                WHEN 'SUPERVISOR' THEN (it.status IN ('GRANTED', 'REFUSED') AND (SELECT decided.officer FROM decision AS decided WHERE decided.id = it.current_decision_id) IS DISTINCT FROM viewer_subject AND NOT EXISTS (SELECT FROM decision AS decided WHERE decided.id = it.current_decision_id AND decided.outcome = new_outcome AND decided.grounds = new_grounds AND decided.conditions = new_conditions) AND (it.extends_visa_number IS NULL OR coalesce(new_conditions, '{}') = '{}') AND (it.extends_visa_number IS NULL OR (viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL)) AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND (it.guardian_kind IS DISTINCT FROM 'IN_GROUP' OR EXISTS (SELECT FROM application AS adult WHERE adult.group_reference = it.group_reference AND adult.id <> it.id AND adult.guardian_kind IS NULL AND adult.status NOT IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED'))) AND NEW.issued_at BETWEEN transaction_timestamp() AND clock_timestamp() AND it.extends_visa_number IS NULL AND EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.decision_id AND made.application_id = it.id AND made.outcome = 'GRANTED' AND made.officer = viewer_subject AND made.decided_at = NEW.issued_at) AND EXISTS (SELECT FROM visa_type AS type WHERE type.code = it.visa_type_code AND type.stay_days = NEW.stay_days) AND wib_day(NEW.issued_at) + it.use_within_days::integer = NEW.use_by)
                    OR (it.status IN ('REVOKED') AND (SELECT revoked.actor FROM application_event AS revoked WHERE revoked.application_id = it.id AND revoked.kind = 'REVOKED' ORDER BY revoked.sequence DESC LIMIT 1) IS DISTINCT FROM viewer_subject AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND NEW.issued_at BETWEEN transaction_timestamp() AND clock_timestamp() AND it.extends_visa_number IS NULL AND EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.decision_id AND made.application_id = it.id AND made.outcome = 'GRANTED' AND made.officer = viewer_subject AND made.decided_at = NEW.issued_at) AND EXISTS (SELECT FROM visa_type AS type WHERE type.code = it.visa_type_code AND type.stay_days = NEW.stay_days) AND wib_day(NEW.issued_at) + it.use_within_days::integer = NEW.use_by)
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.visa_number IS DISTINCT FROM OLD.visa_number THEN 'visa_number' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.decision_id IS DISTINCT FROM OLD.decision_id THEN 'decision_id' END, CASE WHEN NEW.issued_at IS DISTINCT FROM OLD.issued_at THEN 'issued_at' END, CASE WHEN NEW.use_by IS DISTINCT FROM OLD.use_by THEN 'use_by' END, CASE WHEN NEW.stay_days IS DISTINCT FROM OLD.stay_days THEN 'stay_days' END, CASE WHEN NEW.extended_days IS DISTINCT FROM OLD.extended_days THEN 'extended_days' END, CASE WHEN NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN 'revoked_at' END, CASE WHEN NEW.superseded_at IS DISTINCT FROM OLD.superseded_at THEN 'superseded_at' END, CASE WHEN NEW.returned_at IS DISTINCT FROM OLD.returned_at THEN 'returned_at' END], NULL);
            is_allowed := changed = '{}' OR CASE viewer_role
                WHEN 'SUPERVISOR' THEN (it.status IN ('GRANTED', 'REFUSED') AND (SELECT decided.officer FROM decision AS decided WHERE decided.id = it.current_decision_id) IS DISTINCT FROM viewer_subject AND NOT EXISTS (SELECT FROM decision AS decided WHERE decided.id = it.current_decision_id AND decided.outcome = new_outcome AND decided.grounds = new_grounds AND decided.conditions = new_conditions) AND (it.extends_visa_number IS NULL OR coalesce(new_conditions, '{}') = '{}') AND (it.extends_visa_number IS NULL OR (viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL)) AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND (it.guardian_kind IS DISTINCT FROM 'IN_GROUP' OR EXISTS (SELECT FROM application AS adult WHERE adult.group_reference = it.group_reference AND adult.id <> it.id AND adult.guardian_kind IS NULL AND adult.status NOT IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED'))) AND changed <@ '{superseded_at}' AND OLD.revoked_at IS NULL AND OLD.superseded_at IS NULL AND NEW.superseded_at BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (it.status IN ('GRANTED', 'REFUSED') AND (SELECT decided.officer FROM decision AS decided WHERE decided.id = it.current_decision_id) IS DISTINCT FROM viewer_subject AND NOT EXISTS (SELECT FROM decision AS decided WHERE decided.id = it.current_decision_id AND decided.outcome = new_outcome AND decided.grounds = new_grounds AND decided.conditions = new_conditions) AND changed <@ '{superseded_at}' AND OLD.revoked_at IS NULL AND OLD.superseded_at IS NULL AND NEW.superseded_at BETWEEN transaction_timestamp() AND clock_timestamp())
                    OR (it.status IN ('GRANTED') AND changed <@ '{revoked_at}' AND OLD.revoked_at IS NULL AND OLD.superseded_at IS NULL AND NEW.revoked_at BETWEEN transaction_timestamp() AND clock_timestamp())
                WHEN 'APPLICANT' THEN (it.status IN ('GRANTED') AND viewer.has_unused_visa(it.id) AND changed <@ '{returned_at}' AND OLD.revoked_at IS NULL AND OLD.superseded_at IS NULL AND NEW.returned_at BETWEEN transaction_timestamp() AND clock_timestamp())
                ELSE false END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of visa', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON visa
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_visa();
CREATE OR REPLACE FUNCTION viewer.guard_withheld_decision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        SELECT * INTO it FROM application WHERE id = NEW.application_id; new_conditions := NEW.conditions;
        IF TG_OP = 'INSERT' THEN
            is_allowed := CASE viewer_role
                WHEN 'OFFICER' THEN (it.status IN ('IN_VERIFICATION', 'SCREENING') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND viewer.awaits_first_decision(it.id) AND (it.extends_visa_number IS NULL OR coalesce(new_conditions, '{}') = '{}') AND (it.extends_visa_number IS NULL OR (viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL)) AND it.is_linked AND viewer.is_cleared(it.id) AND viewer.grant_stop(it.id) IS NULL AND NOT EXISTS (SELECT FROM correction WHERE application_id = it.id AND state IN ('PROPOSED', 'APPROVED')) AND (it.guardian_kind IS DISTINCT FROM 'IN_GROUP' OR EXISTS (SELECT FROM application AS adult WHERE adult.group_reference = it.group_reference AND adult.id <> it.id AND adult.guardian_kind IS NULL AND adult.status NOT IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED'))) AND NEW.outcome = 'GRANTED' AND NEW.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.officer = viewer_subject)
                    OR (it.status IN ('IN_VERIFICATION', 'SCREENING') AND EXISTS (SELECT FROM assignment WHERE application_id = it.id AND ended_at IS NULL AND role = 'OFFICER' AND officer = viewer_subject) AND viewer.awaits_first_decision(it.id) AND NEW.outcome = 'REFUSED' AND NEW.decided_at BETWEEN transaction_timestamp() AND clock_timestamp() AND NEW.officer = viewer_subject)
                ELSE false END;
        ELSE
            changed := array_remove(ARRAY[CASE WHEN NEW.id IS DISTINCT FROM OLD.id THEN 'id' END, CASE WHEN NEW.application_id IS DISTINCT FROM OLD.application_id THEN 'application_id' END, CASE WHEN NEW.outcome IS DISTINCT FROM OLD.outcome THEN 'outcome' END, CASE WHEN NEW.grounds IS DISTINCT FROM OLD.grounds THEN 'grounds' END, CASE WHEN NEW.conditions IS DISTINCT FROM OLD.conditions THEN 'conditions' END, CASE WHEN NEW.decided_at IS DISTINCT FROM OLD.decided_at THEN 'decided_at' END, CASE WHEN NEW.officer IS DISTINCT FROM OLD.officer THEN 'officer' END, CASE WHEN NEW.internal_note IS DISTINCT FROM OLD.internal_note THEN 'internal_note' END], NULL);
            is_allowed := changed = '{}' OR false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of withheld_decision', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON withheld_decision
    FOR EACH ROW WHEN (current_user = ANY ('{gerbang_leadership_writing,gerbang_officer_writing,gerbang_supervisor_writing,gerbang_partner_manager_writing,gerbang_partner_agent_writing,gerbang_auditor_writing,gerbang_applicant_writing,gerbang_partner_service_writing,gerbang_screening_writing,gerbang_treasury_writing,gerbang_administrator_writing,gerbang_border_writing,gerbang_carrier_writing,gerbang_anonymous_writing}'::name[]))
    EXECUTE FUNCTION viewer.guard_withheld_decision();
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA viewer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer.has_live_visa TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.has_live_visa TO gerbang_supervisor_writing;
GRANT EXECUTE ON FUNCTION viewer.has_unused_visa TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.has_unused_visa TO gerbang_applicant_writing;
GRANT EXECUTE ON FUNCTION viewer.extendability TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.extendability TO gerbang_applicant_writing;
GRANT EXECUTE ON FUNCTION viewer.grant_stop TO gerbang_officer;
GRANT EXECUTE ON FUNCTION viewer.grant_stop TO gerbang_officer_writing;
GRANT EXECUTE ON FUNCTION viewer.grant_stop TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.grant_stop TO gerbang_supervisor_writing;
-- Changes, by LEADERSHIP
GRANT USAGE ON SCHEMA public, viewer TO gerbang_leadership_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_leadership_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_leadership_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON country FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON entry_rule FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON visa_type FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON eligibility FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON required_document FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON passport_rule FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON extension_rule FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON handling_rule FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON fee FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON service_target FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON deadline FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON day_off FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON grant_rule FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON pool FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (code, name) ON partner TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON partner FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON partner_country FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON centre FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (id, is_ended, renewals, subject) ON mail_subscription TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON mail_subscription FOR SELECT TO gerbang_leadership_writing
    USING (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN mail_subscription.subject = (SELECT viewer.subject('LEADERSHIP')) ELSE false END);
GRANT INSERT (address, centre_code, country_code, id, language, occasion, partner_code, subject, visa_type_code) ON mail_subscription TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_insert ON mail_subscription FOR INSERT TO gerbang_leadership_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN mail_subscription.subject = (SELECT viewer.subject('LEADERSHIP')) ELSE false END);
GRANT UPDATE (address, is_ended, renewals) ON mail_subscription TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_update ON mail_subscription FOR UPDATE TO gerbang_leadership_writing
    USING (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN mail_subscription.subject = (SELECT viewer.subject('LEADERSHIP')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN mail_subscription.subject = (SELECT viewer.subject('LEADERSHIP')) ELSE false END);
GRANT SELECT (id, removed_at, subject) ON saved_view TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON saved_view FOR SELECT TO gerbang_leadership_writing
    USING (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN saved_view.subject = (SELECT viewer.subject('LEADERSHIP')) ELSE false END);
GRANT INSERT (id, name, page, query, subject) ON saved_view TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_insert ON saved_view FOR INSERT TO gerbang_leadership_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN saved_view.subject = (SELECT viewer.subject('LEADERSHIP')) ELSE false END);
GRANT UPDATE (name, query, removed_at) ON saved_view TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_update ON saved_view FOR UPDATE TO gerbang_leadership_writing
    USING (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN saved_view.subject = (SELECT viewer.subject('LEADERSHIP')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN saved_view.subject = (SELECT viewer.subject('LEADERSHIP')) ELSE false END);
GRANT SELECT (author, id, removed_at) ON month_note TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON month_note FOR SELECT TO gerbang_leadership_writing
    USING (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN month_note.author = (SELECT viewer.subject('LEADERSHIP')) ELSE false END);
GRANT INSERT (author, country_code, id, month, partner_code, text) ON month_note TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_insert ON month_note FOR INSERT TO gerbang_leadership_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN month_note.author = (SELECT viewer.subject('LEADERSHIP')) ELSE false END);
GRANT UPDATE (removed_at, text) ON month_note TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_update ON month_note FOR UPDATE TO gerbang_leadership_writing
    USING (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN month_note.author = (SELECT viewer.subject('LEADERSHIP')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('LEADERSHIP')) THEN month_note.author = (SELECT viewer.subject('LEADERSHIP')) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_select ON idempotency FOR SELECT TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_insert ON idempotency FOR INSERT TO gerbang_leadership_writing
    WITH CHECK ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT UPDATE (answer) ON idempotency TO gerbang_leadership_writing;
CREATE POLICY leadership_writing_update ON idempotency FOR UPDATE TO gerbang_leadership_writing
    USING ((SELECT viewer.acts_as('LEADERSHIP')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('LEADERSHIP')));
-- Changes, by OFFICER
GRANT USAGE ON SCHEMA public, viewer TO gerbang_officer_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_officer_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_officer_writing;
GRANT EXECUTE ON FUNCTION viewer.is_cleared, viewer.questions_to_ask TO gerbang_officer_writing;
GRANT EXECUTE ON FUNCTION viewer.pools, viewer.is_of_family_just_taken TO gerbang_officer_writing;
GRANT EXECUTE ON FUNCTION viewer.entry_to_record TO gerbang_officer_writing;
GRANT EXECUTE ON FUNCTION viewer.record_entry TO gerbang_officer_writing;
GRANT EXECUTE ON FUNCTION days_of_extension TO gerbang_officer_writing;
GRANT EXECUTE ON FUNCTION viewer.awaits_first_decision, viewer.decided_first TO gerbang_officer_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON country FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON entry_rule FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON visa_type FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON eligibility FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON required_document FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON passport_rule FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON extension_rule FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON handling_rule FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON fee FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON service_target FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON deadline FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON day_off FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON grant_rule FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON pool FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (code, name) ON partner TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON partner FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON partner_country FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON centre FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, entry_on, extends_visa_number, fee_idr, group_reference, guardian_kind, hand_in_by, holder_country_code, holder_partner_code, holder_place, id, is_assigned, is_linked, is_referred, is_urgent, left_partner_at, nationality_code, officer, paid_at, partner_code, paused_seconds, pay_by, received_at, reference, stage, status, submitted_at, successor_centre_code, successor_country_code, successor_partner_code, target_due_at, trip_purpose, use_within_days, visa_type_code, was_info_requested) ON application TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON application FOR SELECT TO gerbang_officer_writing
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN true OR (application.officer IS NULL AND application.closed_at IS NULL AND ((NOT EXISTS (SELECT FROM pool WHERE pool.is_open) OR EXISTS (SELECT FROM pool WHERE pool.is_open AND pool.code = ANY ((SELECT viewer.pools('OFFICER'))::text[]) AND (pool.visa_types = '{}' OR application.visa_type_code = ANY (pool.visa_types)) AND (pool.channels = '{}' OR application.channel = ANY (pool.channels)) AND (pool.nationalities = '{}' OR application.nationality_code = ANY (pool.nationalities)))) OR viewer.is_of_family_just_taken(application.group_reference, (SELECT viewer.subject('OFFICER')))) OR application.officer = (SELECT viewer.subject('OFFICER'))) OR application.officer = (SELECT viewer.subject('OFFICER')) ELSE false END);
GRANT UPDATE (answer_by, closed_at, current_decision_id, is_referred, status, was_info_requested) ON application TO gerbang_officer_writing;
CREATE POLICY officer_writing_update ON application FOR UPDATE TO gerbang_officer_writing
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN (application.officer IS NULL AND application.closed_at IS NULL AND ((NOT EXISTS (SELECT FROM pool WHERE pool.is_open) OR EXISTS (SELECT FROM pool WHERE pool.is_open AND pool.code = ANY ((SELECT viewer.pools('OFFICER'))::text[]) AND (pool.visa_types = '{}' OR application.visa_type_code = ANY (pool.visa_types)) AND (pool.channels = '{}' OR application.channel = ANY (pool.channels)) AND (pool.nationalities = '{}' OR application.nationality_code = ANY (pool.nationalities)))) OR viewer.is_of_family_just_taken(application.group_reference, (SELECT viewer.subject('OFFICER')))) OR application.officer = (SELECT viewer.subject('OFFICER'))) OR application.officer = (SELECT viewer.subject('OFFICER')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN (application.officer IS NULL AND application.closed_at IS NULL AND ((NOT EXISTS (SELECT FROM pool WHERE pool.is_open) OR EXISTS (SELECT FROM pool WHERE pool.is_open AND pool.code = ANY ((SELECT viewer.pools('OFFICER'))::text[]) AND (pool.visa_types = '{}' OR application.visa_type_code = ANY (pool.visa_types)) AND (pool.channels = '{}' OR application.channel = ANY (pool.channels)) AND (pool.nationalities = '{}' OR application.nationality_code = ANY (pool.nationalities)))) OR viewer.is_of_family_just_taken(application.group_reference, (SELECT viewer.subject('OFFICER')))) OR application.officer = (SELECT viewer.subject('OFFICER'))) OR application.officer = (SELECT viewer.subject('OFFICER')) OR application.closed_at IS NOT NULL AND NOT application.is_assigned ELSE false END);
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, reason, recorded_at, sequence) ON application_event TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON application_event FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT INSERT (actor, actor_role, application_id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON application_event FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id) AND CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN (application_event.actor = (SELECT viewer.subject('OFFICER')) AND application_event.actor_role = 'OFFICER' AND application_event.kind IN ('APPEARED', 'CORRECTED', 'CORRECTION_REJECTED', 'GRANTED', 'GRANT_PROPOSED', 'GRANT_REJECTED', 'INFO_REQUESTED', 'IN_VERIFICATION', 'REFUSAL_INTENDED', 'REFUSED', 'SCREENING')) ELSE false END);
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON bill FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT SELECT (answered_at, answered_by, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON requested_item FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id));
GRANT INSERT (application_id, id, kind, note, requested_at) ON requested_item TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON requested_item FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id) AND CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN true ELSE false END);
GRANT SELECT (announced_at, announced_by, answered_at, answered_by, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON refusal_intention FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id));
GRANT INSERT (announced_at, announced_by, application_id, grounds, note) ON refusal_intention TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON refusal_intention FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id) AND CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, author, first_of_two, id, sealed, written_at) ON case_note TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON case_note FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = case_note.application_id) AND case_note.author = (SELECT viewer.subject('OFFICER')) AND CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN true ELSE false END);
GRANT SELECT (application_id, kind, recorded_at, recorded_by) ON case_document TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON case_document FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id));
GRANT SELECT (application_id, assigned_at, ended_at, id, officer, role) ON assignment TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON assignment FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT INSERT (application_id, assigned_at, assigned_by, officer, role) ON assignment TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON assignment FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT UPDATE (ended_at, ended_by, reason) ON assignment TO gerbang_officer_writing;
CREATE POLICY officer_writing_update ON assignment FOR UPDATE TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id)) WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (application_id, conditions, decided_at, grant_rule_code, grounds, id, officer, outcome, supersedes_id) ON decision TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON decision FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = decision.application_id) AND CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN true ELSE false END);
GRANT INSERT (application_id, conditions, decided_at, grounds, id, internal_note, officer, outcome, supersedes_id) ON decision TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON decision FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = decision.application_id) AND decision.officer = (SELECT viewer.subject('OFFICER')));
GRANT INSERT (application_id, conditions, decided_at, grounds, id, internal_note, officer, outcome) ON withheld_decision TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON withheld_decision FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = withheld_decision.application_id) AND withheld_decision.officer = (SELECT viewer.subject('OFFICER')));
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON visa FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT INSERT (application_id, decision_id, issued_at, stay_days, use_by, visa_number) ON visa TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON visa FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT INSERT (application_id, id, kind, referral_note, referral_reason, requested_at, result) ON screening TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON screening FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = screening.application_id));
GRANT SELECT (applicant_id, nationality_code, number) ON identity_version TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON identity_version FOR SELECT TO gerbang_officer_writing
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id = identity_version.applicant_id) ELSE false END);
GRANT SELECT (applicant_id, application_id, approved_at, approved_by, closed_at, closed_by, id, proposed_at, proposed_by, proposed_role, reason, state, version) ON correction TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON correction FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN true ELSE false END);
GRANT UPDATE (approved_at, approved_by, closed_at, closed_by, reason, state) ON correction TO gerbang_officer_writing;
CREATE POLICY officer_writing_update ON correction FOR UPDATE TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN true ELSE false END) WITH CHECK ((SELECT viewer.acts_as('OFFICER')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN true ELSE false END);
GRANT SELECT (applicant_id, found_at, id, linked_id, reason, resolution, resolved_at, resolved_by, resolved_in, state) ON person_link TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON person_link FOR SELECT TO gerbang_officer_writing
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id IN (person_link.applicant_id, person_link.linked_id)) ELSE false END);
GRANT UPDATE (resolution, resolved_at, resolved_by, resolved_in, state) ON person_link TO gerbang_officer_writing;
CREATE POLICY officer_writing_update ON person_link FOR UPDATE TO gerbang_officer_writing
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id IN (person_link.applicant_id, person_link.linked_id)) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id IN (person_link.applicant_id, person_link.linked_id)) ELSE false END);
GRANT SELECT (id, is_ended, renewals, subject) ON mail_subscription TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON mail_subscription FOR SELECT TO gerbang_officer_writing
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN mail_subscription.subject = (SELECT viewer.subject('OFFICER')) ELSE false END);
GRANT INSERT (address, centre_code, country_code, id, language, occasion, partner_code, subject, visa_type_code) ON mail_subscription TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON mail_subscription FOR INSERT TO gerbang_officer_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN mail_subscription.subject = (SELECT viewer.subject('OFFICER')) ELSE false END);
GRANT UPDATE (address, is_ended, renewals) ON mail_subscription TO gerbang_officer_writing;
CREATE POLICY officer_writing_update ON mail_subscription FOR UPDATE TO gerbang_officer_writing
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN mail_subscription.subject = (SELECT viewer.subject('OFFICER')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN mail_subscription.subject = (SELECT viewer.subject('OFFICER')) ELSE false END);
GRANT SELECT (id, removed_at, subject) ON saved_view TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON saved_view FOR SELECT TO gerbang_officer_writing
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN saved_view.subject = (SELECT viewer.subject('OFFICER')) ELSE false END);
GRANT INSERT (id, name, page, query, subject) ON saved_view TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON saved_view FOR INSERT TO gerbang_officer_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN saved_view.subject = (SELECT viewer.subject('OFFICER')) ELSE false END);
GRANT UPDATE (name, query, removed_at) ON saved_view TO gerbang_officer_writing;
CREATE POLICY officer_writing_update ON saved_view FOR UPDATE TO gerbang_officer_writing
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN saved_view.subject = (SELECT viewer.subject('OFFICER')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN saved_view.subject = (SELECT viewer.subject('OFFICER')) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_officer_writing;
CREATE POLICY officer_writing_select ON idempotency FOR SELECT TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_officer_writing;
CREATE POLICY officer_writing_insert ON idempotency FOR INSERT TO gerbang_officer_writing
    WITH CHECK ((SELECT viewer.acts_as('OFFICER')));
GRANT UPDATE (answer) ON idempotency TO gerbang_officer_writing;
CREATE POLICY officer_writing_update ON idempotency FOR UPDATE TO gerbang_officer_writing
    USING ((SELECT viewer.acts_as('OFFICER')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('OFFICER')));
-- Changes, by SUPERVISOR
GRANT USAGE ON SCHEMA public, viewer TO gerbang_supervisor_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_supervisor_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_supervisor_writing;
GRANT EXECUTE ON FUNCTION viewer.extends_stopped_visa TO gerbang_supervisor_writing;
GRANT EXECUTE ON FUNCTION days_of_extension TO gerbang_supervisor_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON country FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON entry_rule FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON visa_type FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON eligibility FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON required_document FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON passport_rule FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON extension_rule FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON handling_rule FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON fee FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON service_target FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON deadline FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON day_off FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON grant_rule FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON pool FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (code, name) ON partner TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON partner FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON partner_country FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON centre FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (approved_at, approved_by, cancel_reason, cancelled_at, cancelled_by, changed, decree, effective_on, id, is_initial, kind, proposed_at, proposed_by, reason, state, subject, targets) ON reference_change TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON reference_change FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN reference_change.kind NOT IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'PASSPORT_RULE', 'EXTENSION_RULE', 'HANDLING_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'DAY_OFF', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE', 'NAMED_EVENT') ELSE false END);
GRANT UPDATE (approved_by, cancel_reason, cancelled_by) ON reference_change TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON reference_change FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN reference_change.kind NOT IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'PASSPORT_RULE', 'EXTENSION_RULE', 'HANDLING_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'DAY_OFF', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE', 'NAMED_EVENT') ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN reference_change.kind NOT IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'PASSPORT_RULE', 'EXTENSION_RULE', 'HANDLING_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'DAY_OFF', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE', 'NAMED_EVENT') ELSE false END);
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, entry_on, extends_visa_number, fee_idr, group_reference, guardian_kind, hand_in_by, has_open_hit, holder_country_code, holder_partner_code, holder_place, id, is_assigned, is_held, is_linked, is_referred, is_urgent, is_visa_held, left_partner_at, nationality_code, officer, paid_at, partner_code, paused_seconds, pay_by, received_at, reference, stage, status, submitted_at, successor_centre_code, successor_country_code, successor_partner_code, supervisor, target_due_at, trip_purpose, use_within_days, visa_type_code, was_info_requested) ON application TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON application FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT UPDATE (closed_at, current_decision_id, is_held, is_referred, is_urgent, status) ON application TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON application FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, reason, recorded_at, sequence) ON application_event TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON application_event FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT INSERT (actor, actor_role, application_id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON application_event FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id) AND CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN (application_event.actor = (SELECT viewer.subject('SUPERVISOR')) AND application_event.actor_role = 'SUPERVISOR' AND application_event.kind IN ('ANSWER_PROPOSED', 'CORRECTED', 'CORRECTION_REJECTED', 'GRANTED', 'GRANT_APPROVED', 'GRANT_PROPOSED', 'GRANT_REJECTED', 'HELD', 'IN_VERIFICATION', 'MARKED_URGENT', 'REFUSED', 'RELEASED', 'REVOKED', 'SCREENING', 'URGENCY_ENDED')) ELSE false END);
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON bill FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT SELECT (answered_at, answered_by, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON requested_item FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id));
GRANT SELECT (announced_at, announced_by, answered_at, answered_by, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON refusal_intention FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id));
GRANT INSERT (applicant_id, application_id, author, first_of_two, id, sealed, written_at) ON case_note TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON case_note FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = case_note.application_id) AND case_note.author = (SELECT viewer.subject('SUPERVISOR')) AND CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT SELECT (application_id, kind, recorded_at, recorded_by) ON case_document TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON case_document FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id));
GRANT SELECT (application_id, assigned_at, assigned_by, ended_at, ended_by, id, officer, reason, role) ON assignment TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON assignment FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT INSERT (application_id, assigned_at, assigned_by, officer, role) ON assignment TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON assignment FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT UPDATE (ended_at, ended_by, reason) ON assignment TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON assignment FOR UPDATE TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id)) WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (application_id, conditions, decided_at, grant_rule_code, grounds, id, officer, outcome, supersedes_id) ON decision TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON decision FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = decision.application_id) AND CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT INSERT (application_id, conditions, decided_at, grounds, id, internal_note, officer, outcome, supersedes_id) ON decision TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON decision FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = decision.application_id) AND decision.officer = (SELECT viewer.subject('SUPERVISOR')));
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON visa FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT INSERT (application_id, decision_id, issued_at, stay_days, use_by, visa_number) ON visa TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON visa FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT UPDATE (revoked_at, superseded_at) ON visa TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON visa FOR UPDATE TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id)) WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT SELECT (answered_at, answered_by, application_id, ban_id, confirmed_by, id, kept_from, kind, list_version, number, proposed, proposed_by, reason, referral_note, referral_reason, requested_at, result, rule_version, voided_at, written_in) ON screening TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON screening FOR SELECT TO gerbang_supervisor_writing
    USING (viewer.acts_as('SUPERVISOR'));
GRANT INSERT (application_id, id, kind, proposed, proposed_by, reason, referral_note, referral_reason, requested_at, result) ON screening TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON screening FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = screening.application_id));
GRANT UPDATE (proposed, proposed_by, reason) ON screening TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON screening FOR UPDATE TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = screening.application_id)) WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = screening.application_id));
GRANT SELECT (applicant_id, nationality_code, number) ON identity_version TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON identity_version FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id = identity_version.applicant_id) ELSE false END);
GRANT SELECT (applicant_id, application_id, approved_at, approved_by, closed_at, closed_by, id, proposed_at, proposed_by, proposed_role, reason, state, version) ON correction TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON correction FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT UPDATE (approved_at, approved_by, closed_at, closed_by, reason, state) ON correction TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON correction FOR UPDATE TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END) WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT SELECT (actor, actor_role, applicant_id, application_id, ban_id, breach_id, close_reason, closed_at, closed_by, complaint_id, id, inquiry_id, is_open, kind, number, raised_at, written_in) ON alert TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON alert FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN alert.actor <> (SELECT viewer.subject('SUPERVISOR')) AND (alert.complaint_id IS NULL OR EXISTS (SELECT FROM complaint AS by_1 WHERE by_1.id = alert.complaint_id AND (by_1.kind NOT IN ('UNSORTED', 'INTEGRITY') OR by_1.entrusted_to = (SELECT viewer.subject('SUPERVISOR'))))) ELSE false END);
GRANT UPDATE (close_reason, closed_by) ON alert TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON alert FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN alert.actor <> (SELECT viewer.subject('SUPERVISOR')) AND (alert.complaint_id IS NULL OR EXISTS (SELECT FROM complaint AS by_1 WHERE by_1.id = alert.complaint_id AND (by_1.kind NOT IN ('UNSORTED', 'INTEGRITY') OR by_1.entrusted_to = (SELECT viewer.subject('SUPERVISOR'))))) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN alert.actor <> (SELECT viewer.subject('SUPERVISOR')) AND (alert.complaint_id IS NULL OR EXISTS (SELECT FROM complaint AS by_1 WHERE by_1.id = alert.complaint_id AND (by_1.kind NOT IN ('UNSORTED', 'INTEGRITY') OR by_1.entrusted_to = (SELECT viewer.subject('SUPERVISOR'))))) ELSE false END);
GRANT SELECT (rule_code, stopped_by) ON grant_rule_stop TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON grant_rule_stop FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT INSERT (id, reason, rule_code, stopped_by) ON grant_rule_stop TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON grant_rule_stop FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN grant_rule_stop.stopped_by = (SELECT viewer.subject('SUPERVISOR')) ELSE false END);
GRANT SELECT (approved_at, approved_by, ends_at, id, is_open, is_reviewed, lapsed_at, minutes, most_people, opened_at, opened_by, reason, reference, review_due_at, review_reason, reviewed_at, reviewed_by, seen, verdict) ON inquiry TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON inquiry FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT INSERT (id, minutes, most_people, opened_by, reason, reference) ON inquiry TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON inquiry FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT UPDATE (approved_by, review_reason, reviewed_by, verdict) ON inquiry TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON inquiry FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT SELECT (approved_at, approved_by, ends_at, id, minutes, most_people, proposed_at, proposed_by, reason, role, seen, viewer) ON budget_exception TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON budget_exception FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT INSERT (id, minutes, most_people, proposed_by, reason, role, viewer) ON budget_exception TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON budget_exception FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT UPDATE (approved_by) ON budget_exception TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON budget_exception FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT SELECT (asked_by, id) ON screening_replay TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON screening_replay FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT INSERT (asked_by, id) ON screening_replay TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON screening_replay FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN screening_replay.asked_by = (SELECT viewer.subject('SUPERVISOR')) ELSE false END);
GRANT SELECT (answered_role, country_code, entrusted_to, id, kind, partner_code) ON complaint TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON complaint FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN (complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') OR complaint.entrusted_to = (SELECT viewer.subject('SUPERVISOR'))) ELSE false END);
GRANT UPDATE (answered_by, answered_role) ON complaint TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON complaint FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN (complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') OR complaint.entrusted_to = (SELECT viewer.subject('SUPERVISOR'))) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN (complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') OR complaint.entrusted_to = (SELECT viewer.subject('SUPERVISOR'))) ELSE false END);
GRANT SELECT (complaint_id) ON complaint_text TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON complaint_text FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END);
GRANT UPDATE (sealed) ON complaint_text TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON complaint_text FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END);
GRANT SELECT (applicant_id, erased_at) ON erasure TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON erasure FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT SELECT (application_id, held_at, held_by, id, reason, release_reason, released_at, released_by) ON legal_hold TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON legal_hold FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT INSERT (application_id, held_by, id, reason) ON legal_hold TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON legal_hold FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT UPDATE (release_reason, released_by) ON legal_hold TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON legal_hold FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN true ELSE false END);
GRANT SELECT (id, is_ended, renewals, subject) ON mail_subscription TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON mail_subscription FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN mail_subscription.subject = (SELECT viewer.subject('SUPERVISOR')) ELSE false END);
GRANT INSERT (address, centre_code, country_code, id, language, occasion, partner_code, subject, visa_type_code) ON mail_subscription TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON mail_subscription FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN mail_subscription.subject = (SELECT viewer.subject('SUPERVISOR')) ELSE false END);
GRANT UPDATE (address, is_ended, renewals) ON mail_subscription TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON mail_subscription FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN mail_subscription.subject = (SELECT viewer.subject('SUPERVISOR')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN mail_subscription.subject = (SELECT viewer.subject('SUPERVISOR')) ELSE false END);
GRANT SELECT (id, removed_at, subject) ON saved_view TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON saved_view FOR SELECT TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN saved_view.subject = (SELECT viewer.subject('SUPERVISOR')) ELSE false END);
GRANT INSERT (id, name, page, query, subject) ON saved_view TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON saved_view FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN saved_view.subject = (SELECT viewer.subject('SUPERVISOR')) ELSE false END);
GRANT UPDATE (name, query, removed_at) ON saved_view TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON saved_view FOR UPDATE TO gerbang_supervisor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN saved_view.subject = (SELECT viewer.subject('SUPERVISOR')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SUPERVISOR')) THEN saved_view.subject = (SELECT viewer.subject('SUPERVISOR')) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_select ON idempotency FOR SELECT TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_insert ON idempotency FOR INSERT TO gerbang_supervisor_writing
    WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT UPDATE (answer) ON idempotency TO gerbang_supervisor_writing;
CREATE POLICY supervisor_writing_update ON idempotency FOR UPDATE TO gerbang_supervisor_writing
    USING ((SELECT viewer.acts_as('SUPERVISOR')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('SUPERVISOR')));
-- Changes, by PARTNER_MANAGER
GRANT USAGE ON SCHEMA public, viewer TO gerbang_partner_manager_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_partner_manager_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_partner_manager_writing;
GRANT EXECUTE ON FUNCTION viewer.webhook_key TO gerbang_partner_manager_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON country FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON entry_rule FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON visa_type FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON eligibility FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON required_document FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON passport_rule FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON extension_rule FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON handling_rule FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON fee FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON service_target FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON deadline FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON day_off FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON grant_rule FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON pool FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (code, name) ON partner TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON partner FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON partner_country FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON centre FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (answered_role, country_code, id, kind, partner_code) ON complaint TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON complaint FOR SELECT TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') AND complaint.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND complaint.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) ELSE false END);
GRANT UPDATE (answered_by, answered_role) ON complaint TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_update ON complaint FOR UPDATE TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') AND complaint.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND complaint.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN complaint.kind NOT IN ('UNSORTED', 'INTEGRITY') AND complaint.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND complaint.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) ELSE false END);
GRANT SELECT (complaint_id) ON complaint_text TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON complaint_text FOR SELECT TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END);
GRANT UPDATE (sealed) ON complaint_text TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_update ON complaint_text FOR UPDATE TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END);
GRANT SELECT (id, is_ended, renewals, subject) ON mail_subscription TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON mail_subscription FOR SELECT TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END);
GRANT INSERT (address, centre_code, country_code, id, language, occasion, partner_code, subject, visa_type_code) ON mail_subscription TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_insert ON mail_subscription FOR INSERT TO gerbang_partner_manager_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END);
GRANT UPDATE (address, is_ended, renewals) ON mail_subscription TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_update ON mail_subscription FOR UPDATE TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END);
GRANT SELECT (approved_at, approved_by, country_code, id, partner_code, paused_at, paused_by, redeliver_by, redeliver_from, redeliver_through, registered_at, registered_by, removed_at, removed_by, resumed_at, resumed_by, secret_at, state, url) ON webhook_endpoint TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON webhook_endpoint FOR SELECT TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN webhook_endpoint.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND webhook_endpoint.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) ELSE false END);
GRANT UPDATE (approved_by, paused_by, redeliver_by, redeliver_from, redeliver_through, removed_by, resumed_by) ON webhook_endpoint TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_update ON webhook_endpoint FOR UPDATE TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN webhook_endpoint.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND webhook_endpoint.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN webhook_endpoint.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND webhook_endpoint.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) ELSE false END);
GRANT SELECT (id, removed_at, subject) ON saved_view TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON saved_view FOR SELECT TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN saved_view.subject = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END);
GRANT INSERT (id, name, page, query, subject) ON saved_view TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_insert ON saved_view FOR INSERT TO gerbang_partner_manager_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN saved_view.subject = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END);
GRANT UPDATE (name, query, removed_at) ON saved_view TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_update ON saved_view FOR UPDATE TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN saved_view.subject = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN saved_view.subject = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END);
GRANT SELECT (author, id, removed_at) ON month_note TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON month_note FOR SELECT TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN month_note.author = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END);
GRANT INSERT (author, country_code, id, month, partner_code, text) ON month_note TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_insert ON month_note FOR INSERT TO gerbang_partner_manager_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN month_note.author = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END);
GRANT UPDATE (removed_at, text) ON month_note TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_update ON month_note FOR UPDATE TO gerbang_partner_manager_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN month_note.author = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN month_note.author = (SELECT viewer.subject('PARTNER_MANAGER')) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_select ON idempotency FOR SELECT TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_insert ON idempotency FOR INSERT TO gerbang_partner_manager_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT UPDATE (answer) ON idempotency TO gerbang_partner_manager_writing;
CREATE POLICY partner_manager_writing_update ON idempotency FOR UPDATE TO gerbang_partner_manager_writing
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('PARTNER_MANAGER')));
-- Changes, by PARTNER_AGENT
GRANT USAGE ON SCHEMA public, viewer TO gerbang_partner_agent_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_partner_agent_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_partner_agent_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON country FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON entry_rule FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON visa_type FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON eligibility FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON required_document FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON passport_rule FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON extension_rule FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON handling_rule FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON fee FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON service_target FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON deadline FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON day_off FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON grant_rule FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON pool FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (code, name) ON partner TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON partner FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON partner_country FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON centre FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT INSERT (account, id, nationality_code, passport_last_four) ON applicant TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON applicant FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN applicant.account IS NULL ELSE false END);
GRANT INSERT (applicant_id, birth_date, email, full_name, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex) ON identity TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON identity FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, entry_on, extends_visa_number, fee_idr, group_reference, guardian_kind, hand_in_by, holder_country_code, holder_partner_code, holder_place, id, left_partner_at, nationality_code, paid_at, partner_code, paused_seconds, pay_by, received_at, reference, stage, status, submitted_at, successor_centre_code, successor_country_code, successor_partner_code, target_due_at, trip_purpose, use_within_days, visa_type_code, was_info_requested) ON application TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON application FOR SELECT TO gerbang_partner_agent_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND application.left_partner_at IS NULL AND application.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) ELSE false END);
GRANT INSERT (applicant_id, centre_code, channel, country_code, entry_on, group_reference, guardian_kind, id, nationality_code, partner_code, pay_by, reference, status, submitted_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON application FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND application.left_partner_at IS NULL AND application.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) ELSE false END AND application.status IN ('SUBMITTED', 'AWAITING_PAYMENT'));
GRANT UPDATE (closed_at, paused_seconds, received_at, status) ON application TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_update ON application FOR UPDATE TO gerbang_partner_agent_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND application.left_partner_at IS NULL AND application.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND application.left_partner_at IS NULL AND application.holder_place = ANY ((SELECT viewer.places('PARTNER_AGENT'))::text[]) ELSE false END);
GRANT SELECT (application_id, id, kind, occurred_at, recorded_at, sequence) ON application_event TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON application_event FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT INSERT (actor, actor_role, application_id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON application_event FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN (application_event.actor = (SELECT viewer.subject('PARTNER_AGENT')) AND application_event.actor_role = 'PARTNER_AGENT' AND application_event.kind IN ('CORRECTED', 'CORRECTION_PROPOSED', 'IN_VERIFICATION', 'RECEIVED', 'SUBMITTED', 'WITHDRAWN') OR application_event.kind = 'AWAITING_PAYMENT' AND application_event.actor IS NULL AND application_event.actor_role IS NULL) ELSE false END);
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON bill FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT INSERT (amount_idr, application_id, billing_code, due_at, family_code, issued_at) ON bill TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON bill FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT INSERT (application_id, id, renewed_by, replaced_by) ON former_bill TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON former_bill FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = former_bill.application_id) AND former_bill.renewed_by = (SELECT viewer.subject('PARTNER_AGENT')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT SELECT (answered_at, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON requested_item FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id));
GRANT UPDATE (answered_at, answered_by) ON requested_item TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_update ON requested_item FOR UPDATE TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN requested_item.answered_at IS NULL ELSE false END) WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN requested_item.answered_by = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END);
GRANT INSERT (applicant_id, application_id, item_id, sealed) ON item_answer TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON item_answer FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = item_answer.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT SELECT (announced_at, answered_at, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON refusal_intention FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id));
GRANT UPDATE (answered_at, answered_by, documents, ended_at) ON refusal_intention TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_update ON refusal_intention FOR UPDATE TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN refusal_intention.ended_at IS NULL ELSE false END) WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN refusal_intention.answered_by = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END);
GRANT INSERT (applicant_id, application_id, sealed) ON intention_answer TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON intention_answer FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = intention_answer.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT SELECT (application_id, kind, recorded_at) ON case_document TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON case_document FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id));
GRANT UPDATE (recorded_at, recorded_by) ON case_document TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_update ON case_document FOR UPDATE TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END) WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT SELECT (application_id, completed_at, expires_at, id, kind, locator, media_type, replaced_at, requested_at, requested_by, sent_at, sha256, size, state) ON document_upload TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON document_upload FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('PARTNER_AGENT')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT INSERT (application_id, id, kind, media_type, requested_by, sha256, size) ON document_upload TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON document_upload FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('PARTNER_AGENT')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT UPDATE (replaced_at, sent_at) ON document_upload TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_update ON document_upload FOR UPDATE TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('PARTNER_AGENT')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END) WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('PARTNER_AGENT')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT INSERT (applicant_id, sealed, upload_id) ON document_content TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON document_content FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK (EXISTS (SELECT FROM document_upload AS upload WHERE upload.id = document_content.upload_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT SELECT (application_id, assigned_at, ended_at, id) ON assignment TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON assignment FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT UPDATE (ended_at, ended_by) ON assignment TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_update ON assignment FOR UPDATE TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id)) WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON visa FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT SELECT (applicant_id, nationality_code, number) ON identity_version TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON identity_version FOR SELECT TO gerbang_partner_agent_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id = identity_version.applicant_id) ELSE false END);
GRANT INSERT (applicant_id, birth_date, email, full_name, nationality_code, number, passport_expires_on, passport_issuing_state, passport_last_four, passport_number, phone, place_of_birth, sealed, sex, written_at) ON identity_version TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON identity_version FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id = identity_version.applicant_id) ELSE false END);
GRANT SELECT (applicant_id, application_id, closed_at, id, proposed_at, proposed_role, reason, state, version) ON correction TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON correction FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, closed_at, closed_by, id, proposed_at, proposed_by, proposed_role, reason, state, version) ON correction TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON correction FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, id, kind, sealed, valid_from, version) ON guarantor TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON guarantor FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = guarantor.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, consented_at, id, kind, sealed, valid_from, version) ON guardian TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON guardian FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')) AND EXISTS (SELECT FROM application WHERE application.id = guardian.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN true ELSE false END);
GRANT SELECT (id, is_ended, renewals, subject) ON mail_subscription TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON mail_subscription FOR SELECT TO gerbang_partner_agent_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END);
GRANT INSERT (address, centre_code, country_code, id, language, occasion, partner_code, subject, visa_type_code) ON mail_subscription TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON mail_subscription FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END);
GRANT UPDATE (address, is_ended, renewals) ON mail_subscription TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_update ON mail_subscription FOR UPDATE TO gerbang_partner_agent_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN mail_subscription.subject = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END);
GRANT SELECT (id, removed_at, subject) ON saved_view TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON saved_view FOR SELECT TO gerbang_partner_agent_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN saved_view.subject = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END);
GRANT INSERT (id, name, page, query, subject) ON saved_view TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON saved_view FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN saved_view.subject = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END);
GRANT UPDATE (name, query, removed_at) ON saved_view TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_update ON saved_view FOR UPDATE TO gerbang_partner_agent_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN saved_view.subject = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_AGENT')) THEN saved_view.subject = (SELECT viewer.subject('PARTNER_AGENT')) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_select ON idempotency FOR SELECT TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_insert ON idempotency FOR INSERT TO gerbang_partner_agent_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT UPDATE (answer) ON idempotency TO gerbang_partner_agent_writing;
CREATE POLICY partner_agent_writing_update ON idempotency FOR UPDATE TO gerbang_partner_agent_writing
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('PARTNER_AGENT')));
-- Changes, by AUDITOR
GRANT USAGE ON SCHEMA public, viewer TO gerbang_auditor_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_auditor_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_auditor_writing;
GRANT EXECUTE ON FUNCTION viewer.extends_stopped_visa TO gerbang_auditor_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON country FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON entry_rule FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON visa_type FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON eligibility FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON required_document FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON passport_rule FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON extension_rule FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON handling_rule FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON fee FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON service_target FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON deadline FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON day_off FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON grant_rule FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON pool FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (code, name) ON partner TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON partner FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON partner_country FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON centre FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (approved_at, approved_by, cancel_reason, cancelled_at, cancelled_by, changed, decree, effective_on, id, is_initial, kind, proposed_at, proposed_by, reason, state, subject, targets) ON reference_change TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON reference_change FOR SELECT TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN reference_change.kind NOT IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'PASSPORT_RULE', 'EXTENSION_RULE', 'HANDLING_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'DAY_OFF', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE', 'GRANT_RULE', 'POOL') ELSE false END);
GRANT UPDATE (approved_by, cancel_reason, cancelled_by) ON reference_change TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_update ON reference_change FOR UPDATE TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN reference_change.kind NOT IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'PASSPORT_RULE', 'EXTENSION_RULE', 'HANDLING_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'DAY_OFF', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE', 'GRANT_RULE', 'POOL') ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN reference_change.kind NOT IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'PASSPORT_RULE', 'EXTENSION_RULE', 'HANDLING_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'DAY_OFF', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE', 'GRANT_RULE', 'POOL') ELSE false END);
GRANT SELECT (id) ON applicant TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON applicant FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, reason, recorded_at, sequence) ON application_event TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON application_event FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON bill FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT SELECT (answered_at, answered_by, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON requested_item FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id));
GRANT SELECT (announced_at, announced_by, answered_at, answered_by, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON refusal_intention FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id));
GRANT SELECT (application_id, kind, recorded_at, recorded_by) ON case_document TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON case_document FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id));
GRANT SELECT (application_id, assigned_at, assigned_by, ended_at, ended_by, id, officer, reason, role) ON assignment TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON assignment FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (application_id, conditions, decided_at, grant_rule_code, grounds, id, officer, outcome, supersedes_id) ON decision TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON decision FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')) AND EXISTS (SELECT FROM application WHERE application.id = decision.application_id) AND CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON visa FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT SELECT (answered_at, answered_by, application_id, ban_id, confirmed_by, id, kept_from, kind, list_version, number, proposed, proposed_by, reason, referral_note, referral_reason, requested_at, result, rule_version, voided_at, written_in) ON screening TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON screening FOR SELECT TO gerbang_auditor_writing
    USING (viewer.acts_as('AUDITOR'));
GRANT SELECT (account, answered_at, answered_by, applicant_id, due_at, id, kind, lodged_at, lodged_by, lodged_role, lookups_approved_by, lookups_proposed_by, outcome, reference, state) ON data_request TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON data_request FOR SELECT TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT INSERT (account, applicant_id, id, kind, lodged_by, lodged_role, reference) ON data_request TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_insert ON data_request FOR INSERT TO gerbang_auditor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT UPDATE (answered_by, applicant_id, lookups_approved_by, lookups_proposed_by, outcome, reason) ON data_request TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_update ON data_request FOR UPDATE TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT SELECT (answered_role, country_code, entrusted_to, id, kind, partner_code) ON complaint TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON complaint FOR SELECT TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT UPDATE (answered_by, answered_role, entrusted_by, entrusted_to, kind, sorted_by) ON complaint TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_update ON complaint FOR UPDATE TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT SELECT (complaint_id) ON complaint_text TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON complaint_text FOR SELECT TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END);
GRANT UPDATE (sealed) ON complaint_text TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_update ON complaint_text FOR UPDATE TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END);
GRANT INSERT (applicant_id, cause, data_request_id, id) ON erasure TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_insert ON erasure FOR INSERT TO gerbang_auditor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT SELECT (close_reason, closed_at, closed_by, description, due_at, id, institution_notice, institution_notified_at, institution_notified_by, is_open, notice_in_english, notice_in_indonesian, noticed_at, people_notice, people_notified, people_notified_at, people_notified_by, people_reached, recorded_at, recorded_by, viewer, window_before, window_from) ON breach TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON breach FOR SELECT TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT INSERT (description, id, noticed_at, recorded_by, viewer, window_before, window_from) ON breach TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_insert ON breach FOR INSERT TO gerbang_auditor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT UPDATE (close_reason, closed_by, institution_notice, institution_notified_by, notice_in_english, notice_in_indonesian, people_notice, people_notified, people_notified_by, people_reached) ON breach TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_update ON breach FOR UPDATE TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN true ELSE false END);
GRANT SELECT (id, is_ended, renewals, subject) ON mail_subscription TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON mail_subscription FOR SELECT TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN mail_subscription.subject = (SELECT viewer.subject('AUDITOR')) ELSE false END);
GRANT INSERT (address, centre_code, country_code, id, language, occasion, partner_code, subject, visa_type_code) ON mail_subscription TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_insert ON mail_subscription FOR INSERT TO gerbang_auditor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN mail_subscription.subject = (SELECT viewer.subject('AUDITOR')) ELSE false END);
GRANT UPDATE (address, is_ended, renewals) ON mail_subscription TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_update ON mail_subscription FOR UPDATE TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN mail_subscription.subject = (SELECT viewer.subject('AUDITOR')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN mail_subscription.subject = (SELECT viewer.subject('AUDITOR')) ELSE false END);
GRANT SELECT (id, removed_at, subject) ON saved_view TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON saved_view FOR SELECT TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN saved_view.subject = (SELECT viewer.subject('AUDITOR')) ELSE false END);
GRANT INSERT (id, name, page, query, subject) ON saved_view TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_insert ON saved_view FOR INSERT TO gerbang_auditor_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN saved_view.subject = (SELECT viewer.subject('AUDITOR')) ELSE false END);
GRANT UPDATE (name, query, removed_at) ON saved_view TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_update ON saved_view FOR UPDATE TO gerbang_auditor_writing
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN saved_view.subject = (SELECT viewer.subject('AUDITOR')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN saved_view.subject = (SELECT viewer.subject('AUDITOR')) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_select ON idempotency FOR SELECT TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_insert ON idempotency FOR INSERT TO gerbang_auditor_writing
    WITH CHECK ((SELECT viewer.acts_as('AUDITOR')));
GRANT UPDATE (answer) ON idempotency TO gerbang_auditor_writing;
CREATE POLICY auditor_writing_update ON idempotency FOR UPDATE TO gerbang_auditor_writing
    USING ((SELECT viewer.acts_as('AUDITOR')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('AUDITOR')));
-- Changes, by APPLICANT
GRANT USAGE ON SCHEMA public, viewer TO gerbang_applicant_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_applicant_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_applicant_writing;
GRANT EXECUTE ON FUNCTION viewer.extension_of TO gerbang_applicant_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON country FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON entry_rule FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON visa_type FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON eligibility FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON required_document FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON passport_rule FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON extension_rule FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON handling_rule FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON fee FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON service_target FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON deadline FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON day_off FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON grant_rule FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON pool FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (code, name) ON partner TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON partner FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON partner_country FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON centre FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (account, id, nationality_code) ON applicant TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON applicant FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND applicant.account = (SELECT viewer.subject('APPLICANT')));
GRANT INSERT (account, id, nationality_code, passport_last_four) ON applicant TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON applicant FOR INSERT TO gerbang_applicant_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN applicant.account = (SELECT viewer.subject('APPLICANT')) ELSE false END);
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex, versions) ON identity TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON identity FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM applicant WHERE applicant.id = identity.applicant_id));
GRANT INSERT (applicant_id, birth_date, email, full_name, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex) ON identity TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON identity FOR INSERT TO gerbang_applicant_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN EXISTS (SELECT FROM applicant WHERE applicant.id = identity.applicant_id) ELSE false END);
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, entry_on, extends_visa_number, fee_idr, group_reference, guardian_kind, hand_in_by, holder_country_code, holder_partner_code, holder_place, id, left_partner_at, nationality_code, paid_at, partner_code, paused_seconds, pay_by, received_at, reference, stage, status, submitted_at, successor_centre_code, successor_country_code, successor_partner_code, target_due_at, trip_purpose, use_within_days, visa_type_code, was_info_requested) ON application TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON application FOR SELECT TO gerbang_applicant_writing
    USING (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) ELSE false END);
GRANT INSERT (applicant_id, centre_code, channel, country_code, entry_on, extends_visa_number, group_reference, guardian_kind, id, nationality_code, partner_code, pay_by, reference, status, submitted_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON application FOR INSERT TO gerbang_applicant_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) ELSE false END AND application.status IN ('SUBMITTED', 'AWAITING_PAYMENT'));
GRANT UPDATE (closed_at, paused_seconds, status) ON application TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_update ON application FOR UPDATE TO gerbang_applicant_writing
    USING (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) ELSE false END);
GRANT SELECT (application_id, id, kind, occurred_at, recorded_at, sequence) ON application_event TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON application_event FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT INSERT (actor, actor_role, application_id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON application_event FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN (application_event.actor = (SELECT viewer.subject('APPLICANT')) AND application_event.actor_role = 'APPLICANT' AND application_event.kind IN ('CORRECTED', 'CORRECTION_PROPOSED', 'IN_VERIFICATION', 'SUBMITTED', 'VISA_RETURNED', 'WITHDRAWN') OR application_event.kind = 'AWAITING_PAYMENT' AND application_event.actor IS NULL AND application_event.actor_role IS NULL) ELSE false END);
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON bill FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT INSERT (amount_idr, application_id, billing_code, due_at, family_code, issued_at) ON bill TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON bill FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT INSERT (application_id, id, renewed_by, replaced_by) ON former_bill TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON former_bill FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = former_bill.application_id) AND former_bill.renewed_by = (SELECT viewer.subject('APPLICANT')) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT SELECT (answered_at, application_id, id, kind, note, requested_at) ON requested_item TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON requested_item FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id));
GRANT UPDATE (answered_at, answered_by) ON requested_item TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_update ON requested_item FOR UPDATE TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN requested_item.answered_at IS NULL ELSE false END) WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN requested_item.answered_by = (SELECT viewer.subject('APPLICANT')) ELSE false END);
GRANT INSERT (applicant_id, application_id, item_id, sealed) ON item_answer TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON item_answer FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = item_answer.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT SELECT (announced_at, answered_at, application_id, documents, ended_at, grounds, note) ON refusal_intention TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON refusal_intention FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id));
GRANT UPDATE (answered_at, answered_by, documents, ended_at) ON refusal_intention TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_update ON refusal_intention FOR UPDATE TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN refusal_intention.ended_at IS NULL ELSE false END) WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN refusal_intention.answered_by = (SELECT viewer.subject('APPLICANT')) ELSE false END);
GRANT INSERT (applicant_id, application_id, sealed) ON intention_answer TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON intention_answer FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = intention_answer.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT SELECT (application_id, kind, recorded_at) ON case_document TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON case_document FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id));
GRANT SELECT (application_id, completed_at, expires_at, id, kind, locator, media_type, replaced_at, requested_at, requested_by, sent_at, sha256, size, state) ON document_upload TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON document_upload FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('APPLICANT')) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT INSERT (application_id, id, kind, media_type, requested_by, sha256, size) ON document_upload TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON document_upload FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('APPLICANT')) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT UPDATE (replaced_at, sent_at) ON document_upload TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_update ON document_upload FOR UPDATE TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('APPLICANT')) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END) WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('APPLICANT')) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT INSERT (applicant_id, sealed, upload_id) ON document_content TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON document_content FOR INSERT TO gerbang_applicant_writing
    WITH CHECK (EXISTS (SELECT FROM document_upload AS upload WHERE upload.id = document_content.upload_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT SELECT (application_id, assigned_at, ended_at, id) ON assignment TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON assignment FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT UPDATE (ended_at, ended_by) ON assignment TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_update ON assignment FOR UPDATE TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id)) WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON visa FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT UPDATE (returned_at) ON visa TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_update ON visa FOR UPDATE TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id)) WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT SELECT (applicant_id, nationality_code, number) ON identity_version TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON identity_version FOR SELECT TO gerbang_applicant_writing
    USING (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id = identity_version.applicant_id) ELSE false END);
GRANT INSERT (applicant_id, birth_date, email, full_name, nationality_code, number, passport_expires_on, passport_issuing_state, passport_last_four, passport_number, phone, place_of_birth, sealed, sex, written_at) ON identity_version TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON identity_version FOR INSERT TO gerbang_applicant_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id = identity_version.applicant_id) ELSE false END);
GRANT SELECT (applicant_id, application_id, closed_at, id, proposed_at, proposed_role, reason, state, version) ON correction TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON correction FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, closed_at, closed_by, id, proposed_at, proposed_by, proposed_role, reason, state, version) ON correction TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON correction FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, id, kind, sealed, valid_from, version) ON guarantor TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON guarantor FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = guarantor.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, consented_at, id, kind, sealed, valid_from, version) ON guardian TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON guardian FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')) AND EXISTS (SELECT FROM application WHERE application.id = guardian.application_id) AND CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN true ELSE false END);
GRANT SELECT (account, answered_at, answered_by, applicant_id, due_at, id, kind, lodged_at, lodged_by, lodged_role, lookups_approved_by, lookups_proposed_by, outcome, reference, state) ON data_request TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON data_request FOR SELECT TO gerbang_applicant_writing
    USING (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN data_request.account = (SELECT viewer.subject('APPLICANT')) ELSE false END);
GRANT INSERT (account, applicant_id, id, kind, lodged_by, lodged_role, reference) ON data_request TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON data_request FOR INSERT TO gerbang_applicant_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN data_request.account = (SELECT viewer.subject('APPLICANT')) ELSE false END);
GRANT SELECT (id) ON complaint TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON complaint FOR SELECT TO gerbang_applicant_writing
    USING (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN complaint.account = (SELECT viewer.subject('APPLICANT')) ELSE false END);
GRANT INSERT (account, applicant_id, application_id, centre_code, id, reference) ON complaint TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON complaint FOR INSERT TO gerbang_applicant_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN complaint.account = (SELECT viewer.subject('APPLICANT')) ELSE false END);
GRANT SELECT (complaint_id) ON complaint_text TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON complaint_text FOR SELECT TO gerbang_applicant_writing
    USING (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id) ELSE false END);
GRANT INSERT (complaint_id, sealed) ON complaint_text TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON complaint_text FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')));
GRANT SELECT (account) ON file_claim TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON file_claim FOR SELECT TO gerbang_applicant_writing
    USING (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN file_claim.account = (SELECT viewer.subject('APPLICANT')) ELSE false END);
GRANT INSERT (account, application_id, code) ON file_claim TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON file_claim FOR INSERT TO gerbang_applicant_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('APPLICANT')) THEN file_claim.account = (SELECT viewer.subject('APPLICANT')) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_select ON idempotency FOR SELECT TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_insert ON idempotency FOR INSERT TO gerbang_applicant_writing
    WITH CHECK ((SELECT viewer.acts_as('APPLICANT')));
GRANT UPDATE (answer) ON idempotency TO gerbang_applicant_writing;
CREATE POLICY applicant_writing_update ON idempotency FOR UPDATE TO gerbang_applicant_writing
    USING ((SELECT viewer.acts_as('APPLICANT')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('APPLICANT')));
-- Changes, by PARTNER_SERVICE
GRANT USAGE ON SCHEMA public, viewer TO gerbang_partner_service_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_partner_service_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_partner_service_writing;
GRANT EXECUTE ON FUNCTION viewer.purpose_reference TO gerbang_partner_service_writing;
GRANT EXECUTE ON FUNCTION viewer.webhook_key TO gerbang_partner_service_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON country FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON entry_rule FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON visa_type FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON eligibility FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON required_document FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON passport_rule FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON extension_rule FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON handling_rule FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON fee FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON service_target FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON deadline FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON day_off FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON grant_rule FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON pool FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (code, name) ON partner TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON partner FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON partner_country FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON centre FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT INSERT (account, id, nationality_code, passport_last_four) ON applicant TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON applicant FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN applicant.account IS NULL ELSE false END);
GRANT INSERT (applicant_id, birth_date, email, full_name, passport_expires_on, passport_issuing_state, passport_number, phone, place_of_birth, sealed, sex) ON identity TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON identity FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT SELECT (answer_by, applicant_id, centre_code, channel, closed_at, country_code, entry_on, extends_visa_number, fee_idr, group_reference, guardian_kind, hand_in_by, holder_country_code, holder_partner_code, holder_place, id, left_partner_at, nationality_code, paid_at, partner_code, paused_seconds, pay_by, received_at, reference, stage, status, submitted_at, successor_centre_code, successor_country_code, successor_partner_code, target_due_at, trip_purpose, use_within_days, visa_type_code, was_info_requested) ON application TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON application FOR SELECT TO gerbang_partner_service_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND application.left_partner_at IS NULL AND application.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) ELSE false END);
GRANT INSERT (applicant_id, centre_code, channel, country_code, entry_on, group_reference, guardian_kind, id, nationality_code, partner_code, pay_by, reference, status, submitted_at, trip_purpose, use_within_days, visa_type_code) ON application TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON application FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND application.left_partner_at IS NULL AND application.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) ELSE false END AND application.status IN ('SUBMITTED', 'AWAITING_PAYMENT'));
GRANT UPDATE (closed_at, paused_seconds, received_at, status) ON application TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_update ON application FOR UPDATE TO gerbang_partner_service_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND application.left_partner_at IS NULL AND application.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND application.left_partner_at IS NULL AND application.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) ELSE false END);
GRANT SELECT (application_id, id, kind, occurred_at, recorded_at, sequence) ON application_event TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON application_event FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT INSERT (actor, actor_role, application_id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON application_event FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN (application_event.actor = (SELECT viewer.subject('PARTNER_SERVICE')) AND application_event.actor_role = 'PARTNER_SERVICE' AND application_event.kind IN ('CORRECTED', 'CORRECTION_PROPOSED', 'IN_VERIFICATION', 'RECEIVED', 'SUBMITTED', 'WITHDRAWN') OR application_event.kind = 'AWAITING_PAYMENT' AND application_event.actor IS NULL AND application_event.actor_role IS NULL) ELSE false END);
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON bill FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT INSERT (amount_idr, application_id, billing_code, due_at, family_code, issued_at) ON bill TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON bill FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT INSERT (application_id, id, renewed_by, replaced_by) ON former_bill TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON former_bill FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = former_bill.application_id) AND former_bill.renewed_by = (SELECT viewer.subject('PARTNER_SERVICE')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT SELECT (answered_at, application_id, id, kind, requested_at) ON requested_item TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON requested_item FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id));
GRANT UPDATE (answered_at, answered_by) ON requested_item TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_update ON requested_item FOR UPDATE TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN requested_item.answered_at IS NULL ELSE false END) WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = requested_item.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN requested_item.answered_by = (SELECT viewer.subject('PARTNER_SERVICE')) ELSE false END);
GRANT INSERT (applicant_id, application_id, item_id, sealed) ON item_answer TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON item_answer FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = item_answer.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT SELECT (announced_at, answered_at, application_id, documents, ended_at, grounds) ON refusal_intention TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON refusal_intention FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id));
GRANT UPDATE (answered_at, answered_by, documents, ended_at) ON refusal_intention TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_update ON refusal_intention FOR UPDATE TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN refusal_intention.ended_at IS NULL ELSE false END) WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = refusal_intention.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN refusal_intention.answered_by = (SELECT viewer.subject('PARTNER_SERVICE')) ELSE false END);
GRANT INSERT (applicant_id, application_id, sealed) ON intention_answer TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON intention_answer FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = intention_answer.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT SELECT (application_id, kind, recorded_at) ON case_document TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON case_document FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id));
GRANT UPDATE (recorded_at, recorded_by) ON case_document TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_update ON case_document FOR UPDATE TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END) WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = case_document.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT SELECT (application_id, completed_at, expires_at, id, kind, locator, media_type, replaced_at, requested_at, requested_by, sent_at, sha256, size, state) ON document_upload TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON document_upload FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('PARTNER_SERVICE')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT INSERT (application_id, id, kind, locator, media_type, requested_by, sha256, size) ON document_upload TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON document_upload FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('PARTNER_SERVICE')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT UPDATE (replaced_at, sent_at) ON document_upload TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_update ON document_upload FOR UPDATE TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('PARTNER_SERVICE')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END) WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = document_upload.application_id) AND document_upload.requested_by = (SELECT viewer.subject('PARTNER_SERVICE')) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT INSERT (applicant_id, sealed, upload_id) ON document_content TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON document_content FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK (EXISTS (SELECT FROM document_upload AS upload WHERE upload.id = document_content.upload_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT SELECT (application_id, assigned_at, ended_at, id) ON assignment TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON assignment FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT UPDATE (ended_at, ended_by) ON assignment TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_update ON assignment FOR UPDATE TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id)) WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (application_id, decision_id, extended_days, issued_at, returned_at, revoked_at, stay_days, superseded_at, use_by, visa_number) ON visa TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON visa FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = visa.application_id));
GRANT SELECT (applicant_id, fetched_at, id, proven_at, replaced_at, visa_number) ON visa_document TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON visa_document FOR SELECT TO gerbang_partner_service_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN visa_document.proven_at <= now() AND visa_document.replaced_at IS NULL AND EXISTS (SELECT FROM visa AS by_1 WHERE by_1.visa_number = visa_document.visa_number AND by_1.revoked_at IS NULL AND by_1.returned_at IS NULL AND by_1.superseded_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND by_2.reference = (SELECT viewer.purpose_reference('PARTNER_SERVICE')) AND by_2.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_2.left_partner_at IS NULL AND by_2.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) AND by_2.closed_at > now() - interval '30 days')) ELSE false END);
GRANT UPDATE (fetched_at, fetched_by) ON visa_document TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_update ON visa_document FOR UPDATE TO gerbang_partner_service_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN visa_document.proven_at <= now() AND visa_document.replaced_at IS NULL AND EXISTS (SELECT FROM visa AS by_1 WHERE by_1.visa_number = visa_document.visa_number AND by_1.revoked_at IS NULL AND by_1.returned_at IS NULL AND by_1.superseded_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND by_2.reference = (SELECT viewer.purpose_reference('PARTNER_SERVICE')) AND by_2.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_2.left_partner_at IS NULL AND by_2.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) AND by_2.closed_at > now() - interval '30 days')) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN visa_document.proven_at <= now() AND visa_document.replaced_at IS NULL AND EXISTS (SELECT FROM visa AS by_1 WHERE by_1.visa_number = visa_document.visa_number AND by_1.revoked_at IS NULL AND by_1.returned_at IS NULL AND by_1.superseded_at IS NULL AND EXISTS (SELECT FROM application AS by_2 WHERE by_2.id = by_1.application_id AND by_2.reference = (SELECT viewer.purpose_reference('PARTNER_SERVICE')) AND by_2.holder_partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND by_2.left_partner_at IS NULL AND by_2.holder_country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) AND by_2.closed_at > now() - interval '30 days')) ELSE false END AND visa_document.fetched_by = (SELECT viewer.subject('PARTNER_SERVICE')));
GRANT SELECT (applicant_id, nationality_code, number) ON identity_version TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON identity_version FOR SELECT TO gerbang_partner_service_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id = identity_version.applicant_id) ELSE false END);
GRANT INSERT (applicant_id, birth_date, email, full_name, nationality_code, number, passport_expires_on, passport_issuing_state, passport_last_four, passport_number, phone, place_of_birth, sealed, sex, written_at) ON identity_version TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON identity_version FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN EXISTS (SELECT FROM application WHERE application.applicant_id = identity_version.applicant_id) ELSE false END);
GRANT SELECT (applicant_id, application_id, closed_at, id, proposed_at, proposed_role, reason, state, version) ON correction TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON correction FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, closed_at, closed_by, id, proposed_at, proposed_by, proposed_role, reason, state, version) ON correction TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON correction FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = correction.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, id, kind, sealed, valid_from, version) ON guarantor TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON guarantor FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = guarantor.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT INSERT (applicant_id, application_id, consented_at, id, kind, sealed, valid_from, version) ON guardian TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON guardian FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND EXISTS (SELECT FROM application WHERE application.id = guardian.application_id) AND CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN true ELSE false END);
GRANT SELECT (approved_at, approved_by, country_code, id, partner_code, paused_at, paused_by, redeliver_by, redeliver_from, redeliver_through, registered_at, registered_by, removed_at, removed_by, resumed_at, resumed_by, secret_at, state, url) ON webhook_endpoint TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON webhook_endpoint FOR SELECT TO gerbang_partner_service_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN webhook_endpoint.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND webhook_endpoint.country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) ELSE false END);
GRANT INSERT (country_code, id, partner_code, registered_by, secret, url) ON webhook_endpoint TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON webhook_endpoint FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN webhook_endpoint.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND webhook_endpoint.country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) ELSE false END);
GRANT UPDATE (paused_by, redeliver_by, redeliver_from, redeliver_through, removed_by, resumed_by, secret) ON webhook_endpoint TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_update ON webhook_endpoint FOR UPDATE TO gerbang_partner_service_writing
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN webhook_endpoint.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND webhook_endpoint.country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('PARTNER_SERVICE')) THEN webhook_endpoint.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) AND webhook_endpoint.country_code = ANY ((SELECT viewer.countries('PARTNER_SERVICE'))::text[]) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_select ON idempotency FOR SELECT TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_insert ON idempotency FOR INSERT TO gerbang_partner_service_writing
    WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')));
GRANT UPDATE (answer) ON idempotency TO gerbang_partner_service_writing;
CREATE POLICY partner_service_writing_update ON idempotency FOR UPDATE TO gerbang_partner_service_writing
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('PARTNER_SERVICE')));
-- Changes, by SCREENING
GRANT USAGE ON SCHEMA public, viewer TO gerbang_screening_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_screening_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_screening_writing;
GRANT EXECUTE ON FUNCTION viewer.extends_stopped_visa TO gerbang_screening_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON country FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON entry_rule FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON visa_type FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON eligibility FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON required_document FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON passport_rule FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON extension_rule FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON handling_rule FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON fee FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON service_target FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON deadline FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON day_off FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON grant_rule FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON pool FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (code, name) ON partner TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON partner FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON partner_country FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON centre FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT SELECT (answer_by, applicant_id, centre_code, channel, country_code, entry_on, extends_visa_number, fee_idr, hand_in_by, id, nationality_code, paid_at, partner_code, paused_seconds, pay_by, received_at, reference, status, submitted_at, target_due_at, trip_purpose, use_within_days, visa_type_code, was_info_requested) ON application TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON application FOR SELECT TO gerbang_screening_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN EXISTS (SELECT FROM screening AS by_1 WHERE by_1.application_id = application.id AND by_1.answered_at IS NULL AND by_1.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_1.kept_from)) OR EXISTS (SELECT FROM screening AS by_1 WHERE by_1.application_id = application.id AND (by_1.answered_at IS NULL AND by_1.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_1.kept_from) OR by_1.answered_by = (SELECT viewer.subject('SCREENING')) OR by_1.confirmed_by = (SELECT viewer.subject('SCREENING')))) ELSE false END);
GRANT UPDATE (has_open_hit, is_referred) ON application TO gerbang_screening_writing;
CREATE POLICY screening_writing_update ON application FOR UPDATE TO gerbang_screening_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN EXISTS (SELECT FROM screening AS by_1 WHERE by_1.application_id = application.id AND (by_1.answered_at IS NULL AND by_1.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_1.kept_from) OR by_1.answered_by = (SELECT viewer.subject('SCREENING')) OR by_1.confirmed_by = (SELECT viewer.subject('SCREENING')))) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN EXISTS (SELECT FROM screening AS by_1 WHERE by_1.application_id = application.id AND (by_1.answered_at IS NULL AND by_1.voided_at IS NULL AND (SELECT viewer.subject('SCREENING')) <> ALL (by_1.kept_from) OR by_1.answered_by = (SELECT viewer.subject('SCREENING')) OR by_1.confirmed_by = (SELECT viewer.subject('SCREENING')))) ELSE false END);
GRANT SELECT (application_id, id, kind, occurred_at, recorded_at, sequence) ON application_event TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON application_event FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT INSERT (actor, actor_role, application_id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_screening_writing;
CREATE POLICY screening_writing_insert ON application_event FOR INSERT TO gerbang_screening_writing
    WITH CHECK ((SELECT viewer.acts_as('SCREENING')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id) AND CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN (application_event.actor = (SELECT viewer.subject('SCREENING')) AND application_event.actor_role = 'SCREENING' AND application_event.kind IN ('ANSWER_PROPOSED', 'SCREENED')) ELSE false END);
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON bill FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT SELECT (application_id, assigned_at, ended_at, id) ON assignment TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON assignment FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT INSERT (application_id, assigned_at, assigned_by, officer, role) ON assignment TO gerbang_screening_writing;
CREATE POLICY screening_writing_insert ON assignment FOR INSERT TO gerbang_screening_writing
    WITH CHECK ((SELECT viewer.acts_as('SCREENING')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT UPDATE (ended_at, ended_by) ON assignment TO gerbang_screening_writing;
CREATE POLICY screening_writing_update ON assignment FOR UPDATE TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id)) WITH CHECK ((SELECT viewer.acts_as('SCREENING')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (answered_at, answered_by, application_id, ban_id, confirmed_by, id, kept_from, kind, list_version, number, proposed, proposed_by, reason, referral_note, referral_reason, requested_at, result, rule_version, voided_at, written_in) ON screening TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON screening FOR SELECT TO gerbang_screening_writing
    USING (viewer.acts_as('SCREENING'));
GRANT UPDATE (answered_at, answered_by, confirmed_by, proposed, proposed_by, reason, result) ON screening TO gerbang_screening_writing;
CREATE POLICY screening_writing_update ON screening FOR UPDATE TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')) AND EXISTS (SELECT FROM application WHERE application.id = screening.application_id)) WITH CHECK ((SELECT viewer.acts_as('SCREENING')) AND EXISTS (SELECT FROM application WHERE application.id = screening.application_id));
GRANT SELECT (approved_at, approved_by, banned_from, banned_until, ground, id, is_screened, proposed_at, proposed_by, reason, reference, reject_reason, rejected_at, rejected_by, state, withdrawal_proposed_at, withdrawal_proposed_by, withdrawal_reason, withdrawn_at, withdrawn_by) ON ban_entry TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON ban_entry FOR SELECT TO gerbang_screening_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN true ELSE false END);
GRANT INSERT (banned_from, banned_until, ground, id, proposed_by, reason, reference) ON ban_entry TO gerbang_screening_writing;
CREATE POLICY screening_writing_insert ON ban_entry FOR INSERT TO gerbang_screening_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN true ELSE false END);
GRANT UPDATE (approved_by, reject_reason, rejected_by, withdrawal_proposed_by, withdrawal_reason, withdrawn_by) ON ban_entry TO gerbang_screening_writing;
CREATE POLICY screening_writing_update ON ban_entry FOR UPDATE TO gerbang_screening_writing
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN true ELSE false END);
GRANT INSERT (ban_id, birth_date, full_name, issuing_state, passport_number, sealed) ON banned_person TO gerbang_screening_writing;
CREATE POLICY screening_writing_insert ON banned_person FOR INSERT TO gerbang_screening_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN EXISTS (SELECT FROM ban_entry WHERE ban_entry.id = banned_person.ban_id AND ban_entry.state = 'PROPOSED' AND ban_entry.proposed_by = (SELECT viewer.subject('SCREENING'))) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_screening_writing;
CREATE POLICY screening_writing_select ON idempotency FOR SELECT TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_screening_writing;
CREATE POLICY screening_writing_insert ON idempotency FOR INSERT TO gerbang_screening_writing
    WITH CHECK ((SELECT viewer.acts_as('SCREENING')));
GRANT UPDATE (answer) ON idempotency TO gerbang_screening_writing;
CREATE POLICY screening_writing_update ON idempotency FOR UPDATE TO gerbang_screening_writing
    USING ((SELECT viewer.acts_as('SCREENING')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('SCREENING')));
-- Changes, by TREASURY
GRANT USAGE ON SCHEMA public, viewer TO gerbang_treasury_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_treasury_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_treasury_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON country FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON entry_rule FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON visa_type FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON eligibility FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON required_document FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON passport_rule FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON extension_rule FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON handling_rule FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON fee FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON service_target FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON deadline FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON day_off FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON grant_rule FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON pool FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (code, name) ON partner TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON partner FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON partner_country FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON centre FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT SELECT (answer_by, entry_on, extends_visa_number, fee_idr, hand_in_by, id, nationality_code, paid_at, partner_code, paused_seconds, pay_by, received_at, status, trip_purpose, use_within_days, visa_type_code, was_info_requested) ON application TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON application FOR SELECT TO gerbang_treasury_writing
    USING (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN true ELSE false END);
GRANT UPDATE (fee_idr, paid_at, status, target_due_at) ON application TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_update ON application FOR UPDATE TO gerbang_treasury_writing
    USING (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN true ELSE false END);
GRANT SELECT (application_id, id, kind, occurred_at, recorded_at, sequence) ON application_event TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON application_event FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT INSERT (actor, actor_role, application_id, kind, occurred_at, reason, sequence) ON application_event TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_insert ON application_event FOR INSERT TO gerbang_treasury_writing
    WITH CHECK ((SELECT viewer.acts_as('TREASURY')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id) AND CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN (application_event.actor = (SELECT viewer.subject('TREASURY')) AND application_event.actor_role = 'TREASURY' AND application_event.kind IN ('PAID')) ELSE false END);
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON bill FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')) AND bill.application_id IS NULL OR (SELECT viewer.acts_as('TREASURY')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT UPDATE (paid_at, receipt_number) ON bill TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_update ON bill FOR UPDATE TO gerbang_treasury_writing
    USING (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN bill.paid_at IS NULL AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id AND (application.status IN ('SUBMITTED', 'AWAITING_PAYMENT') OR application.paid_at IS NOT NULL)) ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN bill.paid_at IS NOT NULL ELSE false END);
GRANT SELECT (application_id, billing_code, family_id, receipt_number, reversal_number) ON former_bill TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON former_bill FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')) AND EXISTS (SELECT FROM application WHERE application.id = former_bill.application_id) AND CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN true ELSE false END);
GRANT SELECT (application_id, assigned_at, ended_at, id) ON assignment TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON assignment FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (amount_idr, assigned_at, assigned_to, billing_code, id, kept_at, kept_by, order_number, order_recorded_at, ordered_by, ordered_on, reason, receipt_number, recommended_at, recommended_bill, recommended_by, reversal_number, reversed_at, second_reason, seconded_at, seconded_by, state) ON unmatched_payment TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON unmatched_payment FOR SELECT TO gerbang_treasury_writing
    USING (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN true ELSE false END);
GRANT INSERT (amount_idr, billing_code, id, kept_by, receipt_number) ON unmatched_payment TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_insert ON unmatched_payment FOR INSERT TO gerbang_treasury_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN true ELSE false END);
GRANT UPDATE (order_number, ordered_by, ordered_on, reason, recommended_bill, recommended_by, second_reason, seconded_by) ON unmatched_payment TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_update ON unmatched_payment FOR UPDATE TO gerbang_treasury_writing
    USING (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN true ELSE false END);
GRANT INSERT (id, reason, receipt_number, reported_by, reversal_number) ON payment_reversal TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_insert ON payment_reversal FOR INSERT TO gerbang_treasury_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('TREASURY')) THEN payment_reversal.reported_by = (SELECT viewer.subject('TREASURY')) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_select ON idempotency FOR SELECT TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_insert ON idempotency FOR INSERT TO gerbang_treasury_writing
    WITH CHECK ((SELECT viewer.acts_as('TREASURY')));
GRANT UPDATE (answer) ON idempotency TO gerbang_treasury_writing;
CREATE POLICY treasury_writing_update ON idempotency FOR UPDATE TO gerbang_treasury_writing
    USING ((SELECT viewer.acts_as('TREASURY')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('TREASURY')));
-- Changes, by ADMINISTRATOR
GRANT USAGE ON SCHEMA public, viewer TO gerbang_administrator_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_administrator_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_administrator_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON country FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON entry_rule FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON visa_type FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON eligibility FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON required_document FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON passport_rule FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON extension_rule FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON handling_rule FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON fee FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON service_target FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON deadline FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON day_off FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON grant_rule FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON pool FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (code, name) ON partner TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON partner FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON partner_country FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON centre FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT SELECT (approved_at, approved_by, cancel_reason, cancelled_at, cancelled_by, changed, decree, effective_on, id, is_initial, kind, proposed_at, proposed_by, reason, state, subject, targets) ON reference_change TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON reference_change FOR SELECT TO gerbang_administrator_writing
    USING (CASE WHEN (SELECT viewer.acts_as('ADMINISTRATOR')) THEN true OR reference_change.kind NOT IN ('NAMED_EVENT', 'GRANT_RULE', 'POOL') ELSE false END);
GRANT INSERT (changed, decree, id, kind, proposed_by, reason) ON reference_change TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_insert ON reference_change FOR INSERT TO gerbang_administrator_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('ADMINISTRATOR')) THEN true OR reference_change.kind NOT IN ('NAMED_EVENT', 'GRANT_RULE', 'POOL') ELSE false END);
GRANT UPDATE (approved_by, cancel_reason, cancelled_by) ON reference_change TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_update ON reference_change FOR UPDATE TO gerbang_administrator_writing
    USING (CASE WHEN (SELECT viewer.acts_as('ADMINISTRATOR')) THEN true OR reference_change.kind NOT IN ('NAMED_EVENT', 'GRANT_RULE', 'POOL') ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('ADMINISTRATOR')) THEN true OR reference_change.kind NOT IN ('NAMED_EVENT', 'GRANT_RULE', 'POOL') ELSE false END);
GRANT SELECT (application_id, id, kind, occurred_at, recorded_at, sequence) ON application_event TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON application_event FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT SELECT (amount_idr, application_id, billing_code, due_at, family_code, family_fee_idr, family_id, issued_at, paid_at, paid_under, receipt_number, reversal_effect, reversal_number, reversed_at) ON bill TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON bill FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT SELECT (application_id, assigned_at, ended_at, id) ON assignment TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON assignment FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (confirmed_at, confirmed_by, ends_at, id, lift_proposed_at, lift_proposed_by, lift_reason, lifted_at, lifted_by, partner_code, reason, subject, suspended_at, suspended_by) ON suspension TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON suspension FOR SELECT TO gerbang_administrator_writing
    USING (CASE WHEN (SELECT viewer.acts_as('ADMINISTRATOR')) THEN true ELSE false END);
GRANT INSERT (id, partner_code, reason, subject, suspended_by) ON suspension TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_insert ON suspension FOR INSERT TO gerbang_administrator_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('ADMINISTRATOR')) THEN true ELSE false END);
GRANT UPDATE (confirmed_by, lift_proposed_by, lift_reason, lifted_by) ON suspension TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_update ON suspension FOR UPDATE TO gerbang_administrator_writing
    USING (CASE WHEN (SELECT viewer.acts_as('ADMINISTRATOR')) THEN true ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.acts_as('ADMINISTRATOR')) THEN true ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_select ON idempotency FOR SELECT TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_insert ON idempotency FOR INSERT TO gerbang_administrator_writing
    WITH CHECK ((SELECT viewer.acts_as('ADMINISTRATOR')));
GRANT UPDATE (answer) ON idempotency TO gerbang_administrator_writing;
CREATE POLICY administrator_writing_update ON idempotency FOR UPDATE TO gerbang_administrator_writing
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('ADMINISTRATOR')));
-- Changes, by BORDER
GRANT USAGE ON SCHEMA public, viewer TO gerbang_border_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.places TO gerbang_border_writing;
GRANT EXECUTE ON FUNCTION wib_day, epoch_hour, rank_at, total_rank, percentile_buckets, negated TO gerbang_border_writing;
GRANT SELECT (code, iso3, name_en, name_id, region) ON country TO gerbang_border_writing;
CREATE POLICY border_writing_select ON country FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_border_writing;
CREATE POLICY border_writing_select ON entry_rule FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_border_writing;
CREATE POLICY border_writing_select ON visa_type FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (entry, is_open, purpose, valid_from, visa_type_code) ON eligibility TO gerbang_border_writing;
CREATE POLICY border_writing_select ON eligibility FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (is_required, kind, valid_from, visa_type_code) ON required_document TO gerbang_border_writing;
CREATE POLICY border_writing_select ON required_document FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (months, valid_from, visa_type_code) ON passport_rule TO gerbang_border_writing;
CREATE POLICY border_writing_select ON passport_rule FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (amount_idr, days, times, valid_from, visa_type_code) ON extension_rule TO gerbang_border_writing;
CREATE POLICY border_writing_select ON extension_rule FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (is_announced, is_corrected, valid_from, visa_type_code) ON handling_rule TO gerbang_border_writing;
CREATE POLICY border_writing_select ON handling_rule FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (amount_idr, is_offered, use_within_days, valid_from, visa_type_code) ON fee TO gerbang_border_writing;
CREATE POLICY border_writing_select ON fee FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code, working_days) ON service_target TO gerbang_border_writing;
CREATE POLICY border_writing_select ON service_target FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_border_writing;
CREATE POLICY border_writing_select ON deadline FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (day, is_off, name_en, name_id) ON day_off TO gerbang_border_writing;
CREATE POLICY border_writing_select ON day_off FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (code, decree, hours_after_payment, nationalities, official, sample_percent, version, visa_type_code) ON grant_rule TO gerbang_border_writing;
CREATE POLICY border_writing_select ON grant_rule FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (channels, code, is_open, nationalities, visa_types) ON pool TO gerbang_border_writing;
CREATE POLICY border_writing_select ON pool FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (code, name) ON partner TO gerbang_border_writing;
CREATE POLICY border_writing_select ON partner FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (closed_on, country_code, opened_on, partner_code, successor_code) ON partner_country TO gerbang_border_writing;
CREATE POLICY border_writing_select ON partner_country FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code, successor_code) ON centre TO gerbang_border_writing;
CREATE POLICY border_writing_select ON centre FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT SELECT (crossed_at, direction, port, report_key, reported_by) ON crossing TO gerbang_border_writing;
CREATE POLICY border_writing_select ON crossing FOR SELECT TO gerbang_border_writing
    USING (CASE WHEN (SELECT viewer.acts_as('BORDER')) THEN crossing.reported_by = (SELECT viewer.subject('BORDER')) ELSE false END);
GRANT INSERT (crossed_at, direction, id, passengers, port, report_key, reported_by, visa_number) ON crossing TO gerbang_border_writing;
CREATE POLICY border_writing_insert ON crossing FOR INSERT TO gerbang_border_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('BORDER')) THEN crossing.reported_by = (SELECT viewer.subject('BORDER')) ELSE false END);
GRANT INSERT (confirmed_by, id, stay_id) ON overstay_confirmation TO gerbang_border_writing;
CREATE POLICY border_writing_insert ON overstay_confirmation FOR INSERT TO gerbang_border_writing
    WITH CHECK (CASE WHEN (SELECT viewer.acts_as('BORDER')) THEN overstay_confirmation.confirmed_by = (SELECT viewer.subject('BORDER')) ELSE false END);
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_border_writing;
CREATE POLICY border_writing_select ON idempotency FOR SELECT TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_border_writing;
CREATE POLICY border_writing_insert ON idempotency FOR INSERT TO gerbang_border_writing
    WITH CHECK ((SELECT viewer.acts_as('BORDER')));
GRANT UPDATE (answer) ON idempotency TO gerbang_border_writing;
CREATE POLICY border_writing_update ON idempotency FOR UPDATE TO gerbang_border_writing
    USING ((SELECT viewer.acts_as('BORDER')) AND idempotency.answer IS NULL) WITH CHECK ((SELECT viewer.acts_as('BORDER')));
-- LINKER
GRANT USAGE ON SCHEMA public TO gerbang_linker;
GRANT EXECUTE ON FUNCTION wib_day TO gerbang_linker;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_linker;
CREATE POLICY linker_select ON applicant FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (applicant_id, birth_date, full_name, passport_issuing_state, passport_number, sealed, versions) ON identity TO gerbang_linker;
CREATE POLICY linker_select ON identity FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (applicant_id, birth_date, full_name, nationality_code, number, passport_issuing_state, passport_number, sealed, valid_from, valid_until, versions) ON identity_version TO gerbang_linker;
CREATE POLICY linker_select ON identity_version FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (applicant_id, extends_visa_number, group_reference, id, is_linked, reference, status, submitted_at, visa_type_code) ON application TO gerbang_linker;
CREATE POLICY linker_select ON application FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (days, valid_from, visa_type_code) ON extension_rule TO gerbang_linker;
CREATE POLICY linker_select ON extension_rule FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (application_id, decision_id, issued_at, stay_days, use_by, visa_number) ON visa TO gerbang_linker;
CREATE POLICY linker_select ON visa FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (conditions, id) ON decision TO gerbang_linker;
CREATE POLICY linker_select ON decision FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (applicant_id, id, issued_at, ordered_at, refused_at, replaced_at, visa_number) ON visa_document TO gerbang_linker;
CREATE POLICY linker_select ON visa_document FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT ON person_index TO gerbang_linker;
CREATE POLICY linker_select ON person_index FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (applicant_id, linked_id, reason) ON person_link TO gerbang_linker;
CREATE POLICY linker_select ON person_link FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (approved_by, id, withdrawn_by) ON ban_entry TO gerbang_linker;
CREATE POLICY linker_select ON ban_entry FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (ban_id, birth_date, erased_at, full_name, issuing_state, passport_number, sealed) ON banned_person TO gerbang_linker;
CREATE POLICY linker_select ON banned_person FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT ON ban_index TO gerbang_linker;
CREATE POLICY linker_select ON ban_index FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (applicant_id, id, lookups_approved_by, lookups_compared_at) ON data_request TO gerbang_linker;
CREATE POLICY linker_select ON data_request FOR SELECT TO gerbang_linker
    USING (true);
GRANT SELECT (id, occurred_at, sought, sought_key) ON person_lookup TO gerbang_linker;
CREATE POLICY linker_select ON person_lookup FOR SELECT TO gerbang_linker
    USING (true);
GRANT INSERT ON person_index TO gerbang_linker;
CREATE POLICY linker_insert ON person_index FOR INSERT TO gerbang_linker
    WITH CHECK (true);
GRANT INSERT ON ban_index TO gerbang_linker;
CREATE POLICY linker_insert ON ban_index FOR INSERT TO gerbang_linker
    WITH CHECK (true);
GRANT INSERT (applicant_id, id, linked_id, reason, state) ON person_link TO gerbang_linker;
CREATE POLICY linker_insert ON person_link FOR INSERT TO gerbang_linker
    WITH CHECK (true);
GRANT INSERT (applicant_id, fields, id, reader, version) ON linker_read TO gerbang_linker;
CREATE POLICY linker_insert ON linker_read FOR INSERT TO gerbang_linker
    WITH CHECK (reader = 'LINKER');
GRANT UPDATE (is_linked) ON application TO gerbang_linker;
CREATE POLICY linker_update ON application FOR UPDATE TO gerbang_linker
    USING (true);
GRANT UPDATE (digest, issued_at, key_id, refused_at, sealed) ON visa_document TO gerbang_linker;
CREATE POLICY linker_update ON visa_document FOR UPDATE TO gerbang_linker
    USING (true);
GRANT UPDATE (lookups, lookups_compared_at) ON data_request TO gerbang_linker;
CREATE POLICY linker_update ON data_request FOR UPDATE TO gerbang_linker
    USING (true);
GRANT DELETE ON person_index TO gerbang_linker;
CREATE POLICY linker_delete ON person_index FOR DELETE TO gerbang_linker
    USING (true);
GRANT DELETE ON ban_index TO gerbang_linker;
CREATE POLICY linker_delete ON ban_index FOR DELETE TO gerbang_linker
    USING (true);

-- SCREENER
GRANT USAGE ON SCHEMA public TO gerbang_screener;
GRANT EXECUTE ON FUNCTION wib_day TO gerbang_screener;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_screener;
CREATE POLICY screener_select ON applicant FOR SELECT TO gerbang_screener
    USING (true);
GRANT SELECT (applicant_id, birth_date, full_name, passport_issuing_state, passport_number, sealed, versions) ON identity TO gerbang_screener;
CREATE POLICY screener_select ON identity FOR SELECT TO gerbang_screener
    USING (true);
GRANT SELECT (applicant_id, birth_date, full_name, nationality_code, number, passport_issuing_state, passport_number, sealed, valid_from, valid_until, versions) ON identity_version TO gerbang_screener;
CREATE POLICY screener_select ON identity_version FOR SELECT TO gerbang_screener
    USING (true);
GRANT SELECT (applicant_id, id, is_linked, partner_code, received_at, stage, status, target_due_at) ON application TO gerbang_screener;
CREATE POLICY screener_select ON application FOR SELECT TO gerbang_screener
    USING (true);
GRANT SELECT (application_id, sequence) ON application_event TO gerbang_screener;
CREATE POLICY screener_select ON application_event FOR SELECT TO gerbang_screener
    USING (true);
GRANT SELECT (application_id, kind, voided_at) ON screening TO gerbang_screener;
CREATE POLICY screener_select ON screening FOR SELECT TO gerbang_screener
    USING (true);
GRANT SELECT (approved_by, banned_from, banned_until, id, withdrawn_by) ON ban_entry TO gerbang_screener;
CREATE POLICY screener_select ON ban_entry FOR SELECT TO gerbang_screener
    USING (true);
GRANT SELECT (ban_id, birth_date, erased_at, full_name, issuing_state, passport_number, sealed) ON banned_person TO gerbang_screener;
CREATE POLICY screener_select ON banned_person FOR SELECT TO gerbang_screener
    USING (true);
GRANT SELECT (application_id, ended_at) ON ban_match TO gerbang_screener;
CREATE POLICY screener_select ON ban_match FOR SELECT TO gerbang_screener
    USING (true);
GRANT INSERT (applicant_id, fields, id, reader, version) ON linker_read TO gerbang_screener;
CREATE POLICY screener_insert ON linker_read FOR INSERT TO gerbang_screener
    WITH CHECK (reader = 'SCREENER');
GRANT INSERT (application_id, ban_id, by, id) ON ban_match TO gerbang_screener;
CREATE POLICY screener_insert ON ban_match FOR INSERT TO gerbang_screener
    WITH CHECK (by = 'LIKENESS');
GRANT INSERT (answered_at, application_id, id, kind, list_version, requested_at, result, rule_version) ON screening TO gerbang_screener;
CREATE POLICY screener_insert ON screening FOR INSERT TO gerbang_screener
    WITH CHECK (result = 'CLEAR' AND list_version IS NOT NULL);
GRANT INSERT (application_id, kind, occurred_at, sequence) ON application_event TO gerbang_screener;
CREATE POLICY screener_insert ON application_event FOR INSERT TO gerbang_screener
    WITH CHECK (kind = 'SCREENED');

-- GRANTER
GRANT USAGE ON SCHEMA public TO gerbang_granter;
GRANT EXECUTE ON FUNCTION wib_day TO gerbang_granter;
GRANT SELECT (applicant_id, birth_date, passport_expires_on, sealed, versions) ON identity TO gerbang_granter;
CREATE POLICY granter_select ON identity FOR SELECT TO gerbang_granter
    USING (true);
GRANT SELECT (id, status, use_within_days) ON application TO gerbang_granter;
CREATE POLICY granter_select ON application FOR SELECT TO gerbang_granter
    USING (true);
GRANT SELECT (application_id, sequence) ON application_event TO gerbang_granter;
CREATE POLICY granter_select ON application_event FOR SELECT TO gerbang_granter
    USING (true);
GRANT SELECT (grant_rule_code, id) ON decision TO gerbang_granter;
CREATE POLICY granter_select ON decision FOR SELECT TO gerbang_granter
    USING (true);
GRANT SELECT (code, stay_days) ON visa_type TO gerbang_granter;
CREATE POLICY granter_select ON visa_type FOR SELECT TO gerbang_granter
    USING (true);
GRANT SELECT (code, official) ON grant_rule TO gerbang_granter;
CREATE POLICY granter_select ON grant_rule FOR SELECT TO gerbang_granter
    USING (true);
GRANT SELECT (rule_code) ON grant_rule_stop TO gerbang_granter;
CREATE POLICY granter_select ON grant_rule_stop FOR SELECT TO gerbang_granter
    USING (true);
GRANT SELECT ON grant_check TO gerbang_granter;
CREATE POLICY granter_select ON grant_check FOR SELECT TO gerbang_granter
    USING (true);
GRANT INSERT (applicant_id, fields, id, reader, version) ON linker_read TO gerbang_granter;
CREATE POLICY granter_insert ON linker_read FOR INSERT TO gerbang_granter
    WITH CHECK (reader = 'GRANTER');
GRANT INSERT (application_id, is_decided_twice, rule_code, unmet, verdict, version) ON grant_check TO gerbang_granter;
CREATE POLICY granter_insert ON grant_check FOR INSERT TO gerbang_granter
    WITH CHECK (true);
GRANT INSERT (application_id, decided_at, grant_rule_code, id, officer, outcome) ON decision TO gerbang_granter;
CREATE POLICY granter_insert ON decision FOR INSERT TO gerbang_granter
    WITH CHECK (outcome = 'GRANTED' AND EXISTS (SELECT FROM grant_rule AS rule WHERE rule.code = grant_rule_code AND rule.official = officer) AND NOT EXISTS (SELECT FROM grant_rule_stop WHERE rule_code = grant_rule_code));
GRANT INSERT (application_id, decision_id, issued_at, stay_days, use_by, visa_number) ON visa TO gerbang_granter;
CREATE POLICY granter_insert ON visa FOR INSERT TO gerbang_granter
    WITH CHECK (EXISTS (SELECT FROM decision WHERE decision.id = decision_id AND grant_rule_code IS NOT NULL) AND EXISTS (SELECT FROM application AS asked WHERE asked.id = application_id AND wib_day(issued_at) + asked.use_within_days::integer = use_by));
GRANT INSERT (application_id, kind, occurred_at, sequence) ON application_event TO gerbang_granter;
CREATE POLICY granter_insert ON application_event FOR INSERT TO gerbang_granter
    WITH CHECK (kind = 'GRANTED');
GRANT UPDATE (closed_at, current_decision_id, status) ON application TO gerbang_granter;
CREATE POLICY granter_update ON application FOR UPDATE TO gerbang_granter
    USING (status = 'PAID') WITH CHECK (status = 'GRANTED');
GRANT UPDATE (checked_at, is_decided_twice, rule_code, unmet, verdict, version) ON grant_check TO gerbang_granter;
CREATE POLICY granter_update ON grant_check FOR UPDATE TO gerbang_granter
    USING (true);

-- MAILER
GRANT USAGE ON SCHEMA public TO gerbang_mailer;
GRANT EXECUTE ON FUNCTION wib_day TO gerbang_mailer;
GRANT SELECT (application_id, kind) ON sent_code TO gerbang_mailer;
CREATE POLICY mailer_select ON sent_code FOR SELECT TO gerbang_mailer
    USING (true);
GRANT SELECT ON contact_digest TO gerbang_mailer;
CREATE POLICY mailer_select ON contact_digest FOR SELECT TO gerbang_mailer
    USING (true);
GRANT INSERT (applicant_id, fields, id, reader, version) ON linker_read TO gerbang_mailer;
CREATE POLICY mailer_insert ON linker_read FOR INSERT TO gerbang_mailer
    WITH CHECK (reader = 'MAILER' AND fields = '{email}');
GRANT INSERT (application_id, digest, kind) ON sent_code TO gerbang_mailer;
CREATE POLICY mailer_insert ON sent_code FOR INSERT TO gerbang_mailer
    WITH CHECK (true);
GRANT INSERT ON contact_digest TO gerbang_mailer;
CREATE POLICY mailer_insert ON contact_digest FOR INSERT TO gerbang_mailer
    WITH CHECK (true);
GRANT UPDATE (digest, mailed_at) ON sent_code TO gerbang_mailer;
CREATE POLICY mailer_update ON sent_code FOR UPDATE TO gerbang_mailer
    USING (true);

-- SCANNER
GRANT USAGE ON SCHEMA public TO gerbang_scanner;
GRANT EXECUTE ON FUNCTION wib_day TO gerbang_scanner;
GRANT SELECT (application_id, completed_at, id, refused_at, replaced_at, sent_at) ON document_upload TO gerbang_scanner;
CREATE POLICY scanner_select ON document_upload FOR SELECT TO gerbang_scanner
    USING (true);
GRANT SELECT (applicant_id, content, sealed, upload_id) ON document_content TO gerbang_scanner;
CREATE POLICY scanner_select ON document_content FOR SELECT TO gerbang_scanner
    USING (true);
GRANT INSERT (applicant_id, fields, id, reader, version) ON linker_read TO gerbang_scanner;
CREATE POLICY scanner_insert ON linker_read FOR INSERT TO gerbang_scanner
    WITH CHECK (reader = 'SCANNER' AND fields = '{document.content}');
GRANT UPDATE (completed_at, refused_at) ON document_upload TO gerbang_scanner;
CREATE POLICY scanner_update ON document_upload FOR UPDATE TO gerbang_scanner
    USING (sent_at IS NOT NULL AND num_nonnulls(completed_at, refused_at, replaced_at) = 0) WITH CHECK (num_nonnulls(completed_at, refused_at) = 1);

GRANT USAGE ON SCHEMA viewer TO gerbang_mailer;
GRANT EXECUTE ON FUNCTION viewer.contact_of TO gerbang_mailer;
GRANT EXECUTE ON FUNCTION days_of_extension TO gerbang_linker;
GRANT EXECUTE ON FUNCTION viewer.may_claim_by TO gerbang_mailer;


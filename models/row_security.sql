-- Made from gateway/policy.py by `make snapshots`: who reaches what, held by the database itself.
-- Run whole, after every migration, in its transaction.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['gerbang_leadership', 'gerbang_officer', 'gerbang_supervisor', 'gerbang_partner_manager', 'gerbang_partner_agent', 'gerbang_auditor', 'gerbang_applicant', 'gerbang_partner_service', 'gerbang_screening', 'gerbang_treasury', 'gerbang_administrator', 'gerbang_anonymous', 'gerbang_writing'] LOOP
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

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, gerbang_leadership, gerbang_officer, gerbang_supervisor, gerbang_partner_manager, gerbang_partner_agent, gerbang_auditor, gerbang_applicant, gerbang_partner_service, gerbang_screening, gerbang_treasury, gerbang_administrator, gerbang_anonymous, gerbang_writing;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, gerbang_leadership, gerbang_officer, gerbang_supervisor, gerbang_partner_manager, gerbang_partner_agent, gerbang_auditor, gerbang_applicant, gerbang_partner_service, gerbang_screening, gerbang_treasury, gerbang_administrator, gerbang_anonymous, gerbang_writing;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, gerbang_leadership, gerbang_officer, gerbang_supervisor, gerbang_partner_manager, gerbang_partner_agent, gerbang_auditor, gerbang_applicant, gerbang_partner_service, gerbang_screening, gerbang_treasury, gerbang_administrator, gerbang_anonymous, gerbang_writing;
REVOKE CREATE ON SCHEMA public FROM PUBLIC, gerbang_leadership, gerbang_officer, gerbang_supervisor, gerbang_partner_manager, gerbang_partner_agent, gerbang_auditor, gerbang_applicant, gerbang_partner_service, gerbang_screening, gerbang_treasury, gerbang_administrator, gerbang_anonymous, gerbang_writing;
ALTER TABLE access_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE applicant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE application ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE application_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE application_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE assignment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE bill ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE centre ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE country ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE data_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE deadline ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE decision ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE entry_rule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE fee ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE identity ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE partner ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE partner_country ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE screening ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE service_target ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE trusted_document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE visa_type ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_age ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_age_detailed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_aged_until ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_daily_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_edition ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_ground ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_nationality ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_nationality_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_nationality_place ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_nationality_place_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_type ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_monthly_type_duration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_publication_note ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_published ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_referral ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_stale_days ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE volume_yearly ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DO $$
DECLARE
    name regproc;
BEGIN
    FOR name IN
        SELECT oid::regproc FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format(
            'ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', name
        );
    END LOOP;
END
$$;

-- LEADERSHIP
GRANT USAGE ON SCHEMA public, viewer TO gerbang_leadership;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_leadership;
GRANT SELECT (id) ON access_event TO gerbang_leadership;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_leadership;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_leadership;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_leadership;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_leadership;
GRANT SELECT (code, name) ON partner TO gerbang_leadership;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_leadership;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_leadership;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_leadership;
GRANT SELECT (id, written_in) ON volume_change TO gerbang_leadership;
CREATE POLICY leadership_select ON visa_type FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON fee FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON service_target FOR SELECT TO gerbang_leadership
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
CREATE POLICY leadership_select ON volume_change FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
CREATE POLICY leadership_select ON access_event FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_leadership;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_yearly FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_type FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_type_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_nationality FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_monthly_nationality_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_nationality_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (buckets, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_daily_duration TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_daily_duration FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_age FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_age_detailed TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_age_detailed FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (ground, refused, starts_on) ON volume_ground TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_ground FOR SELECT TO gerbang_leadership
    USING ((SELECT viewer.acts_as('LEADERSHIP')));
GRANT SELECT (held, referred, starts_on) ON volume_referral TO gerbang_leadership;
CREATE POLICY leadership_select ON volume_referral FOR SELECT TO gerbang_leadership
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

-- OFFICER
GRANT USAGE ON SCHEMA public, viewer TO gerbang_officer;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_officer;
GRANT SELECT (actor, actor_role, applicant_id, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_officer;
GRANT SELECT (id, nationality_code, passport_last_four) ON applicant TO gerbang_officer;
GRANT SELECT (applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, fee_idr, id, is_referred, nationality_code, paid_at, partner_code, received_at, reference, stage, status, submitted_at, target_due_at, visa_type_code) ON application TO gerbang_officer;
GRANT SELECT (application_id, changed, id, kind, written_in) ON application_change TO gerbang_officer;
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, sequence) ON application_event TO gerbang_officer;
GRANT SELECT (application_id, assigned_at, ended_at, id, officer, role) ON assignment TO gerbang_officer;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, issued_at, paid_at, receipt_number) ON bill TO gerbang_officer;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_officer;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_officer;
GRANT SELECT (application_id, decided_at, ground, id, internal_note, officer, outcome, supersedes_id) ON decision TO gerbang_officer;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_officer;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_officer;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_number, phone) ON identity TO gerbang_officer;
GRANT SELECT (code, name) ON partner TO gerbang_officer;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_officer;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_officer;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_officer;
GRANT SELECT (id, written_in) ON volume_change TO gerbang_officer;
CREATE POLICY officer_select ON application_change FOR SELECT TO gerbang_officer
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN application_change.changed NOT IN ('HOLD') ELSE false END);
CREATE POLICY officer_select ON application FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON visa_type FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON fee FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON service_target FOR SELECT TO gerbang_officer
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
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON application_event FOR SELECT TO gerbang_officer
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN application_event.kind NOT IN ('HELD', 'RELEASED', 'ANSWER_PROPOSED', 'SCREENED') ELSE false END);
CREATE POLICY officer_select ON applicant FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON identity FOR SELECT TO gerbang_officer
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity.applicant_id AND EXISTS (SELECT FROM assignment AS by_2 WHERE by_2.application_id = by_1.id AND by_2.officer = (SELECT viewer.subject('OFFICER')) AND by_2.ended_at IS NULL)) THEN true ELSE false END);
CREATE POLICY officer_select ON decision FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON assignment FOR SELECT TO gerbang_officer
    USING (CASE WHEN (SELECT viewer.acts_as('OFFICER')) THEN assignment.role NOT IN ('SUPERVISOR') ELSE false END);
CREATE POLICY officer_select ON volume_change FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
CREATE POLICY officer_select ON access_event FOR SELECT TO gerbang_officer
    USING (CASE WHEN access_event.actor = (SELECT viewer.subject('OFFICER')) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_officer;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_officer;
CREATE POLICY officer_select ON volume_yearly FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_type FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_type_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_nationality FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_monthly_nationality_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_nationality_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (buckets, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_daily_duration TO gerbang_officer;
CREATE POLICY officer_select ON volume_daily_duration FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_officer;
CREATE POLICY officer_select ON volume_age FOR SELECT TO gerbang_officer
    USING ((SELECT viewer.acts_as('OFFICER')));
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_age_detailed TO gerbang_officer;
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
GRANT INSERT (id, occurred_at, applicant_id, actor, actor_role, actor_partner_code, actor_country_code, purpose, case_reference, fields, trace_id) ON access_event TO gerbang_officer;
CREATE POLICY officer_insert ON access_event FOR INSERT TO gerbang_officer
    WITH CHECK (actor = (SELECT viewer.subject('OFFICER')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('OFFICER')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('OFFICER') AS own WHERE cardinality(own) = 1) AND actor_role = 'OFFICER' AND purpose IN ('CASEWORK'));

-- SUPERVISOR
GRANT USAGE ON SCHEMA public, viewer TO gerbang_supervisor;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_supervisor;
GRANT SELECT (actor, actor_role, applicant_id, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_supervisor;
GRANT SELECT (id, nationality_code, passport_last_four) ON applicant TO gerbang_supervisor;
GRANT SELECT (applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, fee_idr, has_open_hit, id, is_held, is_referred, nationality_code, paid_at, partner_code, received_at, reference, stage, status, submitted_at, target_due_at, visa_type_code) ON application TO gerbang_supervisor;
GRANT SELECT (application_id, id, kind, written_in) ON application_change TO gerbang_supervisor;
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, sequence) ON application_event TO gerbang_supervisor;
GRANT SELECT (application_id, assigned_at, ended_at, id, officer, role) ON assignment TO gerbang_supervisor;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, issued_at, paid_at, receipt_number) ON bill TO gerbang_supervisor;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_supervisor;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_supervisor;
GRANT SELECT (application_id, decided_at, ground, id, internal_note, officer, outcome, supersedes_id) ON decision TO gerbang_supervisor;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_supervisor;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_supervisor;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_number, phone) ON identity TO gerbang_supervisor;
GRANT SELECT (code, name) ON partner TO gerbang_supervisor;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_supervisor;
GRANT SELECT (answered_at, answered_by, application_id, confirmed_by, id, kind, proposed, proposed_by, reason, requested_at, result) ON screening TO gerbang_supervisor;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_supervisor;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_supervisor;
GRANT SELECT (id, written_in) ON volume_change TO gerbang_supervisor;
CREATE POLICY supervisor_select ON application_change FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON application FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON visa_type FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON fee FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON service_target FOR SELECT TO gerbang_supervisor
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
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON application_event FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON applicant FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON identity FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON decision FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON assignment FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON screening FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON volume_change FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
CREATE POLICY supervisor_select ON access_event FOR SELECT TO gerbang_supervisor
    USING (CASE WHEN access_event.actor = (SELECT viewer.subject('SUPERVISOR')) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_supervisor;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_yearly FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_type FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_type_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_nationality FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_monthly_nationality_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_nationality_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (buckets, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_daily_duration TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_daily_duration FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_age FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_age_detailed TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_age_detailed FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (ground, refused, starts_on) ON volume_ground TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_ground FOR SELECT TO gerbang_supervisor
    USING ((SELECT viewer.acts_as('SUPERVISOR')));
GRANT SELECT (held, referred, starts_on) ON volume_referral TO gerbang_supervisor;
CREATE POLICY supervisor_select ON volume_referral FOR SELECT TO gerbang_supervisor
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
GRANT INSERT (id, occurred_at, applicant_id, actor, actor_role, actor_partner_code, actor_country_code, purpose, case_reference, fields, trace_id) ON access_event TO gerbang_supervisor;
CREATE POLICY supervisor_insert ON access_event FOR INSERT TO gerbang_supervisor
    WITH CHECK (actor = (SELECT viewer.subject('SUPERVISOR')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('SUPERVISOR')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('SUPERVISOR') AS own WHERE cardinality(own) = 1) AND actor_role = 'SUPERVISOR' AND purpose IN ('CASEWORK', 'SUPERVISION'));

-- PARTNER_MANAGER
GRANT USAGE ON SCHEMA public, viewer TO gerbang_partner_manager;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_partner_manager;
GRANT SELECT (actor, actor_country_code, actor_partner_code, actor_role, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_partner_manager;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_partner_manager;
GRANT SELECT (applicant_id, centre_code, channel, closed_at, country_code, fee_idr, id, nationality_code, paid_at, partner_code, received_at, reference, stage, submitted_at, target_due_at, visa_type_code) ON application TO gerbang_partner_manager;
GRANT SELECT (application_id, changed, id, written_in) ON application_change TO gerbang_partner_manager;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, issued_at, paid_at, receipt_number) ON bill TO gerbang_partner_manager;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_partner_manager;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_partner_manager;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_partner_manager;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_partner_manager;
GRANT SELECT (code, name) ON partner TO gerbang_partner_manager;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_partner_manager;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_partner_manager;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_partner_manager;
GRANT SELECT (changed, country_code, id, partner_code, written_in) ON volume_change TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON application_change FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN application_change.changed NOT IN ('HOLD', 'STATUS', 'DECISION') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON application FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN application.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND application.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON visa_type FOR SELECT TO gerbang_partner_manager
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
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = bill.application_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON applicant FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = applicant.id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND by_1.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON volume_change FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_change.changed NOT IN ('OUTCOMES') AND volume_change.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_change.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_manager_select ON access_event FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN access_event.actor_partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND access_event.actor_country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_partner_manager;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_yearly FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_yearly.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_yearly.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, partner_code, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_type FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_type.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_type.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_type_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_type_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_type_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, nationality_code, partner_code, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_nationality_place.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_nationality_place.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (buckets, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_monthly_nationality_place_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_monthly_nationality_place_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, info_requested, intake, lapsed, nationality_code, partner_code, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_daily FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_daily.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_daily.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_daily_duration TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_daily_duration FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_daily_duration.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_daily_duration.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_age FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_age.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_age.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_age_detailed TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_age_detailed FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN volume_age_detailed.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_age_detailed.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) THEN true ELSE false END);
GRANT SELECT (written_at) ON volume_outbox TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_outbox FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (day) ON volume_aged_until TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_aged_until FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (data, version) ON data_version TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON data_version FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));
GRANT SELECT (centre_code, channel, country_code, decisions, dimension_set, edition, intake, nationality_code, partner_code, period, refusal_rate, refusal_rate_below, refused, refused_below, starts_on, target_rate, turnaround_adjusted_p50, turnaround_adjusted_p90, turnaround_p50, turnaround_p90, visa_type_code) ON volume_published TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_published FOR SELECT TO gerbang_partner_manager
    USING (CASE WHEN (SELECT viewer.acts_as('PARTNER_MANAGER')) THEN (volume_published.partner_code = (SELECT viewer.partner('PARTNER_MANAGER')) AND volume_published.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))::text[]) OR volume_published.partner_code IS NULL AND volume_published.country_code IS NULL AND volume_published.centre_code IS NULL) ELSE false END AND volume_published.dimension_set IN ('centre', 'centre_visa_type', 'country', 'country_channel', 'country_visa_type', 'national', 'nationality', 'visa_type'));
GRANT SELECT (edition, period, published_at, starts_on) ON volume_edition TO gerbang_partner_manager;
CREATE POLICY partner_manager_select ON volume_edition FOR SELECT TO gerbang_partner_manager
    USING ((SELECT viewer.acts_as('PARTNER_MANAGER')));

-- PARTNER_AGENT
GRANT USAGE ON SCHEMA public, viewer TO gerbang_partner_agent;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_partner_agent;
GRANT SELECT (actor, actor_role, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_partner_agent;
GRANT SELECT (id, nationality_code, passport_last_four) ON applicant TO gerbang_partner_agent;
GRANT SELECT (applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, fee_idr, id, nationality_code, paid_at, partner_code, received_at, reference, stage, submitted_at, target_due_at, visa_type_code) ON application TO gerbang_partner_agent;
GRANT SELECT (application_id, changed, id, written_in) ON application_change TO gerbang_partner_agent;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, issued_at, paid_at, receipt_number) ON bill TO gerbang_partner_agent;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_partner_agent;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_partner_agent;
GRANT SELECT (application_id, decided_at, ground, id, outcome) ON decision TO gerbang_partner_agent;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_partner_agent;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_partner_agent;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_number, phone) ON identity TO gerbang_partner_agent;
GRANT SELECT (code, name) ON partner TO gerbang_partner_agent;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_partner_agent;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_partner_agent;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON application_change FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN (application_change.changed NOT IN ('HOLD', 'STATUS', 'DECISION') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[])) OR application_change.changed NOT IN ('HOLD', 'STATUS') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[]) AND by_1.closed_at > now() - interval '30 days')) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON application FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN application.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND application.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON visa_type FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON fee FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
CREATE POLICY partner_agent_select ON service_target FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
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
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = bill.application_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON applicant FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = applicant.id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[])) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON identity FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity.applicant_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[]) AND by_1.received_at IS NULL) THEN true ELSE false END);
CREATE POLICY partner_agent_select ON decision FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = decision.application_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND by_1.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[]) AND by_1.closed_at > now() - interval '30 days') THEN true ELSE false END);
CREATE POLICY partner_agent_select ON access_event FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN access_event.actor = (SELECT viewer.subject('PARTNER_AGENT')) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_partner_agent;
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_daily FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_daily.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND volume_daily.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_daily_duration TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_daily_duration FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_daily_duration.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND volume_daily_duration.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_age_detailed TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_age_detailed FOR SELECT TO gerbang_partner_agent
    USING (CASE WHEN volume_age_detailed.partner_code = (SELECT viewer.partner('PARTNER_AGENT')) AND volume_age_detailed.centre_code = ANY ((SELECT viewer.centres('PARTNER_AGENT'))::text[]) THEN true ELSE false END);
GRANT SELECT (written_at) ON volume_outbox TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_outbox FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (day) ON volume_aged_until TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON volume_aged_until FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT SELECT (data, version) ON data_version TO gerbang_partner_agent;
CREATE POLICY partner_agent_select ON data_version FOR SELECT TO gerbang_partner_agent
    USING ((SELECT viewer.acts_as('PARTNER_AGENT')));
GRANT INSERT (id, occurred_at, applicant_id, actor, actor_role, actor_partner_code, actor_country_code, purpose, case_reference, fields, trace_id) ON access_event TO gerbang_partner_agent;
CREATE POLICY partner_agent_insert ON access_event FOR INSERT TO gerbang_partner_agent
    WITH CHECK (actor = (SELECT viewer.subject('PARTNER_AGENT')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('PARTNER_AGENT')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('PARTNER_AGENT') AS own WHERE cardinality(own) = 1) AND actor_role = 'PARTNER_AGENT' AND purpose IN ('INTAKE'));

-- AUDITOR
GRANT USAGE ON SCHEMA public, viewer TO gerbang_auditor;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_auditor;
GRANT SELECT (actor, actor_role, applicant_id, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_auditor;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_auditor;
GRANT SELECT (applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, fee_idr, id, nationality_code, paid_at, partner_code, received_at, reference, stage, status, submitted_at, target_due_at, visa_type_code) ON application TO gerbang_auditor;
GRANT SELECT (application_id, changed, id, kind, written_in) ON application_change TO gerbang_auditor;
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, sequence) ON application_event TO gerbang_auditor;
GRANT SELECT (application_id, assigned_at, ended_at, id, officer) ON assignment TO gerbang_auditor;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, issued_at, paid_at, receipt_number) ON bill TO gerbang_auditor;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_auditor;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_auditor;
GRANT SELECT (application_id, decided_at, ground, id, internal_note, officer, outcome, supersedes_id) ON decision TO gerbang_auditor;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_auditor;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_auditor;
GRANT SELECT (code, name) ON partner TO gerbang_auditor;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_auditor;
GRANT SELECT (answered_at, answered_by, application_id, confirmed_by, id, kind, proposed, proposed_by, reason, requested_at, result) ON screening TO gerbang_auditor;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_auditor;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_auditor;
GRANT SELECT (id, written_in) ON volume_change TO gerbang_auditor;
CREATE POLICY auditor_select ON application_change FOR SELECT TO gerbang_auditor
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN application_change.changed NOT IN ('HOLD') ELSE false END);
CREATE POLICY auditor_select ON application FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON visa_type FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON fee FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON service_target FOR SELECT TO gerbang_auditor
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
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON application_event FOR SELECT TO gerbang_auditor
    USING (CASE WHEN (SELECT viewer.acts_as('AUDITOR')) THEN application_event.kind NOT IN ('HELD', 'RELEASED') ELSE false END);
CREATE POLICY auditor_select ON applicant FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON decision FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON assignment FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON screening FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON volume_change FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
CREATE POLICY auditor_select ON access_event FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_auditor;
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_yearly TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_yearly FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, clock, country_code, partner_code, ranks, starts_on) ON volume_monthly_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_monthly_type TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_type FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, channel, clock, country_code, partner_code, ranks, starts_on, visa_type_code) ON volume_monthly_type_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_type_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, decisions, granted, info_requested, intake, lapsed, nationality_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_nationality FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, clock, nationality_code, ranks, starts_on) ON volume_monthly_nationality_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_nationality_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, partner_code, refused, revenue_idr, starts_on, wip_change, withdrawn, within_target) ON volume_monthly_nationality_place TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_nationality_place FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (buckets, clock, country_code, nationality_code, partner_code, ranks, starts_on) ON volume_monthly_nationality_place_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_monthly_nationality_place_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (backlog_change, centre_code, channel, cohort_decided, cohort_within_target, country_code, decisions, granted, info_requested, intake, lapsed, nationality_code, partner_code, refused, revenue_idr, starts_on, visa_type_code, wip_change, withdrawn, within_target) ON volume_daily TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (bucket, centre_code, channel, country_code, kind, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_daily_duration TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_daily_duration FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (bucket, country_code, measured, partner_code, starts_on) ON volume_age TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_age FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (bucket, centre_code, channel, country_code, measured, nationality_code, partner_code, starts_on, visa_type_code) ON volume_age_detailed TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_age_detailed FOR SELECT TO gerbang_auditor
    USING ((SELECT viewer.acts_as('AUDITOR')));
GRANT SELECT (ground, refused, starts_on) ON volume_ground TO gerbang_auditor;
CREATE POLICY auditor_select ON volume_ground FOR SELECT TO gerbang_auditor
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

-- APPLICANT
GRANT USAGE ON SCHEMA public, viewer TO gerbang_applicant;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_applicant;
GRANT SELECT (actor_role, applicant_id, fields, id, occurred_at, purpose) ON access_event TO gerbang_applicant;
GRANT SELECT (account, id, nationality_code, passport_last_four) ON applicant TO gerbang_applicant;
GRANT SELECT (applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, fee_idr, id, nationality_code, paid_at, partner_code, received_at, reference, stage, submitted_at, target_due_at, visa_type_code) ON application TO gerbang_applicant;
GRANT SELECT (application_id, changed, id, written_in) ON application_change TO gerbang_applicant;
GRANT SELECT (application_id, id, kind, occurred_at, sequence) ON application_event TO gerbang_applicant;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, issued_at, paid_at, receipt_number) ON bill TO gerbang_applicant;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_applicant;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_applicant;
GRANT SELECT (application_id, decided_at, ground, id, outcome) ON decision TO gerbang_applicant;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_applicant;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_applicant;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_number, phone) ON identity TO gerbang_applicant;
GRANT SELECT (code, name) ON partner TO gerbang_applicant;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_applicant;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_applicant;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_applicant;
CREATE POLICY applicant_select ON application_change FOR SELECT TO gerbang_applicant
    USING (CASE WHEN application_change.changed NOT IN ('HOLD', 'STATUS') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON application FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON visa_type FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON fee FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
CREATE POLICY applicant_select ON service_target FOR SELECT TO gerbang_applicant
    USING ((SELECT viewer.acts_as('APPLICANT')));
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
CREATE POLICY applicant_select ON application_event FOR SELECT TO gerbang_applicant
    USING (CASE WHEN application_event.kind NOT IN ('IN_VERIFICATION', 'SCREENING', 'HELD', 'RELEASED', 'ANSWER_PROPOSED', 'SCREENED') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_event.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON applicant FOR SELECT TO gerbang_applicant
    USING (CASE WHEN applicant.account = (SELECT viewer.subject('APPLICANT')) THEN true ELSE false END);
CREATE POLICY applicant_select ON identity FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = identity.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
CREATE POLICY applicant_select ON decision FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = decision.application_id AND EXISTS (SELECT FROM applicant AS by_2 WHERE by_2.id = by_1.applicant_id AND by_2.account = (SELECT viewer.subject('APPLICANT')))) THEN true ELSE false END);
CREATE POLICY applicant_select ON access_event FOR SELECT TO gerbang_applicant
    USING (CASE WHEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = access_event.applicant_id AND by_1.account = (SELECT viewer.subject('APPLICANT'))) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_applicant;
GRANT INSERT (id, occurred_at, applicant_id, actor, actor_role, actor_partner_code, actor_country_code, purpose, case_reference, fields, trace_id) ON access_event TO gerbang_applicant;
CREATE POLICY applicant_insert ON access_event FOR INSERT TO gerbang_applicant
    WITH CHECK (actor = (SELECT viewer.subject('APPLICANT')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('APPLICANT')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('APPLICANT') AS own WHERE cardinality(own) = 1) AND actor_role = 'APPLICANT' AND purpose IN ('OWN_DATA'));

-- PARTNER_SERVICE
GRANT USAGE ON SCHEMA public, viewer TO gerbang_partner_service;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_partner_service;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_partner_service;
GRANT SELECT (applicant_id, centre_code, channel, closed_at, country_code, fee_idr, id, nationality_code, paid_at, partner_code, received_at, reference, stage, submitted_at, target_due_at, visa_type_code) ON application TO gerbang_partner_service;
GRANT SELECT (application_id, changed, id, written_in) ON application_change TO gerbang_partner_service;
GRANT SELECT (amount_idr, application_id, billing_code, due_at, issued_at, paid_at, receipt_number) ON bill TO gerbang_partner_service;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_partner_service;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_partner_service;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_partner_service;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_partner_service;
GRANT SELECT (code, name) ON partner TO gerbang_partner_service;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_partner_service;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_partner_service;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_partner_service;
CREATE POLICY partner_service_select ON application_change FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN application_change.changed NOT IN ('HOLD', 'STATUS', 'DECISION') AND EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = application_change.application_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_SERVICE'))) THEN true ELSE false END);
CREATE POLICY partner_service_select ON application FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN application.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) THEN true ELSE false END);
CREATE POLICY partner_service_select ON visa_type FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON fee FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON service_target FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON country FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON entry_rule FOR SELECT TO gerbang_partner_service
    USING ((SELECT viewer.acts_as('PARTNER_SERVICE')));
CREATE POLICY partner_service_select ON partner FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN partner.code = (SELECT viewer.partner('PARTNER_SERVICE')) THEN true ELSE false END);
CREATE POLICY partner_service_select ON partner_country FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN partner_country.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) THEN true ELSE false END);
CREATE POLICY partner_service_select ON centre FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN centre.partner_code = (SELECT viewer.partner('PARTNER_SERVICE')) THEN true ELSE false END);
CREATE POLICY partner_service_select ON bill FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.id = bill.application_id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_SERVICE'))) THEN true ELSE false END);
CREATE POLICY partner_service_select ON applicant FOR SELECT TO gerbang_partner_service
    USING (CASE WHEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = applicant.id AND by_1.partner_code = (SELECT viewer.partner('PARTNER_SERVICE'))) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_partner_service;

-- SCREENING
GRANT USAGE ON SCHEMA public, viewer TO gerbang_screening;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_screening;
GRANT SELECT (actor, actor_role, case_reference, fields, id, occurred_at, purpose) ON access_event TO gerbang_screening;
GRANT SELECT (id, nationality_code) ON applicant TO gerbang_screening;
GRANT SELECT (applicant_id, centre_code, channel, country_code, id, nationality_code, paid_at, partner_code, received_at, reference, submitted_at, target_due_at, visa_type_code) ON application TO gerbang_screening;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_screening;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_screening;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_screening;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_screening;
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_number, phone) ON identity TO gerbang_screening;
GRANT SELECT (code, name) ON partner TO gerbang_screening;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_screening;
GRANT SELECT (answered_at, application_id, id, kind, proposed, proposed_by, reason, requested_at, result) ON screening TO gerbang_screening;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_screening;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_screening;
CREATE POLICY screening_select ON application FOR SELECT TO gerbang_screening
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN EXISTS (SELECT FROM screening AS by_1 WHERE by_1.application_id = application.id AND by_1.answered_at IS NULL) ELSE false END);
CREATE POLICY screening_select ON visa_type FOR SELECT TO gerbang_screening
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
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = applicant.id AND EXISTS (SELECT FROM screening AS by_2 WHERE by_2.application_id = by_1.id AND by_2.answered_at IS NULL)) ELSE false END);
CREATE POLICY screening_select ON identity FOR SELECT TO gerbang_screening
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN EXISTS (SELECT FROM application AS by_1 WHERE by_1.applicant_id = identity.applicant_id AND EXISTS (SELECT FROM screening AS by_2 WHERE by_2.application_id = by_1.id AND by_2.answered_at IS NULL)) ELSE false END);
CREATE POLICY screening_select ON screening FOR SELECT TO gerbang_screening
    USING (CASE WHEN (SELECT viewer.acts_as('SCREENING')) THEN screening.answered_at IS NULL ELSE false END);
CREATE POLICY screening_select ON access_event FOR SELECT TO gerbang_screening
    USING (CASE WHEN access_event.actor = (SELECT viewer.subject('SCREENING')) THEN true ELSE false END);
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_screening;
GRANT INSERT (id, occurred_at, applicant_id, actor, actor_role, actor_partner_code, actor_country_code, purpose, case_reference, fields, trace_id) ON access_event TO gerbang_screening;
CREATE POLICY screening_insert ON access_event FOR INSERT TO gerbang_screening
    WITH CHECK (actor = (SELECT viewer.subject('SCREENING')) AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('SCREENING')) AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1] FROM viewer.countries('SCREENING') AS own WHERE cardinality(own) = 1) AND actor_role = 'SCREENING' AND purpose IN ('CASEWORK'));

-- TREASURY
GRANT USAGE ON SCHEMA public, viewer TO gerbang_treasury;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_treasury;
GRANT SELECT (amount_idr, billing_code, due_at, issued_at, paid_at, receipt_number) ON bill TO gerbang_treasury;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_treasury;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_treasury;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_treasury;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_treasury;
GRANT SELECT (code, name) ON partner TO gerbang_treasury;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_treasury;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_treasury;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_treasury;
CREATE POLICY treasury_select ON visa_type FOR SELECT TO gerbang_treasury
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
    USING ((SELECT viewer.acts_as('TREASURY')));
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_treasury;

-- ADMINISTRATOR
GRANT USAGE ON SCHEMA public, viewer TO gerbang_administrator;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_administrator;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_administrator;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_administrator;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_administrator;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_administrator;
GRANT SELECT (code, name) ON partner TO gerbang_administrator;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_administrator;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_administrator;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_administrator;
CREATE POLICY administrator_select ON visa_type FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON fee FOR SELECT TO gerbang_administrator
    USING ((SELECT viewer.acts_as('ADMINISTRATOR')));
CREATE POLICY administrator_select ON service_target FOR SELECT TO gerbang_administrator
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
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_administrator;

-- ANONYMOUS
GRANT USAGE ON SCHEMA public, viewer TO gerbang_anonymous;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_anonymous;
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_anonymous;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_anonymous;
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_anonymous;
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_anonymous;
GRANT SELECT (code, name) ON partner TO gerbang_anonymous;
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_anonymous;
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_anonymous;
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_anonymous;
CREATE POLICY anonymous_select ON visa_type FOR SELECT TO gerbang_anonymous
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
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_anonymous;
GRANT SELECT (data, version) ON data_version TO gerbang_anonymous;
CREATE POLICY anonymous_select ON data_version FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
GRANT SELECT (centre_code, channel, country_code, decisions, dimension_set, edition, intake, nationality_code, partner_code, period, refusal_rate, refusal_rate_below, refused, refused_below, starts_on, target_rate, turnaround_adjusted_p50, turnaround_adjusted_p90, turnaround_p50, turnaround_p90, visa_type_code) ON volume_published TO gerbang_anonymous;
CREATE POLICY anonymous_select ON volume_published FOR SELECT TO gerbang_anonymous
    USING (CASE WHEN (SELECT viewer.acts_as('ANONYMOUS')) THEN volume_published.partner_code IS NULL AND volume_published.country_code IS NULL AND volume_published.centre_code IS NULL ELSE false END AND volume_published.dimension_set IN ('national', 'nationality', 'visa_type'));
GRANT SELECT (edition, period, published_at, starts_on) ON volume_edition TO gerbang_anonymous;
CREATE POLICY anonymous_select ON volume_edition FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')));
GRANT SELECT (clients, ids, operation_names, retired_at, sha256, text) ON trusted_document TO gerbang_anonymous;
CREATE POLICY anonymous_select ON trusted_document FOR SELECT TO gerbang_anonymous
    USING ((SELECT viewer.acts_as('ANONYMOUS')) AND retired_at IS NULL);

-- Changes, for whichever viewer
GRANT USAGE ON SCHEMA public, viewer TO gerbang_writing;
GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.is_sealed, viewer.role, viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres TO gerbang_writing;
GRANT EXECUTE ON FUNCTION wib_day, rank_at, total_rank, percentile_buckets TO gerbang_writing;
GRANT SELECT (code, iso3, name_en, name_id) ON country TO gerbang_writing;
CREATE POLICY writing_select ON country FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()));
GRANT SELECT (code, name) ON partner TO gerbang_writing;
CREATE POLICY writing_select ON partner FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()));
GRANT INSERT (code, name) ON partner TO gerbang_writing;
CREATE POLICY writing_insert ON partner FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND partner.code <> 'DIRECT');
GRANT SELECT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_writing;
CREATE POLICY writing_select ON partner_country FOR SELECT TO gerbang_writing
    USING (viewer.is_sealed());
GRANT INSERT (closed_on, country_code, opened_on, partner_code) ON partner_country TO gerbang_writing;
CREATE POLICY writing_insert ON partner_country FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND opened_on >= (SELECT wib_day(now())));
GRANT UPDATE (closed_on, opened_on) ON partner_country TO gerbang_writing;
CREATE POLICY writing_update ON partner_country FOR UPDATE TO gerbang_writing
    USING (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND coalesce(closed_on, 'infinity') >= (SELECT wib_day(now()))) WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND coalesce(closed_on, 'infinity') >= (SELECT wib_day(now())) AND EXISTS (SELECT FROM partner_country AS before WHERE before.partner_code = partner_country.partner_code AND before.country_code = partner_country.country_code AND (ROW(before.opened_on) IS NOT DISTINCT FROM ROW(partner_country.opened_on) OR least(before.opened_on, partner_country.opened_on) >= (SELECT wib_day(now())))));
GRANT SELECT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_writing;
CREATE POLICY writing_select ON centre FOR SELECT TO gerbang_writing
    USING (viewer.is_sealed());
GRANT INSERT (city, closed_on, code, country_code, opened_on, partner_code) ON centre TO gerbang_writing;
CREATE POLICY writing_insert ON centre FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND opened_on >= (SELECT wib_day(now())));
GRANT UPDATE (city, closed_on, opened_on) ON centre TO gerbang_writing;
CREATE POLICY writing_update ON centre FOR UPDATE TO gerbang_writing
    USING (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND coalesce(closed_on, 'infinity') >= (SELECT wib_day(now()))) WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND coalesce(closed_on, 'infinity') >= (SELECT wib_day(now())) AND EXISTS (SELECT FROM centre AS before WHERE before.code = centre.code AND (ROW(before.city, before.opened_on) IS NOT DISTINCT FROM ROW(centre.city, centre.opened_on) OR least(before.opened_on, centre.opened_on) >= (SELECT wib_day(now())))));
GRANT SELECT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_writing;
CREATE POLICY writing_select ON visa_type FOR SELECT TO gerbang_writing
    USING (viewer.is_sealed());
GRANT INSERT (category, code, is_multiple_entry, name_en, name_id, stay_days, valid_from, valid_until) ON visa_type TO gerbang_writing;
CREATE POLICY writing_insert ON visa_type FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now())));
GRANT UPDATE (category, is_multiple_entry, name_en, name_id, stay_days, valid_until) ON visa_type TO gerbang_writing;
CREATE POLICY writing_update ON visa_type FOR UPDATE TO gerbang_writing
    USING (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND coalesce(valid_until, 'infinity') >= (SELECT wib_day(now()))) WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND coalesce(valid_until, 'infinity') >= (SELECT wib_day(now())) AND EXISTS (SELECT FROM visa_type AS before WHERE before.code = visa_type.code AND (ROW(before.category, before.is_multiple_entry, before.name_en, before.name_id, before.stay_days) IS NOT DISTINCT FROM ROW(visa_type.category, visa_type.is_multiple_entry, visa_type.name_en, visa_type.name_id, visa_type.stay_days) OR least(before.valid_from, visa_type.valid_from) >= (SELECT wib_day(now())))));
GRANT SELECT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_writing;
CREATE POLICY writing_select ON fee FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()));
GRANT INSERT (amount_idr, valid_from, visa_type_code) ON fee TO gerbang_writing;
CREATE POLICY writing_insert ON fee FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now())));
GRANT UPDATE (amount_idr) ON fee TO gerbang_writing;
CREATE POLICY writing_update ON fee FOR UPDATE TO gerbang_writing
    USING (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now()))) WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now())));
GRANT SELECT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_writing;
CREATE POLICY writing_select ON service_target FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()));
GRANT INSERT (clock, hours, promised_percent, valid_from, visa_type_code) ON service_target TO gerbang_writing;
CREATE POLICY writing_insert ON service_target FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now())));
GRANT UPDATE (hours, promised_percent) ON service_target TO gerbang_writing;
CREATE POLICY writing_update ON service_target FOR UPDATE TO gerbang_writing
    USING (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now()))) WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now())));
GRANT SELECT (country_code, entry, valid_from) ON entry_rule TO gerbang_writing;
CREATE POLICY writing_select ON entry_rule FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()));
GRANT INSERT (country_code, entry, valid_from) ON entry_rule TO gerbang_writing;
CREATE POLICY writing_insert ON entry_rule FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now())));
GRANT UPDATE (entry) ON entry_rule TO gerbang_writing;
CREATE POLICY writing_update ON entry_rule FOR UPDATE TO gerbang_writing
    USING (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now()))) WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'ADMINISTRATOR' THEN true ELSE false END ELSE false END AND valid_from >= (SELECT wib_day(now())));
GRANT SELECT (account, created_at, id, nationality_code, passport_last_four) ON applicant TO gerbang_writing;
CREATE POLICY writing_select ON applicant FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()) AND applicant.account = (SELECT viewer.subject(NULL)));
GRANT INSERT (account, id, nationality_code, passport_last_four) ON applicant TO gerbang_writing;
CREATE POLICY writing_insert ON applicant FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'PARTNER_AGENT' THEN applicant.account IS NULL WHEN 'APPLICANT' THEN applicant.account = (SELECT viewer.subject(NULL)) ELSE false END ELSE false END);
GRANT SELECT (applicant_id, birth_date, email, full_name, passport_number, phone) ON identity TO gerbang_writing;
CREATE POLICY writing_select ON identity FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM applicant WHERE applicant.id = identity.applicant_id));
GRANT INSERT (applicant_id, birth_date, email, full_name, passport_number, phone) ON identity TO gerbang_writing;
CREATE POLICY writing_insert ON identity FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'PARTNER_AGENT' THEN true WHEN 'APPLICANT' THEN EXISTS (SELECT FROM applicant WHERE applicant.id = identity.applicant_id) ELSE false END ELSE false END);
GRANT SELECT (applicant_id, centre_code, channel, closed_at, country_code, current_decision_id, fee_idr, has_open_hit, id, is_held, is_referred, nationality_code, paid_at, partner_code, paused_seconds, received_at, reference, stage, status, submitted_at, target_due_at, visa_type_code, was_info_requested) ON application TO gerbang_writing;
CREATE POLICY writing_select ON application FOR SELECT TO gerbang_writing
    USING (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'OFFICER' THEN true WHEN 'SUPERVISOR' THEN true WHEN 'PARTNER_AGENT' THEN application.partner_code = (SELECT viewer.partner(NULL)) AND application.centre_code = ANY ((SELECT viewer.centres(NULL))::text[]) WHEN 'APPLICANT' THEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject(NULL))) WHEN 'PARTNER_SERVICE' THEN application.partner_code = (SELECT viewer.partner(NULL)) WHEN 'SCREENING' THEN EXISTS (SELECT FROM screening AS by_1 WHERE by_1.application_id = application.id AND (by_1.answered_at IS NULL OR by_1.answered_by = (SELECT viewer.subject(NULL)) OR by_1.confirmed_by = (SELECT viewer.subject(NULL)))) WHEN 'TREASURY' THEN true ELSE false END ELSE false END);
GRANT INSERT (applicant_id, centre_code, channel, country_code, id, nationality_code, partner_code, reference, status, submitted_at, visa_type_code) ON application TO gerbang_writing;
CREATE POLICY writing_insert ON application FOR INSERT TO gerbang_writing
    WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'PARTNER_AGENT' THEN application.partner_code = (SELECT viewer.partner(NULL)) AND application.centre_code = ANY ((SELECT viewer.centres(NULL))::text[]) WHEN 'APPLICANT' THEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject(NULL))) ELSE false END ELSE false END AND application.status IN ('SUBMITTED', 'AWAITING_PAYMENT'));
GRANT UPDATE (closed_at, current_decision_id, fee_idr, has_open_hit, is_held, is_referred, paid_at, paused_seconds, received_at, status, target_due_at, was_info_requested) ON application TO gerbang_writing;
CREATE POLICY writing_update ON application FOR UPDATE TO gerbang_writing
    USING (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'OFFICER' THEN true WHEN 'SUPERVISOR' THEN true WHEN 'PARTNER_AGENT' THEN application.partner_code = (SELECT viewer.partner(NULL)) AND application.centre_code = ANY ((SELECT viewer.centres(NULL))::text[]) WHEN 'APPLICANT' THEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject(NULL))) WHEN 'PARTNER_SERVICE' THEN application.partner_code = (SELECT viewer.partner(NULL)) WHEN 'SCREENING' THEN EXISTS (SELECT FROM screening AS by_1 WHERE by_1.application_id = application.id AND (by_1.answered_at IS NULL OR by_1.answered_by = (SELECT viewer.subject(NULL)) OR by_1.confirmed_by = (SELECT viewer.subject(NULL)))) WHEN 'TREASURY' THEN true ELSE false END ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'OFFICER' THEN true WHEN 'SUPERVISOR' THEN true WHEN 'PARTNER_AGENT' THEN application.partner_code = (SELECT viewer.partner(NULL)) AND application.centre_code = ANY ((SELECT viewer.centres(NULL))::text[]) WHEN 'APPLICANT' THEN EXISTS (SELECT FROM applicant AS by_1 WHERE by_1.id = application.applicant_id AND by_1.account = (SELECT viewer.subject(NULL))) WHEN 'PARTNER_SERVICE' THEN application.partner_code = (SELECT viewer.partner(NULL)) WHEN 'SCREENING' THEN EXISTS (SELECT FROM screening AS by_1 WHERE by_1.application_id = application.id AND (by_1.answered_at IS NULL OR by_1.answered_by = (SELECT viewer.subject(NULL)) OR by_1.confirmed_by = (SELECT viewer.subject(NULL)))) WHEN 'TREASURY' THEN true ELSE false END ELSE false END);
GRANT SELECT (actor, actor_role, application_id, id, kind, occurred_at, recorded_at, sequence) ON application_event TO gerbang_writing;
CREATE POLICY writing_select ON application_event FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id));
GRANT INSERT (actor, actor_role, application_id, kind, occurred_at, sequence) ON application_event TO gerbang_writing;
CREATE POLICY writing_insert ON application_event FOR INSERT TO gerbang_writing
    WITH CHECK ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = application_event.application_id) AND CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'OFFICER' THEN (application_event.actor = (SELECT viewer.subject(NULL)) AND application_event.actor_role = 'OFFICER' AND application_event.kind IN ('GRANTED', 'INFO_REQUESTED', 'IN_VERIFICATION', 'REFUSED', 'SCREENING')) WHEN 'SUPERVISOR' THEN (application_event.actor = (SELECT viewer.subject(NULL)) AND application_event.actor_role = 'SUPERVISOR' AND application_event.kind IN ('ANSWER_PROPOSED', 'GRANTED', 'HELD', 'REFUSED', 'RELEASED', 'REVOKED', 'SCREENING')) WHEN 'PARTNER_AGENT' THEN (application_event.actor = (SELECT viewer.subject(NULL)) AND application_event.actor_role = 'PARTNER_AGENT' AND application_event.kind IN ('IN_VERIFICATION', 'RECEIVED', 'SUBMITTED', 'WITHDRAWN') OR application_event.kind = 'AWAITING_PAYMENT' AND application_event.actor IS NULL AND application_event.actor_role IS NULL) WHEN 'APPLICANT' THEN (application_event.actor = (SELECT viewer.subject(NULL)) AND application_event.actor_role = 'APPLICANT' AND application_event.kind IN ('IN_VERIFICATION', 'SUBMITTED', 'WITHDRAWN') OR application_event.kind = 'AWAITING_PAYMENT' AND application_event.actor IS NULL AND application_event.actor_role IS NULL) WHEN 'PARTNER_SERVICE' THEN (application_event.actor = (SELECT viewer.subject(NULL)) AND application_event.actor_role = 'PARTNER_SERVICE' AND application_event.kind IN ('IN_VERIFICATION', 'RECEIVED')) WHEN 'SCREENING' THEN (application_event.actor = (SELECT viewer.subject(NULL)) AND application_event.actor_role = 'SCREENING' AND application_event.kind IN ('ANSWER_PROPOSED', 'SCREENED')) WHEN 'TREASURY' THEN (application_event.actor = (SELECT viewer.subject(NULL)) AND application_event.actor_role = 'TREASURY' AND application_event.kind IN ('PAID')) ELSE false END ELSE false END);
GRANT SELECT (amount_idr, application_id, billing_code, due_at, issued_at, paid_at, receipt_number) ON bill TO gerbang_writing;
CREATE POLICY writing_select ON bill FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id));
GRANT INSERT (amount_idr, application_id, billing_code, due_at, issued_at) ON bill TO gerbang_writing;
CREATE POLICY writing_insert ON bill FOR INSERT TO gerbang_writing
    WITH CHECK ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id) AND CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'PARTNER_AGENT' THEN true WHEN 'APPLICANT' THEN true ELSE false END ELSE false END);
GRANT UPDATE (paid_at, receipt_number) ON bill TO gerbang_writing;
CREATE POLICY writing_update ON bill FOR UPDATE TO gerbang_writing
    USING (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'TREASURY' THEN bill.paid_at IS NULL AND EXISTS (SELECT FROM application WHERE application.id = bill.application_id AND application.status IN ('SUBMITTED', 'AWAITING_PAYMENT')) ELSE false END ELSE false END) WITH CHECK (CASE WHEN (SELECT viewer.is_sealed()) THEN CASE (SELECT viewer.role()) WHEN 'TREASURY' THEN bill.paid_at IS NOT NULL ELSE false END ELSE false END);
GRANT SELECT (days, valid_from, wait) ON deadline TO gerbang_writing;
CREATE POLICY writing_select ON deadline FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()));
GRANT SELECT (application_id, assigned_at, ended_at, id, officer, role) ON assignment TO gerbang_writing;
CREATE POLICY writing_select ON assignment FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT INSERT (application_id, assigned_at, officer, role) ON assignment TO gerbang_writing;
CREATE POLICY writing_insert ON assignment FOR INSERT TO gerbang_writing
    WITH CHECK ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT UPDATE (ended_at) ON assignment TO gerbang_writing;
CREATE POLICY writing_update ON assignment FOR UPDATE TO gerbang_writing
    USING ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id)) WITH CHECK ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = assignment.application_id));
GRANT SELECT (application_id, decided_at, ground, id, officer, outcome, supersedes_id) ON decision TO gerbang_writing;
CREATE POLICY writing_select ON decision FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = decision.application_id));
GRANT INSERT (application_id, decided_at, ground, id, internal_note, officer, outcome, supersedes_id) ON decision TO gerbang_writing;
CREATE POLICY writing_insert ON decision FOR INSERT TO gerbang_writing
    WITH CHECK ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = decision.application_id) AND decision.officer = (SELECT viewer.subject(NULL)));
GRANT SELECT (answered_at, answered_by, application_id, confirmed_by, id, kind, proposed, proposed_by, reason, requested_at, result) ON screening TO gerbang_writing;
CREATE POLICY writing_select ON screening FOR SELECT TO gerbang_writing
    USING (viewer.is_sealed());
GRANT INSERT (application_id, id, kind, proposed, proposed_by, reason, requested_at, result) ON screening TO gerbang_writing;
CREATE POLICY writing_insert ON screening FOR INSERT TO gerbang_writing
    WITH CHECK ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = screening.application_id));
GRANT UPDATE (answered_at, answered_by, confirmed_by, proposed, proposed_by, reason, result) ON screening TO gerbang_writing;
CREATE POLICY writing_update ON screening FOR UPDATE TO gerbang_writing
    USING ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = screening.application_id)) WITH CHECK ((SELECT viewer.is_sealed()) AND EXISTS (SELECT FROM application WHERE application.id = screening.application_id));
GRANT SELECT (answer, created_at, input_digest, key_digest) ON idempotency TO gerbang_writing;
CREATE POLICY writing_select ON idempotency FOR SELECT TO gerbang_writing
    USING ((SELECT viewer.is_sealed()));
GRANT INSERT (answer, input_digest, key_digest) ON idempotency TO gerbang_writing;
CREATE POLICY writing_insert ON idempotency FOR INSERT TO gerbang_writing
    WITH CHECK ((SELECT viewer.is_sealed()));
GRANT UPDATE (answer) ON idempotency TO gerbang_writing;
CREATE POLICY writing_update ON idempotency FOR UPDATE TO gerbang_writing
    USING ((SELECT viewer.is_sealed())) WITH CHECK ((SELECT viewer.is_sealed()));

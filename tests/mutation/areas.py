"""The areas of the product: in which files faults are planted, and which quick tests find them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.faults import Fault, find_faults


@dataclass(frozen=True)
class Area:
    """Files, as patterns, and the tests that are about them."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]

    def sources(self, root: Path) -> Iterator[Path]:
        for pattern in self.files:
            found = sorted(root.glob(pattern))
            assert found, f"no file is {pattern}"
            yield from found

    def faults(self, root: Path) -> list[Fault]:
        return [
            fault
            for path in self.sources(root)
            for fault in find_faults(
                path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
            )
        ]


_PROJECT = Path(__file__).resolve().parents[2]


def matching(patterns: str) -> tuple[str, ...]:
    """The test files that these patterns name."""
    found = (sorted(_PROJECT.glob(f"tests/{pattern}.py")) for pattern in patterns.split())
    return tuple(path.relative_to(_PROJECT).as_posix() for paths in found for path in paths)


#: What the models keep of people, beside their cases.
_PEOPLE = ["[ad]*", "ban", "person/*", "rights/*", "supervision/*", "reference/*", "jobs/*"]

AREAS = (
    Area(
        "life",
        (
            *("models/life/[cgjprs]*.py", "models/jobs/overdue.py", "gateway/mutations/[!rs]*.py"),
            "gateway/mutations/[rs][ceotu][!p]*.py",
        ),
        matching("""
            models/test_life models/test_preconditions models/test_life_lapsing
            models/test_overdue_bystanders
            gateway/test_paused_time gateway/test_mutations gateway/test_mutations_submitted
            gateway/test_mutations_decided gateway/test_mutations_once gateway/test_locked_case
            gateway/test_mutation_errors gateway/test_allowed gateway/test_eligibility
            gateway/test_reference journeys/test_agent journeys/test_agent_at_a_portal
            journeys/test_applicant journeys/test_family journeys/test_officer
            journeys/test_screening journeys/test_supervisor journeys/test_person
            journeys/test_correction journeys/test_ban journeys/test_after_the_grant
            journeys/test_treasury journeys/test_money_returned journeys/test_decrees
            models/test_case_triggers models/test_corrected_identity models/test_passports
            journeys/test_passport journeys/test_harvest gateway/test_passport_endings
            gateway/test_mutations_denied gateway/test_mutations_foreign
            gateway/test_mutations_planned
            gateway/test_mutations_walked
        """),
    ),
    Area(
        "volumes",
        ("models/volumes/*.py",),
        matching("""
            models/test_volumes models/test_volumes_ages models/test_volumes_open_ages
            models/test_volumes_histograms models/test_volumes_intake_target
            models/test_volumes_rollups models/test_volumes_recomputed gateway/test_volumes
            journeys/test_supervisors_week models/test_migrations models/test_volume_contribution
            models/test_volumes_outcomes models/test_volumes_shapes models/test_volumes_tiles
            models/test_rates gateway/test_outcomes
        """),
    ),
    Area(
        "publication",
        ("models/publication/*.py",),
        (
            "tests/models/test_publication_rules.py",
            "tests/models/test_publication_combined.py",
            "tests/models/test_publication_utility.py",
            "tests/gateway/test_published.py",
            "tests/gateway/test_published_wider.py",
            "tests/gateway/test_published_attack.py",
        ),
    ),
    Area(
        "access",
        ("gateway/access/*.py", "gateway/access/*/*.py", "models/access_tokens/*.py"),
        matching("""
            gateway/test_tokens gateway/test_provider_keys gateway/test_token_cache
            gateway/test_promises gateway/test_promises_cases gateway/test_promises_identity
            gateway/test_rows_reached gateway/test_giving_up gateway/test_prepared
            models/test_row_security gateway/test_mutations gateway/test_read_budget
            gateway/test_unlogged_reads gateway/test_endings_counted
            gateway/test_passport_endings gateway/test_private_parts
            gateway/test_reading_together gateway/test_access_paths walls/test_reads_counted
            gateway/test_purpose_header gateway/test_key_service_outages gateway/test_inquiries
            gateway/test_tampering gateway/surviving/test_unanswered
            gateway/test_database_errors gateway/test_statistics gateway/surviving/test_faults
            gateway/surviving/test_database_restarts walls/test_suspensions_written
            journeys/test_administrator gateway/test_first_wall_alone
            gateway/test_memory_of_documents walls/test_leftovers gateway/test_database_tls
        """),
    ),
    Area(
        "mapping",
        ("gateway/mapping/*.py",),
        matching("""
            gateway/test_paging gateway/test_access_paths gateway/test_arguments
            gateway/test_generated_files gateway/test_input_values gateway/test_linked_pages
            gateway/test_filters gateway/test_statements gateway/test_volumes_cache
            gateway/test_rows_reached gateway/test_ids_of_other_types gateway/test_live
            gateway/test_live_order gateway/test_bad_documents gateway/test_bad_input
            gateway/test_live_resumed gateway/test_live_walls gateway/test_null_filters
            journeys/test_list_filters
        """),
    ),
    Area(
        "wire",
        ("gateway/wire/*.py",),
        matching("""
            gateway/test_wire gateway/test_wire_answers gateway/test_http_protocol
            gateway/test_limits gateway/test_refusals gateway/test_metrics
            gateway/test_metrics_of_errors gateway/test_addresses gateway/test_live_protocol
            gateway/test_slow_clients gateway/test_silent_sockets
            gateway/surviving/test_admission gateway/surviving/test_fair_turns
            gateway/surviving/test_hang_ups gateway/surviving/test_stopping
            gateway/surviving/test_readiness gateway/surviving/test_overload
            gateway/test_hanging_up gateway/test_serving gateway/test_processor_shares
            gateway/test_live_resumed gateway/test_connections gateway/test_origins
            gateway/test_purpose_header
        """),
    ),
    Area(
        "execution",
        ("gateway/execution/*.py", "gateway/execution/*/*.py"),
        matching("""
            gateway/test_cost gateway/test_budgets gateway/test_charges gateway/test_variables
            gateway/test_validation gateway/test_introspection gateway/test_plans
            gateway/test_plans_errors gateway/test_plans_tables gateway/test_row_writers
            gateway/test_statements gateway/test_trusted_documents gateway/test_arguments
            gateway/test_generated_files gateway/test_input_values gateway/test_plan_values
            gateway/test_reading_together gateway/test_defects gateway/test_live
            gateway/test_live_order gateway/test_live_resumed gateway/test_memory_of_documents
            gateway/test_processor_shares
        """),
    ),
    Area(
        "account",
        (
            "models/account/*.py",
            "models/signatures.py",
            "gateway/cli/audit.py",
            "gateway/cli/witness.py",
        ),
        (
            "tests/models/test_witnesses.py",
            "tests/models/test_account.py",
            "tests/models/test_account_days.py",
            "tests/models/test_account_dropped.py",
            "tests/models/test_account_of_cases.py",
            "tests/gateway/test_account.py",
            "tests/gateway/test_audit_command.py",
            "tests/gateway/test_receipts_reconciled.py",
        ),
    ),
    Area(
        "keys",
        (
            *("models/key_service/*.py", "models/key_service/store.sql"),
            *("gateway/settings/keys.py", "models/row_security/*.py"),
        ),
        matching("""
            models/test_key_service models/test_key_process models/test_orphan_keys
            models/test_security_modules
            models/test_seal_keys models/test_row_security gateway/test_keys models/test_receipts
            gateway/test_judged models/test_row_security_repair models/test_key_store
            models/test_key_sockets models/test_judge models/test_principals gateway/test_lost_keys
            gateway/test_stolen_parts
            gateway/test_key_rotation gateway/test_key_operations
            gateway/test_key_service_outages gateway/test_vault
        """),
    ),
    Area(
        "visa",
        (
            *("models/visa_document/*.py", "models/jobs/visa_documents.py"),
            *("models/contents/*.py", "models/jobs/contents.py"),
            *("gateway/schema/visa_document.py", "gateway/cli/visa.py"),
        ),
        matching("journeys/test_visa_in_hand models/test_visa_document models/test_witnesses"),
    ),
    Area(
        "ban list",
        ("models/ban_list/*.py",),
        matching("models/test_ban_list models/test_screening_by_system"),
    ),
    Area(
        "mail",
        ("models/mail/*.py", "models/webhooks/*.py", "models/jobs/mail.py", "models/reader.py"),
        matching("""
            models/test_mail gateway/test_mail_subscriptions gateway/test_finding_alerts
            gateway/test_views_and_notes models/test_webhook* gateway/test_webhook*
        """),
    ),
    Area(
        "people",
        (
            *(f"models/{each}.py" for each in _PEOPLE),
            *("gateway/mutations/*/*.py", "gateway/mutations/[brs][riu][egp]*.py"),
            *("gateway/schema/*.py", "gateway/schema/[ms]*/*.py"),
        ),
        matching("""
            models/test_matching models/test_linking models/test_rescreening models/test_transfers
            models/test_drop_entries gateway/test_vault gateway/test_vault_bans
            gateway/test_people gateway/test_erasing gateway/test_erasing_waits
            gateway/test_inquiries gateway/test_reference gateway/test_reference_once
            gateway/test_reference_refusals gateway/test_bad_input gateway/test_keeper
            journeys/test_ban journeys/test_breach journeys/test_breach_notices
            journeys/test_data_subject
            journeys/test_data_protection_officer journeys/test_decrees journeys/test_inquiry
            journeys/test_patterns journeys/test_person journeys/test_supervisor
            models/test_supervised_functions models/test_people_in_reach
            models/test_reference_functions gateway/test_breach_arguments
            models/test_changes models/test_passports models/test_readers
            gateway/test_input_readers gateway/test_mutation_errors
            journeys/test_inquiry_waiting gateway/test_read_budget
            gateway/test_linking_confidential gateway/test_reference_rows
            gateway/test_generated_files models/test_dated_rules models/test_ended_bans
            models/test_relating
            gateway/test_judged
        """),
    ),
    Area(
        "figures",
        ("gateway/schema/volumes/*.py",),
        matching("""
            gateway/test_volumes gateway/test_volumes_cache gateway/test_volumes_limits
            gateway/test_comparisons_begin gateway/test_outcomes gateway/test_published
            gateway/test_published_wider gateway/test_filters gateway/test_null_filters
            journeys/test_leadership journeys/test_partner_manager gateway/test_network_outcomes
        """),
    ),
    Area(
        "policy",
        ("gateway/policy.py", "gateway/rules.py", "gateway/viewer.py", "gateway/row_security/*.py"),
        matching("""
            gateway/test_promises gateway/test_promises_cases gateway/test_promises_identity
            gateway/test_promises_bans gateway/test_promises_dated
            gateway/test_promises_inquiries gateway/test_rows_reached walls/test_field_rights
            walls/test_three_meanings models/test_row_security walls/test_holders
            walls/test_queues gateway/test_policy_enforced gateway/test_forbidden_fields
            gateway/test_generated_files
        """),
    ),
    # Functions and triggers of the database, which are planted in it.
    Area(
        "database",
        ("models/schema/[!f]*.sql", "models/schema/figures.sql", "models/viewer_context.sql"),
        matching("""
            models/test_account* models/test_case_triggers models/test_changes
            models/test_corrected_identity
            models/test_passports models/test_people_in_reach models/test_reference_functions
            models/test_rescreening models/test_row_security models/test_supervised_functions
            models/test_transfers models/test_volume* models/test_rates
            gateway/test_comparisons_begin gateway/test_live gateway/test_outcomes
            gateway/test_read_budget gateway/test_reference gateway/test_volumes
            walls/test_*_written journeys/test_inquiry_waiting models/test_verified_viewer
            gateway/test_volumes_cache
        """),
    ),
    Area(
        "operating",
        (
            "gateway/*.py",
            *("gateway/cli/*.py", "gateway/doctor/*.py", "gateway/logs.py"),
            *("gateway/settings/*.py", "gateway/texts/*.py"),
            "gateway/development/*.py",
            "models/database/*.py",
            "models/logs.py",
            "models/schema/__init__.py",
        ),
        matching("""
            gateway/test_settings gateway/test_doctor gateway/test_init gateway/test_internal
            gateway/test_languages gateway/test_request_log gateway/test_starting
            gateway/test_origins gateway/test_sign_in gateway/test_documents_command
            gateway/test_people_command gateway/test_keeper gateway/test_schema
            models/test_database_url models/test_database_hosts models/test_reset_connections
            test_schema_checks gateway/test_setting_parsers gateway/test_serving
            gateway/test_schema_files gateway/surviving/test_readiness journeys/test_operator
            gateway/test_generated_files models/test_owner gateway/test_plain_owner
            gateway/test_open_files gateway/test_sign_in_sessions gateway/test_database_tls
            models/test_migrations
        """),
    ),
    Area(
        "findings",
        ("gateway/findings/*.py", "gateway/findings/claims/*.py", "gateway/schema/findings/*.py"),
        matching("gateway/findings/test_*"),
    ),
    # What no browser is needed for: figures, sentences, exports, and the walls of the process.
    Area(
        "dashboard",
        ("dashboard/*.py", "dashboard/*/*.py", "dashboard/*/*/*.py"),
        matching("""
            dashboard/test_answer_cache dashboard/test_callback_guard
            dashboard/test_comparisons dashboard/test_definitions dashboard/test_documents
            dashboard/test_export dashboard/test_figures dashboard/test_gate
            dashboard/test_html_part dashboard/test_my_data dashboard/test_outcomes
            dashboard/test_page_request dashboard/test_pages
            dashboard/test_parts dashboard/test_privacy dashboard/test_session_keys
            dashboard/test_settings dashboard/test_static_files dashboard/test_titles
            dashboard/test_wording dashboard/test_ranking dashboard/test_trend
            dashboard/test_regions dashboard/test_page_parts dashboard/test_today
            dashboard/test_intervals dashboard/test_texts dashboard/test_by_id
            dashboard/test_mistakes dashboard/test_prefetching dashboard/test_sign_in
            dashboard/test_shared_sessions dashboard/test_turns dashboard/test_period
            dashboard/test_address dashboard/test_forms dashboard/test_*_drawn
            dashboard/test_volumes_limits
        """),
    ),
)

#: Files of the product in which no faults are planted, as patterns, and why.
NOT_PLANTED = {
    "models/migrations/**": "revisions are history; what they leave is compared with the models",
    "models/synthetic/**": "an invented world: another is as good",
    "models/postgres/**": "for development and tests, and each test runs on it",
    "models/case/**": "tables: `make check` compares them with the database",
    "models/vocabulary/**": "words: `make check` compares them with all that names them",
    "models/reference/data/**": "data: what is in force is read by the tests of reference data",
    "models/life/diagram.py": "a page for readers: `make check` compares it with docs/life.md",
    "models/suspension.py": "a table: `make check` compares it with the database",
    "models/[!adls]*[!nr].py": "tables' base, instants, keys: any test that writes a row sees them",
    "gateway/mapping/enums/**": "descriptions: the schema's file differs",
    "gateway/wire/explorer/**": "a page for developers",
    "models/row_security.sql": "made from the policy by `gateway/row_security`, where they are",
    "models/schema/first_rows.sql": "data, which no template takes anew",
    "gateway/doctor/facts.sql": "no script of the database, which is where they would be planted",
}

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
            yield from (path for path in found if path.name != "__init__.py")

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
            *("models/life/[cjprs]*.py", "models/jobs/overdue.py", "gateway/mutations/[!rs]*.py"),
            "gateway/mutations/[rs][cetu][!p]*.py",
        ),
        matching("""
            models/test_life models/test_life_lapsing models/test_overdue_bystanders
            gateway/test_paused_time gateway/test_mutations gateway/test_mutations_submitted
            gateway/test_mutations_decided gateway/test_mutations_once
            gateway/test_mutation_errors gateway/test_allowed gateway/test_eligibility
            gateway/test_reference journeys/test_agent journeys/test_agent_at_a_portal
            journeys/test_applicant journeys/test_family journeys/test_officer
            journeys/test_screening journeys/test_supervisor journeys/test_person
            journeys/test_correction journeys/test_ban journeys/test_after_the_grant
            journeys/test_treasury journeys/test_decrees models/test_case_triggers
            models/test_corrected_identity models/test_passports journeys/test_passport
            journeys/test_harvest gateway/test_passport_endings gateway/test_mutations_denied
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
        (
            "tests/gateway/test_tokens.py",
            "tests/gateway/test_provider_keys.py",
            "tests/gateway/test_token_cache.py",
            "tests/gateway/test_promises.py",
            "tests/gateway/test_promises_cases.py",
            "tests/gateway/test_promises_identity.py",
            "tests/gateway/test_rows_reached.py",
            "tests/gateway/test_giving_up.py",
            "tests/gateway/test_prepared.py",
            "tests/models/test_row_security.py",
            "tests/gateway/test_mutations.py",
            "tests/gateway/test_read_budget.py",
            "tests/gateway/test_unlogged_reads.py",
            "tests/gateway/test_endings_counted.py",
            "tests/gateway/test_passport_endings.py",
            "tests/gateway/test_private_parts.py",
            "tests/gateway/test_reading_together.py",
            "tests/gateway/test_access_paths.py",
            "tests/walls/test_reads_counted.py",
            "tests/gateway/test_purpose_header.py",
            "tests/gateway/test_key_service_outages.py",
            "tests/gateway/test_inquiries.py",
            "tests/gateway/test_tampering.py",
            "tests/gateway/surviving/test_unanswered.py",
            "tests/gateway/test_database_errors.py",
            "tests/gateway/test_statistics.py",
            "tests/gateway/surviving/test_faults.py",
            "tests/gateway/surviving/test_database_restarts.py",
            "tests/walls/test_suspensions_written.py",
            "tests/journeys/test_administrator.py",
        ),
    ),
    Area(
        "mapping",
        ("gateway/mapping/*.py",),
        (
            "tests/gateway/test_paging.py",
            "tests/gateway/test_access_paths.py",
            "tests/gateway/test_arguments.py",
            "tests/gateway/test_generated_files.py",
            "tests/gateway/test_input_values.py",
            "tests/gateway/test_linked_pages.py",
            "tests/gateway/test_filters.py",
            "tests/gateway/test_statements.py",
            "tests/gateway/test_volumes_cache.py",
            "tests/gateway/test_rows_reached.py",
            "tests/gateway/test_ids_of_other_types.py",
            "tests/gateway/test_live.py",
            "tests/gateway/test_live_order.py",
            "tests/gateway/test_bad_documents.py",
            "tests/gateway/test_bad_input.py",
        ),
    ),
    Area(
        "wire",
        ("gateway/wire/*.py",),
        (
            "tests/gateway/test_wire.py",
            "tests/gateway/test_wire_answers.py",
            "tests/gateway/test_http_protocol.py",
            "tests/gateway/test_limits.py",
            "tests/gateway/test_refusals.py",
            "tests/gateway/test_metrics.py",
            "tests/gateway/test_metrics_of_errors.py",
            "tests/gateway/test_addresses.py",
            "tests/gateway/test_live_protocol.py",
            "tests/gateway/test_slow_clients.py",
            "tests/gateway/test_silent_sockets.py",
            "tests/gateway/surviving/test_admission.py",
            "tests/gateway/surviving/test_fair_turns.py",
            "tests/gateway/surviving/test_hang_ups.py",
            "tests/gateway/surviving/test_stopping.py",
            "tests/gateway/surviving/test_readiness.py",
            "tests/gateway/surviving/test_overload.py",
            "tests/gateway/test_hanging_up.py",
            "tests/gateway/test_serving.py",
        ),
    ),
    Area(
        "execution",
        ("gateway/execution/*.py", "gateway/execution/*/*.py"),
        (
            "tests/gateway/test_cost.py",
            "tests/gateway/test_budgets.py",
            "tests/gateway/test_variables.py",
            "tests/gateway/test_validation.py",
            "tests/gateway/test_introspection.py",
            "tests/gateway/test_plans.py",
            "tests/gateway/test_plans_errors.py",
            "tests/gateway/test_plans_tables.py",
            "tests/gateway/test_row_writers.py",
            "tests/gateway/test_statements.py",
            "tests/gateway/test_trusted_documents.py",
            "tests/gateway/test_arguments.py",
            "tests/gateway/test_generated_files.py",
            "tests/gateway/test_input_values.py",
            "tests/gateway/test_plan_values.py",
            "tests/gateway/test_reading_together.py",
            "tests/gateway/test_defects.py",
            "tests/gateway/test_live.py",
            "tests/gateway/test_live_order.py",
        ),
    ),
    Area(
        "account",
        ("models/account/*.py", "gateway/cli/audit.py"),
        (
            "tests/models/test_account.py",
            "tests/models/test_account_days.py",
            "tests/models/test_account_dropped.py",
            "tests/gateway/test_account.py",
            "tests/gateway/test_audit_command.py",
        ),
    ),
    Area(
        "keys",
        ("models/key_service/*.py", "gateway/settings/keys.py", "models/row_security/*.py"),
        (
            "tests/models/test_key_service.py",
            "tests/models/test_key_process.py",
            "tests/models/test_orphan_keys.py",
            "tests/models/test_seal_keys.py",
            "tests/models/test_row_security.py",
            "tests/gateway/test_keys.py",
            "tests/gateway/test_key_rotation.py",
            "tests/gateway/test_key_operations.py",
            "tests/gateway/test_key_service_outages.py",
            "tests/gateway/test_vault.py",
        ),
    ),
    Area(
        "people",
        (
            *(f"models/{each}.py" for each in _PEOPLE),
            *("gateway/mutations/*/*.py", "gateway/mutations/[rs][iu][gp]*.py"),
            *("gateway/schema/*.py", "gateway/schema/[ms]*/*.py"),
        ),
        matching("""
            models/test_matching models/test_linking models/test_rescreening models/test_transfers
            models/test_drop_entries gateway/test_vault gateway/test_vault_bans
            gateway/test_people gateway/test_erasing gateway/test_erasing_waits
            gateway/test_inquiries gateway/test_reference gateway/test_reference_once
            gateway/test_reference_refusals gateway/test_bad_input gateway/test_keeper
            journeys/test_ban journeys/test_breach journeys/test_data_subject
            journeys/test_data_protection_officer journeys/test_decrees journeys/test_inquiry
            journeys/test_patterns journeys/test_person journeys/test_supervisor
            models/test_supervised_functions models/test_people_in_reach
            models/test_reference_functions gateway/test_breach_arguments
            models/test_changes models/test_passports models/test_readers
            gateway/test_input_readers gateway/test_mutation_errors
            journeys/test_inquiry_waiting gateway/test_read_budget
            gateway/test_linking_confidential gateway/test_reference_rows
            gateway/test_generated_files
        """),
    ),
    Area(
        "figures",
        ("gateway/schema/volumes/*.py",),
        (
            "tests/gateway/test_volumes.py",
            "tests/gateway/test_volumes_cache.py",
            "tests/gateway/test_volumes_limits.py",
            "tests/gateway/test_comparisons_begin.py",
            "tests/gateway/test_outcomes.py",
            "tests/gateway/test_published.py",
            "tests/gateway/test_published_wider.py",
            "tests/gateway/test_filters.py",
            "tests/gateway/test_null_filters.py",
            "tests/journeys/test_leadership.py",
            "tests/journeys/test_partner_manager.py",
        ),
    ),
    Area(
        "policy",
        ("gateway/policy.py", "gateway/rules.py", "gateway/viewer.py", "gateway/row_security/*.py"),
        (
            "tests/gateway/test_promises.py",
            "tests/gateway/test_promises_cases.py",
            "tests/gateway/test_promises_identity.py",
            "tests/gateway/test_promises_bans.py",
            "tests/gateway/test_promises_dated.py",
            "tests/gateway/test_promises_inquiries.py",
            "tests/gateway/test_rows_reached.py",
            "tests/walls/test_field_rights.py",
            "tests/walls/test_three_meanings.py",
            "tests/models/test_row_security.py",
            "tests/walls/test_holders.py",
            "tests/walls/test_queues.py",
            "tests/gateway/test_policy_enforced.py",
            "tests/gateway/test_forbidden_fields.py",
            "tests/gateway/test_generated_files.py",
        ),
    ),
    # Functions and triggers of the database, which are planted in it.
    Area(
        "database",
        ("models/schema/[!f]*.sql", "models/schema/figures.sql", "models/viewer_context.sql"),
        matching("""
            models/test_account* models/test_case_triggers models/test_changes
            models/test_passports models/test_people_in_reach models/test_reference_functions
            models/test_rescreening models/test_row_security models/test_supervised_functions
            models/test_transfers models/test_volume* models/test_rates
            gateway/test_comparisons_begin gateway/test_live gateway/test_outcomes
            gateway/test_read_budget gateway/test_reference gateway/test_volumes
            walls/test_*_written journeys/test_inquiry_waiting
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
        ),
        matching("""
            gateway/test_settings gateway/test_doctor gateway/test_init gateway/test_internal
            gateway/test_languages gateway/test_request_log gateway/test_starting
            gateway/test_origins gateway/test_sign_in gateway/test_documents_command
            gateway/test_people_command gateway/test_keeper gateway/test_schema
            models/test_database_url models/test_database_hosts models/test_reset_connections
            test_schema_checks gateway/test_setting_parsers gateway/test_serving
            gateway/test_schema_files gateway/surviving/test_readiness journeys/test_operator
            gateway/test_generated_files
        """),
    ),
    # What no browser is needed for: figures, sentences, exports, and the walls of the process.
    Area(
        "dashboard",
        ("dashboard/*.py", "dashboard/*/*.py", "dashboard/*/*/*.py"),
        matching("""
            dashboard/analysis/test_* dashboard/test_answer_cache dashboard/test_callback_guard
            dashboard/test_comparisons dashboard/test_definitions dashboard/test_documents
            dashboard/test_export dashboard/test_figures dashboard/test_gate
            dashboard/test_html_part dashboard/test_my_data dashboard/test_outcomes
            dashboard/test_own_work dashboard/test_page_request dashboard/test_pages
            dashboard/test_parts dashboard/test_privacy dashboard/test_session_keys
            dashboard/test_settings dashboard/test_static_files dashboard/test_titles
            dashboard/test_today_pictures dashboard/test_today_sentences dashboard/test_wording
            dashboard/test_ranking dashboard/test_trend dashboard/test_regions
            dashboard/test_page_parts dashboard/test_today_tables dashboard/test_today_values
            dashboard/test_today_attention dashboard/test_texts dashboard/test_by_id
            dashboard/test_mistakes dashboard/test_prefetching dashboard/test_sign_in
            dashboard/test_shared_sessions dashboard/test_turns
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
    "models/[!adls]*[!n].py": "tables' base, instants, keys: any test that writes a row sees them",
    "gateway/mapping/enums/**": "descriptions: the schema's file differs",
    "gateway/wire/explorer/**": "a page for developers",
}

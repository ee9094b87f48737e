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


#: What the models keep of people, beside their cases.
_PEOPLE = ["[ad]*", "ban", "person/*", "rights/*", "supervision/*", "reference/*", "jobs/*"]

AREAS = (
    Area(
        "life",
        (
            *("models/life/[cjprs]*.py", "models/jobs/overdue.py", "gateway/mutations/[!rs]*.py"),
            "gateway/mutations/[rs][cetu][!p]*.py",
        ),
        (
            "tests/models/test_life.py",
            "tests/models/test_life_lapsing.py",
            "tests/models/test_overdue_bystanders.py",
            "tests/gateway/test_paused_time.py",
            "tests/gateway/test_mutations.py",
            "tests/gateway/test_mutations_submitted.py",
            "tests/gateway/test_mutations_decided.py",
            "tests/gateway/test_mutations_once.py",
            "tests/gateway/test_mutation_errors.py",
            "tests/gateway/test_allowed.py",
            "tests/gateway/test_eligibility.py",
            "tests/gateway/test_reference.py",
            "tests/journeys/test_agent.py",
            "tests/journeys/test_agent_at_a_portal.py",
            "tests/journeys/test_applicant.py",
            "tests/journeys/test_family.py",
            "tests/journeys/test_officer.py",
            "tests/journeys/test_screening.py",
            "tests/journeys/test_supervisor.py",
            "tests/journeys/test_person.py",
            "tests/journeys/test_correction.py",
            "tests/journeys/test_ban.py",
            "tests/journeys/test_after_the_grant.py",
            "tests/journeys/test_treasury.py",
            "tests/journeys/test_decrees.py",
        ),
    ),
    Area(
        "volumes",
        ("models/volumes/*.py",),
        (
            "tests/models/test_volumes.py",
            "tests/models/test_volumes_ages.py",
            "tests/models/test_volumes_open_ages.py",
            "tests/models/test_volumes_histograms.py",
            "tests/models/test_volumes_intake_target.py",
            "tests/models/test_volumes_rollups.py",
            "tests/models/test_volumes_recomputed.py",
            "tests/gateway/test_volumes.py",
            "tests/journeys/test_supervisors_week.py",
            "tests/models/test_migrations.py",
        ),
    ),
    Area(
        "publication",
        ("models/publication/*.py",),
        (
            "tests/models/test_publication_rules.py",
            "tests/gateway/test_published.py",
            "tests/gateway/test_published_wider.py",
            "tests/gateway/test_published_attack.py",
        ),
    ),
    Area(
        "access",
        ("gateway/access/*.py", "gateway/access/*/*.py", "models/viewer_context.sql"),
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
            "tests/gateway/test_purpose_header.py",
            "tests/gateway/test_key_service_outages.py",
            "tests/gateway/test_inquiries.py",
            "tests/gateway/test_tampering.py",
            "tests/gateway/surviving/test_unanswered.py",
            "tests/walls/test_suspensions_written.py",
            "tests/journeys/test_administrator.py",
        ),
    ),
    Area(
        "mapping",
        ("gateway/mapping/*.py",),
        (
            "tests/gateway/test_paging.py",
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
            *("gateway/schema/*.py", "gateway/schema/[bmrs]*/*.py"),
        ),
        (
            "tests/models/test_matching.py",
            "tests/models/test_linking.py",
            "tests/models/test_rescreening.py",
            "tests/models/test_transfers.py",
            "tests/models/test_drop_entries.py",
            "tests/gateway/test_vault.py",
            "tests/gateway/test_vault_bans.py",
            "tests/gateway/test_people.py",
            "tests/gateway/test_erasing.py",
            "tests/gateway/test_erasing_waits.py",
            "tests/gateway/test_inquiries.py",
            "tests/gateway/test_reference.py",
            "tests/gateway/test_reference_once.py",
            "tests/gateway/test_reference_refusals.py",
            "tests/gateway/test_bad_input.py",
            "tests/gateway/test_keeper.py",
            "tests/journeys/test_ban.py",
            "tests/journeys/test_breach.py",
            "tests/journeys/test_data_subject.py",
            "tests/journeys/test_data_protection_officer.py",
            "tests/journeys/test_decrees.py",
            "tests/journeys/test_inquiry.py",
            "tests/journeys/test_patterns.py",
            "tests/journeys/test_person.py",
            "tests/journeys/test_supervisor.py",
        ),
    ),
    Area(
        "figures",
        ("gateway/schema/volumes/*.py",),
        (
            "tests/gateway/test_volumes.py",
            "tests/gateway/test_volumes_cache.py",
            "tests/gateway/test_comparisons_begin.py",
            "tests/gateway/test_published.py",
            "tests/gateway/test_published_wider.py",
            "tests/gateway/test_filters.py",
            "tests/gateway/test_null_filters.py",
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
        ),
    ),
    Area(
        "operating",
        (
            "gateway/*.py",
            *("gateway/cli/*.py", "gateway/doctor/*.py", "gateway/logs/*.py"),
            *("gateway/settings/*.py", "gateway/texts/*.py"),
            "gateway/development/*.py",
            "models/database/*.py",
            "models/logs.py",
        ),
        (
            "tests/gateway/test_settings.py",
            "tests/gateway/test_doctor.py",
            "tests/gateway/test_init.py",
            "tests/gateway/test_internal.py",
            "tests/gateway/test_languages.py",
            "tests/gateway/test_request_log.py",
            "tests/gateway/test_starting.py",
            "tests/gateway/test_origins.py",
            "tests/gateway/test_sign_in.py",
            "tests/gateway/test_documents_command.py",
            "tests/gateway/test_people_command.py",
            "tests/gateway/test_keeper.py",
            "tests/gateway/test_schema.py",
            "tests/models/test_database_url.py",
            "tests/models/test_database_hosts.py",
            "tests/models/test_reset_connections.py",
            "tests/test_schema_checks.py",
        ),
    ),
    # What no browser is needed for: figures, sentences, exports, and the walls of the process.
    Area(
        "dashboard",
        ("dashboard/*.py", "dashboard/*/*.py", "dashboard/*/*/*.py"),
        (
            "tests/dashboard/analysis/test_attention.py",
            "tests/dashboard/analysis/test_contributions.py",
            "tests/dashboard/analysis/test_expected.py",
            "tests/dashboard/analysis/test_tails.py",
            "tests/dashboard/analysis/test_target.py",
            "tests/dashboard/analysis/test_usual.py",
            "tests/dashboard/test_answer_cache.py",
            "tests/dashboard/test_callback_guard.py",
            "tests/dashboard/test_comparisons.py",
            "tests/dashboard/test_definitions.py",
            "tests/dashboard/test_documents.py",
            "tests/dashboard/test_export.py",
            "tests/dashboard/test_figures.py",
            "tests/dashboard/test_gate.py",
            "tests/dashboard/test_html_part.py",
            "tests/dashboard/test_my_data.py",
            "tests/dashboard/test_outcomes.py",
            "tests/dashboard/test_own_work.py",
            "tests/dashboard/test_page_request.py",
            "tests/dashboard/test_pages.py",
            "tests/dashboard/test_parts.py",
            "tests/dashboard/test_privacy.py",
            "tests/dashboard/test_session_keys.py",
            "tests/dashboard/test_settings.py",
            "tests/dashboard/test_static_files.py",
            "tests/dashboard/test_titles.py",
            "tests/dashboard/test_today_pictures.py",
            "tests/dashboard/test_today_sentences.py",
            "tests/dashboard/test_wording.py",
        ),
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

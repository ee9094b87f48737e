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


def matching(names: str) -> tuple[str, ...]:
    """The test files that these patterns name, each after the folder it is in and a colon."""
    folder, found = "", list[Path]()
    for name in names.split():
        if name.endswith(":"):
            folder = name[:-1]
        else:
            found += sorted(_PROJECT.glob(f"tests/{folder}/test_{name}.py"))
    return tuple(path.relative_to(_PROJECT).as_posix() for path in found)


#: What the models keep of people, beside their cases.
_PEOPLE = [
    *("[ad]*", "ban", "person/*", "rights/*", "supervision/*", "reference/*"),
    *("jobs/[!cmnosvw]*", "jobs/sche*"),
]

AREAS = (
    Area(
        "life",
        (
            *("models/life/[cgjprs]*.py", "models/jobs/overdue.py"),
            *("gateway/mutations/[!rsuf]*.py", "gateway/mutations/[rs][ceotu][!p]*.py"),
        ),
        matching("""
            gateway: allowed claims eligibility locked_case mutation_errors mutations
              mutations_decided mutations_denied mutations_foreign mutations_once mutations_planned
              mutations_submitted mutations_walked passport_endings paused_time reference
              steps_in_batches touched_files tracking visa_status
            journeys: after_the_grant agent* answers applicant ban claims closed_places complaints
              correction decided_twice decrees delivery extension family* granted_by_rule harvest
              money* officer passenger passport person pools renewed_bills screening supervisor
              treasury watched
            models: case_triggers corrected_identity granter_rights granting life life_lapsing
              lock_rules overdue_bystanders passports preconditions
        """),
    ),
    Area(
        "volumes",
        ("models/volumes/*.py",),
        matching("""
            gateway: outcomes volumes
            journeys: supervisors_week
            models: migrations volume_contribution volumes volumes_ages volumes_histograms
              volumes_intake_target volumes_open_ages volumes_outcomes volumes_recomputed
              volumes_rollups volumes_shapes volumes_tiles
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
            gateway: access_paths database* endings_counted first_wall_alone giving_up inquiries
              key_service_outages memory_of_documents mutations passport_endings prepared
              private_parts promises promises_cases promises_identity proofs_of_reads provider_keys
              purpose_header read* rows_reached second_wall_alone statistics step_up tampering
              token* unlogged_reads
            gateway/surviving: database_restarts faults replica unanswered
            journeys: administrator
            models: proven_reads row_security
            walls: leftovers reads_counted suspensions_written
        """),
    ),
    Area(
        "mapping",
        ("gateway/mapping/*.py",),
        matching("""
            gateway: access_paths arguments bad* filters generated_files ids_of_other_types
              input_values linked_pages live live_order live_resumed live_walls null_filters paging
              rows_reached statements volumes_cache
            journeys: list_filters
        """),
    ),
    Area(
        "wire",
        ("gateway/wire/*.py",),
        matching("""
            gateway: addresses connections documents hanging_up http_protocol limits live_protocol
              live_resumed live_shared live_topics metrics* origins picture* processor_shares
              purpose_header refusals serving silent_sockets slow_clients traces wire*
            gateway/surviving: admission fair_turns hang_ups overload readiness stopping
        """),
    ),
    Area(
        "execution",
        ("gateway/execution/*.py", "gateway/execution/*/*.py"),
        matching("""
            gateway: arguments budgets charges cost defects generated_files input_values
              introspection live live_order live_resumed memory_of_documents plan_values plans
              plans_errors plans_tables processor_shares reading_together row_writers statements
              trusted_documents validation variables
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
            gateway: judged key* lost_keys stolen_parts vault
            models: judge key_process key_service key_sockets key_store orphan_keys principals
              receipts row* seal_keys security_modules
        """),
    ),
    Area(
        "visa",
        (
            *("models/visa_document/*.py", "models/jobs/visa_documents.py"),
            *("gateway/schema/visa_document.py", "gateway/cli/visa.py"),
        ),
        matching("""
            journeys: visa_in_hand
            models: visa_document witnesses
        """),
    ),
    Area(
        "documents",
        (
            *("models/contents/*.py", "models/jobs/contents.py", "models/jobs/scanning.py"),
            "gateway/mutations/[uf]*.py",
        ),
        matching("""
            gateway: documents documents_in_s3 picture* scanner
            journeys: document*
            models: document_formats scanner
        """),
    ),
    Area(
        "ban list",
        ("models/ban_list/*.py", "models/jobs/screen*.py"),
        matching("""
            journeys: screening
            models: ban_list rescreening screening*
        """),
    ),
    Area(
        "mail",
        (
            *("models/mail/*.py", "models/webhooks/*.py", "models/reader.py"),
            *("models/jobs/[mnw]*.py", "models/jobs/subscriptions.py"),
        ),
        matching("""
            gateway: delivered_decision finding_alerts mail_subscriptions views_and_notes
              webhook_endpoints
            journeys: decision_by_mail partner_told report_by_mail
            models: mail* webhook*
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
            gateway: bad_input breach_arguments erasing* generated_files input_readers inquiries
              judged keeper linking_confidential mutation_errors people read_budget reference*
              scanner step_up vault* webhook_endpoints
            journeys: ban breach* closed_places complaints data* decrees harvest_of_endings inquiry*
              patterns person pools supervisor watched who_looked_for_me
            models: changes dated_rules drop_entries ended_bans granting life_lapsing linking mail
              matching old_entries overdue_bystanders passports people_in_reach publication_rules
              readers reference_functions relating rescreening screening_replays
              supervised_functions transfers webhooks
        """),
    ),
    Area(
        "figures",
        ("gateway/schema/volumes/*.py",),
        matching("""
            gateway: comparisons_begin filters network_outcomes null_filters outcomes published
              published_wider volumes*
            journeys: leadership partner_manager
        """),
    ),
    Area(
        "policy",
        ("gateway/policy.py", "gateway/rules.py", "gateway/viewer.py", "gateway/row_security/*.py"),
        matching("""
            gateway: forbidden_fields generated_files policy_enforced promises* rows_reached
            models: row_security
            walls: field_rights holders queues three_meanings
        """),
    ),
    # Functions and triggers of the database, which are planted in it.
    Area(
        "database",
        ("models/schema/[!f]*.sql", "models/schema/figures.sql", "models/viewer_context.sql"),
        matching("""
            gateway: comparisons_begin live outcomes read_budget reference tracking volumes
              volumes_cache
            journeys: extension granted_by_rule inquiry_waiting pools
            models: account* case_triggers changes corrected_identity granting lock_rules
              old_entries passports people_in_reach proven_reads reference_functions rescreening
              row_security stay_figures supervised_functions transfers verified_viewer volume*
            walls: *_written
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
            .: schema_checks
            gateway: database_tls doctor documents_command generated_files init internal keeper
              languages open_files origins people_command plain_owner rehearsal request_log schema*
              serving setting* sign_in sign_in_sessions starting traces
            gateway/surviving: readiness
            journeys: operator
            models: confinement database* migrations owner reset_connections
        """),
    ),
    Area(
        "findings",
        ("gateway/findings/*.py", "gateway/findings/claims/*.py", "gateway/schema/findings/*.py"),
        matching("gateway/findings: *"),
    ),
    # What no browser is needed for: figures, sentences, exports, and the walls of the process.
    Area(
        "dashboard",
        ("dashboard/*.py", "dashboard/*/*.py", "dashboard/*/*/*.py"),
        matching("""
            dashboard: address answer_cache asked_of_places by_id callback_guard comparisons
              definitions documents export figure* findings_drawn forms gate html_part ingest*
              installation_page intervals mistakes my_data outcomes page_parts page_request pages
              panels_drawn parts period places_drawn prefetching privacy ranking regions report
              session_keys settings settle shared_sessions sign_in static_files subscriptions texts
              titles today trend turns volumes_drawn volumes_limits wording
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

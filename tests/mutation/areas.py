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


AREAS = (
    Area(
        "life",
        ("models/life/[cjprs]*.py", "models/jobs/overdue.py", "gateway/mutations/*.py"),
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
)

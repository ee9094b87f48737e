"""The parts of the proof: what each shows, and the command that does."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest", "-m", "proof", "--timeout", "3600", "--durations", "12")


@dataclass(frozen=True)
class Part:
    """A part by its name; its tests are files or folders, unless it is a command of its own."""

    name: str
    shows: str
    tests: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()

    def command(self, green_tests: Path, code: str) -> Sequence[str]:
        """What proves it, without those of its tests that are noted as green on this code."""
        if self.arguments:
            return (sys.executable, *self.arguments)
        resuming = ("-p", "tests.proof.resuming", "--green-tests", str(green_tests))
        return (*PYTEST, *resuming, "--code", code, *self.tests)


PARTS = (
    Part(
        "policy",
        "every small mistake in a line of the policy shows before each wall, and every field by"
        " every way in to it",
        (
            "tests/walls/test_mutants.py",
            "tests/gateway/test_policy_enforced.py",
            "tests/gateway/test_fields_reached.py",
            "tests/models/test_row_security_repair.py",
            "tests/journeys/test_list_filters.py",
        ),
    ),
    Part(
        "walls",
        "every other small mistake shows before each wall, and in the matrix of fields; pages read"
        " few rows of a million",
        (
            "tests/walls/test_purpose_mutants.py",
            "tests/walls/test_speaking_mutants.py",
            "tests/walls/test_publishing_mutants.py",
            "tests/walls/test_step_mutants.py",
            "tests/walls/test_injected_writes.py",
            "tests/walls/test_why.py",
            "tests/walls/test_why_mutants.py",
            "tests/walls/test_plans.py",
            "tests/walls/test_interleaved.py",
            "tests/walls/test_three_meanings.py",
            "tests/walls/test_joined_plans.py",
            "tests/walls/test_among_a_million.py",
            "tests/walls/test_field_rights.py",
        ),
    ),
    Part(
        "life",
        "random lives of applications and visas, deadlines among a million of them, and a thousand"
        " files that are granted without a human act",
        (
            "tests/gateway/test_mutations_walked.py",
            "tests/gateway/test_visas_walked.py",
            "tests/models/test_life_lapsing_plans.py",
            "tests/journeys/test_without_a_human_act.py",
        ),
    ),
    Part(
        "growth",
        "twelve years of logs and events: questions cost what they did, and old quarters go",
        ("tests/models/test_ten_years.py",),
    ),
    Part(
        "crashes",
        "nothing is lost or done twice while gateways, the keeper and PostgreSQL are killed",
        ("tests/gateway/crashes",),
    ),
    Part(
        "live",
        "a long time of changes, followed over sockets, and by a client of others",
        (
            *("tests/gateway/test_live_proof.py", "tests/gateway/test_live_topics.py"),
            "tests/clients/test_clients.py",
        ),
    ),
    Part(
        "fuzzing",
        "random documents: plan and executor answer alike, whichever way rows are found, and"
        " planted defects differ",
        (
            "tests/gateway/test_plans.py",
            "tests/gateway/test_plans_defects.py",
            "tests/gateway/test_plans_tables.py",
            "tests/gateway/test_access_paths.py",
            "tests/gateway/test_validation.py",
            "tests/gateway/test_null_filters.py",
        ),
    ),
    Part(
        "requests",
        "two thousand requests that schemathesis makes of a role's schema meet no 5xx",
        ("tests/clients/test_schemathesis.py",),
    ),
    Part(
        "people",
        "whoever is on file is handed in as fast as anybody, and what is hidden takes as long as"
        " what is not there",
        ("tests/gateway/test_linking_timed.py", "tests/gateway/test_hidden_in_time.py"),
    ),
    Part(
        "publication",
        "an attacker learns no small figure from all that was published",
        (
            *("tests/gateway/test_published_attack.py", "tests/gateway/test_outcomes_attack.py"),
            "tests/models/test_publication_utility.py",
        ),
    ),
    Part(
        "surviving",
        "restarts, overload, replicas, midnight and migrations while people work",
        ("tests/gateway/surviving",),
    ),
    Part(
        "cluster",
        "each host of a cluster is lost while eight write: nothing is lost or done twice, and"
        " writes are back within 30 seconds",
        ("tests/cluster",),
    ),
    Part(
        "installing",
        "what can be wrong with an installation is named and watched, keys rotate, a release runs"
        " by itself, the demo in a folder of any name, and a seed brings the same lives",
        (
            "tests/test_lively_demo.py",
            "tests/test_any_folder.py",
            "tests/test_audit.py",
            "tests/test_release.py",
            "tests/test_site.py",
            "tests/gateway/test_doctor.py",
            "tests/gateway/test_starting.py",
            "tests/gateway/test_explorer.py",
            "tests/gateway/test_key_rotation.py",
            "tests/journeys/test_watched.py",
        ),
    ),
    Part(
        "scale",
        "one request blocks nobody, documents fill no memory, figures of many applications are"
        " right, and two million, among ten, are kept in time and read without a scan",
        (
            "tests/gateway/test_nobody_blocks.py",
            "tests/gateway/test_nobody_blocks_proof.py",
            "tests/gateway/test_memory_of_documents.py",
            "tests/gateway/findings/test_recomputed.py",
            "tests/gateway/findings/test_so_far.py",
            "tests/models/test_volumes_at_scale.py",
            "tests/models/test_volumes_recomputed.py",
            "tests/test_bench_capacity.py",
        ),
    ),
    Part(
        "dashboard",
        "every page for every role at any width, by day and night, and on paper; Lighthouse;"
        " sessions by many keys; chance, over 210 worlds",
        ("tests/dashboard",),
    ),
    Part("peers", "the gateways of the bench answer alike", ("tests/test_bench_peers.py",)),
    Part(
        "recipes",
        "each step left out of CONTRIBUTING.md, what a changed line of the policy breaks, how"
        " planted faults are judged, and what `make check` looks at, once more",
        (
            "tests/test_contributing.py",
            "tests/test_add_a_page.py",
            "tests/test_add_a_form.py",
            "tests/test_schema_checks.py",
            "tests/test_checks.py",
            "tests/gateway/test_generated_files.py",
            "tests/models/test_migrations_drafted.py",
            "tests/test_mutation_judging.py",
        ),
    ),
    Part(
        "mutation",
        "small faults in the code of each area are found by its quick tests",
        arguments=("-m", "tests.mutation"),
    ),
)

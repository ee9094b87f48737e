"""What CONTRIBUTING.md says is true: files and commands exist, and its recipes work."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from checks.__main__ import CHECKS
from checks.error_texts import check_error_texts
from checks.finding import LookupFailedError, show
from checks.lengths import check_lengths
from checks.links import check_links
from checks.small_files import check_small_files
from checks.sources import Sources
from checks.texts import check_texts
from checks.traces import check_traces
from checks.translations import check_translations
from gateway.cli import COMMANDS
from models.postgres import Server
from tests import recipes
from tests.recipes import PAGE, ROOT, copy_tree, recipe, run

IN_BACKTICKS = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", PAGE)


def test_files_and_folders_exist() -> None:
    named = {text for text in IN_BACKTICKS if re.fullmatch(r"\.?[a-z_]+/[\w./-]*|\w+\.toml", text)}
    named |= set(re.findall(r"^ *--- (\S+)$", PAGE, re.MULTILINE))  # what recipes change
    names = (*recipes.NAMES, "chart", "page with a mutation")
    steps = [step for name in names for step in recipe(name)]
    named -= {step.file for step in steps if step.is_new}
    assert len(named) > 50
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\((?!http|#)([^)]+)\)", PAGE)
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_names_of_the_code_exist() -> None:
    """What stands in backticks beside a file's name is written somewhere in the code."""
    folders = ("gateway", "models", "dashboard", "tests", "checks")
    words: set[str] = set()
    for folder in folders:
        for around, inner, files in os.walk(ROOT / folder):
            inner[:] = [name for name in inner if name != "node_modules"]
            for file in files:
                if file.endswith((".py", ".sql", ".toml")):
                    words.update(re.findall(r"\w+", Path(around, file).read_text("utf-8")))
    named = {text for text in IN_BACKTICKS if re.fullmatch(r"_?[A-Za-z]\w+", text)}
    for step in re.findall(r"```diff\n(.*?)```", PAGE, re.DOTALL):  # what they look for
        kept = [line for line in step.splitlines() if not re.match(r" *(\+|---)", line)]
        named |= set(re.findall(r"\b[A-Za-z]\w+\b", "\n".join(kept)))
    assert len(named) > 40
    assert sorted(named - words) == []


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", PAGE, re.MULTILINE))
    assert {"setup", "check", "test", "snapshots", "proof"} <= named <= targets


def test_gerbang_commands_exist() -> None:
    named = set(re.findall(r"`gerbang ([a-z]+)", PAGE))
    assert {"migrate"} <= named <= set(COMMANDS)


def test_before_a_commit_nothing_but_our_own_check_runs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    assert [hook["entry"] for hook in hooks["repos"][0]["hooks"]] == ["make check"]


#: The message of the checks for a step that is left out, by the end of its file's name.
MESSAGES_OF_CHECKS = {
    "role": {
        "vocabulary/people.py": "WORDS describes Role.CONSUL, which is no word of it",
        "enums/people.py": "WORDS does not describe Role.CONSUL: add a sentence",
        "policy.py": "the policy does not name Role.CONSUL: say what it reads and changes",
        "users.py": "no demo user has Role.CONSUL: add one",
        "realm.json": "no realm role CONSUL: add it",
        "en.toml": "no text roles.CONSUL: add what the role is called",
        "id.toml": "no text roles.CONSUL: add what the role is called",
        "measures.py": "AUDIENCES has no CONSUL, which reads figures by the policy: add it",
    },
    "dimension of the volumes": {
        "case/application.py": "Dimension.MISSION is the column mission_code, which class Applic",
        "enums/own.py": "VolumeDimension has no MISSION: nobody can group by it",
        "volumes/arguments.py": "VolumeWhere has no field mission: add the filter of",
        "volumes/rows.py": "VolumeRow has no field mission: add the group of Dimension.MISSION",
        "policy.py": "POLICY has no line for VolumeRow.mission: add it",
        "cost/bounds.py": "GROUPS has no entry for Dimension.MISSION",
        "cost/volumes.py": "FILTERS has no entry for Dimension.MISSION",
        "checks/dimensions.py": "FILTERS has no filter of the field mission, for Dimension.MISS",
    },
    "mutation": {
        "vocabulary/case.py": "WORDS describes EventKind.INTERVIEW, which is no word of it",
        "enums/case.py": "WORDS does not describe EventKind.INTERVIEW: add a sentence",
        "mutations/case_intents.py": "no intent takes Verb.INVITE: add the mutation",
        "policy.py": "the mutation inviteToInterview has no line in MUTATIONS",
        "row_security/step_needs.py": "SHOWN_BY does not say what shows that Verb.INVITE was d",
    },
}
#: What types, generated files and the database tell of it, where the trees do not.
MESSAGES_OF_BUILD = {
    "field": {
        "case/application.py": "type object 'Application' has no attribute 'withdrawn_at'",
        "schema/application.py": "the policy speaks of Application.withdrawnAt, which does not",
        "policy.py": "Application.withdrawnAt has no line in the policy",
        "case_state.py": "",
        "revisions": "the models have the column application.withdrawn_at, the database does not",
        "snapshots": "policy.md is not what the code says: run `make snapshots`.",
    },
    "noun": {
        "case/arrival.py": "No module named 'models.case.arrival'",
        "models/__init__.py": "cannot import name 'Arrival' from 'models'",
        "schema/arrival.py": "No module named 'gateway.schema.arrival'",
        "schema/application.py": "the policy speaks of Application.arrivals, which does not exist",
        "policy.py": "Application.arrivals has no line in the policy",
        "revisions": "the models have the table arrival, the database does not: run",
        "snapshots": "policy.md is not what the code says: run `make snapshots`.",
    },
    "role": {
        "revisions": "(ck_access_event_actor_role_is_known): the models allow CONSUL, the data",
        "snapshots": "policy.md is not what the code says: run `make snapshots`.",
    },
    "dimension of the volumes": {
        "volumes/grains.py": "type object 'Dimension' has no attribute 'MISSION'",
        "row_security/case_writes.py": "",
        "volumes/query.py": "",
        "revisions": "the models have the column volume_outbox.mission_code, the database does",
        "snapshots": "policy.md is not what the code says: run `make snapshots`.",
    },
    "mutation": {
        "life/steps.py": "type object 'Verb' has no attribute 'INVITE'",
        "mutations/inputs.py": "has no attribute 'InviteToInterviewInput'",
        "revisions": "(ck_application_event_kind_is_known): the models allow INTERVIEW, the data",
        "snapshots": "policy.md is not what the code says: run `make snapshots`.",
    },
}
#: Steps that only a test of one's own can miss; or the types, which are not checked on the copy.
UNTOLD = ("case_state.py", "row_security/case_writes.py", "volumes/query.py")
GENERATED = (
    "gateway/policy.md", "models/row_security.sql", "docs/life.md", "docs/documents.md",
    "gateway/schema/schema.graphql", "gateway/schema/roles",
)  # fmt: skip
VERSIONS = "models/migrations/versions"


@pytest.mark.timeout(600)  # programs of their own, one after the other
def test_the_recipes_work_together(tmp_path: Path, apart: Server) -> None:
    """All of them on one copy: the build has nothing to say, and what was added is asked for."""
    tree = copy_tree(tmp_path)
    for name in recipes.NAMES:
        for step in recipe(name):
            if step.kind == "diff":
                step.apply(tree)
    for step in recipe("dimension of the volumes"):  # its revisions are those of all
        if step.kind == "sh":
            step.apply(tree)
    assert run(tree, f"{sys.executable} -m checks") == (0, "")  # the files were made just now
    url = apart.url("test_recipes")
    code, text = run(tree, f"{sys.executable} -m tests.recipe_queries {url}")
    assert code == 0, text
    assert json.loads(text.splitlines()[-1]) == {
        "field": {
            "isSame": True,
            "agent": ["The role PARTNER_AGENT does not read Application.withdrawnAt."],
        },
        "noun": {
            "officer": [{"enteredOn": "2026-03-02", "port": "DPS"}],
            "agent": ["The role PARTNER_AGENT does not read Application.arrivals."],
        },
        "role": {"viewer": {"role": "CONSUL"}},
        "dimension": {
            "all": [["AU", "CBR"], ["NZ", None], ["SG", None], [None, None]],
            "canberra": [["AU", "CBR"]],
        },
        "mutation": {
            "status": "IN_VERIFICATION",
            "events": {
                "nodes": [
                    {"kind": kind}
                    for kind in (
                        "SUBMITTED", "AWAITING_PAYMENT", "PAID", "RECEIVED", "IN_VERIFICATION",
                        "INTERVIEW",
                    )
                ]
            },
        },
    }  # fmt: skip


@pytest.mark.parametrize("name", MESSAGES_OF_CHECKS)
def test_what_is_left_out_of_a_recipe_is_named(tmp_path: Path, name: str) -> None:
    tree = copy_tree(tmp_path)
    steps = [step for step in recipe(name) if step.kind == "diff"]
    for step in steps:
        step.apply(tree)
    for ending, message in MESSAGES_OF_CHECKS[name].items():
        [left_out] = [step for step in steps if step.file.endswith(ending)]
        left_out.apply(tree, undo=True)
        assert message in _findings_in(tree), left_out.file
        left_out.apply(tree)


@pytest.mark.parametrize("name", recipes.NAMES)
def test_the_page_says_what_the_build_says(name: str) -> None:
    """Each message of a recipe's table is one that is seen, here or in the long test."""
    seen = [*MESSAGES_OF_CHECKS.get(name, {}).values(), *MESSAGES_OF_BUILD[name].values()]
    found = [each for each in recipes.messages(name) if each not in ("by",)]
    assert len(found) > 4
    for message in found:
        is_seen = any(each and (each in message or message in each) for each in seen)
        assert is_seen or message in PAGE_ONLY, message


#: Said by tests that are there anyway, and by the types.
PAGE_ONLY = (
    "the policy lets CONSUL read VolumeRow but says neither which rows nor 'counts only'",
    'Argument missing for parameter "mission"',
    "an index that names no question: say which it serves",
)


@pytest.mark.proof
@pytest.mark.parametrize("name", recipes.NAMES)
def test_a_recipe_and_the_build_where_a_step_is_left_out(tmp_path: Path, name: str) -> None:
    """The whole build, after each recipe alone and without each of its steps."""
    tree = copy_tree(tmp_path)
    for step in recipe(name):
        step.apply(tree)
    assert run(tree, recipes.CHECK) == (0, "")
    expected = {**MESSAGES_OF_CHECKS.get(name, {}), **MESSAGES_OF_BUILD[name]}
    steps = [step for step in recipe(name) if step.kind == "diff"]
    found: dict[str, str] = {}
    for step in steps:
        ending = next(each for each in expected if step.file.endswith(each))
        step.apply(tree, undo=True)
        _, written = run(tree, "make snapshots")
        code, text = run(tree, recipes.CHECK)
        step.apply(tree)
        found[ending] = f"{written}{text}"
        assert (code == 0) == (ending in UNTOLD), found[ending]
    assert run(tree, "make snapshots") == (0, "")
    for ending, undo in _LEFT_UNDONE.items():
        if ending in expected:
            with _without(tree, undo):
                found[ending] = run(tree, recipes.CHECK)[1]
    assert {ending for ending in expected if expected[ending] not in found[ending]} == set(), found


def _revisions(tree: Path) -> list[Path]:
    """The files that a recipe has added beside the revisions that stand."""
    return [
        file for file in (tree / VERSIONS).iterdir() if not (ROOT / VERSIONS / file.name).exists()
    ]


def _generated_files(tree: Path) -> list[Path]:
    return [file for name in GENERATED for file in _files_of(tree / name)]


_LEFT_UNDONE = {"revisions": _revisions, "snapshots": _generated_files}


@contextmanager
def _without(tree: Path, left_out: Callable[[Path], list[Path]]) -> Iterator[None]:
    """The copy as it would be had somebody not made these files, or not made them anew."""
    texts = {file: file.read_bytes() for file in left_out(tree)}
    for file in texts:
        before = ROOT / file.relative_to(tree)
        if before.exists():
            file.write_bytes(before.read_bytes())
        else:
            file.unlink()
    yield
    for file, text in texts.items():
        file.write_bytes(text)


def _files_of(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.graphql"))


#: What looks at texts, links and the forms of files names no step that was left out, and takes most
#: of the time.
_OF_NO_STEP = (
    check_texts, check_error_texts, check_translations, check_links, check_lengths,
    check_small_files, check_traces,
)  # fmt: skip


def _findings_in(tree: Path) -> str:
    """What the checks say that can name a step."""
    sources, lines = Sources(tree), []
    for check in CHECKS:
        if check not in _OF_NO_STEP:
            try:
                lines += [show(finding, tree) for finding in check(sources)]
            except LookupFailedError as error:
                lines.append(str(error))
    return "\n".join(lines)

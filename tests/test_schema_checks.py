"""`make check` reads the schema: it breaks no client and no screen without saying so."""

import re
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
import strawberry

from checks.__main__ import ALL_CHECKS
from checks.finding import show
from checks.schema import check_schema
from checks.screens import check_screens
from checks.sources import Sources
from gateway.mapping.declare import column, noun
from gateway.schema_changes import (
    Refusal,
    Severity,
    as_released,
    changes_between,
    coordinate_of,
    deprecations,
    newly_deprecated,
    refusals,
    short_notices,
    without_repetition,
)
from gateway.strawberry_bridge import graphql_schema
from models import Application
from tests.recipes import GERBANG, ROOT, copy_tree, run

TODAY = date(2027, 3, 1)
UNRELEASED = "# Changes\n\n## Unreleased\n"
RELEASED = f"{UNRELEASED}\n## 1.0.0, 2026-12-31\n\n- The first.\n"


def test_nothing_is_wrong_with_our_schema_and_screens() -> None:
    sources = Sources(ROOT)
    found = [*check_schema(sources), *check_screens(sources)]
    assert [show(finding, ROOT) for finding in found] == []


# --- Screens --------------------------------------------------------------------------------------


def test_a_document_that_is_not_listed_is_named(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    file = tree / "dashboard/pages/volumes/intake.graphql"
    file.write_text("query Intake { viewer { role } }\n", encoding="utf-8")
    assert [show(finding, tree) for finding in check_screens(Sources(tree))] == [
        "dashboard/pages/volumes/intake.graphql:1: screen_documents does not list the document"
        " volumes/intake: add it to dashboard/pages/documents.py, with the roles that it is sent"
        " for"
    ]


#: A program of the copy, whose policy it imports.
SCREENS = """
from pathlib import Path
from checks.finding import show
from checks.screens import check_screens
from checks.sources import Sources

root = Path.cwd()
for finding in check_screens(Sources(root)):
    print(show(finding, root))
"""


def _with_a_changed_line(folder: Path, *, commit_before: bool = False) -> Path:
    """A copy whose policy gives a figure to fewer."""
    tree = copy_tree(folder)
    if commit_before:
        _release(tree)
        _commit(tree)
    policy = tree / "gateway/policy.py"
    text = policy.read_text(encoding="utf-8")
    line = '            "clearanceRatio": EXACT_FIGURES,\n'
    assert text.count(line) == 1
    policy.write_text(text.replace(line, '            "clearanceRatio": CASE_STAFF,\n'))
    return tree


@pytest.mark.timeout(400)  # programs of their own, one after the other
def test_a_changed_line_of_the_policy_names_screens_and_roles(tmp_path: Path) -> None:
    tree = _with_a_changed_line(tmp_path)
    assert check_screens in ALL_CHECKS
    (tree / "screens.py").write_text(SCREENS, encoding="utf-8")
    code, text = run(tree, f"{sys.executable} screens.py")
    assert code == 0, text
    for document in ("summary", "months", "places"):
        assert (
            f"the screen Volumes breaks for LEADERSHIP, which can no longer run its document"
            f" volumes/{document}: The role LEADERSHIP does not read VolumeRow.clearanceRatio."
        ) in text
    assert "breaks for PARTNER_MANAGER, which" in text
    assert "breaks for OFFICER" not in text


@pytest.mark.proof
def test_a_changed_line_of_the_policy_names_what_breaks(tmp_path: Path) -> None:
    """Once the files are made anew; and the list of changes since the commit before says the
    same."""
    tree = _with_a_changed_line(tmp_path, commit_before=True)
    run(tree, "make snapshots", must_succeed=True)
    page = (tree / "docs/documents.md").read_text(encoding="utf-8")
    assert "| Volumes: `volumes/summary` | **–** | **50** |" in page
    (finding,) = check_schema(Sources(tree))
    assert finding.sentence == (
        "Field VolumeRow.clearanceRatio was removed (for LEADERSHIP, PARTNER_AGENT,"
        " PARTNER_MANAGER): say why under Unreleased in CHANGELOG.md, with"
        " `VolumeRow.clearanceRatio`"
    )
    code, text = run(tree, f"{sys.executable} -c '{GERBANG}' schema changes --since HEAD")
    assert code == 0, text
    assert (
        "- `VolumeRow.clearanceRatio`: Field VolumeRow.clearanceRatio was removed."
        " (LEADERSHIP, PARTNER_AGENT, PARTNER_MANAGER)"
    ) in text
    assert text.endswith("1 changes, of which 1 break clients.\n")


def _release(tree: Path) -> None:
    """Make the schemas as they are those that clients rely on, before there is a release."""
    (tree / "CHANGELOG.md").write_text("# Changes\n\n## Unreleased\n", encoding="utf-8")
    released = tree / "gateway/schema/released"
    released.mkdir()
    for file in (tree / "gateway/schema/roles").iterdir():
        sdl = as_released(file.read_text(encoding="utf-8"), "")
        (released / file.name).write_text(sdl, encoding="utf-8")


def _commit(tree: Path) -> None:
    identity = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.com"]
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "As it was"]):
        subprocess.run(["git", *words], cwd=tree, check=True, capture_output=True)


# --- What breaks clients --------------------------------------------------------------------------


@pytest.mark.proof
def test_a_break_of_ours_is_refused_until_the_changelog_says_why(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    _release(tree)
    file = tree / "gateway/schema/roles/officer.graphql"
    text = file.read_text(encoding="utf-8")
    of_the_type = r"(\ntype VisaType .*?)\n  stayDays: \w+!?\n"
    gone = re.sub(of_the_type, r"\1\n", text, count=1, flags=re.DOTALL)
    assert gone != text
    file.write_text(gone, encoding="utf-8")
    (finding,) = check_schema(Sources(tree))
    assert show(finding, tree) == (
        "gateway/schema/roles/officer.graphql:1: Field VisaType.stayDays was removed (for OFFICER):"
        " say why under Unreleased in CHANGELOG.md, with `VisaType.stayDays`"
    )
    changelog = tree / "CHANGELOG.md"
    reason = "## Unreleased\n\n- `VisaType.stayDays` is gone for officers, who never used it.\n"
    changelog.write_text(changelog.read_text().replace("## Unreleased\n", reason, 1))
    assert list(check_schema(Sources(tree))) == []


BASE = """
type Query { case(id: ID!, old: String): Case  cases: [Case!]! }
type Case { id: ID!  status: Status  note: String }
enum Status { OPEN CLOSED }
"""
BREAKS = {
    "a field is gone": ("note: String", "", "Case.note"),
    "an argument is gone": (", old: String", "", "Query.case(old:)"),
    "an argument is required now": ("old: String", "old: String!", "Query.case(old:)"),
    "a further argument is required": ("old: String", "old: String, x: Int!", "Query.case(x:)"),
    "a value is gone": ("OPEN CLOSED", "OPEN", "Status.CLOSED"),
    "a field may be null now": ("id: ID!  status", "id: ID  status", "Case.id"),
}


def refusals_in(before: str, now: str, changelog: str = UNRELEASED) -> list[Refusal]:
    return list(refusals({"officer": before}, {"officer": now}, changelog, TODAY))


@pytest.mark.parametrize("name", BREAKS)
def test_breaks_are_named_by_their_coordinate(name: str) -> None:
    old, new, coordinate = BREAKS[name]
    now = BASE.replace(old, new)
    (refusal,) = refusals_in(BASE, now)
    assert refusal.change.coordinate == coordinate
    reason = f"- `{coordinate}`: nobody could use it as it was.\n"
    assert refusals_in(BASE, now, UNRELEASED + reason) == []
    assert refusals_in(BASE, now, f"{UNRELEASED}- `{coordinate}`\n") != []  # no reason
    assert (
        refusals_in(BASE, now, f"# Changes\n\n## Unreleased\n\n## 0.9\n{reason}") != []
    )  # of before


def test_what_breaks_nobody_needs_no_reason() -> None:
    now = BASE.replace("note: String", "note: String!  more: Int").replace("CLOSED", "CLOSED HELD")
    assert refusals_in(BASE, now) == []
    severities = {change.severity for change in changes_between({"a": BASE}, {"a": now})}
    assert severities == {Severity.DANGEROUS, Severity.SAFE}


def test_a_change_names_all_roles_that_have_it() -> None:
    now = BASE.replace("note: String", "")
    before = {"officer": BASE, "auditor": BASE, "consul": BASE}
    (change,) = changes_between(before, {"officer": now, "auditor": now, "new": now})
    assert change.roles == ("auditor", "officer")


def test_what_follows_from_a_type_that_has_gone_is_one_line() -> None:
    before = BASE + " type Rate { value: Int } extend type Query { one: Rate! all: [Rate!]! }"
    now = before.replace("Rate", "Ratio").replace("note: String", "")
    changes = without_repetition(changes_between({"a": before}, {"a": now}))
    breaking = [each.description for each in changes if each.severity is Severity.BREAKING]
    assert breaking == [
        "Field Case.note was removed.",
        "Rate was removed. 2 places have `Ratio!`, `[Ratio!]!` instead.",
    ]


def test_what_is_newly_deprecated_is_listed_with_its_reason() -> None:
    reason = "Use `Case.text` until 2027-06-30."
    gone = BASE.replace("note: String", f'note: String @deprecated(reason: "{reason}")')
    assert newly_deprecated({"a": BASE}, {"a": gone}) == {"Case.note": reason}
    assert newly_deprecated({"a": gone}, {"a": gone}) == {}


def test_a_column_can_be_deprecated() -> None:
    reason = "Use `decidedAt` until 2027-06-30."

    @noun(key=Application.id)
    class Case:
        """A case."""

        closed_at: datetime | None = column(Application.closed_at, "When.", deprecated=reason)

    @strawberry.type
    class Query:
        case: Case | None = None

    assert dict(deprecations(graphql_schema(strawberry.Schema(Query)))) == {"Case.closedAt": reason}


def test_coordinates_are_read_from_every_description() -> None:
    described = {
        "Directive @purpose was removed.": "@purpose",
        "A required argument @purpose(code:) was added.": "@purpose(code:)",
        "QUERY was removed from @purpose.": "@purpose",
        "Standard scalar Int was removed because it is not referenced anymore.": "Int",
        "Case changed from an Object type to an Enum type.": "Case",
        "Person was removed from union type Anybody.": "Person",
        "Case no longer implements interface Node.": "Case",
    }
    assert {text: coordinate_of(text) for text in described} == described


@pytest.mark.parametrize(
    ("until", "is_over"), [("2027-02-28", True), ("2027-03-01", False), ("2027-02-30", False)]
)
def test_after_a_release_only_what_was_announced_may_go(until: str, is_over: bool) -> None:
    announced = BASE.replace(
        "note: String", f'note: String @deprecated(reason: "Use `status` until {until}.")'
    )
    now = BASE.replace("note: String", "")
    changelog = RELEASED.replace(
        "## Unreleased\n", "## Unreleased\n\n- `Case.note` is gone, as was announced.\n"
    )
    assert len(refusals_in(BASE, now, changelog)) == 1
    assert len(refusals_in(announced, now, changelog)) == (0 if is_over else 1)
    assert len(refusals_in(announced, now, RELEASED)) == (1 if is_over else 2)  # and no reason


def test_after_a_release_a_type_goes_with_all_that_led_to_it() -> None:
    over = '@deprecated(reason: "Use `note` until 2027-01-01.")'
    before = BASE.replace("status: Status", f"status: Status {over}")
    now = BASE.replace("status: Status", "").replace("enum Status { OPEN CLOSED }", "")
    changelog = f"{UNRELEASED}- `Status` and `Case.status` are gone as announced.\n\n## 1.0.0\n"
    assert refusals_in(before, now, changelog) == []
    assert {each.change.coordinate for each in refusals_in(BASE, now, changelog)} == {
        "Status", "Case.status",
    }  # fmt: skip


def test_a_release_refuses_a_notice_that_is_too_short() -> None:
    def deprecate(until: str) -> dict[str, str]:
        reason = f'@deprecated(reason: "Use `status` until {until}.")'
        return {"officer": BASE.replace("note: String", f"note: String {reason}")}

    before = {"officer": BASE}
    assert short_notices(before, deprecate("2027-05-30"), TODAY) == []
    assert short_notices(before, deprecate("2027-05-29"), TODAY) == [
        "Case.note is deprecated until 2027-05-29, which is less than 90 days away."
    ]
    assert short_notices(deprecate("2027-05-29"), deprecate("2027-05-29"), TODAY) == []


def test_a_released_schema_tells_its_release_and_no_descriptions(tmp_path: Path) -> None:
    sdl = '"""What is asked."""\ntype Query { "Which." id: ID! @deprecated(reason: "x") }'
    assert as_released(sdl, RELEASED) == (
        '# As released: 1.0.0, 2026-12-31\n\ntype Query {\n  id: ID! @deprecated(reason: "x")\n}\n'
    )
    tree = copy_tree(tmp_path)
    folder = tree / "gateway/schema/released"
    shutil.copytree(tree / "gateway/schema/roles", folder)
    (tree / "CHANGELOG.md").write_text(RELEASED)
    found = {show(finding, tree) for finding in check_schema(Sources(tree))}
    assert (
        "gateway/schema/released/officer.graphql:1: is not the schema of the newest release in"
        " CHANGELOG.md: run `gerbang schema release` as that release was"
    ) in found


def test_before_the_first_release_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    shutil.rmtree(tree / "gateway/schema/released", ignore_errors=True)
    code, text = run(tree, f"{sys.executable} -c '{GERBANG}' schema changes")
    assert code == 1
    assert "There is no release yet: name a commit with --since." in text

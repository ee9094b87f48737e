"""GraphiQL in a real browser, with the outside world cut off: who asks, and what is followed."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from gateway.execution.document_matrix import DocumentMatrix
from gateway.wire import explorer
from models.vocabulary import Role
from tests.commands import call_command
from tests.dashboard.visiting import browser
from tests.gateway.schemas import SCHEMAS
from tests.machine import needs
from tests.running_demo import Demo

__all__ = ["browser"]

pytestmark = needs(
    "graphiql",
    is_here=explorer.is_bundled(),
    absent="no GraphiQL: `make graphiql` brings it where the npm registry is to be had",
)

WHO = "{ viewer { subject role } }"
CASES = """{ applications(first: 20, where: {stage: {eq: IN_PROCESS}}) {
    nodes { id reference isHeld } } }"""
HOLD = """mutation($input: HoldApplicationInput!) {
    holdApplication(input: $input) { errors { message } } }"""
FOLLOW = """subscription { applicationChanged { position
    ... on ApplicationChange { application { reference } } } }"""


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    """The explorer, open; whatever goes wrong in the browser fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))

    def note_errors(line: ConsoleMessage) -> None:
        # What the gateway refuses somebody is an answer, which the browser notes as well.
        if line.type == "error" and "status of 403" not in line.text:
            faults.append(line.text)

    page.on("console", note_errors)

    def note_what_is_not_ours(request: Request) -> None:
        if not request.url.startswith((demo.api_url, "data:", "blob:")):
            faults.append(f"asked {request.url}")

    page.on("request", note_what_is_not_ours)
    page.goto(f"{demo.api_url}/graphql")
    yield page
    context.close()
    assert faults == []


def _write(page: Page, document: str) -> None:
    """Put a document in place of what is written."""
    page.locator(".graphiql-query-editor .view-lines").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(document)
    page.keyboard.press("Control+Shift+End")  # the brackets that the editor has closed by itself
    page.keyboard.press("Delete")


def _run(page: Page, document: str) -> None:
    _write(page, document)
    page.locator(".graphiql-execute-button").click()


def _expect_answer(page: Page, pattern: str) -> None:
    answer = page.locator(".graphiql-response .view-lines")
    expect(answer).to_contain_text(re.compile(pattern.replace(" ", r"\s*")), timeout=20_000)


def test_the_bundle_brings_the_licences_of_what_is_in_it(demo: Demo) -> None:
    licences = httpx2.get(f"{demo.api_url}/graphql/graphiql/LICENSES.txt").raise_for_status().text
    packages = dict(re.findall(r"^(\S+) \d[\w.-]* \((.+)\)$", licences, re.MULTILINE))
    assert {"graphiql", "monaco-editor", "react", "graphql-ws"} <= packages.keys()
    assert set(packages.values()) <= {"MIT", "Apache-2.0", "BSD-2-Clause", "0BSD"}


def test_nothing_but_the_bundle_is_served_beside_it(demo: Demo) -> None:
    for name in ("package.json", "..%2Fpackage.json", "%2e%2e", "..%5cpackage.json", "none.js"):
        assert httpx2.get(f"{demo.api_url}/graphql/graphiql/{name}").status_code == 404


def test_somebody_signs_in_and_acts_in_one_role_after_the_other(page: Page) -> None:
    page.get_by_role("button", name="Sign in").click()
    both = page.locator("button[value=both]")
    expect(both).to_have_text("both Manajer mitra, Agen mitra")
    both.click()
    expect(page.get_by_label("User")).to_have_value("*")
    _run(page, WHO)
    _expect_answer(page, '"subject": "both", "role": "PARTNER_MANAGER"')
    page.get_by_label("Role").select_option("PARTNER_AGENT")
    _run(page, WHO)
    _expect_answer(page, '"subject": "both", "role": "PARTNER_AGENT"')
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.url.endswith("/graphql")


def test_a_purpose_goes_with_what_is_asked(page: Page) -> None:
    page.get_by_label("User").select_option("officer")
    page.get_by_label("Purpose").select_option("CASEWORK")
    page.get_by_label("for").fill("7K3M-9QPX-2F4D")
    with page.expect_request(lambda request: "subject" in (request.post_data or "")) as asked:
        _run(page, WHO)
    assert asked.value.headers["gerbang-purpose"] == "CASEWORK; reference=7K3M-9QPX-2F4D"
    _expect_answer(page, '"subject": "officer"')


@pytest.mark.parametrize(
    ("user", "knows"),
    [
        ("officer", 1),
        pytest.param("leadership", 0, marks=pytest.mark.proof),
    ],
)
def test_the_editor_knows_the_schema_of_the_role(page: Page, user: str, knows: int) -> None:
    page.get_by_label("User").select_option(user)
    page.get_by_label("Show Documentation Explorer").click()
    documentation = page.locator(".graphiql-doc-explorer")
    documentation.get_by_text("Query", exact=True).click()
    expect(documentation.get_by_text("viewer", exact=True)).to_have_count(1)
    expect(documentation.get_by_text("applications", exact=True)).to_have_count(knows)


def test_a_change_is_followed(page: Page, demo: Demo) -> None:
    page.get_by_label("User").select_option("supervisor")
    _run(page, FOLLOW)
    _expect_answer(page, '"position": "')
    nodes = demo.ask("supervisor", CASES)["applications"]["nodes"]
    case = next(node for node in nodes if not node["isHeld"])
    named = {"applicationId": case["id"], "idempotencyKey": str(uuid4())}
    named["reason"] = "To be looked into."
    assert demo.ask("supervisor", HOLD, input=named)["holdApplication"]["errors"] == []
    _expect_answer(page, f'"reference": "{case["reference"]}"')


NEWEST = """{ applications(first: 1, orderBy: {field: SUBMITTED_AT, direction: DESCENDING}) {
    nodes { reference } } }"""
WHO_IT_IS = """query @purpose(code: SUPERVISION, reference: "%s") {
    application(by: {reference: "%s"}) { status applicant { identity { fullName } } } }"""


def _compare(page: Page, document: str) -> dict[str, str]:
    """What each role is shown beside the others, once all have been asked."""
    _write(page, document)
    page.get_by_role("button", name="Compare roles").click()
    expect(page.locator(".role")).to_have_count(len(Role))
    expect(page.locator(".columns")).to_have_attribute("aria-busy", "false", timeout=20_000)
    return {role: page.locator(f".role[aria-label={role}]").inner_text() for role in Role}


def test_one_document_is_compared_as_every_role(page: Page, demo: Demo, tmp_path: Path) -> None:
    case = demo.ask("supervisor", NEWEST)["applications"]["nodes"][0]["reference"]
    document = WHO_IT_IS % (case, case)
    page.get_by_label("Show Side by side").click()
    shown = _compare(page, document)

    # It judges as `gerbang documents matrix` does, and names what is refused to whom.
    (tmp_path / "case.graphql").write_text(document)
    printed = call_command(["documents", "matrix", tmp_path / "case.graphql"], {}).stdout
    head, _, line = (row.split(" | ") for row in printed.strip().splitlines())
    cells = dict(zip(head[1:], line[1:], strict=True))
    verdicts = DocumentMatrix(SCHEMAS).examine(document).verdicts
    for role, text in shown.items():
        assert cells[role] in text.replace("at most ", ""), (role, text)
        assert set(verdicts[role].refused) == set(re.findall(r"^\w+\.\w+$", text, re.MULTILINE))
    assert verdicts[Role.AUDITOR].refused == ("Applicant.identity",)

    # Who runs it is answered within the own rows; and a line of the log is counted where it is due.
    logged = {role: int(text.split(" in the log")[0].split()[-1]) for role, text in shown.items()
              if " in the log" in text}  # fmt: skip
    assert logged == {role: int(role == Role.SUPERVISOR) for role in logged}
    assert logged.keys() == {role for role, verdict in verdicts.items() if verdict.can_run}
    assert '"fullName": "' in shown[Role.SUPERVISOR]
    page.get_by_role("button", name="Ask as supervisor", exact=True).click()
    expect(page.get_by_label("User")).to_have_value("supervisor")


def test_a_change_is_judged_and_not_made(page: Page, demo: Demo) -> None:
    page.get_by_label("Show Side by side").click()
    shown = _compare(page, HOLD)
    assert "at most" in shown[Role.SUPERVISOR]
    assert "Mutation.holdApplication" in shown[Role.OFFICER]
    assert not any("in the log" in text for text in shown.values())

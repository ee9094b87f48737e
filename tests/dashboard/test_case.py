"""The page of a case: what each role finds there, and what a supervisor does with it."""

import pytest
from playwright.sync_api import Page

from dashboard.components.case_link import named_case
from dashboard.components.html_part import html_of
from dashboard.pages.case.documents import show_documents
from dashboard.pages.case.forms import show_answers
from dashboard.pages.case.page import is_on_the_own_desk, mutation_of
from dashboard.pages.case.parts import show_links
from dashboard.texts import texts
from tests.dashboard.filling_in import fill, send
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.handing_in import hand_in, handed_over
from tests.running_demo import Demo
from tests.scans import png

#: One that is with an officer: not held, and nothing of it is decided.
ON_A_DESK = """
    { applications(first: 1, where: {
        status: { eq: IN_VERIFICATION }, country: { eq: "AU" }
    }) { nodes { reference } } }
"""
#: A case of the own: another one may be of another partner, or on another officer's desk.
OWN = {
    "manager-au": "{ own: applications(first: 1) { nodes { reference } } }",
    "officer": "{ own: workList(queue: MINE, first: 1) { nodes { reference } } }",
}
ELSEWHERE = """
    { applications(first: 1, where: { country: { eq: "SG" } }) { nodes { reference } } }
"""
STANDS, OUTCOME = "#case-stands dl", "case-outcome"


@pytest.fixture
def reference(demo: Demo) -> str:
    [case] = demo.ask("supervisor", ON_A_DESK)["applications"]["nodes"]
    return case["reference"]


def opens(visitor: Visitor, user: str, reference: str) -> Page:
    page = visitor.opens(user, path="/case")
    page.fill("#case-of", reference.lower())
    page.get_by_role("button", name="Open").click()
    page.wait_for_selector(f"h2 >> text={reference}")
    return page


def test_a_supervisor_follows_a_reference_and_sees_why_a_case_waits(newcomer: Visitor) -> None:
    asked: list[str] = []
    page = newcomer.opens("supervisor", path="/supervision")
    page.on("request", lambda request: asked.append(request.url))
    link = page.locator("#supervision-hits article a").first
    reference = link.inner_text()
    link.click()
    page.wait_for_selector(f"h2 >> text={reference}")
    assert page.url.endswith(f"#of={reference}")
    assert "Open hit" in page.inner_text("#case-stands")
    assert "Resolve the hit" in page.inner_text("#case-acts")
    assert "hit" in page.inner_text("#case-screenings td.bad")
    assert page.locator("#case-life li").count() > 3
    assert reference not in page.title()
    assert asked, "the case was asked for"
    assert not [each for each in asked if reference in each]
    assert_accessible(page, widths=(390, 1440))

    page.keyboard.press("Home")
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.url.endswith(f"#of={reference}")
    page.go_back()
    page.wait_for_selector("#supervision-hits article")


def test_what_can_be_done_is_done_from_the_page(visitor: Visitor, reference: str) -> None:
    page = opens(visitor, "supervisor", reference)
    page.locator("summary", has_text="Hold the application").click()
    hold = page.locator("form[data-change=holdApplication]")
    form = hold.get_attribute("id") or ""
    assert "Held" not in page.inner_text("#case-stands")
    fill(page, form, reason=" ")
    assert "Nothing was changed." in send(page, form, OUTCOME)
    assert page.locator(f"#{form} [aria-invalid]").get_attribute("name") == "reason"
    fill(page, form, reason="A pattern of one officer.")
    assert "The application is held." in send(page, form, OUTCOME)
    page.wait_for_selector("#case-stands .marks >> text=Held")
    assert "A pattern of one officer." in page.inner_text("#case-life li:last-child")
    refused = page.locator("#case-acts li", has_text="Hold the application")
    page.locator("summary", has_text="What cannot be done now").click()
    assert refused.inner_text() != "Hold the application"

    form = page.locator("form[data-change=releaseApplication]").get_attribute("id") or ""
    fill(page, form, reason="It was nothing.")
    assert "The application is released." in send(page, form, OUTCOME)
    page.wait_for_selector("#case-stands .marks >> text=Held", state="detached")


@pytest.mark.parametrize(
    ("user", "parts"),
    [
        pytest.param("auditor", {"stands", "life", "desk"}, marks=pytest.mark.proof),
        ("officer", {"stands", "life", "desk"}),
        pytest.param("manager-au", {"stands", "documents"}, marks=pytest.mark.proof),
    ],
)
def test_a_role_sees_of_a_case_what_it_reads(
    visitor: Visitor, demo: Demo, reference: str, user: str, parts: set[str]
) -> None:
    if user in OWN:
        [own] = demo.ask(user, OWN[user])["own"]["nodes"]
        reference = own["reference"]
    page = opens(visitor, user, reference)
    shown = {
        (each.get_attribute("id") or "").removeprefix("case-")
        for each in page.locator("#case-shown > section").all()
    }
    assert parts <= shown
    # An officer reads notes, and answers where something was answered.
    if user == "officer":
        page.locator("form[data-change=readNotes]").wait_for(state="attached")
    forms = [one.get_attribute("data-change") for one in page.locator("form[data-change]").all()]
    reads = [["readNotes"], ["readAnswers", "readNotes"]] if user == "officer" else [[]]
    assert forms in reads
    if user == "manager-au":
        assert shown - {"requested"} == parts  # something may be missing of it
        assert "officer" not in page.inner_text("#case-shown")
    assert_accessible(page, widths=(390, 1440))


def test_a_document_is_seen_by_whoever_reads_the_case_and_opened_by_its_supervisor(
    newcomer: Visitor, colleague: Visitor, demo: Demo
) -> None:
    case, scan = handed_over(demo), png()
    hand_in(demo, "agent-au", case["id"], scan)
    row = "#case-documents tr:has-text('Photograph')"
    page = opens(colleague, "manager-au", case["reference"])
    assert "there: PNG, 3 kB" in page.inner_text(row)
    assert "recorded by whoever" in page.inner_text("#case-documents tr:has-text('ticket')")
    assert not page.locator("#case-documents form").count()
    assert_accessible(page, widths=(390, 1440))

    page = opens(newcomer, "supervisor", case["reference"])
    form = page.locator(f"{row} form").get_attribute("id") or ""
    assert "Photograph: open it in a window of its own" in send(page, form, "case-answer")
    link = page.locator("#case-answer a")
    assert_accessible(page, widths=(390, 1440))
    picture = page.locator("#case-answer img")
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 8
    none = page.request.get(f"{demo.dashboard_url}{picture.get_attribute('src')}0")
    assert (none.status, b"cannot be shown small" in none.body()) == (400, True)
    with page.expect_popup() as opened:
        link.click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("document.contentType") == "image/png"
    href = f"{demo.dashboard_url}{link.get_attribute('href')}"
    whole = page.request.get(href)
    assert (whole.status, whole.body()) == (200, scan)
    assert whole.headers["cache-control"] == "no-store"
    assert "content-encoding" not in whole.headers
    part = page.request.get(href, headers={"Range": "bytes=4-9"})
    assert (part.status, part.body()) == (206, scan[4:10])
    # The read is in the log, once; the link is nobody else's.
    page.reload()
    page.wait_for_selector("#case-own_reads tbody tr")
    assert page.locator("#case-own_reads tbody tr").count() == 1
    stolen = colleague.page.request.get(href)
    assert (stolen.status, b"could not be opened" in stolen.body()) == (404, True)
    assert page.request.post(href).status in (403, 405)
    opened.value.close()


def test_a_case_out_of_reach_looks_like_one_that_does_not_exist(
    visitor: Visitor, demo: Demo
) -> None:
    [case] = demo.ask("supervisor", ELSEWHERE)["applications"]["nodes"]
    shown = []
    for reference in (case["reference"], "0000-0000-0000", "nonsense"):
        page = visitor.opens("manager-au", path="/case")
        page.fill("#case-of", reference)
        page.get_by_role("button", name="Open").click()
        page.wait_for_selector("#case-shown >> text=There is no case")
        shown.append(page.inner_text("#case-shown"))
    assert len(set(shown)) == 1


def test_only_the_reference_of_a_case_names_one() -> None:
    assert named_case(" 7k3m-9qpx-2f4d ") == "7K3M-9QPX-2F4D"
    for other in ("INQ-7K3M-9QPX-2F4D", "G-7K3M-9QPX-2F4D", "7K3M9QPX2F4D", "", "main"):
        assert named_case(other) is None


def test_a_document_that_is_there_is_shown_and_opened_while_another_waits() -> None:
    def upload(id_: str, kind: str, state: str, **more: str | None) -> dict[str, object]:
        return {
            "id": id_, "kind": kind, "state": state, "format": "PDF", "size": 1_001,
            "completedAt": "2026-03-01T00:00:00Z", "locator": None, "sha256": "now", **more,
        }  # fmt: skip

    uploads = [
        upload("scan", "PASSPORT_SCAN", "THERE"), upload("newer", "PASSPORT_SCAN", "PENDING"),
        upload("photo", "PHOTOGRAPH", "REGISTERED", locator="theirs", registeredSha256="now"),
        upload("ticket", "RETURN_TICKET", "CHANGED", registeredSha256="before"),
    ]  # fmt: skip
    case = {"documents": [{"kind": "BANK_STATEMENT", "recordedAt": None}], "uploads": uploads}
    opened: list[str] = []
    shown = html_of(show_documents(case, texts("en"), lambda id_: opened.append(id_) or id_))
    assert opened == ["scan", "ticket"]  # not what lies in the partner's own store
    assert "there: PDF, 2 kB" in shown
    assert "being_scanned" not in shown
    assert shown.count("Registered as:") == 1
    assert "<code>before</code>" in shown


@pytest.mark.parametrize(
    ("desks", "is_own"),
    [
        ([("me", None)], True),
        ([("me", "2026-03-01T00:00:00Z"), ("another", None)], False),  # who gave it back
        ([("me", "2026-03-01T00:00:00Z"), ("me", None)], True),
        ([], False),
    ],
)
def test_contents_are_opened_on_the_desk_where_a_case_is_now(
    desks: list[tuple[str, str | None]], is_own: bool
) -> None:
    nodes = [{"officer": officer, "endedAt": ended} for officer, ended in desks]
    case = {"assignments": {"nodes": nodes}}
    assert is_on_the_own_desk({"viewer": {"subject": "me"}, "application": case}) is is_own
    assert not is_on_the_own_desk({"application": case})  # of a role that has no desk


def test_what_was_not_answered_is_named_as_missing() -> None:
    day = {"day": "2026-03-02", **dict.fromkeys(("country", "street", "city", "province"))}
    answer = {**day, "text": "By train.", "postalCode": None}
    items = [
        {"kind": "PASSPORT_SCAN", "answeredAt": None, "answer": None},
        {"kind": "RETURN_TICKET", "answeredAt": "2026-03-01T00:00:00Z", "answer": answer},
    ]
    case = {"requestedItems": {"nodes": items}, "refusalIntention": None}
    say = texts("en")
    shown = html_of(show_answers({"application": case}, {}, say))
    still = say("case.missing_still", what=say("changes.value.PASSPORT_SCAN"))
    assert still in shown
    assert "2 Mar 2026, By train." in shown


def test_a_step_is_offered_by_the_mutation_of_its_name() -> None:
    assert mutation_of("SET_ASIDE_REVOCATION") == "setAsideRevocation"


def test_files_of_the_same_person_lead_to_their_cases() -> None:
    file = {
        "reference": "7K3M-9QPX-2F4D", "status": "GRANTED", "visaType": {"code": "C1"},
        "submittedAt": "2026-03-01T00:00:00+00:00",
    }  # fmt: skip
    link = {
        "reason": "PASSPORT", "state": None, "foundAt": "2026-03-01T00:00:00+00:00",
        "resolvedBy": None, "resolution": None, "applicant": {"applications": {"nodes": [file]}},
    }  # fmt: skip
    own = {"reference": "0000-0000-0001", "applicant": {
        "applications": {"nodes": [file | {"reference": "0000-0000-0001"}]},
        "linked": {"nodes": [link]},
    }}  # fmt: skip
    shown = html_of(show_links(own, texts("en")))
    assert 'href="/case?language=en#of=7K3M-9QPX-2F4D"' in shown
    assert "0000-0000-0001" not in shown
    assert "Not settled" in shown

"""The example portal, in a browser, on another origin, against a demo whose users act."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import pypdf
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.clusters import data_folder
from tests.dashboard.visiting import assert_accessible
from tests.examples import portal as example
from tests.free_ports import free_port
from tests.machine import needs
from tests.running_demo import running_demo
from tests.scans import PDF, png
from tests.world import today

pytestmark = [
    needs(
        "portal",
        is_here=example.is_installed(),
        absent="no packages of the portal: `make portal` brings them where npm reaches a registry",
    ),
    pytest.mark.timeout(500),  # programs of their own, one after the other
]
TOKEN_SECONDS = 12
SOON = 90_000  # how long the users of the demo may take to do something
ANNA = {
    "Full name": "Anna Sommer",
    "Date of birth": "1991-04-05",
    "Passport number": "C01X7T2K9",
    "Passport expires": "2041-06-01",
    "E-mail": "anna@example.org",
    "Telephone": "+49 30 1234567",
}
BERND = {**ANNA, "Full name": "Bernd Sommer", "Passport number": "C01X7T2L1"}
ENTRY_ON = str(today() + timedelta(days=40))


@dataclass
class Portal:
    """Where it is served, the line between its pages and the gateway, and what went wrong."""

    url: str
    cable: example.Cable
    #: Where the demo's mail lies.
    mail: Path
    browser: Browser
    faults: list[str] = field(default_factory=list)

    def opens(self, user: str = "", locale: str = "en-GB") -> Page:
        """The portal in a window of its own, where a demo user has signed in."""
        page = self.browser.new_context(locale=locale, reduced_motion="reduce").new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.set_default_timeout(SOON)
        page.goto(self.url)
        if user:
            page.get_by_role("button", name=re.compile("Sign in|Masuk")).click()
            page.wait_for_url("**/development/authorize**")
            if (button := page.locator(f"button[value='{user}']")).count():
                button.click()
            else:
                page.locator("#user").fill(user)
                page.locator("#user").press("Enter")
            page.get_by_text(f"{user},").wait_for()
        return page


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, example.Cable, Path]]:
    folder: Path = tmp_path_factory.mktemp("portal")
    port, line = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    environ = {
        "GERBANG_DOCUMENTS": "require",
        "GERBANG_TOKEN_SECONDS": str(TOKEN_SECONDS),
        "GERBANG_PORTAL_URL": url,
    }
    options = ("--origin", url, "--lively=0.25")
    with data_folder() as data, running_demo(data, 300, *options, **environ) as demo:
        cable = example.Cable(line, to=urlsplit(demo.api_url).port or 0)
        built = example.build(folder, f"http://127.0.0.1:{line}", f"{demo.api_url}/development")
        example.register(built, demo)
        with example.served(built / "dist", port):
            yield url, cable, data.with_name(f"{data.name}.mail")
        cable.end()


@pytest.fixture
def portal(running: tuple[str, example.Cable, Path], browser: Browser) -> Iterator[Portal]:
    here = Portal(*running, browser)
    yield here
    for context in browser.contexts:
        context.close()
    assert here.faults == []


def fill(page: Page, person: dict[str, str]) -> None:
    for label, value in person.items():
        page.get_by_label(label, exact=True).fill(value)


def mistakes(page: Page) -> set[str]:
    """The fields that say what is wrong with them."""
    return set(page.locator(".field:has(.mistake) label").all_inner_texts())


def hand_in_through_a_cut(page: Page) -> None:
    """A document goes up in pieces, the second of which is cut once. What is none is refused."""
    cuts: list[str] = []

    def cut_once(route: Route) -> None:
        sent = route.request.headers.get("content-range", "")
        if sent.startswith("bytes 4194304-") and not cuts:
            cuts.append(sent)
            route.abort()
        else:
            route.continue_()

    page.route("**/documents/*", cut_once)
    listed = page.locator(".checklist li", has=page.get_by_label("Photograph"))
    expect(listed).to_contain_text("Missing")
    example.choose(page, "me.txt", "text/plain", b"This is me.")
    expect(listed.locator(".mistake")).to_contain_text("not the document that was announced")
    assert_accessible(page, (390, 1440))
    scan = png(filling=5_000_000)
    example.choose(page, "me.png", "image/png", scan)
    expect(listed).to_contain_text("There since", timeout=SOON)
    assert cuts == [f"bytes 4194304-{len(scan) - 1}/{len(scan)}"]
    example.show_states(page, listed)


def track(page: Page, reference: str, passport: str) -> Locator:
    """What is told of a file, whoever asks for it by keyboard."""
    page.get_by_label("Nomor referensi").fill(reference)
    page.get_by_label("Nomor paspor").fill(passport)
    with page.expect_response("**/graphql"):
        page.keyboard.press("Enter")
    return page.locator("main [role=status]")


def track_until_it_is_too_often(page: Page, reference: str) -> None:
    """Somebody without an account has five tries for a file. Nothing that they enter is kept."""
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    page.get_by_role("link", name="Cek status permohonan").press("Enter")
    page.get_by_role("button", name="Cek status").press("Enter")
    expect(page.locator(".field:has(.mistake)")).to_have_count(4)
    page.get_by_label("Negara penerbit paspor").select_option("DE")
    page.get_by_label("Tanggal lahir").fill(ANNA["Date of birth"])
    told = track(page, reference, ANNA["Passport number"])
    expect(told).to_have_text(re.compile("Tahap *Selesai.*Hasilnya disampaikan"))
    assert_accessible(page, (390,))
    page.route("**/graphql", example.in_process, times=1)
    told = track(page, reference, ANNA["Passport number"])
    expect(told).to_have_text(re.compile("Diproses *Perkiraan selesai *10 Des 2026$"))
    for _ in range(2):
        told = track(page, reference, BERND["Passport number"])
        expect(told).to_contain_text("Mohon periksa setiap isian.")
    told = track(page, reference, ANNA["Passport number"])
    expect(told).to_have_text(re.compile(r"coba lagi dalam \d\d menit\.$"))
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])")
    where = " ".join([kept, *asked])
    for entered in (reference, ANNA["Passport number"], ANNA["Date of birth"]):
        assert entered not in where


def test_an_applicant_comes_from_eligibility_to_a_decision(portal: Portal) -> None:
    page = portal.opens()
    page.get_by_label("Nationality").select_option("DE")
    page.get_by_label("Purpose").select_option("TOURISM")
    expect(page.locator(".card", has_text="Visa on arrival")).to_contain_text("IDR 500,000")
    assert_accessible(page, (390, 1440))

    page = portal.opens("applicant-3")
    page.get_by_role("link", name="Apply").click()
    page.get_by_label("Nationality").select_option("DE")
    page.get_by_role("button", name="Hand in").click()
    page.locator(".mistake").first.wait_for()
    assert mistakes(page) == {"Visa", "Day of entry", *ANNA}
    page.get_by_label("Visa").select_option("B1")
    page.get_by_label("Day of entry").fill("2020-01-01")
    fill(page, {**ANNA, "E-mail": "anna", "Date of birth": "2090-01-01"})
    page.locator("form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator(".field:has(.mistake)")).to_have_count(3)
    assert mistakes(page) == {"Day of entry", "E-mail", "Date of birth"}
    assert_accessible(page, (390, 1440))

    page.get_by_label("Day of entry").fill(ENTRY_ON)
    fill(page, ANNA)
    page.get_by_role("button", name="Hand in").click()
    # The bill, unless it is paid by the time that it could be shown.
    page.get_by_text(re.compile("Billing code|Paid")).first.wait_for()

    # The line is cut. What happens meanwhile is there by itself, the token's end notwithstanding.
    assert portal.cable.cut()
    began = monotonic()
    page.get_by_text("You are asked for:").wait_for()
    expect(page.locator(".history")).to_contain_text("Paid")
    page.wait_for_timeout(max(0, TOKEN_SECONDS + 2 - (monotonic() - began)) * 1_000)
    assert_accessible(page, (390, 1440))
    hand_in_through_a_cut(page)
    page.get_by_label("Street and number").fill("Jalan Kenanga 17")
    page.get_by_label("City or regency").fill("Denpasar")
    page.get_by_label("Postal code").fill("8036")
    page.get_by_role("button", name="Hand in the answers").click()
    expect(page.locator(".field:has(.mistake) label")).to_have_text("Postal code")
    page.get_by_label("Postal code").fill("80361")
    page.get_by_role("button", name="Hand in the answers").click()
    page.get_by_role("button", name="Show what I answered").click()
    expect(page.locator("dl.answers")).to_contain_text("Jalan Kenanga 17, Denpasar, 80361")
    expect(page.locator(".stage.CLOSED")).to_have_text(re.compile("Granted|Refused"), timeout=SOON)
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.locator(".history")).to_contain_text("Kelengkapan diminta")
    reference = page.locator(".reference").first.inner_text()
    somebody = portal.opens(locale="id-ID")
    told = example.open_by_mail(somebody, portal.mail, reference, ANNA["Passport number"], SOON)
    expect(told).to_have_text(re.compile("Dikabulkan|Disetujui|Ditolak"))
    assert_accessible(somebody, (390,))
    track_until_it_is_too_often(somebody, reference)


def test_a_lapsed_code_offers_another_one(portal: Portal) -> None:
    page = portal.opens("applicant")
    expect(page.locator(".card", has_text="Granted")).not_to_contain_text("billing code")
    page.route("**/graphql", example.lapsed)
    page.reload()
    billed = page.locator(".card", has_text="The billing code has lapsed.").first
    assert_accessible(page, (390, 1440))
    billed.get_by_role("button", name="Get a new billing code").click()
    expect(billed.get_by_role("status")).to_contain_text("The bill can no longer be paid")
    page.unroute_all(behavior="ignoreErrors")


def test_an_applicant_complains(portal: Portal) -> None:
    page = portal.opens("applicant")
    page.get_by_role("link", name="Complaints").click()
    page.get_by_role("button", name="Complain").click()
    expect(page.locator(".field:has(.mistake) label")).to_have_text("What you complain of")
    about = page.get_by_label("About")
    about.select_option(reference := about.locator("option").last.inner_text())
    page.get_by_label("What you complain of").fill("I was asked for money at the counter.")
    page.get_by_role("button", name="Complain").click()
    lodged = page.locator("li.card", has_text=reference)
    expect(lodged).to_contain_text("I was asked for money at the counter.")
    expect(lodged).to_contain_text("Waits for an answer")
    assert_accessible(page, (390, 1440))


def test_a_partners_system_fetches_a_visa_once(portal: Portal) -> None:
    page = portal.opens("service")
    begun = monotonic()
    while not page.locator(".card", has_text="ID").count():  # the demo's people decide meanwhile
        assert monotonic() - begun < SOON / 1_000
        page.wait_for_timeout(1_000)
        page.reload()
        page.locator(".card").first.wait_for()
    decided = page.locator(".card", has_text="Granted").first
    number = decided.locator(".code").inner_text()
    fetch = decided.get_by_role("button", name="Fetch the visa (PDF)")
    with page.expect_download(timeout=SOON) as download:
        while not decided.get_by_text("already").count() and not download.is_done():
            fetch.click()  # its proof may be still to come
            page.wait_for_timeout(1_000)
    assert number in pypdf.PdfReader(download.value.path()).pages[0].extract_text()
    page.reload()
    page.locator(".card", has_text=number).get_by_role("button").click()
    expect(page.locator(".card", has_text=number).get_by_role("status")).to_be_visible()
    assert_accessible(page, (390, 1440))


def test_a_holder_saves_the_visa(portal: Portal) -> None:
    page = portal.opens("applicant")
    saved = page.locator(".card", has_text="Granted")
    number = saved.locator(".code", has_text="ID").inner_text()
    with page.expect_download(timeout=SOON) as download:
        saved.get_by_role("button", name="Save the visa (PDF)").click()
    assert download.value.suggested_filename == f"{number}.pdf"
    text = pypdf.PdfReader(download.value.path()).pages[0].extract_text()
    assert number in text
    assert_accessible(page, (390, 1440))


def test_an_agent_hands_in_a_group_or_nobody_of_it(portal: Portal) -> None:
    page = portal.opens("agent-au")
    page.get_by_label("Nationality").select_option("DE")
    page.get_by_label("Visa").select_option("B1")
    page.get_by_label("Day of entry").fill(ENTRY_ON)
    for number, person in enumerate((ANNA, {**BERND, "Passport expires": "2020-01-01"})):
        for label, value in person.items():
            page.locator("fieldset").nth(number).get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Hand in", exact=True).click()
    second = page.locator("fieldset").nth(1)
    expect(second.locator(".field:has(.mistake) label")).to_have_text("Passport expires")
    expect(page.locator(".mistake")).to_have_count(1)
    assert_accessible(page, (390, 1440))
    second.get_by_label("Passport expires").fill("2041-06-01")
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_text("Handed in:")).to_contain_text(
        re.compile(r"(\w{4}-\w{4}-\w{4}, )\w{4}-\w{4}-\w{4}")
    )
    expect(page.get_by_text("for all of the group together")).to_contain_text("1,000,000")
    reference = page.get_by_text("Handed in:").inner_text().split(", ")[-1]
    page.get_by_role("link", name="Applications").click()
    page.get_by_role("button", name=reference).click()
    page.get_by_label("Return ticket").set_input_files(
        {"name": "ticket.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    listed = page.locator(".checklist li", has=page.get_by_label("Return ticket"))
    expect(listed).to_contain_text("There since")
    assert_accessible(page, (390, 1440))
    example.claim_by_mail(portal.opens("applicant-2"), portal.mail, reference, BERND, SOON)


def test_an_officer_takes_a_case_reads_its_person_and_acts(portal: Portal) -> None:
    page = portal.opens("officer")
    page.get_by_text(re.compile(r"\d waiting to be taken")).wait_for()
    before = page.locator(".item").count()
    while page.locator(".item").count() <= before:  # the demo's people hand in meanwhile
        page.get_by_role("button", name="Take the next case").click()
        page.wait_for_timeout(500)
    case = page.locator("article")
    case.get_by_role("button", name="Read who applies").click()
    expect(case.locator("dl").first).to_contain_text("Passport number")
    case.locator("summary", has_text="Grounds of a refusal").click()
    case.get_by_label("Insufficient means").check()
    case.get_by_label("False statement").check()  # the main one stays first
    expect(case.locator("summary").last).to_contain_text("Insufficient means; False statement")
    assert_accessible(page, (390, 1440))
    case.get_by_role("button", name="Refer to screening").click()
    expect(case.locator(".history")).to_contain_text("Referred to screening")
    expect(case.get_by_role("button", name="Ask for")).to_be_disabled()


def test_a_manager_reads_a_list_by_its_facets(portal: Portal) -> None:
    page = portal.opens("manager-au", locale="id-ID")
    closed = page.get_by_role("button", name=re.compile(r"Selesai \d+"))
    number = int(re.sub(r"\D", "", closed.inner_text()))
    closed.click()
    expect(page.locator("tbody .stage").first).to_have_text("Selesai")
    assert page.locator("tbody tr").count() == min(number, 15)
    assert set(page.locator("tbody .stage").all_inner_texts()) == {"Selesai"}
    assert_accessible(page, (390, 1440))

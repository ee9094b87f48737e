"""Every page, as each role that may open it finds it: at any width, by day and by night, in both
languages, without a mouse, and on paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page as Tab

from dashboard.components.page import Page
from dashboard.pages.registry import PAGES
from models.vocabulary import Role
from tests.dashboard.test_keyboard import from_the_top
from tests.dashboard.test_print import PAPER
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

pytestmark = pytest.mark.browser

WIDTHS = (390, 768, 1024, 1440, 2560)
#: Who signs in at the dashboard in each role.
USERS = {
    Role.LEADERSHIP: "leadership",
    Role.OFFICER: "officer",
    Role.SUPERVISOR: "supervisor",
    Role.AUDITOR: "auditor",
    Role.SCREENING: "screening",
    Role.TREASURY: "treasury",
    Role.ADMINISTRATOR: "administrator",
    Role.APPLICANT: "applicant",
    Role.PARTNER_MANAGER: "manager-au",
    Role.PARTNER_AGENT: "agent-au",
    Role.PARTNER_SERVICE: "service",
}
#: What an address says of a page that is about something.
ABOUT = {"place": "&country=AU", "subscriptions": "&country=AU"}
CASES = '{ applications(first: 1, where: {country: {eq: "AU"}}) { nodes { reference } } }'
#: Nothing is waited for any more, and pictures are drawn.
STILL = """() => {
  const waits = "#page .skeleton, [data-dash-is-loading=true], [data-again]";
  const empty = [...document.querySelectorAll("#page .dash-graph")].some(
    (graph) => graph.checkVisibility() && !graph.querySelector(".main-svg"));
  return document.querySelector("#page h1") && !empty
    && ![...document.querySelectorAll(waits)].some((each) => each.checkVisibility());
}"""
#: A number for each control that is shown, in the order of the page. Of radios that belong together
#: the key Tab reaches one; a picture of Plotly is skipped, since a table says the same.
NUMBER_CONTROLS = """() => {
  const all = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const seen = new Set();
  const shown = [...document.querySelectorAll(all)].filter((each) => {
    if (each.disabled || each.tabIndex < 0 || each.type === "hidden") return false;
    if (!each.checkVisibility({ visibilityProperty: true })) return false;
    if (each.type !== "radio") return true;
    const isFirst = !seen.has(each.name);
    return seen.add(each.name) && isFirst;
  });
  shown.forEach((each, n) => (each.dataset.number = n));
  return shown.map((each) => each.outerHTML.slice(0, 120));
}"""
#: Of panels that lie one over the other, what they say.
OVER_EACH_OTHER = """() => {
  const panels = [...document.querySelectorAll(".panel, .card, .strip li, .outcome")];
  const boxes = panels.filter((each) => each.checkVisibility())
    .map((each) => [each, each.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], n) => boxes.slice(n + 1)
    .filter(([other, b]) => !one.contains(other) && !other.contains(one)
      && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
    .map(([other]) => [one, other].map((each) => each.innerText.slice(0, 40))));
}"""
FOCUSED = """() => {
  const each = document.activeElement;
  const one = each.type === "radio"
    ? document.querySelector(`[type=radio][name="${each.name}"][data-number]`) : each;
  return Number(one?.dataset.number ?? -1);
}"""


def sights() -> Iterator[tuple[Page, str]]:
    """Every page with a user of every role that may open it."""
    for page in PAGES:
        for role, user in USERS.items():
            if page.roles is None or role in page.roles:
                yield page, user


SIGHTS = list(sights())
NAMES = [f"{page.name}-{user}" for page, user in SIGHTS]


def named_case(demo: Demo, user: str) -> str:
    """A case that somebody reads."""
    [case] = demo.ask(user, CASES)["applications"]["nodes"]
    return case["reference"]


def opens(visitor: Visitor, demo: Demo, page: Page, user: str, language: str) -> Tab:
    """The page with all that it shows, forms that are folded away included."""
    about = ABOUT.get(page.name, "")
    if page.name == "case":
        about = f"#of={named_case(demo, user)}"
    tab = visitor.opens(user, f"language={language}{about}", page.path)
    return is_still(tab)


def is_still(tab: Tab) -> Tab:
    tab.wait_for_function(STILL, timeout=60_000)
    tab.evaluate("document.querySelectorAll('#page details').forEach((one) => (one.open = true))")
    return tab


def assert_usable(tab: Tab, widths: tuple[int, ...]) -> None:
    for width in widths:
        assert_accessible(tab, (width,))
        assert (width, tab.evaluate(OVER_EACH_OTHER)) == (width, [])
    tab.set_viewport_size({"width": 1440, "height": 900})
    from_the_top(tab)
    controls = tab.evaluate(NUMBER_CONTROLS)
    reached = [-1]
    for _ in range(6 * len(controls)):  # a day has a stop for each of its parts
        tab.keyboard.press("Tab")
        focused = tab.evaluate(FOCUSED)
        if focused in reached[:-1]:
            break
        reached += [focused] if focused != reached[-1] else []
    reached = reached[1:]
    assert [controls[each] for each in range(len(controls)) if each not in reached] == []
    assert reached == sorted(reached), [controls[each] for each in reached]


def assert_printable(tab: Tab) -> None:
    tab.set_viewport_size({"width": PAPER, "height": 1_000})
    tab.wait_for_timeout(300)
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print", color_scheme="dark")
    pressed = tab.locator("form :is(button, input, select, textarea), #navigation a, .skip")
    assert not [each.evaluate("e => e.outerHTML") for each in pressed.all() if each.is_visible()]
    assert tab.evaluate("document.documentElement.scrollWidth") <= PAPER


@pytest.mark.parametrize("name", ["access-auditor", "place-leadership"])
def test_the_pages_with_the_most_links_and_panels_serve_theirs(
    visitor: Visitor, demo: Demo, name: str
) -> None:
    assert_usable(opens(visitor, demo, *SIGHTS[NAMES.index(name)], "id"), (1024, 1440))


@pytest.mark.proof
@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(("page", "user"), SIGHTS, ids=NAMES)
def test_a_page_serves_whoever_may_open_it(
    visitor: Visitor, demo: Demo, page: Page, user: str, language: str
) -> None:
    tab = opens(visitor, demo, page, user, language)
    assert_usable(tab, WIDTHS)
    assert_printable(tab)

"""The page Volumes in a real browser: what is drawn and said is what the gateway answers."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dashboard.model.page_state import DEFAULT_PERIOD, PERIODS
from dashboard.model.period import month_start, today
from tests.dashboard.visiting import SLOW, Visitor, assert_accessible, number
from tests.running_demo import Demo

pytestmark = pytest.mark.browser
proof = pytest.mark.proof

BY_GROUP = """
query ByGroup($from: Date!, $to: Date!, $by: [VolumeDimension!]!, $where: VolumeWhere) {
  volumes(from: $from, to: $to, groupBy: $by, where: $where) {
    rows {
      country { code }
      partner { code }
      period { startsOn }
      intake { value }
      refusalRate { value denominator }
    }
  }
}
"""
SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""
#: As wide as on paper, before the picture would be drawn anew for it.
WIDTHS = """places => {
  document.querySelector("#map-picture").style.width = "400px";
  return places.map((place) => document.querySelector(place).getBoundingClientRect().width);
}"""
DRAWN = "id => document.querySelector(`#${id} .js-plotly-plot`).data"


def rows_for(demo: Demo, by: list[str], **values: list[str]) -> list[dict[str, Any]]:
    where = {name: {"in": codes} for name, codes in values.items()}
    period = PERIODS[DEFAULT_PERIOD](today())
    first = month_start(period.to_on, -12) if "MONTH" in by else period.from_on
    window = {"from": str(first), "to": str(period.to_on)}
    return demo.ask("leadership", BY_GROUP, **window, by=by, where=where)["volumes"]["rows"]


def read_traces(page: Page, id_: str) -> list[dict[str, Any]]:
    page.wait_for_function(
        f"() => document.querySelector('#{id_} .js-plotly-plot')?.data?.length > 0"
    )
    return page.evaluate(DRAWN, id_)


def test_a_link_to_another_country_says_outside_your_scope_and_never_nothing(
    visitor: Visitor,
) -> None:
    page = visitor.opens("manager-au", "language=en&country=SG")
    page.wait_for_selector("h1:has-text('Singapore: outside your scope')")
    assert "Your figures cover: Australia · NUSA" in page.inner_text(".notice")
    assert not page.locator("#figures").is_visible()
    assert " 0 applications" not in page.inner_text("main")
    page.get_by_role("link", name="Show my figures").click()
    page.wait_for_selector("#ranking tbody tr")
    assert "country" not in page.url


@pytest.mark.parametrize(
    ("user", "query", "says"),
    [
        ("leadership", "partner=NOBODY", "NOBODY: not known"),
        pytest.param("manager-au", "partner=ANDALAN", "ANDALAN: outside your scope", marks=proof),
        pytest.param("manager-au", "channel=DIRECT", "Direct: outside your scope", marks=proof),
    ],
)
def test_unknown_codes_and_codes_out_of_scope_are_named_as_such(
    visitor: Visitor, user: str, query: str, says: str
) -> None:
    page = visitor.opens(user, f"language=en&{query}")
    page.wait_for_selector(f"h1:has-text('{says}')")


def test_of_two_countries_one_of_which_is_anothers_the_own_figures_stay(visitor: Visitor) -> None:
    page = visitor.opens("manager-au", "language=en&country=AU,SG")
    page.wait_for_selector("h1:has-text('Australia: ')")
    page.wait_for_selector(".partly:has-text('Singapore: outside your scope')")
    assert page.locator("#figures").is_visible()


def test_several_countries_are_a_line_each_and_the_link_opens_the_same(
    visitor: Visitor, demo: Demo
) -> None:
    page = visitor.opens("leadership", "language=en&country=AU,MY")
    page.wait_for_selector("#trend-picture.together")
    lines = read_traces(page, "trend")
    assert [line["name"] for line in lines] == ["Australia", "Malaysia"]
    rows = rows_for(demo, ["COUNTRY", "MONTH"], country=["AU", "MY"])
    for code, line in zip(("AU", "MY"), lines, strict=True):
        expected = {
            row["period"]["startsOn"]: row["intake"]["value"]
            for row in rows
            if row["country"]["code"] == code
        }
        assert sum(line["y"]) == sum(expected.values())
        assert line["y"][-1] == expected.get(max(row["period"]["startsOn"] for row in rows), 0)
    assert "country=AU,MY" in page.url
    page.locator("#trend-controls label", has_text="Side by side").click()
    page.wait_for_selector(".small-multiple:nth-child(2)")
    assert page.locator(".small-multiple h3").all_inner_texts() == ["Australia", "Malaysia"]
    page.go_back()
    page.wait_for_selector("#trend-picture.together")


def test_circles_have_the_areas_of_the_gateways_answers(visitor: Visitor, demo: Demo) -> None:
    page = visitor.opens("leadership", "language=en")
    circles = read_traces(page, "map")[0]
    values = {
        row["country"]["code"]: row["intake"]["value"]
        for row in rows_for(demo, ["COUNTRY"])
        if row["country"] and row["intake"]["value"]
    }
    sizes = dict(zip(circles["ids"], circles["marker"]["size"], strict=True))
    largest = max(values, key=lambda code: values[code])
    assert set(sizes) <= set(values)
    for code, size in sizes.items():
        if size > 6:  # smaller ones are drawn larger than they are, to be seen at all
            area = (size / sizes[largest]) ** 2
            assert area == pytest.approx(values[code] / values[largest], rel=0.05, abs=0.005)


def test_bars_of_partners_are_as_long_as_the_gateways_answers(visitor: Visitor, demo: Demo) -> None:
    page = visitor.opens("leadership", "language=en&by=partner")
    page.wait_for_selector("#map-picture.bars")
    values = {
        row["partner"]["code"]: row["intake"]["value"]
        for row in rows_for(demo, ["PARTNER"])
        if row["partner"]
    }
    (bars,) = read_traces(page, "map")
    assert dict(zip(bars["y"], bars["x"], strict=True)) == values
    # As Plotly draws them: a bundle without bars would draw one line through all of them.
    drawn = page.locator("#map .bars .point path")
    widths = [box["width"] for box in (bar.bounding_box() for bar in drawn.all()) if box]
    longest = max(values, key=lambda code: values[code])
    assert len(widths) == len(values)
    for code, width in zip(bars["y"], widths, strict=True):
        assert width == pytest.approx(widths[0] * values[code] / values[longest], abs=2)


@pytest.mark.parametrize("user", [pytest.param("leadership", marks=proof), "manager-au"])
def test_the_query_behind_a_figure_returns_the_printed_number_to_the_same_viewer(
    visitor: Visitor, demo: Demo, user: str
) -> None:
    page = visitor.opens(user, "language=en&visa=B1")
    page.wait_for_selector("#map-note .query")
    query = page.locator("#map-note .query code").text_content() or ""
    rows = demo.ask(user, query)["volumes"]["rows"]
    printed = {
        row.locator("th a").first.inner_text(): number(row.locator(".with-bar").inner_text())
        for row in page.locator("#ranking tbody tr").all()
    }
    answered = {row["country"]["name"]: row["intake"]["value"] for row in rows if row["country"]}
    assert printed
    assert printed == {name: answered.get(name, 0) for name in printed}


def test_the_chosen_comparison_is_the_same_everywhere(visitor: Visitor, demo: Demo) -> None:
    page = visitor.opens("leadership", "language=en&period=last-quarter")
    page.wait_for_selector("h1:has-text('a year before')")
    page.locator("#volumes-compare label", has_text="the period before").click()
    page.wait_for_selector("h1:has-text('in the period before')")
    page.wait_for_selector(".card-intake:has-text('in the period before')")
    page.wait_for_selector("#ranking-below:has-text('against the period before')")
    assert page.url.endswith("compare=previous")
    link = page.locator("#ranking-below a", has_text="CSV").first.get_attribute("href") or ""
    assert "compare=previous" in link


def test_a_picture_is_taken_away_with_its_title(visitor: Visitor) -> None:
    page = visitor.opens("leadership", "language=en")
    read_traces(page, "trend")
    with page.expect_download() as downloading:
        page.locator("[data-picture=trend][data-kind=svg]").click()
    text = downloading.value.path().read_text("utf-8")
    title = page.inner_text("#trend-title").splitlines()[0]
    # Lines are broken otherwise in the picture.
    assert "".join(title.split()) in "".join(re.sub("<[^>]+>", "", text).split())
    assert "Figures as of" in text


@pytest.mark.parametrize(
    "width", [390, *(pytest.param(it, marks=proof) for it in (768, 1280, 2560))]
)
def test_nothing_jumps_and_nothing_hangs_over_the_edge(
    browser: Browser, demo: Demo, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="id-ID")
    visitor = Visitor(demo, context.new_page())
    visitor.page.add_init_script(SLOW)
    page = visitor.opens("leadership", "language=id")
    page.wait_for_timeout(1_500)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SHIFT) < 0.03
    context.close()


@pytest.mark.parametrize(
    ("user", "query"),
    [
        ("leadership", "country=AU,MY&lines=apart&measure=refusal_rate&sort=refusal_rate"),
        pytest.param("leadership", "by=partner&measure=target_rate", marks=proof),
        pytest.param("manager-au", "country=SG", marks=proof),
    ],
)
def test_every_way_of_looking_is_accessible(visitor: Visitor, user: str, query: str) -> None:
    assert_accessible(visitor.opens(user, f"language=id&{query}"))


def test_paper_is_at_most_three_pages(visitor: Visitor) -> None:
    page = visitor.opens("leadership", "language=id&rows=all")
    page.wait_for_selector(".scattergeo path.point", state="attached")
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type ?/Page\b", paper)) <= 3
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    circle, sign = page.evaluate(WIDTHS, [".scattergeo path.point", ".legend .sign.size"])
    largest = number(page.locator("#ranking tbody .with-bar").first.inner_text())
    shown = number(page.locator(".legend li:has(.sign.size)").first.inner_text())
    assert (sign / circle) ** 2 == pytest.approx(shown / largest, rel=0.15)
    on_paper = page.locator(".on-paper").inner_text()
    assert page.url in on_paper
    assert "Pimpinan direktorat" in on_paper

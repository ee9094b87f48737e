"""Files are packed once and kept by the browser for as long as they stay the same."""

import gzip

import httpx2
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dashboard.web import static_files
from dashboard.web.static_files import address_of
from tests.dashboard.conftest import Running, scripts_of

pytestmark = pytest.mark.anyio

PLOTLY = "vendor/plotly.min.js"
FOR_EVER = "private, max-age=31536000, immutable"
GRAPH = "/_dash-component-suites/dash/dcc/async-graph.js"


async def test_files_travel_packed_and_unpack_to_what_they_are(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        for address in (address_of(PLOTLY), GRAPH, "/assets/topojson/world_110m.json"):
            packed = await browser.get(address, headers={"Accept-Encoding": "gzip"})
            plain = await browser.get(address, headers={"Accept-Encoding": "identity"})
            assert packed.headers["content-encoding"] == "gzip"
            assert "content-encoding" not in plain.headers
            assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
            assert packed.content == plain.content
            smallest = len(gzip.compress(plain.content, 9, mtime=0))
            assert int(packed.headers["content-length"]) == smallest


async def test_what_carries_its_version_is_kept_for_ever(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        page = await browser.get("/?language=en")
        addresses = [each for each in scripts_of(page.text) if "icon" not in each]
        assert address_of(PLOTLY) in addresses
        for address in addresses:
            for answer in (await browser.get(address), await browser.head(address)):
                assert answer.status_code == 200
                assert answer.headers["cache-control"] == FOR_EVER, address


async def test_a_page_on_which_nothing_is_drawn_comes_without_what_draws(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "supervisor")
        for path, is_drawn in (("/volumes", True), ("/supervision", False)):
            page = (await browser.get(f"{path}?language=en")).text
            assert (address_of(PLOTLY) in scripts_of(page)) is is_drawn
            assert f'<meta name="plotly" content="{address_of(PLOTLY)}">' in page


@pytest.mark.parametrize("query", ["", "?v=", "?v=0000000000000000", "?m=1795546962.2"])
async def test_a_version_that_is_not_the_files_own_keeps_nothing_for_ever(
    running: Running, query: str
) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        response = await browser.get(f"/assets/{PLOTLY}{query}")
        assert response.headers["cache-control"] == "private, max-age=3600"


async def test_an_unchanged_file_is_not_sent_again(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        first = await browser.get(GRAPH)
        again = await browser.get(GRAPH, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
        other = await browser.get(GRAPH, headers={"If-None-Match": 'W/"other"'})
        assert other.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/nothing.js",
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets/",
        "/_dash-component-suites/os/path.py",
        "/_dash-component-suites/dash/dash.py",
        "/_dash-component-suites/dash/dcc/../dash.py",
    ],
)
async def test_there_are_no_other_files(running: Running, path: str) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        response = await browser.get(path)
        assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")


async def test_figures_are_never_kept(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        for path in ("/", "/_dash-layout", "/_dash-dependencies", "/export.csv"):
            assert (await browser.get(path)).headers["cache-control"] == "no-store"


async def test_a_file_that_packing_makes_longer_travels_as_it_is_and_only_so_many_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(static_files, "MOST_FILES", 1)
    read: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        read.append(scope["path"])
        await Response(b"a{}", media_type="text/css")(scope, receive, send)

    transport = httpx2.ASGITransport(static_files.PackedFiles(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://dash") as browser:
        for name in ("/assets/first.css", "/assets/second.css") * 2:
            answer = await browser.get(name, headers={"Accept-Encoding": "gzip"})
            assert answer.content == b"a{}"
            assert "content-encoding" not in answer.headers
    assert read == ["/assets/first.css", "/assets/second.css", "/assets/second.css"]

"""What a queue page costs when 10,000 cases wait: until its first rows stand there, and each step,
beside what the gateway alone takes to answer the same."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import asyncpg
import click
import httpx2
from playwright.sync_api import Browser, Page, sync_playwright

from bench.measuring import show_table
from bench.watching import WATCH, Act, Watch
from dashboard.gateway.client import document
from tests.browser import NoBrowserError, launch_options
from tests.clusters import data_folder
from tests.running_demo import Demo, running_demo

#: Hits and open questions, a case each. Triggers would hold each visa by itself.
_WAIT = """
    ALTER TABLE application DISABLE TRIGGER USER;
    ALTER TABLE screening DISABLE TRIGGER USER;
    WITH hit AS (
        UPDATE application SET has_open_hit = true, is_visa_held = true
        WHERE id IN (
            SELECT id FROM application WHERE status = 'GRANTED' ORDER BY id LIMIT {waiting}
        )
        RETURNING id
    )
    INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at)
    SELECT gen_random_uuid(), id, 'ENTRY_BAN', 'HIT', now() - interval '2 d', now() FROM hit;
    INSERT INTO screening (id, application_id, kind, result, requested_at, referral_reason)
    SELECT gen_random_uuid(), id, 'ENTRY_BAN', 'PENDING', now() - interval '1 d',
        'IDENTITY_IN_DOUBT'
    FROM application WHERE status = 'GRANTED' AND NOT has_open_hit ORDER BY id LIMIT {waiting};
    ALTER TABLE application ENABLE TRIGGER USER;
    ALTER TABLE screening ENABLE TRIGGER USER;
    ANALYZE application, screening;
"""


_WORK = ("script", "page", "dashboard", "gateway", "database")
_PRESS = """(each) => {
  seen.began = performance.now();
  each.click();
}"""
#: The text of the first row, once it is another one.
_OTHER_ROW = """([rows, before]) => {
  const row = document.querySelector(rows);
  return row && row.innerText !== before;
}"""


@dataclass(frozen=True)
class _Queue:
    """A queue page: who works from it, what its rows are, what it asks, and what is done there."""

    user: str
    path: str
    panel: str
    rows: str
    question: str
    outcome: str
    act: Callable[[Page], None]


def _resolve_a_hit(page: Page) -> None:
    hit = page.locator("#supervision-hits article", has=page.locator("form")).first
    hit.locator("summary").click()
    hit.locator("select").select_option("NO_MATCH")
    hit.locator("textarea").fill("Born in another year.")
    hit.get_by_role("button").click()


def _answer_a_question(page: Page) -> None:
    page.locator("#screening-questions tbody input[type=checkbox]").first.check()
    page.locator("#recordScreenings [name=result]").select_option("CLEAR")
    page.locator("#recordScreenings button[type=submit]:not([form])").click()


_QUEUES = {
    "Supervision": _Queue(
        "supervisor", "/supervision", "#supervision-hits", "#supervision-hits article",
        "supervision/question", "#supervision-outcome", _resolve_a_hit,
    ),
    "Screening": _Queue(
        "screening", "/screening", "#screening-questions", "#screening-questions tbody tr",
        "screening/question", "#screening-outcome", _answer_a_question,
    ),
}  # fmt: skip


def measure(waiting: int, rounds: int) -> None:
    """Print medians and the worst of the rounds, in milliseconds."""
    with data_folder() as folder, running_demo(folder, 3 * waiting) as demo:
        asyncio.run(_let_wait(demo, waiting))
        with _browser() as browser:
            figures = [
                _figures(name, queue, demo, browser, rounds) for name, queue in _QUEUES.items()
            ]
    show_table(
        f"Queue pages with {waiting:,} waiting, milliseconds: medians (the worst)",
        ("page", "rows", "the gateway", "first rows", "next rows", "beyond the gateway", "an act"),
        [times for times, *_ in figures],
    )
    show_table(
        "Whose work it was, milliseconds of processor",
        ("act", "scripts", "page's thread", "dashboard", "gateway", "database"),
        [line for _, *lines in figures for line in lines],
    )


async def _let_wait(demo: Demo, waiting: int) -> None:
    owner = await asyncpg.connect(demo.owner_url)
    await owner.execute(_WAIT.format(waiting=waiting))
    await owner.close()


def _figures(
    name: str, queue: _Queue, demo: Demo, browser: Browser, rounds: int
) -> tuple[tuple[str, ...], ...]:
    alone = [_ask(demo, queue) for _ in range(rounds)]
    page = _signed_in(browser, demo, queue)
    watch, number = Watch(page), page.locator(queue.rows).count()
    taken: dict[str, list[float]] = {"opening": [], "turning": [], "acting": []}
    work: dict[str, list[Act]] = {"opening": [], "turning": []}
    for _ in range(rounds):
        page.goto("about:blank")
        watch.begin(is_opening=True)
        with _timing(taken["opening"]):
            page.goto(f"{demo.dashboard_url}{queue.path}?language=en", wait_until="commit")
            page.wait_for_selector(queue.rows)
        work["opening"].append(watch.take())
        before = page.locator(queue.rows).first.inner_text()
        watch.begin()
        with _timing(taken["turning"]):
            page.locator(f"{queue.panel} a", has_text="Next").evaluate(_PRESS)
            page.wait_for_function(_OTHER_ROW, arg=[queue.rows, before])
        work["turning"].append(watch.take())
        with _timing(taken["acting"]):
            queue.act(page)
            page.wait_for_selector(f"{queue.outcome} [data-result=done]")
    beyond = [each - median(alone) for each in taken["turning"]]
    times = (alone, taken["opening"], taken["turning"], beyond, taken["acting"])
    return (
        (name, f"{number}", *(f"{median(each):,.0f} ({max(each):,.0f})" for each in times)),
        *(
            (
                f"{name}: {act}",
                *(f"{median(getattr(each, who) for each in acts):,.0f}" for who in _WORK),
            )
            for act, acts in work.items()
        ),
    )


@contextmanager
def _timing(taken: list[float]) -> Iterator[None]:
    began = perf_counter()
    yield
    taken.append(1000 * (perf_counter() - began))


def _ask(demo: Demo, queue: _Queue) -> float:
    headers = {"Authorization": f"Bearer {demo.token(queue.user)}"}
    body: Mapping[str, Any] = {
        "query": document(queue.question), "variables": {"language": "EN"},
    }  # fmt: skip
    began = perf_counter()
    answer = httpx2.post(f"{demo.api_url}/graphql", json=body, headers=headers, timeout=60)
    seconds = perf_counter() - began
    assert "errors" not in answer.json(), answer.text
    return 1000 * seconds


@contextmanager
def _browser() -> Iterator[Browser]:
    try:
        options = launch_options()
    except NoBrowserError as error:
        raise click.ClickException(str(error)) from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


def _signed_in(browser: Browser, demo: Demo, queue: _Queue) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(WATCH)
    page.goto(f"{demo.dashboard_url}{queue.path}?language=en")
    page.fill("input[name=user]", queue.user)
    page.locator("form").last.locator("button").last.click()
    page.wait_for_selector(queue.rows)
    return page

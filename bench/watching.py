"""What one act of a reader costs: how long it takes, and who works for it meanwhile."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil
from playwright.sync_api import Page

#: The page is at rest when nothing has changed for so many milliseconds.
_REST = 250

#: Notes when the page changed last, when that had been painted, and what jumped.
WATCH = """
window.seen = { began: 0, changed: 0, painted: 0, shift: 0, waiting: 0 };
const ask = window.fetch;
window.fetch = (...question) => {
  seen.waiting += 1;
  return ask(...question).finally(() => (seen.waiting -= 1));
};
const painted = new MessageChannel();
painted.port1.onmessage = () => (seen.painted = performance.now());
// After a change of the size around it, a graph that has nothing to draw anew is marked as pending
// for a moment, which hides its mode bar alone.
const isUnseen = (each) => each.attributeName === "class"
  && each.target.classList.contains("js-plotly-plot");
new MutationObserver((changes) => {
  if (changes.every(isUnseen)) return;
  seen.changed = performance.now();
  requestAnimationFrame(() => painted.port2.postMessage(null));
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
new PerformanceObserver((list) => list.getEntries().forEach((each) => {
  if (!each.hadRecentInput) seen.shift += each.value;
})).observe({ type: "layout-shift", buffered: true });
"""
_ANSWERS = """
performance.getEntriesByType("resource").filter(
  (each) => each.name.includes("/_dash-update-component") && each.startTime >= seen.began)
"""
_IS_AT_REST = f"""() => {{
  const still = performance.now() - {_REST};
  const isDrawn = {_ANSWERS}.some((each) => each.responseEnd < seen.painted);
  return isDrawn && !seen.waiting && seen.painted > seen.changed && seen.painted < still;
}}"""
_TIMES = f"""() => {{
  const answers = {_ANSWERS};
  const first = Math.min(...answers.map((each) => each.requestStart));
  const last = Math.max(...answers.map((each) => each.responseEnd));
  return {{
    asking: first - seen.began,
    answering: last - first,
    drawing: seen.painted - last,
    callbacks: answers.length,
    kilobytes: answers.reduce((sum, each) => sum + each.encodedBodySize, 0) / 1024,
    shift: seen.shift,
  }};
}}"""
_WEIGHT = """() => {
  const all = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind));
  const sent = all.filter((each) => each.transferSize > 0);
  return [sent.length, sent.reduce((sum, each) => sum + each.transferSize, 0) / 1024];
}"""


@dataclass(frozen=True, slots=True)
class Act:
    """Milliseconds of one act: until the page asks, all parts are answered, and all is drawn."""

    asking: float
    answering: float
    drawing: float
    #: Answers of the dashboard, and how large they were as sent.
    callbacks: float
    kilobytes: float
    #: How far the page jumped since it was opened.
    shift: float
    #: Milliseconds of the page's own thread in scripts, and with styles, layout and painting.
    script: float
    page: float
    #: Milliseconds of the processor.
    dashboard: float
    gateway: float
    database: float

    @property
    def whole(self) -> float:
        return self.asking + self.answering + self.drawing


class Watch:
    """Watches a page and the processes of the demo behind it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._metrics = page.context.new_cdp_session(page)
        self._metrics.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before: Mapping[str, float] = {}

    def begin(self, *, is_opening: bool = False) -> None:
        """What is counted so far belongs to no act; a document counts its own work from nothing."""
        self._before = self._count_seconds() | ({"script": 0.0, "page": 0.0} if is_opening else {})

    def take(self) -> Act:
        """The act that has just come to rest."""
        self._page.wait_for_function(_IS_AT_REST, polling=50)
        found: dict[str, Any] = self._page.evaluate(_TIMES)
        now = self._count_seconds()
        return Act(**found, **{name: 1_000 * (now[name] - self._before[name]) for name in now})

    def weight(self, since: tuple[int, float] = (0, 0.0)) -> tuple[int, float]:
        """Requests over the network since the page was opened, or since then, and kilobytes."""
        requests, kilobytes = self._page.evaluate(_WEIGHT)
        return requests - since[0], kilobytes - since[1]

    def _count_seconds(self) -> dict[str, float]:
        """Seconds by who spent them."""
        metrics = {
            each["name"]: each["value"]
            for each in self._metrics.send("Performance.getMetrics")["metrics"]
        }
        seconds = {"dashboard": 0.0, "gateway": 0.0, "database": 0.0}
        for name, process in _processes():
            with suppress(psutil.NoSuchProcess):
                seconds[name] += sum(process.cpu_times()[:2])
        return {"script": metrics["ScriptDuration"], "page": metrics["TaskDuration"], **seconds}


def _processes() -> Iterator[tuple[str, psutil.Process]]:
    """Those of the demo that this process has started."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            words = process.cmdline()
            if "postgres" in process.name():
                yield "database", process
            elif words[-2:] == ["-m", "dashboard"]:
                yield "dashboard", process
            elif "demo" in words:
                yield "gateway", process

"""Who somebody is does not stay in the dashboard: its memory is searched after it was shown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx2

from dashboard.web.gate import DRAWN_FOR
from tests.dashboard.asking_dash import ASK, ASKED, outputs_of
from tests.dashboard.test_export import signed_in
from tests.running_demo import Demo

ONESELF = "{ myData { applicant { identity { fullName passportNumber email phone } } } }"
PART = "my-data.data-html"
#: Freed memory is used again by whatever is asked next; what is kept is there after all of these.
MOST_ROUNDS = 40


def process_of(url: str) -> int:
    """The dashboard that the demo started, by the address that it was given."""
    [found] = (
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and _reads(folder / "cmdline").endswith(b"-m\0dashboard\0")
        and f"GERBANG_DASHBOARD_URL={url}\0".encode() in _reads(folder / "environ")
    )  # fmt: skip
    return found


def _reads(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def memory_of(process: int) -> Iterator[bytes]:
    """All that it can write to: heap, stacks, and what it has mapped."""
    with Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            if (place := re.match(r"(\w+)-(\w+) rw", line)) and "[v" not in line:
                start, end = (int(one, 16) for one in place.groups())
                memory.seek(start)
                try:
                    yield memory.read(end - start)
                except OSError:  # it was given back meanwhile
                    continue


def found_in(process: int, values: Sequence[str]) -> set[str]:
    return {value for part in memory_of(process) for value in values if value.encode() in part}


def show_page(browser: httpx2.Client) -> str:
    """The page My data as the browser asks for it, and the file with all of it."""
    opened = ask_part(browser, "page.children", {"address": "/my-data"}).json()
    browser.headers[DRAWN_FOR] = opened["response"]["page"]["data-drawn-for"]
    state = {"name": "my_data", "path": "/my-data", "search": "", "asked": next(ASKED)}
    answer = ask_part(browser, PART, {"my_data-state": state, "my_data-news": state})
    return answer.text + browser.get("/my-data.json?language=en").text


def ask_part(browser: httpx2.Client, part: str, values: Mapping[str, object]) -> httpx2.Response:
    """What the callback of a part answers, by the values of the elements that it looks at."""
    response = browser.get("/_dash-dependencies").json()
    callback = next(each for each in response if part in outputs_of(each))

    def with_values(places: list[dict[str, str]]) -> list[dict[str, object]]:
        return [{**place, "value": values.get(place["id"])} for place in places]

    outputs = [dict(zip(("id", "property"), one.rsplit(".", 1), strict=True))
               for one in outputs_of(callback)]  # fmt: skip
    return browser.post(
        ASK,
        json={
            "output": callback["output"],
            "outputs": outputs,
            "inputs": with_values(callback["inputs"]),
            "state": with_values(callback["state"]),
            "changedPropIds": [f"{one['id']}.{one['property']}" for one in callback["inputs"]],
        },
    )


def test_who_somebody_is_leaves_the_memory_of_the_dashboard(demo: Demo) -> None:
    values = list(demo.ask("applicant", ONESELF)["myData"]["applicant"]["identity"].values())
    process = process_of(demo.dashboard_url)
    with signed_in(demo, "applicant") as browser:
        shown = show_page(browser)
        # The canary sings: in both forms it was shown in, and in the memory that served them.
        assert [value for value in values if shown.count(value) < 2] == []
        assert found_in(process, values) != set()
        browser.post("/sign-out")
    for _ in range(MOST_ROUNDS):
        with signed_in(demo, "leadership") as browser:
            for path in ("/definitions?language=en", "/my-data?language=id", "/?language=en"):
                browser.get(path)
            show_page(browser)  # which has memory of the same sizes
        if not (left := found_in(process, values)):
            return
    raise AssertionError(f"{len(left)} of {len(values)} values are still in the memory")

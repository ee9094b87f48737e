"""The portal as somebody who copies it has it: built, registered, served on another origin."""

import asyncio
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.clients.running import Line
from tests.dashboard.visiting import assert_accessible
from tests.provider import node
from tests.running_demo import GERBANG, Demo
from tests.scans import png

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "examples" / "portal"
SCHEMA = Path("gateway/schema/schema.graphql")


def is_installed() -> bool:
    """Whether the packages from npm are here."""
    return (PORTAL / "node_modules" / "gerbang-setup").exists() and node() is not None


def build(folder: Path, api: str, issuer: str) -> Path:
    """Build a copy of the portal for a gateway; the folder of what a web server would serve."""
    copy = folder / "examples" / "portal"
    unmade = shutil.ignore_patterns("node_modules", "dist", "generated")
    shutil.copytree(PORTAL, copy, ignore=unmade)
    (copy / "node_modules").symlink_to(PORTAL / "node_modules")
    (folder / SCHEMA).parent.mkdir(parents=True)
    shutil.copy(ROOT / SCHEMA, folder / SCHEMA)
    environ = {**os.environ, "VITE_GERBANG": api, "VITE_ISSUER": issuer}
    for command in (["graphql-codegen", "--config", "codegen.ts"], ["tsc"], ["vite", "build"]):
        program = str(copy / "node_modules" / ".bin" / command[0])
        done = subprocess.run(
            [str(node()), program, *command[1:]],
            cwd=copy, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    return copy


def register(portal: Path, demo: Demo) -> None:
    """Register the documents of a build, as the demo says how."""
    manifest = portal / "src" / "generated" / "persisted-documents.json"
    subprocess.run(
        [GERBANG, "documents", "register", "--client", "portal", manifest],
        env={**os.environ, "GERBANG_OWNER_URL": demo.owner_url}, capture_output=True, check=True,
    )  # fmt: skip


class _Pages(SimpleHTTPRequestHandler):
    """Files, and the page itself at any other address."""

    def translate_path(self, path: str) -> str:
        found = Path(super().translate_path(path))
        return str(found if found.is_file() else Path(self.directory) / "index.html")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(dist: Path, port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Pages, directory=str(dist)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class Cable:
    """A line to a gateway that can be cut, in a thread of its own."""

    def __init__(self, port: int, to: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._line = Line(to)
        self._port = port
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._do(asyncio.start_server(self._line.serve, "127.0.0.1", port))

    def cut(self) -> int:
        """Cut every connection; how many there were."""

        async def cut() -> int:
            return self._line.cut()

        return self._do(cut())

    def end(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _do(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)


def mailed(folder: Path, reference: str, seconds: float, to: str = "decision") -> tuple[str, str]:
    """The link and the code of the newest mail that leads to a screen, once it is there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for each in sorted(folder.glob("*.eml"), reverse=True):
            mail = message_from_bytes(each.read_bytes(), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            text = str(mail.get_content())
            link = re.search(rf"http\S+#{to}", text)
            code = re.search(r"\b\w{5}-\w{5}\b", text)
            if reference in mail["Subject"] and link and code:
                return link.group(), code.group()
        time.sleep(0.5)
    raise TimeoutError(f"no {to} of {reference} was mailed")


def claim_by_mail(
    page: Page, folder: Path, reference: str, person: Mapping[str, str], soon: int
) -> None:
    """Claim a file by the code that is mailed for it: then it stands among one's own."""
    page.get_by_role("link", name="Follow a file").click()
    page.get_by_role("button", name="Follow it").click()
    expect(page.locator(".field:has(.mistake)").first).to_be_visible()
    page.get_by_label("Reference").fill(reference)
    page.get_by_label("Passport issued by").select_option("DE")
    page.get_by_label("Passport number").fill(person["Passport number"])
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_text("a code is on its way")).to_be_visible()
    _, code = mailed(folder, reference, soon / 1_000, "claim")
    page.get_by_label("Code from the mail").fill(code)
    page.get_by_role("button", name="Follow it").click()
    claimed = page.locator(".card", has_text=reference)
    expect(claimed).to_contain_text("A file that you follow")
    assert_accessible(page, (390, 1440))


def open_by_mail(page: Page, folder: Path, reference: str, passport: str, soon: int) -> Locator:
    """What is told of a decision by the link and the code of the newest mail about it."""
    link, code = mailed(folder, reference, soon / 1_000)
    page.goto(link)
    page.get_by_role("button", name="Buka").press("Enter")
    expect(page.locator(".field:has(.mistake)")).to_have_count(4)
    page.get_by_label("Nomor referensi").fill(reference)
    page.get_by_label("Kode dari surel").fill(code)
    page.get_by_label("Negara penerbit paspor").select_option("DE")
    page.get_by_label("Nomor paspor").fill(passport)
    with page.expect_response("**/graphql"):
        page.keyboard.press("Enter")
    return page.locator("main [role=status]")


def in_process(route: Route) -> None:
    """What is told of a file that nobody has decided."""
    answer = route.fetch()
    told = answer.json()
    told["data"]["trackedFile"] |= {"stage": "IN_PROCESS", "expectedOn": "2026-12-10"}
    route.fulfill(response=answer, json=told)


def lapsed(route: Route) -> None:
    """An applicant's files whose billing codes have lapsed."""
    answer = route.fetch()
    told = answer.json()
    for file in (told.get("data") or {}).get("applications", {"nodes": []})["nodes"]:
        if "bill" in file:
            file["stage"] = "WAITING_FOR_APPLICANT"
            file["bill"] |= {"paidAt": None, "dueAt": "2026-01-01T00:00:00Z"}
    route.fulfill(response=answer, json=told)


#: What the checklist says of a document, by how far it is.
STATES = {
    "PENDING": "Sent, being scanned",
    "REFUSED": "Refused: a scanner found something harmful in it.",
    "REGISTERED": "In your own store",
    "CHANGED": "Not what was registered first",
    "THERE": "There since",
}


def choose(page: Page, name: str, media_type: str, content: bytes) -> None:
    """Hand in a photograph."""
    page.get_by_label("Photograph").set_input_files(
        {"name": name, "mimeType": media_type, "buffer": content}
    )


def show_states(page: Page, listed: Locator) -> None:
    """A photograph is handed in anew for each state: so its line is read again."""
    for state, said in STATES.items():
        page.route("**/graphql", partial(_as_if, state))
        choose(page, "me.png", "image/png", png())
        expect(listed.locator("> small")).to_contain_text(said, timeout=90_000)
        page.unroute("**/graphql")


def _as_if(state: str, route: Route) -> None:
    """As if the photograph that is there were in this state."""
    told = route.fetch()
    there, then = (f'"kind":"PHOTOGRAPH","state":"{one}"' for one in ("THERE", state))
    route.fulfill(response=told, body=told.text().replace(there, then))

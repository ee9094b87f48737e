"""What contents of documents cost: a submission with two of them, and a scan that is opened, beside
the same bytes sealed and stored, or read and opened, by the libraries alone."""

import hashlib
import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid4

from bench.asking import Client
from bench.change_process import FEE, IDENTITY, SUBMISSION, change, settings_of_keys, sign_in
from bench.measuring import Spent, median_of, processor_clock, show_table, spend
from bench.page import gateway_on
from bench.world import world
from models.contents.sealing import PART_BYTES, Content
from models.contents.store import ContentStore
from models.row_keys import new_key
from tests.scans import png

#: Of each way in a round: a server's processor time has a resolution of 10 ms.
_TIMES = 25
_KINDS = ("PHOTOGRAPH", "RETURN_TICKET")
_OPEN = """query($id: ID!, $case: String!) @purpose(code: CASEWORK, reference: $case) {
    node(id: $id) { ... on DocumentUpload { content { link } } }
}"""
_CASE = "application { id reference bill { code } }"

Way = Callable[[], Awaitable[object]]


async def measure(applications: int, kilobytes: int, rounds: int) -> None:
    """Print what documents of so many kilobytes cost as they come, and as one is opened."""
    scans = [png(filling=1_000 * kilobytes) for _ in _KINDS]
    with tempfile.TemporaryDirectory(prefix="gerbang-bench-") as folder:
        async with world(applications) as url:
            [keys] = await settings_of_keys(url)
            settings = {**keys, "GERBANG_DOCUMENT_STORE": f"file:{folder}/gateway"}
            async with gateway_on(url, "agent-au", settings) as agent:
                clock = await processor_clock(url)
                supervisor = await sign_in(agent, "supervisor")
                opened = await _handed_in(agent, await sign_in(agent, "treasury"), scans)
                alone = _Alone(ContentStore(f"file:{folder}/alone"), scans)
                await alone.store()
                coming: dict[str, Way] = {
                    "with two documents": partial(_submit, agent, scans),
                    "a bare submission": partial(_submit, agent, ()),
                    "the bytes alone": alone.store,
                }
                going: dict[str, Way] = {
                    "link and bytes": partial(_open, supervisor, opened, scans[0]),
                    "its link": partial(_link, supervisor, opened),
                    "the bytes alone": alone.read,
                }
                spent = [{name: list[Spent]() for name in ways} for ways in (coming, going)]
                for number in range(rounds + 1):
                    for ways, kept in zip((coming, going), spent, strict=True):
                        for name in ways if number % 2 else reversed(ways):
                            one = await spend(partial(_repeat, ways[name]), _TIMES, clock)
                            if number:  # the first round only warms up
                                kept[name].append(one)
    size = f"{kilobytes:,} kB"
    _show(f"A submission, ms; each document has {size}", "submission", spent[0])
    _show(f"A scan of {size} opened, ms", "what is had", spent[1])


def _show(title: str, what: str, spent: Mapping[str, Sequence[Spent]]) -> None:
    measured = {name: median_of(each) for name, each in spent.items()}
    _, *beside = measured
    rows = [
        (
            name, *(f"{each:.2f}" for each in one),
            *(f"{one.both / measured[other].both:.2f}" for other in beside),
        )
        for name, one in measured.items()
    ]  # fmt: skip
    head = (what, "by the clock", "this process", "and the database")
    show_table(title, (*head, *(f"of {other}" for other in beside)), rows)


async def _repeat(way: Way) -> None:
    for _ in range(_TIMES):
        await way()


async def _submit(agent: Client, scans: Sequence[bytes]) -> tuple[Any, list[str]]:
    """A case, and the uploads of its documents: announced, sent, complete."""
    person = {**IDENTITY, "passportNumber": uuid4().hex[:12].upper()}
    case = await change(agent, "submitApplication", {**SUBMISSION, "identity": person}, _CASE)
    uploads = []
    for kind, scan in zip(_KINDS, scans, strict=False):
        announced = {
            "applicationId": case["id"], "kind": kind, "format": "PNG", "size": len(scan),
            "sha256": _digest(scan).hex(),
        }  # fmt: skip
        upload = await change(agent, "requestUpload", announced, "upload { id ticket }")
        await agent.pass_bytes("PUT", upload["ticket"], scan)
        uploads.append(upload["id"])
    return case, uploads


async def _handed_in(agent: Client, treasury: Client, scans: Sequence[bytes]) -> dict[str, str]:
    """How the first document of a case that is paid is asked for."""
    case, [upload, *_] = await _submit(agent, scans)
    paid = {
        "billingCode": case["bill"]["code"],
        "paid": FEE,
        "receiptNumber": uuid4().hex[:16].upper(),
    }
    await change(treasury, "recordPayment", paid, "bill { code }")
    return {"id": upload, "case": case["reference"]}


async def _link(supervisor: Client, opened: Mapping[str, str]) -> str:
    """Each time is logged, and committed, before the link is handed out."""
    asked = await supervisor.post("/graphql", {"query": _OPEN, "variables": opened})
    link: str = json.loads(asked)["data"]["node"]["content"]["link"]
    return link


async def _open(supervisor: Client, opened: Mapping[str, str], scan: bytes) -> None:
    link = await _link(supervisor, opened)
    if await supervisor.pass_bytes("GET", link) != scan:
        raise RuntimeError("it is another scan")


class _Alone:
    """The same bytes without a gateway: sealed and stored, or read and opened, part by part."""

    def __init__(self, store: ContentStore, scans: Sequence[bytes]) -> None:
        self._store = store
        self._scans = scans
        #: The first scan, as it was stored last.
        self._content = _content_of(new_key(), scans[0])

    async def store(self) -> None:
        contents = [_content_of(new_key(), scan) for scan in self._scans]
        for content, scan in zip(contents, self._scans, strict=True):
            for number in range(content.parts):
                part = scan[number * PART_BYTES : (number + 1) * PART_BYTES]
                await self._store.add(content.id, number, content.seal(number, part))
        self._content = contents[0]

    async def read(self) -> None:
        for number in range(self._content.parts):
            self._content.open(number, await self._store.read(self._content.id, number))


def _content_of(id_: UUID, scan: bytes) -> Content:
    return Content(id_, "PNG", len(scan), _digest(scan), os.urandom(32))


@cache
def _digest(scan: bytes) -> bytes:
    """Taken once: what the gateway takes for itself is measured, what its client takes is not."""
    return hashlib.sha256(scan).digest()

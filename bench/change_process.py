"""The process that makes changes, as commanded by lines on its standard input.

`bench.writes` runs it by its path, so that the gateway and its world can be another revision's.
"""

import asyncio
import inspect
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any
from uuid import uuid4

import asyncpg

from bench.asking import Client
from bench.measuring import processor_clock
from bench.page import gateway_on
from bench.world import world
from models.database.connections import connect

IDENTITY = {
    "fullName": "Olive Zephyrine",
    "birthDate": "1990-02-03",
    "email": "olive@example.net",
    "phone": "+61400000000",
    "passportExpiresOn": "2041-07-23",
}
SUBMISSION = {
    "visaType": "C1",
    "nationality": "AU",
    "centre": "AU-SYD",
    "entryOn": str(datetime.now(UTC).date() + timedelta(days=20)),
}
_DOCUMENTS = ["PASSPORT_SCAN", "PHOTOGRAPH", "RETURN_TICKET", "BANK_STATEMENT"]
#: Whatever visa was asked for, it is not announced first.
_REFUSAL = {"outcome": "REFUSED", "grounds": ["FORGED_DOCUMENT"]}
#: Where the log of the database has come to, and what is in a part of it.
_WRITTEN = "SELECT pg_current_wal_flush_lsn()"
_SIZES = "SELECT sum(record_size), sum(fpi_size) FROM pg_get_wal_stats($1, $2)"
_ANSWER = "application { id reference stage bill { code } }"
#: Of that visa type.
FEE = {"amount": 1_500_000, "currency": "IDR"}


class Writers:
    """Who takes applications from their submission to a decision."""

    def __init__(self, agent: Client, treasury: Client, officer: Client, *, first: int = 0) -> None:
        """``first`` is the number of the passport before the first one."""
        self._agent = agent
        self._treasury = treasury
        self._officer = officer
        self._submitted: list[Any] = []
        self._corrected: list[Any] = []
        self._paid: list[Any] = []
        self._recorded: list[Any] = []
        self._taken: list[Any] = []
        self._people = first

    def kinds(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {
            "submission": self._submit,
            "correction": self._correct,
            "payment": self._pay,
            "documents": self._record,
            "receipt": self._receive,
            "case taken": self._take,
            "decision": self._decide,
        }

    async def _submit(self) -> None:
        self._people += 1
        # Nobody is like anybody else.
        born_on = date(1940, 1, 1) + timedelta(days=self._people % 20_000)
        name = f"Olive {''.join(chr(ord('A') + int(each)) for each in str(self._people))}"
        person = {**IDENTITY, "passportNumber": f"P{self._people:07d}"}
        person |= {"birthDate": str(born_on), "fullName": name}
        values = {**SUBMISSION, "identity": person}
        self._submitted.append(await change(self._agent, "submitApplication", values, _ANSWER))

    async def _correct(self) -> None:
        self._corrected.append(case := self._submitted.pop())
        values = {"applicationId": case["id"], "identity": {"fullName": "Olive Zephyr"}}
        await change(self._agent, "proposeCorrection", values)

    async def _pay(self) -> None:
        self._paid.append(case := self._corrected.pop())
        bill = {"billingCode": case["bill"]["code"], "paid": FEE}
        values = {**bill, "receiptNumber": uuid4().hex[:16].upper()}
        await change(self._treasury, "recordPayment", values, "bill { code }")

    async def _record(self) -> None:
        self._recorded.append(case := self._paid.pop())
        values = {"applicationId": case["id"], "documents": _DOCUMENTS}
        await change(self._agent, "recordDocuments", values)

    async def _receive(self) -> None:
        values = {"applicationId": self._recorded.pop()["id"]}
        await change(self._agent, "markReceived", values)

    async def _take(self) -> None:
        self._taken.append(await change(self._officer, "takeCase", {"queue": "FREE"}))

    async def _decide(self) -> None:
        values = {"applicationId": self._taken.pop()["id"], **_REFUSAL}
        await change(self._officer, "recordDecision", values)


async def change(
    client: Client, mutation: str, said: Mapping[str, Any], answer: str = "application { id }"
) -> Any:
    """What was changed."""
    kind = mutation[0].upper() + mutation[1:]
    document = f"""mutation($input: {kind}Input!) {{
        {mutation}(input: $input) {{ {answer} errors {{ __typename code }} }}
    }}"""
    values = {"input": {"idempotencyKey": uuid4().hex, **said}}
    response = json.loads(await client.post("/graphql", {"query": document, "variables": values}))
    payload = response["data"][mutation]
    if payload["errors"]:
        raise RuntimeError(f"{mutation}: {payload['errors']}")
    return next((each for name, each in payload.items() if name != "errors"), None)


async def _serve(applications: int) -> None:
    async with (
        world(applications) as url,
        gateway_on(url, "agent-au", *await settings_of_keys(url)) as agent,
    ):
        others = [await sign_in(agent, user) for user in ("treasury", "officer")]
        writers = Writers(agent, *others)
        clock = await processor_clock(url)
        watching = await connect(url)
        await watching.execute("CREATE EXTENSION pg_walinspect")
        while line := await asyncio.to_thread(sys.stdin.readline):
            kind, times = line.rsplit(maxsplit=1)
            change = partial(_repeat, writers.kinds()[kind], int(times))
            began, of_gateway = clock(), process_time()
            wal, _ = await _measure_wal(watching, change)
            gateway = process_time() - of_gateway
            spent = {"gateway": gateway, "database": clock() - began - gateway, "wal": wal}
            await watching.execute("CHECKPOINT")
            _, spent["images"] = await _measure_wal(watching, change)
            print(json.dumps(spent), flush=True)


async def _repeat(change: Callable[[], Awaitable[None]], times: int) -> None:
    for _ in range(times):
        await change()


async def _measure_wal(
    watching: asyncpg.Connection, change: Callable[[], Awaitable[None]]
) -> tuple[int, int]:
    """How many bytes of WAL a change writes, and how many of images of whole pages, which follow
    from when checkpoints are rather than from what is changed."""
    before: Any = await watching.fetchval(_WRITTEN)
    await change()
    after: Any = await watching.fetchval(_WRITTEN)
    [(records, images)] = await watching.fetch(_SIZES, before, after)
    return int(records), int(images)


async def sign_in(beside: Client, user: str) -> Client:
    answer = json.loads(await Client(beside.app).post(f"/development/users/{user}/token"))
    return Client(beside.app, answer["access_token"])


async def settings_of_keys(url: str) -> list[dict[str, str]]:
    """The settings of a gateway with keys; nothing for a revision that has none."""
    if len(inspect.signature(gateway_on).parameters) < 3:
        return []
    from models.key_service import create_key_file

    file = Path(tempfile.mkdtemp(prefix="gerbang-bench-")) / "keys.json"
    create_key_file(file)
    named = {"GERBANG_KEY_SERVICE": f"file:{file}"}
    with suppress(ImportError):  # of a revision that has the data keys in files
        from bench.world import prepare_keys

        named["GERBANG_KEY_STORE"] = await prepare_keys(url)
    return [named]


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))

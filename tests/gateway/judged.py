"""A gateway whose key service judges everybody, on a world whose database somebody administers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from gateway.service import gateway
from models.database.connections import connect
from models.jobs.linker import keep_linking
from models.jobs.relating import relate_everybody
from models.key_service import Credential, Principal, SocketKeys
from models.key_service.process import UNWRAPS_A_MINUTE, credentials_beside, running_keys
from tests import tokens
from tests.gateway.conftest import PATIENT, Viewer, viewers
from tests.gateway.in_process import InProcessClient
from tests.gateway.schemas import SCHEMAS
from tests.key_stores import copy_keys, store_of
from tests.linking import copied_keys_file, judge_of_tests, key_store

#: A machine that stands still for some seconds fails no test.
_SECONDS = 60


@dataclass(frozen=True)
class Judged:
    """Who asks, what a captured gateway reaches, and what an administrator of the database does."""

    who: dict[str, Viewer]
    #: The socket of gateways.
    keys: SocketKeys
    #: The LINKER, whoever loads a world, and the keeper, each with its credential.
    linker: SocketKeys
    linking: SocketKeys
    signing: SocketKeys
    file: Path
    owner: asyncpg.Connection

    async def administer(self, *statements: str) -> None:
        """Write past triggers and foreign keys, as a superuser does."""
        async with self.owner.transaction():
            await self.owner.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                await self.owner.execute(statement)

    async def tampered(self) -> int:
        """How many people alerts say were tampered with."""
        number: int = await self.owner.fetchval(
            "SELECT count(DISTINCT applicant_id) FROM alert WHERE kind = 'TAMPERED'"
        )
        return number


@contextlib.asynccontextmanager
async def judged_gateway(
    world: str, people_an_hour: int | None = None, **given: str
) -> AsyncIterator[Judged]:
    """Run it while the context is open. The keys are a copy of those of the tests, and what the
    world says now is what the key service believes from then on."""
    stop = asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="gerbang-")))
        file = copied_keys_file(folder)
        store = store_of(file)
        # Worlds are alike: what was noted of another one would be believed of this one, too.
        copy_keys(key_store(), store)
        socket, signing, linking = (
            folder / name for name in ("socket", "socket.signing", "socket.linking")
        )
        judge = judge_of_tests(folder, people_an_hour, given.get("identity_acr", ""))
        stack.enter_context(
            running_keys(
                *(file, socket, store, UNWRAPS_A_MINUTE, signing, UNWRAPS_A_MINUTE, linking),
                *(judge, credentials_beside(file)),
            )
        )

        def asked_by(principal: Principal, path: Path) -> SocketKeys:
            shown = Credential.of(principal, credentials_beside(file))
            return SocketKeys(path, _SECONDS, credential=shown)

        keys = SocketKeys(socket, _SECONDS)
        linker, others = (asked_by(each, linking) for each in (Principal.LINKER, Principal.LOADER))
        keeper = asked_by(Principal.KEEPER, signing)
        owner = await connect(world)
        stack.push_async_callback(owner.close)
        await relate_everybody(others, owner)
        await others.judge_everybody()
        app = gateway(
            tokens.settings(
                world, key_service=f"unix:{socket}", credentials=str(credentials_beside(file)),
                **PATIENT, **given,
            ),
            key_source=tokens.key_source, schemas=SCHEMAS, keys=keys,
        )  # fmt: skip
        await stack.enter_async_context(app.router.lifespan_context(app))
        running = asyncio.create_task(keep_linking(linker, world, stop))
        client = await stack.enter_async_context(InProcessClient(app))
        try:
            yield Judged(viewers(client), keys, linker, others, keeper, file, owner)
        finally:
            stop.set()
            await running

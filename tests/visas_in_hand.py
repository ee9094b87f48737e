"""Visas in hand, in tests: who waits for one, and a reader at a border who verifies it."""

import asyncio
from pathlib import Path

from click.testing import CliRunner, Result

from gateway.cli.visa import PUBLISHED
from gateway.cli.visa import visa as command
from models.account.notes import verifier_key
from models.jobs.visa_documents import tell_readers
from models.key_service import KeyUse
from tests.accounts import sign
from tests.gateway.changing import row_id
from tests.gateway.judged import Judged

_IS_ISSUED = """
    SELECT true FROM visa_document JOIN visa USING (visa_number)
    WHERE application_id = $1 AND visa_document.issued_at IS NOT NULL AND replaced_at IS NULL
        AND superseded_at IS NULL
"""


async def wait_until_issued(judged: Judged, case: str) -> None:
    """Until the LINKER has had the document signed that counts now."""
    async with asyncio.timeout(20):
        while not await judged.owner.fetchval(_IS_ISSUED, row_id(case)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def prove(judged: Judged, account: Path) -> None:
    """The keeper's part, once documents are issued: a checkpoint, and what readers are told."""
    await sign(judged.owner, account, judged.signing)
    await tell_readers(judged.signing, judged.owner)


class Reader:
    """Somebody at a border, with what was published, and no network."""

    def __init__(self, folder: Path, judged: Judged, account_key: bytes) -> None:
        self._folder, self._judged = folder, judged
        self._key = folder / "account.key"
        self._key.write_text(verifier_key(account_key))

    @classmethod
    async def of(cls, folder: Path, judged: Judged) -> "Reader":
        [key] = (await judged.signing.public_keys(KeyUse.CHECKPOINT)).values()
        return cls(folder, judged, key)

    async def verify(self, document: bytes | str, *options: str) -> Result:
        """What `gerbang visa verify` says, with the list that is published now."""
        published = await self._judged.who["anonymous"](PUBLISHED)
        (self._folder / "published.json").write_text(published.text)
        file = self._folder / "visa"
        file.write_bytes(document if isinstance(document, bytes) else document.encode())
        known = ["--published", self._folder / "published.json", "--public-key", self._key]
        return CliRunner().invoke(command, ["verify", str(file), *map(str, known), *options])

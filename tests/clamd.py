"""ClamAV's daemon for tests, with a signature of their own and none of anybody else's."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from models.contents.scanner import Scanner, ScannerError
from tests.machine import TOOLS, needs

CLAMD = TOOLS / "scanner" / "clamd"
with_clamd = needs("scanner", is_here=CLAMD.exists(), absent="ClamAV is not unpacked here")
#: What the daemon finds.
INFECTION = b"gerbang tests find this 51c0e9"
#: The most that it takes.
MOST_BYTES = 3 << 20
_SECONDS = 30


def address_in(folder: Path) -> str:
    return f"unix:{folder / 'clamd.ctl'}"


@asynccontextmanager
async def clamd(folder: Path) -> AsyncIterator[Scanner]:
    """A daemon that runs meanwhile, at the address of a folder that is its own."""
    signatures, settings = folder / "signatures", folder / "clamd.conf"
    signatures.mkdir(exist_ok=True)
    (signatures / "own.ndb").write_text(f"Gerbang.Test:0:*:{INFECTION.hex()}\n")
    settings.write_text(
        f"LocalSocket {folder / 'clamd.ctl'}\nDatabaseDirectory {signatures}\nForeground yes\n"
        f"TemporaryDirectory {folder}\nStreamMaxLength {MOST_BYTES}\n"
    )
    command = [str(CLAMD), f"--config-file={settings}"]
    environment = {**os.environ, "LD_LIBRARY_PATH": str(CLAMD.parent)}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=subprocess.DEVNULL
    )
    scanner = Scanner(address_in(folder))
    try:
        async with asyncio.timeout(_SECONDS):
            while process.returncode is None:
                with suppress(ScannerError):
                    await scanner.answer()
                    break
                await asyncio.sleep(0.05)
        yield scanner
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        (folder / "clamd.ctl").unlink(missing_ok=True)

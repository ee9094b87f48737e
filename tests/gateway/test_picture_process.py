"""The process that makes pictures: what it gave up, and when it ends."""

import asyncio
import subprocess
import sys

import pytest
from starlette.requests import ClientDisconnect, Request

from gateway.wire import pictures
from gateway.wire.pictures import Pictures
from tests.gateway.test_pictures import CONTENT, asked, children, confined_child, parts

pytestmark = pytest.mark.anyio
__all__ = ["parts"]

PROGRAM = f"""
import os, resource, runpy, signal, socket, sys, threading
confine = runpy.run_path({str(pictures._PROGRAM)!r})["confine"]
def outcome(attempt):
    try:
        return repr(eval(attempt))
    except BaseException as error:
        return type(error).__name__
def say(attempts):
    told = [outcome(one) for one in attempts]
    os.write(1, "\\n".join(told).encode())
    os._exit(0)
"""


def attempt(*attempts: str, before: str = "confine()") -> tuple[int, list[str]]:
    """How a process ends that tries something once it is confined as the real one is."""
    code = f"{PROGRAM}\n{before}\nsay({attempts!r})"
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={},
    )  # fmt: skip
    return ran.returncode, ran.stdout.decode().split("\n")


#: What is possible, and harmless, where nothing was given up.
ATTACKS = (
    "socket.socket()",
    "socket.socketpair()",
    "os.open('/etc/passwd', os.O_RDONLY)",
    "os.open('/dev/null', os.O_WRONLY)",
    "os.listdir('/')",
    "os.stat('/')",
    "threading.Thread(target=int).start()",
    "os.kill(os.getppid(), 0)",
    "os.dup(0)",
    "os.pipe()",
    "os.memfd_create('x')",
    "os.getcwd()",
    "open('/proc/self/environ').read()",
    "os.write(9, b'')",
    "os.write(2, b'')",
)
WORSE = ("os.execv('/bin/true', ['true'])", "os.fork()", "os.setuid(0)", "os.kill(1, 9)")


def test_the_process_can_do_nothing_but_answer() -> None:
    shared = "os.dup2(1, 9)\n"
    code, free = attempt(*ATTACKS, before=shared)
    assert code == 0
    assert [one for one in free if one.endswith("Error")] == []
    code, confined = attempt(*ATTACKS, *WORSE, before=f"{shared}confine()")
    assert code == 0
    for what, came in zip((*ATTACKS, *WORSE), confined, strict=True):
        assert came in {"PermissionError", "OSError", "RuntimeError"}, (what, came)


def test_the_process_has_no_environment_little_memory_and_little_time() -> None:
    _, [environment, some, much] = attempt(
        "dict(os.environ)", "bytearray(300 << 20)[0]", "bytearray(520 << 20)[0]"
    )
    assert environment in {"{}", "{'LC_CTYPE': 'C.UTF-8'}"}  # which Python sets itself
    assert (some, much) == ("0", "MemoryError")
    short = "confine.__globals__['_PROCESSOR_SECONDS'] = 1\nconfine()"
    code, _ = attempt("sum(iter(int, 1))", before=short)
    assert code in {-9, -24}


async def test_it_ends_when_nobody_waits_for_its_picture_any_more(parts) -> None:
    before, leaves = children(), asyncio.Event()

    async def receive() -> dict[str, str]:
        await leaves.wait()
        return {"type": "http.disconnect"}

    request = Request(asked().scope, receive)
    answering = asyncio.create_task(
        Pictures().answer(request, ("OFFICER", "one"), CONTENT, parts())
    )
    await confined_child(before)
    leaves.set()
    with pytest.raises(ClientDisconnect):
        await asyncio.wait_for(answering, 15)
    assert children() <= before

"""Gerbang in production form: one process, and an officer with a token."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from bench.peers.contender import Contender, running
from bench.world import SEAL_KEY
from models.row_security import login_at
from tests.free_ports import free_port

_GERBANG = Path(sys.executable).with_name("gerbang")
_ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def gerbang(url: str, document: str) -> AsyncIterator[Contender]:
    """`gerbang serve` on a world."""
    port = free_port()
    environment = {
        **os.environ,
        "GERBANG_ENVIRONMENT": "development",
        "GERBANG_PORT": str(port),
        "GERBANG_METRICS_PORT": "",
        "GERBANG_DATABASE_URL": login_at(url, "bench"),
        "GERBANG_SEAL_KEY": SEAL_KEY.hex(),
        "GERBANG_DRAIN_GRACE_SECONDS": "0",
    }
    async with running([_GERBANG, "serve"], port, environment, _ROOT) as process:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            answer = await client.post("/development/users/officer/token")
        token = answer.raise_for_status().json()["access_token"]
        yield Contender("Gerbang", port, process, document, token)

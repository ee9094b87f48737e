"""The commands `gerbang witness`, for another organisation: it cosigns the account of this one."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import click
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.cli.starting import require_free_port
from models.account.notes import read_public_key
from models.account.witness import MOST_BYTES, WitnessFolder
from models.logs import process_log

_FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
_NAME = click.option("--name", required=True, help="A name of one's own, such as the host's.")
_TYPES = {200: "text/plain; charset=utf-8", 409: "text/x.tlog.size"}


@click.group()
def witness() -> None:
    """Cosign the account of somebody else (C2SP tlog-witness), on a machine of one's own."""


@witness.command("key")
@_FOLDER
@_NAME
def print_key(folder: Path, name: str) -> None:
    """Print the key by which others verify cosignatures; it is made where there is none."""
    click.echo(WitnessFolder(folder, name).witness.verifier_key())


@witness.command()
@_FOLDER
@_NAME
@click.option(
    "--log-key",
    "log_keys",
    multiple=True,
    required=True,
    help="What `gerbang audit key` prints; repeat it for the two keys of a rotation.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8090, show_default=True)
def serve(folder: Path, name: str, log_keys: tuple[str, ...], host: str, port: int) -> None:
    """Answer POST /add-checkpoint. FOLDER has the key, and what was cosigned last."""
    known = {key: read_public_key(key) for key in log_keys}
    require_free_port(host, port, "--port")
    app = witness_app(WitnessFolder(folder, name), known)
    config = uvicorn.Config(
        app, host=host, port=port, access_log=False, log_config=None, server_header=False, ws="none"
    )
    with process_log("INFO", as_json=True):
        asyncio.run(uvicorn.Server(config).serve())


def witness_app(folder: WitnessFolder, log_keys: Mapping[str, bytes]) -> Starlette:
    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return Response("too long\n", 413)
        status, answer = await run_in_threadpool(folder.add_checkpoint, body, log_keys)
        return Response(answer, status, media_type=_TYPES.get(status, "text/plain"))

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])

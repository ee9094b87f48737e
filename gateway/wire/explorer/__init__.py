"""The explorer, in development only: GraphiQL once `make graphiql` has bundled it, and a small page
of ours until then. Neither loads anything from other sites."""

import asyncio
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePath

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gateway.execution.document_matrix import DocumentMatrix
from gateway.texts.language import Language
from gateway.wire.parameters import from_body, read_body

_MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".txt": "text/plain",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Its editor writes styles into the page, has its fonts in them, and parses in workers.
_GRAPHIQL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; "
    "worker-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HERE = files(__name__)
_GRAPHIQL = _HERE.joinpath("graphiql")
_BUILT = _GRAPHIQL.joinpath("dist")


def is_bundled() -> bool:
    """Whether `make graphiql` has run."""
    return _BUILT.is_dir()


async def page(request: Request) -> Response:
    """The page itself."""
    if is_bundled():
        return _response(_GRAPHIQL.joinpath("index.html"), _GRAPHIQL_POLICY)
    return _own_file("explorer.html")


def asset_routes() -> list[Route]:
    """The styles and scripts of both pages."""
    return [
        Route("/graphql/explorer.css", lambda request: _own_file("explorer.css"), methods=["GET"]),
        Route("/graphql/explorer.js", lambda request: _own_file("explorer.js"), methods=["GET"]),
        Route("/graphql/graphiql/{name}", _bundled_file, methods=["GET"]),
    ]


def matrix_route(documents: DocumentMatrix, body_limit: int) -> Route:
    """What each role can do with a document and its variables, before anything is run: as
    `gerbang documents matrix` says it. The body is that of a request."""

    async def judge(request: Request) -> Response:
        length = request.headers.get("content-length")
        body = await read_body(request.receive, length, body_limit)
        asked = from_body(body, (), Language.EN)
        examined = await asyncio.to_thread(documents.examine, asked.document or "", asked.variables)
        return JSONResponse(
            [
                {
                    "role": role,
                    "canRun": verdict.can_run,
                    "cost": verdict.cost,
                    "refused": verdict.refused,
                    "mistake": verdict.mistake,
                    "takesPurpose": verdict.takes_purpose,
                }
                for role, verdict in examined.verdicts.items()
            ]
        )

    return Route("/graphql/explorer/matrix", judge, methods=["POST"])


def _own_file(name: str) -> Response:
    return _response(_HERE.joinpath(name), _PAGE_POLICY)


async def _bundled_file(request: Request) -> Response:
    file = _BUILT.joinpath(request.path_params["name"])
    if not file.is_file():
        return PlainTextResponse("GraphiQL has no such file.", HTTPStatus.NOT_FOUND)
    return _response(file, _GRAPHIQL_POLICY)


def _response(file: Traversable, policy: str) -> Response:
    return Response(
        file.read_bytes(),
        media_type=_MEDIA_TYPES[PurePath(file.name).suffix],
        headers={"Content-Security-Policy": policy},
    )

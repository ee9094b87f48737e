"""The explorer, a page for trying operations in development. It loads nothing from other sites."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PAGE = "explorer.html"
MEDIA_TYPES = {PAGE: "text/html", "explorer.css": "text/css", "explorer.js": "text/javascript"}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def page(request: Request) -> Response:
    """The page itself."""
    return _file(PAGE)


def asset_routes() -> list[Route]:
    """The page's style and script."""
    return [
        Route("/graphql/explorer.css", lambda request: _file("explorer.css"), methods=["GET"]),
        Route("/graphql/explorer.js", lambda request: _file("explorer.js"), methods=["GET"]),
    ]


def _file(name: str) -> Response:
    return Response(
        files(__name__).joinpath(name).read_bytes(),
        media_type=MEDIA_TYPES[name],
        headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY},
    )

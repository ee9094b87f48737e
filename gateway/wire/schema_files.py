"""``GET /graphql/schema/ROLE.graphql``: the schema of a role as a file, for code generators."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus

from graphql import GraphQLSchema, print_schema
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.authentication import Authentication
from gateway.errors import ErrorCode, RequestError
from gateway.wire.content import names_tag
from models.vocabulary import Role

#: The media type that such files are usually served with; none is registered for them.
MEDIA_TYPE = "application/graphql; charset=utf-8"
#: Kept by the client, and asked for again with its tag.
_CACHING = "private, no-cache"
#: The roles by the names of their files.
_BY_NAME = {role.lower(): role for role in Role}


class SchemaFiles:
    """Serves the schema of each role: in production to viewers who hold the role, in development to
    all.

    The schema of ANONYMOUS is public. Each is printed when it is first asked for. `make snapshots`
    writes them without their descriptions, so that a loosened right is seen in a difference.
    """

    def __init__(
        self,
        authentication: Authentication,
        views: Mapping[Role, GraphQLSchema],
        *,
        in_development: bool,
    ) -> None:
        self._authentication = authentication
        self._views = views
        self._is_open = in_development
        self._printed: dict[Role, tuple[bytes, str]] = {}

    async def get(self, request: Request) -> Response:
        """The schema that the path names; 304 where the client has it."""
        role = _BY_NAME.get(request.path_params["role"])
        if role is None:
            raise RequestError(
                ErrorCode.BAD_REQUEST,
                f"There is no such role: ask for one of {', '.join(_BY_NAME)}.",
                HTTPStatus.NOT_FOUND,
            )
        if not self._is_open and role is not Role.ANONYMOUS:
            await self._authentication.viewer(
                request.headers.getlist("authorization"), [role.value]
            )
        text, tag = await self._print(role)
        headers = {"ETag": tag, "Cache-Control": _CACHING}
        if names_tag(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(text, headers={**headers, "Content-Type": MEDIA_TYPE})

    async def _print(self, role: Role) -> tuple[bytes, str]:
        """The text of a role's schema, and its tag."""
        if role not in self._printed:
            text = (await asyncio.to_thread(print_schema, self._views[role]) + "\n").encode()
            self._printed[role] = text, f'"{sha256(text).hexdigest()[:32]}"'
        return self._printed[role]

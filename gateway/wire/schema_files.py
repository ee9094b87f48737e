"""``GET /graphql/schema/ROLE.graphql``: the schema of a role as a file, for code generators."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    GraphQLSchema,
    NameNode,
    StringValueNode,
    Visitor,
    parse,
    print_ast,
    print_schema,
    visit,
)
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
#: The flavour for Apollo Federation.
FEDERATION = "federation"
_LINK = """extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
"""
_ONE_OF = "Exactly one of its fields is given."
#: Other subgraphs refer to what has an id; the router has it from `node`, if at all.
_KEY = DirectiveNode(
    name=NameNode(value="key"),
    arguments=(
        ArgumentNode(name=NameNode(value="fields"), value=StringValueNode(value="id")),
        ArgumentNode(name=NameNode(value="resolvable"), value=BooleanValueNode(value=False)),
    ),
)
_SHAREABLE = DirectiveNode(name=NameNode(value="shareable"), arguments=())
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
        self._printed: dict[tuple[Role, str | None], tuple[bytes, str]] = {}

    async def get(self, request: Request) -> Response:
        """The schema that the path names, in the flavour that the address asks for; 304 where the
        client has it."""
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
        flavour = request.query_params.get("flavour")
        if flavour not in (None, FEDERATION):
            raise RequestError(
                ErrorCode.BAD_REQUEST,
                f"There is no such flavour: ask for {FEDERATION}, or for none.",
                HTTPStatus.BAD_REQUEST,
            )
        text, tag = await self._print(role, flavour)
        headers = {"ETag": tag, "Cache-Control": _CACHING}
        if names_tag(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(text, headers={**headers, "Content-Type": MEDIA_TYPE})

    async def _print(self, role: Role, flavour: str | None) -> tuple[bytes, str]:
        """The text of a role's schema, and its tag."""
        if (role, flavour) not in self._printed:
            printed = print_as_subgraph if flavour else print_schema
            text = (await asyncio.to_thread(printed, self._views[role]) + "\n").encode()
            self._printed[role, flavour] = text, f'"{sha256(text).hexdigest()[:32]}"'
        return self._printed[role, flavour]


def print_as_subgraph(schema: GraphQLSchema) -> str:
    """The schema as Apollo's composer takes it: `@oneOf`, which it does not know, is written out;
    what has a global id is an entity, to which other subgraphs add fields; pages are described by
    the same type everywhere."""
    return f"{_LINK}\n{print_ast(visit(parse(print_schema(schema)), _AsSubgraph()))}"


class _AsSubgraph(Visitor):
    def enter_input_object_type_definition(self, node: Any, *_: Any) -> Any:
        kept = tuple(each for each in node.directives or () if each.name.value != "oneOf")
        if len(kept) == len(node.directives or ()):
            return None
        before = node.description.value if node.description else ""
        description = StringValueNode(value=f"{before} {_ONE_OF}".strip(), block=True)
        return replace(node, directives=kept, description=description)

    def enter_object_type_definition(self, node: Any, *_: Any) -> Any:
        if any(each.name.value == "Node" for each in node.interfaces or ()):
            return replace(node, directives=(*(node.directives or ()), _KEY))
        if node.name.value == "PageInfo":
            return replace(node, directives=(*(node.directives or ()), _SHAREABLE))
        return None

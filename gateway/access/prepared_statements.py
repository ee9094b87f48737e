"""Statements that are written once for a role, and run as text ever after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Label, Select, func, select
from sqlalchemy.dialects.postgresql import asyncpg

from gateway.access.rows import require_vouched
from gateway.rules import Scope
from gateway.viewer import Viewer
from models.vocabulary import Role


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement of the policy for anybody who acts in a role; made by `prepare` alone."""

    text: str
    _places: tuple[str, ...]
    _constants: Mapping[str, Any]

    def arguments(self, viewer: Viewer, given: Mapping[str, Any]) -> list[Any]:
        """What fills its places: the viewer's scope, and what is given by name."""
        return [self._argument(name, viewer, given) for name in self._places]

    def _argument(self, name: str, viewer: Viewer, given: Mapping[str, Any]) -> Any:
        if name in _SCOPES:
            return getattr(viewer, name) or None
        return given[name] if name in given else self._constants[name]


_SCOPES = frozenset(scope.value for scope in Scope)


def prepare(statement: Select[Any], role: Role) -> PreparedStatement:
    """Write a statement that was held to the policy as text.

    Raises PermissionError for any other.
    """
    require_vouched(statement)
    return _compile(statement, role)


def prepare_together(statements: Sequence[Select[Any]], role: Role) -> PreparedStatement:
    """Write several as one, whose only row has, for each of them, a list of all its rows."""
    for statement in statements:
        require_vouched(statement)
    return _compile(select(*map(_as_array, statements)), role)


def _as_array(statement: Select[Any]) -> Label[Any]:
    row = func.row(*statement.selected_columns)
    return func.array(statement.with_only_columns(row).scalar_subquery()).label(None)


def _compile(statement: Select[Any], role: Role) -> PreparedStatement:
    compiled = statement.compile(
        dialect=asyncpg.dialect(), compile_kwargs={"render_postcompile": True}
    )
    places = tuple(compiled.positiontup or ())
    # With its role in a comment, each role keeps its own plan: see `COMMENT` of the connections.
    return PreparedStatement(f"{compiled} /* {role} */", places, compiled.params)

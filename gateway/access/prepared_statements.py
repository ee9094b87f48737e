"""Compiles statements to SQL text once for a role, to be run many times."""

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
    """A vouched statement as text, for any viewer in a role. Only this module creates them."""

    text: str
    _parameters: tuple[str, ...]
    _constants: Mapping[str, Any]

    def arguments(self, viewer: Viewer, given: Mapping[str, Any]) -> list[Any]:
        """The positional arguments: the viewer's scope, named values and constants."""
        return [self._argument(name, viewer, given) for name in self._parameters]

    def _argument(self, name: str, viewer: Viewer, given: Mapping[str, Any]) -> Any:
        if name in _SCOPES:
            return getattr(viewer, name) or None
        return given[name] if name in given else self._constants[name]


_SCOPES = frozenset(scope.value for scope in Scope)


def prepare(statement: Select[Any], role: Role) -> PreparedStatement:
    """Compile a vouched statement.

    Raises PermissionError for any other.
    """
    require_vouched(statement)
    return _compile(statement, role)


def prepare_together(statements: Sequence[Select[Any]], role: Role) -> PreparedStatement:
    """Combine vouched statements into one. Its only row holds a list of rows for each."""
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
    parameters = tuple(compiled.positiontup or ())
    # With its role in a comment, each role keeps its own plan: see `COMMENT` of the connections.
    return PreparedStatement(f"{compiled} /* {role} */", parameters, compiled.params)

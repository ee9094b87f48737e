"""The branches of a plan: what was made of each, and what of it a request reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gateway.access.transactions.reading import Bound, PreparedStatement
from gateway.access.transactions.wire_rows import WireRows
from gateway.execution.plan.backend import renderer
from gateway.execution.plan.program import compile_branch
from gateway.execution.plan.render import Rendering, Table
from gateway.execution.plan.statements import (
    Places,
    Shape,
    Statements,
)
from gateway.execution.plan.tree import (
    Branch,
    Root,
)
from gateway.execution.plan.values import ValueCount
from gateway.execution.selections import Fragments
from gateway.mapping.context import Context
from gateway.mapping.pages import PageBounds
from gateway.viewer import Viewer
from models.vocabulary import Role


class BranchPlan:
    """A branch with its statements and its program."""

    def __init__(self, branch: Branch, role: Role, *, is_compiled: bool) -> None:
        self.levels = branch.levels
        self.statements = Statements(branch.levels, role)
        self.render = renderer(compile_branch(branch), is_compiled=is_compiled)
        self.keys = [Places(level).key for level in branch.levels]
        self.logged = [level.number for level in branch.levels if level.noun.storage.is_logged]


class Plan(NamedTuple):
    """The root fields of an operation by response key, and what was made of their branches."""

    roots: Mapping[str, Root]
    branches: Mapping[Branch, BranchPlan]
    #: Those of the document; resolvers of root fields may read them.
    fragments: Fragments


class Question(NamedTuple):
    """What a request asks of a level: what its statement depends on, and the parameters."""

    shape: Shape = None
    values: Mapping[str, Any] = {}
    bounds: PageBounds | None = None


@dataclass(slots=True)
class BranchRead:
    """The rows of a branch for one request."""

    #: The response key of its root field.
    root: str
    plan: BranchPlan
    questions: list[Question]
    rows: list[WireRows] = field(default_factory=list)

    def prepared(self) -> tuple[PreparedStatement, ...]:
        """The statement of each level."""
        return self.plan.statements.prepared(*(asked.shape for asked in self.questions))

    def statements(self, viewer: Viewer) -> list[Bound]:
        prepared = self.prepared()
        given = {name: value for asked in self.questions for name, value in asked.values.items()}
        return [Bound(statement, statement.arguments(viewer, given)) for statement in prepared]

    def rendering(self, context: Context, count: ValueCount) -> Rendering:
        parts = zip(self.rows, self.plan.keys, self.questions, strict=True)
        tables = [Table(rows, key=key, bounds=asked.bounds) for rows, key, asked in parts]
        return Rendering(context, tables, count)

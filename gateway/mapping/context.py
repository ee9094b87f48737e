"""The context of one operation: its viewer, transaction and loaders."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiodataloader import DataLoader
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.audit import NOTES, OperationAudit
from gateway.access.rows import meets_in_role, select_reachable_in_role
from gateway.access.transactions.prepared import PreparedStatement, prepare_reading
from gateway.access.transactions.reading import ReadTransaction
from gateway.access.vault import LostError, closed_vault, statement_of, vault_errors
from gateway.mapping.arguments import ParsedArguments
from gateway.mapping.catalogue import (
    KEYS,
    LOADED_BY,
    Columns,
    DeclaredNoun,
    hidden_label,
)
from gateway.mapping.declare import KEY, ChangePosition, RuledValue, ToMany, ToOne
from gateway.mapping.figure_reads import FigureReads
from gateway.mapping.positions import Place
from gateway.mapping.services import Services
from gateway.policy import LOGGED_APART, the_named_case
from gateway.texts.language import Language
from gateway.viewer import Viewer
from models import Application, Identity
from models.person.sealed import Sealed, open_rows
from models.person.vault import Vault
from models.vocabulary import Role


@dataclass(slots=True)
class Context:
    """The context of one operation; a new one each time, so nothing is shared between viewers."""

    services: Services
    viewer: Viewer
    audit: OperationAudit
    #: Makes the transaction in which the operation reads; after a change, another one.
    new_session: Callable[[], ReadTransaction]
    session: ReadTransaction
    #: The language of messages.
    language: Language = Language.EN
    #: Those of fields with something to parse, by the id of the field's node.
    arguments: Mapping[int, ParsedArguments] = field(default_factory=dict[int, ParsedArguments])
    _loaders: "Loaders | None" = None
    _figures: FigureReads | None = None
    #: Ids of the applicants whose identity was asked for, found or not.
    identities_asked: set[UUID] = field(default_factory=set)
    #: Ids of the applicants whose identity was read, for the access log.
    identities_read: set[UUID] = field(default_factory=set)
    #: Ids of the ban entries whose person, and of the complaints whose text was read, by the noun.
    read_apart: dict[str, set[UUID]] = field(default_factory=dict)
    #: Whose data key is missing: nobody can read them.
    lost: set[UUID] = field(default_factory=set)
    #: Whose ruled values were disclosed, by the type that the policy has for them.
    disclosed: dict[str, set[UUID]] = field(default_factory=dict)
    #: Whether something was looked up that is hidden from the viewer, or not there.
    found_nothing: bool = False
    #: Whether findings are read: whoever reads some is still here.
    reads_findings: bool = False
    #: What was done that is not done twice, by the response keys of its fields.
    outcomes: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def loaders(self) -> "Loaders":
        """What resolvers load by; plans need none."""
        if self._loaders is None:
            self._loaders = Loaders(self)
        return self._loaders

    @property
    def figures(self) -> FigureReads:
        if self._figures is None:
            self._figures = FigureReads(self.services.figures, self.session, self.viewer)
        return self._figures

    async def once(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """What a field does that must not be done twice: once, even if the executor resolves the
        field again after a plan has failed."""
        if key not in self.outcomes:
            try:
                self.outcomes[key] = await work()
            except Exception as error:
                self.outcomes[key] = error
        outcome = self.outcomes[key]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def change(self, request: Any) -> Any:
        """The outcome of a request. What is read afterwards is read in a new transaction, and so
        sees it."""
        await self.session.close()
        try:
            return await self.services.changes.make(self.viewer, request)
        finally:
            self.session = self.new_session()
            self._loaders = self._figures = None

    def load_changed(self, type_name: str, key: str | None) -> Any:
        """The changed row, read under the viewer's policy: an awaitable, or None without a key."""
        if key is None:
            return None
        noun = self.services.catalogue.nouns[type_name]
        is_uuid = noun.key.type.python_type is UUID
        return self.loaders.by(noun, noun.key).load(UUID(key) if is_uuid else key)

    def columns(self, noun: DeclaredNoun) -> Columns:
        """All columns of a noun that the viewer's role may read."""
        return self.services.catalogue.columns(noun, self.viewer.role)

    async def fetch(
        self, noun: DeclaredNoun, prepared: PreparedStatement, values: Mapping[str, Any]
    ) -> Sequence[Any]:
        """Run a prepared statement; the first column it selects is the key of the noun."""
        [rows] = await self.session.fetch(prepared.bind(self.viewer, values))
        if not noun.storage.is_logged:
            return rows
        columns = self.columns(noun)
        types = [column.type for column in columns]  # what else a row has stands behind them
        if any(isinstance(each, Sealed) for each in types):
            rows, opened = await self._open_those_left(types, rows)
        else:
            opened = rows
        self.note_read(noun, rows)
        return [type(row)(values) for row, values in zip(rows, opened, strict=True)]

    async def _open_those_left(
        self, types: Sequence[Any], rows: Sequence[Any]
    ) -> tuple[Sequence[Any], Sequence[Any]]:
        """Rows and what is sealed in them, without those of people whose key is missing.

        Raises FieldError where they cannot be opened now.
        """
        try:
            with vault_errors():
                return rows, await open_rows(self.vault, types, rows)
        except LostError as error:
            self.lost |= error.people
            self.services.lost_keys.note(len(error.people))
        return await self._open_those_left(types, [row for row in rows if row[0] not in self.lost])

    @property
    def vault(self) -> Vault:
        """The vault for the viewer. Raises FieldError with UNAVAILABLE where there is no key
        service."""
        keys = self.services.keys
        if keys is None:
            raise closed_vault()
        return Vault(keys, statement_of(self.viewer))

    def note_read(self, noun: DeclaredNoun, rows: Sequence[Any]) -> None:
        """Note whose identity was read: the first column of a logged noun is the applicant's id."""
        if noun.storage.is_logged:
            self.note_logged(noun, (row[0] for row in rows))

    def note_logged(self, noun: DeclaredNoun, keys: Iterable[UUID]) -> None:
        """Note the keys of rows of a logged noun that were read."""
        if noun.name in LOGGED_APART:
            self.read_apart.setdefault(noun.name, set()).update(keys)
        else:
            self.identities_read.update(keys)

    async def note_asked_of_notes(self) -> None:
        """Where notes on a case are asked for, note its person, whether there are any or not: the
        log, of which people read their own part, does not tell that something was noted.
        """
        if not any(name.startswith(NOTES) for name in self.audit.fields):
            return
        person = prepare_reading(self.viewer.role, _select_person_of_the_case)
        session = self.new_session()
        try:
            [rows] = await session.fetch(person.bind(self.viewer))
        finally:
            await session.close()
        self.identities_read.update(row[0] for row in rows)

    async def record_opened(self) -> None:
        """Log the people whom this operation had opened, once.

        Raises RequestError where the log cannot be written.
        """
        people, self.identities_read = self.identities_read, set()
        apart, self.read_apart = self.read_apart, {}
        if people:
            await self.audit.record_reads(people)
        for noun, keys in apart.items():
            await self.audit.record_reads_apart(noun, keys)

    def note_asked(self, noun: DeclaredNoun, keys: Iterable[Any]) -> None:
        """Note the people whose identity is asked for, before it is known whether it is read."""
        if noun.storage.is_logged and noun.name not in LOGGED_APART:
            self.identities_asked.update(keys)

    def disclose(self, source: RuledValue, root: Any, name: str) -> Any:
        """A ruled value of a row; whose it is, is noted."""
        value = root.__dict__[name]
        if value is not None:
            self.note_disclosed(source, [root.__dict__[KEY]])
        return value

    def note_disclosed(self, source: RuledValue, keys: Iterable[UUID]) -> None:
        """Note whose value was disclosed."""
        self.disclosed.setdefault(source.coordinate[0], set()).update(keys)

    def position(self, type_name: str, source: ChangePosition, row: Any) -> str:
        """The sealed position of a change."""
        place = (row.__dict__[hidden_label(part)] for part in (source.written_in, source.id))
        return self.services.positions.encode(type_name, Place(*place))


class Loaders:
    """Data loaders: the links of many rows are read by one statement."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._one: dict[tuple[str, str], DataLoader[Any, Any]] = {}
        self._many: dict[ToMany, DataLoader[Any, Any]] = {}
        self._kept: dict[Any, DataLoader[Any, Any]] = {}

    def one(self, source: ToOne, root: Any) -> Any:
        """The row that a link points to: an awaitable, or None if its column is null."""
        value = root.__dict__[hidden_label(source.local)]
        return None if value is None else self.by(self._target(source), source.remote).load(value)

    def many(self, source: ToMany, root: Any) -> Any:
        """The rows that a to-many link points to: an awaitable."""
        loader = self._many.get(source)
        if loader is None:
            loader = self._many[source] = DataLoader(self._batch_many(source))
        return loader.load(root.__dict__[hidden_label(source.local)])

    def by(self, noun: DeclaredNoun, column: InstrumentedAttribute[Any]) -> DataLoader[Any, Any]:
        """The loader for rows of a noun by a unique column."""
        name = (noun.name, column.key)
        loader = self._one.get(name)
        if loader is None:
            loader = self._one[name] = DataLoader(self._batch_one(noun, column))
        return loader

    def loader(self, name: Any, load: Callable[[Sequence[Any]], Any]) -> DataLoader[Any, Any]:
        """The loader of a name, made at the first call."""
        loader = self._kept.get(name)
        if loader is None:
            loader = self._kept[name] = DataLoader(load)
        return loader

    def _target(self, source: ToOne | ToMany) -> DeclaredNoun:
        return self._context.services.catalogue.target(source)

    def _batch_one(self, noun: DeclaredNoun, column: InstrumentedAttribute[Any]) -> Any:
        async def load(keys: Sequence[Any]) -> list[Any]:
            records = dict(await self._select_by(noun, column, keys))
            lost = self._context.lost
            return [LostError() if key in lost else records.get(key) for key in keys]

        return load

    def _batch_many(self, source: ToMany) -> Any:
        async def load(keys: Sequence[Any]) -> list[list[Any]]:
            groups: dict[Any, list[Any]] = {key: [] for key in keys}
            records = await self._select_by(self._target(source), source.remote, keys, source.order)
            for key, record in records:
                groups[key].append(record)
            return [groups[key] for key in keys]

        return load

    async def _select_by(
        self,
        noun: DeclaredNoun,
        column: InstrumentedAttribute[Any],
        keys: Sequence[Any],
        order: Sequence[Any] = (),
    ) -> list[tuple[Any, Any]]:
        if column is noun.storage.key:
            self._context.note_asked(noun, keys)
        role = self._context.viewer.role
        prepared = self._context.services.catalogue.prepared_by(noun, role, column, tuple(order))
        rows = await self._context.fetch(noun, prepared, {KEYS: list(keys)})
        records = (noun.record(row.labels, tuple(row)) for row in rows)
        return [(record.__dict__[LOADED_BY], record) for record in records]


def _select_person_of_the_case(role: Role) -> Select[Any]:
    """The applicant of the case that the purpose names, if the viewer may read who that is."""
    of_case = select(Application.applicant_id).where(meets_in_role(the_named_case))
    person = select_reachable_in_role("Identity", role, Identity.applicant_id.expression)
    return person.where(Identity.applicant_id.in_(of_case))

"""Which roles can run a document, what it costs them, and which personal data it reads."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from graphql import DocumentNode, OperationDefinitionNode

from gateway.errors import GerbangError, RequestError
from gateway.execution.cost import MOST, OperationCost
from gateway.execution.documents import Documents
from gateway.execution.schemas import Schemas, build_schemas
from gateway.policy import IMPLIED_PURPOSE
from gateway.viewer import Viewer
from models.vocabulary import Role

#: Fields that say who somebody is: all of these types do.
PERSONAL_TYPES = (
    *("Identity", "IdentityVersion", "Guarantor", "Guardian", "BannedPerson"),
    *("ItemAnswer", "IntentionAnswer", "CaseNote"),
)
PERSONAL_FIELDS = frozenset({"Applicant.passportLastFour", "Applicant.nationality"})

#: The scope for which costs are given: for partner roles, one country and one centre.
_PARTNER, _COUNTRIES, _CENTRES = "PARTNER", ("AU",), ("AU-SYD",)
_NO_VARIABLES: Mapping[str, Any] = MappingProxyType({})
_NOBODY: Mapping[str, Collection[Role]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a role can do with a document."""

    #: Why it cannot run the document; empty if it can.
    mistakes: tuple[GerbangError, ...]
    #: The most values of an answer, as `extensions.cost.requested`; of the costliest operation.
    cost: int
    #: Whether it reads identity, for which this role states a purpose.
    takes_purpose: bool

    @property
    def can_run(self) -> bool:
        return not self.mistakes and self.cost <= MOST

    @property
    def refused(self) -> tuple[str, ...]:
        """The coordinates that the role may not use."""
        named = (mistake.details.get("coordinate") for mistake in self.mistakes)
        return tuple(coordinate for coordinate in named if coordinate)

    @property
    def mistake(self) -> str | None:
        """What is wrong with the document itself, for example after a release."""
        others = (one for one in self.mistakes if "coordinate" not in one.details)
        return next((one.message for one in others), None)


@dataclass(frozen=True, slots=True)
class ExaminedDocument:
    """A document, and what each role can do with it."""

    operation_names: tuple[str, ...]
    verdicts: Mapping[Role, Verdict]
    #: The fields that it reads for roles that can run it, as ``Type.field``.
    reads: frozenset[str]
    #: Those of them that are personal data.
    personal: tuple[str, ...]
    #: Whether each operation states its purpose by the directive.
    states_purpose: bool

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that can run it."""
        return tuple(role for role, verdict in self.verdicts.items() if verdict.can_run)

    @property
    def takes_purpose(self) -> bool:
        return any(self.verdicts[role].takes_purpose for role in self.roles)


class DocumentMatrix:
    """Examines documents against the schema of every role."""

    def __init__(self, schemas: Schemas | None = None) -> None:
        schemas = schemas or build_schemas()
        self._views = schemas.views
        self._documents = Documents(schemas.full, self._views)
        self._examined: dict[str, asyncio.Task[ExaminedDocument]] = {}
        self._examining = asyncio.Lock()

    async def examine_registered(self, text: str) -> ExaminedDocument:
        """What each role can do with a registered document; kept, for there are only so many.

        It takes some 15 ms, so it is done beside the event loop, one at a time; and it goes on
        where whoever asked first had no time to wait for it.
        """
        if text not in self._examined:
            self._examined[text] = asyncio.create_task(self._examine_aside(text))
        return await asyncio.shield(self._examined[text])

    async def _examine_aside(self, text: str) -> ExaminedDocument:
        async with self._examining:
            return await asyncio.to_thread(self.examine, text)

    def examine(
        self,
        text: str,
        variables: Mapping[str, Any] = _NO_VARIABLES,
        roles: Iterable[Role] = tuple(Role),
    ) -> ExaminedDocument:
        """What roles can do with a document. Raises RequestError with SYNTAX or TOO_COSTLY.

        The cost is that of the variables; of one that has neither a value nor a default, the
        highest.
        """
        document = self._documents.parse(text)
        operations = [
            one for one in document.definitions if isinstance(one, OperationDefinitionNode)
        ]
        verdicts = {
            role: self._verdict(text, document, operations, variables, role) for role in roles
        }
        readable = frozenset(
            coordinate
            for role, verdict in verdicts.items()
            if not verdict.mistakes
            for coordinate in self._documents.validated(text, role).coordinates
        )
        return ExaminedDocument(
            tuple(one.name.value for one in operations if one.name),
            verdicts,
            readable,
            tuple(sorted(filter(_is_personal, readable))),
            all(_states_purpose(one) for one in operations),
        )

    def _verdict(
        self,
        text: str,
        document: DocumentNode,
        operations: Iterable[OperationDefinitionNode],
        variables: Mapping[str, Any],
        role: Role,
    ) -> Verdict:
        # Most roles are not meant: for them the other rules of validation need not be tried.
        mistakes = self._documents.forbidden(document, role)
        mistakes = mistakes or self._documents.mistakes(text, role)
        if mistakes:
            return Verdict(mistakes, 0, takes_purpose=False)
        viewer = Viewer("", role, partner=_PARTNER, countries=_COUNTRIES, centres=_CENTRES)
        try:
            costs = [
                OperationCost(one, document, self._views[role]).of(variables, viewer)
                for one in operations
            ]
        except RequestError as error:
            return Verdict((error,), 0, takes_purpose=False)
        reads_identity = any(
            self._documents.fields_read(text, name, role) for name in PERSONAL_TYPES
        ) or self._documents.asks_for_absence(text, role)
        return Verdict(
            (),
            max((cost.requested for cost in costs), default=0),
            takes_purpose=reads_identity and role not in IMPLIED_PURPOSE,
        )


def matrix_table(
    documents: Mapping[str, ExaminedDocument], senders: Mapping[str, Collection[Role]] = _NOBODY
) -> Iterable[str]:
    """The lines of a Markdown table: for each document and role the cost, or a dash.

    ``senders`` are the roles that are known to send a document.
    """
    yield f"| document | {' | '.join(Role)} | purpose | personal data |"
    yield f"|---|{'---:|' * len(Role)}---|---|"
    for name, document in documents.items():
        sent_for = senders.get(name, ())
        cells = [_cell(document.verdicts[role], is_sent=role in sent_for) for role in Role]
        purpose = ("stated" if document.states_purpose else "by header") * document.takes_purpose
        personal = ", ".join(f"`{coordinate}`" for coordinate in document.personal)
        yield f"| {name} | {' | '.join(cells)} | {purpose or '–'} | {personal or '–'} |"


def _cell(verdict: Verdict, *, is_sent: bool) -> str:
    if verdict.mistakes:
        text = "–"
    else:
        text = f"{verdict.cost:,}" if verdict.can_run else f"too costly ({verdict.cost:,})"
    return f"**{text}**" if is_sent else text


def _is_personal(coordinate: str) -> bool:
    return coordinate.split(".")[0] in PERSONAL_TYPES or coordinate in PERSONAL_FIELDS


def _states_purpose(operation: OperationDefinitionNode) -> bool:
    return any(one.name.value == "purpose" for one in operation.directives or ())

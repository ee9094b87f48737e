"""Runs an operation: from a document and a viewer to an answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any

from graphql import GraphQLError, OperationType
from psycopg import Error as DriverError

from gateway.access.alerts import SignIns, count_endings, raise_tampering
from gateway.access.audit import AccessLog, OperationAudit
from gateway.access.document_links import DocumentLinks
from gateway.access.purpose import StatedPurpose, require_sign_in, stated_purpose
from gateway.access.replicas import Replicas
from gateway.access.statistics import NothingMeasured, Statistics
from gateway.access.transactions.begin import TransactionStarts
from gateway.access.transactions.errors import refuse_partial
from gateway.access.transactions.reading import ReadTransaction
from gateway.error_reports import log_failure, masked_error
from gateway.errors import GerbangError, MistakesError, RequestError
from gateway.execution.answers import answer_to, error_answer, wait_for_beat, with_cost
from gateway.execution.arguments import parse_arguments
from gateway.execution.budgets import Budgets, Charge
from gateway.execution.compiled import CompiledOperations
from gateway.execution.cost import values_in
from gateway.execution.document_matrix import DocumentMatrix
from gateway.execution.graphql_core import build_execution, run_execution
from gateway.execution.introspection import schema_refusal
from gateway.execution.operation import (
    AdmittedOperation,
    Answer,
    Execution,
    OperationRequest,
    misplaced,
    written_by_get,
)
from gateway.execution.plan.cells import CellError
from gateway.execution.plan.plans import PlanCache
from gateway.execution.plan.reads import BranchReads, reference_cache
from gateway.execution.plan.run import PlanRun, run_plan
from gateway.execution.purpose_directive import purpose_arguments
from gateway.execution.schemas import Schemas, build_schemas
from gateway.execution.trusted_documents import TrustedDocuments
from gateway.logs import OperationKind, Way, WhyExecutor, current_record
from gateway.mapping.arguments import ParseContext
from gateway.mapping.context import Context
from gateway.mapping.keyset import Cursors
from gateway.mapping.positions import Positions
from gateway.mapping.services import ProcessState, Services
from gateway.mutations.changes import Changes
from gateway.policy import MOST_ENDINGS, READ_BUDGETS
from gateway.settings import DocumentRule
from gateway.settings.keys import KeyRing
from gateway.viewer import Viewer
from models.database.pool import ConnectionPool
from models.key_service import KeyService, TakesCodes
from models.person.vault import VaultError
from models.vocabulary import Role

#: The kinds of operations that run over HTTP.
_BY_REQUEST = (OperationKind.QUERY, OperationKind.MUTATION)


#: Produces the root values. The operation is executed once for each.
RootValues = Callable[[Context], Awaitable[Sequence[Any]]]


class SchemaRunner:
    """Runs operations for viewers, each on the schema of the viewer's role."""

    def __init__(
        self,
        pool: ConnectionPool,
        starts: TransactionStarts,
        *,
        cursor_keys: KeyRing,
        budgets: Budgets,
        document_rule: DocumentRule = DocumentRule.ALLOW,
        in_development: bool = False,
        keys: KeyService | None = None,
        tracker: TakesCodes | None = None,
        read_budgets: Mapping[Role, int] = READ_BUDGETS,
        most_endings: int = MOST_ENDINGS,
        identity_acr: Sequence[str] = (),
        schemas: Schemas | None = None,
        statistics: Statistics | None = None,
        process: ProcessState | None = None,
        replicas: Replicas | None = None,
    ) -> None:
        schemas = schemas or build_schemas()
        self.budgets = budgets
        self._pool = pool
        self._starts = starts
        self._replicas = replicas
        self.documents = DocumentMatrix(schemas)
        self.services = Services(
            schemas.catalogue,
            Cursors(cursor_keys),
            Positions(cursor_keys),
            DocumentLinks(cursor_keys),
            Changes(pool, starts, keys, replicas),
            self.documents,
            keys,
            tracker,
            statistics,
            process=process,
        )
        self._measured = statistics or NothingMeasured()
        self.views = schemas.views
        self._operations = CompiledOperations(schemas.full, self.views)
        self.trusted = TrustedDocuments(
            pool, starts, rule=document_rule, in_development=in_development
        )
        self._plans = PlanCache(schemas.catalogue)
        self._reference = reference_cache()
        self._access_log = AccessLog(pool, starts, keys, read_budgets)
        self._most_endings = most_endings
        self._identity_acr = identity_acr
        self._sign_ins = SignIns(pool, starts)

    async def run(self, request: OperationRequest, viewer: Viewer, trace_id: str) -> Answer:
        """The answer to an operation, with its cost; an error answer if it cannot start."""
        charge = Charge(self.budgets, viewer)
        try:
            found = await self.trusted.resolve(request)
            admitted = self.admit(found, viewer, trace_id, charge)
            (answer,) = await self.answers(admitted)
        except RequestError as error:
            charge.cancel(current_record().processor.seconds)
            return error_answer(error, charge, trace_id, request.language)
        except Exception as error:  # the charge is kept: work may have been done
            log_failure(error, trace_id)
            return error_answer(masked_error(), charge, trace_id, request.language)
        return with_cost(answer, charge)

    def admit(
        self,
        request: OperationRequest,
        viewer: Viewer,
        trace_id: str,
        charge: Charge,
        kinds: Collection[OperationKind] = _BY_REQUEST,
    ) -> AdmittedOperation:
        """Check, charge and prepare an operation, whose document was found.

        Raises RequestError if it must not start: the caller then cancels the charge.
        """
        text, name = request.document or "", request.operation_name
        compiled = self._operations.operation(text, name, viewer.role, charge)
        if compiled.kind not in kinds:
            raise misplaced()
        current_record().kind = compiled.kind
        if not request.may_write and (not compiled.is_read or compiled.names_people):
            raise written_by_get()
        # Before validation, which takes longer: counting takes one pass, even over an invalid
        # document, and spares us the validation where the cost or the budget is exceeded.
        charge.take(compiled.cost.of(request.variables, viewer, self._measured.sizes))
        if compiled.mistakes:
            raise MistakesError(compiled.mistakes)
        current_record().deprecated = compiled.deprecated
        variables = compiled.variables.coerce(request.variables)
        shape = self._operations.shape(compiled, variables)
        context = ParseContext(viewer, self.services)
        arguments = parse_arguments(shape.checked, variables, context)
        purpose = None
        if compiled.logged:
            require_sign_in(viewer, self._identity_acr)
        if compiled.takes_purpose:
            directive = purpose_arguments(compiled.view, compiled.operation, variables)
            purpose = stated_purpose(
                *(viewer, directive, request.purposes), is_of_complaints=compiled.reads_complaints
            )
            viewer = replace(viewer, purpose_reference=purpose.case_reference)
        return AdmittedOperation(
            viewer=viewer,
            trace_id=trace_id,
            text=compiled.text,
            document=compiled.document,
            operation=compiled.operation,
            view=compiled.view,
            variables=variables,
            shaping=shape.variables,
            arguments=arguments,
            charge=charge,
            logged=compiled.logged,
            purpose=purpose,
            asks_of_schema=compiled.asks_of_schema,
            may_be_late=compiled.may_be_late,
            language=request.language,
        )

    async def answers(
        self, admitted: AdmittedOperation, roots: RootValues | None = None
    ) -> list[Answer]:
        """An answer for each root value, all from one snapshot; a request has one, which is null.
        Reads of identity are logged.

        Raises RequestError with UNAVAILABLE or OVERLOADED in an outage, and with UNAVAILABLE
        if the reads cannot be logged.
        """
        started_at = monotonic()
        context = self._context(admitted)
        try:
            if admitted.purpose and admitted.logged:
                await self._prepare_reads(admitted, context, admitted.purpose)
            try:
                values = await roots(context) if roots else (None,)
                executed = await self._execute(admitted, context, values)
            finally:
                await context.session.close()
            await self._account_for_reads(context, executed)
        except BaseException:
            # The key service has a receipt for each person whom it opened, answered or not.
            with contextlib.suppress(RequestError):
                await context.record_opened()
            raise
        admitted.charge.settle(
            sum([one.values for one in executed]),
            current_record().processor.seconds,
            monotonic() - started_at,
        )
        if context.found_nothing:
            await wait_for_beat(started_at)
        return [answer_to(one.data, one.errors, admitted) for one in executed]

    async def _prepare_reads(
        self, admitted: AdmittedOperation, context: Context, purpose: StatedPurpose
    ) -> None:
        """Refuse, before anything is done, what could not be answered: people whom the stated
        inquiry does not admit, and a change by a viewer who may read nobody else."""
        kind = admitted.operation.operation
        if purpose.is_inquiry and kind is OperationType.QUERY:
            await self._admit_to_inquiry(admitted, context)
            context.audit = replace(context.audit, logs_lookups=False)
        elif not purpose.is_inquiry and kind is OperationType.MUTATION:
            await context.audit.require_room()

    async def _account_for_reads(self, context: Context, executed: Sequence[Execution]) -> None:
        """Commit who was read, before the answer is sent. Raises RequestError where it must be
        withheld."""
        viewer = context.viewer
        if tampered := current_record().tampered:
            await raise_tampering(self._pool, self._starts.for_reading(viewer), viewer, tampered)
        if seconds := current_record().reached_ceiling:
            await context.audit.refuse_beyond_ceiling(seconds)
        for one in executed:
            if one.errors:
                refuse_partial(error.original_error for error in one.errors)
        if context.audit.fields:
            await context.note_asked_of_notes()
        await context.record_opened()
        if context.reads_findings:
            await self._sign_ins.note(viewer)
        if people := context.disclosed.get("PassportEnding"):
            start = self._starts.for_reading(viewer)
            await count_endings(self._pool, start, viewer, people, self._most_endings)

    def plan(self, request: OperationRequest, viewer: Viewer) -> PlanRun | WhyExecutor:
        """The plan of a query that is not run, or why it has none.

        Raises RequestError for a query that the viewer may not run.
        """
        charge = Charge(self.budgets, viewer)
        admitted = self.admit(request, viewer, "", charge, [OperationKind.QUERY])
        plan = self._plans.plan(admitted)
        if isinstance(plan, WhyExecutor):
            return plan
        context = self._context(admitted)
        return PlanRun(plan, admitted, context, BranchReads(context, self._reference))

    def _context(self, admitted: AdmittedOperation) -> Context:
        viewer = admitted.viewer
        audit = OperationAudit(
            self._access_log, viewer, admitted.trace_id, admitted.purpose, admitted.logged
        )
        pool = self._pool
        if self._replicas and admitted.may_be_late:
            pool = self._replicas.pool_for(viewer)
        new_session = partial(ReadTransaction, pool, self._starts.for_reading(viewer), self._pool)
        return Context(
            self.services,
            viewer,
            audit,
            new_session,
            new_session(),
            admitted.language,
            admitted.arguments,
        )

    async def _admit_to_inquiry(self, admitted: AdmittedOperation, context: Context) -> None:
        """Find out which people the operation would read, and admit them to its inquiry.

        The executor runs the operation once for that purpose. Its loaders note whose identity is
        asked for, including people who are not admitted yet and whom it cannot read. Look-ups are
        logged in this run only. Whom it opens is logged with the answer. Raises RequestError where
        the inquiry does not admit all of them.
        """
        trial = self._context(admitted)
        if admitted.asks_of_schema:
            raise schema_refusal()  # only plans limit introspection
        try:
            found = await run_execution(build_execution(admitted, context=trial, root=None))
        finally:
            await trial.session.close()
            context.identities_read |= trial.identities_read
            context.read_apart |= trial.read_apart
        if found.errors:
            refuse_partial(error.original_error for error in found.errors)
        if people := trial.identities_asked - trial.identities_read:
            await context.audit.admit_people(people)

    async def _execute(
        self, admitted: AdmittedOperation, context: Context, values: Sequence[Any]
    ) -> list[Execution]:
        """Run the operation once for each root value: by its plan; or by the executor where it has
        none, or where its plan fails: the executor then reports the errors."""
        record, plan = current_record(), self._plans.plan(admitted)
        try:
            if not isinstance(plan, WhyExecutor):
                executed = await run_plan(plan, admitted, context, values, self._reference)
                record.way = Way.PLAN
                return executed
            why = plan
        except (GerbangError, GraphQLError):
            why = WhyExecutor.REFUSED
        except DriverError:
            why = WhyExecutor.DATABASE
        except (CellError, VaultError):
            why = WhyExecutor.UNEXPECTED
        except Exception as error:  # a bug in a plan only costs time: the executor answers
            why = WhyExecutor.DEFECT
            log_failure(error, admitted.trace_id)
        record.way, record.why_executor = Way.EXECUTOR, why
        if record.kind is OperationKind.QUERY and admitted.asks_of_schema:
            raise schema_refusal()  # only plans limit introspection
        running = [
            run_execution(build_execution(admitted, context=context, root=value))
            for value in values
        ]
        # A request has one root, and needs no task besides its own.
        results = [await running[0]] if len(running) == 1 else await asyncio.gather(*running)
        return [Execution(each.data, each.errors or (), values_in(each.data)) for each in results]

    def read_transaction(self, viewer: Viewer) -> ReadTransaction:
        """A read transaction for the viewer; it begins with the first statement."""
        return ReadTransaction(self._pool, self._starts.for_reading(viewer))

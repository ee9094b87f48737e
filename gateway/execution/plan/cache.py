"""Finds the plan of an operation, or makes it."""

from collections.abc import Sequence
from typing import Any

from graphql import VariableValues

from gateway.execution.documents import WeightedCache, weight_of
from gateway.execution.operation import AdmittedOperation, Execution
from gateway.execution.plan.branch_reads import BranchReads
from gateway.execution.plan.branches import BranchPlan, Plan
from gateway.execution.plan.planner import Planner
from gateway.execution.plan.reference_rows import ReferenceRows
from gateway.execution.plan.run import PlanRun
from gateway.execution.plan.tree import branches_of
from gateway.execution.plan.values import NotPlannableError
from gateway.execution.selections import Selections
from gateway.limits import MOST_KEPT_TOKENS
from gateway.logs import WhyExecutor, current_record
from gateway.mapping.catalogue import Catalogue
from gateway.mapping.context import Context


class PlanCache:
    """Plans each operation once for each role, and answers from the plan."""

    def __init__(self, catalogue: Catalogue, *, is_compiled: bool = True) -> None:
        """``is_compiled`` lets the compiled module write rows, where there is one."""
        self._catalogue = catalogue
        self._is_compiled = is_compiled
        self.reference = ReferenceRows()
        self._kept: WeightedCache[Any, Plan | WhyExecutor] = WeightedCache(MOST_KEPT_TOKENS)

    async def data(
        self, admitted: AdmittedOperation, context: Context, values: Sequence[Any]
    ) -> list[Execution] | None:
        """The data of an answer for each root value; None where the operation cannot be planned.

        Raises FieldError for an error that belongs to one field.
        """
        plan = self.plan(admitted)
        if isinstance(plan, WhyExecutor):
            current_record().note_executor(plan)
            return None
        reads = BranchReads(context, self.reference)
        runs = [PlanRun(plan, admitted, context, reads, value) for value in values]
        if len(runs) == 1:
            return [await runs[0].answer()]
        writes = [await run.begin_roots(plan.roots) for run in runs]
        await reads.read(runs[0].give_up)
        return [run.execution(write()) for run, write in zip(runs, writes, strict=True)]

    def plan(self, admitted: AdmittedOperation) -> Plan | WhyExecutor:
        """The plan of an operation, or why it has none."""
        operation, shaping = admitted.operation, admitted.shaping
        name, role = operation.name and operation.name.value, admitted.viewer.role
        key = (admitted.text, name, role, tuple(shaping.coerced.items()))
        plan = self._kept.get(key)
        if plan is None:
            plan = self._make_plan(admitted, shaping)
            self._kept.keep(key, plan, weight_of(admitted.text, admitted.document))
        return plan

    def _make_plan(
        self, admitted: AdmittedOperation, shaping: VariableValues
    ) -> Plan | WhyExecutor:
        selections, role = Selections(admitted.document, shaping), admitted.viewer.role
        planner = Planner(admitted.view, self._catalogue, role, selections, shaping)
        try:
            roots = planner.plan(admitted.operation)
            branches = [branch for root in roots.values() for branch in branches_of(root)]
            compiled = {
                branch: BranchPlan(branch, role, is_compiled=self._is_compiled)
                for branch in branches
            }
        except NotPlannableError as error:
            return error.reason
        return Plan(roots, compiled, selections.fragments)

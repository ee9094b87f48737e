"""Checks that the rows that a mutation leaves behind are in the reach of its viewer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, and_, any_, bindparam, func, select

from gateway.access.rows import meets_in_role, rule_of_changing, rule_of_leaving
from gateway.access.transactions.writing import WriteTransaction
from gateway.rules import Rule
from models import Application


async def require_in_reach(
    transaction: WriteTransaction,
    mutation: str,
    applications: Sequence[UUID],
    *,
    are_new: bool = False,
) -> None:
    """Raise PermissionError if the mutation may not leave these applications as they are now.

    New ones must also be such that it could change them.
    """
    role = transaction.viewer.role
    rules = [rule_of_leaving(mutation, role)]
    if are_new:
        rules.append(rule_of_changing(mutation, role))
    [(kept,)] = await transaction.fetch_one(_count_within, *rules, ids=list(applications))
    if kept != len(applications):
        raise PermissionError(f"{mutation} leaves an application out of reach of who makes it")


def _count_within(*rules: Rule | None) -> Any:
    ids = bindparam("ids", None, ARRAY(Application.id.type))
    within = and_(*map(meets_in_role, rules))
    return select(func.count()).where(Application.id == any_(ids), within)

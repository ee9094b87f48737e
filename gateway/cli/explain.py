"""`gerbang explain`: how a query would be run, and what holds each statement to the policy."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import click

from gateway.access.transactions.begin import Seal, TransactionLimits, TransactionStarts
from gateway.errors import RequestError
from gateway.execution.budgets import Budgets
from gateway.execution.cost import MOST
from gateway.execution.operation import OperationRequest
from gateway.execution.plan.explain import explain as plan_explained
from gateway.execution.plan.run import PlanRun
from gateway.execution.runner import SchemaRunner
from gateway.viewer import Viewer
from models.database.connections import pool
from models.vocabulary import Role

#: Queries whose plans are committed, so that a rule that changes shows in the difference.
EXAMPLES: tuple[tuple[str, Role, str], ...] = (
    (
        "An officer's queue",
        Role.OFFICER,
        "{ applications(first: 50, where: {status: {in: [IN_VERIFICATION, INFO_REQUESTED]}},"
        " orderBy: {field: TARGET_DUE_AT}) { nodes { reference status country { name }"
        " applicant { passportLastFour nationality { code } } } pageInfo { endCursor } } }",
    ),
    (
        "An officer's case",
        Role.OFFICER,
        'query ($reference: String! = "7K3M-9QPX-2F4D") @purpose(code: CASEWORK,'
        " reference: $reference) { application(by: {reference: $reference}) { status"
        " applicant { identity { fullName } } events(first: 20) { nodes { kind occurredAt } } } }",
    ),
    (
        "A manager's partner countries",
        Role.PARTNER_MANAGER,
        "{ partners(first: 10) { nodes { name centres(first: 10) { nodes { city country { name } }"
        " totalCount { value } } } } applications { facets { stage { value count { value } } } } }",
    ),
)


@click.command()
@click.argument("query")
@click.option("--role", type=click.Choice([*Role]), required=True, help="Who asks.")
@click.option("--variables", default="{}", help="Values of its variables, as JSON.")
def explain(query: str, role: str, variables: str) -> None:
    """Print how a QUERY would be run: its statements, and what holds each to the policy.

    Nothing is read, and no database is needed.
    """
    try:
        given = json.loads(variables)
        for line in explanation(query, Role(role), given):
            click.echo(line)
    except json.JSONDecodeError as error:
        raise click.BadParameter(f"no JSON: {error}", param_hint="--variables") from None
    except RequestError as error:
        raise click.ClickException(error.message) from None


def explanation(query: str, role: Role, variables: dict[str, Any]) -> Iterator[str]:
    """The lines that explain a query. Raises RequestError for one that the role may not run."""
    request = OperationRequest(document=query, variables=variables)
    run = runner().plan(request, Viewer("somebody", role))
    if isinstance(run, PlanRun):
        return plan_explained(run)
    return iter((f"There is no plan ({run}): graphql-core's executor runs it.",))


@cache
def runner() -> SchemaRunner:
    """Runs nothing: it has no database."""
    starts = TransactionStarts(Seal(bytes(32), 1), TransactionLimits(1, 1, 1))
    nobody = pool("postgresql://nobody@nowhere/nothing", 1)
    return SchemaRunner(nobody, starts, cursor_keys=(bytes(32),), budgets=Budgets(MOST, MOST))


def plans_page() -> str:
    """The plans of the examples, as Markdown."""
    parts = [
        "# Plans\n\nMade by `gerbang snapshots`, as `gerbang explain` prints them. A changed rule"
        " of the policy shows here as a difference.\n"
    ]
    for title, role, query in EXAMPLES:
        lines = (f"    {line}".rstrip() for line in explanation(query, role, {}))
        text = "\n".join(lines)
        parts.append(f"## {title}\n\n```graphql\n{query}\n```\n\nAs {role}:\n\n{text}\n")
    return "\n".join(parts)

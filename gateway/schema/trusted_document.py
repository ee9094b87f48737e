"""Registered documents, and which role can run which: what `gerbang documents matrix` prints."""

from datetime import datetime

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
from models.vocabulary import Role


@strawberry.type(description="What a role can do with a registered document.")
class DocumentVerdict:
    role: Role = strawberry.field(description="The role.")
    can_run: bool = strawberry.field(description="Whether it can run the document.")
    cost: int | None = strawberry.field(
        description="The most values that it may answer with, with the defaults of its variables; a"
        " variable that has none counts with its highest value. Null where it cannot run it."
    )
    refused: list[str] = strawberry.field(
        description="The coordinates that the role may not use, such as `Application.officer`."
    )
    mistake: str | None = strawberry.field(
        description="What else is wrong with it, for example since a field is gone."
    )


@strawberry.type(description="A document that clients ask for by its id.")
class TrustedDocument:
    sha256: str = strawberry.field(description="The hash of its text.")
    operations: list[str] = strawberry.field(description="The names of its operations.")
    clients: list[str] = strawberry.field(description="The clients that send it.")
    registered_at: datetime = strawberry.field(description="When it was registered.")
    registered_by: str = strawberry.field(description="Who registered it.")
    text: strawberry.Private[str]

    @strawberry.field(description="What each role can do with it, by the policy of this release.")
    async def verdicts(self, info: strawberry.Info) -> list[DocumentVerdict]:
        examined = await info.context.services.documents.examine_registered(self.text)
        return [
            DocumentVerdict(
                role=role,
                can_run=verdict.can_run,
                cost=verdict.cost if verdict.can_run else None,
                refused=list(verdict.refused),
                mistake=verdict.mistake,
            )
            for role, verdict in examined.verdicts.items()
        ]


async def trusted_documents(info: strawberry.Info) -> list[TrustedDocument]:
    context = info.context
    columns = ("sha256", "operations", "clients", "registered_at", "registered_by", "text")
    rows = func.viewer.registered_documents(context.viewer.role.value).table_valued(*columns)
    asked = bind_for(context.viewer, TrustedDocument.__name__, select(rows))
    [found] = await context.session.fetch(asked)
    return [
        TrustedDocument(
            sha256=sha256,
            operations=operations,
            clients=clients,
            registered_at=registered_at,
            registered_by=registered_by,
            text=text,
        )
        for sha256, operations, clients, registered_at, registered_by, text in found
    ]

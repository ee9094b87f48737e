"""The client that ariadne-codegen generates, from end to end."""

import asyncio
from datetime import date, datetime

from following import follow
from gerbang_client import Client, ReferToScreeningInput
from gerbang_client.changes import ChangesApplicationChangedApplicationChange
from gerbang_client.refer import ReferReferToScreeningErrorsCaseError
from telling import GIVEN, inputs, report, token


async def ask(client: Client) -> None:
    page = (await client.page(first=2)).applications
    assert page
    assert all(isinstance(node.submitted_at, datetime) for node in page.nodes)
    report("page", len(page.nodes))
    volumes = (await client.volumes(from_=date(2025, 1, 1), to=date(2025, 1, 31))).volumes
    assert volumes
    assert volumes.rows
    for each in inputs():
        outcome = (await client.refer(ReferToScreeningInput(**each))).refer_to_screening
        for error in outcome.errors:
            assert isinstance(error, ReferReferToScreeningErrorsCaseError)
            report("error", [error.typename__, error.code, error.current_status])
        if outcome.application:
            report("status", outcome.application.status)
    case = (await client.case(reference=GIVEN["reference"])).application
    assert case
    assert case.applicant
    assert case.applicant.identity
    assert isinstance(case.applicant.identity.birth_date, date)
    report("name", case.applicant.identity.full_name)


async def main() -> None:
    headers = {"Authorization": f"Bearer {token()}"}
    async with Client(GIVEN["url"], headers) as client:
        await ask(client)
    async for payload in follow(GIVEN["websocketUrl"], token, wait=0.02):
        update = payload.application_changed
        if isinstance(update, ChangesApplicationChangedApplicationChange):
            report("change", update.application.reference)
        else:
            report("heartbeat", True)


asyncio.run(main())

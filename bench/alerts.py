"""How late an alert arrives: from the mutation to the socket of somebody else who follows."""

from statistics import median
from time import perf_counter

import httpx2

from bench.measuring import show_table
from bench.world import SEAL_KEY, prepare, server
from models.row_security import login_at
from tests import tokens
from tests.gateway.live import served

_FOLLOWED = "subscription { alertRaised { position ... on Alert { actor } } }"
_OPEN = """
    mutation ($input: OpenInquiryInput!) {
        openInquiry(input: $input) { inquiry { id } errors { code } }
    }
"""
_QUEUE = "{ alerts(first: 1) { nodes { actor } } }"


async def measure(rounds: int) -> None:
    """Print the milliseconds from a mutation until its alert was received, and was in the queue.

    In each round a different supervisor opens an inquiry.
    """
    found, answered, queued = list[float](), list[float](), list[float]()
    with server() as running:
        url = running.url("bench")
        await prepare(url)
        async with (
            served(login_at(url, "bench"), seal_key=SEAL_KEY.hex()) as live,
            live.as_viewer("supervisor-2") as other,
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{live.port}") as client,
        ):
            await other.follows(_FOLLOWED)
            for number in range(rounds + 1):
                subject = f"supervisor-of-round-{number}"
                began = perf_counter()
                await _ask(client, subject, _OPEN, input={
                    "idempotencyKey": subject, "reason": "Of a bench.", "minutes": 1,
                    "mostPeople": 1,
                })  # fmt: skip
                ended = perf_counter()
                alert = await other.next_value()
                heard = perf_counter()
                queue = await _ask(client, "supervisor-2", _QUEUE)
                if alert["actor"] != subject or subject not in queue:
                    raise RuntimeError("another alert than that of this round")
                if number:  # the first round warms up
                    answered.append(ended - began)
                    found.append(heard - began)
                    queued.append(perf_counter() - began)
    rows = [
        (name, f"{1_000 * median(seconds):.0f} ms", f"{1_000 * max(seconds):.0f} ms")
        for name, seconds in (
            ("the mutation is answered", answered),
            ("the alert is received by another supervisor", found),
            ("it was read in the queue", queued),
        )
    ]
    head = ("from sending the mutation until", "median", f"the longest of {rounds}")
    show_table("An alert", head, rows)


async def _ask(client: httpx2.AsyncClient, subject: str, query: str, **variables: object) -> str:
    answer = await client.post(
        "/graphql",
        json={"query": query, "variables": variables},
        headers={
            "Accept": "application/graphql-response+json",
            **tokens.bearer(role="SUPERVISOR", sub=subject),
        },
    )
    if '"errors":[{' in answer.text:
        raise RuntimeError(answer.text)
    return answer.text

"""Asks the gateway what is on file about the viewer: each time again, since nothing of it is
kept."""

from collections.abc import Mapping
from typing import Any

from dashboard.gateway.client import GatewayClient
from dashboard.gateway.session import Session

QUESTION, READS = "my_data/question", "my_data/reads"
#: The role that reads its own data, as the gateway calls it.
READERS = frozenset({"APPLICANT"})
#: Of pages of reads, more than anybody has.
MOST_PAGES = 100


async def ask_my_data(
    gateway: GatewayClient, session: Session, language: str, *, is_proven: bool = False
) -> Mapping[str, Any]:
    """Everything, with every read, and its proof if so asked. Raises GatewayError.

    This bypasses the cache of the session: no identity stays in this process.
    """
    asked = {"language": language.upper()}
    by = session.access_token, session.role
    answer = await gateway.ask(QUESTION, asked, *by)
    reads: list[Any] = []
    after: str | None = None
    for _ in range(MOST_PAGES):
        page = await gateway.ask(READS, {**asked, "after": after, "isProven": is_proven}, *by)
        of_oneself = page["myData"]
        if of_oneself is None:
            break
        events = of_oneself["applicant"]["accessEvents"]
        reads += events["nodes"]
        after = events["pageInfo"]["endCursor"]
        if not events["pageInfo"]["hasNextPage"]:
            break
    return {
        "myData": answer["myData"],
        "reads": reads,
        "requests": answer["dataRequests"]["nodes"],
        "complaints": answer["complaints"]["nodes"],
    }

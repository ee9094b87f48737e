"""Which notices are sent again, given up and forgotten, and when an endpoint is told again."""

from typing import Any

import pytest

from models.jobs.notices import tend_notices
from tests.gateway.live import happens
from tests.models.test_webhooks import HELD, OPEN, post
from tests.webhook_sink import Endpoint, Post

pytestmark = pytest.mark.anyio
__all__ = ["post"]


async def noticed(post: Post, number: int) -> Endpoint:
    """An endpoint with so many notices of one case, none of which was sent."""
    endpoint = await post.register(post.sink.url("/tended"))
    for at in range(number):
        await happens(post.connection, OPEN, ("INFO_REQUESTED", "IN_VERIFICATION")[at % 2])
    await post.write()
    assert len(await post.notices(endpoint)) == number
    return endpoint


async def let(post: Post, change: str, *numbers: int) -> None:
    await post.connection.execute(
        f"UPDATE webhook_notice SET {change} WHERE number = ANY ($1)", numbers
    )


async def test_what_is_sent_again_is_tried_as_if_it_were_new(post: Post) -> None:
    endpoint = await noticed(post, 6)
    tried = "attempts = 7, failure = 'x', tried_from = now() - interval '9 days', due_at = now()"
    later = f"{tried} + interval '1 hour'"
    await let(post, f"state = 'DELIVERED', settled_at = now(), {later}", 1, 2, 5, 6)
    await let(post, f"state = 'DEAD', settled_at = now(), {later}", 3)
    await let(post, later, 4)
    await post.connection.execute(
        "UPDATE webhook_endpoint SET redeliver_from = 2, redeliver_through = 5, redeliver_by = 'm'"
    )
    assert await tend_notices(post.connection) == 3
    assert await tend_notices(post.connection) == 0
    now = await post.connection.fetchval("SELECT now()")
    again = [
        row["number"]
        for row in await post.notices(endpoint)
        if (row["state"], row["attempts"], row["failure"]) == ("WAITING", 0, None)
        and row["settled_at"] is None
        and row["due_at"] <= now
        and (now - row["tried_from"]).total_seconds() < 60
    ]
    assert again == [2, 3, 5]
    untouched = [row["number"] for row in await post.notices(endpoint) if row["attempts"] == 7]
    assert untouched == [1, 4, 6]


@pytest.mark.parametrize(("resumed", "is_told"), [("-", False), ("+", True)])
async def test_an_endpoint_is_told_again_once_it_was_resumed_since_it_was_disabled(
    post: Post, resumed: str, is_told: bool
) -> None:
    endpoint = await noticed(post, 1)
    await post.connection.execute(
        "UPDATE webhook_delivery SET disabled_at = now(), failures = 9, failing_since = now(),"
        " due_at = now() + interval '1 hour'"
    )
    await post.connection.execute(
        f"UPDATE webhook_endpoint SET resumed_at = now() {resumed} interval '1 minute'"
    )
    await tend_notices(post.connection)
    delivery = await post.delivery(endpoint)
    found = (delivery["disabled_at"], delivery["failures"], delivery["failing_since"])
    assert (found == (None, 0, None)) is is_told
    assert (delivery["due_at"] <= await post.connection.fetchval("SELECT now()")) is is_told


_PAUSED = "UPDATE webhook_endpoint SET paused_by = 'm', paused_at = now()"
_DISABLED = "UPDATE webhook_delivery SET disabled_at = now()"
_REMOVED = "UPDATE webhook_endpoint SET removed_by = 'm', removed_at = now(), secret = NULL"


@pytest.mark.parametrize(
    ("ended", "given_up"), [(_PAUSED, [3]), (_DISABLED, [3]), (_REMOVED, [1, 2, 3]), ("", [])]
)
async def test_what_cannot_be_tried_is_given_up_after_three_days(
    post: Post, ended: str, given_up: list[int]
) -> None:
    endpoint = await noticed(post, 3)
    await post.connection.execute(ended or "SELECT")
    await let(post, "written_at = now() - interval '9 days'", 1, 2, 3)
    await let(post, "tried_from = now() - interval '71 hours'", 2)
    await let(post, "tried_from = now() - interval '73 hours'", 3)
    await tend_notices(post.connection)
    dead = [row for row in await post.notices(endpoint) if row["state"] == "DEAD"]
    assert [row["number"] for row in dead] == given_up
    assert None not in [row["settled_at"] for row in dead]


async def test_what_is_settled_is_forgotten_after_thirty_days(post: Post) -> None:
    endpoint = await noticed(post, 4)
    await let(post, "state = 'DELIVERED', settled_at = now()", 1, 2)
    await let(post, "state = 'DEAD', settled_at = now()", 3)
    await let(post, "written_at = now() - interval '29 days'", 1)
    await let(post, "written_at = now() - interval '31 days'", 2, 3, 4)
    await tend_notices(post.connection)
    assert [row["number"] for row in await post.notices(endpoint)] == [1, 4]


@pytest.mark.parametrize(("hours", "is_kept"), [(23, True), (25, False)])
async def test_a_former_secret_is_kept_for_a_day(post: Post, hours: int, is_kept: bool) -> None:
    await noticed(post, 0)
    await post.connection.execute(
        "UPDATE webhook_endpoint SET previous_secret = secret,"
        " secret_at = now() - $1 * interval '1 hour'",
        hours,
    )
    await tend_notices(post.connection)
    left: Any = "SELECT previous_secret IS NOT NULL FROM webhook_endpoint"
    assert await post.connection.fetchval(left) is is_kept


async def test_nothing_is_told_of_before_an_endpoint_was_approved(post: Post) -> None:
    await happens(post.connection, OPEN, "INFO_REQUESTED")
    await noticed(post, 0)


@pytest.mark.parametrize(("left", "notices"), [("now()", 0), ("NULL", 1)])
async def test_what_comes_of_a_file_that_the_partner_reads_no_more_takes_no_number(
    post: Post, left: str, notices: int
) -> None:
    endpoint = await noticed(post, 0)
    leave = "UPDATE application SET left_partner_at = {} WHERE reference = $1"
    await happens(post.connection, HELD, "INFO_REQUESTED")
    await post.connection.execute(leave.format(left), HELD)
    try:
        await post.write()
        assert len(await post.notices(endpoint)) == notices
    finally:
        await post.connection.execute(leave.format("NULL"), HELD)

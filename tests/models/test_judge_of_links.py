"""Whom an officer opens beside the applicant on the desk: other files of that person."""

from uuid import uuid4

import pytest

from models.key_service import Relation, RelationKind
from tests.models.test_judge import Court, court, stated

__all__ = ["court"]

pytestmark = pytest.mark.anyio


async def test_files_of_one_person_are_opened_by_themselves_and_together(court: Court) -> None:
    filed, linked, other = (uuid4() for _ in range(3))
    cases = [Relation(RelationKind.CASE, f"OF-{one}", one) for one in (filed, linked, other)]
    await court.keys.make_data_keys([filed, linked, other], relations=cases)
    desk = stated("OFFICER", "LINKED")
    await court.keys.relate(
        [
            Relation(RelationKind.DESK, "LINKED", "me"),
            Relation(RelationKind.CASE, "LINKED", filed),
            Relation(RelationKind.APPLICANT, "LINKED", filed),
            Relation(RelationKind.LINK, filed.hex, linked),
        ]
    )
    assert [await court.opened(desk, [one]) for one in (filed, linked, other)] == [1, 1, None]
    assert await court.opened(desk, [filed, linked]) == 2
    assert await court.opened(desk, [filed, other]) is None
    assert await court.opened(desk, [linked, other]) is None

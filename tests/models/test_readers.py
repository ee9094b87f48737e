"""How many people each viewer read is compared with what the others of the role did."""

from typing import NamedTuple

from models.access_log import compare_viewers
from models.vocabulary import Role


class Row(NamedTuple):
    """What the database counts."""

    reader: str
    reader_role: str
    people: int
    reads: int


def rows(*people: int, role: Role = Role.OFFICER) -> list[Row]:
    return [Row(f"{role}-{number}", role.value, number, 2 * number) for number in people]


def test_a_viewer_is_compared_with_four_others_of_the_role_or_with_nobody() -> None:
    first, *others = compare_viewers([*rows(1, 2, 3, 4, 100), *rows(90, role=Role.SUPERVISOR)])
    assert (first.viewer, first.people, first.reads, first.others) == ("OFFICER-100", 100, 200, 4)
    # Of 1, 2, 3 and 4: the upper quartile, and one and a half times the distance above it.
    assert first.quartiles == (1.75, 2.5, 3.25)
    assert first.fence == 3.25 + 1.5 * (3.25 - 1.75)
    assert [one.viewer for one in others] == [
        "SUPERVISOR-90", "OFFICER-4", "OFFICER-3", "OFFICER-2", "OFFICER-1",
    ]  # fmt: skip
    assert (others[0].others, others[0].quartiles, others[0].fence) == (0, None, None)
    assert [one.quartiles for one in compare_viewers(rows(1, 2, 3, 100))] == [None] * 4

"""Which part of the world a map shows, and where the names of places have room."""

from collections.abc import Sequence

import pytest

from dashboard.figures.regions import MOST_NAMES, WORLD, Frame, frame_of, places_to_name
from dashboard.model.places import places
from dashboard.model.rows import Line


def test_names_on_a_map_keep_clear_of_each_other() -> None:
    lines = [Line({}, code, code, code) for code in places()]
    shown = places_to_name(lines, (), WORLD)
    assert 4 < len(shown) <= MOST_NAMES
    assert {line.code for line in places_to_name(lines, ("SG", "MY"), WORLD)} >= {"SG", "MY"}
    for one in shown:
        for other in shown:
            if one is not other:
                a, b = places()[one.code or ""], places()[other.code or ""]
                assert abs(a.latitude - b.latitude) > 3 or abs(a.longitude - b.longitude) > 3


@pytest.mark.parametrize(
    ("codes", "frame"),
    [
        # As high as the least, around it.
        (["SG"], (73.38, 134.18, -14.62, 17.38)),
        # Its edges and a little more, as wide as a map is.
        (["AU"], (96.45, 170.55, -47, -8)),
        # Moved, not cut, where the map ends in the south, west and north.
        (["NZ"], (140.835, 201.635, -58, -26)),
        (["IS"], (-29, 31.8, 48.98, 80.98)),
        (["CA"], (216, 310, 34.53, 84)),
        # As wide as what is high asks for; as high as the world at most.
        (["AU", "SG"], (71.38, 180.4, -47, 10.38)),
        (["NO", "AU", "US"], (2, 296, -58, 84)),
    ],
)
def test_a_selection_is_framed_with_what_is_around_it(
    codes: list[str], frame: tuple[float, float, float, float]
) -> None:
    found = frame_of("selection", [*codes, "??"])
    edges = (found.west, found.east, found.south, found.north)
    assert edges == pytest.approx(frame, abs=0.01)
    assert frame_of("selection", ["??"]) == frame_of("world", codes) == WORLD


def test_names_stand_where_they_have_room_and_the_chosen_ones_always() -> None:
    """One letter is 6.6 pixels wide and a line 15 high; this frame has ten pixels a degree."""
    frame = Frame(90, 152, -10, 24)

    def named(*lines: Line, chosen: Sequence[str] = ()) -> list[str | None]:
        return [line.code for line in places_to_name(lines, chosen, frame)]

    def a_name(code: str, length: int) -> Line:
        return Line({}, code, name="x" * length)

    # Thailand is 14.7 pixels south of Viet Nam and 52.9 west of it, and 24.5 north of Cambodia.
    assert named(a_name("TH", 8), a_name("VN", 8)) == ["TH", "VN"]
    assert named(a_name("TH", 9), a_name("VN", 8)) == ["TH"]
    assert named(a_name("VN", 8), a_name("TH", 9)) == ["VN"]
    assert named(a_name("TH", 9), a_name("KH", 9)) == ["TH", "KH"]
    assert named(a_name("TH", 9), a_name("VN", 9), chosen=("VN",)) == ["VN"]
    assert named(a_name("TH", 9), a_name("VN", 9), chosen=("TH", "VN")) == ["TH", "VN"]
    assert named(a_name("BN", 99)) == []
    assert named(a_name("BN", 99), chosen=("BN",)) == ["BN"]
    assert named(a_name("AU", 5), a_name("BN", 0), chosen=("AU", "BN")) == []
    # Neither of these has room between itself and the edge: 16 degrees in the west, 38 in the east.
    assert named(a_name("TH", 33)) == ["TH"]
    assert named(a_name("TH", 34)) == []
    eastern = Frame(70, 112, -10, 24)
    assert [len(places_to_name([a_name("VN", n)], (), eastern)) for n in (17, 18)] == [1, 0]


@pytest.mark.parametrize(
    ("frame", "is_inside"),
    [
        (Frame(103, 104, 1, 2), True),
        (Frame(104, 110, 1, 2), False),
        (Frame(100, 103, 1, 2), False),
        (Frame(103, 104, 2, 9), False),
        (Frame(103, 104, -9, 1), False),
    ],
)
def test_a_frame_holds_what_lies_within_all_its_edges(frame: Frame, is_inside: bool) -> None:
    assert frame.holds(places()["SG"]) == is_inside

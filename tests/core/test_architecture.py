"""The drawing of the rooms is what the imports give."""

from pathlib import Path

import pytest
from pages import maker

DOCS = Path(__file__).parents[2] / "docs"  # read from the imports of "ontogeny"


@pytest.fixture(scope="module")
def architecture():
    return maker(DOCS / "architecture.py")


@pytest.fixture(scope="module")
def rooms(architecture):
    return architecture.read_rooms()


def test_the_drawing_is_what_the_imports_give_now(architecture, rooms):
    drawn = architecture.DRAWING.read_text(encoding="utf-8")
    assert drawn == architecture.draw(rooms), "make architecture"


def test_the_page_s_table_is_what_the_imports_give_now(architecture, rooms):
    page = architecture.PAGE.read_text(encoding="utf-8")
    assert page == architecture.write_page(page, rooms), "make architecture"


def test_an_import_more_is_another_drawing(architecture, rooms):
    more = {**rooms, "errors": {"plots"}}
    assert architecture.draw(more) != architecture.draw(rooms)


def test_a_room_lies_above_what_it_imports_right_below_its_users(architecture):
    rooms = {"top": {"middle", "low"}, "middle": {"low"}, "low": set(), "own": set()}
    assert architecture.layers_of(rooms) == {"top": 2, "middle": 1, "low": 0, "own": 0}
    # That `top` may use `low` follows.
    assert architecture.drawn_edges(rooms) == {("top", "middle"), ("middle", "low")}
    assert architecture.layers_of({"a": {"b", "c"}, "b": {"c"}, "c": set(), "d": {"c"},
                                   "e": {"d", "a"}})["d"] == 2  # fmt: skip


def test_studies_lie_side_by_side(architecture):
    rooms = {"studies/svcca": {"plots"}, "studies/scaffold": set(), "plots": set()}
    layers = architecture.layers_of(rooms)
    assert layers["studies/svcca"] == layers["studies/scaffold"] == 1


def test_an_import_against_the_order_is_drawn_as_such(architecture):
    rooms = {"measures": {"plots"}, "plots": {"measures"}, "errors": set()}
    assert architecture.layers_of(rooms)["plots"] == 0
    assert architecture.draw(rooms).count(architecture.AGAINST) == 2

"""Edits by pointer: what the mouse does on the map is what the world becomes, and what is drawn."""

import math
import time
import urllib.error

import pytest
from playwright.sync_api import expect

from pictures import differing, picture, set_state, shares

BUILDING = "bldg-w1240404832"
NAME = "ILJIN Group Headquarters"
# A street beside it, metres east and north of its middle.
ROAD = (60, -40)


@pytest.fixture(autouse=True)
def plan(site):
    """A fork to try things in."""
    site.ask("POST", "/v1/worlds", {"name": "plan"})
    yield
    site.ask("DELETE", "/v1/worlds/plan")


def twin(site, id=BUILDING):
    try:
        return site.ask("GET", f"/v1/worlds/plan/twins/{id}")
    except urllib.error.HTTPError as error:
        assert error.code == 404
        return None


def place_of(site, id=BUILDING):
    return twin(site, id)["location"]["coordinates"]


class Map:
    """The map with the edit panel beside it, seen from above, heights in colours, and the mouse over it."""

    def __init__(self, page, drawn, lon, lat, distance=400):
        self.page, self.drawn, self.lon, self.lat = page, drawn, lon, lat
        set_state(page, world="plan", panel="edit", selection=[],
                  colour={"model": "dtmi:nuri:yeoksam:Building;1", "path": "height"},
                  camera={"lon": lon, "lat": lat, "distance": distance, "pitch": 0, "bearing": 0})
        self.rest()
        self.box = page.locator("#map").bounding_box()
        self.metre = self.box["height"] / (2 * distance * math.tan(math.radians(19)))

    def rest(self):
        self.drawn(self.page)

    def at(self, east=0.0, north=0.0):
        """Where in the window a place of the ground is, in metres from the middle."""
        return (self.box["x"] + self.box["width"] / 2 + east * self.metre,
                self.box["y"] + self.box["height"] / 2 - north * self.metre)

    def tells(self, name, *place):
        """Waits until the map says that this is there."""
        self.page.mouse.move(self.box["x"] + 5, self.box["y"] + self.box["height"] / 2)
        self.rest()
        self.page.mouse.move(*self.at(*place))
        expect(self.page.locator("#hover")).to_contain_text(name)

    def click(self, east=0.0, north=0.0):
        self.page.mouse.click(*self.at(east, north))

    def seen(self, east=0.0, north=0.0, reach=25):
        """The picture of what is around a place."""
        self.page.mouse.move(self.box["x"] + 5, self.box["y"] + self.box["height"] / 2)
        self.rest()
        x, y = self.at(east, north)
        x, y = x - self.box["x"], y - self.box["y"]
        side = reach * self.metre
        return picture(self.page).crop(tuple(round(each) for each in (x - side, y - side, x + side, y + side)))

    def changes(self, before, *place, **more):
        """Waits until a place looks otherwise than it did."""
        self._until(lambda: differing(before, self.seen(*place, **more), 5) > 0.02)

    def returns(self, before, *place, **more):
        """Waits until a place looks as it did."""
        self._until(lambda: differing(before, self.seen(*place, **more), 5) < 0.002)

    def _until(self, is_so):
        end = time.monotonic() + 30
        while not is_so():
            assert time.monotonic() < end, "the picture never came"


def test_a_building_is_dragged(page, drawn, site, shot):
    start = place_of(site)
    city = Map(page, drawn, *start)
    old, new = city.seen(), city.seen(60, -40)
    city.click()
    expect(page.locator(".edit-twin")).to_contain_text(NAME)
    page.click("#move-drag")
    city.rest()
    page.mouse.move(*city.at())
    page.mouse.down()
    page.mouse.move(*city.at(20, -10), steps=4)
    page.mouse.move(*city.at(60, -40), steps=4)
    shot(page, "edit-drag")
    page.mouse.up()
    draft = page.evaluate("nuri.store.state.draft")
    assert draft["east"] == pytest.approx(60, abs=15) and draft["north"] == pytest.approx(-40, abs=10)
    assert place_of(site) == start, "a draft is not written"
    page.click("#move-apply")
    expect(page.locator("#edit-undo")).to_contain_text("(1)")
    lon, lat = place_of(site)
    assert (lon - start[0]) * 88_400 == pytest.approx(draft["east"], rel=0.02)
    assert (lat - start[1]) * 110_980 == pytest.approx(draft["north"], rel=0.02)
    set_state(page, selection=[])
    city.changes(old)
    city.changes(new, 60, -40)
    city.tells(NAME, 60, -40)
    shot(page, "edit-dragged")
    page.click("#edit-undo")
    expect(page.locator("#edit-redo")).to_contain_text("(1)")
    assert place_of(site) == start
    city.returns(old)
    city.returns(new, 60, -40)
    page.click("#edit-redo")
    expect(page.locator("#edit-undo")).to_contain_text("(1)")
    assert place_of(site) == [lon, lat]
    city.changes(new, 60, -40)
    city.tells(NAME, 60, -40)


def test_a_block_is_placed_by_a_click(page, drawn, site, shot):
    lon, lat = place_of(site)
    city = Map(page, drawn, lon, lat - 0.0004)
    before = city.seen(30, 0)
    page.locator("#block-name").fill("New hall")
    page.get_by_label("Height, m").fill("40")
    page.click("#block-place")
    city.click(30, 0)
    page.get_by_label("Turned, °").fill("30")
    city.rest()
    shot(page, "edit-place")
    page.click("#block-add")
    expect(page.locator(".edit-twin")).to_contain_text("New hall")
    [made] = page.evaluate("nuri.store.state.selection")
    east, north = place_of(site, made)
    assert (east - lon) * 88_400 == pytest.approx(30, abs=1) and north == pytest.approx(lat - 0.0004, abs=1e-5)
    set_state(page, selection=[])
    city.changes(before, 30, 0)
    city.tells("New hall", 30, 0)
    page.click("#edit-undo")
    expect(page.locator("#edit-redo")).to_contain_text("(1)")
    assert twin(site, made) is None
    city.returns(before, 30, 0)
    page.click("#edit-redo")
    expect(page.locator("#edit-undo")).to_contain_text("(1)")
    assert twin(site, made)["height"] == 40
    city.changes(before, 30, 0)
    city.tells("New hall", 30, 0)


def test_a_tool_ends_with_what_it_was_for(page, drawn, site):
    city = Map(page, drawn, *place_of(site))
    city.click()
    page.click("#move-drag")
    expect(page.locator("#move-drag")).to_have_attribute("aria-pressed", "true")
    city.click(60, -60)
    expect(page.locator(".edit-twin")).not_to_contain_text(NAME)
    assert page.evaluate("nuri.store.state.tool") is None


def test_storeys_are_added_to_what_was_clicked(page, drawn, site, shot):
    city = Map(page, drawn, *place_of(site))
    city.click()
    expect(page.locator("#edit-height")).to_have_text("Height 15 m")
    before = city.seen(reach=20)
    page.get_by_role("button", name="+ 5").click()
    expect(page.locator("#edit-height")).to_have_text("Height 30 m")
    assert twin(site)["height"] == 30
    city.changes(before, reach=20)
    shot(page, "edit-storeys")
    page.click("#edit-undo")
    expect(page.locator("#edit-height")).to_have_text("Height 15 m")
    city.returns(before, reach=20)
    page.click("#edit-redo")
    expect(page.locator("#edit-height")).to_have_text("Height 30 m")
    assert twin(site)["height"] == 30
    city.changes(before, reach=20)


def red(city, part=(0, 1)):
    """The share of a part of the map, from left to right, that is red."""
    city.page.mouse.move(city.box["x"] + 5, city.box["y"] + city.box["height"] / 2)
    city.rest()
    image = picture(city.page)
    image = image.crop((int(part[0] * image.width), 0, int(part[1] * image.width), image.height))
    return shares(image, lambda r, g, b: r > 60 and r > 1.6 * g and r > 1.6 * b)


@pytest.mark.parametrize("language,theme", [("en", "dark"), ("ko", "light")])
def test_a_road_is_closed(open_page, drawn, site, shot, language, theme):
    page = open_page(language=language, theme=theme)
    city = Map(page, drawn, *place_of(site))
    city.click(*ROAD)
    expect(page.locator("#road-close")).to_be_visible()
    [road] = page.evaluate("nuri.store.state.selection")
    was = twin(site, road)["highway"]
    page.click("#road-close")
    expect(page.locator("#edit-undo")).to_contain_text("(1)")
    assert twin(site, road)["highway"] == "construction"
    shot(page, f"edit-closed-{language}")
    closed = {"en": "closed roads", "ko": "막힌 도로"}[language]
    expect(page.locator("#legend")).to_contain_text(closed)
    set_state(page, selection=[])
    assert red(city) > 0.01, "it is striped in red"
    set_state(page, other="live", mode="side")
    fork, live = red(city, part=(0, 0.5)), red(city, part=(0.5, 1))
    assert fork > 0.01 and live < fork / 20, "in the fork, not in the live world"
    shot(page, f"closed-{language}")
    set_state(page, other=None, mode="single")
    page.click("#edit-undo")
    expect(page.locator("#legend")).not_to_contain_text(closed)
    assert red(city) < 0.001
    expect(page.locator("#edit-redo")).to_contain_text("(1)")
    assert twin(site, road)["highway"] == was
    page.click("#edit-redo")
    expect(page.locator("#edit-undo")).to_contain_text("(1)")
    assert twin(site, road)["highway"] == "construction"

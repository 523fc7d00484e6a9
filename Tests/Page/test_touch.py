"""The page by fingers: the map, the slider, and how large what is to be touched is."""

import math

import pytest
from playwright.sync_api import expect

from pictures import set_state

BUILDING = "bldg-w1240404832"
PLACE = (127.054976, 37.509024)


class Fingers:
    """Fingers on the screen, at points of the window."""

    def __init__(self, page):
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def _send(self, kind, points):
        self.session.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]})

    def move(self, starts, ends, steps=6, lift=True):
        """Puts fingers down and moves each straight to its end."""
        self._send("touchStart", starts)
        for step in range(1, steps + 1):
            self._send("touchMove", [tuple(a + (b - a) * step / steps for a, b in zip(start, end))
                                     for start, end in zip(starts, ends)])
        if lift:
            self.lift()

    def press(self, *point, hold=0):
        self._send("touchStart", [point])
        if hold:
            self.page.wait_for_timeout(hold)
        self.lift()

    def lift(self):
        self._send("touchEnd", [])


@pytest.fixture
def by_touch(open_page, drawn):
    """A page on a tablet, over a building, and the middle of its map."""
    def by_touch(**more):
        page = open_page(size=(1180, 820), has_touch=True, **more)
        set_state(page, camera={"lon": PLACE[0], "lat": PLACE[1], "distance": 400, "pitch": 0, "bearing": 0})
        drawn(page)
        box = page.locator("#map").bounding_box()
        return page, Fingers(page), box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return by_touch


def camera(page, until, is_so):
    return until(page, f"() => {{ const c = nuri.store.state.camera; return ({is_so}) && c; }}")


def test_one_finger_moves_the_map(by_touch, until):
    page, fingers, x, y = by_touch()
    tall = page.locator("#map").bounding_box()["height"]
    fingers.move([(x, y)], [(x - 100, y - 50)])
    metre = tall / (2 * 400 * math.tan(math.radians(19)))
    now = camera(page, until, f"c.lon > {PLACE[0]} + 1e-5")
    assert (now["lon"] - PLACE[0]) * 88_400 == pytest.approx(100 / metre, rel=0.05)
    assert (PLACE[1] - now["lat"]) * 110_980 == pytest.approx(50 / metre, rel=0.05)
    assert (now["bearing"], now["pitch"], now["distance"]) == (0, 0, 400)
    assert page.evaluate("nuri.store.state.selection") == [], "who moves the map chooses nothing"


def test_two_fingers_zoom_and_turn_about_what_is_between_them(by_touch, until):
    page, fingers, x, y = by_touch()
    # Twice as far apart, and a quarter of a turn clockwise.
    fingers.move([(x - 60, y), (x + 60, y)], [(x, y - 120), (x, y + 120)], steps=1)
    now = camera(page, until, "c.distance < 300")
    assert now["distance"] == pytest.approx(200, rel=0.02)
    assert now["bearing"] == pytest.approx(270, abs=1)
    assert (now["lon"], now["lat"]) == (pytest.approx(PLACE[0], abs=2e-5), pytest.approx(PLACE[1], abs=2e-5))
    # Both to one side: the ground goes along with them.
    fingers.move([(x - 60, y), (x + 60, y)], [(x + 40, y), (x + 160, y)])
    now = camera(page, until, f"Math.abs(c.lat - {PLACE[1]}) > 1e-4")
    assert now["distance"] == pytest.approx(200, rel=0.02) and now["bearing"] == pytest.approx(270, abs=1)


def test_a_finger_that_stays_goes_on_where_it_is(by_touch, until):
    page, fingers, x, y = by_touch()
    fingers.move([(x - 60, y), (x + 60, y)], [(x - 90, y), (x + 90, y)], lift=False)
    before = camera(page, until, "c.distance < 300")
    fingers._send("touchEnd", [(x - 90, y)])
    fingers._send("touchMove", [(x - 87, y)])
    fingers._send("touchMove", [(x - 85, y)])
    fingers.lift()
    page.wait_for_timeout(300)
    now = page.evaluate("nuri.store.state.camera")
    assert abs(now["lon"] - before["lon"]) * 88_400 < 6, "no leap"


def test_a_tap_chooses_and_a_long_press_is_no_menu(by_touch, until):
    page, fingers, x, y = by_touch()
    fingers.press(x, y)
    assert until(page, "() => nuri.store.state.selection[0]") == BUILDING
    expect(page.locator(".panel-card .card-id")).to_have_text(BUILDING)
    set_state(page, selection=[], panel=None)
    page.evaluate("addEventListener('contextmenu', (event) => { window.menu = !event.defaultPrevented; })")
    fingers.press(x, y, hold=900)
    assert page.evaluate("window.menu") is not True


def test_a_building_is_dragged_by_a_finger(by_touch, site, drawn, until):
    page, fingers, x, y = by_touch()
    site.ask("POST", "/v1/worlds", {"name": "touched"})
    try:
        set_state(page, world="touched", panel="edit", selection=[BUILDING])
        page.locator("#move-drag").tap()
        drawn(page)
        box = page.locator("#map").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        fingers.move([(x, y)], [(x + 90, y)])
        draft = until(page, "() => nuri.store.state.draft")
        assert draft["east"] > 30 and abs(draft["north"]) < 3
        drawn(page)
        page.locator("#move-apply").click()
        expect(page.locator("#edit-undo")).to_contain_text("(1)")
        lon = site.ask("GET", f"/v1/worlds/touched/twins/{BUILDING}")["location"]["coordinates"][0]
        assert (lon - PLACE[0]) * 88_400 == pytest.approx(draft["east"], rel=0.02)
    finally:
        set_state(page, world="live")
        site.ask("DELETE", "/v1/worlds/touched")


def test_a_fork_is_dragged_off_the_slider(by_touch, until, shot):
    page, fingers, _, _ = by_touch()
    until(page, "() => nuri.store.state.span !== null")
    box = page.locator("#track").bounding_box()
    x, y = box["x"] + box["width"] * 0.4, box["y"] + 12
    fingers.move([(x, y)], [(x + 30, y - 150)], lift=False)
    expect(page.locator(".fork-drag")).to_contain_text("Let go to fork")
    fingers.lift()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert page.evaluate("nuri.store.state.at") is not None
    shot(page, "touch-fork")


@pytest.mark.parametrize("panel", ["card", "edit", "worlds", "difference"])
def test_what_is_to_be_touched_is_large_enough(by_touch, drawn, panel):
    page, _, _, _ = by_touch()
    set_state(page, selection=[BUILDING], panel=panel)
    drawn(page)
    expect(page.locator(f".panel-{panel}")).to_be_visible()
    small = page.evaluate("""() => {
      const large = (box) => box.width >= 23.5 && box.height >= 23.5;
      const found = [...document.querySelectorAll("button, select, input, summary, a[href], [role=tab]")];
      return found.filter((each) => each.checkVisibility({ visibilityProperty: true })).filter((each) => {
        const label = each.closest("label") ?? document.body;
        return !large(each.getBoundingClientRect()) && (label === document.body || !large(label.getBoundingClientRect()));
      }).map((each) => {
        const { width, height } = each.getBoundingClientRect();
        const name = each.getAttribute("aria-label") ?? each.textContent.slice(0, 30);
        return `${each.tagName}#${each.id}.${each.className} "${name}" ${Math.round(width)}×${Math.round(height)}`;
      });
    }""")
    assert small == []

"""Surfaces of level of detail 2: a file of CityJSON is imported, and its roofs stand in the city as they are."""

import os
import pathlib
import re
import subprocess

import pytest
from playwright.sync_api import expect

from pictures import differing, picture, set_state
from sample import Site

VILLAGE = pathlib.Path(__file__).parent / "village.city.json"
MODEL = "dtmi:nuri:city:Building;1"
# Longitude, latitude of the barn's south-west corner; it is 40 m long, 24 m deep, 8 m to the eaves, 22 m to the ridge.
BARN = (127.0472, 37.5088)
# How steep to look: from the west, on the gable; from the south-west, on all.
GABLE = {"lon": 127.0472, "lat": 37.5089, "distance": 120, "pitch": 80, "bearing": 90}
VIEW = {"lon": 127.0477, "lat": 37.5091, "distance": 220, "pitch": 55, "bearing": 35}
NOT_THE_BARN = """() => {
  const label = document.querySelector("#hover");
  return label.hidden || !label.textContent.includes("village-barn");
}"""


@pytest.fixture(scope="module")
def site():
    """A server of the sample with the village of the file."""
    site = Site()
    site.stop()
    subprocess.run([os.environ["NURI_BINARY"], "import", VILLAGE, "--data", site.folder / "city"], check=True)
    site.start()
    yield site
    site.close()


@pytest.fixture
def village(drawn):
    def village(page, camera):
        set_state(page, camera=camera)
        return drawn(page)
    return village


def point(page, east, north, up):
    """Where in the window a point is, in metres from the barn's corner."""
    x, y = page.evaluate("""async ([lon, lat, east, north, up]) => {
      const { data } = await import("/page/city/data.js");
      const { onScreen, views } = await import("/page/city/views.js");
      const [x, y] = data.project.toMetres(lon, lat);
      const at = onScreen(views()[0], x + east, y + north, up);
      return [at.x, at.y];
    }""", [*BARN, east, north, up])
    box = page.locator("#map").bounding_box()
    return box["x"] + x, box["y"] + y


def colour(page, *place):
    box = page.locator("#map").bounding_box()
    x, y = point(page, *place)
    return picture(page).getpixel((round(x - box["x"]), round(y - box["y"])))


@pytest.mark.parametrize("language,theme", [("en", "dark"), ("ko", "light")])
def test_a_gable_is_a_gable(open_page, village, site, until, shot, language, theme):
    layer, = [each for each in site.ask("GET", "/v1/worlds/live/tiles")["layers"] if each["model"] == MODEL]
    assert (layer["kind"], layer["count"]) == ("mesh", 4)
    page = village(open_page(language=language, theme=theme), VIEW)
    shot(page, f"roofs-{language}")
    village(page, GABLE)
    label = page.locator("#hover")
    page.mouse.move(*point(page, 0, 12, 20))
    expect(label).to_contain_text("village-barn")
    # A prism as high as the ridge would be here.
    page.mouse.move(*point(page, 0, 1, 20))
    until(page, NOT_THE_BARN)
    page.mouse.click(*point(page, 0, 12, 19))
    expect(page.locator(".panel-card .card-id")).to_have_text("village-barn")


def test_slopes_are_lit_and_coloured_each_by_itself(page, village, drawn, shot):
    village(page, {**VIEW, "bearing": 0, "pitch": 20})
    set_state(page, at="2018-05-10T00:00:00.000Z")
    drawn(page)
    # The village is not there in the past.
    empty = picture(page)
    set_state(page, at=None)
    drawn(page)
    assert differing(empty, picture(page)) > 0.02
    page.get_by_label("Colour by").select_option(f"{MODEL} height")
    drawn(page)
    expect(page.locator("#legend .histogram")).to_have_attribute("aria-label", re.compile("4 values"))
    drawn(page)
    shot(page, "roofs-height")
    # The tower, 40 m, is the yellow end of the scale; the court, 12 m, the dark one.
    red, green, blue = colour(page, 74, 10, 34)
    assert red > 1.5 * blue and green > 1.5 * blue
    red, green, blue = colour(page, 18, 50, 12)
    assert blue > green


def test_raised_by_a_value_roofs_keep_their_form(page, village, drawn, until):
    village(page, {**GABLE, "distance": 900})
    set_state(page, tall={"model": MODEL, "path": "lod"})
    drawn(page)
    # The largest value stands 250 m high; the eaves stand as much lower as they always do.
    label = page.locator("#hover")
    page.mouse.move(*point(page, 0, 12, 240))
    expect(label).to_contain_text("village-barn")
    page.mouse.move(*point(page, 0, 2, 240))
    until(page, NOT_THE_BARN)


def test_a_moved_barn_takes_its_roof_along(page, village, drawn, site, until, shot):
    site.ask("POST", "/v1/worlds", {"name": "plan"})
    try:
        set_state(page, world="plan", panel="edit", selection=["village-barn"])
        village(page, VIEW)
        before = site.ask("GET", "/v1/worlds/plan/twins/village-barn")["solid"]["vertices"]
        page.get_by_label("North, m").fill("-40")
        shot(page, "roofs-move")
        page.click("#move-apply")
        expect(page.locator("#edit-undo")).to_contain_text("(1)")
        after = site.ask("GET", "/v1/worlds/plan/twins/village-barn")["solid"]["vertices"]
        assert (after[1] - before[1]) * 110_980 == pytest.approx(-40, rel=0.01)
        assert after[0] == before[0] and after[2::3] == before[2::3]
        set_state(page, other="live", mode="difference", colour={"model": MODEL, "path": "height"})
        drawn(page)
        page.mouse.move(*point(page, 20, -28, 21))
        expect(page.locator("#hover")).to_contain_text("village-barn")
        shot(page, "roofs-difference")
        page.click("#edit-undo")
        expect(page.locator("#edit-redo")).to_contain_text("(1)")
        assert site.ask("GET", "/v1/worlds/plan/twins/village-barn")["solid"]["vertices"] == before
    finally:
        set_state(page, world="live", other=None, mode="single")
        site.ask("DELETE", "/v1/worlds/plan")

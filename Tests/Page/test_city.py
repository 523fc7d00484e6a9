"""The city: what is drawn, coloured, compared, found, told and measured."""

import collections
import io
import re

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import expect

BUILDING = "dtmi:nuri:yeoksam:Building;1"
STATION = "dtmi:nuri:yeoksam:SubwayStation;1"
PARNAS = (127.0609, 37.5088)


@pytest.fixture
def drawn(until):
    """Waits until all that is in sight is drawn and no picture is due."""
    def drawn(page):
        until(page, "() => nuri.city && nuri.city.figures().tiles > 0 && nuri.city.isComplete()", 30)
        until(page, """async () => {
          const before = nuri.city.figures().frames;
          await new Promise((resolve) => setTimeout(resolve, 300));
          return nuri.city.figures().frames === before;
        }""", 30)
        return page
    return drawn


def set_state(page, **patch):
    page.evaluate("(patch) => nuri.store.set(patch)", patch)


def picture(page):
    return Image.open(io.BytesIO(page.locator("#map").screenshot())).convert("RGB")


def differing(a, b):
    """The share of pixels that are clearly different."""
    band = ImageChops.difference(a, b).convert("L").point(lambda value: 255 if value > 24 else 0)
    return band.histogram()[255] / (a.width * a.height)


def shares(image, test):
    counts = collections.Counter(image.get_flattened_data())
    return sum(count for colour, count in counts.items() if test(*colour)) / (image.width * image.height)


def is_a_city(image):
    """Whether it shows much of many shades: walls, roofs and streets, not a surface."""
    counts = collections.Counter(image.get_flattened_data())
    return len(counts) > 2000 and max(counts.values()) / (image.width * image.height) < 0.5


def test_the_city_is_drawn(page, drawn, shot):
    drawn(page)
    assert is_a_city(picture(page))
    expect(page.locator("#attribution")).to_contain_text("© OpenStreetMap contributors")
    expect(page.locator("#labels .label:not(.label-off)").first).to_be_visible()
    shot(page, "city-dark")
    for name in ["Place", "Road segment"]:
        page.locator("#layers").get_by_role("checkbox", name=re.compile(name)).first.set_checked(False)
    drawn(page)
    assert not is_a_city(picture(page)), "an empty map must not pass for a city"


def test_light_and_korean(open_page, drawn, shot):
    page = drawn(open_page(language="ko", theme="light"))
    assert is_a_city(picture(page))
    expect(page.locator("#layers")).to_contain_text("건물")
    expect(page.get_by_role("toolbar", name="지도")).to_be_visible()
    shot(page, "city-light-ko")


def test_colour_by_height(page, drawn, until, shot):
    drawn(page)
    yellow = lambda r, g, b: r > 140 and g > 120 and b < 90  # noqa: E731
    choice = page.get_by_label("Colour by")
    expect(choice).to_have_value(f"{BUILDING} height")
    choice.select_option("")
    drawn(page)
    before = shares(picture(page), yellow)
    until(page, "location.hash.includes('colour=none')")
    choice.select_option(f"{BUILDING} height")
    drawn(page)
    expect(page.locator("#legend")).to_contain_text("Height (m)")
    expect(page.locator("#legend .histogram")).to_have_attribute("aria-label", re.compile("5,205 values"))
    assert shares(picture(page), yellow) > before + 0.01
    shot(page, "city-height")
    first = picture(page)
    page.get_by_label("Colours up to").fill("20")
    page.get_by_label("Colours up to").press("Enter")
    drawn(page)
    assert differing(first, picture(page)) > 0.02
    page.get_by_role("button", name="Fit").click()
    page.get_by_label("Scale").select_option("cividis")
    drawn(page)
    assert differing(first, picture(page)) > 0.02


def test_time_moves_heights(page, drawn, shot):
    drawn(page)
    boardings = {"model": STATION, "path": "typicalBoardings"}
    set_state(page, colour=boardings, tall=boardings, at="2018-05-10T09:00:00.000Z")
    drawn(page)
    evening = picture(page)
    shot(page, "city-columns")
    set_state(page, at="2018-05-10T19:00:00.000Z")
    drawn(page)
    assert differing(evening, picture(page)) > 0.002
    expect(page.locator("#legend")).to_contain_text("250 m stand for")


def test_search_by_name_and_card(ko_page, drawn, shot):
    page = drawn(ko_page)
    field = page.get_by_role("combobox", name=re.compile("검색"))
    field.fill("강남")
    expect(page.get_by_role("option").first).to_contain_text("강남")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.fill("subway-gangnam")
    expect(page.get_by_role("option").first).to_contain_text("subway-gangnam")
    field.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    card = page.locator(".panel-card")
    expect(card).to_contain_text("지하철역")
    expect(card).to_contain_text("평소 승차")
    expect(card.get_by_role("img", name=re.compile("평소 승차"))).to_be_visible()
    expect(card.locator(".cause")).to_contain_text("replay")
    drawn(page)
    expect(page.locator(".label-chosen")).to_have_text("강남")
    shot(page, "city-card-ko")


def test_walk_relationships(page, drawn):
    drawn(page)
    set_state(page, selection=["subway-gangnam"], panel="card")
    card = page.locator(".panel-card")
    expect(card.locator(".relations").first).to_contain_text("Located in")
    card.locator(".relations").first.get_by_role("button").first.click()
    expect(card.locator(".card-id")).not_to_have_text("subway-gangnam")
    expect(card).to_contain_text("Population")


def test_default_heights_are_said(page, drawn, site):
    drawn(page)
    rows = site.ask("POST", "/v1/worlds/live/query", {
        "query": "SELECT TOP(1) T.$dtId FROM DIGITALTWINS T WHERE T.heightSource = 'default'"})["items"]
    set_state(page, selection=[rows[0]["$dtId"]], panel="card")
    expect(page.locator(".panel-card .not-measured")).to_have_text("default, not measured")


def test_click_chooses_what_is_there(page, drawn, until, shot):
    drawn(page)
    set_state(page, camera={"lon": PARNAS[0], "lat": PARNAS[1], "distance": 500, "pitch": 40, "bearing": 0})
    drawn(page)
    before = picture(page)
    box = page.locator("#map").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    expect(page.locator("#hover")).to_be_visible()
    page.mouse.click(*middle)
    chosen = until(page, "() => nuri.store.state.selection[0]")
    expect(page.locator(".panel-card .card-id")).to_have_text(chosen)
    page.get_by_role("button", name="✕").or_(page.get_by_role("button", name="Close")).first.click()
    page.mouse.move(box["x"] + 300, box["y"] + 5)
    drawn(page)
    assert differing(before, picture(page)) > 0.0005, "what is chosen is marked"
    shot(page, "city-chosen")


def test_query_filters_the_map(page, drawn, until):
    drawn(page)
    before = picture(page)
    field = page.get_by_role("combobox", name=re.compile("Search"))
    field.fill(f"SELECT * FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, '{BUILDING}') AND T.height > 60")
    field.press("Enter")
    page.get_by_role("option", name=re.compile("Show only these")).click()
    expect(page.locator("#filter")).to_contain_text("Only")
    until(page, "() => nuri.store.state.filter.ids.size > 20")
    drawn(page)
    assert differing(before, picture(page)) > 0.05, "what is left out is faded"
    page.get_by_role("button", name="Show all again").click()
    drawn(page)
    assert differing(before, picture(page)) < 0.01


def test_two_worlds(page, drawn, site, shot):
    drawn(page)
    site.ask("POST", "/v1/worlds", {"name": "taller"})
    try:
        rows = site.ask("POST", "/v1/worlds/live/query", {"pageSize": 300, "query":
            f"SELECT T.$dtId, T.height FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, '{BUILDING}') "
            "AND ST_DISTANCE(T.location, POINT(127.040, 37.507)) < 700"})["items"]
        site.ask("POST", "/v1/worlds/taller/batch", {"operations": [
            {"op": "patchTwin", "id": row["$dtId"], "set": {"height": row["height"] + 60}} for row in rows]})
        single = picture(page)
        set_state(page, colour={"model": BUILDING, "path": "height"}, other="taller", mode="side")
        drawn(page)
        side = picture(page)
        half = side.width // 2
        assert differing(side.crop((0, 0, half, side.height)), side.crop((half, 0, 2 * half, side.height))) > 0.05
        assert differing(single, side) > 0.2
        shot(page, "city-side")
        set_state(page, mode="swipe")
        handle = page.get_by_role("slider", name=re.compile("border"))
        handle.press("Home")
        drawn(page)
        left = picture(page)
        handle.press("End")
        drawn(page)
        assert differing(left, picture(page)) > 0.05
        expect(handle).to_have_attribute("aria-valuenow", "98")
        set_state(page, mode="difference")
        drawn(page)
        expect(page.locator("#legend")).to_contain_text("taller minus live")
        expect(page.locator("#legend")).to_contain_text("-60 m")
        orange = shares(picture(page), lambda r, g, b: r > 110 and r > 1.5 * g and b < 60)
        assert orange > 0.02, "what grew is orange"
        shot(page, "city-difference")
    finally:
        set_state(page, other=None, mode="single")
        site.ask("DELETE", "/v1/worlds/taller")


def test_live_changes_arrive(page, drawn, site):
    drawn(page)
    set_state(page, colour={"model": BUILDING, "path": "storeys"})
    expect(page.locator("#legend")).to_contain_text("no value: 5,205")
    site.ask("PATCH", "/v1/worlds/live/twins/bldg-r19670896", {"storeys": 21})
    try:
        expect(page.locator("#legend")).to_contain_text("no value: 5,204")
    finally:
        site.ask("PATCH", "/v1/worlds/live/twins/bldg-r19670896", {"storeys": None})


def test_a_change_touches_only_what_it_is_about(page, drawn, site, until):
    """Others' changes ask nothing anew of the card, and a list that somebody may have open stays."""
    building, path = "bldg-r19670896", "/v1/worlds/live/twins/bldg-r19670896"
    drawn(page)
    had = site.ask("GET", path)["area"]
    set_state(page, selection=["subway-gangnam"], panel="card", colour={"model": BUILDING, "path": "area"})
    expect(page.locator(".panel-card .cause table")).to_be_visible()
    expect(page.locator("#colour-by")).to_have_value(f"{BUILDING} area")
    choice = page.query_selector("#colour-by")
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    def change(area):
        site.ask("PATCH", path, {"area": area})
        sequence = site.ask("GET", "/v1/worlds/live")["sequence"]
        until(page, f"nuri.city.figures().drawn.sequence >= {sequence}")
    try:
        change(4321)
        assert any("/values" in each for each in asked)
        assert not any("subway-gangnam" in each for each in asked)
        assert choice.evaluate("(element) => element.isConnected")
        set_state(page, selection=[building])
        expect(page.locator(".panel-card")).to_contain_text("4,321")
        change(5432)
        expect(page.locator(".panel-card")).to_contain_text("5,432")
    finally:
        site.ask("PATCH", path, {"area": had})


def test_measure(page, drawn, until):
    drawn(page)
    set_state(page, camera={"lon": 127.04, "lat": 37.505, "distance": 800, "pitch": 0, "bearing": 0})
    drawn(page)
    page.get_by_role("button", name="Measure lengths and areas").click()
    box = page.locator("#map").bounding_box()
    for x, y in [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6)]:
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    expect(page.locator("#measure")).to_contain_text("Length")
    text = page.locator("#measure").inner_text()
    metres = float(re.search(r"Length\s+([\d,.]+)", text)[1].replace(",", ""))
    tall = 2 * 800 * 0.344328  # tangent of half of 38°
    expected = 0.2 * tall * (1 + box["width"] / box["height"])
    assert metres == pytest.approx(expected, rel=0.02)
    assert "m²" in text
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#measure")).to_be_hidden()


def test_keys_move_the_map(page, drawn, until):
    drawn(page)
    set_state(page, camera={"lon": PARNAS[0], "lat": PARNAS[1], "distance": 500, "pitch": 40, "bearing": 0})
    drawn(page)
    page.locator("#map").focus()
    for key, member, grows in [("ArrowUp", "lat", True), ("ArrowRight", "lon", True), ("+", "distance", False),
                               ("e", "bearing", True), ("r", "pitch", True)]:
        before = page.evaluate("(key) => nuri.store.state.camera[key]", member)
        page.keyboard.press(key)
        sign = ">" if grows else "<"
        until(page, f"() => nuri.store.state.camera.{member} {sign} {before}")
    page.keyboard.press("Home")
    until(page, "() => nuri.store.state.camera.distance > 2000")


def test_layers_hide_and_fade(page, drawn):
    drawn(page)
    before = picture(page)
    layers = page.locator("#layers")
    layers.get_by_role("checkbox", name=re.compile("^Building")).uncheck()
    drawn(page)
    assert differing(before, picture(page)) > 0.05
    layers.get_by_role("checkbox", name=re.compile("^Building")).check()
    layers.get_by_role("button", name="Settings of Building").click()
    layers.get_by_label("Opacity").fill("0.3")
    drawn(page)
    assert differing(before, picture(page)) > 0.03


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_accessible(open_page, drawn, axe, theme):
    page = drawn(open_page(theme=theme))
    page.get_by_label("Colour by").select_option(f"{BUILDING} height")
    page.locator("#layers").get_by_role("button", name="Settings of Building").click()
    set_state(page, selection=["subway-gangnam"], panel="card")
    expect(page.locator(".panel-card .cause table")).to_be_visible()
    page.get_by_role("button", name="Measure lengths and areas").click()
    drawn(page)
    axe(page)

"""The city: what is drawn, coloured, compared, found, told and measured."""

import base64
import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import expect

from pictures import differing, is_a_city, picture, set_state, shares

BUILDING = "dtmi:nuri:yeoksam:Building;1"
STATION = "dtmi:nuri:yeoksam:SubwayStation;1"
PARNAS = (127.0609, 37.5088)


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


def test_a_world_says_whose_data_it_holds(page, site, until):
    expect(page.locator("#attribution")).to_contain_text("Seoul Bike Sharing Demand, UCI (CC BY 4.0)")
    site.ask("POST", "/v1/worlds", {"name": "sources"})
    found = site.ask("POST", "/v1/worlds/sources/query", {
        "query": "SELECT T.$dtId FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, 'dtmi:nuri:core:DataSource;1')"})
    (own,) = [row["$dtId"] for row in found["items"]]
    site.ask("PATCH", f"/v1/worlds/sources/twins/{own}", {"attribution": "© the people of Yeoksam"})
    page.evaluate("nuri.store.set({ world: 'sources' })")
    expect(page.locator("#attribution")).to_have_text("© the people of Yeoksam")
    page.evaluate("nuri.store.set({ other: 'live' })")
    expect(page.locator("#attribution")).to_contain_text("© the people of Yeoksam; © OpenStreetMap contributors")
    site.ask("DELETE", f"/v1/worlds/sources/twins/{own}")
    page.evaluate("nuri.store.set({ other: null })")
    expect(page.locator("#attribution")).to_be_hidden()
    page.evaluate("nuri.store.set({ world: 'live' })")
    site.ask("DELETE", "/v1/worlds/sources")


def test_what_changes_is_drawn_over_what_is_kept_as_if_all_were_drawn(page, drawn):
    set_state(page, colour={"model": STATION, "path": "typicalBoardings"}, tall={"model": STATION, "path": "typicalBoardings"},
              at="2018-05-02T09:00:00Z")
    drawn(page)
    pictures = page.evaluate("""async (model) => {
      const { drawn, smoothen } = await import("/page/city/view.js");
      // No smooth picture meanwhile, however slow this machine is.
      const busy = setInterval(smoothen, 50);
      const { setValues, valuesOf } = await import("/page/city/values.js");
      const canvas = document.getElementById("map");
      const shown = async (models) => { await drawn(models); return canvas.toDataURL(); };
      const half = (values) => ({ ...values, tiles: new Map([...values.tiles].map(([hash, each]) =>
        [hash, each.map((value) => (value > 0 ? value / 2 : value))])) });
      const one = new Set([model]);
      const found = { before: await shown(), first: await shown(one), again: await shown(one) };
      for (const purpose of ["colour", "size"]) setValues(purpose, 0, model, half(valuesOf(purpose, 0, model)));
      found.changed = await shown(one);
      found.whole = await shown();
      clearInterval(busy);
      return found;
    }""", STATION)
    before, first, again, changed, whole = (
        Image.open(io.BytesIO(base64.b64decode(pictures[name].partition(",")[2]))).convert("RGB")
        for name in ("before", "first", "again", "changed", "whole"))
    assert is_a_city(first)
    assert differing(before, first, 2) < 1e-4 and differing(first, again, 2) < 1e-4 and differing(changed, whole, 2) < 1e-4
    assert differing(first, changed) > 2e-4, "stations are half as tall"


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
    expect(page.locator(".label-chosen:not(.label-off)")).to_have_text("강남")
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
        set_state(page, world="taller", other="live", mode="difference")
        drawn(page)
        expect(page.locator("#legend")).to_contain_text("taller minus live")
        expect(page.locator("#legend")).to_contain_text("-60 m")
        # By the ratio of colours: how light they are is the sun's.
        orange = lambda r, g, b: r > 60 and r > 1.5 * g and r > 2 * b  # noqa: E731
        for _ in range(10):  # the worlds have changed places: their values come again
            drawn(page)
            grown = shares(picture(page), orange)
            if grown > 0.02:
                break
        assert shares(single, orange) < 0.005 < 0.02 < grown, "what grew is orange"
        shot(page, "city-difference")
    finally:
        set_state(page, world="live", other=None, mode="single")
        site.ask("DELETE", "/v1/worlds/taller")


def test_no_difference_before_both_worlds_are_there(page, drawn, site, until):
    drawn(page)
    site.ask("POST", "/v1/worlds", {"name": "same"})
    try:
        page.evaluate("""async () => {
          const { counts, onStates } = await import("/page/city/states.js");
          window.told = [];
          onStates(() => told.push(counts.added + counts.gone + counts.changed));
        }""")
        set_state(page, world="same", other="live", mode="difference")
        until(page, "told.length > 0")
        drawn(page)
        assert page.evaluate("Math.max(...told)") == 0
    finally:
        set_state(page, world="live", other=None, mode="single")
        site.ask("DELETE", "/v1/worlds/same")


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


def test_triangles_cover_each_polygon_once(page, drawn, site):
    """Of every polygon of the sample, but of those whose rings cross themselves."""
    drawn(page)
    index = site.ask("GET", "/v1/worlds/live/tiles")
    hashes = [tile["hash"] for layer in index["layers"] if layer["kind"] in ("area", "prism") for tile in layer["tiles"]]
    polygons, crossed, wrong = page.evaluate("""async ([hashes, key]) => {
      const { decodeTile } = await import("/page/city/decode.js");
      const { triangulate } = await import("/page/city/triangulate.js");
      const seen = { polygons: 0, crossed: 0, wrong: [] };
      const turn = (t, a, b, c) => (t.px[b] - t.px[a]) * (t.py[c] - t.py[a]) - (t.px[c] - t.px[a]) * (t.py[b] - t.py[a]);
      const cross = (t, a, b, c, d) => turn(t, a, b, c) * turn(t, a, b, d) < 0 && turn(t, c, d, a) * turn(t, c, d, b) < 0;
      const area = (t, [from, to]) => {
        let twice = 0;
        for (let i = from; i < to; i++) twice += turn(t, from, i, i + 1 < to ? i + 1 : from);
        return Math.abs(twice) / 2;
      };
      const look = (t, rings) => {
        seen.polygons += 1;
        const sides = rings.flatMap(([from, to]) =>
          Array.from({ length: to - from }, (_, i) => [from + i, from + i + 1 < to ? from + i + 1 : from]));
        if (sides.some(([a, b], i) => sides.slice(i).some(([c, d]) => cross(t, a, b, c, d)))) {
          seen.crossed += 1;
          return;
        }
        const out = [];
        triangulate(t.px, t.py, rings, out);
        const wanted = rings.slice(1).reduce((left, hole) => left - area(t, hole), area(t, rings[0]));
        let found = 0;
        for (let i = 0; i < out.length; i += 3) found += Math.abs(turn(t, out[i], out[i + 1], out[i + 2])) / 2;
        if (Math.abs(found - wanted) > 0.01 + 1e-5 * wanted) seen.wrong.push([wanted, found]);
      };
      for (const hash of hashes) {
        const answer = await fetch(`/v1/worlds/live/tiles/${hash}`, { headers: { authorization: `Bearer ${key}` } });
        const t = decodeTile(await answer.arrayBuffer());
        for (let feature = 0; feature < t.count; feature++) {
          let rings = [];
          for (let ring = t.featureRing[feature]; ring < t.featureRing[feature + 1]; ring++) {
            if (!t.ringHole[ring] && rings.length > 0) look(t, rings.splice(0));
            rings.push([t.ringStart[ring], t.ringStart[ring + 1]]);
          }
          if (rings.length > 0) look(t, rings);
        }
      }
      return [seen.polygons, seen.crossed, seen.wrong];
    }""", [hashes, site.key])
    assert polygons > 5000 and crossed <= 3 and wrong == []


@pytest.fixture
def rebuilt(site):
    """A fork in which one building was pulled down, one built and one raised; where each of them is."""
    gone, raised = "bldg-w1240404832", "bldg-w1494314008"
    site.ask("POST", "/v1/worlds", {"name": "rebuilt"})
    links = [(way, link) for way in ("relationships", "incoming")
             for link in site.ask("GET", f"/v1/worlds/rebuilt/twins/{gone}/{way}")["items"]]
    lon, lat = site.ask("GET", f"/v1/worlds/live/twins/{gone}")["location"]["coordinates"]
    east, north = 0.00012, 0.0001
    ring = [[lon + 0.0006 + u * east, lat + v * north] for u, v in [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]]
    site.ask("POST", "/v1/worlds/rebuilt/batch", {"operations": [
        *({"op": "deleteRelationship", "source": link["$sourceId"], "id": link["$relationshipId"]} for _, link in links),
        {"op": "deleteTwin", "id": gone},
        {"op": "putTwin", "id": "bldg-new", "twin": {
            "$metadata": {"$model": BUILDING}, "height": 30, "footprint": {"type": "MultiPolygon", "coordinates": [[ring]]},
            "location": {"type": "Point", "coordinates": [lon + 0.0006, lat]}}},
        {"op": "patchTwin", "id": raised, "set": {"height": 45}}]})
    yield {gone: (lon, lat), "bldg-new": (lon + 0.0006, lat)}
    site.ask("DELETE", "/v1/worlds/rebuilt")


@pytest.mark.parametrize("language,theme", [("en", "dark"), ("ko", "light")])
def test_added_gone_and_changed_are_told_apart(open_page, drawn, until, rebuilt, axe, shot, language, theme):
    page = drawn(open_page(language=language, theme=theme))
    (lon, lat), new = rebuilt.values()
    camera = {"lon": lon, "lat": lat, "distance": 300, "pitch": 0, "bearing": 0}
    set_state(page, world="rebuilt", other="live", colour=None, camera=camera, mode="single")
    drawn(page)
    before = picture(page)
    set_state(page, mode="difference")
    until(page, "() => document.querySelectorAll('.legend-states li').length === 3")
    words = ["생김 1", "없어짐 1", "바뀜 1"] if language == "ko" else ["added 1", "gone 1", "changed 1"]
    for each in words:
        expect(page.locator(".legend-states")).to_contain_text(each)
    drawn(page)
    metre = before.height / (2 * 300 * 0.344328)
    middle = (before.width / 2, before.height / 2)
    def around(image, east):
        x, y = middle[0] + east * metre, middle[1]
        return image.crop(tuple(round(each) for each in (x - 8 * metre, y - 6 * metre, x + 8 * metre, y + 6 * metre)))
    after = picture(page)
    reddish = lambda r, g, b: r > 1.3 * g and r > 1.3 * b and r > 50  # noqa: E731
    greenish = lambda r, g, b: g > 1.15 * r and g > 1.15 * b and g > 40  # noqa: E731
    assert shares(around(before, 0), reddish) < 0.02 < 0.2 < shares(around(after, 0), reddish) < 0.9, "seen through"
    assert shares(around(after, (new[0] - lon) * 88_400), greenish) > 0.5
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + middle[0] + 2, box["y"] + middle[1] + 2)
    expect(page.locator("#hover")).to_contain_text("bldg-w1240404832")
    axe(page, "#legend")
    shot(page, f"city-states-{language}")
    set_state(page, mode="single")
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    drawn(page)
    assert differing(before, picture(page)) < 0.005, "nothing of it is left in a single view"


def test_names_stand_in_both_halves(page, drawn, site, until, shot):
    drawn(page)
    site.ask("POST", "/v1/worlds", {"name": "twin"})
    try:
        set_state(page, other="twin", mode="side")
        drawn(page)
        half = page.locator("#map").bounding_box()
        middle = half["x"] + half["width"] / 2
        boxes = [each.bounding_box() for each in page.locator("#labels .label:not(.label-off)").all()]
        left = [box for box in boxes if box["x"] + box["width"] <= middle + 1]
        right = [box for box in boxes if box["x"] >= middle - 1]
        assert len(left) > 2 and len(left) + len(right) == len(boxes)
        assert abs(len(left) - len(right)) <= 2
        shot(page, "city-side-names")
    finally:
        set_state(page, other=None, mode="single")
        site.ask("DELETE", "/v1/worlds/twin")


def test_a_filter_asks_for_ids_only_of_tiles_drawn_one_by_one(page, drawn, until, site):
    layers = site.ask("GET", "/v1/worlds/live/tiles")["layers"]
    houses = {tile["hash"] for layer in layers if layer["model"] == BUILDING for tile in layer["tiles"]}
    asked = set()
    page.on("request", lambda request: asked.add(request.url.split("/")[-2]) if request.url.endswith("/ids") else None)
    drawn(page)
    near = {"lon": PARNAS[0], "lat": PARNAS[1], "distance": 500, "pitch": 40, "bearing": 0}
    set_state(page, camera=near)
    drawn(page)
    before = picture(page)
    # With all there is and from afar, buildings are squares that stand for many.
    shown = {layer["model"]: {"shown": True, "opacity": 1} for layer in layers}
    set_state(page, layers=shown, camera={**near, "distance": 16000, "pitch": 0})
    drawn(page)
    page.evaluate("nuri.store.set({ filter: { label: 'none', ids: new Set() } })")
    drawn(page)
    assert asked and not asked & houses
    set_state(page, layers={}, camera=near)
    drawn(page)
    until(page, "() => nuri.city.isComplete()")
    assert asked & houses
    end = time.monotonic() + 15
    while differing(before, picture(page)) < 0.05:
        assert time.monotonic() < end, "what is left out is faded once it is near"
    set_state(page, filter=None)
    drawn(page)
    assert differing(before, picture(page)) < 0.01

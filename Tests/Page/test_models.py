"""The model browser: inheritance, contents, twins, adding and taking out of use."""

import json

import pytest
from playwright.sync_api import expect

PUMP = {
    "@context": ["dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1"],
    "@id": "dtmi:test:Pump;1", "@type": "Interface", "displayName": {"en": "Pump", "ko": "펌프"},
    "contents": [{"@type": ["Property", "Temperature"], "name": "heat", "schema": "double",
                  "unit": "degreeCelsius", "displayName": {"en": "Heat", "ko": "열"}}]}


@pytest.fixture
def models():
    def models(page, name=None, **state):
        page.evaluate("(state) => nuri.store.set(state)", {**state, "panel": "models"})
        panel = page.locator(".panel-models")
        panel.locator(".model-tree button").first.wait_for()
        if name:
            panel.locator(".model-tree").get_by_role("button", name=name).first.click()
            expect(panel.locator(".model-name")).to_contain_text(name)
        return panel
    return models


@pytest.fixture
def world(site):
    site.ask("POST", "/v1/worlds", {"name": "model-fork"})
    yield "model-fork"
    site.ask("DELETE", "/v1/worlds/model-fork")


def test_what_a_model_is(page, models, pixels, shot, axe):
    panel = models(page, "Building")
    detail = panel.locator(".model-detail")
    expect(detail.locator(".model-name")).to_have_text("Building 건물")
    expect(detail).to_contain_text("dtmi:nuri:yeoksam:Building;1")
    row = detail.get_by_role("row").filter(has_text="height").first
    expect(row).to_contain_text("Height 높이")
    expect(row).to_contain_text("double")
    expect(row.locator("td").nth(3)).to_have_text("m")
    expect(detail.get_by_role("row").filter(has_text="nameEn")).to_contain_text("Place")
    expect(detail.get_by_role("row").filter(has_text="near").last).to_contain_text("Road")
    picture = panel.locator(".model-picture")
    expect(picture).to_have_attribute("aria-label", "Building Near Road; Building Located in Area")
    picture.scroll_into_view_if_needed()
    assert pixels(picture).colours > 20
    panel.get_by_text("DTDL", exact=True).click()
    expect(panel.locator(".dtdl")).to_contain_text('"@id": "dtmi:nuri:yeoksam:Building;1"')
    axe(page)
    detail.get_by_role("button", name="Site").click()
    expect(panel.locator(".model-name")).to_contain_text("Site")
    shot(page, "models")


def test_the_tree_by_inheritance(page, models):
    panel = models(page)
    tree = panel.locator(".model-tree")
    expect(tree.locator("li li li").filter(has_text="Signal crossing").first).to_contain_text("41")
    expect(tree.get_by_role("button", name="City")).to_have_count(3)
    panel.get_by_role("searchbox").fill("rentedBikes")
    expect(tree.get_by_role("button", name="Building")).to_have_count(0)
    expect(tree.get_by_role("button", name="City").first).to_be_visible()


def test_twins_of_a_model(page, models, until):
    panel = models(page, "Subway station")
    panel.get_by_role("button", name="Show on the map").click()
    assert until(page, "nuri.store.state.filter?.ids.size") == 25
    panel.get_by_role("button", name="List the first fifty").click()
    panel.locator(".panel-found button").first.click()
    assert until(page, "nuri.store.state.selection[0]").startswith("subway-")


def test_adding_and_taking_out_of_use(page, models, world, shot, axe):
    panel = models(page, world=world)
    panel.get_by_role("button", name="Add models…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("DTDL as JSON").fill("{")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("This is not JSON")
    dialog.get_by_label("DTDL as JSON").fill(json.dumps({**PUMP, "contents": [{"@type": "Property"}]}))
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("has no name")
    axe(page)
    dialog.get_by_label("From files").set_input_files(
        [{"name": "pump.json", "mimeType": "application/json", "buffer": json.dumps(PUMP).encode()}])
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_be_hidden()
    panel.locator(".model-tree").get_by_role("button", name="Pump").click()
    expect(panel.get_by_role("row").filter(has_text="heat")).to_contain_text("°C")
    panel.get_by_role("button", name="Take out of use").click()
    expect(panel.locator(".model-detail")).to_contain_text("Out of use: no new twins")
    expect(panel.locator(".model-tree").get_by_role("button", name="Pump")).to_contain_text("⊘")
    shot(page, "models-out-of-use")
    axe(page)
    panel.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(panel.locator(".model-tree").get_by_role("button", name="Pump")).to_have_count(0)


def test_the_past_had_no_pump_and_takes_none(page, models):
    panel = models(page, at="2018-05-15T09:00:00+09:00")
    expect(panel.get_by_role("button", name="Add models…")).to_be_hidden()
    expect(panel.locator(".model-acts")).to_have_count(0)


def test_a_reader_sees_no_way_to_write(site, open_page, models):
    key = site.ask("POST", "/v1/keys", {"label": "model reader", "roles": ["reader"]})
    page = open_page(key=key["key"])
    panel = models(page, "Building")
    expect(panel.get_by_role("button", name="Add models…")).to_be_hidden()
    expect(panel.get_by_role("button", name="Delete")).to_have_count(0)


def test_korean_and_light(open_page, models, shot, axe):
    page = open_page(language="ko", theme="light")
    panel = models(page, "건물")
    expect(panel.locator(".model-name")).to_have_text("건물 Building")
    shot(page, "models-ko-light")
    axe(page)


V1 = {**PUMP, "contents": [*PUMP["contents"], {"@type": "Property", "name": "maker", "schema": "string"}]}
V2 = {**PUMP, "@id": "dtmi:test:Pump;2",
      "contents": [*PUMP["contents"], {"@type": "Property", "name": "flow", "schema": "double"}]}


@pytest.fixture
def pumps(site):
    """Pumps in the live world, two models for them, and a fork to try the move in."""
    base = "/v1/worlds/live"
    site.ask("POST", f"{base}/models", [V1, V2])
    for name, values in {"pump-a": {"heat": 40.5, "maker": "Hanil"}, "pump-b": {"heat": 38}}.items():
        site.ask("PUT", f"{base}/twins/{name}", {"$metadata": {"$model": V1["@id"]}, **values})
    site.ask("POST", "/v1/worlds", {"name": "move-fork"})
    yield "move-fork"
    site.ask("DELETE", "/v1/worlds/move-fork")
    for name in ["pump-a", "pump-b"]:
        site.ask("DELETE", f"{base}/twins/{name}")
    for model in [V1, V2]:
        site.ask("DELETE", f"{base}/models/{model['@id']}")


def model_of(site, world, twin):
    return site.ask("GET", f"/v1/worlds/{world}/twins/{twin}")["$metadata"]["$model"]


@pytest.mark.parametrize("language, theme", [("en", "dark"), ("ko", "light")])
def test_twins_move_to_another_model_in_a_fork(open_page, models, site, pumps, shot, axe, language, theme):
    said = {
        "en": ["Move its twins…", "1 of 2 twins don't fit as they are:", "not in the new model", "added", "Let go",
               "Move them", "2 twins are of “Pump” now."],
        "ko": ["트윈 옮기기…", "트윈 2개 가운데 1개가 그대로는 맞지 않습니다.", "새 모델에 없음", "추가됨", "자리가 없는 값은",
               "옮기기", "트윈 2개가 이제 “펌프” 모델입니다."],
    }[language]
    page = open_page(language=language, theme=theme)
    panel = models(page, {"en": "Pump", "ko": "펌프"}[language], world=pumps)
    expect(panel.locator(".model-detail")).to_contain_text("dtmi:test:Pump;1")
    panel.get_by_role("button", name=said[0]).click()
    dialog = page.get_by_role("dialog")
    # The next version of the model is proposed by itself.
    expect(dialog.locator(".migration strong")).to_have_text(said[1])
    row = dialog.get_by_role("row").filter(has_text="pump-a")
    for words in ["maker", "Hanil", said[2]]:
        expect(row).to_contain_text(words)
    expect(dialog.get_by_role("row").filter(has_text="flow")).to_contain_text(said[3])
    go = dialog.get_by_role("button", name=said[5], exact=True)
    expect(go).to_be_disabled()
    axe(page)
    shot(page, f"models-move-{language}")
    dialog.get_by_label(said[4]).check()
    go.click()
    expect(page.locator(".notice")).to_contain_text(said[6])
    assert [model_of(site, pumps, each) for each in ["pump-a", "pump-b"]] == [V2["@id"]] * 2
    assert "maker" not in site.ask("GET", f"/v1/worlds/{pumps}/twins/pump-a")
    assert model_of(site, "live", "pump-a") == V1["@id"]
    assert site.ask("GET", "/v1/worlds/live/twins/pump-a")["maker"] == "Hanil"


def test_a_relationship_that_the_new_model_forbids_stops_the_move(page, models, site, pumps):
    panel = models(page, "Building")
    panel.get_by_role("button", name="Move its twins…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This is the live world")
    dialog.get_by_label("To the model").select_option(V2["@id"])
    expect(dialog).to_contain_text("have to be removed by hand first")
    expect(dialog.get_by_role("button", name="Move them")).to_be_disabled()
    expect(dialog.get_by_label("Let go")).to_have_count(0)

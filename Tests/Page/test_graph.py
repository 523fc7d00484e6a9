"""The graph explorer: neighbours, paths, worlds that differ; as a drawing and as a list."""

import re

import pytest
from playwright.sync_api import expect

TOWER = "bldg-r19670896"
DONG = "dong-samseong2"


@pytest.fixture
def graph():
    def graph(page, *selection, **state):
        state = {"selection": list(selection), **state, "panel": "graph"}
        page.evaluate("(state) => nuri.store.set(state)", state)
        return page.locator(".panel-graph")
    return graph


@pytest.fixture
def plan(site):
    """A fork in which one thing was added, one changed, one taken away."""
    world = "graph-fork"
    base = f"/v1/worlds/{world}/twins"
    site.ask("POST", "/v1/worlds", {"name": world})
    site.ask("PATCH", f"{base}/{TOWER}", {"height": 99})
    site.ask("DELETE", f"{base}/{TOWER}/relationships/{TOWER}:locatedIn")
    bikes = {"$metadata": {"$model": "dtmi:nuri:yeoksam:BikeStation;1"}, "name": "New bikes"}
    site.ask("PUT", f"{base}/bike-new", bikes)
    inside = {"$targetId": DONG, "$relationshipName": "locatedIn"}
    site.ask("PUT", f"{base}/bike-new/relationships/in", inside)
    yield world
    site.ask("DELETE", f"/v1/worlds/{world}")


def counts(panel, twins, relationships):
    text = f"As a list (twins: {twins}, relationships: {relationships})"
    expect(panel.locator("summary")).to_have_text(text)


def test_neighbours_come_step_by_step(page, graph, pixels, shot, axe, until):
    panel = graph(page, TOWER)
    panel.get_by_role("button", name="Located in: bring 1").click()
    counts(panel, 2, 1)
    panel.locator("summary").click()
    panel.locator(".graph-list").get_by_role("button", name="삼성2동").click()
    assert until(page, "nuri.store.state.selection[0]") == DONG
    more = panel.get_by_role("button", name=re.compile("Located in: bring 25"))
    more.click()
    expect(panel.locator(".graph-ways")).to_contain_text("26 of 782")
    more.click()
    expect(panel.locator(".graph-ways")).to_contain_text("51 of 782")
    assert pixels(panel.locator(".graph-box")).painted
    shot(page, "graph")
    axe(page)


def test_selection_goes_both_ways(page, graph, until):
    panel = graph(page, TOWER)
    box = panel.locator(".graph-box")
    expect(panel.locator(".graph-detail")).to_contain_text("101동")
    place = box.bounding_box()
    page.mouse.click(place["x"] + 10, place["y"] + 10)
    until(page, "nuri.store.state.selection.length === 0")
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    assert until(page, "nuri.store.state.selection[0]") == TOWER
    page.evaluate("nuri.store.set({ selection: ['subway-gangnam'] })")
    panel.get_by_role("button", name="Add selection (1)").click()
    counts(panel, 2, 0)


def test_a_path_between_two(page, graph, pixels, shot):
    panel = graph(page, TOWER, "subway-gangnam")
    panel.get_by_role("button", name="Path between the two").click()
    counts(panel, 5, 4)
    expect(panel.locator(".graph-legend")).to_contain_text("Subway station")
    assert pixels(panel.locator(".graph-box")).painted
    shot(page, "graph-path")


def test_what_differs_between_two_worlds(page, graph, plan, shot, axe):
    panel = graph(page, TOWER, other=plan)
    panel.get_by_role("button", name="Add what differs").click()
    legend = panel.locator(".graph-legend")
    expect(legend).to_contain_text(f"only in {plan}")
    expect(legend).to_contain_text("only in live")
    expect(legend).to_contain_text("differs between the two")
    panel.locator("summary").click()
    rows = panel.locator(".graph-list")
    expect(rows.get_by_role("button", name="+ New bikes")).to_be_visible()
    expect(rows.get_by_role("button", name="~ 101동")).to_be_visible()
    expect(rows).to_contain_text("− Located in → 삼성2동")
    expect(rows).to_contain_text("+ Located in → 삼성2동")
    shot(page, "graph-difference")
    axe(page)


def test_it_follows_instant_and_world(page, site, graph, plan):
    panel = graph(page, "bike-new", world=plan)
    expect(panel.locator(".graph-legend")).to_contain_text("Bike station")
    page.evaluate("nuri.store.set({ world: 'live' })")
    expect(panel.locator(".graph-legend")).to_contain_text("not there at this instant")
    page.evaluate("(world) => nuri.store.set({ world, at: '2018-05-15T09:00:00+09:00' })", plan)
    expect(panel.locator(".graph-legend")).to_contain_text("not there at this instant")
    page.evaluate("nuri.store.set({ at: null })")
    expect(panel.locator(".graph-legend")).not_to_contain_text("not there")


def test_found_by_name_without_a_mouse(page, graph, until):
    panel = graph(page)
    expect(panel).to_contain_text("Select twins on the map")
    panel.get_by_role("searchbox").focus()
    page.keyboard.type("강남구청")
    page.keyboard.press("Enter")
    panel.locator(".panel-found button, .graph-detail b").first.wait_for()
    if panel.locator(".panel-found button").count():
        panel.locator(".panel-found button").first.press("Enter")
    until(page, "nuri.store.state.selection.length === 1")
    counts(panel, 1, 0)
    panel.locator(".graph-ways button").first.press("Enter")
    expect(panel.locator("summary")).not_to_contain_text("twins: 1,")


def test_layouts_and_picture(page, graph, pixels):
    panel = graph(page, TOWER, DONG)
    counts(panel, 2, 1)
    for name in ["tree", "rings", "circle", "grid", "springs"]:
        panel.get_by_label("Layout").select_option(label=name)
        assert pixels(panel.locator(".graph-box")).colours > 20
    with page.expect_download() as download:
        panel.get_by_role("button", name="PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_korean_and_light(open_page, graph, shot, axe):
    page = open_page(language="ko", theme="light")
    panel = graph(page, TOWER, DONG)
    expect(panel.locator("summary")).to_have_text("목록으로 (트윈 2개, 관계 1개)")
    expect(panel.locator(".graph-legend")).to_contain_text("건물")
    shot(page, "graph-ko-light")
    axe(page)

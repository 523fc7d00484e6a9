"""Charts: values over time, by group, and how they spread; in step with the rest of the page."""

import re

import pytest
from playwright.sync_api import expect

HAZE = "2018-05-15T09:00:00+09:00"


@pytest.fixture
def charts(until):
    def charts(page, tab=None, **state):
        """The charts of a page, open on a kind, with `state` of the page set before."""
        state = {"selection": ["city-seoul"], **state, "panel": "charts"}
        page.evaluate("(state) => nuri.store.set(state)", state)
        panel = page.locator(".panel-charts")
        panel.get_by_role("tab").first.wait_for()
        if tab:
            panel.get_by_role("tab", name=tab).click()
        panel.locator("canvas:visible").first.wait_for()
        return panel.get_by_role("tabpanel")
    return charts


@pytest.fixture
def fork(site):
    names = []

    def fork(name, **more):
        site.ask("POST", "/v1/worlds", {"name": name, **more})
        names.append(name)
        return name
    yield fork
    for name in names:
        site.ask("DELETE", f"/v1/worlds/{name}")


def grid(page, share_x, share_y=0.5):
    """A point over the first strip of the open chart."""
    box = page.locator(".panel-charts .plot:visible").bounding_box()
    return box["x"] + 56 + share_x * (box["width"] - 72), box["y"] + 24 + share_y * 106


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def test_lines_follow_the_instant(page, charts, pixels, shot, axe):
    panel = charts(page, at=HAZE)
    panel.get_by_label("Add a property…").select_option("temperature")
    lines = panel.locator(".line-legend li")
    expect(lines).to_have_count(2)
    expect(lines.nth(1)).to_contain_text("18.4 °C")
    assert pixels(panel.locator(".plot:visible")).painted
    shot(page, "charts")
    page.evaluate("nuri.store.set({ at: '2018-05-15T15:00:00+09:00' })")
    expect(lines.nth(1)).not_to_contain_text("18.4 °C")
    axe(page)


def test_a_click_goes_to_the_instant(page, charts, until):
    charts(page)
    page.mouse.click(*grid(page, 0.5))
    at = until(page, "nuri.store.state.at")
    assert at.startswith("2018-05-1")


def test_keys_go_from_change_to_change(page, charts, until):
    panel = charts(page, at=HAZE)
    panel.locator(".plot:visible").focus()
    page.keyboard.press("ArrowRight")
    until(page, "nuri.store.state.at === '2018-05-15T01:00:00.000Z'")
    page.keyboard.press("ArrowLeft")
    until(page, "nuri.store.state.at === '2018-05-15T00:00:00.000Z'")


def test_dragging_along_zooms_and_back(page, charts, until):
    panel = charts(page)
    drag(page, grid(page, 0.25), grid(page, 0.5))
    zoom = until(page, "nuri.store.state.zoom")
    assert "2018-05-0" in zoom["from"] and "2018-05-1" in zoom["to"]
    panel.get_by_role("button", name="Whole span").click()
    until(page, "nuri.store.state.zoom === null")


def test_dragging_up_filters_the_map(page, charts, until):
    charts(page)
    drag(page, grid(page, 0.5, 0.95), grid(page, 0.5, 0.05))
    found = until(page, "nuri.store.state.filter && { label: nuri.store.state.filter.label,"
                        " ids: [...nuri.store.state.filter.ids], query: nuri.store.state.filter.query }")
    assert found["ids"] == ["city-seoul"]
    assert "rentedBikes" in found["query"]
    page.get_by_role("button", name="Show all", exact=True).click()
    until(page, "nuri.store.state.filter === null")


def test_two_worlds_and_a_change_as_it_comes(page, site, charts, fork):
    world = fork("chart-fork")
    panel = charts(page, other=world)
    lines = panel.locator(".line-legend li")
    expect(lines).to_have_count(2)
    expect(lines.nth(1)).to_contain_text("chart-fork")
    expect(lines.nth(0).locator("line")).not_to_have_attribute("stroke-dasharray", re.compile("."))
    expect(lines.nth(1).locator("line")).to_have_attribute("stroke-dasharray", re.compile("."))
    site.ask("PATCH", f"/v1/worlds/{world}/twins/city-seoul", {"rentedBikes": 12345})
    expect(lines.nth(1)).to_contain_text("12,345")
    expect(lines.nth(0)).not_to_contain_text("12,345")


def test_the_table_has_what_the_chart_shows(page, charts):
    panel = charts(page)
    panel.get_by_text("As a table").first.click()
    table = panel.get_by_role("table", name="As a table")
    expect(table).to_have_attribute("aria-rowcount", "674")
    table.get_by_role("button", name="Rented bikes").click()
    expect(table.get_by_role("columnheader").nth(1)).to_have_attribute("aria-sort", "ascending")
    expect(table.locator("tbody tr:not(.row-space)").first.locator("td").nth(1)).to_have_text("0")


def test_files(page, charts):
    panel = charts(page)
    with page.expect_download() as download:
        panel.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == "world,twin,property,unit,observed,value,minimum,maximum"
    assert lines[1].startswith("live,city-seoul,rentedBikes,,2018-04-29T15:00:00.000Z,820")
    assert len(lines) == 674
    with page.expect_download() as download:
        panel.get_by_role("button", name="PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_by_group(page, charts, pixels, shot, axe):
    day = {"from": "2018-05-14T15:00:00Z", "to": "2018-05-15T15:00:00Z"}
    panel = charts(page, "By group", zoom=day, selection=[])
    panel.get_by_label("Twins of").select_option("dtmi:nuri:yeoksam:AirQuality;1")
    panel.get_by_label("By", exact=True).select_option("model")
    panel.get_by_label("Instants").select_option("12")
    expect(panel.locator(".readout:visible")).to_contain_text("12 of 12", timeout=30_000)
    assert pixels(panel.locator(".plot:visible")).painted
    panel.locator("summary").click()
    table = panel.get_by_role("table", name="As a table")
    expect(table.get_by_role("columnheader", name="City")).to_be_visible()
    expect(table.get_by_role("columnheader", name="Air station")).to_be_visible()
    shot(page, "charts-groups")
    axe(page)


def test_distribution_filters_the_map(page, charts, pixels, shot, axe, until):
    panel = charts(page, "Distribution", colour={"model": "dtmi:nuri:yeoksam:Building;1", "path": "height"})
    expect(panel.get_by_role("status").filter(has_text="5,205")).to_be_visible()
    assert pixels(panel.locator(".plot:visible")).painted
    shot(page, "charts-distribution")
    panel.get_by_text("Filter the map by value").click()
    panel.get_by_label("From", exact=True).fill("200")
    panel.get_by_label("To", exact=True).fill("300")
    panel.get_by_role("button", name="Filter the map").click()
    assert until(page, "nuri.store.state.filter?.ids.size") == 3
    axe(page)


def test_distribution_of_texts(page, charts, until):
    panel = charts(page, "Distribution", colour={"model": "dtmi:nuri:yeoksam:Building;1", "path": "height"})
    panel.get_by_label("Property", exact=True).first.select_option("heightSource")
    panel.get_by_text("As a table").first.click()
    table = panel.get_by_role("table", name="As a table")
    expect(table).to_contain_text("Tagged")
    expect(table).to_contain_text("1,325")


def test_nothing_selected_teaches(page, until):
    page.evaluate("nuri.store.set({ panel: 'charts' })")
    panel = page.locator(".panel-charts")
    expect(panel).to_contain_text("Select twins on the map")
    panel.locator(".recent button").first.click()
    until(page, "nuri.store.state.selection.length === 1")
    expect(panel.locator(".line-legend li").first).to_be_visible()


def test_korean_and_light(open_page, charts, shot, axe):
    page = open_page(language="ko", theme="light")
    panel = charts(page, at=HAZE)
    panel.get_by_label("속성 추가…").select_option("temperature")
    expect(panel.locator(".line-legend li").nth(1)).to_contain_text("기온")
    expect(panel).to_contain_text("가로로 끌기: 확대")
    shot(page, "charts-ko-light")
    axe(page)

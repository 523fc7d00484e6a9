"""The query workbench: completion, faults, plans, answers in every form."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def workbench():
    def workbench(page, text=None, **state):
        page.evaluate("(state) => nuri.store.set(state)", {**state, "panel": "query"})
        panel = page.locator(".panel-query")
        panel.get_by_role("textbox").first.wait_for()
        if text is not None:
            write(page, text)
        return panel
    return workbench


def write(page, text):
    """Types a query over the one that is there; what is proposed is passed over."""
    editor = page.locator(".panel-query .cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(text)
    page.keyboard.press("Escape")


def run(panel, name="Run"):
    panel.get_by_role("button", name=name).click()
    expect(panel.locator(".panel-body")).not_to_have_attribute("aria-busy", "true")


def test_an_answer_as_a_table(page, workbench, shot, axe):
    panel = workbench(page)
    run(panel)
    expect(panel.locator(".readout")).to_contain_text("Rows: 14 · charge")
    table = panel.get_by_role("table", name="Rows of the answer")
    expect(table.locator("tbody tr").first).to_contain_text("15,022")
    table.get_by_role("button", name="twins").click()
    expect(table.locator("tbody tr").first).to_contain_text("1")
    expect(table.locator("tbody tr").first).not_to_contain_text("15,022")
    shot(page, "query")
    axe(page)


def test_completion_from_the_models(page, workbench, until):
    panel = workbench(page, "SELECT T.$dtId FROM DIGITALTWINS T "
                            "WHERE IS_OF_MODEL(T, 'dtmi:nuri:yeoksam:City;1') AND T.")
    options = panel.get_by_role("listbox").get_by_role("option")
    page.keyboard.type("temp")
    choice = options.first
    expect(choice).to_contain_text("temperature")
    expect(choice).to_contain_text("Temperature, °C")
    page.wait_for_timeout(120)  # CodeMirror takes no Enter for 75 ms, so that typing on takes no proposal.
    page.keyboard.press("Enter")
    expect(panel.locator(".cm-content")).to_contain_text("AND T.temperature")
    write(page, "SELECT * FROM DIGITALTWINS T JOIN b RELATED T.")
    page.keyboard.type("loc")
    expect(options.first).to_contain_text("locatedIn")
    write(page, "SELECT * FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, '")
    page.keyboard.type("Subw")
    expect(options.first).to_contain_text("dtmi:nuri:yeoksam:SubwayStation;1")
    write(page, "SELECT * FR")
    page.keyboard.press("Control+Space")
    expect(options.first).to_contain_text("FROM")


def test_a_fault_is_marked_where_it_is(page, workbench, shot, axe):
    panel = workbench(page, "SELECT T.기온\nFROM DIGITALTWINS T\nWHERE T.x FRM")
    run(panel)
    expect(panel.locator(".query-fault")).to_contain_text('found "FRM"; did you mean FROM?')
    expect(panel.locator(".q-fault")).to_have_text("FRM")
    shot(page, "query-fault")
    axe(page)
    page.keyboard.type("= 1 ")
    expect(panel.locator(".query-fault")).to_be_hidden()


def test_a_fault_at_the_end_of_a_plan(page, workbench):
    panel = workbench(page, "SELECT * FROM DIGITALTWINS T WHERE T.height >")
    run(panel, "Explain")
    expect(panel.locator(".query-fault")).to_be_visible()
    expect(panel.locator(".q-fault")).to_have_count(1)


def test_a_plan(page, workbench, shot):
    panel = workbench(page, "SELECT T.$dtId FROM DIGITALTWINS T WHERE T.height > 30 ORDER BY T.height DESC")
    run(panel, "Explain")
    steps = panel.locator(".query-plan tbody tr")
    expect(steps.nth(0)).to_contain_text("sort by T.height DESC")
    expect(steps.nth(1)).to_contain_text("scan twins T")
    expect(steps.nth(1)).to_contain_text("2,112")
    shot(page, "query-plan")


def test_ten_thousand_rows_stay_quick(page, workbench, until):
    panel = workbench(page, "SELECT T.$dtId, T.length FROM DIGITALTWINS T "
                            "WHERE IS_OF_MODEL(T, 'dtmi:nuri:yeoksam:RoadSegment;1')")
    run(panel)
    for _ in range(9):
        count = panel.locator(".readout").inner_text()
        panel.get_by_role("button", name="Bring 1,000 more").click()
        expect(panel.locator(".readout")).not_to_have_text(count)
        expect(panel.locator(".panel-body")).not_to_have_attribute("aria-busy", "true")
    expect(panel.locator(".readout")).to_contain_text("Rows: 10,000+")
    table = panel.get_by_role("table", name="Rows of the answer")
    expect(table).to_have_attribute("aria-rowcount", "10001")
    assert table.locator("tr").count() < 80
    panel.locator(".row-grid-box").first.evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(table.locator("tr[aria-rowindex='10001']")).to_be_visible()
    table.get_by_role("button", name="length").click()
    table.get_by_role("button", name="length").click()
    panel.locator(".row-grid-box").first.evaluate("box => box.scrollTo(0, 0)")
    expect(table.locator("tr[aria-rowindex='2'] td").nth(1)).to_have_text("649.8")


def test_on_the_map_and_as_a_graph(page, workbench, until):
    panel = workbench(page, "SELECT T.$dtId, T.name, T.height FROM DIGITALTWINS T WHERE T.height > 30")
    run(panel)
    panel.get_by_role("button", name="On the map").click()
    assert until(page, "nuri.store.state.filter?.ids.size") == 2112
    write(page, "SELECT a, b FROM DIGITALTWINS a JOIN b RELATED a.partOf WHERE b.$dtId = 'city-seoul'")
    run(panel)
    expect(panel.locator(".readout")).to_contain_text("Rows: 9 ")
    panel.get_by_role("button", name="As a graph").click()
    expect(page.locator(".panel-graph summary")).to_have_text("As a list (twins: 10, relationships: 9)")


def test_as_a_chart(page, workbench, pixels, shot):
    panel = workbench(page)
    run(panel)
    panel.get_by_role("tab", name="Chart").click()
    chart = panel.locator(".plot:visible")
    chart.locator("canvas").first.wait_for()
    expect(chart).to_have_attribute("aria-label", "twins by model")
    assert pixels(chart).painted
    shot(page, "query-chart")


def test_it_follows_world_and_instant(page, site, workbench):
    text = "SELECT T.temperature FROM DIGITALTWINS T WHERE T.$dtId = 'city-seoul'"
    panel = workbench(page, text, at="2018-05-15T09:00:00+09:00")
    run(panel)
    cell = panel.get_by_role("table", name="Rows of the answer").locator("tbody td").first
    expect(cell).to_have_text("18.4")
    expect(panel).to_contain_text("Asks live, as of 15 May 2018")
    page.evaluate("nuri.store.set({ at: null })")
    expect(cell).to_have_text("17.9")
    site.ask("POST", "/v1/worlds", {"name": "query-fork"})
    try:
        site.ask("PATCH", "/v1/worlds/query-fork/twins/city-seoul", {"temperature": -5})
        page.evaluate("nuri.store.set({ world: 'query-fork' })")
        expect(cell).to_have_text("-5")
        site.ask("PATCH", "/v1/worlds/query-fork/twins/city-seoul", {"temperature": -6})
        expect(cell).to_have_text("-6")
    finally:
        page.evaluate("nuri.store.set({ world: 'live' })")
        site.ask("DELETE", "/v1/worlds/query-fork")


def test_history_and_csv(page, workbench):
    panel = workbench(page, "SELECT COUNT() AS n FROM DIGITALTWINS")
    run(panel)
    with page.expect_download() as download:
        panel.get_by_role("button", name="CSV").click()
    assert download.value.path().read_text("utf-8-sig").splitlines() == ["n", "30377"]
    write(page, "SELECT COUNT() AS m FROM RELATIONSHIPS")
    run(panel)
    panel.get_by_label("History…").select_option("SELECT COUNT() AS n FROM DIGITALTWINS")
    expect(panel.locator(".cm-content")).to_have_text("SELECT COUNT() AS n FROM DIGITALTWINS")


def test_saved_queries(site, page, open_page, workbench):
    text = "SELECT COUNT() AS n FROM DIGITALTWINS"
    panel = workbench(page, text)
    panel.get_by_role("button", name="Save…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of the query").fill("counted")
    dialog.get_by_label("For everybody").check()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    key = site.ask("POST", "/v1/keys", {"label": "query reader", "roles": ["reader"]})["key"]
    other = open_page(key=key)
    theirs = workbench(other)
    theirs.get_by_label("Saved queries…").select_option("counted")
    expect(theirs.locator(".cm-content")).to_have_text(text)
    expect(theirs.get_by_label("Delete…")).to_be_hidden()
    panel.get_by_label("Delete…").select_option("counted")
    expect(panel.get_by_label("Saved queries…")).to_be_hidden()


def test_by_keys_alone(page, workbench):
    panel = workbench(page, "SELECT COUNT() AS n FROM DIGITALTWINS")
    page.keyboard.press("Control+Enter")
    expect(panel.locator(".readout")).to_contain_text("Rows: 1 ")
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Run")).to_be_focused()


def test_letters_stay_in_the_editor(page, workbench):
    panel = workbench(page, "SELECT T.height ")
    page.keyboard.type("/ 2 ?")
    expect(panel.locator(".cm-content")).to_have_text("SELECT T.height / 2 ?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_korean_and_light(open_page, workbench, shot, axe):
    page = open_page(language="ko", theme="light")
    panel = workbench(page)
    run(panel, "실행")
    expect(panel.locator(".readout")).to_contain_text("행 14개 · 비용")
    shot(page, "query-ko-light")
    axe(page)

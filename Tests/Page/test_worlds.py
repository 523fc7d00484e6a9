"""Worlds: forking by a gesture, editing and undoing, comparing, where worlds part, promoting, discarding."""

import urllib.error

import pytest
from playwright.sync_api import expect
from state import show

BUILDING = "bldg-r19670896"
HEIGHT = 62
NOON = "2018-05-10T03:00:00.000Z"


@pytest.fixture(autouse=True)
def only_live(site):
    """No forks before a test, and none after it."""
    def discard():
        left = {each["name"] for each in site.ask("GET", "/v1/worlds")["items"]} - {"live"}
        while left:
            for name in sorted(left):
                try:
                    site.ask("DELETE", f"/v1/worlds/{name}")
                    left.discard(name)
                except urllib.error.HTTPError as error:
                    if error.code != 409:  # a fork of it is to go first
                        raise
    discard()
    yield
    discard()


@pytest.fixture
def ready(until):
    def ready(page):
        until(page, "() => nuri.store.state.span !== null && nuri.store.state.worlds.length > 0")
        return page
    return ready


def fork(site, name="plan", **more):
    return site.ask("POST", "/v1/worlds", {"name": name, "at": NOON, **more})


def height(site, world):
    return site.ask("GET", f"/v1/worlds/{world}/twins/{BUILDING}")["height"]


def edit(page, world="plan", selection=(BUILDING,)):
    show(page, world=world, at=None, panel="edit", selection=list(selection))
    expect(page.locator(".panel-edit .edit-section").first).to_be_visible()


def test_a_minute_of_a_new_user(page, ready, until, site, shot):
    """Rewind to another hour, drag a fork off the slider, add storeys, see the difference."""
    ready(page)
    box = page.locator("#track").bounding_box()
    x, y = box["x"] + box["width"] * 0.35, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 5, steps=5)
    page.mouse.move(x + 60, y - 160, steps=8)
    expect(page.locator(".fork-drag")).to_contain_text("Let go to fork")
    shot(page, "fork-drag")
    page.mouse.up()
    until(page, "() => document.querySelector('dialog[open]')")
    instant = page.evaluate("nuri.store.state.at")
    page.get_by_label("Label").fill("two storeys more")
    page.locator("dialog").get_by_role("button", name="Fork", exact=True).click()
    until(page, "() => nuri.store.state.world === 'plan-a'")
    assert site.ask("GET", "/v1/worlds/plan-a")["recorded"] <= instant
    expect(page.locator(".tree-heads [aria-current]")).to_have_text("two storeys more")

    show(page, selection=[BUILDING])
    page.click("#storey-more")
    expect(page.locator("#edit-height")).to_have_text("Height 65 m")
    page.click("#storey-more")
    expect(page.locator("#edit-height")).to_have_text("Height 68 m")
    assert height(site, "plan-a") == HEIGHT + 6
    assert height(site, "live") == HEIGHT

    page.click("#mode-difference")
    row = page.locator("#diff-table tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("101동")
    expect(row).to_contain_text("62 m")
    expect(row).to_contain_text("68 m")
    expect(row).to_contain_text("▲ +6 m")
    # The map shows it too: by what differs, and the same way round.
    expect(page.locator("#legend")).to_contain_text("Height (m)")
    expect(page.locator("#legend")).to_contain_text("two storeys more minus live")
    expect(page.locator("#world-names")).to_have_text("Difference: two storeys more minus live")
    assert page.locator(".notice").count() <= 2 and page.locator(".notice.error").count() == 0
    shot(page, "difference")


def test_a_minute_in_korean(ko_page, ready, site, shot):
    ready(ko_page)
    show(ko_page, at=NOON)
    ko_page.get_by_role("button", name="갈라 내기").click()
    ko_page.get_by_label("설명").fill("두 층 더")
    ko_page.locator("dialog").get_by_role("button", name="갈라 내기", exact=True).click()
    expect(ko_page.locator(".tree-heads [aria-current]")).to_have_text("두 층 더")
    show(ko_page, selection=[BUILDING])
    ko_page.click("#storey-more")
    expect(ko_page.locator("#edit-height")).to_have_text("높이 65 m")
    ko_page.click("#mode-difference")
    expect(ko_page.locator("#diff-table")).to_contain_text("건물")
    shot(ko_page, "difference-ko")


def test_fork_by_keyboard(page, ready, until):
    ready(page)
    page.locator("#fork").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.type("typed")
    page.keyboard.press("Enter")
    until(page, "() => nuri.store.state.world === 'typed'")


def test_a_name_that_is_taken_is_said_in_the_dialog(page, ready, site):
    fork(site)
    ready(page)
    page.click("#fork")
    page.locator("dialog").get_by_label("Name").fill("plan")
    page.locator("dialog").get_by_role("button", name="Fork", exact=True).click()
    expect(page.locator(".dialog-error")).to_contain_text("plan")


def test_undo_and_redo(page, ready, site):
    fork(site)
    ready(page)
    edit(page)
    page.click("#storey-less")
    expect(page.locator("#edit-height")).to_have_text("Height 59 m")
    page.click("#edit-undo")
    expect(page.locator("#edit-height")).to_have_text("Height 62 m")
    page.click("#edit-redo")
    expect(page.locator("#edit-height")).to_have_text("Height 59 m")
    # What somebody else has written since is not undone.
    site.ask("PATCH", f"/v1/worlds/plan/twins/{BUILDING}", {"height": 100})
    page.click("#edit-undo")
    expect(page.locator("#notices")).to_contain_text("has been changed since")
    assert height(site, "plan") == 100


def test_any_property_by_its_type(page, ready, site):
    fork(site)
    ready(page)
    edit(page)
    page.select_option("#edit-property", "heightSource")
    page.locator("select#edit-value").select_option(label="Default")
    page.click("#edit-set")
    expect(page.locator("#edit-undo")).to_contain_text("(1)")
    page.select_option("#edit-property", "storeys")
    page.locator("#edit-value input").fill("21")
    page.click("#edit-set")
    expect(page.locator("#edit-undo")).to_contain_text("(2)")
    twin = site.ask("GET", f"/v1/worlds/plan/twins/{BUILDING}")
    assert (twin["heightSource"], twin["storeys"]) == ("default", 21)


def test_move_add_and_delete_buildings(page, ready, site):
    fork(site)
    ready(page)
    edit(page)
    before = site.ask("GET", f"/v1/worlds/plan/twins/{BUILDING}")["location"]["coordinates"]
    page.get_by_label("East, m").fill("100")
    assert page.evaluate("nuri.store.state.draft") == {"east": 100, "north": 0}
    page.click("#move-apply")
    expect(page.locator("#edit-undo")).to_contain_text("(1)")
    after = site.ask("GET", f"/v1/worlds/plan/twins/{BUILDING}")["location"]["coordinates"]
    assert after[0] - before[0] == pytest.approx(100 / 88_400, rel=0.01)
    assert after[1] == before[1]

    show(page, selection=[])
    page.click("#block-place")
    assert page.evaluate("nuri.store.state.tool.kind") == "place"
    show(page, draft={"lon": 127.0365, "lat": 37.5006})
    page.locator("#block-name").fill("New hall")
    page.click("#block-add")
    expect(page.locator(".edit-twin")).to_contain_text("New hall")
    [made] = page.evaluate("nuri.store.state.selection")
    twin = site.ask("GET", f"/v1/worlds/plan/twins/{made}")
    assert twin["height"] == 12 and len(twin["footprint"]["coordinates"][0][0]) == 5

    page.click("#edit-delete")
    page.locator("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".edit-body")).to_contain_text("is not in this world now")
    page.click("#edit-undo")
    expect(page.locator(".edit-twin")).to_contain_text("New hall")


def test_delete_takes_relationships_along_and_undo_brings_them_back(page, ready, site):
    fork(site)
    ready(page)
    edit(page)
    links = site.ask("GET", f"/v1/worlds/plan/twins/{BUILDING}/relationships")["items"]
    assert links
    page.click("#edit-delete")
    expect(page.locator("dialog")).to_contain_text(f"{len(links)} relationships")
    page.locator("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".edit-body")).to_contain_text("is not in this world now")
    page.click("#edit-undo")
    expect(page.locator(".edit-twin")).to_contain_text("101동")
    again = site.ask("GET", f"/v1/worlds/plan/twins/{BUILDING}/relationships")["items"]
    assert [each["$targetId"] for each in again] == [each["$targetId"] for each in links]


def test_close_a_road(page, ready, site):
    fork(site)
    road = site.ask("GET", f"/v1/worlds/plan/twins/{BUILDING}/relationships")["items"][-1]["$targetId"]
    ready(page)
    edit(page, selection=[road])
    page.click("#road-close")
    expect(page.locator(".edit-body")).to_contain_text("This road is closed")
    assert site.ask("GET", f"/v1/worlds/plan/twins/{road}")["highway"] == "construction"
    segments = [each["$sourceId"] for each in site.ask("GET", f"/v1/worlds/plan/twins/{road}/incoming")["items"]
                if each["$sourceId"].startswith("seg-")]
    assert segments
    for each in segments:
        assert site.ask("GET", f"/v1/worlds/plan/twins/{each}")["costFactor"] == 1000


def test_the_past_and_the_live_world_are_guarded(page, ready):
    ready(page)
    show(page, panel="edit", selection=[BUILDING])
    expect(page.locator(".edit-head .warning")).to_contain_text("live world")
    show(page, at=NOON)
    expect(page.locator(".edit-head .warning")).to_contain_text("The past cannot be changed")
    expect(page.locator("#storey-more")).to_have_count(0)


def test_when_and_where_worlds_first_diverge(page, ready, until, site):
    fork(site)
    ready(page)
    show(page, world="plan", other="live", panel="difference")
    page.click("#diverge")
    expect(page.locator(".diverged")).to_contain_text("Thursday, 10 May 2018 at 13:00", timeout=20_000)
    expect(page.locator(".diverged")).to_contain_text("by a change of “live”")
    until(page, "() => nuri.store.state.at === '2018-05-10T04:00:00.000Z'")
    assert "city-seoul" in page.evaluate("nuri.store.state.selection")
    expect(page.locator("#diff-table")).to_contain_text("Temperature")


def test_promote_with_a_conflict(page, ready, site, shot):
    site.ask("POST", "/v1/worlds", {"name": "plan"})
    site.ask("PATCH", f"/v1/worlds/plan/twins/{BUILDING}", {"height": 80})
    before = height(site, "live")
    site.ask("PATCH", f"/v1/worlds/live/twins/{BUILDING}", {"height": 70})
    try:
        ready(page)
        show(page, panel="worlds")
        page.locator("[data-world=plan]").get_by_role("button", name="Promote…").click()
        conflict = page.locator("#conflicts tbody tr")
        for text in [BUILDING, "62", "80", "70"]:
            expect(conflict).to_contain_text(text)
        shot(page, "promote")
        promote = page.locator("dialog").get_by_role("button", name="Promote", exact=True)
        promote.click()
        expect(page.locator(".dialog-error")).not_to_be_empty()
        assert height(site, "live") == 70
        page.select_option("#promote-policy", "mine")
        promote.click()
        expect(page.locator("#notices")).to_contain_text("1 change is in “live” now.")
        assert height(site, "live") == 80
    finally:
        site.ask("PATCH", f"/v1/worlds/live/twins/{BUILDING}", {"height": before})


def test_label_expiry_and_discarding(page, ready, site):
    fork(site)
    ready(page)
    show(page, world="plan", panel="worlds")
    card = page.locator(".world-card.looked")
    card.get_by_role("button", name="Label, expiry…").click()
    page.get_by_label("Label").fill("Quiet street")
    page.get_by_label("expires").select_option("7d")
    page.locator("dialog").get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Quiet street")
    expect(card).to_contain_text("in 7 days")
    card.get_by_role("button", name="Discard…").click()
    page.locator("dialog").get_by_role("button", name="Discard", exact=True).click()
    expect(page.locator(".tree-heads li")).to_have_count(1)
    assert page.evaluate("nuri.store.state.world") == "live"


def test_forks_of_others_appear_by_themselves(page, ready, site):
    ready(page)
    fork(site, label="from elsewhere")
    expect(page.locator(".tree-heads")).to_contain_text("from elsewhere")
    site.ask("DELETE", "/v1/worlds/plan")
    expect(page.locator(".tree-heads li")).to_have_count(1)


def test_comparing(page, ready, until, site):
    fork(site)
    ready(page)
    page.select_option("#mode-other", "plan")
    page.click("#mode-swipe")
    assert page.evaluate("nuri.store.state.mode") == "swipe"
    page.click("#mode-swap")
    assert page.evaluate("[nuri.store.state.world, nuri.store.state.other]") == ["plan", "live"]
    page.select_option("#mode-instant", "fork")
    assert page.evaluate("nuri.store.state.otherAt") == NOON
    page.select_option("#mode-other", "")
    assert page.evaluate("[nuri.store.state.mode, nuri.store.state.other]") == ["single", None]


def test_twenty_forks_stay_readable(page, ready, site, shot):
    for i in range(20):
        parent = f"w{i - 1}" if i % 4 == 3 else "live"
        site.ask("POST", "/v1/worlds", {"name": f"w{i}", "label": f"Variant {i}", "parent": parent,
                                        "at": f"2018-05-{i + 2:02}T00:00:00Z"})
    ready(page)
    expect(page.locator(".tree-heads li")).to_have_count(21)
    looks = {(each.get_attribute("class"), each.locator("line").get_attribute("stroke-dasharray"))
             for each in page.locator(".tree-heads .world-key").all()}
    assert len(looks) == 21, "every world has a colour and dash of its own"
    footer = page.locator("#time").bounding_box()
    assert footer["height"] < 240, "the tree scrolls"
    page.locator(".tree-heads").get_by_role("button", name="Variant 3").click()
    expect(page.locator(".tree-heads [aria-current]")).to_be_in_viewport()
    shot(page, "twenty-forks")
    page.click("#tree-fold")
    expect(page.locator(".tree-heads li")).to_have_count(2)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_accessible(open_page, ready, site, axe, theme):
    fork(site)
    page = ready(open_page(theme=theme))
    for panel in ["worlds", "edit", "difference"]:
        show(page, world="plan", other="live", mode="side", panel=panel, selection=[BUILDING])
        expect(page.locator(f".panel-{panel} button").first).to_be_visible()
        axe(page)
    page.click("#fork")
    axe(page)

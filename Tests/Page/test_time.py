"""The time slider: rewinding by pointer and keyboard, playing, jumping to changes, zooming."""

import re

import pytest
from playwright.sync_api import expect

FIRST = "2018-04-29T15:00:00.000Z"


@pytest.fixture
def slider(page, until):
    until(page, "() => nuri.store.state.span !== null && document.querySelector('.track-bars path')?.getAttribute('d')")
    return page


def at(page):
    return page.evaluate("nuri.store.state.at")


def press(page, *keys):
    page.locator("#thumb").focus()
    for key in keys:
        page.keyboard.press(key)


def track(page, x, y=12):
    """A point of the slider, as the share of its width."""
    box = page.locator("#track").bounding_box()
    return box["x"] + box["width"] * x, box["y"] + y


def test_shows_how_often_the_world_changed(slider, shot):
    shape = slider.locator(".track-bars path").first.get_attribute("d")
    assert shape.count("M") > 100, "a bar for every few hours of the sample"
    expect(slider.locator(".track-dates")).to_contain_text("2018")
    # The key that was made for this test is no change of the world: the sample's four weeks have all the room.
    expect(slider.locator(".fold")).to_have_count(0)
    expect(slider.locator(".moment")).to_contain_text("last change 28 May 2018")
    shot(slider, "time")


def test_keyboard(slider):
    press(slider, "Home")
    assert at(slider) == FIRST
    expect(slider.locator(".moment")).to_contain_text("30 Apr 2018, 00:00")
    press(slider, "ArrowRight")
    assert at(slider) == "2018-04-29T16:00:00.000Z"
    press(slider, "Shift+ArrowRight")
    assert at(slider) == "2018-04-30T16:00:00.000Z"
    press(slider, "ArrowLeft", "Shift+ArrowLeft")
    assert at(slider) == FIRST
    press(slider, "End")
    assert at(slider) is None
    expect(slider.locator("#go-live")).to_have_attribute("aria-pressed", "true")


def test_a_screen_reader_hears_the_instant(slider):
    thumb = slider.get_by_role("slider", name="Instant looked at")
    press(slider, "Home")
    expect(thumb).to_have_attribute("aria-valuetext", re.compile("Monday.* 30 April 2018"))


def test_scrubbing_follows_the_pointer(slider, until):
    slider.evaluate("""() => {
      window.seen = [];
      nuri.store.on(["at"], ({ at }) => window.seen.push([performance.now(), at]));
    }""")
    slider.mouse.move(*track(slider, 0.2))
    slider.mouse.down()
    for step in range(40):
        slider.mouse.move(*track(slider, 0.2 + step / 100))
    slider.mouse.up()
    until(slider, "() => window.seen.length > 5")
    seen = slider.evaluate("window.seen")
    times = [each for _, each in seen]
    assert times == sorted(times), "the instant only went forward"
    assert len(seen) <= 45, "at most one instant a frame"
    assert "2018-05-" in at(slider)
    slider.click("#go-live")
    assert at(slider) is None


def test_jumps_to_changes_of_the_selected_twin(slider, until):
    slider.evaluate("nuri.store.set({ at: '2018-05-10T00:30:00.000Z', selection: ['city-seoul'] })")
    slider.click("#time-next")
    until(slider, "() => nuri.store.state.at === '2018-05-10T01:00:00.000Z'")
    slider.click("#time-previous")
    until(slider, "() => nuri.store.state.at === '2018-05-10T00:00:00.000Z'")
    # A building of the sample was only ever put there.
    slider.evaluate("nuri.store.set({ selection: ['bldg-r19670896'] })")
    slider.click("#time-previous")
    until(slider, f"() => nuri.store.state.at === '{FIRST}'")
    slider.click("#time-previous")
    expect(slider.locator("#notices")).to_contain_text("no change further that way")


def test_plays(slider, until):
    slider.evaluate(f"nuri.store.set({{ at: '{FIRST}' }})")
    slider.select_option("#speed", "86400")
    slider.click("#time-play")
    expect(slider.get_by_role("button", name="Pause")).to_be_visible()
    until(slider, "() => nuri.store.state.at > '2018-04-30T03:00'")
    slider.click("#time-play")
    expect(slider.get_by_role("button", name="Play")).to_be_visible()
    stopped = at(slider)
    press(slider, "ArrowRight")
    assert at(slider) > stopped


def test_zooms_by_the_wheel(slider, until):
    slider.mouse.move(*track(slider, 0.3))
    slider.mouse.wheel(0, -600)
    until(slider, "() => nuri.store.state.zoom !== null")
    zoom = slider.evaluate("nuri.store.state.zoom")
    assert FIRST < zoom["from"] < zoom["to"] < "2018-05-20"
    expect(slider.locator(".track-dates")).not_to_contain_text("30 Apr")
    slider.mouse.dblclick(*track(slider, 0.3))
    until(slider, "() => nuri.store.state.zoom === null")


def test_in_korean(ko_page, until):
    until(ko_page, "() => nuri.store.state.span !== null")
    press(ko_page, "Home")
    expect(ko_page.locator(".moment")).to_contain_text("2018년 4월 30일")
    expect(ko_page.get_by_role("button", name="재생")).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_accessible(open_page, axe, until, theme):
    page = open_page(theme=theme)
    until(page, "() => nuri.store.state.span !== null")
    axe(page)

"""Signing in and out, what a role does not show, links and saved views, the others here, help and the tour."""

import json
import re

import pytest


def has(site, path):
    """Whether the server has a route."""
    return any(route["path"] == path for route in site.ask("GET", "/v1")["routes"])


@pytest.fixture
def key_of(site):
    """`key_of(*roles)` makes a key with these roles: its text and its id."""
    made = []

    def key_of(*roles, label="test", groups=()):
        key = site.ask("POST", "/v1/keys", {"label": label, "roles": list(roles), "groups": list(groups)})
        made.append(key["id"])
        return key["key"], key["id"]

    yield key_of
    for each in made:
        site.ask("DELETE", f"/v1/keys/{each}?forget=true")


def show(page, **state):
    page.evaluate("(state) => nuri.store.set(state)", state)


def state(page, name):
    return page.evaluate("(name) => nuri.store.state[name]", name)


# Signing in

@pytest.mark.parametrize("language, wrong, theme", [
    ("en", "The server does not know this key.", "dark"), ("ko", "서버가 모르는 키입니다.", "light")])
def test_nobody_signs_in_with_a_wrong_key_and_somebody_with_theirs(open_page, site, shot, axe, language, wrong, theme):
    page = open_page(language=language, theme=theme, key=None)
    assert page.locator("#signin h1").inner_text() == {"en": "Sign in", "ko": "로그인"}[language]
    assert page.locator("#signin-key").evaluate("(field) => field === document.activeElement")
    page.keyboard.type("nuri_wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").filter(has_text=wrong).wait_for()
    assert page.locator("#signin-key").get_attribute("aria-invalid") == "true"
    axe(page)
    shot(page, f"signin-{language}")
    page.locator("#signin-key").fill(f"  {site.key} ")
    page.keyboard.press("Enter")
    page.locator(".account-open").wait_for()
    assert page.locator("#signin").count() == 0
    axe(page)


def test_the_sign_in_says_where_the_first_key_is_and_takes_language_and_theme(open_page, axe):
    page = open_page(key=None)
    page.get_by_text("Where do I find the first key?").click()
    page.get_by_text("nuri-data/admin.key").wait_for()
    page.get_by_role("button", name="한국어").click()
    page.get_by_role("heading", name="로그인").wait_for()
    page.get_by_role("button", name="밝게").click()
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.get_by_role("button", name="로그인").click()
    page.get_by_text("키를 입력하세요.").wait_for()
    axe(page)


def test_nothing_behind_the_sign_in_can_be_reached(open_page):
    page = open_page(key=None)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#signin')")
    assert page.locator("#rail button").count() == 0


def test_a_revoked_key_brings_the_sign_in_back_and_the_view_stays(open_page, site, key_of, no_errors):
    # The socket of whoever is here asks once more with the key that has ended.
    no_errors.expect("WebSocket connection")
    key, id = key_of("admin")
    page = open_page(key=key, path="/#at=2018-05-27T05:00:00Z&panel=admin/keys")
    page.get_by_role("button", name="New key").wait_for()
    site.ask("DELETE", f"/v1/keys/{id}")
    show(page, panel="admin/audit")
    page.get_by_text("You were signed out").wait_for()
    page.locator("#signin-key").fill(site.key)
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Audit").wait_for()
    assert state(page, "at") == "2018-05-27T05:00:00Z"
    assert page.get_by_role("tab", name="Audit").get_attribute("aria-selected") == "true"


def test_a_server_that_does_not_answer_is_waited_for(open_page, no_errors):
    no_errors.expect("net::ERR_FAILED")
    page = open_page()
    page.route("**/v1/whoami", lambda route: route.abort())
    page.reload()
    page.get_by_text("The server does not answer. The page tries again by itself.").wait_for()
    page.unroute("**/v1/whoami")
    page.locator(".account-open").wait_for()
    assert page.locator("#signin").count() == 0


def test_a_token_in_the_address_signs_in_and_leaves_it(open_page, site):
    page = open_page(key=None, path=f"/#token={site.key}")
    page.locator(".account-open").wait_for()
    assert "token" not in page.url
    assert site.key not in page.content()


def test_the_account_menu_tells_who_it_is_and_lets_out(open_page, site, axe, shot):
    page = open_page()
    page.locator(".account-open").click()
    menu = page.get_by_role("dialog", name="Account")
    assert "Administrator" in menu.inner_text()
    axe(page)
    shot(page, "account-en")
    menu.get_by_role("button", name="한국어").click()
    menu = page.get_by_role("dialog", name="계정")
    assert "관리자" in menu.inner_text()
    menu.get_by_role("button", name="밝게").click()
    assert page.locator("html").get_attribute("data-theme") == "light"
    axe(page)
    show(page, selection=["city-seoul"])
    menu.get_by_role("button", name="로그아웃").click()
    page.get_by_role("heading", name="로그인").wait_for()
    assert page.evaluate("sessionStorage.getItem('nuri.token')") is None
    assert state(page, "selection") == []
    page.reload()
    page.get_by_role("heading", name="로그인").wait_for()


# What a role does not show

def test_readers_and_operators_have_no_more_than_their_role_allows(open_page, key_of):
    reader = open_page(key=key_of("reader")[0], path="/#panel=admin/keys")
    reader.locator(".account-open").wait_for()
    assert reader.locator("#tool-admin").count() == 0
    assert reader.locator("#dock").is_hidden()
    operator = open_page(key=key_of("operator")[0])
    operator.locator("#tool-admin").click()
    operator.get_by_role("tab").first.wait_for()
    assert operator.get_by_role("tab").all_inner_texts() == ["Jobs"]
    assert operator.get_by_role("button", name="Make a backup").count() == 0


# Links and saved views

VIEW = ("/#world=live&mode=difference&at=2018-05-27T05:00:00Z&camera=127.036,37.5,900,45,30"
        "&colour=dtmi:nuri:yeoksam:Building;1,height&layers=dtmi:nuri:yeoksam:Dong;1@-0.5"
        "&selection=city-seoul,dong-cheongdam&panel=views")


def test_a_link_shows_the_view_it_was_taken_of(open_page, until):
    page = open_page(path=VIEW)
    assert state(page, "at") == "2018-05-27T05:00:00Z"
    assert state(page, "camera") == {"lon": 127.036, "lat": 37.5, "distance": 900, "pitch": 45, "bearing": 30}
    assert state(page, "colour") == {"model": "dtmi:nuri:yeoksam:Building;1", "path": "height"}
    assert state(page, "layers")["dtmi:nuri:yeoksam:Dong;1"] == {"shown": False, "opacity": 0.5}
    assert state(page, "selection") == ["city-seoul", "dong-cheongdam"]
    link = page.get_by_label("Link to this view")
    show(page, at="2018-05-26T05:00:00Z", selection=["odd, & =#%id"])
    until(page, "location.hash.includes('2018-05-26')")
    other = open_page(path="/" + link.input_value().split("/", 3)[3])
    assert state(other, "at") == "2018-05-26T05:00:00Z"
    assert state(other, "selection") == ["odd, & =#%id"]
    assert state(other, "panel") == "views"


@pytest.mark.parametrize("broken", ["camera=1,2", "camera=a,b,c,d,e", "at=yesterday", "mode=wild", "selection=%E3", "x=y&&==",
                                    "colour=dtmi", "layers=@@", "panel=nothing", "zoom=1"])
def test_a_broken_link_opens_the_page_as_ever(open_page, broken):
    page = open_page(path=f"/#{broken}")
    page.locator(".account-open").wait_for()
    assert state(page, "mode") == "single"
    assert state(page, "at") is None


def test_views_are_saved_opened_and_deleted(open_page, site, key_of, axe, shot):
    if not has(site, "/v1/saved/{kind}"):
        pytest.skip("this server saves no views")
    page = open_page(path=VIEW)
    page.get_by_text("No saved views yet").wait_for()
    axe(page)
    page.locator(".save-view [name=name]").fill("Sunday, 역삼")
    page.get_by_label("for everybody").check()
    page.get_by_role("button", name="Save this view").click()
    page.locator(".view-open").filter(has_text="Sunday, 역삼").wait_for()
    shot(page, "views-en")
    show(page, at=None, selection=[])
    reader = open_page(key=key_of("reader")[0], language="ko", path="/#panel=views")
    reader.locator(".view-open").click()
    assert state(reader, "at") == "2018-05-27T05:00:00Z"
    assert state(reader, "selection") == ["city-seoul", "dong-cheongdam"]
    assert reader.get_by_role("button", name="삭제").count() == 0
    assert reader.get_by_label("모두에게 보이기").count() == 0
    page.get_by_role("button", name="Delete Sunday, 역삼").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_text("No saved views yet").wait_for()


# The others

@pytest.fixture
def together(open_page, site):
    if not has(site, "/v1/worlds/{world}/presence"):
        pytest.skip("this server tells of no others")

    def together(name, **options):
        page = open_page(**options)
        page.locator(".account-open").click()
        page.locator("#account-name-field").fill(name)
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        return page
    return together


def test_others_are_seen_followed_and_left_when_one_moves(together, until, axe, shot):
    minji, daniel = together("Kim Minji"), together("Daniel Roth", language="ko", theme="light")
    minji.get_by_role("button", name="1 other person here: Daniel Roth").click()
    axe(minji)
    shot(minji, "people-en")
    minji.get_by_role("button", name="Follow", exact=True).click()
    minji.keyboard.press("Escape")
    minji.get_by_role("button", name="Following Daniel Roth").wait_for()
    show(daniel, at="2018-05-27T05:00:00Z", selection=["city-seoul"], panel="views")
    until(minji, "nuri.store.state.at === '2018-05-27T05:00:00Z' && nuri.store.state.panel === 'views'")
    minji.locator("#city").click(position={"x": 40, "y": 200})
    minji.get_by_text("You no longer follow Daniel Roth.").wait_for()
    show(daniel, at="2018-05-26T05:00:00Z")
    daniel.locator(".people-open").click()
    daniel.get_by_role("button", name="모두 나를 따라오게 하기").click()
    axe(daniel)
    minji.get_by_text("Daniel Roth asks you to follow.").wait_for()
    assert state(minji, "at") == "2018-05-27T05:00:00Z"
    minji.locator(".notice").filter(has_text="asks").get_by_role("button", name="Follow").click()
    until(minji, "nuri.store.state.at === '2018-05-26T05:00:00Z'")
    daniel.close()
    until(minji, "document.querySelector('.people-open') === null")


def test_who_follows_comes_along_to_another_world_and_stays_there_when_the_other_leaves(together, site, until, shot):
    site.ask("POST", "/v1/worlds", {"name": "together", "label": "Two storeys more"})
    try:
        minji, daniel = together("Kim Minji", language="ko", theme="light"), together("Daniel Roth")
        minji.get_by_role("button", name="함께 보는 사람 1명: Daniel Roth").click()
        minji.get_by_role("button", name="따라가기", exact=True).click()
        minji.get_by_role("button", name="Daniel Roth 따라가는 중").wait_for()
        camera = {"lon": 127.06, "lat": 37.51, "distance": 700, "pitch": 40, "bearing": 15}
        show(daniel, world="together", camera=camera)
        until(minji, "nuri.store.state.world === 'together' && nuri.store.state.camera?.distance === 700")
        assert state(minji, "camera") == camera
        # They meet again in that world, and going along goes on.
        until(minji, "nuri.store.state.people.length === 1")
        until(daniel, "nuri.store.state.people.length === 1")
        minji.keyboard.press("Shift")
        shot(minji, "people-following-ko")
        daniel.locator("#city").hover(position={"x": 600, "y": 300})
        daniel.mouse.wheel(0, -600)
        until(minji, "nuri.store.state.camera.distance < 690")
        daniel.evaluate("nuri.store.set({ at: new Date(Date.now() - 3600000).toISOString() })")
        until(minji, "nuri.store.state.at !== null")
        assert state(minji, "at") == state(daniel, "at")
        daniel.close()
        minji.get_by_text("Daniel Roth 님이 나갔습니다.").wait_for(timeout=20_000)
        assert state(minji, "following") is None and state(minji, "world") == "together"
        assert minji.locator(".following, .people-open").count() == 0
    finally:
        site.ask("DELETE", "/v1/worlds/together")


# Help and the tour

@pytest.mark.parametrize("language, theme, name, slider, lines", [
    ("en", "dark", "Help and shortcuts", "Time slider",
     ["←→ A step back or on", "Shift← → A day back or on", "Page DownPage Up Change before or after",
      "Home First record", "End Now", "Space Let time run, or stop it", "+−0 Zoom in or out; 0 shows all"]),
    ("ko", "light", "도움말과 단축키", "시간 슬라이더",
     ["←→ 한 걸음 앞뒤로", "Shift← → 하루 앞뒤로", "Page DownPage Up 이전·다음 변경으로",
      "Home 첫 기록으로", "End 지금으로", "Space 시간 재생, 멈춤", "+−0 확대, 축소, 0은 전체"])])
def test_the_help_lists_the_keys(open_page, axe, shot, language, theme, name, slider, lines):
    page = open_page(language=language, theme=theme)
    page.keyboard.press("?")
    help = page.get_by_role("dialog", name=name)
    assert {"en": "Search", "ko": "검색"}[language] in help.inner_text()
    keys = help.get_by_role("heading", name=slider, exact=True).locator("xpath=following-sibling::dl[1]")
    listed = keys.evaluate("(list) => [...list.querySelectorAll('dt')].map((each) =>"
                           " `${each.textContent} ${each.nextElementSibling.textContent}`)")
    assert listed == lines
    axe(page)
    shot(page, f"help-{language}")
    page.keyboard.press("Escape")
    help.wait_for(state="detached")


def test_a_question_mark_in_a_field_is_only_that(open_page):
    page = open_page(path="/#panel=admin/keys")
    page.get_by_role("button", name="New key").click()
    page.keyboard.type("why?")
    assert page.get_by_role("dialog").count() == 0
    assert page.locator("[name=label]").input_value() == "why?"


@pytest.mark.parametrize("language, theme", [("en", "light"), ("ko", "dark")])
def test_the_tour_goes_around_by_keyboard(open_page, axe, shot, language, theme):
    page = open_page(language=language, theme=theme, path="/?tour=yes")
    box = page.locator(".tour-box")
    box.wait_for()
    titles = []
    while box.count():
        titles.append(box.get_by_role("heading").inner_text())
        axe(page)
        shot(page, f"tour-{len(titles)}-{language}")
        page.keyboard.press("Enter")
    assert 6 <= len(set(titles)) == len(titles) <= 8
    page.goto(page.url.split("?")[0])
    page.wait_for_selector("body[data-ready]")
    assert box.count() == 0


def test_the_tour_notices_what_was_done_and_can_be_left(open_page):
    page = open_page(path="/?tour=yes")
    box = page.locator(".tour-box")
    box.get_by_role("button", name="Next").click()
    box.get_by_role("button", name="Pick one for me").click()
    box.get_by_text("Done").wait_for()
    assert len(state(page, "selection")) == 1
    box.get_by_role("button", name="Next").click()
    box.get_by_role("button", name="Next").click()
    box.get_by_role("button", name="Show me another hour").click()
    box.get_by_text("Done").wait_for()
    assert state(page, "at") is not None
    page.keyboard.press("Escape")
    box.wait_for(state="detached")
    assert page.evaluate("localStorage.getItem('nuri.toured')") == "yes"
    page.locator(".account-open").click()
    page.get_by_role("button", name="Take the tour again").click()
    box.get_by_role("heading").wait_for()


def test_readers_are_not_shown_what_they_may_not(open_page, key_of):
    page = open_page(key=key_of("reader")[0], path="/?tour=yes")
    box = page.locator(".tour-box")
    box.wait_for()
    assert re.search(r"1 of (\d)", box.inner_text()).group(1) == "6"


def test_a_first_visit_begins_with_the_tour(browser, site, no_errors):
    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    no_errors.watch(context)
    context.add_init_script(
        f"if (location.origin === '{site.url}') sessionStorage.setItem('nuri.token', {json.dumps(site.key)})")
    page = context.new_page()
    page.goto(site.url)
    page.locator(".tour-box").wait_for()
    page.get_by_role("button", name="Leave the tour").click()
    page.reload()
    page.wait_for_selector("body[data-ready]")
    page.wait_for_timeout(900)
    assert page.locator(".tour-box").count() == 0
    context.close()

"""Signing in by a real OpenID Connect provider: there and back, what may go wrong on the way, and when it ends."""

import json
import pathlib
import re
import tempfile

import pytest
from provider import Provider
from sample import Site
from server import free_port

VIEW = "/#at=2018-05-27T05:00:00Z&camera=127.036,37.5,900,45,30&selection=city-seoul&panel=views"
KIM = {"sub": "kim", "employee": "kim.minji", "roles": ["operator"]}


@pytest.fixture(scope="module")
def city():
    """A provider whose sign-ins last."""
    with Provider(KIM, {"sub": "lee", "employee": "lee.sora"}) as provider:
        yield provider


@pytest.fixture(scope="module")
def visitors():
    """A provider whose sign-ins soon end."""
    with Provider({"sub": "roth", "roles": ["reader"]}, seconds=6) as provider:
        yield provider


@pytest.fixture(scope="module")
def site(city, visitors):
    """A server that people sign in to by both, and by a third one that is away."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        away = {"issuer": f"http://127.0.0.1:{free_port()}", "audience": "nuri", "clientId": "nuri", "label": "Away"}
        issuers = [city.setting(folder, "City", nameClaim="employee"), visitors.setting(folder, "Visitors"), away]
        site = Site("--set", f"auth.issuers={json.dumps(issuers)}", "--set", "auth.clockSkewSeconds=0")
        yield site
        site.close()


@pytest.fixture
def open_page(open_page, no_errors, city, visitors):
    """The providers' pages may be what they are."""
    for provider in (city, visitors):
        no_errors.expect(f"another origin: {provider.issuer}/")
    no_errors.expect("cdn.jsdelivr.net")

    def away(**options):
        page = open_page(key=None, **options)
        page.context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body="", content_type="text/css"))
        return page
    return away


def go(page, label, who):
    """Signs in by a provider as somebody it knows."""
    page.locator(".signin-issuers").get_by_role("button", name=re.compile(label)).click()
    page.get_by_role("button", name=who, exact=True).click()


def state(page, name):
    return page.evaluate("(name) => nuri.store.state[name]", name)


@pytest.mark.parametrize("language, theme", [("en", "dark"), ("ko", "light")])
def test_somebody_signs_in_elsewhere_comes_back_to_their_view_and_signs_out(open_page, axe, shot, language, theme):
    page = open_page(language=language, theme=theme, path=VIEW)
    buttons = page.locator(".signin-issuers button")
    buttons.first.wait_for()
    assert buttons.all_inner_texts() == {
        "en": [f"Sign in with {each}" for each in ["City", "Visitors", "Away"]],
        "ko": [f"{each}(으)로 로그인" for each in ["City", "Visitors", "Away"]]}[language]
    axe(page)
    shot(page, f"signin-issuers-{language}")
    go(page, "City", "kim")
    page.locator(".account-open").wait_for()
    token = page.evaluate("sessionStorage.getItem('nuri.token')")
    assert token and token not in page.url and "token=" not in page.url
    assert state(page, "at") == "2018-05-27T05:00:00Z" and state(page, "selection") == ["city-seoul"]
    assert state(page, "panel") == "views" and state(page, "camera")["distance"] == 900
    page.locator(".account-open").click()
    menu = page.locator("#account-menu")
    assert "kim.minji" in menu.inner_text() and {"en": "Operator", "ko": "운영자"}[language] in menu.inner_text()
    shot(page, f"signin-account-{language}")
    menu.get_by_role("button", name={"en": "Sign out", "ko": "로그아웃"}[language]).click()
    page.get_by_role("heading", name={"en": "Sign in", "ko": "로그인"}[language]).wait_for()
    assert page.evaluate("sessionStorage.getItem('nuri.token')") is None
    # Nor does going back bring the token again.
    page.go_back()
    page.go_forward()
    page.wait_for_selector("#signin")
    assert "token=" not in page.url


SAID = {
    "expired": ("Begin it again.", "다시 시작하세요."),
    "refused": ("refused or called off", "거부되었거나 취소되었습니다"),
    "unreachable": ("can't be reached just now", "연결할 수 없거나"),
    "invalid": ("does not accept what it says about you", "받아들이지 않습니다"),
    "roleless": ("have no role on this server yet", "맡은 역할이 아직 없습니다"),
}


def fail(page, how, site):
    """Signs in so that it comes to nothing."""
    if how == "expired":
        page.goto(f"{site.url}/v1/signin/callback?state=long-gone&code=x")
    elif how == "unreachable":
        page.locator(".signin-issuers").get_by_role("button", name=re.compile("Away")).click()
    elif how == "roleless":
        go(page, "City", "lee")
    elif how == "invalid":
        # Somebody without the name that the server wants of this provider.
        page.locator(".signin-issuers").get_by_role("button", name=re.compile("City")).click()
        page.locator("[name=sub]").first.fill("nobody")
        page.get_by_role("button", name="Authorize").click()
    else:
        # The provider leads back without a state when somebody says no; others give it, as the protocol wants.
        came = []
        page.route("**/v1/signin/callback?*", lambda route: (came.append(route.request.url), route.fulfill(status=204)))
        go(page, "City", "kim")
        while not came:
            page.wait_for_timeout(25)
        page.unroute_all()
        page.goto(re.sub("code=[^&]*", "error=access_denied", came[0]))


@pytest.mark.parametrize("how", SAID)
def test_what_went_wrong_is_said_and_the_view_is_kept(open_page, site, axe, shot, how):
    english, korean = SAID[how]
    page = open_page(theme="light", path=VIEW)
    page.locator(".signin-issuers button").first.wait_for()
    fail(page, how, site)
    page.get_by_role("alert").filter(has_text=english).wait_for()
    assert "signin=" not in page.url and state(page, "who") is None
    shot(page, f"signin-{how}-en")
    page.get_by_role("button", name="한국어").click()
    page.get_by_role("alert").filter(has_text=korean).wait_for()
    axe(page)
    shot(page, f"signin-{how}-ko")
    if how != "expired":
        go(page, "City", "kim")
        page.locator(".account-open").wait_for()
        assert state(page, "at") == "2018-05-27T05:00:00Z" and state(page, "selection") == ["city-seoul"]


def test_a_sign_in_that_ends_is_asked_for_again_and_the_view_stays(open_page, no_errors, shot):
    no_errors.expect("WebSocket connection")
    page = open_page(path=VIEW)
    go(page, "Visitors", "roth")
    page.locator(".account-open").wait_for()
    page.evaluate("nuri.store.set({ at: '2018-05-26T05:00:00Z', selection: ['dong-cheongdam'] })")
    # Nobody touches the page: it notices by itself.
    page.get_by_role("alert").filter(has_text="You were signed out").wait_for(timeout=30_000)
    shot(page, "signin-ended-en")
    go(page, "Visitors", "roth")
    page.locator(".account-open").wait_for()
    assert state(page, "world") == "live" and state(page, "at") == "2018-05-26T05:00:00Z"
    assert state(page, "selection") == ["dong-cheongdam"] and state(page, "panel") == "views"

"""The admin pages: keys, people seen, policies and what they decide, the audit, jobs, health."""

import re
import urllib.error

import pytest


@pytest.fixture(autouse=True)
def tidy(site):
    yield
    for key in site.ask("GET", "/v1/keys")["items"]:
        if key["label"] != "first admin key":
            site.ask("DELETE", f"/v1/keys/{key['id']}?forget=true")
    for policy in site.ask("GET", "/v1/policies")["items"]:
        site.ask("DELETE", f"/v1/policies/{policy['id']}")


@pytest.fixture
def admin(open_page):
    return lambda part, **options: open_page(path=f"/#panel=admin/{part}", **options)


def status_of(site, path, key):
    try:
        site.ask("GET", path, key=key)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


# Keys

def test_a_key_is_made_shown_once_used_and_revoked(admin, site, axe, shot):
    page = admin("keys")
    page.get_by_role("button", name="New key").click()
    page.locator(".maker [name=label]").fill("Lobby screen")
    page.locator(".maker [name=groups]").fill("visitors, floor-1")
    page.locator(".maker [name=expires]").select_option("30d")
    axe(page)
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_label("New key's text").input_value()
    assert key.startswith("nuri_")
    shot(page, "admin-keys-en")
    assert status_of(site, "/v1/whoami", key) == 200
    page.locator(".made").get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copied", exact=True).wait_for()
    page.get_by_role("button", name="I have copied it").click()
    assert key not in page.content()
    row = page.get_by_role("row").filter(has_text="Lobby screen")
    assert "Reader" in row.inner_text() and "visitors" in row.inner_text() and "in 30 days" in row.inner_text()
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert status_of(site, "/v1/whoami", key) == 200
    row.get_by_role("button", name="Revoke").click()
    axe(page)
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    page.get_by_text("Revoked and expired keys (1)").click()
    assert status_of(site, "/v1/whoami", key) == 401
    page.get_by_role("button", name="Remove from the list").click()
    page.get_by_text("Revoked and expired keys").wait_for(state="detached")


def test_a_key_needs_a_role(admin):
    page = admin("keys", language="ko")
    page.get_by_role("button", name="새 키").click()
    page.locator("[name=reader]").uncheck()
    page.get_by_role("button", name="키 만들기").click()
    page.get_by_text("역할을 하나 이상 고르세요.").wait_for()


# People seen

def test_people_seen_lead_to_their_entries(admin, site, axe):
    key = site.ask("POST", "/v1/keys", {"label": "Curious", "roles": ["reader"]})
    with pytest.raises(urllib.error.HTTPError):
        site.ask("DELETE", "/v1/worlds/live/twins/city-seoul", key=key["key"])
    page = admin("seen")
    row = page.get_by_role("row").filter(has_text="Curious")
    for _ in range(20):
        if row.count():
            break
        page.get_by_role("tab", name="Keys").click()
        page.get_by_role("tab", name="People seen").click()
        page.wait_for_timeout(200)
    axe(page)
    row.get_by_role("button", name="Entries").click()
    page.get_by_role("row").filter(has_text="refused").first.wait_for()
    assert page.locator(".filters [name=principal]").input_value() == f"key:{key['id']}"


# Policies

def test_a_policy_is_written_as_a_form_holds_and_is_explained(admin, site, axe, shot):
    reader = site.ask("POST", "/v1/keys", {"label": "Reading room", "roles": ["reader"]})["key"]
    page = admin("policies")
    page.get_by_text("No policies: roles alone decide").wait_for()
    page.get_by_role("button", name="New policy").click()
    page.locator(".maker [name=id]").fill("no-population")
    page.locator(".maker [name=reader]").check()
    page.locator(".maker [name=paths]").fill("population")
    page.locator(".maker [name=description]").fill("Not for the public")
    page.get_by_text("The role Reader may not read or write population of all twins.").wait_for()
    axe(page)
    shot(page, "admin-policy-form-en")
    page.get_by_role("button", name="Put in force").click()
    page.locator("#policy-no-population").wait_for()
    assert "population" not in site.ask("GET", "/v1/worlds/live/twins/city-seoul", key=reader)

    explain = page.get_by_role("region", name="Who may see or change what?")
    explain.locator("[name=who]").select_option(label="Reading room")
    explain.locator("[name=twin]").fill("city-seoul")
    explain.locator("[name=path]").fill("population")
    explain.get_by_role("button", name="Explain").click()
    explain.get_by_text("Reading room may not: the policy “no-population” is the first that speaks of it").wait_for()
    shot(page, "admin-policies-en")
    explain.locator("[name=path]").fill("name")
    explain.get_by_role("button", name="Explain").click()
    explain.get_by_text("Reading room may: no policy speaks of it").wait_for()
    explain.locator("[name=action]").select_option("write")
    explain.get_by_role("button", name="Explain").click()
    explain.get_by_text("It takes Operator or Modeller or Approver or Administrator.").wait_for()
    explain.locator("[name=action]").select_option("read")
    explain.locator("[name=twin]").fill("nowhere")
    explain.get_by_role("button", name="Explain").click()
    explain.get_by_text("There is no twin “nowhere”").wait_for()
    axe(page)

    page.locator("#policy-no-population").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_text("No policies: roles alone decide").wait_for()
    assert "population" in site.ask("GET", "/v1/worlds/live/twins/city-seoul", key=reader)


def test_form_and_json_are_one_policy(admin, site):
    policy = {"order": 7, "effect": "allow", "principals": {"groups": ["contractors"]}, "actions": ["read"],
              "within": {"twin": "city-seoul", "relationships": ["contains"], "hops": 3, "direction": "outgoing"},
              "worlds": ["live", "plan-*"]}
    site.ask("PUT", "/v1/policies/near", policy)
    page = admin("policies", language="ko", theme="light")
    page.locator("#policy-near").get_by_role("button", name="편집").click()
    maker = page.locator(".maker")
    maker.get_by_role("button", name="JSON").click()
    area = maker.locator("textarea")
    area.fill("{ nothing")
    maker.get_by_role("button", name="적용").click()
    maker.get_by_role("alert").filter(has_text="JSON이 아닙니다").wait_for()
    area.fill('{"id": "near", "order": 7, "effect": "allow", "actions": ["read"], "twins": ["bldg-*"],'
              ' "within": {"twin": "city-seoul", "relationships": ["contains"], "hops": 2, "direction": "either"}}')
    maker.get_by_role("button", name="양식").click()
    assert maker.locator("[name=twins]").input_value() == "bldg-*"
    assert maker.locator("[name=within-hops]").input_value() == "2"
    maker.locator("[name=order]").fill("12")
    maker.get_by_role("button", name="적용").click()
    page.locator("#policy-near").filter(has_text="12").wait_for()
    found = site.ask("GET", "/v1/policies/near")
    assert found["order"] == 12 and found["twins"] == ["bldg-*"] and "worlds" not in found and "principals" not in found
    assert found["within"] == {"twin": "city-seoul", "relationships": ["contains"], "hops": 2, "direction": "either"}


def test_what_the_server_refuses_of_a_policy_stands_in_the_form(admin):
    page = admin("policies")
    page.get_by_role("button", name="New policy").click()
    page.get_by_role("button", name="Put in force").click()
    page.get_by_text("Give it a name.").wait_for()
    page.get_by_role("button", name="JSON").click()
    page.locator(".maker textarea").fill('{"id": "x", "order": 1, "effect": "deny", "twin": ["a"]}')
    page.get_by_role("button", name="Put in force").click()
    page.locator(".maker .problem").filter(has_text="twin").wait_for()


def test_policies_move(admin, site):
    for order, id in [(10, "one"), (10, "two"), (30, "three")]:
        site.ask("PUT", f"/v1/policies/{id}", {"order": order, "effect": "deny", "twins": [f"{id}-*"]})
    page = admin("policies")
    names = page.locator(".policy strong")
    page.locator("#policy-three").wait_for()
    assert names.all_inner_texts() == ["one", "two", "three"]
    page.get_by_role("button", name="Move three up").click()
    page.locator(".policy strong >> nth=1", has_text="three").wait_for()
    page.get_by_role("button", name="Move three up").click()
    page.locator(".policy strong >> nth=0", has_text="three").wait_for()
    assert [each["id"] for each in site.ask("GET", "/v1/policies")["items"]] == ["three", "one", "two"]
    assert page.get_by_role("button", name="Move three up").is_disabled()


# Audit

def test_the_audit_is_filtered_and_paged(admin, site, axe, shot):
    reader = site.ask("POST", "/v1/keys", {"label": "Nosy", "roles": ["reader"]})
    for n in range(130):
        site.ask("PUT", "/v1/policies/often", {"order": n, "effect": "deny", "twins": ["never"]})
    for _ in range(2):
        with pytest.raises(urllib.error.HTTPError):
            site.ask("DELETE", "/v1/worlds/live/twins/city-seoul", key=reader["key"])
    page = admin("audit")
    page.get_by_role("row").nth(5).wait_for()
    axe(page)
    before = page.get_by_role("row").count()
    page.get_by_role("button", name="Older entries").click()
    page.get_by_role("row").nth(before + 3).wait_for()
    page.get_by_text(re.compile(r"Signed up to entry \d")).wait_for()
    page.locator(".filters [name=principal]").fill(f"key:{reader['id']}")
    page.locator(".filters [name=outcome]").select_option("refused")
    for _ in range(20):
        page.get_by_role("button", name="Show").click()
        page.wait_for_timeout(200)
        if page.get_by_role("row").count() == 3:
            break
    assert page.get_by_role("row").count() == 3
    assert "Nosy" in page.get_by_role("row").nth(1).inner_text()
    shot(page, "admin-audit-en")
    page.locator(".filters [name=from]").fill("2001-01-01T00:00")
    page.locator(".filters [name=to]").fill("2001-01-02T00:00")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("No entry fits").wait_for()
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("row").nth(10).wait_for()


# Jobs

def test_a_backup_is_made_and_its_progress_seen(admin, site, axe, shot):
    page = admin("jobs")
    page.get_by_text("No jobs").wait_for()
    axe(page)
    page.locator(".filters [name=name]").fill("monday")
    page.get_by_role("button", name="Make a backup").click()
    row = page.get_by_role("row").filter(has_text="monday")
    row.get_by_text("done").wait_for(timeout=60_000)
    shot(page, "admin-jobs-en")
    axe(page)
    row.get_by_role("button", name="Remove from the list").click()
    page.get_by_text("No jobs").wait_for()


# Health

def test_health_tells_a_few_figures(admin, site, axe, shot):
    page = admin("health", language="ko", theme="light")
    page.get_by_text("준비됨").wait_for()
    twins = site.ask("POST", "/v1/worlds/live/query", {"query": "SELECT COUNT() AS n FROM DIGITALTWINS"})["items"][0]["n"]
    page.get_by_text(f"트윈 {twins:,}").wait_for()
    text = page.locator(".figures").inner_text()
    for name in ["요청", "응답 시간", "fsync", "로그", "메모리", "세계", "연결"]:
        assert name in text
    assert re.search(r"중앙값 [\d.]+\s(µs|ms|s)", text)
    axe(page)
    page.locator(".spark").first.wait_for(timeout=20_000, state="attached")
    shot(page, "admin-health-ko")


@pytest.mark.parametrize("language, theme", [("en", "light"), ("ko", "dark")])
def test_every_part_is_reached_by_keyboard_in_both_languages_and_themes(admin, axe, shot, language, theme):
    page = admin("keys", language=language, theme=theme)
    page.get_by_role("tab").first.focus()
    seen = []
    for _ in range(6):
        seen.append(page.locator("[role=tab][aria-selected=true]").inner_text())
        page.locator("[role=tabpanel]").wait_for()
        page.locator("[role=tabpanel] :is(table, .empty, .figure)").first.wait_for()
        axe(page)
        shot(page, f"admin-{len(seen)}-{language}-{theme}")
        page.keyboard.press("ArrowRight")
    assert len(set(seen)) == 6

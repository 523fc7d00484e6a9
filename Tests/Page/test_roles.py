"""What roles and policies leave of the page: what somebody may not do is not offered, what they may not see is nowhere."""

import re

import pytest
from playwright.sync_api import expect
from state import show

TOWER = "bldg-r19670896"
STATION = "dtmi:nuri:yeoksam:SubwayStation;1"
BUILDING = "dtmi:nuri:yeoksam:Building;1"


@pytest.fixture
def policy(site):
    made = []

    def policy(id, **rule):
        site.ask("PUT", f"/v1/policies/{id}", {"order": len(made), "effect": "deny", **rule})
        made.append(id)
    yield policy
    for each in made:
        site.ask("DELETE", f"/v1/policies/{each}")


@pytest.fixture
def plan(site):
    """A fork in which a tower is taller."""
    site.ask("POST", "/v1/worlds", {"name": "role-plan", "label": "taller"})
    site.ask("PATCH", f"/v1/worlds/role-plan/twins/{TOWER}", {"height": 99})
    yield "role-plan"
    site.ask("DELETE", "/v1/worlds/role-plan")


def values_of(select):
    return select.locator("option").evaluate_all("(all) => all.map((each) => each.value)")


# Roles

LOOK = ["card", "worlds", "difference", "charts", "graph", "query", "models", "views"]
OFFERED = {
    "reader": {"panels": LOOK, "fork": False, "worlds": [], "models": False, "admin": []},
    "operator": {"panels": [*LOOK, "edit", "admin"], "fork": True, "worlds": [], "models": False,
                 "admin": ["Jobs"]},
    "modeller": {"panels": [*LOOK, "edit", "admin"], "fork": True, "worlds": [], "models": True, "admin": ["Jobs"]},
    "approver": {"panels": [*LOOK, "edit", "admin"], "fork": True, "worlds": ["Promote…"], "models": False,
                 "admin": ["Jobs"]},
    "admin": {"panels": [*LOOK, "edit", "admin"], "fork": True, "worlds": ["Label, expiry…", "Promote…", "Discard…"],
              "models": True, "admin": ["Keys", "People seen", "Policies", "Audit", "Jobs", "Health"]},
}


@pytest.mark.parametrize("role", OFFERED)
def test_a_role_is_offered_what_it_may_do_and_no_more(open_page, key_of, plan, shot, role):
    offered = OFFERED[role]
    page = open_page(key=key_of(role)[0])
    panels = page.locator("#rail button").evaluate_all("(all) => all.map((each) => each.id.replace('tool-', ''))")
    assert sorted(panels) == sorted(offered["panels"])
    expect(page.locator("#fork")).to_be_visible(visible=offered["fork"])

    show(page, panel="worlds")
    card = page.locator(f".world-card[data-world={plan}]")
    expect(card).to_be_visible()
    assert card.locator(".actions button").all_inner_texts() == ["Look", "Compare", *offered["worlds"]]
    asks = role in ("operator", "modeller")
    expect(card.get_by_text("Promoting it takes somebody with the role Approver.")).to_have_count(int(asks))
    expect(page.locator(".panel-worlds").get_by_role("button", name="Fork this instant")).to_be_visible(
        visible=offered["fork"])
    shot(page, f"role-{role}")

    show(page, selection=[TOWER], panel="card")
    expect(page.locator(".panel-card .card-name")).to_be_visible()
    expect(page.locator(".panel-card").get_by_role("button", name="Edit")).to_have_count(int(offered["fork"]))

    show(page, panel="models")
    page.locator(".model-tree button").first.wait_for()
    expect(page.get_by_role("button", name="Add models…")).to_be_visible(visible=offered["models"])
    expect(page.locator(".model-acts")).to_have_count(int(offered["models"]))

    show(page, panel="admin")
    if offered["admin"]:
        page.get_by_role("tab").first.wait_for()
    assert page.locator("#dock").get_by_role("tab").all_inner_texts() == offered["admin"]
    # Nor does dragging off the slider fork for who may not.
    box = page.locator("#track").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 340, box["y"] - 150, steps=6)
    expect(page.locator(".fork-drag")).to_have_count(int(offered["fork"]))
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_have_count(int(offered["fork"]))


def test_a_fork_is_changed_and_discarded_by_whose_it_is(open_page, key_of, plan, site):
    key, _ = key_of("operator")
    site.ask("POST", "/v1/worlds", {"name": "own-plan"}, key)
    page = open_page(key=key, path="/#panel=worlds")
    actions = lambda name: page.locator(f".world-card[data-world={name}] .actions button").all_inner_texts()  # noqa: E731
    expect(page.locator(".world-card[data-world=own-plan]")).to_be_visible()
    assert "Discard…" in actions("own-plan") and "Discard…" not in actions(plan)
    page.locator(".world-card[data-world=own-plan]").get_by_role("button", name="Discard…").click()
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(page.locator(".world-card[data-world=own-plan]")).to_have_count(0)


@pytest.mark.parametrize("language, title, why", [
    ("en", "Promote “taller” into “live”", "A policy does not let you see everything that was changed here"),
    ("ko", "“taller”을(를) “실제”에 반영", "정책 때문에")])
def test_a_promotion_that_a_policy_refuses_says_why(open_page, key_of, policy, plan, axe, shot, site, language, title, why):
    policy("heights", actions=["write"], principals={"roles": ["approver"]}, worlds=["live"], paths=["height"])
    page = open_page(language=language, key=key_of("approver")[0], path="/#panel=worlds")
    page.locator(f".world-card[data-world={plan}]").get_by_role("button", name=re.compile("Promote…|반영…")).click()
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog).to_contain_text(why)
    axe(page)
    shot(page, f"promote-refused-{language}")
    assert site.ask("GET", f"/v1/worlds/live/twins/{TOWER}")["height"] == 62


# Policies

@pytest.fixture
def guest(open_page, key_of, policy):
    """A reader who sees neither stations nor how tall a building is."""
    policy("no-stations", principals={"groups": ["guests"]}, models=[STATION])
    policy("no-heights", principals={"groups": ["guests"]}, models=[BUILDING], paths=["height"])
    key, _ = key_of("reader", groups=["guests"])
    return lambda **options: open_page(key=key, **options)


def test_what_a_policy_hides_is_not_in_the_city(guest, until, shot):
    page = guest()
    until(page, "() => nuri.city && nuri.city.figures().tiles > 0 && nuri.city.isComplete()", 30)
    expect(page.locator("#layers")).to_contain_text("Building")
    expect(page.locator("#layers")).not_to_contain_text("Subway station")
    colours = page.get_by_label("Colour by")
    assert not any(each.startswith(STATION) for each in values_of(colours))
    # What properties there are is no secret, what they are is.
    colours.select_option(f"{BUILDING} height")
    expect(page.locator("#legend")).to_contain_text("no value: 5,205")
    show(page, selection=["subway-gangnam"], panel="card")
    expect(page.locator(".panel-card")).to_contain_text("is not in this world at this time")
    shot(page, "policy-city")
    page.locator("#search input").fill("subway-")
    expect(page.locator("#search .found-note")).to_be_visible()
    expect(page.locator("#search").get_by_role("option")).to_have_count(0)


def test_what_a_policy_hides_is_on_no_card_chart_graph_or_list(guest, until, shot):
    page = guest()
    show(page, selection=[TOWER], panel="card")
    card = page.locator(".panel-card")
    expect(card.locator(".card-name")).to_be_visible()
    expect(card.locator(".relations").first).to_be_visible()
    expect(card.get_by_role("row", name=re.compile("^Footprint area"))).to_have_count(1)
    expect(card.get_by_role("row", name=re.compile("^Height [0-9]"))).to_have_count(0)

    show(page, panel="charts")
    panel = page.locator(".panel-charts")
    panel.get_by_role("tab", name="Over time").click()
    lines = panel.locator(".line-legend li")
    lines.first.wait_for()
    assert "height" not in values_of(panel.locator(".adder").first)
    assert not any(re.match("Height ·", each) for each in lines.all_inner_texts())
    panel.get_by_role("tab", name="Distribution").click()
    body = panel.get_by_role("tabpanel")
    body.get_by_label("Twins of").select_option(BUILDING)
    body.get_by_label("Property").select_option("height")
    expect(body.locator(".readout")).to_have_text("No twin of this model has a value here.")
    shot(page, "policy-distribution")

    show(page, panel="graph", selection=["dong-yeoksam1"])
    graph = page.locator(".panel-graph")
    expect(graph.locator("summary")).to_contain_text("twins: 1")
    expect(graph).not_to_contain_text("Subway station")

    show(page, panel="models")
    tree = page.locator(".model-tree")
    expect(tree.get_by_role("button", name="Subway station")).to_contain_text("0")


def test_what_a_policy_hides_no_query_tells(guest, site):
    page = guest(path="/#panel=query")
    panel = page.locator(".panel-query")
    panel.get_by_role("textbox").first.wait_for()

    def ask(text):
        panel.locator(".cm-content").click()
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.insert_text(text)
        page.keyboard.press("Escape")
        panel.get_by_role("button", name="Run").click()
        return panel.get_by_role("table", name="Rows of the answer")
    rows = ask(f"SELECT COUNT() AS n FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, '{STATION}')")
    expect(rows.locator("tbody tr").first).to_contain_text("0")
    rows = ask(f"SELECT T.$dtId AS id, T.height AS tall, T.name AS name FROM DIGITALTWINS T WHERE T.$dtId = '{TOWER}'")
    expect(rows).to_contain_text(TOWER)
    expect(rows).not_to_contain_text("62")

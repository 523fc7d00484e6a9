/** The decision explainer: may somebody read or write something, and which rule says so. @module */
import { get, request } from "../../core/api.js";
import { field } from "../../core/dialog.js";
import { fill, h } from "../../core/dom.js";
import { words } from "../../core/i18n.js";
import { failed } from "../../core/notice.js";
import { may } from "../../core/session.js";
import { store } from "../../core/store.js";
import { principalName, roleName, roles } from "../names.js";
import { everything, mark, several, texts } from "./table.js";

const T = words({
  title: ["Who may see or change what?", "누가 무엇을 보고 바꿀 수 있나요?"],
  intro: ["Ask about anybody and any twin; the answer names the rule that decides.",
    "아무 사람과 트윈에 대해 물어보면, 결정하는 규칙을 알려 줍니다."],
  who: ["Who", "누구"],
  somebody: ["somebody else…", "다른 사람…"],
  id: ["Id", "ID"],
  idHint: ["user:kim", "user:kim"],
  roles: ["Roles", "역할"],
  groups: ["Groups", "그룹"],
  action: ["wants to", "하려는 일"],
  read: ["read", "읽기"],
  write: ["write", "쓰기"],
  path: ["Property", "속성"],
  pathHint: ["empty: the whole twin", "비우면 트윈 전체"],
  twin: ["Twin", "트윈"],
  world: ["World", "세계"],
  ask: ["Explain", "설명"],
  selected: ["Take the selected one", "선택한 것 쓰기"],
  allowed: ["Allowed", "허용됨"],
  denied: ["Denied", "거부됨"],
  byAllow: [(who, id) => `${who} may: the policy “${id}” is the first that speaks of it, and it allows it.`,
    (who, id) => `${who}: “${id}” 정책이 이에 대해 말하는 첫 규칙이며 허용합니다.`],
  byDeny: [(who, id) => `${who} may not: the policy “${id}” is the first that speaks of it, and it denies it.`,
    (who, id) => `${who}: “${id}” 정책이 이에 대해 말하는 첫 규칙이며 거부합니다.`],
  byRole: [(who) => `${who} may: no policy speaks of it, and the role allows it.`,
    (who) => `${who}: 이에 대해 말하는 정책이 없고, 역할이 허용합니다.`],
  noRole: [(who, names) => `${who} may not: none of the roles allows it. It takes ${names}.`,
    (who, names) => `${who}: 허용하는 역할이 없습니다. ${names} 역할이 필요합니다.`],
  noTwin: [(twin, world) => `There is no twin “${twin}” in the world “${world}”.`,
    (twin, world) => `“${world}” 세계에 “${twin}” 트윈이 없습니다.`],
  show: ["Show the policy", "정책 보기"],
  or: [" or ", " 또는 "],
});

/** The explainer; `point(id)` shows a policy. */
export function explainer(point) {
  const who = h("select", { name: "who", onchange: () => known() });
  const id = h("input", { name: "id", value: "user:kim", autocomplete: "off" });
  const choices = roles.map((value) => ({ value, label: () => roleName(value) }));
  const chosen = several(() => T.roles, choices, ["reader"]);
  const groups = h("input", { name: "groups", autocomplete: "off" });
  const other = h("div", { class: "fields wide" },
    field(() => T.id, id), field(() => T.groups, groups), chosen.element);
  const action = h("select", { name: "action" },
    ["read", "write"].map((each) => h("option", { value: each }, () => T[each])));
  const twin = h("input", { name: "twin", required: true, autocomplete: "off" });
  const path = h("input", { name: "path", autocomplete: "off" });
  const world = h("select", { name: "world" });
  const answer = h("div", { class: "decision", "aria-live": "polite" });
  let keys = [];
  const known = () => {
    other.hidden = who.value !== "";
  };
  const principal = () => {
    const key = keys.find((each) => each.id === who.value);
    if (key) return { id: `key:${key.id}`, roles: key.roles, groups: key.groups };
    return { id: id.value.trim(), roles: chosen.read(), groups: texts(groups.value) };
  };
  const explain = async () => {
    const body = { principal: principal(), twin: twin.value.trim(), action: action.value, world: world.value };
    if (path.value.trim() !== "") body.path = path.value.trim();
    const decision = await request("POST", "/v1/policies/explain", { body });
    const name = who.value === "" ? principalName(body.principal.id) : who.selectedOptions[0].textContent;
    fill(answer, mark(decision.allowed ? "good" : "bad", () => (decision.allowed ? T.allowed : T.denied)),
      h("p", {}, () => sentence(decision, body, name)),
      decision.policy && h("button", {
        type: "button", class: "small", onclick: () => point(decision.policy),
      }, () => T.show));
  };
  const element = h("section", { class: "explain", "aria-label": () => T.title },
    h("h3", {}, () => T.title), h("p", { class: "quiet-text" }, () => T.intro),
    h("form", {
      class: "card fields",
      onsubmit: (event) => {
        event.preventDefault();
        explain().catch(failed);
      },
    }, field(() => T.who, who), field(() => T.action, action), other,
    h("div", { class: "field" }, field(() => T.twin, twin), h("button", {
      type: "button", class: "quiet small",
      onclick: () => {
        twin.value = store.state.selection[0] ?? twin.value;
      },
    }, () => T.selected)),
    field(() => T.path, path, () => T.pathHint), field(() => T.world, world),
    h("div", { class: "row wide" }, h("button", { type: "submit", class: "primary" }, () => T.ask)), answer));
  const show = async () => {
    const now = Date.now();
    const before = who.value;
    keys = (await everything(get, "/v1/keys")).items.filter((key) =>
      !key.revoked && !(key.expires && Date.parse(key.expires) < now));
    fill(who, h("option", { value: "" }, () => T.somebody), keys.map((key) =>
      h("option", { value: key.id }, key.label || key.id)));
    who.value = keys.some((key) => key.id === before) ? before : "";
    const worlds = (await get("/v1/worlds", { pageSize: 1000 })).items;
    fill(world, worlds.map(({ name }) =>
      h("option", { value: name, selected: name === store.state.world }, name)));
    twin.value ||= store.state.selection[0] ?? "";
    known();
  };
  return { element, show };
}

function sentence({ allowed, policy }, { principal, action, twin, world }, who) {
  if (policy) return (allowed ? T.byAllow : T.byDeny)(who, policy);
  if (allowed) return T.byRole(who);
  const would = roles.filter((role) => may(action, [role]));
  if (!may(action, principal.roles)) return T.noRole(who, would.map(roleName).join(T.or));
  return T.noTwin(twin, world);
}

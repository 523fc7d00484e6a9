/** The form of one policy, and the same as JSON. @module */
import { field } from "../../core/dialog.js";
import { fill, h } from "../../core/dom.js";
import { words } from "../../core/i18n.js";
import { roleName, roles } from "../names.js";
import { policyText } from "./policywords.js";
import { several, texts } from "./table.js";

const T = words({
  title: ["Policy", "정책"],
  asForm: ["Form", "양식"],
  asJSON: ["JSON", "JSON"],
  id: ["Name", "이름"],
  order: ["Order", "순서"],
  orderHint: ["the least decides first", "작은 번호가 먼저 결정합니다"],
  effect: ["Effect", "효과"],
  allow: ["allow", "허용"],
  deny: ["deny", "거부"],
  description: ["Description", "설명"],
  actions: ["Actions", "동작"],
  read: ["read", "읽기"],
  write: ["write", "쓰기"],
  who: ["For these roles; none for everybody", "이 역할에 적용. 고르지 않으면 모두"],
  groups: ["Groups", "그룹"],
  ids: ["People and keys", "사람과 키"],
  worlds: ["Worlds", "세계"],
  models: ["Models", "모델"],
  twins: ["Twins", "트윈"],
  paths: ["Properties", "속성"],
  all: ["all; separated by commas, * is any text", "전체. 쉼표로 구분, *는 아무 글자"],
  within: ["Only near a twin", "어떤 트윈 가까이만"],
  twin: ["Twin", "트윈"],
  relationships: ["By relationships", "관계"],
  hops: ["Hops", "단계"],
  direction: ["Direction", "방향"],
  outgoing: ["outgoing", "나가는"],
  incoming: ["incoming", "들어오는"],
  either: ["either", "양쪽"],
  save: ["Put in force", "적용"],
  cancel: ["Cancel", "취소"],
  json: ["The policy as JSON", "정책(JSON)"],
  wrong: [(why) => `This is no JSON: ${why}`, (why) => `JSON이 아닙니다: ${why}`],
  nameless: ["Give it a name.", "이름을 적으세요."],
});

const lists = ["worlds", "models", "twins", "paths"];

/**
 * @param {object|null} policy  the one to edit, or null for a new one
 * @param {{save: (policy: object) => Promise<void>, cancel: () => void}} acts
 */
export function policyForm(policy, { save, cancel }) {
  let draft = policy ?? { id: "", order: 10, effect: "deny" };
  let pane;
  const body = h("div", {});
  const says = h("p", { class: "policy-text", "aria-live": "polite" });
  const problem = h("p", { class: "problem", role: "alert" });
  const buttons = ["asForm", "asJSON"].map((kind) => h("button", {
    type: "button", onclick: () => attempt(() => show(kind)),
  }, () => T[kind]));
  const attempt = async (work) => {
    fill(problem);
    try {
      draft = pane.read();
      fill(says, () => policyText(draft));
      await work();
    } catch (error) {
      fill(problem, error instanceof SyntaxError ? () => T.wrong(error.message) : error.message);
    }
  };
  const show = (kind) => {
    buttons[0].setAttribute("aria-pressed", String(kind === "asForm"));
    buttons[1].setAttribute("aria-pressed", String(kind === "asJSON"));
    pane = kind === "asForm" ? fields(draft, policy !== null) : text(draft);
    fill(body, pane.element);
  };
  show("asForm");
  fill(says, () => policyText(draft));
  return h("form", {
    class: "card form", "aria-label": () => T.title,
    onchange: () => attempt(() => {}),
    onsubmit: (event) => {
      event.preventDefault();
      attempt(async () => {
        if (!draft.id) throw new Error(T.nameless);
        await save(draft);
      });
    },
  }, h("div", { class: "choice", role: "group", "aria-label": () => T.title }, buttons), body, says, problem,
  h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, () => T.save),
    h("button", { type: "button", onclick: cancel }, () => T.cancel)));
}

function text(draft) {
  const area = h("textarea", {
    class: "mono", rows: "14", spellcheck: "false", "aria-label": () => T.json,
    value: JSON.stringify(draft, null, 2),
  });
  return { element: area, read: () => JSON.parse(area.value) };
}

function fields(draft, isKept) {
  const { principals = {}, within } = draft;
  const input = (name, value, more = {}) =>
    h("input", { name, value: String(value ?? ""), autocomplete: "off", ...more });
  const parts = {
    id: input("id", draft.id, { readonly: isKept, maxlength: "128" }),
    order: input("order", draft.order, { type: "number", step: "1" }),
    effect: select("effect", ["deny", "allow"], draft.effect),
    description: input("description", draft.description),
    groups: input("groups", principals.groups?.join(", ")),
    ids: input("ids", principals.ids?.join(", "), { placeholder: "user:kim, key:*" }),
    ...Object.fromEntries(lists.map((name) => [name, input(name, draft[name]?.join(", "))])),
    twin: input("within-twin", within?.twin),
    relationships: input("within-relationships", within?.relationships?.join(", ")),
    hops: input("within-hops", within?.hops ?? 1, { type: "number", min: "0", max: "64" }),
    direction: select("within-direction", ["outgoing", "incoming", "either"], within?.direction ?? "outgoing"),
  };
  const actions = several(() => T.actions, ["read", "write"].map((value) => ({ value, label: () => T[value] })),
    draft.actions ?? ["read", "write"]);
  const who = several(() => T.who, roles.map((value) => ({ value, label: () => roleName(value) })),
    principals.roles ?? []);
  const part = (name, hint) => field(() => T[name], parts[name], hint);
  const element = h("div", { class: "fields" },
    part("id"), part("order", () => T.orderHint), part("effect"), part("description"),
    actions.element, who.element, part("groups"), part("ids"),
    lists.map((name) => part(name, () => T.all)),
    h("details", { class: "wide", open: within !== undefined }, h("summary", {}, () => T.within),
      h("div", { class: "fields" }, ["twin", "relationships", "hops", "direction"].map((name) => part(name)))));
  return { element, read: () => read(draft, parts, actions.read(), who.read()) };
}

function read(draft, parts, actions, chosenRoles) {
  const [id, order, effect] = [parts.id.value.trim(), Number(parts.order.value), parts.effect.value];
  const found = { ...draft, id, order, effect };
  const put = (target, name, value) => {
    if (value.length > 0) target[name] = value;
    else delete target[name];
  };
  put(found, "description", parts.description.value.trim());
  put(found, "actions", actions.length === 2 ? [] : actions);
  const principals = {};
  put(principals, "roles", chosenRoles);
  put(principals, "groups", texts(parts.groups.value));
  put(principals, "ids", texts(parts.ids.value));
  if (Object.keys(principals).length > 0) found.principals = principals;
  else delete found.principals;
  for (const name of lists) put(found, name, texts(parts[name].value));
  const twin = parts.twin.value.trim();
  if (twin === "") delete found.within;
  else {
    found.within = { twin, relationships: texts(parts.relationships.value), hops: Number(parts.hops.value),
      direction: parts.direction.value };
  }
  return found;
}

function select(name, values, chosen) {
  return h("select", { name }, values.map((value) =>
    h("option", { value, selected: value === chosen }, () => T[value])));
}

/** Policies: the rules in force in the order in which they decide, and what they decide. @module */
import { get, request } from "../../core/api.js";
import { ask } from "../../core/dialog.js";
import { byId, fill, h } from "../../core/dom.js";
import { emptyState } from "../../core/empty.js";
import { words } from "../../core/i18n.js";
import { failed } from "../../core/notice.js";
import { explainer } from "./explain.js";
import { policyForm } from "./policyform.js";
import { policyText } from "./policywords.js";
import { mark } from "./table.js";

const T = words({
  policies: ["Policies", "정책"],
  intro: ["Roles say which kinds of action somebody may take; policies on which twins and properties. "
    + "The first rule that speaks of something decides about it.",
    "역할은 할 수 있는 일의 종류를, 정책은 어떤 트윈과 속성에 할 수 있는지를 정합니다. 해당하는 첫 번째 규칙이 결정합니다."],
  fresh: ["New policy", "새 정책"],
  allow: ["allows", "허용"],
  deny: ["denies", "거부"],
  edit: ["Edit", "편집"],
  remove: ["Delete", "삭제"],
  up: [(id) => `Move ${id} up`, (id) => `${id} 위로`],
  down: [(id) => `Move ${id} down`, (id) => `${id} 아래로`],
  removeTitle: [(id) => `Delete the policy “${id}”?`, (id) => `“${id}” 정책을 삭제할까요?`],
  removeText: ["What it hid is seen from the next request on; what only it allowed is hidden.",
    "다음 요청부터, 이 정책이 숨기던 것은 보이고 이 정책만 허용하던 것은 숨겨집니다."],
  none: ["No policies: roles alone decide", "정책 없음: 역할만으로 결정합니다"],
  noneText: ["Make one to hide a property from readers, or to show contractors one building and nothing else.",
    "열람자에게 속성 하나를 숨기거나, 협력사에 건물 하나만 보여 주려면 정책을 만드세요."],
});

let maker;
let list;
let doubt;

/** @type {import("./index.js").Part} */
export const policiesPart = {
  id: "policies", title: () => T.policies, action: "admin",
  mount: (element) => {
    maker = h("div", { class: "maker" });
    list = h("ol", { class: "policies" });
    doubt = explainer((id) => point(id));
    fill(element, h("p", { class: "quiet-text" }, () => T.intro), maker, list, doubt.element);
    closeMaker();
  },
  show: async () => {
    await load();
    await doubt.show();
  },
};

function closeMaker() {
  fill(maker, h("button", { type: "button", class: "primary", onclick: () => edit(null) }, () => T.fresh));
}

async function load() {
  const { items } = await get("/v1/policies");
  fill(list, items.length === 0 ? h("li", { class: "none" }, emptyState(() => T.none, () => T.noneText))
    : items.map((policy, i) => line(policy, i, items)));
}

function line(policy, i, all) {
  return h("li", { id: `policy-${policy.id}`, class: "policy", tabindex: "-1" },
    h("div", { class: "policy-head" },
      h("span", { class: "order" }, String(policy.order)),
      mark(policy.effect === "allow" ? "good" : "bad", () => T[policy.effect]), h("strong", {}, policy.id),
      h("span", { class: "policy-tools" },
        mover(all, i, -1, "↑", () => T.up(policy.id)), mover(all, i, 1, "↓", () => T.down(policy.id)),
        h("button", { type: "button", class: "small", onclick: () => edit(policy) }, () => T.edit),
        h("button", { type: "button", class: "small danger", onclick: () => remove(policy).catch(failed) },
          () => T.remove))),
    h("p", { class: "policy-text" }, () => policyText(policy)),
    policy.description && h("p", { class: "quiet-text" }, policy.description));
}

function mover(all, i, step, sign, label) {
  return h("button", {
    type: "button", class: "small", disabled: !(i + step in all), "aria-label": label,
    onclick: () => move(all, i, step).catch(failed),
  }, sign);
}

function edit(policy) {
  const form = policyForm(policy, {
    save: async (draft) => {
      await put(draft);
      closeMaker();
      await load();
      point(draft.id);
    },
    cancel: closeMaker,
  });
  fill(maker, form);
  form.querySelector("input:not([readonly])").focus();
}

function put(policy) {
  const { id, ...body } = policy;
  return request("PUT", `/v1/policies/${encodeURIComponent(id)}`, { body });
}

/**
 * Moves a rule past its neighbour: with a number between those it comes to stand between if there is one, so that it
 * happens at once; else all get new numbers, ten apart.
 */
async function move(all, from, step) {
  const sorted = all.filter((_, i) => i !== from);
  const to = from + step;
  const below = sorted[to - 1]?.order ?? sorted[to].order - 20;
  const above = sorted[to]?.order ?? below + 20;
  const between = Math.floor((below + above) / 2);
  if (between > below && between < above) {
    await put({ ...all[from], order: between });
  } else {
    sorted.splice(to, 0, all[from]);
    for (const [i, policy] of sorted.entries()) {
      if (policy.order !== (i + 1) * 10) await put({ ...policy, order: (i + 1) * 10 });
    }
  }
  await load();
  point(all[from].id);
}

async function remove(policy) {
  if (!(await ask(() => T.removeTitle(policy.id), () => T.removeText, () => T.remove))) return;
  await request("DELETE", `/v1/policies/${encodeURIComponent(policy.id)}`);
  await load();
}

function point(id) {
  const element = byId(`policy-${id}`);
  element?.scrollIntoView({ block: "nearest" });
  element?.focus();
}

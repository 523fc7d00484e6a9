/** The panel that lists the worlds: look, compare, promote, change and discard. @module */
import { request, worldPath } from "../core/api.js";
import { field, openForm } from "../core/dialog.js";
import { words } from "../core/i18n.js";
import { fill, h, refresh } from "../core/dom.js";
import { ago, instant } from "../core/format.js";
import { failed } from "../core/notice.js";
import { bringPanel } from "../core/panels.js";
import { may, mayChange } from "../core/session.js";
import { store } from "../core/store.js";
import { openForkDialog } from "./fork.js";
import { loadWorlds, nameOfWorld } from "./list.js";
import { compareWith } from "./mode.js";
import { openPromotion } from "./promote.js";
import { lanesOf, lookAtWorld, swatch } from "./tree.js";

const T = words({
  title: ["Worlds", "세계"],
  fork: ["Fork this instant", "이 시점에서 갈라 내기"],
  none: [
    "There is only the live world. Fork it to try something out: a fork costs nothing and touches nothing.",
    "실제 세계만 있습니다. 시험해 볼 것이 있으면 갈라 내세요. 비용도 영향도 없습니다.",
  ],
  looked: ["looked at", "보는 중"],
  look: ["Look", "보기"],
  compare: ["Compare", "비교"],
  edit: ["Label, expiry…", "설명·기한…"],
  promote: ["Promote…", "반영…"],
  asks: ["Promoting it takes somebody with the role Approver.", "반영은 승인자 역할이 있는 사람이 할 수 있습니다."],
  discard: ["Discard…", "폐기…"],
  parent: ["from", "원본"],
  mode: ["mode", "방식"],
  detached: ["detached", "분리"],
  tracking: ["tracking its parent", "부모를 따라감"],
  expires: ["expires", "기한"],
  never: ["never", "없음"],
  name: ["name", "이름"],
  liveText: ["What is: everything that was recorded.", "실제: 기록된 모든 것."],
  label: ["Label", "설명"],
  editTitle: [(name) => `Change “${name}”`, (name) => `“${name}” 바꾸기`],
  keep: ["as it is", "그대로"],
  day: ["a day from now", "하루 뒤"],
  week: ["a week from now", "일주일 뒤"],
  month: ["30 days from now", "30일 뒤"],
  save: ["Save", "저장"],
  discardTitle: [(name) => `Discard “${name}”?`, (name) => `“${name}”을(를) 폐기할까요?`],
  discardText: ["All that was changed in it is lost. Its parent is not touched.", "여기서 바꾼 것은 모두 사라집니다. 부모 세계는 그대로입니다."],
  discardGo: ["Discard", "폐기"],
  find: ["Find a world", "세계 찾기"],
});

const ICON = "M6 4v16M6 14c7 0 6-8 12-8M6 17c8 0 7-3 12-3M18 6h.010M18 14h.010";

/** Brings the panel. */
export function startWorldPanel() {
  let place = null;
  const filter = h("input", { type: "search", class: "grow", placeholder: () => T.find, "aria-label": () => T.find,
    oninput: () => draw() });
  const fork = h("button", { class: "primary", onclick: () => openForkDialog() }, () => T.fork);
  const list = h("ul", { class: "world-list", id: "world-list" });
  function draw() {
    if (place === null || store.state.panel !== "worlds") return;
    const { worlds } = store.state;
    fork.hidden = !may("fork");
    filter.hidden = worlds.length < 8;
    const wanted = filter.value.trim().toLowerCase();
    const shown = lanesOf(worlds).filter((each) => `${each.name} ${each.label ?? ""}`.toLowerCase().includes(wanted));
    fill(list, shown.map(card), worlds.length === 1 && h("li", { class: "quiet-text" }, () => T.none));
    refresh(list);
  }
  bringPanel({
    id: "worlds", title: () => T.title, icon: ICON, show: draw,
    mount(element) {
      place = element;
      element.append(h("div", { class: "row" }, fork, filter), list);
    },
  });
  store.on(["worlds", "world", "other", "who", "language"], draw);
}

function card(each) {
  const { world, other } = store.state;
  const isLooked = each.name === world;
  const isFork = each.parent !== undefined;
  return h("li", { class: `world-card${isLooked ? " looked" : ""}`, dataset: { world: each.name } },
    h("div", { class: "row" }, swatch(each.name), h("strong", {}, nameOfWorld(each.name)), h("span", { class: "spacer" }),
      isLooked && h("span", { class: "chip" }, () => T.looked)),
    isFork ? facts(each) : h("p", { class: "quiet-text" }, () => T.liveText),
    isFork && may("fork") && !may("promote") && h("p", { class: "quiet-text" }, () => T.asks),
    h("div", { class: "row actions" },
      !isLooked && h("button", { onclick: () => lookAtWorld(each.name) }, () => T.look),
      !isLooked && h("button", { "aria-pressed": String(each.name === other), onclick: () => {
        compareWith(each.name === other ? null : each.name);
        if (store.state.other && store.state.mode === "single") store.set({ mode: "side" });
      } }, () => T.compare),
      isFork && mayChange(each) && h("button", { onclick: () => edit(each) }, () => T.edit),
      isFork && may("promote") && h("button", { onclick: () => openPromotion(each).catch(failed) }, () => T.promote),
      isFork && mayChange(each) && h("button", { class: "danger", onclick: () => discard(each) }, () => T.discard)));
}

function facts(each) {
  const rows = [
    [() => T.parent, () => `${nameOfWorld(each.parent)}, ${instant(each.forkedAt)}`],
    [() => T.mode, () => T[each.mode] ?? each.mode],
    [() => T.expires, () => (each.expires ? `${ago(each.expires)} (${instant(each.expires)})` : T.never)],
    ...(each.label ? [[() => T.name, () => each.name]] : []),
  ];
  return h("dl", { class: "facts" }, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function edit(each) {
  const label = h("input", { name: "label", maxlength: 300, value: each.label ?? "", autocomplete: "off" });
  const choices = [["keep", "keep"], ["", "never"], ["1d", "day"], ["7d", "week"], ["30d", "month"]];
  const expires = h("select", { name: "expires" }, choices.map(([value, key]) => h("option", { value }, () => T[key])));
  openForm({
    title: () => T.editTitle(nameOfWorld(each.name)),
    body: [field(() => T.label, label), field(() => T.expires, expires)],
    yes: () => T.save,
    async act() {
      const body = { label: label.value };
      if (expires.value !== "keep") body.expires = expires.value === "" ? null : expires.value;
      await request("PATCH", worldPath(each.name), { body });
      await loadWorlds();
    },
  });
}

function discard(each) {
  openForm({
    title: () => T.discardTitle(nameOfWorld(each.name)),
    body: h("p", {}, () => T.discardText),
    yes: () => T.discardGo,
    danger: true,
    async act() {
      await request("DELETE", worldPath(each.name));
      const { world, other } = store.state;
      if (other === each.name) compareWith(null);
      if (world === each.name) store.set({ world: each.parent, other: null, mode: "single", otherAt: "same", at: null });
      await loadWorlds();
    },
  });
}

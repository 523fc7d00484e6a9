/** The filter, told on the map: what is left of it, and how to take it away. @module */
import { byId, fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";

const T = words({
  only: [(n) => `Only ${n} twins`, (n) => `트윈 ${n}개만`],
  clear: ["Show all again", "모두 다시 보기"],
});

const chip = h("div", { id: "filter", role: "status" });

/** Puts it on the map. */
export function startFilter() {
  byId("city").append(chip);
  store.on(["filter", "language"], show);
  show();
}

function show() {
  const { filter } = store.state;
  chip.hidden = filter === null;
  fill(chip, filter && [
    h("span", {}, `${T.only(number(filter.ids.size, null, { digits: 9 }))}: `, h("b", {}, filter.label)),
    h("button", { class: "quiet", "aria-label": T.clear, title: T.clear, onclick: () => store.set({ filter: null }) }, "✕"),
  ]);
}

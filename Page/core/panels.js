/** The dock at the right: panels that modules bring, one open at a time. @module */
import { byId, fill, h, icon, refresh } from "./dom.js";
import { store } from "./store.js";

const panels = new Map();

/**
 * A panel of the dock. `mount(element)` is called once, when it is first opened; `show()` and `hide()` every time.
 * @typedef {object} Panel
 * @property {string} id
 * @property {() => string} title
 * @property {string} icon  a path of 24 by 24
 * @property {(element: Element) => (void|Promise<void>)} mount
 * @property {() => void} [show]
 * @property {() => void} [hide]
 * @property {boolean} [wide]  whether it takes half of the page
 * @property {(roles: string[]) => boolean} [may]  whether somebody with these roles has it; all do without
 */

/** Brings a panel. Panels stand in the order they are brought. @param {Panel} panel */
export function bringPanel(panel) {
  panels.set(panel.id, { ...panel, element: null });
}

/** Opens a panel, or closes the open one with `null`. */
export function openPanel(id) {
  store.set({ panel: id });
}

/** Draws the rail and keeps the dock in step with the store. */
export function startPanels() {
  store.on(["panel"], showPanel);
  store.on(["who"], drawRail);
  drawRail();
  showPanel();
}

function drawRail() {
  const roles = store.state.who?.roles ?? [];
  const shown = [...panels.values()].filter((panel) => panel.may?.(roles) ?? true);
  fill(byId("rail"), shown.map((panel) => h("button", {
    class: "tool",
    id: `tool-${panel.id}`,
    title: panel.title,
    "aria-label": panel.title,
    "aria-controls": "dock",
    "aria-expanded": String(store.state.panel === panel.id),
    onclick: () => openPanel(store.state.panel === panel.id ? null : panel.id),
  }, icon(panel.icon))));
}

let open = null;

async function showPanel() {
  const dock = byId("dock");
  const next = panels.get(store.state.panel) ?? null;
  if (open !== next) open?.hide?.();
  open = next;
  for (const button of byId("rail").children) {
    button.setAttribute("aria-expanded", String(button.id === `tool-${next?.id}`));
  }
  dock.hidden = next === null;
  document.body.classList.toggle("wide", next?.wide ?? false);
  if (next === null) return;
  const isFirst = next.element === null;
  next.element ??= h("div", { class: `panel panel-${next.id}` });
  fill(dock, h("header", { class: "panel-head" },
    h("h2", {}, next.title),
    h("button", { class: "quiet", "aria-label": () => closeLabel(), onclick: () => openPanel(null) }, "✕"),
  ), next.element);
  dock.setAttribute("aria-label", next.title());
  if (isFirst) await next.mount(next.element);
  refresh(dock);
  next.show?.();
}

function closeLabel() {
  return store.state.language === "ko" ? "닫기" : "Close";
}

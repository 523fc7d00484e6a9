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
 * @property {(element: Element) => (void|Promise<void>)} mount  `store.panel` may say a place in it: `admin/audit`
 * @property {() => void} [show]
 * @property {() => void} [hide]
 * @property {boolean} [wide]  whether it takes half of the page
 * @property {(roles: string[]) => boolean} [may]  whether somebody with these roles has it; all do without
 */

/** Brings a panel. Panels stand in the order they are brought. @param {Panel} panel */
export function bringPanel(panel) {
  panels.set(panel.id, { ...panel, element: null });
}

/** The panel that is open, without the place in it. */
const openId = () => (store.state.panel ?? "").split("/")[0];

/** Opens a panel, or closes the open one with `null`. */
export function openPanel(id) {
  store.set({ panel: id });
}

/** Draws the rail and keeps the dock in step with the store. */
export function startPanels() {
  store.on(["panel", "who"], showPanel);
  store.on(["who"], drawRail);
  drawRail();
  showPanel();
}

function drawRail() {
  const shown = [...panels.values()].filter(isThere);
  fill(byId("rail"), shown.map((panel) => h("button", {
    class: "tool",
    id: `tool-${panel.id}`,
    title: panel.title,
    "aria-label": panel.title,
    "aria-controls": "dock",
    "aria-expanded": String(openId() === panel.id),
    onclick: () => openPanel(openId() === panel.id ? null : panel.id),
  }, icon(panel.icon))));
}

/** Nobody has a panel before they are signed in. */
function isThere(panel) {
  const { who } = store.state;
  return who !== null && (panel.may?.(who.roles) ?? true);
}

let open = null;

async function showPanel() {
  const dock = byId("dock");
  const wanted = panels.get(openId());
  const next = wanted !== undefined && isThere(wanted) ? wanted : null;
  if (next !== null && next === open) {
    next.show?.();
    return;
  }
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

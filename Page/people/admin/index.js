/** The admin pages: one wide panel of the dock with a part for each thing there is to look after. @module */
import { fill, h } from "../../core/dom.js";
import { words } from "../../core/i18n.js";
import { failed } from "../../core/notice.js";
import { bringPanel, openPanel } from "../../core/panels.js";
import { may } from "../../core/session.js";
import { store } from "../../core/store.js";
import { auditPart } from "./audit.js";
import { healthPart } from "./health.js";
import { jobsPart } from "./jobs.js";
import { keysPart } from "./keys.js";
import { policiesPart } from "./policies.js";
import { seenPart } from "./seen.js";

const T = words({
  admin: ["Administration", "관리"],
  parts: ["Parts of the administration", "관리 항목"],
});

/**
 * A part: `mount(element)` is called once, `show(rest)` whenever it comes into sight, with what its address says
 * behind its name (`admin/audit/user:kim` → `user:kim`), `hide()` when it goes out of it.
 * @typedef {{id: string, title: () => string, action: string, mount: Function, show: Function, hide?: Function}} Part
 */
const parts = [keysPart, seenPart, policiesPart, auditPart, jobsPart, healthPart];

/** Opens a part, at a place in it. */
export function openPart(id, rest = "") {
  openPanel(["admin", id, rest].filter(Boolean).join("/"));
}

/** Brings the panel. */
export function startAdmin() {
  const tabs = h("div", { class: "tabs", role: "tablist", "aria-label": () => T.parts });
  const body = h("div", { class: "tab-body" });
  const mounted = new Map();
  let shown = null;
  const hide = () => {
    shown?.hide?.();
    shown = null;
  };
  const show = async () => {
    const [, id, ...rest] = (store.state.panel ?? "").split("/");
    const there = parts.filter((part) => may(part.action));
    const part = there.find((each) => each.id === id) ?? shown ?? there[0];
    if (part !== shown) hide();
    fill(tabs, there.map((each) => tab(each, each === part)));
    if (!mounted.has(part)) {
      const element = h("div", {
        role: "tabpanel", id: `admin-${part.id}`, class: "part", "aria-label": part.title,
      });
      mounted.set(part, element);
      part.mount(element);
    }
    if (part !== shown) fill(body, mounted.get(part));
    shown = part;
    await part.show(rest.join("/"));
  };
  bringPanel({
    id: "admin", title: () => T.admin, wide: true, may: (roles) => may("write", roles),
    icon: "M12 3l7 3v5c0 4.6-2.9 8-7 10-4.1-2-7-5.4-7-10V6zM9 12l2.2 2.2L15.4 10",
    mount: (element) => fill(element, tabs, body),
    show: () => show().catch(failed),
    hide,
  });
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = [...tabs.children];
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    next.click();
    document.getElementById(next.id)?.focus();
  });
  store.on(["who"], () => mounted.clear());
}

function tab(part, isShown) {
  return h("button", {
    type: "button", role: "tab", id: `tab-${part.id}`, "aria-selected": String(isShown),
    "aria-controls": `admin-${part.id}`, tabindex: isShown ? "0" : "-1", onclick: () => openPart(part.id),
  }, part.title);
}

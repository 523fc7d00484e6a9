/** Tabs within a panel. @module */
import { h } from "../core/dom.js";

/**
 * Makes tabs: `tabs([{id, label, element, show?, hide?}], "Views")`.
 * @returns {{element: Element, open: (id: string) => void, current: () => string}}
 */
export function makeTabs(pages, label, name) {
  let current = null;
  const buttons = pages.map((page) => h("button", {
    role: "tab",
    id: `${name}-tab-${page.id}`,
    "aria-controls": `${name}-page-${page.id}`,
    onclick: () => open(page.id),
    onkeydown: (event) => step(event),
  }, page.label));
  const bodies = pages.map((page) => {
    page.element.setAttribute("role", "tabpanel");
    page.element.id = `${name}-page-${page.id}`;
    page.element.setAttribute("aria-labelledby", `${name}-tab-${page.id}`);
    return page.element;
  });
  const bar = h("div", { class: "view-tabs", role: "tablist", "aria-label": label }, buttons);

  function open(id) {
    if (id === current) return;
    pages.find((page) => page.id === current)?.hide?.();
    current = id;
    pages.forEach((page, i) => {
      const isOpen = page.id === id;
      buttons[i].setAttribute("aria-selected", String(isOpen));
      buttons[i].tabIndex = isOpen ? 0 : -1;
      bodies[i].hidden = !isOpen;
    });
    pages.find((page) => page.id === id).show?.();
  }

  function step(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    const next = (buttons.indexOf(event.currentTarget) + move + buttons.length) % buttons.length;
    buttons[next].focus();
    open(pages[next].id);
  }

  return { element: h("div", { class: "view-tabbed" }, bar, bodies), open, current: () => current };
}

/** Short messages at the top of the page: what was done, what went wrong. @module */
import { byId, h } from "./dom.js";

/**
 * Shows a message for some seconds; read out by screen readers.
 * @param {string} text
 * @param {"info"|"error"} [kind]
 * @param {{label: string, act: () => void}} [action]  a button beside it, such as undo
 * @returns {Element}  the message, for who wants to take it away sooner
 */
export function notice(text, kind = "info", action) {
  const element = h("div", { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status" },
    h("span", {}, text),
    action && h("button", {
      class: "quiet",
      onclick: () => {
        element.remove();
        action.act();
      },
    }, action.label),
    h("button", { class: "quiet", "aria-label": "✕", onclick: () => element.remove() }, "✕"));
  byId("notices").append(element);
  setTimeout(() => element.remove(), kind === "error" ? 12000 : 5000);
  return element;
}

/** Shows what went wrong; what was merely given up is no news. */
export function failed(error) {
  if (error.name !== "AbortError") notice(error.message, "error");
}

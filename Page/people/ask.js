/** Asking before something is done that can't be taken back. @module */
import { openDialog } from "../core/dialog.js";
import { h } from "../core/dom.js";

/**
 * @param {() => string} title
 * @param {() => string} text
 * @param {() => string} yes  what the button that does it says
 * @returns {Promise<boolean>}
 */
export function ask(title, text, yes) {
  return new Promise((resolve) => {
    const act = async () => resolve(true);
    const dialog = openDialog({ title, body: h("p", {}, text), confirm: yes, act, danger: true });
    dialog.addEventListener("close", () => resolve(false));
  });
}

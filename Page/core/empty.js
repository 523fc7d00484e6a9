/** What stands where there is nothing yet: says what would be here and how to get it. @module */
import { h } from "./dom.js";

/**
 *     fill(list, emptyState(() => T.noForks, () => T.noForksText, { label: () => T.fork, act: fork }))
 *
 * @param {() => string} title  what there is none of
 * @param {() => string} text  what it is good for and how it comes about
 * @param {{label: () => string, act: () => void}} [action]  the first step
 * @returns {Element}
 */
export function emptyState(title, text, action) {
  return h("div", { class: "empty" },
    h("p", { class: "empty-title" }, title),
    h("p", { class: "empty-text" }, text),
    action && h("button", { type: "button", onclick: action.act }, action.label));
}

/** Windows over the page. @module */
import { h } from "./dom.js";
import { words } from "./i18n.js";

const T = words({
  close: ["Close", "닫기"],
  cancel: ["Cancel", "취소"],
});

/**
 * Opens a window; Escape and its button close it, and the focus goes back to where it was.
 * @param {() => string} title
 * @param {...any} content  as children of `h`
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, ...content) {
  const element = h("dialog", { "aria-label": title, onclose: () => element.remove() },
    h("header", { class: "dialog-head" }, h("h2", {}, title),
      h("button", { class: "quiet", type: "button", "aria-label": () => T.close, onclick: () => element.close() }, "✕")),
    h("div", { class: "dialog-body" }, content));
  document.body.append(element);
  element.showModal();
  return element;
}

/**
 * Asks before something is done that can't be taken back.
 * @param {() => string} title
 * @param {() => string} text
 * @param {() => string} yes  what the button that does it says
 * @returns {Promise<boolean>}
 */
export function ask(title, text, yes) {
  return new Promise((resolve) => {
    let answer = false;
    const close = (given) => {
      answer = given;
      element.close();
    };
    const element = openDialog(title, h("p", {}, text), h("div", { class: "row dialog-foot" },
      h("button", { type: "button", autofocus: true, onclick: () => close(false) }, () => T.cancel),
      h("button", { type: "button", class: "danger", onclick: () => close(true) }, yes)));
    element.addEventListener("close", () => resolve(answer));
  });
}

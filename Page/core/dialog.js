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

/**
 * Opens a window with a form. What `act` throws is shown in it, and it stays open.
 * @param {object} asked
 * @param {() => string} asked.title
 * @param {any} asked.body  children, as of `h`
 * @param {() => string} asked.yes  the button that acts
 * @param {(form: FormData) => Promise<void>} asked.act
 * @param {boolean} [asked.danger]  whether it takes something away
 * @param {boolean} [asked.wide]
 * @returns {HTMLDialogElement}
 */
export function openForm({ title, body, yes, act, danger = false, wide = false }) {
  const error = h("p", { class: "dialog-error", role: "alert" });
  const go = h("button", { type: "submit", class: danger ? "danger" : "primary" }, yes);
  const form = h("form", { class: "dialog-form", onsubmit: async (event) => {
    event.preventDefault();
    if (go.disabled) return;
    go.disabled = true;
    error.textContent = "";
    try {
      await act(new FormData(form));
      element.close();
    } catch (failure) {
      error.textContent = failure.message;
      go.disabled = false;
    }
  } }, body, error, h("div", { class: "row dialog-foot" },
    h("button", { type: "button", onclick: () => element.close() }, () => T.cancel), go));
  const element = openDialog(title, form);
  element.classList.toggle("wide-dialog", wide);
  return element;
}

/** A labelled field of a form: its name stands above its control, and a hint below. */
export function field(name, control, hint) {
  return h("label", { class: "field" }, h("span", { class: "field-name" }, name), control,
    hint && h("span", { class: "quiet-text field-hint" }, hint));
}

/** Dialogs that ask something before it is done. @module */
import { words } from "./i18n.js";
import { h } from "./dom.js";

const T = words({ cancel: ["Cancel", "취소"], close: ["Close", "닫기"] });
let made = 0;

/**
 * Opens a dialog. What `act` throws is shown in it, and it stays open.
 * @param {object} asked
 * @param {() => string} asked.title
 * @param {any} asked.body  children, as of `h`
 * @param {() => string} [asked.confirm]  the button that acts; a dialog without it only shows something
 * @param {(form: FormData) => Promise<any>} [asked.act]  what to do; `false` keeps the dialog open
 * @param {boolean} [asked.danger]  whether it takes something away
 * @param {boolean} [asked.wide]
 * @returns {HTMLDialogElement}
 */
export function openDialog({ title, body, confirm, act, danger = false, wide = false }) {
  made += 1;
  const id = `dialog-${made}`;
  const error = h("p", { class: "dialog-error", role: "alert" });
  const go = confirm && h("button", { type: "submit", class: danger ? "danger" : "primary" }, confirm);
  const cancel = h("button", { type: "button", onclick: () => dialog.close() }, () => (confirm ? T.cancel : T.close));
  const form = h("form", { class: "dialog-form", method: "dialog", onsubmit: submit },
    h("h2", { id }, title), h("div", { class: "dialog-body" }, body), error,
    h("div", { class: "row dialog-buttons" }, cancel, go));
  const dialog = h("dialog", { "aria-labelledby": id, class: wide ? "wide-dialog" : "" }, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;

  async function submit(event) {
    event.preventDefault();
    if (!go || go.disabled) return;
    go.disabled = true;
    error.textContent = "";
    try {
      if ((await act(new FormData(form))) !== false) dialog.close();
    } catch (failure) {
      error.textContent = failure.message;
    }
    go.disabled = false;
  }
}

/** A labelled field of a form: the text stands above its control. */
export function field(text, control, hint) {
  return h("label", { class: "field" }, h("span", { class: "field-name" }, text), control,
    hint && h("span", { class: "quiet-text field-hint" }, hint));
}

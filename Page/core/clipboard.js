/** Copying. @module */
import { fill, h } from "./dom.js";
import { words } from "./i18n.js";

const T = words({
  copy: ["Copy", "복사"],
  copied: ["Copied", "복사했습니다"],
  press: ["Press Ctrl+C", "Ctrl+C를 누르세요"],
});

/** A button that copies what `text()` gives and says so for a moment. */
export function copyButton(text, label = () => T.copy) {
  const button = h("button", {
    type: "button", "aria-live": "polite",
    onclick: async () => {
      const isCopied = await copy(text());
      fill(button, () => (isCopied ? T.copied : T.press));
      setTimeout(() => fill(button, label), 1800);
    },
  }, label);
  return button;
}

/** Without TLS browsers have no clipboard but that of a marked field. */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => byHand(text));
  return byHand(text);
}

function byHand(text) {
  const field = h("textarea", { class: "visually-hidden", "aria-hidden": "true", value: text });
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
}

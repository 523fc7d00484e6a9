/** Choices of language and theme, for the sign-in and the account menu. @module */
import { h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";

const T = words({
  language: ["Language", "언어"],
  theme: ["Theme", "테마"],
  light: ["Light", "밝게"],
  dark: ["Dark", "어둡게"],
});

/** English or Korean. */
export function languageChoice() {
  return choice("language", () => T.language, { en: () => "English", ko: () => "한국어" });
}

/** Light or dark. */
export function themeChoice() {
  return choice("theme", () => T.theme, { light: () => T.light, dark: () => T.dark });
}

function choice(key, label, names) {
  const buttons = Object.entries(names).map(([value, name]) => h("button", {
    type: "button",
    lang: key === "language" ? value : false,
    onclick: () => store.set({ [key]: value }),
  }, name));
  const mark = () => buttons.forEach((button, i) => {
    button.setAttribute("aria-pressed", String(Object.keys(names)[i] === store.state[key]));
  });
  mark();
  store.on([key], mark);
  return h("div", { class: "choice", role: "group", "aria-label": label }, buttons);
}

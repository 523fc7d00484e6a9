/** English and Korean. @module */
import { refresh } from "./dom.js";
import { store } from "./store.js";

/**
 * Makes the texts of a module: `words({ save: ["Save", "저장"], twins: [(n) => `${n} twins`, (n) => `트윈 ${n}개`] })`.
 * Members are in the language of the page at the time they are read.
 * @param {Object<string, [any, any]>} table
 */
export function words(table) {
  const texts = {};
  for (const [key, [english, korean]] of Object.entries(table)) {
    Object.defineProperty(texts, key, {
      enumerable: true,
      get: () => (store.state.language === "ko" ? korean : english),
    });
  }
  return Object.freeze(texts);
}

/**
 * What to show of a DTDL display name: text, or an object of texts by language.
 * @param {string|Object<string, string>|undefined} name
 * @param {string} otherwise
 */
export function displayName(name, otherwise) {
  if (typeof name === "string" && name !== "") return name;
  return name?.[store.state.language] ?? name?.en ?? otherwise;
}

/** Takes the language from the last visit or the browser, and keeps the document in step with it. */
export function startLanguage() {
  const kept = localStorage.getItem("nuri.language");
  const wanted = kept ?? (navigator.language.startsWith("ko") ? "ko" : "en");
  store.on(["language"], ({ language }) => {
    localStorage.setItem("nuri.language", language);
    document.documentElement.lang = language;
    refresh();
  });
  document.documentElement.lang = wanted;
  store.set({ language: wanted });
}

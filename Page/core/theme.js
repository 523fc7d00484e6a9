/** Light and dark. @module */
import { store } from "./store.js";

/** Takes the theme from the last visit or the system, and keeps the document in step with it. */
export function startTheme() {
  const wishes = matchMedia("(prefers-color-scheme: light)");
  const kept = localStorage.getItem("nuri.theme");
  store.on(["theme"], ({ theme }) => {
    localStorage.setItem("nuri.theme", theme);
    document.documentElement.dataset.theme = theme;
  });
  const theme = kept ?? (wishes.matches ? "light" : "dark");
  document.documentElement.dataset.theme = theme;
  store.set({ theme });
}

/** The value of a colour token of page.css, such as `--accent`, in the present theme. */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

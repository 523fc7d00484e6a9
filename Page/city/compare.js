/** What stands over two worlds at once: their names, and the handle of the swipe. @module */
import { byId, fill, h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";
import { nameOfWorld } from "../worlds/list.js";
import { swatch } from "../worlds/tree.js";
import { draw } from "./view.js";
import { isCompared, swipeAt } from "./views.js";

const T = words({
  swipe: ["Move the border between the two worlds", "두 세계의 경계 옮기기"],
  value: [(a, b, share) => `${a} ${share} %, ${b} ${100 - share} %`,
    (a, b, share) => `${a} ${share}%, ${b} ${100 - share}%`],
  difference: [(a, b) => `Difference: ${a} minus ${b}`, (a, b) => `차이: ${a} − ${b}`],
});

const names = h("div", { id: "world-names" });
const handle = h("div", {
  id: "swipe", role: "slider", tabindex: "0", "aria-label": () => T.swipe, "aria-valuemin": "0", "aria-valuemax": "100",
  hidden: true,
}, h("span", { "aria-hidden": "true" }, "⇔"));

/** Puts both on the map. */
export function startCompare() {
  byId("city").append(names, handle);
  handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = byId("city").getBoundingClientRect();
    set((event.clientX - box.left) / box.width);
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    set(swipeAt.value + step);
  });
  store.on(["mode", "world", "other", "language", "worlds"], show);
  show();
}

function set(share) {
  swipeAt.value = Math.min(0.98, Math.max(0.02, share));
  show();
  draw();
}

function show() {
  const { mode, world, other } = store.state;
  handle.hidden = !isCompared() || mode !== "swipe";
  const share = Math.round(100 * swipeAt.value);
  handle.style.left = `${100 * swipeAt.value}%`;
  handle.setAttribute("aria-valuenow", String(share));
  handle.setAttribute("aria-valuetext", T.value(nameOfWorld(world), nameOfWorld(other), share));
  const tag = (more, ...content) => h("span", { class: `world-name ${more}` }, content);
  if (!isCompared()) fill(names);
  else if (mode === "difference") fill(names, tag("", T.difference(nameOfWorld(world), nameOfWorld(other))));
  else fill(names, tag("", swatch(world), nameOfWorld(world)), tag("world-other", swatch(other), nameOfWorld(other)));
  names.className = isCompared() ? `names-${mode}` : "";
  draw();
}

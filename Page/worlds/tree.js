/** The version tree over the slider: live is the trunk, each fork a line that leaves its parent. @module */
import { words } from "../core/i18n.js";
import { fill, h, icon } from "../core/dom.js";
import { instant } from "../core/format.js";
import { openPanel } from "../core/panels.js";
import { store } from "../core/store.js";
import { axis } from "../time/axis.js";
import { lookOf, nameOfWorld } from "./list.js";

const T = words({
  worlds: [(n) => (n === 1 ? "1 world" : `${n} worlds`), (n) => `세계 ${n}개`],
  list: ["List of worlds", "세계 목록"],
  fold: ["Fold the tree", "나무 접기"],
  unfold: ["Unfold the tree", "나무 펼치기"],
  look: [(title) => `Look at ${title}`, (title) => `${title} 보기`],
  from: [(title, when) => `${title}: forked ${when}`, (title, when) => `${title}: ${when}에 갈라짐`],
});

/** How far lanes are apart. */
export const LANE = 24;
const FOLD = "M6 9l6 6 6-6";
const UNFOLD = "M6 15l6-6 6 6";
const LIST = "M8 6h12M8 12h12M8 18h12M4 6h.010M4 12h.010M4 18h.010";

/**
 * The order of lanes from the trunk outwards. Later forks stand nearer to their parent and a fork's own forks next to
 * it, so no line crosses another.
 */
export function lanesOf(worlds) {
  const lanes = [];
  const children = Map.groupBy(worlds.filter((each) => each.parent), (each) => each.parent);
  function place(world) {
    lanes.push(world);
    const forks = children.get(world.name) ?? [];
    forks.sort((a, b) => (b.forkedAt ?? "").localeCompare(a.forkedAt ?? "") || b.created.localeCompare(a.created));
    forks.forEach(place);
  }
  worlds.filter((each) => !each.parent).forEach(place);
  return lanes;
}

/** A short piece of a world's line, as a key. */
export function swatch(name) {
  const { colour, dash } = lookOf(name);
  return h("svg", { class: `world-key world-${colour}`, viewBox: "0 0 22 10", "aria-hidden": "true" },
    h("line", { x1: 0, x2: 15, y1: 5, y2: 5, "stroke-dasharray": dash }), h("circle", { cx: 18, cy: 5, r: 3 }));
}

/** Looks at a world; it is not compared with itself. */
export function lookAtWorld(name) {
  const { world, other } = store.state;
  if (name === world) return;
  if (name === other) store.set({ world: name, other: world, otherAt: "same", at: null });
  else store.set({ world: name, at: null });
}

let folded = false;

/** Makes the tree, which follows the store and the axis. */
export function makeTree() {
  const lines = h("svg", { class: "tree-lines", "aria-hidden": "true" });
  const heads = h("ul", { class: "tree-heads" });
  const count = h("span", { class: "quiet-text" });
  const fold = h("button", { class: "tool small", id: "tree-fold", onclick: () => {
    folded = !folded;
    draw();
  } });
  const list = h("button", { class: "tool small", id: "tree-list", title: () => T.list, "aria-label": () => T.list,
    onclick: () => openPanel("worlds") }, icon(LIST));
  const tree = h("div", { class: "tree", id: "tree" },
    h("div", { class: "tree-side" }, count, list, fold), h("div", { class: "tree-box" }, lines), heads);

  function draw() {
    const { worlds, world, other, who } = store.state;
    tree.hidden = !who || worlds.length === 0;
    if (tree.hidden) return;
    const shown = folded ? worlds.filter((each) => [world, other, "live"].includes(each.name)) : worlds;
    const lanes = lanesOf(withParents(shown)).reverse();
    const isNew = heads.childElementCount !== lanes.length;
    const isOther = heads.querySelector("[aria-current]")?.dataset.world !== world;
    count.textContent = T.worlds(worlds.length);
    fold.hidden = worlds.length < 2;
    fold.setAttribute("aria-expanded", String(!folded));
    fold.setAttribute("aria-label", folded ? T.unfold : T.fold);
    fold.title = folded ? T.unfold : T.fold;
    fill(fold, icon(folded ? UNFOLD : FOLD));
    const focused = document.activeElement?.closest?.(".tree-heads") ? document.activeElement.dataset.world : null;
    fill(heads, lanes.map((each) => head(each)));
    if (focused) heads.querySelector(`[data-world="${CSS.escape(focused)}"]`)?.focus();
    tree.style.setProperty("--lanes", String(lanes.length));
    if (axis.ready) drawLines(lines, lanes);
    if (isNew) tree.scrollTop = tree.scrollHeight;
    if (isNew || isOther) heads.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }
  axis.on(draw);
  store.on(["worlds", "world", "other", "who", "language"], draw);
  store.on(["at"], () => axis.ready && placeHead(lines));
  return tree;
}

/** A fork whose parent is folded away hangs on the trunk. */
function withParents(worlds) {
  const names = new Set(worlds.map((each) => each.name));
  return worlds.map((each) => (each.parent && !names.has(each.parent) ? { ...each, parent: "live" } : each));
}

function head(each) {
  const { world, other } = store.state;
  const title = nameOfWorld(each.name);
  const hint = each.parent ? T.from(title, instant(each.forkedAt)) : T.look(title);
  return h("li", {}, h("button", {
    class: `head world-${lookOf(each.name).colour}${each.name === other ? " compared" : ""}`,
    dataset: { world: each.name },
    "aria-current": each.name === world ? "true" : false,
    title: hint,
    onclick: () => lookAtWorld(each.name),
  }, swatch(each.name), h("span", {}, title)));
}

function drawLines(lines, lanes) {
  const y = new Map(lanes.map((each, i) => [each.name, i * LANE + LANE / 2]));
  const end = axis.width;
  lines.setAttribute("height", String(lanes.length * LANE));
  const drawn = lanes.filter((each) => !each.parent || isBefore(each, end)).map((each) => {
    const { colour, dash } = lookOf(each.name);
    const line = y.get(each.name);
    const shape = each.parent ? branch(each, line, y.get(each.parent), end) : `M0 ${line}H${end}`;
    const isLooked = each.name === store.state.world;
    return h("g", { class: `branch world-${colour}${isLooked ? " looked" : ""}`, onclick: () => lookAtWorld(each.name) },
      h("title", {}, T.look(nameOfWorld(each.name))),
      h("path", { class: "hit", d: shape }),
      h("path", { class: "line", d: shape, "stroke-dasharray": dash }),
      each.parent && h("circle", { cx: axis.x(each.forkedAt), cy: y.get(each.parent), r: 3 }));
  });
  const cursor = h("g", { class: "cursor" }, h("line", { y1: 0, y2: lanes.length * LANE }),
    h("circle", { cy: y.get(store.state.world) ?? 0, r: 4.5 }));
  fill(lines, drawn, cursor);
  placeHead(lines);
}

/** Whether a fork leaves its parent before the right end: one that does so further on is not in view. */
function isBefore(fork, end) {
  return store.state.zoom === null || axis.x(fork.forkedAt) < end;
}

function branch(fork, line, parentLine, end) {
  const x = Math.min(axis.x(fork.forkedAt), end - 12);
  const bend = Math.min(10, end - x);
  return `M${x} ${parentLine}C${x + bend} ${parentLine} ${x} ${line} ${x + bend} ${line}H${end}`;
}

function placeHead(lines) {
  const x = axis.x(store.state.at);
  lines.querySelector(".cursor")?.setAttribute("transform", `translate(${x} 0)`);
}


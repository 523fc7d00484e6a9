/** The top bar's choice of worlds: which is looked at, with which it is compared, and how. @module */
import { get, worldPath } from "../core/api.js";
import { words } from "../core/i18n.js";
import { byId, fill, h, refresh, toolButton } from "../core/dom.js";
import { failed } from "../core/notice.js";
import { openPanel } from "../core/panels.js";
import { here, store, there } from "../core/store.js";
import { nameOfWorld, worldNamed } from "./list.js";
import { lookAtWorld, swatch } from "./tree.js";

const T = words({
  world: ["World looked at", "보는 세계"],
  other: ["Compared with", "비교할 세계"],
  none: ["Compare with…", "비교할 세계…"],
  stop: ["No comparison", "비교 끝내기"],
  how: ["How to compare", "비교 방법"],
  single: ["Single view", "하나만 보기"],
  side: ["Side by side", "나란히 보기"],
  swipe: ["Swipe", "밀어서 보기"],
  difference: ["Difference", "차이 보기"],
  swap: ["Swap the two worlds", "두 세계 맞바꾸기"],
  instant: ["Instant of the other world", "비교할 세계의 시점"],
  same: ["same instant", "같은 시점"],
  fork: ["at the fork", "갈라질 때"],
  now: ["now", "지금"],
  own: ["another instant", "다른 시점"],
});

const ICONS = {
  single: "M4 5h16v14H4z",
  side: "M4 5h16v14H4zM12 5v14",
  swipe: "M4 5h16v14H4zM12 3v18M9 12H6.500M15 12h2.500",
  difference: "M4 12a5.500 5.500 0 1 0 11 0a5.500 5.500 0 1 0-11 0M9 12a5.500 5.500 0 1 0 11 0a5.500 5.500 0 1 0-11 0",
};
const SWAP = "M7 8h12l-3-3M17 16H5l3 3";

/** The instant at which the two worlds parted, if one is the other's parent. */
export function parting(world = store.state.world, other = store.state.other) {
  const [a, b] = [worldNamed(world), worldNamed(other)];
  if (a?.parent === other) return a.forkedAt ?? null;
  if (b?.parent === world) return b.forkedAt ?? null;
  return null;
}

/** Compares with a world, or with none; a detached fork with its parent as it was when they parted. */
export function compareWith(other) {
  if (other === null) {
    store.set({ other: null, mode: "single", otherAt: "same" });
    return;
  }
  const fork = worldNamed(store.state.world);
  const isParent = fork?.parent === other && fork.mode !== "tracking";
  store.set({ other, otherAt: isParent ? fork.forkedAt ?? "same" : "same" });
}

/** Fills the top bar's part. */
export function startMode() {
  const place = byId("mode");
  function draw() {
    const { worlds, world, other, mode, who } = store.state;
    place.hidden = !who || worlds.length < 2;
    if (place.hidden) return;
    const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
    fill(place,
      choice("mode-world", T.world, worlds, world, [], (name) => lookAtWorld(name)),
      other !== null && toolButton("mode-swap", T.swap, SWAP, swap),
      choice("mode-other", T.other, worlds.filter((each) => each.name !== world), other,
        [h("option", { value: "", selected: other === null }, other === null ? T.none : T.stop)],
        (name) => compareWith(name === "" ? null : name)),
      other !== null && instantChoice(),
      other !== null && h("div", { class: "segments", role: "group", "aria-label": T.how },
        ["single", "side", "swipe", "difference"].map((each) => {
          const made = toolButton(`mode-${each}`, T[each], ICONS[each], () => choose(each));
          made.setAttribute("aria-pressed", String(mode === each));
          return made;
        })));
    refresh(place);
    if (focused) byId(focused)?.focus();
  }
  store.on(["worlds", "world", "other", "otherAt", "mode", "who", "language"], draw);
  draw();
}

function choose(mode) {
  if (mode === "difference") showDifference();
  else store.set({ mode });
}

/** Shows the two worlds as their difference; on the map by a number that differs, where nothing else is asked for. */
export function showDifference() {
  store.set({ mode: "difference" });
  openPanel("difference");
  if (!store.state.colour) colourByDifference().catch(failed);
}

async function colourByDifference() {
  const { world, other } = store.state;
  const { items } = await get(worldPath(other, "diff"), { to: world, at: there().at, toAt: here().at, pageSize: 100 });
  const isNumber = ({ old, new: now }) => typeof old === "number" && typeof now === "number";
  for (const { model, properties = [] } of items) {
    const found = properties.find(isNumber);
    if (found === undefined) continue;
    if (!store.state.colour) store.set({ colour: { model, path: found.path } });
    return;
  }
}

function swap() {
  const { world, other, at, otherAt } = store.state;
  if (otherAt === "same") store.set({ world: other, other: world });
  else store.set({ world: other, other: world, at: otherAt, otherAt: at });
}

function choice(id, label, worlds, chosen, before, act) {
  const select = h("select", { id, "aria-label": label, onchange: () => act(select.value) }, before,
    worlds.map((each) => h("option", { value: each.name, selected: each.name === chosen },
      nameOfWorld(each.name))));
  return h("span", { class: "world-choice" }, chosen !== null && swatch(chosen), select);
}

function instantChoice() {
  const { otherAt } = store.state;
  const parted = parting();
  const kinds = [["same", "same"], ["now", null], ...(parted ? [["fork", parted]] : [])];
  const current = kinds.find(([, value]) => value === otherAt)?.[0] ?? "own";
  if (current === "own") kinds.push(["own", otherAt]);
  const select = h("select", { id: "mode-instant", "aria-label": T.instant, onchange: () => {
    store.set({ otherAt: kinds.find(([kind]) => kind === select.value)[1] });
  } }, kinds.map(([kind]) => h("option", { value: kind, selected: kind === current }, T[kind])));
  return select;
}

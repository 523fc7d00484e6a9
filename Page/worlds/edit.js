/** The panel that changes twins of the world that is looked at. @module */
import { get, worldPath } from "../core/api.js";
import { displayName, words } from "../core/i18n.js";
import { fill, h, refresh } from "../core/dom.js";
import { concerns } from "../core/feed.js";
import { instant } from "../core/format.js";
import { contentsOf } from "../core/models.js";
import { failed } from "../core/notice.js";
import { bringPanel } from "../core/panels.js";
import { may } from "../core/session.js";
import { latest, store } from "../core/store.js";
import { openForkDialog } from "./fork.js";
import { nameOfWorld } from "./list.js";
import { onStack, redo, stackOf, undo } from "./undo.js";
import { blockTool } from "./blocktool.js";
import { linkTool } from "./linktool.js";
import { propertyTool } from "./propertytool.js";
import { deletion, moveTool, roadTool, storeyTool } from "./tools.js";
import { swatch } from "./tree.js";

const T = words({
  title: ["Edit", "편집"],
  live: [
    "This is the live world: everybody sees what you change here, at once. To try something out, fork it first.",
    "실제 세계입니다. 여기서 바꾸면 모두에게 바로 보입니다. 시험해 보려면 먼저 갈라 내세요.",
  ],
  fork: ["Fork", "갈라 내기"],
  past: [(when) => `You are looking at ${when}. The past cannot be changed: go to now, or fork this instant.`,
    (when) => `${when}을(를) 보고 있습니다. 과거는 바꿀 수 없습니다. 지금으로 가거나 이 시점에서 갈라 내세요.`],
  now: ["Go to now", "지금으로 가기"],
  undo: ["Undo", "되돌리기"],
  redo: ["Redo", "다시 하기"],
  none: ["Select a twin in the city or by the search, to change it here.", "도시나 검색에서 트윈을 고르면 여기서 바꿀 수 있습니다."],
  selected: [(n) => `${n} twins selected`, (n) => `트윈 ${n}개 선택됨`],
  gone: [(id) => `"${id}" is not in this world now.`, (id) => `"${id}"은(는) 지금 이 세계에 없습니다.`],
});

/** At most so many twins are read and changed at once. */
const MOST = 200;
const ICON = "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4";

/** Brings the panel. */
export function startEdit() {
  let place = null;
  const head = h("div", { class: "edit-head" });
  const body = h("div", { class: "edit-body" });
  const draw = latest(async (signal) => {
    if (place === null || store.state.panel !== "edit") return;
    fill(head, headOf());
    refresh(head);
    if (store.state.at !== null) {
      fill(body);
      return;
    }
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.keep : undefined;
    const { found, missing } = await readSelection(signal);
    if (isBusy(body, found)) return;
    const tools = await toolsFor(found, missing);
    if (isBusy(body, found)) return;
    body.dataset.shown = keyOf(found);
    fill(body, tools);
    if (focused) body.querySelector(`[data-keep="${focused}"]`)?.focus();
  }, failed);
  bringPanel({
    id: "edit", title: () => T.title, icon: ICON, may: (roles) => may("write", roles), show: draw,
    mount(element) {
      place = element;
      element.append(head, body);
    },
    hide: () => store.set({ tool: null, draft: null }),
  });
  store.on(["world", "at", "selection", "revision", "worlds", "language"], ({ selection }, changed) => {
    if (concerns(changed, selection)) draw();
  });
  store.on(["world", "at", "selection"], () => store.set({ tool: null, draft: null }));
  onStack(draw);
}

/** Whether somebody is typing about the twins as they still are: then nothing is drawn anew. */
function isBusy(body, found) {
  return body.dataset.shown === keyOf(found) && body.contains(document.activeElement)
    && document.activeElement.matches("input, textarea, select");
}

function keyOf(found) {
  const { world, language } = store.state;
  return [world, language, ...[...found.keys()].map((twin) => twin.$dtId + twin.$etag)].join(" ");
}

function headOf() {
  const { world, at } = store.state;
  const stack = stackOf(world);
  const isLive = world === "live";
  return [
    h("div", { class: "row edit-world" }, swatch(world),
      h("strong", {}, () => nameOfWorld(world)),
      h("span", { class: "spacer" }),
      turn("undo", () => T.undo, stack.undo, undo), turn("redo", () => T.redo, stack.redo, redo)),
    at !== null && h("div", { class: "warning" }, h("p", {}, () => T.past(instant(at))), h("div", { class: "row" },
      h("button", { onclick: () => store.set({ at: null }) }, () => T.now),
      h("button", { onclick: openForkDialog }, () => T.fork))),
    at === null && isLive && h("div", { class: "warning" }, h("p", {}, () => T.live),
      h("button", { onclick: openForkDialog }, () => T.fork)),
  ];
}

function turn(id, label, steps, act) {
  return h("button", {
    id: `edit-${id}`, disabled: steps.length === 0, title: steps.at(-1)?.reason ?? "",
    onclick: () => act().catch(failed),
  }, label, steps.length > 0 && ` (${steps.length})`);
}

async function readSelection(signal) {
  const { world, selection } = store.state;
  const found = new Map();
  const missing = [];
  await Promise.all(selection.slice(0, MOST).map(async (id) => {
    try {
      const twin = await get(worldPath(world, "twins", id), {}, { signal });
      found.set(twin, await contentsOf(world, twin.$metadata.$model));
    } catch (error) {
      if (error.status !== 404) throw error;
      missing.push(id);
    }
  }));
  return { found, missing };
}

async function toolsFor(found, missing) {
  const twins = [...found.keys()];
  const models = new Set([...found.values()]);
  const single = twins.length === 1 ? twins[0] : null;
  const contents = models.size === 1 ? [...models][0] : null;
  // What takes time comes first: what somebody chooses meanwhile is then still seen by the other tools.
  const links = single && (await linkTool(single, contents));
  const block = await blockTool(contents);
  return [
    missing.map((id) => h("p", { class: "quiet-text" }, () => T.gone(id))),
    twins.length === 0 && h("p", { class: "quiet-text" }, () => T.none),
    single && h("p", { class: "edit-twin" }, h("strong", {}, single.name ?? single.$dtId), " ",
      h("span", { class: "quiet-text" }, () => displayName(contents.displayName, contents.id), " · ", single.$dtId)),
    twins.length > 1 && h("p", { class: "edit-twin" }, h("strong", {}, () => T.selected(twins.length))),
    storeyTool(found),
    moveTool(found),
    roadTool(found),
    contents && propertyTool(twins, contents),
    links,
    block,
    twins.length > 0 && deletion(twins),
  ];
}

/** The card: all there is to know of a twin that is selected, in a panel of the dock. @module */
import { byId, fill, h } from "../core/dom.js";
import { concerns } from "../core/feed.js";
import { displayName, words } from "../core/i18n.js";
import { contentsOf } from "../core/models.js";
import { failed } from "../core/notice.js";
import { bringPanel, openPanel } from "../core/panels.js";
import { latest, store } from "../core/store.js";
import { cause } from "./cause.js";
import { flyTo } from "./home.js";
import { propertyTable, updatedText } from "./properties.js";
import { relations } from "./relations.js";
import { sparklines } from "./spark.js";
import { nameOf, placeOf, twin } from "./twins.js";

const T = words({
  title: ["Selected", "선택"],
  nothing: ["Nothing is selected. Click a building, road or station on the map, or search at the top.",
    "선택한 것이 없습니다. 지도에서 건물, 도로, 역을 누르거나 위에서 검색하세요."],
  gone: [(id) => `“${id}” is not in this world at this time.`, (id) => `이 시각 이 세계에는 ‘${id}’이(가) 없습니다.`],
  fly: ["Fly there", "이동"],
  edit: ["Edit", "편집"],
  graph: ["Show in graph", "그래프 보기"],
  several: [(n) => `${n} selected`, (n) => `${n}개 선택`],
  properties: ["Properties", "속성"],
  course: ["Course", "변화"],
  related: ["Related", "관계"],
  changed: ["Last change", "마지막 변경"],
  noPlace: ["It has no place on the map.", "지도 위 위치가 없습니다."],
});

let body = null;
let isOpen = false;

/** Brings the panel. */
export function startCard() {
  const show = latest(draw, failed);
  bringPanel({
    id: "card", title: () => T.title, icon: "M4 5h16v14H4zM8 9h8M8 13h8M8 16h5",
    mount: (element) => {
      body = element;
      body.setAttribute("aria-live", "polite");
    },
    show: () => {
      isOpen = true;
      show();
    },
    hide: () => {
      isOpen = false;
    },
  });
  store.on(["selection", "world", "at", "revision", "language"], ({ selection }, changed) => {
    if (isOpen && concerns(changed, selection)) show();
  });
}

async function draw(signal) {
  const { selection, world } = store.state;
  if (selection.length === 0) {
    fill(body, h("p", { class: "quiet-text" }, T.nothing));
    return;
  }
  const id = selection.at(-1);
  let found;
  try {
    found = await twin(id);
  } catch (error) {
    if (error.status !== 404) throw error;
    fill(body, many(selection), h("p", {}, T.gone(id)));
    return;
  }
  const contents = await contentsOf(world, found.$metadata.$model).catch(() => null);
  if (store.state.selection.at(-1) !== id) return;
  const course = h("div", { class: "course" });
  const related = h("div", { class: "related" });
  const changed = h("div", { class: "cause" });
  const had = body.dataset.twin === id ? [...body.querySelectorAll(".course, .related, .cause")] : [];
  had.forEach((old, i) => fill([course, related, changed][i], ...old.childNodes));
  body.dataset.twin = id;
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  fill(body, many(selection), head(found, contents),
    h("h3", {}, T.properties), propertyTable(found, contents), course,
    h("h3", {}, T.changed), changed, h("h3", {}, T.related), related);
  if (focused) body.querySelector(`[data-key="${focused}"]`)?.focus();
  await Promise.all([
    sparklines(course, T.course, found, contents, signal), relations(related, found, contents, signal),
    cause(changed, id, signal),
  ]);
}

function many(selection) {
  if (selection.length < 2) return null;
  const choose = (event) => {
    const id = event.target.value;
    store.set({ selection: [...store.state.selection.filter((each) => each !== id), id] });
  };
  return h("div", { class: "row many" }, h("span", { class: "quiet-text" }, T.several(selection.length)),
    h("select", { "aria-label": T.several(selection.length), onchange: choose },
      selection.map((id) => h("option", { value: id, selected: id === selection.at(-1) }, id))));
}

function head(found, contents) {
  const place = placeOf(found);
  return h("div", { class: "card-head" },
    h("p", { class: "card-name" }, nameOf(found)),
    h("p", { class: "row" },
      h("span", { class: "chip" }, displayName(contents?.displayName, found.$metadata.$model)),
      h("code", { class: "quiet-text card-id" }, found.$dtId)),
    found.$metadata.$lastUpdateTime && updatedText(found.$metadata.$lastUpdateTime),
    h("div", { class: "row" },
      h("button", {
        disabled: !place, title: place ? "" : T.noPlace, "data-key": "fly",
        onclick: () => flyTo(place, Math.max(250, place.metres * 2.2)),
      }, T.fly),
      byId("tool-edit") && h("button", { "data-key": "edit", onclick: () => openPanel("edit") }, T.edit),
      byId("tool-graph") && h("button", { "data-key": "graph", onclick: () => openPanel("graph") }, T.graph)));
}

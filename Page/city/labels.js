/** Names on the map: of districts, of stations and such, of what is selected, unless they would overlap. @module */
import { query, quoted } from "../core/api.js";
import { byId, fill, h } from "../core/dom.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { pose } from "./camera.js";
import { data, onData } from "./data.js";
import { allLayers } from "./layers.js";
import { nameOf, placeOf, twin } from "./twins.js";
import { onDrawn } from "./view.js";
import { onScreen, views } from "./views.js";

const most = 64;
const holder = h("div", { id: "labels", "aria-hidden": "true" });
let labels = [];
let chosen = [];
let known = "";

/** Starts following layers and the selection. */
export function startLabels() {
  byId("city").append(holder);
  const read = latest(readNames, failed);
  const select = latest(readChosen, failed);
  onData(read);
  store.on(["world"], () => {
    known = "";
  });
  store.on(["language", "layers", "theme"], () => {
    known = "";
    read();
    select();
  });
  store.on(["selection", "at", "world", "revision"], select);
  onDrawn(arrange);
}

/** Layers of few enough twins to be named: districts first. */
async function readNames(signal) {
  const few = allLayers().filter(({ kind, count, isShown }) =>
    (kind === "area" || kind === "point") && count <= most && isShown());
  const now = `${store.state.world} ${few.map(({ model, count }) => `${model} ${count}`)}`;
  if (now === known || !store.state.who) return;
  known = now;
  const found = await Promise.all(few.map(async ({ model, kind, count }) => {
    const text = "SELECT T.$dtId, T.name, T.nameEn, T.location FROM DIGITALTWINS T "
      + `WHERE IS_OF_MODEL(T, ${quoted(model)}, exact) AND IS_DEFINED(T.name)`;
    const rows = await query(text, { signal, most });
    return rows.filter((row) => row.location?.type === "Point").map((row) => ({
      row, kind, rank: kind === "area" ? 0 : count, until: kind === "area" ? 14000 : 90000 / count,
    }));
  }));
  labels = found.flat().sort((a, b) => a.rank - b.rank).map(label);
  hold();
}

async function readChosen() {
  const ids = store.state.selection.slice(-5);
  if (ids.length === 0 && chosen.length === 0) return;
  const twins = await Promise.all(ids.map((id) => twin(id).catch(() => null)));
  chosen = twins.filter((each) => each && placeOf(each)).map((each) => {
    const { lon, lat } = placeOf(each);
    const row = { ...each, location: { coordinates: [lon, lat] } };
    return label({ row, kind: "chosen", until: Infinity, up: each.height ?? 8 });
  });
  hold();
}

function label(each) {
  // One for each of two worlds side by side.
  const elements = [0, 1].map(() => h("span", { class: `label label-${each.kind} label-off` }, nameOf(each.row)));
  return { ...each, elements, size: null };
}

function hold() {
  fill(holder, [...labels, ...chosen].map(({ elements }) => elements));
  arrange();
}

function covers(a, b) {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}

/** Puts each label where it belongs in each view, the important ones first, unless it would cover another. */
function arrange() {
  if (!data.project) return;
  const [first, second] = views();
  const seen = store.state.mode === "side" ? [first, second] : [{ ...first, right: first.width }];
  const ids = new Set(chosen.map(({ row }) => row.$dtId));
  const shown = [...chosen, ...labels.filter(({ row }) => !ids.has(row.$dtId))];
  [0, 1].forEach((side) => {
    for (const { elements } of labels) elements[side].classList.add("label-off");
    const taken = [];
    for (const each of shown) put(each, each.elements[side], seen[side], taken);
  });
}

function put(each, element, view, taken) {
  each.size ??= { width: element.offsetWidth, height: element.offsetHeight };
  const [lon, lat] = each.row.location.coordinates;
  each.metres ??= data.project.toMetres(lon, lat);
  const at = view && pose.distance < each.until ? onScreen(view, ...each.metres, each.up ?? 20) : null;
  const box = at && {
    left: at.x - each.size.width / 2 - 3, right: at.x + each.size.width / 2 + 3,
    top: at.y - each.size.height - 8, bottom: at.y,
  };
  const isFree = box && box.left > view.left && box.right < view.right && box.top > 0 && box.bottom < view.height
    && !taken.some((one) => covers(one, box));
  element.classList.toggle("label-off", !isFree);
  if (!isFree) return;
  taken.push(box);
  element.style.transform = `translate(${Math.round(box.left + 3)}px, ${Math.round(box.top)}px)`;
}

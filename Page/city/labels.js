/** Names on the map: of districts, of stations and such, of what is selected; those that would overlap are left out. @module */
import { query, quoted } from "../core/api.js";
import { byId, fill, h } from "../core/dom.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { pose } from "./camera.js";
import { data, onData } from "./data.js";
import { allLayers } from "./layers.js";
import { nameOf, placeOf, twin } from "./twins.js";
import { draw, onDrawn, onScreen, views } from "./view.js";

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
  store.on(["selection", "at", "world"], select);
  onDrawn(arrange);
}

/** Layers of few enough twins to be named: districts first. */
async function readNames(signal) {
  const few = allLayers().filter(({ kind, count, isShown }) => (kind === "area" || kind === "point") && count <= most && isShown());
  const now = `${store.state.world} ${few.map(({ model, count }) => `${model} ${count}`)}`;
  if (now === known || !store.state.who) return;
  known = now;
  const found = await Promise.all(few.map(async ({ model, kind, count }) => {
    const text = "SELECT T.$dtId, T.name, T.nameEn, T.location FROM DIGITALTWINS T "
      + `WHERE IS_OF_MODEL(T, ${quoted(model)}, exact) AND IS_DEFINED(T.name)`;
    const rows = await query(text, { signal, most });
    return rows.filter((row) => row.location?.type === "Point").map((row) => ({
      row, kind, rank: kind === "area" ? 0 : count, until: kind === "area" ? 14000 : 70000 / count,
    }));
  }));
  labels = found.flat().sort((a, b) => a.rank - b.rank).map(label);
  hold();
}

async function readChosen() {
  const ids = store.state.selection.slice(-5);
  const twins = await Promise.all(ids.map((id) => twin(id).catch(() => null)));
  chosen = twins.filter((each) => each && placeOf(each)).map((each) => {
    const { lon, lat } = placeOf(each);
    return label({ row: { ...each, location: { coordinates: [lon, lat] } }, kind: "chosen", until: Infinity, up: each.height ?? 8 });
  });
  hold();
}

function label(each) {
  return { ...each, element: h("span", { class: `label label-${each.kind}` }, nameOf(each.row)), size: null };
}

function hold() {
  fill(holder, labels.map(({ element }) => element), chosen.map(({ element }) => element));
  draw();
}

/** Puts each label where it belongs, the important ones first, unless it would cover another. */
function arrange() {
  if (!data.project) return;
  const taken = [];
  const [view] = views();
  for (const each of [...chosen, ...labels]) {
    each.size ??= { width: each.element.offsetWidth, height: each.element.offsetHeight };
    const [lon, lat] = each.row.location.coordinates;
    each.metres ??= data.project.toMetres(lon, lat);
    const at = pose.distance < each.until ? onScreen(view, ...each.metres, each.up ?? 20) : null;
    const box = at && {
      left: at.x - each.size.width / 2 - 3, right: at.x + each.size.width / 2 + 3,
      top: at.y - each.size.height - 8, bottom: at.y,
    };
    const isFree = box && box.left > view.left && box.right < view.right && box.top > 0 && box.bottom < view.height
      && !taken.some((one) => one.left < box.right && one.right > box.left && one.top < box.bottom && one.bottom > box.top);
    each.element.classList.toggle("label-off", !isFree);
    if (!isFree) continue;
    taken.push(box);
    each.element.style.transform = `translate(${Math.round(box.left + 3)}px, ${Math.round(box.top)}px)`;
  }
}

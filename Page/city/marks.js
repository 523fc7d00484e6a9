/** Marks what is selected and fades what a filter leaves out. @module */
import { concerns } from "../core/feed.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { token } from "../core/theme.js";
import { data, onData } from "./data.js";
import { idsOf } from "./ids.js";
import { layerOf } from "./layers.js";
import { detail, shownTiles, tileAt, tiles } from "./slots.js";
import { Strokes, edges } from "./strokes.js";
import { flag, mark } from "./texels.js";
import { onTile } from "./coming.js";
import { onPlan } from "./tiles.js";
import { linesOf, placeOf, shapeOf, surfacesOf, twin } from "./twins.js";
import { draw } from "./view.js";

let outline = null;
let marked = new Set();
/** The outlines that are drawn. */
let outlined = "[]";

/** Starts following the store. */
export function startMarks() {
  outline = new Strokes({ colour: token("--accent"), width: 3, isOver: true });
  const select = latest(selected, failed);
  const filter = latest(filtered, failed);
  store.on(["theme"], () => {
    outline.colour = token("--accent");
  });
  store.on(["selection", "at", "world", "revision"], ({ selection }, changed) => {
    if (concerns(changed, selection)) select();
  });
  store.on(["filter"], filter);
  onPlan(filter);
  onData(select);
  onTile(() => {
    if (store.state.selection.length > 0) select();
  });
}

async function selected() {
  const ids = store.state.selection;
  if (ids.length === 0 && marked.size === 0 && outline.isEmpty) return;
  const twins = await Promise.all(ids.slice(0, 200).map((id) => twin(id).catch(() => null)));
  if (ids !== store.state.selection || !data.project) return;
  const pairs = twins.filter(Boolean).flatMap(outlineOf);
  const texels = await Promise.all(twins.filter(Boolean).map(texelOf));
  if (ids !== store.state.selection) return;
  // All at once: who presses meanwhile finds the marks as they are.
  const chosen = new Set(texels.filter((each) => each >= 0));
  const others = [...marked].filter((texel) => !chosen.has(texel) && mark(texel, flag.selected, false));
  const news = [...chosen].filter((texel) => mark(texel, flag.selected, true));
  marked = chosen;
  if (others.length > 0 || news.length > 0) draw();
  const lines = JSON.stringify(pairs);
  if (lines === outlined) return;
  outlined = lines;
  outline.set(pairs);
}

/** The texel of a twin in the world that is looked at, −1 while its tile is not here. */
export async function texelOf(each) {
  const model = each.$metadata.$model;
  const place = placeOf(each);
  if (!place || !layerOf(model)) return -1;
  const [x, y] = data.project.toMetres(place.lon, place.lat);
  const first = tileAt(0, model, x, y);
  const others = shownTiles().filter((tile) => tile !== first && tile.model === model && tile.ids
    && Math.abs(1000 * tile.x + 500 - x) < 2000 && Math.abs(1000 * tile.y + 500 - y) < 2000);
  for (const tile of [first, ...others]) {
    if (!tile || tile.first < 0) continue;
    const at = (await idsOf(tile)).indexOf(each.$dtId);
    if (at >= 0) return tile.first + at;
  }
  return -1;
}

/** The edges of a twin in metres, as pairs of points. */
export function outlineOf(each) {
  const shape = shapeOf(each);
  if (!shape || !data.project) return [];
  const surfaces = surfacesOf(each);
  if (surfaces) return surfaces.flatMap(sidesOf);
  const lines = linesOf(shape).map((line) => line.map(([lon, lat]) => data.project.toMetres(lon, lat)));
  if (shape.type.endsWith("Point")) return lines.flatMap(([[x, y]]) => ring(x, y));
  const isClosed = shape.type.endsWith("Polygon");
  const low = isClosed ? each.base ?? each.elevation ?? 0 : 0;
  const high = isClosed && typeof each.height === "number" ? low + each.height : 0.5;
  return edges(lines, isClosed ? low : 0.5, high, isClosed);
}

/** The sides of a ring in space. */
function sidesOf(points) {
  const corners = points.map(([lon, lat, z]) => [...data.project.toMetres(lon, lat), z]);
  return corners.map((corner, i) => [corner, corners[(i + 1) % corners.length]]);
}

function ring(x, y) {
  const at = (i) => [x + 9 * Math.cos((i * Math.PI) / 12), y + 9 * Math.sin((i * Math.PI) / 12), 0.6];
  return Array.from({ length: 24 }, (_, i) => [at(i), at(i + 1)]);
}

/** Fades features in tiles that draw them one by one: ids of others are not asked for until they come nearer. */
async function filtered() {
  const { filter } = store.state;
  for (const tile of [...tiles.values()]) {
    const isPassed = tile.first < 0 || tile.filter === filter || (filter && tile.wanted <= detail.far);
    if (!isPassed) await fade(tile, filter);
    if (store.state.filter !== filter) return;
  }
}

async function fade(tile, filter) {
  const ids = filter ? await idsOf(tile) : [];
  if (store.state.filter !== filter || tile.first < 0) return;
  for (let i = 0; i < tile.count; i++) mark(tile.first + i, flag.outside, filter !== null && !filter.ids.has(ids[i]));
  tile.filter = filter;
  draw();
}

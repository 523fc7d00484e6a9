/**
 * Closed roads, in each of the two worlds: striped on the map, where no property colours roads. They are what
 * `../worlds/operations.js` makes of them, and those that are being built.
 * @module
 */
import { query, quoted } from "../core/api.js";
import { soon } from "../core/calm.js";
import { onChange } from "../core/feed.js";
import { contentsOf } from "../core/models.js";
import { failed } from "../core/notice.js";
import { here, latest, store, there } from "../core/store.js";
import { CLOSED_HIGHWAY } from "../worlds/operations.js";
import { onTile } from "./coming.js";
import { onData } from "./data.js";
import { tileOf } from "./ids.js";
import { allLayers } from "./layers.js";
import { texelOf } from "./marks.js";
import { closed, nothing } from "./numbers.js";
import { tiles } from "./slots.js";
import { textures, write } from "./texels.js";
import { draw } from "./view.js";
import { isCompared } from "./views.js";

/** So many are asked for. */
export const mostClosed = 500;
/** Milliseconds after something new that they are asked for. */
const pause = 400;
/** Which are closed, by side: the tile and the number in it. */
let found = [[], []];
let written = [[], []];
let known = "";
const told = new Set();

/** Calls `tell()` when others are closed than before. */
export function onClosed(tell) {
  told.add(tell);
}

/** How many are closed in the world that is looked at. */
export function closedCount() {
  return found[0].length;
}

/** Starts following the worlds. */
export function startClosed() {
  const refresh = soon(latest(read, failed), pause);
  store.on(["who", "world", "other", "otherAt", "mode", "at"], refresh);
  onChange((change) => {
    if (change.kind === "ready" || "highway" in (change.set ?? {})) refresh();
  });
  onTile(({ model }) => roads().some((each) => each.model === model) && refresh());
  onData(() => {
    const now = roads().map(({ model, count }) => `${model} ${count}`).join("\n");
    if (now !== known) refresh();
    known = now;
    show();
  });
}

function roads() {
  return allLayers().filter(({ kind }) => kind === "line");
}

async function read(signal) {
  const sides = [{ world: store.state.world, at: here().at }];
  if (isCompared()) sides.push({ world: store.state.other, at: there().at });
  const next = await Promise.all(sides.map((side) => (store.state.who ? closedOf(side, signal) : [])));
  found = [next[0], next[1] ?? []];
  show();
  for (const tell of told) tell();
}

async function closedOf({ world, at = null }, signal) {
  const places = [];
  for (const { model } of roads()) {
    const { properties } = await contentsOf(world, model);
    if (!properties.some(({ path }) => path === "highway")) continue;
    const text = `SELECT * FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, ${quoted(model)}, exact) `
      + `AND T.highway = ${quoted(CLOSED_HIGHWAY)}`;
    for (const row of await query(text, { world, at, most: mostClosed, signal })) {
      const texel = await texelOf(row);
      const tile = tileOf(texel);
      if (tile) places.push({ tile, at: texel - tile.first });
    }
  }
  return places;
}

/** Writes them into the texels of colours, as long as no property has them. */
function show() {
  const { colour } = store.state;
  const isFree = ({ tile }) => tile.model !== colour?.model && tile.first >= 0 && tiles.get(tile.hash) === tile;
  let isOther = false;
  const put = (side, { tile, at }, value) => {
    isOther = write(textures.colour[side], tile.first + at, [value]) || isOther;
  };
  found.forEach((places, side) => {
    const now = new Set(places.map(({ tile, at }) => tile.first + at));
    for (const each of written[side].filter(isFree)) {
      if (!now.has(each.tile.first + each.at)) put(side, each, nothing);
    }
    for (const each of places.filter(isFree)) put(side, each, closed);
  });
  written = found;
  if (isOther) draw();
}

/**
 * Tiles as they come and go, and how detailed each is drawn: the nearest whole, then their biggest features,
 * then squares of a hundred metres that say how much is built and what its mean value is.
 * @module
 */
import { camera, pose } from "./camera.js";
import { isIdle, isMissing, load, onLoaded } from "./coming.js";
import { figures } from "./figures.js";
import { layerOf } from "./layers.js";
import { arrange, dispose } from "./objects.js";
import { detail, setSlots, slots, tiles } from "./slots.js";
import { release } from "./texels.js";
import { valueWorker } from "./workers.js";
import { draw, isSoftware, smoothen } from "./view.js";

const wholeFeatures = 60000;
const partFeatures = 40000;
const wholeUntil = 6000;
const partUntil = 12000;
const keptUnseen = 32e6;
/** Milliseconds between plans, and so pictures, while tiles come: those that the processor draws hold them up. */
const between = { card: 100, processor: 600 };

const planned = new Set();

onLoaded((left) => {
  smoothen();
  again(left === 0 ? 0 : between[isSoftware() ? "processor" : "card"]);
});

/** Calls `tell()` when it was decided anew how detailed tiles are drawn. */
export function onPlan(tell) {
  planned.add(tell);
}

/** Sets which tiles one of the two worlds has. */
export function setTiles(side, index, source) {
  setSlots(side, index, source);
  plan();
}

/** Whether everything that is in sight has come. */
export function isComplete() {
  return isIdle() && [...slots[0].values(), ...slots[1].values()].every(({ wanted, shown }) =>
    wanted === shown || !layerOf(tiles.get(wanted).model)?.isShown());
}

function distance(tile) {
  const away = (centre, at) => Math.max(0, Math.abs(1000 * centre + 500 - at) - 500);
  const { x, y, z } = camera.position;
  const [ex, ey] = [x + 0.5 * (pose.x - x), y + 0.5 * (pose.y - y)];
  return Math.hypot(away(tile.x, ex), away(tile.y, ey), z);
}

let number = 0;

/** Decides what is drawn how, and asks for what is missing. */
export function plan() {
  number += 1;
  const near = [];
  for (const side of slots) {
    for (const { wanted, shown } of side.values()) {
      for (const hash of new Set([wanted, shown])) {
        const tile = tiles.get(hash);
        if (!tile || tile.used === number || !layerOf(tile.model)?.isShown()) continue;
        tile.used = number;
        tile.distance = distance(tile);
        near.push(tile);
      }
    }
  }
  near.sort((a, b) => a.distance - b.distance);
  const slower = isSoftware() ? 0.5 : 1;
  let [whole, part] = [wholeFeatures * slower, partFeatures * slower];
  const isFew = near.reduce((sum, each) => sum + each.count, 0) <= whole;
  for (const tile of near) {
    const isSmall = !["prism", "mesh"].includes(layerOf(tile.model).kind);
    const isWithin = (most) => isFew || isSmall || tile.distance < most;
    if (tile.count <= whole && isWithin(wholeUntil)) {
      tile.wanted = detail.whole;
      whole -= tile.count;
    } else if (isSmall || (tile.count / 4 <= part && isWithin(partUntil))) {
      tile.wanted = detail.part;
      part -= tile.count / 4;
    } else {
      tile.wanted = detail.far;
    }
  }
  swap();
  dropOld();
  load(near.filter(isMissing));
  for (const tell of planned) tell();
  draw();
}

/** Puts tiles that have come in the place of those they follow. */
function swap() {
  for (const tile of tiles.values()) tile.sides[0] = tile.sides[1] = false;
  slots.forEach((slot, side) => {
    for (const each of slot.values()) {
      if (tiles.get(each.wanted)?.built >= 0) each.shown = each.wanted;
      const tile = tiles.get(each.shown);
      if (tile) tile.sides[side] = true;
    }
  });
  for (const tile of tiles.values()) if (tile.parts) arrange(tile);
}

let timer = null;
let due = Infinity;

/** Plans soon: before the next picture, or at most so many milliseconds from now. */
export function again(within = 0) {
  const time = performance.now() + within;
  if (time >= due) return;
  clearTimeout(timer);
  due = time;
  timer = setTimeout(() => {
    due = Infinity;
    plan();
  }, within);
}

/** Lets go of tiles that nobody shows, the longest unseen first, once there is too much. */
function dropOld() {
  const here = [...tiles.values()].filter((tile) => tile.parts);
  const bytes = here.reduce((sum, tile) => sum + tile.bytes, 0);
  Object.assign(figures, {
    geometryBytes: bytes, tiles: here.length, features: here.reduce((sum, tile) => sum + tile.built, 0),
  });
  const named = new Set(slots.flatMap((side) => [...side.values()].flatMap(({ wanted, shown }) => [wanted, shown])));
  for (const tile of tiles.values()) {
    if (!tile.parts && !tile.isLoading && !named.has(tile.hash)) tiles.delete(tile.hash);
  }
  const unseen = here.filter((tile) => !tile.sides[0] && !tile.sides[1] && !tile.isLoading);
  let spare = unseen.reduce((sum, tile) => sum + tile.bytes, 0);
  unseen.sort((a, b) => a.used - b.used || (b.distance ?? 0) - (a.distance ?? 0));
  for (const tile of unseen) {
    if (spare < keptUnseen) return;
    spare -= tile.bytes;
    dispose(tile);
    valueWorker("forget", { hash: tile.hash });
    release(tile.first, tile.texels);
    tiles.delete(tile.hash);
  }
}

/** Forgets everything, for somebody else may sign in. */
export function forgetTiles() {
  for (const tile of tiles.values()) {
    if (tile.parts) dispose(tile);
    if (tile.first >= 0) release(tile.first, tile.texels);
    valueWorker("forget", { hash: tile.hash });
  }
  tiles.clear();
  for (const slot of slots) slot.clear();
}

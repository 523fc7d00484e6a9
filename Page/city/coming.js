/** Asks for tiles, a few at a time, and puts in what has come. @module */
import { request, worldPath } from "../core/api.js";
import { failed } from "../core/notice.js";
import { isDense, layerEver } from "./layers.js";
import { bytesOf, dispose, objects } from "./objects.js";
import { squares } from "./shape.js";
import { detail, tiles } from "./slots.js";
import { allocate } from "./texels.js";
import { tileWorker, valueWorker } from "./workers.js";

const atOnce = 6;
const came = new Set();
let stale = () => {};
let loaded = () => {};
/** What is to be asked for, the first last. */
let queue = [];
let loading = 0;

/** Calls `tell(tile)` when a tile has come. */
export function onTile(tell) {
  came.add(tell);
}

/** Calls `tell()` when a tile is asked for that its state has no more. */
export function onStale(tell) {
  stale = tell;
}

/** Calls `tell(left)` after each tile, come or not, with how many are still to be asked for. */
export function onLoaded(tell) {
  loaded = tell;
}

/** Whether nothing is under way. */
export function isIdle() {
  return loading === 0;
}

/** How many features of a tile are wanted one by one. */
function wantedOf(tile) {
  if (tile.wanted === detail.whole) return tile.count;
  return tile.wanted === detail.part ? Math.ceil(tile.count / 4) : 0;
}

/** Whether less of a tile is here, or on its way, than is wanted. */
export function isMissing(tile) {
  return !tile.isLoading && tile.built < wantedOf(tile);
}

/** Asks for these tiles, in this order, in the place of those that were to be asked for. */
export function load(list) {
  queue = list.reverse();
  next();
}

function next() {
  while (loading < atOnce && queue.length > 0) {
    const tile = queue.pop();
    if (!isMissing(tile)) continue;
    tile.isLoading = true;
    loading += 1;
    bring(tile).finally(() => {
      tile.isLoading = false;
      loading -= 1;
      next();
      loaded(queue.length);
    });
  }
}

async function bring(tile) {
  try {
    const path = worldPath(tile.source.world, "tiles", tile.hash);
    const buffer = await request("GET", path, { query: tile.source.query, as: "bytes" });
    if (tiles.get(tile.hash) === tile) await make(tile, buffer);
  } catch (error) {
    tile.built = tile.parts ? tile.built : -1;
    if (error.status === 404) stale();
    else if (!tile.hasFailed && error.status !== 401) failed(error);
    tile.hasFailed = true;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function make(tile, buffer) {
  const layer = layerEver(tile.model);
  if (tile.first < 0) {
    tile.texels = tile.count + (layer.kind === "prism" || layer.kind === "mesh" ? squares * squares : 0);
    tile.first = allocate(tile.texels);
  }
  const asked = { buffer, first: tile.first, most: wantedOf(tile), isDisc: isDense(layer) };
  const parts = await tileWorker("tile", asked, [buffer]);
  // Somebody else may have signed in meanwhile.
  if (tiles.get(tile.hash) !== tile) return;
  if (tile.parts) dispose(tile);
  tile.parts = parts;
  tile.built = parts.count;
  tile.bytes = bytesOf(tile);
  if (parts.far) {
    const { cellOf, ground } = parts.far;
    valueWorker("far", { hash: tile.hash, cellOf, ground });
  }
  objects(tile);
  for (const tell of came) tell(tile);
}

/** Keeps tiles and values in step with the worlds, the instant and the property that are looked at. @module */
import { get, worldPath } from "../core/api.js";
import { failed } from "../core/notice.js";
import { here, latest, store, there } from "../core/store.js";
import { figures } from "./figures.js";
import { projection } from "./project.js";
import { allLayers, layerOf, setLayers, widthOf } from "./layers.js";
import { forgetTiles, onStale, onTile, setTiles } from "./tiles.js";
import { alignDifference, fillTile, keepValues, readValues, setValues } from "./values.js";
import { draw, hasten, isCompared } from "./view.js";

const told = new Set();
const livePause = 100;
const pastPause = 20;

/** What there is: the origin of all metres and the projection around it, and the tiles that the map begins with. */
export const data = { origin: null, project: null, sequence: null, tiles: [], isMissing: false };

/** Calls `tell()` whenever layers or values have come. */
export function onData(tell) {
  told.add(tell);
}

const refresh = latest(read, failed);

/** Starts following the store. */
export function startData() {
  onTile((tile) => {
    fillTile(tile);
    if (isCompared() && store.state.mode === "difference") align().catch(failed);
    draw();
  });
  onStale(refresh);
  store.on(["who"], () => {
    if (store.state.who) return;
    forgetTiles();
    setLayers([]);
    data.origin = null;
    for (const tell of told) tell();
  });
  store.on(["who", "world", "other", "otherAt", "mode", "at", "colour", "tall", "revision"], refresh);
  refresh();
}

async function read(signal) {
  const { who } = store.state;
  if (!who) return;
  const began = performance.now();
  const sides = [{ world: store.state.world, query: here() }];
  if (isCompared()) sides.push({ world: store.state.other, query: there() });
  const indexes = await Promise.all(sides.map(({ world, query }) => index(world, query, signal)));
  if (store.state.who !== who) return;
  data.isMissing = indexes[0] === null;
  const found = indexes.map((each) => each ?? { layers: [] });
  setLayers(found);
  if (indexes[0] && (data.origin?.lon !== found[0].origin.lon || data.origin?.lat !== found[0].origin.lat)) {
    data.origin = found[0].origin;
    data.project = projection(data.origin);
  }
  data.sequence = found[0].sequence;
  const main = mainLayer(found[0].layers);
  data.tiles = main?.tiles ?? [];
  if (store.state.colour === undefined && main) store.set({ colour: usualColour(main) });
  [0, 1].forEach((side) => setTiles(side, found[side] ?? null, sides[side]));
  for (const tell of told) tell();
  await values(sides, signal);
  figures.loaded = { at: sides[0].query.at ?? null, sequence: data.sequence };
  for (const tell of told) tell();
  hasten();
  const pause = store.state.at === null ? livePause : pastPause;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, pause - (performance.now() - began))));
}

/** The largest layer, of what stands if there is any. */
function mainLayer(layers) {
  const standing = layers.filter(({ kind }) => kind === "prism" || kind === "mesh");
  return (standing.length > 0 ? standing : layers).toSorted((a, b) => b.count - a.count)[0];
}

/** What colours until somebody chooses: the first that its models measure. */
function usualColour({ model, properties }) {
  const first = properties.find(({ unit }) => unit) ?? properties[0];
  return first ? { model, path: first.path } : null;
}

async function index(world, query, signal) {
  try {
    return await get(worldPath(world, "tiles"), query, { signal });
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/** What is to be read: the property that colours, the one that gives heights, widths of lines. */
function wanted() {
  const { colour, tall } = store.state;
  const found = [];
  for (const layer of allLayers()) {
    const has = (each) => each?.model === layer.model && layer.properties.some(({ path }) => path === each.path);
    if (has(colour)) found.push({ purpose: "colour", model: layer.model, path: colour.path });
    const width = widthOf(layer);
    if (width) found.push({ purpose: "size", model: layer.model, path: width.path });
    else if (has(tall)) found.push({ purpose: "size", model: layer.model, path: tall.path });
  }
  return found;
}

async function values(sides, signal) {
  const list = wanted();
  keepValues((purpose, side, model) =>
    side < sides.length && list.some((each) => each.purpose === purpose && each.model === model));
  await Promise.all(sides.flatMap(({ world, query }, side) => list.map(async ({ purpose, model, path }) => {
    setValues(purpose, side, model, await readValues(world, query, model, path, signal));
  })));
  if (sides.length > 1 && store.state.mode === "difference") await align();
}

async function align() {
  const { colour } = store.state;
  if (colour && layerOf(colour.model)) await alignDifference(colour.model);
  for (const tell of told) tell();
  draw();
}

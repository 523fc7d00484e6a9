/** Keeps tiles and values in step with the worlds, the instant and the property that are looked at. @module */
import { request, worldPath } from "../core/api.js";
import { failed } from "../core/notice.js";
import { here, latest, store, there } from "../core/store.js";
import { onStale, onTile } from "./coming.js";
import { figures } from "./figures.js";
import { projection } from "./project.js";
import { allLayers, layerOf, setLayers, widthOf } from "./layers.js";
import { forgetTiles, setTiles } from "./tiles.js";
import { alignDifference, fillTile, keepValues, readValues, setValues } from "./values.js";
import { draw, drawn } from "./view.js";
import { isCompared, isDifference } from "./views.js";

const told = new Set();
const livePause = 100;
const pastPause = 20;

/**
 * What there is: the origin of all metres and the projection around it, the tiles that the map begins with, and which
 * states of which worlds it is of.
 */
export const data = { origin: null, project: null, sequence: null, tiles: [], isMissing: false, sides: [] };

/** Calls `tell()` whenever layers or values have come. */
export function onData(tell) {
  told.add(tell);
}

const refresh = latest(read, failed);
/** The names of the indexes that were taken over last. */
let known = null;

/** Starts following the store. */
export function startData() {
  onTile((tile) => {
    fillTile(tile);
    if (isDifference()) align().catch(failed);
  });
  onStale(() => {
    known = null;
    refresh();
  });
  store.on(["who"], () => {
    if (store.state.who) return;
    known = null;
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
  const valuesFor = reader(sides, signal);
  // A state of the past is best asked for once; its values are quick then.
  sides.forEach(({ query }, side) => {
    if (query.at === undefined) for (const each of wanted()) valuesFor(side, each).catch(() => {});
  });
  const indexes = await Promise.all(sides.map((each) => index(each, signal)));
  if (store.state.who !== who) return;
  Object.assign(data, { sequence: indexes[0].sequence, sides });
  const names = indexes.map(({ name }) => name).join("\n");
  const isOther = names !== known;
  if (isOther) {
    known = names;
    take(sides, indexes.map(({ text }) => text && JSON.parse(text)));
    for (const tell of told) tell();
  }
  const changed = await values(sides, valuesFor);
  figures.loaded = { at: sides[0].query.at ?? null, sequence: data.sequence };
  for (const tell of told) tell();
  // No faster than pictures: what none would show is not asked for.
  await drawn(isOther ? undefined : changed);
  const pause = store.state.at === null ? livePause : pastPause;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, pause - (performance.now() - began))));
}

/** Takes over what indexes say: layers, the origin, tiles. */
function take(sides, indexes) {
  data.isMissing = indexes[0] === null;
  const found = indexes.map((each) => each ?? { layers: [] });
  setLayers(found);
  if (indexes[0] && (data.origin?.lon !== found[0].origin.lon || data.origin?.lat !== found[0].origin.lat)) {
    data.origin = found[0].origin;
    data.project = projection(data.origin);
  }
  const main = mainLayer(found[0].layers);
  data.tiles = main?.tiles ?? [];
  if (store.state.colour === undefined && main) store.set({ colour: usualColour(main) });
  [0, 1].forEach((side) => setTiles(side, found[side] ?? null, sides[side]));
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

/** What an index says, as text, and a name of it all: the same as long as nothing but its sequence has changed. */
async function index({ world, query }, signal) {
  try {
    const text = await request("GET", worldPath(world, "tiles"), { query, signal, as: "text" });
    const [state, sequence] = /"sequence":(\d+),"recorded":"[^"]*"/.exec(text) ?? [];
    return { text, sequence: Number(sequence), name: `${world} ${text.replace(state, "")}` };
  } catch (error) {
    if (error.status === 404) return { text: null, sequence: null, name: world };
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

/** Reads values of a side, each property once. */
function reader(sides, signal) {
  const asked = new Map();
  return (side, { model, path }) => {
    const key = `${side} ${model} ${path}`;
    const { world, query } = sides[side];
    if (!asked.has(key)) asked.set(key, readValues(world, query, model, path, signal));
    return asked.get(key);
  };
}

/** Reads and puts in the values of both sides; gives the models that have others than before. */
async function values(sides, valuesFor) {
  const list = wanted();
  const changed = new Set();
  keepValues((purpose, side, model) =>
    side < sides.length && list.some((each) => each.purpose === purpose && each.model === model));
  await Promise.all(sides.flatMap((_, side) => list.map(async (each) => {
    if (setValues(each.purpose, side, each.model, await valuesFor(side, each))) changed.add(each.model);
  })));
  if (isDifference()) await align();
  return changed;
}

async function align() {
  const { colour } = store.state;
  if (colour && layerOf(colour.model)) await alignDifference(colour.model);
  for (const tell of told) tell();
  draw();
}

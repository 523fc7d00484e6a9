/** The layers that the two worlds have between them: one a model. @module */
import { store } from "../core/store.js";
import { layerUniforms, materialsOf } from "./materials.js";

/**
 * @typedef {object} Layer
 * @property {string} model
 * @property {"point"|"line"|"area"|"prism"|"mesh"} kind
 * @property {string|object} displayName
 * @property {number} count
 * @property {{path: string, displayName: any, unit: string|undefined, schema: string}[]} properties
 * @property {() => boolean} isShown
 */

/** @type {Map<string, Layer>} */
const layers = new Map();
/** Those of other instants too: what is drawn of their tiles keeps their materials. */
const known = new Map();
const order = ["area", "line", "mesh", "prism", "point"];
const manyPoints = 1000;
const fewAreas = 64;

/** The layer of a model. @returns {Layer|undefined} */
export function layerOf(model) {
  return layers.get(model);
}

/** The layer of a model, though the worlds may have none of it now. @returns {Layer} */
export function layerEver(model) {
  return known.get(model);
}

/** All layers, those on the ground first. */
export function allLayers() {
  return [...layers.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** The property that gives a line layer its width in metres, if it has one. */
export function widthOf(layer) {
  return layer.kind === "line" ? layer.properties.find(({ path }) => /width$/i.test(path)) : undefined;
}

/** Takes over which layers there are. */
export function setLayers(indexes) {
  const found = new Map();
  for (const index of indexes) {
    for (const { tiles, ...each } of index.layers) {
      const had = known.get(each.model);
      const layer = had?.kind === each.kind ? Object.assign(had, each) : make(each);
      known.set(each.model, layer);
      found.set(each.model, layer);
    }
  }
  layers.clear();
  for (const [model, layer] of found) layers.set(model, layer);
  for (const layer of layers.values()) layer.isFirstShown = shownAtFirst(layer);
}

function make(each) {
  const uniforms = layerUniforms();
  return {
    ...each, uniforms, materials: materialsOf(uniforms), isFirstShown: true,
    isShown: () => store.state.layers[each.model]?.shown ?? layers.get(each.model)?.isFirstShown ?? true,
    opacity: () => store.state.layers[each.model]?.opacity ?? 1,
  };
}

/** Of several networks the one with widths is shown at first. */
function shownAtFirst(layer) {
  if (layer.kind !== "line" || widthOf(layer)) return true;
  return ![...layers.values()].some(widthOf);
}

/** Whether a layer has so many points that they are drawn as small discs. */
export function isDense(layer) {
  return layer.kind === "point" && layer.count > manyPoints;
}

/** Whether a layer's areas are districts: few, with outlines. */
export function isDistrict(layer) {
  return layer.kind === "area" && layer.count <= fewAreas;
}

/** Shows or hides a layer, or sets its opacity. */
export function setLayer(model, change) {
  const layer = layers.get(model);
  const now = { shown: layer?.isShown() ?? true, opacity: layer?.opacity() ?? 1 };
  store.set({ layers: { ...store.state.layers, [model]: { ...now, ...change } } });
}

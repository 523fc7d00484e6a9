/** Values of the two worlds, by layer: read, kept as long as they are looked at, written into texels. @module */
import { request, worldPath } from "../core/api.js";
import { figures } from "./figures.js";
import { idsOf } from "./ids.js";
import { meansOf, nothing } from "./numbers.js";
import { squares } from "./shape.js";
import { differing, tiles } from "./slots.js";
import { clear, textures, write } from "./texels.js";
import { valueWorker } from "./workers.js";

/**
 * @typedef {object} Values
 * @property {string} model
 * @property {string} path
 * @property {number} low
 * @property {number} high
 * @property {Uint32Array} counts
 * @property {number} some
 * @property {number} none
 * @property {number} [largest]  the largest difference from the other world
 * @property {Map<string, Float32Array>} tiles  by hash, in the tile's order
 */

/** What is known, by `colour` or `size`, side and model. @type {Map<string, Values>} */
const known = new Map();

function key(purpose, side, model) {
  return `${purpose} ${side} ${model}`;
}

/** The values that colour a layer in one of the two worlds. @returns {Values|undefined} */
export function valuesOf(purpose, side, model) {
  return known.get(key(purpose, side, model));
}

/** Reads values; `null` where the property has no numbers or the layer is not there. */
export async function readValues(world, query, model, path, signal) {
  try {
    const asked = { query: { ...query, model, path }, as: "bytes", signal };
    const buffer = await request("GET", worldPath(world, "values"), asked);
    const { all, hashes, starts, ...rest } = await valueWorker("values", { buffer }, [buffer]);
    const byHash = new Map(hashes.map((hash, i) => [hash, all.subarray(starts[i], starts[i + 1])]));
    return { model, path, ...rest, tiles: byHash };
  } catch (error) {
    if (error.status === 404 || error.status === 422) return null;
    throw error;
  }
}

/** Puts values in the place of those that were there, or takes them away with `null`; whether any is another now. */
export function setValues(purpose, side, model, values) {
  const began = performance.now();
  const uniform = textures[purpose][side];
  if (values) known.set(key(purpose, side, model), values);
  else if (!known.delete(key(purpose, side, model))) return false;
  let isOther = false;
  for (const tile of tiles.values()) {
    if (tile.model === model && tile.first >= 0) isOther = put(purpose, uniform, side, tile, values) || isOther;
  }
  figures.update = performance.now() - began;
  return isOther;
}

function put(purpose, uniform, side, tile, values) {
  if (!values) {
    clear(uniform, tile.first, tile.count + (tile.parts?.far && purpose === "colour" ? squares * squares : 0));
    return true;
  }
  const own = values.tiles.get(tile.hash);
  const isOther = own?.length === tile.count && write(uniform, tile.first, own);
  if (!own || purpose !== "colour" || !tile.parts?.far) return isOther;
  const means = values.means.get(tile.hash) ?? meansOf(own, 0, tile.parts.far, squares * squares);
  return write(uniform, tile.first + tile.count, means) || isOther;
}

/** Writes what is known into a tile that has come. */
export function fillTile(tile) {
  for (const purpose of ["colour", "size"]) {
    for (const side of [0, 1]) {
      const values = known.get(key(purpose, side, tile.model));
      if (values) put(purpose, textures[purpose][side], side, tile, values);
    }
  }
}

/**
 * Gives the tiles of the first world that the one it is compared with does not have that one's values, twin by twin, so
 * that their difference can be drawn; notes the largest difference with the first one's values.
 */
export async function alignDifference(model) {
  const [mine, theirs] = [0, 1].map((side) => known.get(key("colour", side, model)));
  if (!mine || !theirs) return;
  let largest = 0;
  for (const { tile, other } of [...differing()]) {
    if (tile?.model !== model) continue;
    const before = new Float32Array(tile.count).fill(nothing);
    const values = other && theirs.tiles.get(other.hash);
    if (values) {
      const [ids, otherIds] = await Promise.all([idsOf(tile), idsOf(other)]);
      const at = new Map(otherIds.map((id, i) => [id, i]));
      ids.forEach((id, i) => {
        if (at.has(id)) before[i] = values[at.get(id)];
      });
    }
    if (tile.first >= 0) write(textures.colour[1], tile.first, before);
    largest = Math.max(largest, largestBetween(before, mine.tiles.get(tile.hash)));
  }
  for (const [hash, own] of mine.tiles) largest = Math.max(largest, largestBetween(own, theirs.tiles.get(hash)));
  mine.largest = largest;
}

function largestBetween(own, other) {
  let largest = 0;
  for (let i = 0; other && i < own.length; i++) {
    if (own[i] !== nothing && other[i] !== nothing) largest = Math.max(largest, Math.abs(own[i] - other[i]));
  }
  return largest;
}

/** Forgets all values but those named by `keep`. */
export function keepValues(keep) {
  for (const name of [...known.keys()]) {
    const [purpose, side, model] = name.split(" ");
    if (!keep(purpose, Number(side), model)) setValues(purpose, Number(side), model, null);
  }
}

/** Decoded tiles to arrays for the graphics card. Runs in a worker. @module */
import { far } from "./far.js";
import { fills, ribbons, spots } from "./flats.js";
import { prisms, solids } from "./solids.js";

/**
 * Arrays of a tile.
 * @param {ReturnType<import("./decode.js").decodeTile>} tile
 * @param {number} first  the texel of its first feature
 * @param {number} most  how many of its features, the biggest, get a shape
 * @param {boolean} isDisc  whether points are flat discs
 */
export function build(tile, first, most, isDisc) {
  const count = Math.min(tile.count, most);
  const parts = { kind: tile.kind, x: tile.x, y: tile.y, count, all: tile.count };
  if (tile.kind === "point") return { ...parts, spots: spots(tile, first, count, isDisc) };
  if (tile.kind === "line") return { ...parts, ribbon: ribbons(tile, first, count, false) };
  if (tile.kind === "area") {
    return { ...parts, fill: fills(tile, first, count), ribbon: ribbons(tile, first, count, true) };
  }
  const solid = tile.kind === "mesh" ? solids(tile, first, count) : prisms(tile, first, count);
  return { ...parts, solid, far: far(tile, first + tile.count) };
}

/** The buffers of what `build` made, to be handed over. */
export function buffersOf(parts) {
  const found = [];
  for (const part of [parts.spots, parts.ribbon, parts.fill, parts.solid, parts.far]) {
    for (const array of Object.values(part ?? {})) if (ArrayBuffer.isView(array)) found.push(array.buffer);
  }
  return found;
}

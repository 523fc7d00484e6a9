/** Which twin a texel is of, and which texels a twin has. @module */
import { get, worldPath } from "../core/api.js";
import { tiles } from "./slots.js";

/**
 * The ids of a tile's twins, in its order; asked once.
 * @returns {Promise<string[]>}
 * @throws {DOMException} `AbortError` for a tile that another has followed meanwhile: who asked will ask for that one
 */
export function idsOf(tile) {
  tile.ids ??= get(worldPath(tile.source.world, "tiles", tile.hash, "ids"), tile.source.query).catch((error) => {
    tile.ids = null;
    throw error.status === 404 ? new DOMException("The tile is no more.", "AbortError") : error;
  });
  return tile.ids;
}

/** The tile that a texel is of. */
export function tileOf(texel) {
  for (const tile of tiles.values()) {
    if (tile.first >= 0 && texel >= tile.first && texel < tile.first + tile.count) return tile;
  }
  return null;
}

/** The twin that a texel is of: `{id, model}`, or `null`. */
export async function twinOf(texel) {
  const tile = texel < 0 ? null : tileOf(texel);
  if (!tile) return null;
  const id = (await idsOf(tile))[texel - tile.first];
  return id === undefined ? null : { id, model: tile.model };
}

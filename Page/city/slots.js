/** Which tiles the two worlds have, and which stand in their squares. @module */

/**
 * @typedef {object} Tile
 * @property {string} hash
 * @property {string} model
 * @property {number} x  kilometres east of the origin, of its south-west corner
 * @property {number} y
 * @property {number} count
 * @property {number} first  the texel of its first feature
 * @property {number} texels  how many it has: one a feature, and one for each square of the far view
 * @property {number} built  how many of its features have a shape here; −1 before it has come
 * @property {number} wanted  the detail it should have
 * @property {boolean[]} sides  whether each of the two worlds shows it
 * @property {?object} filter  the filter that its features are marked by
 * @property {boolean} isGhost  whether a difference shows what has gone of it
 * @property {{world: string, query: object}} source  a state that has it
 */

/** Drawn as squares, as the biggest quarter of the features, whole. */
export const detail = { far: 1, part: 2, whole: 3 };

/** @type {Map<string, Tile>} */
export const tiles = new Map();
/** The squares of each of the two worlds: by model and place, the hash that it should show and the one that it does. */
export const slots = [new Map(), new Map()];
/** Sets which tiles one of the two worlds has. */
export function setSlots(side, index, source) {
  const wanted = new Map();
  for (const layer of index?.layers ?? []) {
    for (const each of layer.tiles) {
      wanted.set(`${layer.model} ${each.x} ${each.y}`, each.hash);
      const tile = tiles.get(each.hash);
      if (tile) tile.source = source;
      else tiles.set(each.hash, fresh(layer.model, each, source));
    }
  }
  const mine = slots[side];
  for (const [key, slot] of mine) {
    slot.wanted = wanted.get(key) ?? null;
    wanted.delete(key);
    if (slot.wanted === null) mine.delete(key);
  }
  for (const [key, hash] of wanted) mine.set(key, { wanted: hash, shown: null });
}

function fresh(model, { hash, x, y, count, low, high }, source) {
  return {
    hash, model, x, y, count, low, high, source, first: -1, built: -1, wanted: 0, sides: [false, false], parts: null,
    bytes: 0, isLoading: false, used: 0, ids: null, filter: null, isGhost: false,
  };
}

/** The tiles of a slot in both worlds, where they have come and differ; `null` in a world that has none there. */
export function* differing() {
  for (const key of new Set([...slots[0].keys(), ...slots[1].keys()])) {
    const both = slots.map((side) => side.get(key));
    const [mine, theirs] = both.map((slot) => slot?.shown ?? null);
    const isHere = both.every((slot) => !slot || slot.shown === slot.wanted);
    if (mine !== theirs && isHere) yield { tile: tiles.get(mine) ?? null, other: tiles.get(theirs) ?? null };
  }
}

/** The tile of a model that one world shows in a square. */
export function tileAt(side, model, x, y) {
  const slot = slots[side].get(`${model} ${Math.floor(x / 1000)} ${Math.floor(y / 1000)}`);
  return slot?.shown ? tiles.get(slot.shown) : null;
}

/** All tiles that a world shows now. */
export function shownTiles(side = 0) {
  return [...slots[side].values()].map(({ shown }) => tiles.get(shown)).filter(Boolean);
}

/** Values of features: what stands for none, how they spread. No imports: runs in a worker as it does here. @module */

/** Stands for "no value" in arrays of 32-bit floating point numbers and in textures. */
export const nothing = Math.fround(-3e38);
/** Stands for "closed" in textures. */
export const closed = Math.fround(3e38);

const bins = 48;

/**
 * How values spread.
 * @param {Float32Array} all
 * @returns {{counts: Uint32Array, some: number, none: number, from: number, to: number}}  counts of 48 equal spans from
 *   low to high; how many have a value and how many none; the span of the middle 96 of 100
 */
export function summary(all, low, high) {
  const counts = new Uint32Array(bins);
  const fine = new Uint32Array(1024);
  const scale = high > low ? 1023.999 / (high - low) : 0;
  let some = 0;
  for (let i = 0; i < all.length; i++) {
    if (all[i] === nothing) continue;
    some += 1;
    fine[Math.max(0, ((all[i] - low) * scale) | 0)] += 1;
  }
  for (let i = 0; i < fine.length; i++) counts[Math.floor((i * bins) / fine.length)] += fine[i];
  const at = (share) => {
    let left = share * some;
    for (let i = 0; i < fine.length; i++) {
      left -= fine[i];
      if (left <= 0) return low + ((share > 0.5 ? i + 1 : i) / fine.length) * (high - low);
    }
    return high;
  };
  return { counts, some, none: all.length - some, from: some > 0 ? at(0.02) : low, to: some > 0 ? at(0.98) : high };
}

/**
 * Means of squares, each value weighed by the ground its feature covers.
 * @param {Float32Array} all
 * @param {number} at  where the tile's values begin
 * @param {{cellOf: Uint8Array, ground: Float32Array}} far
 * @param {number} cells  how many squares
 */
export function meansOf(all, at, { cellOf, ground }, cells) {
  const sum = new Float32Array(cells);
  const weight = new Float32Array(cells);
  for (let i = 0; i < cellOf.length; i++) {
    const value = all[at + i];
    if (value === nothing) continue;
    sum[cellOf[i]] += value * ground[i];
    weight[cellOf[i]] += ground[i];
  }
  return sum.map((each, cell) => (weight[cell] > 0 ? each / weight[cell] : nothing));
}

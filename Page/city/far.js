/** The far view of a tile. Runs in a worker. @module */
import { Shape, squares } from "./shape.js";

/**
 * The far view: the square each feature stands in and its ground, and a block for each square as high as what is built
 * in it, spread out; its fourth number is the share that is built. Squares have texels behind those of the features.
 */
export function far(tile, first) {
  const cellOf = new Uint8Array(tile.count);
  const ground = new Float32Array(tile.count);
  const share = new Float32Array(squares * squares);
  const height = new Float32Array(squares * squares);
  const side = 1000 / squares;
  for (let feature = 0; feature < tile.count; feature++) {
    const [x, y, area] = middle(tile, feature);
    const column = Math.min(squares - 1, Math.max(0, Math.floor((x + 500) / side)));
    const row = Math.min(squares - 1, Math.max(0, Math.floor((y + 500) / side)));
    const cell = row * squares + column;
    cellOf[feature] = cell;
    ground[feature] = area;
    share[cell] += area;
    height[cell] += area * (tile.top[feature] - tile.base[feature]);
  }
  const shape = new Shape(first, squares * squares);
  const cells = [...share.keys()].filter((cell) => share[cell] > 0);
  for (const cell of cells) {
    const built = Math.min(1, share[cell] / (side * side));
    const up = (height[cell] / share[cell]) * built + 0.4;
    const [x, y] = [(cell % squares) * side - 500, Math.floor(cell / squares) * side - 500];
    for (const z of [up, 0]) {
      for (const [u, v] of [[0, 0], [1, 0], [1, 1], [0, 1]]) shape.vertex(x + u * side, y + v * side, z, 1000 * built, cell);
    }
  }
  cells.forEach((_, i) => shape.index.push(...[0, 1, 2, 0, 2, 3].map((corner) => 8 * i + corner)));
  const roofs = shape.index.length;
  const walls = [0, 1, 2, 3].flatMap((a) => {
    const b = (a + 1) % 4;
    return [4 + a, 4 + b, b, 4 + a, b, a];
  });
  cells.forEach((_, i) => shape.index.push(...walls.map((corner) => 8 * i + corner)));
  return { cellOf, ground, roofs, ...shape.arrays() };
}

function middle(tile, feature) {
  let [x, y, points, area] = [0, 0, 0, 0];
  for (let ring = tile.featureRing[feature]; ring < tile.featureRing[feature + 1]; ring++) {
    const [from, to] = [tile.ringStart[ring], tile.ringStart[ring + 1]];
    let twice = 0;
    for (let i = from, j = to - 1; i < to; j = i++) {
      twice += tile.px[j] * tile.py[i] - tile.px[i] * tile.py[j];
      x += tile.px[i];
      y += tile.py[i];
    }
    points += to - from;
    area += (tile.ringHole[ring] ? -0.5 : 0.5) * Math.abs(twice);
  }
  return [x / (points || 1), y / (points || 1), Math.max(1, area)];
}

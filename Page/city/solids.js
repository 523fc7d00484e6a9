/** What stands, as walls, roofs and edges. Runs in a worker. @module */
import { Shape, polygons } from "./shape.js";
import { triangulate } from "./triangulate.js";

/** Footprints pulled up from their base to their height. */
export function prisms(tile, first, count) {
  const shape = new Shape(first, count);
  for (let feature = 0; feature < count; feature++) {
    prism(shape, tile, feature);
    shape.done(feature);
  }
  return shape.arrays();
}

function prism(shape, tile, feature) {
  const { px, py } = tile;
  for (const rings of polygons(tile, feature)) {
    const roof = [];
    triangulate(px, py, rings, roof);
    const from = rings[0][0];
    const points = rings.at(-1)[1] - from;
    const low = shape.texel.length;
    for (let i = 0; i < points; i++) shape.vertex(px[from + i], py[from + i], tile.base[feature], 0, feature);
    for (let i = 0; i < points; i++) shape.vertex(px[from + i], py[from + i], tile.top[feature], 1000, feature);
    for (const point of roof) shape.index.push(low + points + point - from);
    for (const ring of rings) walls(shape, px, py, ring, low - from, points);
  }
}

/** Walls of a ring, its roof's edge, and edges down where it turns. */
function walls(shape, px, py, [from, to], low, up) {
  for (let i = from; i < to; i++) {
    const j = i + 1 < to ? i + 1 : from;
    const h = i > from ? i - 1 : to - 1;
    const [a, b] = [low + i, low + j];
    shape.index.push(a, b, b + up, a, b + up, a + up);
    shape.edge.push(a + up, b + up);
    const [ux, uy, vx, vy] = [px[i] - px[h], py[i] - py[h], px[j] - px[i], py[j] - py[i]];
    if (Math.abs(ux * vy - uy * vx) > 0.3 * Math.hypot(ux, uy) * Math.hypot(vx, vy)) shape.edge.push(a, a + up);
  }
}

/** Surfaces as they are; features that have none are prisms. Their fourth number is how far up they are, of 1000. */
export function solids(tile, first, count) {
  const shape = new Shape(first, count);
  const { positions, indices, feature } = tile.mesh;
  let [vertex, at] = [0, 0];
  for (let f = 0; f < count; f++) {
    const [low, began] = [shape.texel.length - vertex, at];
    const tall = Math.max(0.05, tile.top[f] - tile.base[f]);
    for (; vertex < feature.length && feature[vertex] === f; vertex++) {
      const [x, y, z] = positions.subarray(3 * vertex, 3 * vertex + 3);
      shape.vertex(x, y, z, Math.min(1000, (1000 * (z - tile.base[f])) / tall), f);
    }
    while (at < indices.length && feature[indices[at]] === f) at += 1;
    for (let i = began; i < at; i++) shape.index.push(low + indices[i]);
    for (const [a, b] of creases(positions, indices.subarray(began, at))) shape.edge.push(low + a, low + b);
    if (at === began) prism(shape, tile, f);
    shape.done(f);
  }
  return shape.arrays();
}

/** The sides of triangles along which a surface ends or turns by more than 17 degrees. */
function creases(positions, indices) {
  const sides = new Map();
  for (let i = 0; i < indices.length; i += 3) {
    const corners = indices.subarray(i, i + 3);
    const normal = normalOf(...[...corners].map((each) => positions.subarray(3 * each, 3 * each + 3)));
    for (let j = 0; j < 3; j++) {
      const [a, b] = [corners[j], corners[(j + 1) % 3]].sort((c, d) => c - d);
      const key = a * 4294967296 + b;
      const other = sides.get(key);
      const isFlat = other?.normal.reduce((sum, each, k) => sum + each * normal[k], 0) > 0.956;
      sides.set(key, { a, b, normal, isFlat });
    }
  }
  return [...sides.values()].filter(({ isFlat }) => !isFlat).map(({ a, b }) => [a, b]);
}

function normalOf(a, b, c) {
  const [u, v] = [b, c].map((each) => [each[0] - a[0], each[1] - a[1], each[2] - a[2]]);
  const normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const length = Math.hypot(...normal) || 1;
  return normal.map((each) => each / length);
}

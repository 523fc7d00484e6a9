/** What lies on the ground, and posts on it. Runs in a worker. @module */
import { Shape, polygons } from "./shape.js";
import { triangulate } from "./triangulate.js";

/** Areas as they lie. */
export function fills(tile, first, count) {
  const shape = new Shape(first, count);
  for (let feature = 0; feature < count; feature++) {
    for (const rings of polygons(tile, feature)) {
      const triangles = [];
      triangulate(tile.px, tile.py, rings, triangles);
      const [from, to] = [rings[0][0], rings.at(-1)[1]];
      const low = shape.texel.length;
      for (let i = from; i < to; i++) shape.vertex(tile.px[i], tile.py[i], tile.base[feature], 0, feature);
      for (const point of triangles) shape.index.push(low + point - from);
    }
    shape.done(feature);
  }
  return shape.arrays();
}

/** Lines as ribbons: two vertices a point, which the shader moves apart along `side` (60 is a half width). */
export function ribbons(tile, first, count, isClosed) {
  const shape = new Shape(first, count);
  const side = [];
  const { px, py } = tile;
  for (let feature = 0; feature < count; feature++) {
    for (let ring = tile.featureRing[feature]; ring < tile.featureRing[feature + 1]; ring++) {
      const [from, to] = [tile.ringStart[ring], tile.ringStart[ring + 1]];
      const low = shape.texel.length;
      for (let i = from; i < to; i++) {
        const [x, y] = outwards(px, py, i, from, to, isClosed);
        for (const sign of [1, -1]) {
          shape.vertex(px[i], py[i], tile.base[feature], sign, feature);
          side.push(Math.round(60 * sign * x), Math.round(60 * sign * y));
        }
      }
      const points = to - from;
      for (let i = 0; i < (isClosed ? points : points - 1); i++) {
        const [a, b] = [low + 2 * i, low + 2 * ((i + 1) % points)];
        shape.index.push(a, a + 1, b, b, a + 1, b + 1);
      }
    }
    shape.done(feature);
  }
  return shape.arrays({ side: Int8Array.from(side) });
}

/** The direction to the left at a point, as long as the joint needs, at most twice. */
function outwards(px, py, i, from, to, isClosed) {
  const before = i > from ? i - 1 : isClosed ? to - 1 : i;
  const after = i + 1 < to ? i + 1 : isClosed ? from : i;
  const [ax, ay] = unit(px[i] - px[before], py[i] - py[before]);
  const [bx, by] = unit(px[after] - px[i], py[after] - py[i]);
  const [tx, ty] = unit(ax + bx, ay + by);
  const along = Math.max(0.5, tx * (bx || ax) + ty * (by || ay));
  return [-ty / along, tx / along];
}

function unit(x, y) {
  const length = Math.hypot(x, y);
  return length > 0 ? [x / length, y / length] : [0, 0];
}

/** Points as posts with six sides, which the shader moves apart along `post` (100 is one radius, or the height). */
export function spots(tile, first, count, isDisc) {
  const shape = new Shape(first, count);
  const post = [];
  for (let feature = 0; feature < count; feature++) {
    for (let ring = tile.featureRing[feature]; ring < tile.featureRing[feature + 1]; ring++) {
      for (let i = tile.ringStart[ring]; i < tile.ringStart[ring + 1]; i++) {
        const low = shape.texel.length;
        for (const z of isDisc ? [1] : [1, 0]) {
          for (let corner = 0; corner < 6; corner++) {
            const angle = (corner * Math.PI) / 3;
            shape.vertex(tile.px[i], tile.py[i], tile.base[feature], 0, feature);
            post.push(Math.round(100 * Math.cos(angle)), Math.round(100 * Math.sin(angle)), 100 * z, 0);
          }
        }
        for (let a = 0; a < 6; a++) {
          const b = (a + 1) % 6;
          if (a > 0 && a < 5) shape.index.push(low, low + a, low + a + 1);
          if (!isDisc) shape.index.push(low + 6 + a, low + 6 + b, low + b, low + 6 + a, low + b, low + a);
        }
      }
    }
    shape.done(feature);
  }
  return shape.arrays({ post: Int8Array.from(post) });
}

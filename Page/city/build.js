/**
 * Decoded tiles to arrays for the graphics card. Runs in a worker. Positions are whole multiples of 0.05 m from the
 * tile's centre, as 16 bits where they fit; every vertex names the texel of its feature.
 * @module
 */
import { triangulate } from "./triangulate.js";

/** Metres of one unit of a position. */
export const quantum = 0.05;
/** Into how many steps of detail the features of a tile fall: a prefix of the arrays draws the biggest of them. */
export const steps = 16;
/** Squares of a tile along a side, for the far view. */
export const squares = 10;

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

/** What grows: positions of four numbers, texels, indices, and where each step of detail ends. */
class Shape {
  constructor(first, count) {
    this.at = [];
    this.texel = [];
    this.index = [];
    this.edge = [];
    this.indexEnd = new Uint32Array(steps);
    this.edgeEnd = new Uint32Array(steps);
    this.first = first;
    this.count = count;
  }

  vertex(x, y, z, w, feature) {
    this.at.push(Math.round(x / quantum), Math.round(y / quantum), Math.round(z / quantum), Math.round(w));
    this.texel.push(this.first + feature);
    return this.texel.length - 1;
  }

  /** Notes how far the arrays go once a feature is in them. */
  done(feature) {
    const from = Math.floor((feature * steps) / this.count);
    for (let step = from; step < steps; step++) {
      this.indexEnd[step] = this.index.length;
      this.edgeEnd[step] = this.edge.length;
    }
  }

  arrays(more = {}) {
    const fits = this.at.every((value) => value >= -32768 && value <= 32767);
    const Index = this.texel.length < 65536 ? Uint16Array : Uint32Array;
    return {
      at: fits ? Int16Array.from(this.at) : Float32Array.from(this.at), texel: Uint32Array.from(this.texel),
      index: Index.from(this.index), edge: Index.from(this.edge), indexEnd: this.indexEnd, edgeEnd: this.edgeEnd,
      ...more,
    };
  }
}

/** Polygons of a feature: an outer ring and the holes that follow it, as `[from, to]`. */
function* polygons(tile, feature) {
  let rings = [];
  for (let ring = tile.featureRing[feature]; ring < tile.featureRing[feature + 1]; ring++) {
    if (!tile.ringHole[ring] && rings.length > 0) {
      yield rings;
      rings = [];
    }
    rings.push([tile.ringStart[ring], tile.ringStart[ring + 1]]);
  }
  if (rings.length > 0) yield rings;
}

function prisms(tile, first, count) {
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
function solids(tile, first, count) {
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

function fills(tile, first, count) {
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
function ribbons(tile, first, count, isClosed) {
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
function spots(tile, first, count, isDisc) {
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

/**
 * The far view: the square each feature stands in and its ground, and a block for each square as high as what is built
 * in it, spread out; its fourth number is the share that is built. Squares have texels behind those of the features.
 */
function far(tile, first) {
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

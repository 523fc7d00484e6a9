// Bytes of tiles and values to arrays; the format is in docs/tiles.md. No imports: runs in a worker as it does here.

const kinds = ["point", "line", "area", "prism", "mesh"];
const quantum = 0.05;

/** Reads streams of whole numbers: a width in bytes, then that many planes of one byte a number, lowest first. */
class Streams {
  constructor(buffer, at) {
    this.bytes = new Uint8Array(buffer);
    this.at = at;
  }

  numbers(count) {
    const width = this.bytes[this.at++];
    const out = new Uint32Array(count);
    for (let plane = 0; plane < width; plane++) {
      const from = this.at;
      const shift = 8 * plane;
      for (let i = 0; i < count; i++) out[i] |= this.bytes[from + i] << shift;
      this.at += count;
    }
    return out;
  }

  /** Numbers with a sign: zigzag, 0, -1, 1, -2, 2… */
  signed(count) {
    const raw = this.numbers(count);
    const out = new Int32Array(raw.buffer);
    for (let i = 0; i < count; i++) out[i] = (raw[i] >>> 1) ^ -(raw[i] & 1);
    return out;
  }
}

/** Starts from lengths: [0, a, a + b, …]. */
function starts(lengths) {
  const out = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) out[i + 1] = out[i] + lengths[i];
  return out;
}

/** The other part of a step at a right angle to the one before, of which one part is known. */
function across(part, same, other) {
  return other === 0 ? 0 : Math.floor((-part * same) / other + 0.5);
}

/** Steps of polygons from their codes, in place: a becomes the steps east, b the steps north. */
function corners(ringStart, a, b) {
  for (let ring = 0, i = 0; ring + 1 < ringStart.length; ring++) {
    const count = ringStart[ring + 1] - ringStart[ring];
    for (let number = 1; number < count; number++, i++) {
      if (number === 1) continue;
      if (count === 4 && number === 3) {
        a[i] -= a[i - 2];
        b[i] -= b[i - 2];
      } else if (Math.abs(b[i - 1]) >= Math.abs(a[i - 1])) {
        b[i] += across(a[i], a[i - 1], b[i - 1]);
      } else {
        [a[i], b[i]] = [b[i] + across(a[i], b[i - 1], a[i - 1]), a[i]];
      }
    }
  }
}

/** A coordinate of every point: first points of rings go on from each other, the others from the one before. */
function coordinates(ringStart, firsts, steps) {
  const out = new Float32Array(ringStart[ringStart.length - 1]);
  let first = 0;
  let step = 0;
  for (let ring = 0; ring < firsts.length; ring++) {
    first += firsts[ring];
    let value = first;
    out[ringStart[ring]] = value * quantum;
    for (let i = ringStart[ring] + 1; i < ringStart[ring + 1]; i++) {
      value += steps[step++];
      out[i] = value * quantum;
    }
  }
  return out;
}

function decodeMesh(streams, count) {
  const vertexStart = starts(streams.numbers(count));
  const triangleStart = starts(streams.numbers(count));
  const vertices = vertexStart[count];
  const positions = new Float32Array(3 * vertices);
  for (let axis = 0; axis < 3; axis++) {
    const steps = streams.signed(vertices);
    let value = 0;
    for (let i = 0; i < vertices; i++) {
      value += steps[i];
      positions[3 * i + axis] = value * quantum;
    }
  }
  const steps = streams.signed(3 * triangleStart[count]);
  const indices = new Uint32Array(steps.length);
  const feature = new Uint32Array(vertices);
  for (let f = 0; f < count; f++) {
    feature.fill(f, vertexStart[f], vertexStart[f + 1]);
    let index = vertexStart[f];
    for (let i = 3 * triangleStart[f]; i < 3 * triangleStart[f + 1]; i++) {
      index += steps[i];
      indices[i] = index;
    }
  }
  return { positions, indices, feature };
}

/**
 * A tile. Points are metres east and north of the tile's centre; rings are not closed, outer ones run
 * counterclockwise, and a hole follows the ring it is in.
 * @param {ArrayBuffer} buffer
 * @returns {{kind: string, count: number, x: number, y: number, featureRing: Uint32Array, ringStart: Uint32Array,
 *   ringHole: Uint8Array, px: Float32Array, py: Float32Array, base: Float32Array, top: Float32Array,
 *   mesh: ?{positions: Float32Array, indices: Uint32Array, feature: Uint32Array}}}
 */
export function decodeTile(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== 0x314c544e) throw new Error("These bytes are no tile.");
  const kind = kinds[view.getUint8(4)];
  const [count, rings, points] = [8, 12, 16].map((at) => view.getUint32(at, true));
  const streams = new Streams(buffer, 28);
  const featureRing = starts(streams.numbers(count));
  const ringHole = Uint8Array.from(streams.numbers(rings));
  const ringStart = starts(streams.numbers(rings));
  const firstX = streams.signed(rings);
  const firstY = streams.signed(rings);
  const stepX = streams.signed(points - rings);
  const stepY = streams.signed(points - rings);
  if (kinds.indexOf(kind) >= 2) corners(ringStart, stepX, stepY);
  const px = coordinates(ringStart, firstX, stepX);
  const py = coordinates(ringStart, firstY, stepY);
  const base = Float32Array.from(streams.signed(count), (value) => value * quantum);
  const top = Float32Array.from(streams.numbers(count), (value, i) => base[i] + value * quantum);
  return {
    kind, count, x: view.getInt32(20, true), y: view.getInt32(24, true),
    featureRing, ringStart, ringHole, px, py, base, top,
    mesh: kind === "mesh" ? decodeMesh(streams, count) : null,
  };
}

/**
 * Values of a layer, by the hash of each tile, in the tile's order; NaN where there is none.
 * @param {ArrayBuffer} buffer
 * @returns {{low: number, high: number, tiles: Map<string, Float32Array>}}
 */
export function decodeValues(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== 0x314c564e) throw new Error("These bytes are no values.");
  const tileCount = view.getUint32(4, true);
  const low = view.getFloat64(8, true);
  const high = view.getFloat64(16, true);
  const step = (high - low) / 65534;
  const tiles = new Map();
  let at = 24 + 20 * tileCount;
  for (let tile = 0; tile < tileCount; tile++) {
    const entry = 24 + 20 * tile;
    const hash = Array.from(new Uint8Array(buffer, entry, 16), (b) => b.toString(16).padStart(2, "0")).join("");
    const raw = new Uint16Array(buffer, at, view.getUint32(entry + 16, true));
    const values = new Float32Array(raw.length);
    for (let i = 0; i < raw.length; i++) values[i] = raw[i] === 65535 ? NaN : low + raw[i] * step;
    tiles.set(hash, values);
    at += 2 * raw.length;
  }
  return { low, high, tiles };
}

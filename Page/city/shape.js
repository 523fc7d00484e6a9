/**
 * What tiles are made of for the graphics card. Positions are whole multiples of 0.05 m from the tile's centre, as 16
 * bits where they fit; every vertex names the texel of its feature. Runs in a worker.
 * @module
 */

/** Metres of one unit of a position. */
export const quantum = 0.05;
/** Into how many steps of detail the features of a tile fall: a prefix of the arrays draws the biggest of them. */
export const steps = 16;
/** Squares of a tile along a side, for the far view. */
export const squares = 10;

/** What grows: positions of four numbers, texels, indices, and where each step of detail ends. */
export class Shape {
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
export function* polygons(tile, feature) {
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

// What the page's decoder makes of a tile, as JSON: node decode.mjs FILE
import { readFileSync } from "node:fs";
import { decodeTile } from "../../Page/city/decode.js";

const bytes = readFileSync(process.argv[2]);
const tile = decodeTile(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const { featureRing, ringStart, ringHole, px, py, base, top } = tile;
const features = Array.from({ length: tile.count }, (_, f) => {
  const rings = [];
  for (let ring = featureRing[f]; ring < featureRing[f + 1]; ring++) {
    const points = [];
    for (let i = ringStart[ring]; i < ringStart[ring + 1]; i++) points.push([px[i], py[i]]);
    rings.push([ringHole[ring] === 1, points]);
  }
  return [rings, base[f], top[f] - base[f]];
});
console.log(JSON.stringify([tile.kind, [tile.x, tile.y], features]));

/**
 * Lengths and areas on the WGS 84 ellipsoid. Lengths: T. Vincenty, "Direct and inverse solutions of geodesics on the
 * ellipsoid", Survey Review 23 (1975). Areas: on the sphere of the same area, J. P. Snyder, "Map Projections: A Working
 * Manual", USGS 1987, equations 3-11 and 3-12, by R. G. Chamberlain and W. H. Duquette, "Some algorithms for polygons
 * on a sphere", JPL 2007.
 * @module
 */

const a = 6378137;
const f = 1 / 298.257223563;
const b = a * (1 - f);
const degree = Math.PI / 180;

/** Metres between two points `[lon, lat]`. */
export function metresBetween([lonA, latA], [lonB, latB]) {
  const [uA, uB] = [latA, latB].map((lat) => Math.atan((1 - f) * Math.tan(lat * degree)));
  const [sinA, cosA, sinB, cosB] = [Math.sin(uA), Math.cos(uA), Math.sin(uB), Math.cos(uB)];
  const east = (lonB - lonA) * degree;
  let lambda = east;
  for (let turn = 0; turn < 200; turn++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinS = Math.hypot(cosB * sinL, cosA * sinB - sinA * cosB * cosL);
    if (sinS === 0) return 0;
    const cosS = sinA * sinB + cosA * cosB * cosL;
    const sigma = Math.atan2(sinS, cosS);
    const sinAlpha = (cosA * cosB * sinL) / sinS;
    const cosAlpha2 = 1 - sinAlpha ** 2;
    const cosM = cosAlpha2 === 0 ? 0 : cosS - (2 * sinA * sinB) / cosAlpha2;
    const c = (f / 16) * cosAlpha2 * (4 + f * (4 - 3 * cosAlpha2));
    const before = lambda;
    lambda = east + (1 - c) * f * sinAlpha * (sigma + c * sinS * (cosM + c * cosS * (2 * cosM ** 2 - 1)));
    if (Math.abs(lambda - before) > 1e-12) continue;
    const u = (cosAlpha2 * (a ** 2 - b ** 2)) / b ** 2;
    const large = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)));
    const small = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)));
    const delta = small * sinS * (cosM + (small / 4) * (cosS * (2 * cosM ** 2 - 1)
      - (small / 6) * cosM * (4 * sinS ** 2 - 3) * (4 * cosM ** 2 - 3)));
    return b * large * (sigma - delta);
  }
  return NaN;
}

const e = Math.sqrt(f * (2 - f));

function q(lat) {
  const sine = Math.sin(lat * degree);
  return (1 - e * e) * (sine / (1 - (e * sine) ** 2) - Math.log((1 - e * sine) / (1 + e * sine)) / (2 * e));
}

/** Square metres inside a ring of points `[lon, lat]`, not closed. */
export function areaOf(ring) {
  if (ring.length < 3) return 0;
  const pole = q(90);
  let sum = 0;
  ring.forEach(([, lat], i) => {
    const [before] = ring.at(i - 1);
    const [after] = ring[(i + 1) % ring.length];
    sum += (after - before) * degree * (q(lat) / pole);
  });
  return Math.abs(sum * a * a * (pole / 2)) / 2;
}

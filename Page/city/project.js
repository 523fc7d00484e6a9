// Longitude and latitude to metres east and north of an origin, and back: transverse Mercator on the WGS 84
// ellipsoid by Krüger's series to the third power of the third flattening, with the origin's meridian in the middle
// and a scale of 1 there. L. Krüger, "Konforme Abbildung des Erdellipsoids in der Ebene", Potsdam 1912;
// C. F. F. Karney, "Transverse Mercator with an accuracy of a few nanometers", J. Geodesy 85 (2011), eq. 7–36.
// Better than a millimetre within 1,000 km. The server computes the same (Sources/TwinTiles/LocalProjection.swift).

const flattening = 1 / 298.257223563;
const n = flattening / (2 - flattening);
const radius = (6378137 / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
const eccentricity = Math.sqrt(flattening * (2 - flattening));
const alpha = [
  n / 2 - (2 / 3) * n ** 2 + (5 / 16) * n ** 3,
  (13 / 48) * n ** 2 - (3 / 5) * n ** 3,
  (61 / 240) * n ** 3,
];
const beta = [
  n / 2 - (2 / 3) * n ** 2 + (37 / 96) * n ** 3,
  n ** 2 / 48 + n ** 3 / 15,
  (17 / 480) * n ** 3,
];
const delta = [
  2 * n - (2 / 3) * n ** 2 - 2 * n ** 3,
  (7 / 3) * n ** 2 - (8 / 5) * n ** 3,
  (56 / 15) * n ** 3,
];
const degree = Math.PI / 180;

function forward(lambda, phi) {
  const sine = Math.sin(phi);
  const t = Math.sinh(Math.atanh(sine) - eccentricity * Math.atanh(eccentricity * sine));
  const xi = Math.atan2(t, Math.cos(lambda));
  const eta = Math.asinh(Math.sin(lambda) / Math.hypot(t, Math.cos(lambda)));
  let [x, y] = [eta, xi];
  alpha.forEach((a, i) => {
    const k = 2 * (i + 1);
    x += a * Math.cos(k * xi) * Math.sinh(k * eta);
    y += a * Math.sin(k * xi) * Math.cosh(k * eta);
  });
  return [radius * x, radius * y];
}

function inverse(x, y) {
  let [xi, eta] = [y / radius, x / radius];
  const [xi0, eta0] = [xi, eta];
  beta.forEach((b, i) => {
    const k = 2 * (i + 1);
    xi -= b * Math.sin(k * xi0) * Math.cosh(k * eta0);
    eta -= b * Math.cos(k * xi0) * Math.sinh(k * eta0);
  });
  const chi = Math.asin(Math.sin(xi) / Math.cosh(eta));
  let phi = chi;
  delta.forEach((d, i) => {
    phi += d * Math.sin(2 * (i + 1) * chi);
  });
  return [Math.atan2(Math.sinh(eta), Math.cos(xi)), phi];
}

/**
 * The projection around an origin in degrees.
 * @param {{lon: number, lat: number}} origin
 * @returns {{toMetres: (lon: number, lat: number) => [number, number],
 *            toDegrees: (x: number, y: number) => [number, number]}}
 */
export function projection(origin) {
  const north = forward(0, origin.lat * degree)[1];
  return {
    toMetres(lon, lat) {
      const [x, y] = forward((lon - origin.lon) * degree, lat * degree);
      return [x, y - north];
    },
    toDegrees(x, y) {
      const [lambda, phi] = inverse(x, y + north);
      return [origin.lon + lambda / degree, phi / degree];
    },
  };
}

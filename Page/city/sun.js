/**
 * Where the sun stands: J. Meeus, "Astronomical Algorithms", 2nd edition 1998, chapters 12, 13 and 25 (the sun's place
 * to 0.01°, more than a picture needs).
 * @module
 */

const degree = Math.PI / 180;

/**
 * The direction to the sun.
 * @param {Date} date
 * @param {number} lon  degrees east
 * @param {number} lat  degrees north
 * @returns {{east: number, north: number, up: number}}  a unit vector; `up` is the sine of its elevation
 */
export function sunAt(date, lon, lat) {
  const days = date.getTime() / 86400000 + 2440587.5 - 2451545;
  const centuries = days / 36525;
  const mean = (280.46646 + 36000.76983 * centuries) % 360;
  const anomaly = (357.52911 + 35999.05029 * centuries) * degree;
  const centre = (1.914602 - 0.004817 * centuries) * Math.sin(anomaly)
    + 0.019993 * Math.sin(2 * anomaly) + 0.000289 * Math.sin(3 * anomaly);
  const longitude = (mean + centre) * degree;
  const tilt = (23.439291 - 0.0130042 * centuries) * degree;
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude));
  const declination = Math.asin(Math.sin(tilt) * Math.sin(longitude));
  const sidereal = (280.46061837 + 360.98564736629 * days + lon) * degree;
  const hour = sidereal - ascension;
  const phi = lat * degree;
  return {
    east: -Math.cos(declination) * Math.sin(hour),
    north: Math.sin(declination) * Math.cos(phi) - Math.cos(declination) * Math.sin(phi) * Math.cos(hour),
    up: Math.sin(declination) * Math.sin(phi) + Math.cos(declination) * Math.cos(phi) * Math.cos(hour),
  };
}

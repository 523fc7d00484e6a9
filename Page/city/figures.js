/** What the city costs, for tests and benchmarks: `window.nuri.city.figures()`. @module */

/**
 * Milliseconds of the last picture, of writing and sending the last values; since the page began to the first picture.
 * `loaded` and `drawn` say which state has come and which one the last picture shows: `{at, sequence}`.
 */
export const figures = {
  frame: 0, frames: 0, update: 0, upload: 0, firstPicture: 0, triangles: 0, geometryBytes: 0, tiles: 0, features: 0,
  loaded: null, drawn: null,
};

/** What the city costs, for tests and benchmarks: `window.nuri.city.figures()`. @module */

export const figures = { frame: 0, frames: 0, triangles: 0, geometryBytes: 0, tiles: 0, features: 0, update: 0, firstPicture: 0 };

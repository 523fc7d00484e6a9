/** Triangles of polygons with holes, by three's earcut. Runs in a worker. @module */
import { THREE } from "/page/lib/three/index.js";

/**
 * Appends the triangles of one polygon to `out`, as indices of points, counterclockwise. Rings that cross themselves
 * come out with triangles that overlap.
 * @param {ArrayLike<number>} px
 * @param {ArrayLike<number>} py
 * @param {number[][]} rings  `[from, to]` of each ring's points, one after the other, the outer first; not closed
 * @param {number[]} out
 */
export function triangulate(px, py, rings, out) {
  const [outer, ...holes] = rings.map(([from, to]) => {
    const points = [];
    for (let i = from; i < to; i++) points.push(new THREE.Vector2(px[i], py[i]));
    return points;
  });
  for (const corners of THREE.ShapeUtils.triangulateShape(outer, holes)) {
    for (const corner of corners) out.push(rings[0][0] + corner);
  }
}

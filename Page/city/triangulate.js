/**
 * Triangles of polygons with holes, by clipping ears: D. Eberly, "Triangulation by Ear Clipping", Geometric Tools 2002
 * (holes are joined to the outer ring by bridges, then corners are cut off). Rings that cross themselves come out with
 * triangles that overlap, never without end. No imports: runs in a worker as it does here.
 * @module
 */

/**
 * Appends the triangles of one polygon to `out`, as indices of points, counterclockwise.
 * @param {ArrayLike<number>} px
 * @param {ArrayLike<number>} py
 * @param {number[][]} rings  `[from, to]` of each ring's points, not closed; the first is the outer one
 * @param {number[]} out
 */
export function triangulate(px, py, rings, out) {
  let ring = directed(px, py, rings[0], true);
  if (ring.length < 3) return;
  const holes = rings.slice(1).map((each) => directed(px, py, each, false)).filter((each) => each.length > 2);
  for (const hole of holes) toRightmost(px, hole);
  holes.sort((a, b) => px[b[0]] - px[a[0]]);
  for (const hole of holes) ring = joined(px, py, ring, hole);
  clip(px, py, ring, out);
}

/** Twice the area of a triangle, positive where it turns to the left. */
function turn(px, py, a, b, c) {
  return (px[b] - px[a]) * (py[c] - py[a]) - (px[c] - px[a]) * (py[b] - py[a]);
}

function directed(px, py, [from, to], isOuter) {
  const ring = [];
  let area = 0;
  for (let i = from, j = to - 1; i < to; j = i++) {
    area += px[j] * py[i] - px[i] * py[j];
    if (px[i] !== px[j] || py[i] !== py[j]) ring.push(i);
  }
  return area > 0 === isOuter ? ring : ring.reverse();
}

function toRightmost(px, ring) {
  let best = 0;
  for (let i = 1; i < ring.length; i++) if (px[ring[i]] > px[ring[best]]) best = i;
  ring.push(...ring.splice(0, best));
}

/** The ring with a hole in it: there and back along a bridge from the hole's rightmost point. */
function joined(px, py, ring, hole) {
  const m = hole[0];
  const [mx, my] = [px[m], py[m]];
  let reach = Infinity;
  let bridge = -1;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[j], ring[i]];
    if (py[a] > my || py[b] < my || py[a] === py[b]) continue;
    const x = px[a] + ((my - py[a]) / (py[b] - py[a])) * (px[b] - px[a]);
    if (x < mx || x >= reach) continue;
    reach = x;
    bridge = px[a] > px[b] ? j : i;
  }
  if (bridge < 0) return ring;
  bridge = seen(px, py, ring, m, reach, bridge);
  return [...ring.slice(0, bridge + 1), ...hole, m, ...ring.slice(bridge)];
}

/** Of the points that stand between the hole and the bridge's end, the one nearest to the ray; else the end. */
function seen(px, py, ring, m, reach, bridge) {
  const [mx, my] = [px[m], py[m]];
  const [ex, ey] = [px[ring[bridge]], py[ring[bridge]]];
  let best = bridge;
  let slope = Infinity;
  for (let i = 0; i < ring.length; i++) {
    const [x, y] = [px[ring[i]], py[ring[i]]];
    if (x < mx || x > ex || ring[i] === ring[bridge] || !within(mx, my, reach, my, ex, ey, x, y)) continue;
    const steep = Math.abs(y - my) / (x - mx || 1e-9);
    if (steep < slope) [slope, best] = [steep, i];
  }
  return best;
}

function within(ax, ay, bx, by, cx, cy, x, y) {
  const u = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  const v = (cx - bx) * (y - by) - (cy - by) * (x - bx);
  const w = (ax - cx) * (y - cy) - (ay - cy) * (x - cx);
  return (u >= 0 && v >= 0 && w >= 0) || (u <= 0 && v <= 0 && w <= 0);
}

function clip(px, py, ring, out) {
  let left = ring.length;
  const next = ring.map((_, i) => (i + 1) % left);
  const before = ring.map((_, i) => (i + left - 1) % left);
  let at = 0;
  let tried = 0;
  while (left > 3) {
    const area = turn(px, py, ring[before[at]], ring[at], ring[next[at]]);
    if (tried > left || area === 0 || (area > 0 && isEar(px, py, ring, next, before, at))) {
      if (area > 0) out.push(ring[before[at]], ring[at], ring[next[at]]);
      next[before[at]] = next[at];
      before[next[at]] = before[at];
      left -= 1;
      tried = 0;
      at = next[next[at]];
    } else {
      tried += 1;
      at = next[at];
    }
  }
  if (turn(px, py, ring[before[at]], ring[at], ring[next[at]]) > 0) {
    out.push(ring[before[at]], ring[at], ring[next[at]]);
  }
}

function isEar(px, py, ring, next, before, at) {
  const [a, b, c] = [ring[before[at]], ring[at], ring[next[at]]];
  for (let i = next[next[at]]; i !== before[at]; i = next[i]) {
    const p = ring[i];
    if (turn(px, py, ring[before[i]], p, ring[next[i]]) > 0) continue;
    if (same(px, py, p, a) || same(px, py, p, b) || same(px, py, p, c)) continue;
    if (turn(px, py, a, b, p) >= 0 && turn(px, py, b, c, p) >= 0 && turn(px, py, c, a, p) >= 0) return false;
  }
  return true;
}

function same(px, py, a, b) {
  return px[a] === px[b] && py[a] === py[b];
}

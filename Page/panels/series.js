/** Values of a property over time. @module */
import { get, hasRoute, query, worldPath } from "../core/api.js";
import { store } from "../core/store.js";

const mostSamples = 4000;
const mostBuckets = 800;

/**
 * A property's values over a span, or all there are: as samples where there are few, else as buckets.
 * @param {{world: string, twin: string, path: string}} of
 * @param {{from: number, to: number}|null} span  milliseconds
 * @returns {Promise<{points: [number, number|null][], band: [number, number, number][]|null}>}
 */
export async function loadSeries({ world, twin, path }, span, signal) {
  const way = worldPath(world, "twins", twin, "series");
  const ends = span ? { from: iso(span.from), to: iso(span.to + 1) } : {};
  const { samples } = await get(way, { path, limit: mostSamples, ...ends }, { signal });
  const points = samples.map((each) => [Date.parse(each.observed), plain(each.value)]);
  if (samples.length < mostSamples) {
    return { points: span ? await widened(points, way, path, span, signal) : points, band: null };
  }
  const last = points.at(-1)[0];
  const from = span ? span.from : Date.parse((await extent(world)).from);
  const asked = { path, buckets: mostBuckets, from: iso(from), to: iso(span ? span.to : last + 1) };
  const { buckets } = await get(way, asked, { signal });
  return {
    points: buckets.map((each) => [Date.parse(each.start), each.mean ?? null]),
    band: buckets.map((each) => [Date.parse(each.start), each.minimum ?? null, each.maximum ?? null]),
  };
}

/** Samples of a span, and before them the value that held when it began. */
async function widened(points, way, path, span, signal) {
  const { samples } = await get(way, { path, limit: 1, to: iso(span.from) }, { signal });
  const before = samples.length > 0 ? plain(samples[0].value) : null;
  const all = before === null ? points : [[span.from, before], ...points];
  const last = all.at(-1);
  if (last && last[1] !== null && last[0] < span.to) all.push([Math.min(span.to, Date.now()), last[1]]);
  return all;
}

/** A number for a value that can be drawn: truth values as 0 and 1. */
export function plain(value) {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" ? value : null;
}

/** Milliseconds as the server writes instants. */
export function iso(milliseconds) {
  return new Date(milliseconds).toISOString();
}

/** The value that held at a moment, or `undefined` before the first. */
export function valueAt(points, time) {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= time) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : points[low - 1][1];
}

/** From the world's first change to the last one of a twin. */
export async function extent(world) {
  const first = await firstChange(world);
  const rows = await query("SELECT MAX(T.$metadata.$lastUpdateTime) AS last FROM DIGITALTWINS T",
    { world, at: null });
  return { from: first, to: rows[0]?.last ?? first };
}

async function firstChange(world) {
  if (store.state.span) return store.state.span.first;
  if (await hasRoute("GET", "/v1/worlds/{world}/timeline")) {
    return (await get(worldPath(world, "timeline"), { buckets: 1 })).first;
  }
  const page = await get(worldPath("live", "changes"), { pageSize: 1 });
  return page.items[0]?.recorded ?? new Date().toISOString();
}

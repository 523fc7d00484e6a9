/** When a world changed: from the server's timeline. @module */
import { get, worldPath } from "../core/api.js";
import { foldable } from "./scale.js";

const ms = (text) => Date.parse(text);
const iso = (time) => new Date(time).toISOString();

/**
 * The stretches of time in which a world changed, silences between them left out where they are long.
 * @returns {Promise<{from: number, to: number}[]>} none where nothing ever changed
 */
export async function readStretches(world, signal) {
  const path = worldPath(world, "timeline");
  const whole = await get(path, { buckets: 400 }, { signal });
  if (!whole.first || !whole.last) return [];
  const [first, last] = [ms(whole.first), ms(whole.last)];
  const silences = foldable(silencesOf(whole), last - first);
  const exact = await Promise.all(silences.map(async ({ from, to }) => {
    const middle = await get(path, { buckets: 1, at: iso((from + to) / 2) }, { signal });
    return { from: ms(middle.previous?.recorded ?? iso(from)), to: ms(middle.next?.recorded ?? iso(to)) };
  }));
  const starts = [first, ...exact.map((each) => each.to)];
  const ends = [...exact.map((each) => each.from), last];
  return starts.map((from, i) => ({ from, to: ends[i] }));
}

function silencesOf(timeline) {
  const width = timeline.bucketSeconds * 1000;
  const busy = timeline.buckets.filter((each) => each.changes > 0).map((each) => ms(each.from));
  return busy.slice(1).map((to, i) => ({ from: busy[i] + width, to })).filter(({ from, to }) => to > from);
}

/**
 * How many changes fell into each of some equal spans.
 * @returns {Promise<{from: number, to: number, changes: number}[]>}
 */
export async function readBars(world, from, to, buckets, signal) {
  const query = { from: iso(from), to: iso(to), buckets };
  const answer = await get(worldPath(world, "timeline"), query, { signal });
  const ends = [...answer.buckets.slice(1).map((each) => ms(each.from)), to];
  return answer.buckets.map((each, i) => ({ from: ms(each.from), to: ends[i], changes: each.changes }));
}

/**
 * The changes before and after an instant, of one twin or of any.
 * @returns {Promise<{previous: string|null, next: string|null}>}
 */
export async function readNeighbours(world, at, twin, signal) {
  const answer = await get(worldPath(world, "timeline"), { buckets: 1, at: at ?? iso(Date.now()), twin }, { signal });
  return { previous: answer.previous?.recorded ?? null, next: answer.next?.recorded ?? null };
}

/** When a world changed: from the server's timeline. @module */
import { get, worldPath } from "../core/api.js";
import { foldable } from "./scale.js";

const BUCKETS = 400;
const ms = (text) => Date.parse(text);
const iso = (time) => new Date(time).toISOString();

/**
 * The stretches of time in which a world changed, silences between them left out where they are long.
 * @returns {Promise<{from: number, to: number}[]>} none where nothing ever changed
 */
export async function readStretches(world, signal) {
  const path = worldPath(world, "timeline");
  let whole;
  try {
    whole = await get(path, { buckets: BUCKETS }, { signal });
  } catch (error) {
    if (error.status !== 404) throw error;
    return guessStretches(world, signal);
  }
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
  const width = (ms(timeline.to) - ms(timeline.from)) / BUCKETS;
  const busy = timeline.buckets.filter((each) => each.changes > 0).map((each) => ms(each.from));
  return busy.slice(1).map((to, i) => ({ from: busy[i] + width, to })).filter(({ from, to }) => to > from);
}

/** Where the server has no timelines: from the first change and the newest ones. */
async function guessStretches(world, signal) {
  const [{ items: [first] }, { sequence }] = await Promise.all([
    get(worldPath(world, "changes"), { pageSize: 1 }, { signal }),
    get(worldPath(world), {}, { signal }),
  ]);
  if (!first) return [];
  const { items } = await get(worldPath(world, "changes"), { from: Math.max(sequence - 300, 0), pageSize: 300 }, { signal });
  const times = [first, ...items].filter(({ kind }) => kind !== "putRecord").map(({ recorded }) => ms(recorded));
  const silences = times.slice(1).map((to, i) => ({ from: times[i], to })).slice(items.length < 300 ? 0 : 1);
  const folds = foldable(silences, times.at(-1) - times[0]);
  return [times[0], ...folds.map((each) => each.to)]
    .map((from, i) => ({ from, to: folds[i]?.from ?? times.at(-1) }));
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

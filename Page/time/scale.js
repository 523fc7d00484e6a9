/**
 * Where instants stand on the slider. Stretches in which something happened take the room; long silences between them
 * are folded, because a twin that was loaded from the records of one month and edited years later is all silence.
 * Positions are 0 … 1 from the first change to the last; times are milliseconds.
 * @module
 */

/** What a folded silence takes. */
const FOLD = 0.03;
/** What a stretch takes at least. */
const LEAST = 0.07;
/** Silences that are folded at most. */
const FOLDS = 5;

/**
 * Which silences to fold: those longer than half of what is left when they are.
 * @param {{from: number, to: number}[]} silences
 * @param {number} whole  how long all is
 */
export function foldable(silences, whole) {
  const folded = [];
  let left = whole;
  for (const each of [...silences].sort((a, b) => b.to - b.from - (a.to - a.from))) {
    const length = each.to - each.from;
    if (folded.length === FOLDS || length <= 60000 || length <= (left - length) / 2) break;
    folded.push(each);
    left -= length;
  }
  return folded.sort((a, b) => a.from - b.from);
}

/** The stretches of several worlds as those of one: what overlaps or lies close together becomes one stretch. */
export function mergeStretches(stretches) {
  const joined = [];
  for (const each of [...stretches].sort((a, b) => a.from - b.from)) {
    const before = joined.at(-1);
    if (before && each.from <= before.to) before.to = Math.max(before.to, each.to);
    else joined.push({ ...each });
  }
  if (joined.length < 2) return joined;
  const silences = joined.slice(1).map((each, i) => ({ from: joined[i].to, to: each.from }));
  const [first, last] = [joined[0].from, joined.at(-1).to];
  const folds = foldable(silences, last - first);
  return [first, ...folds.map((each) => each.to)].map((from, i) => ({ from, to: folds[i]?.from ?? last }));
}

/**
 * A scale over stretches of time, in order.
 * @param {{from: number, to: number}[]} stretches
 */
export function makeScale(stretches) {
  const parts = layOut(stretches);
  const first = parts[0];
  const last = parts.at(-1);

  /** The position of an instant. */
  function position(time) {
    if (time <= first.from) return 0;
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i];
      if (time <= part.to) return between(time, part.from, part.to, part.start, part.end);
      const next = parts[i + 1];
      if (next && time < next.from) return between(time, part.to, next.from, part.end, next.start);
    }
    return 1;
  }

  /** The instant at a position; in a folded silence, the nearer end of it. */
  function time(at) {
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i];
      if (at <= part.end) return between(Math.max(at, part.start), part.start, part.end, part.from, part.to);
      const next = parts[i + 1];
      if (next && at < next.start) return at - part.end < next.start - at ? part.to : next.from;
    }
    return last.to;
  }

  /** The instant some milliseconds on, over folded silences, and within what there is. */
  function step(from, by) {
    const to = from + by;
    const i = parts.findIndex((part) => to <= part.to);
    if (i < 0) return last.to;
    if (to >= parts[i].from) return to;
    if (i === 0) return first.from;
    return by > 0 ? parts[i].from : parts[i - 1].to;
  }

  return { parts, position, time, step, first: first.from, last: last.to };
}

function layOut(stretches) {
  const room = 1 - FOLD * (stretches.length - 1);
  const whole = stretches.reduce((sum, each) => sum + each.to - each.from, 0);
  const shares = stretches.map((each) => Math.max(whole > 0 ? (each.to - each.from) / whole : 1, LEAST));
  const sum = shares.reduce((a, b) => a + b, 0);
  let start = 0;
  return stretches.map((each, i) => {
    const end = i === stretches.length - 1 ? 1 : start + (shares[i] / sum) * room;
    const part = { ...each, start, end };
    start = end + FOLD;
    return part;
  });
}

function between(value, low, high, toLow, toHigh) {
  return high <= low ? toHigh : toLow + ((value - low) / (high - low)) * (toHigh - toLow);
}

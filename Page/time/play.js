/** Moves the instant that is looked at: by steps, to changes, and as time runs. @module */
import { failed } from "../core/notice.js";
import { store } from "../core/store.js";
import { axis } from "./axis.js";
import { readNeighbours } from "./timeline.js";

const MINUTE = 60000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const STEPS = [1000, 5000, 15000, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY];

/** Where the slider stands, in milliseconds. */
export function position() {
  const { at } = store.state;
  return at === null ? axis.scale.last : Date.parse(at);
}

/** Looks at an instant; at and after the last change that is now. */
export function lookAt(time) {
  store.set({ at: time >= axis.scale.last ? null : new Date(Math.max(time, axis.scale.first)).toISOString() });
}

/** Goes on by some milliseconds, or by what about a two hundredth of the slider stands for there. */
export function step(direction, by = stepLength()) {
  if (!axis.ready) return;
  lookAt(axis.scale.step(position(), direction * by));
  axis.reveal(store.state.at);
}

function stepLength() {
  const now = position();
  const part = axis.scale.parts.findLast((each) => each.from <= now) ?? axis.scale.parts[0];
  const pixels = axis.x(part.to) - axis.x(part.from);
  const length = ((part.to - part.from) / Math.max(pixels, 1)) * (axis.width / 200);
  return STEPS.findLast((each) => each <= length) ?? STEPS[0];
}

/**
 * Goes to the change before or after; of the selected twin, if there is just one.
 * @returns {Promise<boolean>} whether there is one
 */
export async function toChange(direction) {
  const { world, at, selection } = store.state;
  try {
    const twin = selection.length === 1 ? selection[0] : undefined;
    const found = await readNeighbours(world, at, twin);
    const time = direction < 0 ? found.previous : found.next;
    if (time === null) return false;
    lookAt(Date.parse(time));
    axis.reveal(store.state.at);
    return true;
  } catch (error) {
    failed(error);
    return true;
  }
}

/** Lets time run while the store says so; it ends at now. */
export function startPlay() {
  let before = null;
  function frame(now) {
    if (!store.state.playing || !axis.ready) {
      before = null;
      store.set({ playing: false });
      return;
    }
    if (before !== null) lookAt(axis.scale.step(position(), (now - before) * store.state.speed));
    before = now;
    if (store.state.at === null) store.set({ playing: false });
    else axis.reveal(store.state.at);
    requestAnimationFrame(frame);
  }
  store.on(["playing"], ({ playing, at }) => {
    if (!playing || !axis.ready) return;
    if (at === null) lookAt(axis.scale.first);
    requestAnimationFrame(frame);
  });
}

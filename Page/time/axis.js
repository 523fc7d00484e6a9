/**
 * The slider's axis: what of the past of the worlds that are looked at is in view, and how many pixels wide. The live
 * world is always on it, being the trunk of the tree.
 * @module
 */
import { onChange } from "../core/feed.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { makeScale, mergeStretches } from "./scale.js";
import { readBars, readStretches } from "./timeline.js";

/** Pixels for one bar of the density of changes. */
const BAR = 5;

const tellers = new Set();
let scale = null;
let width = 0;
let bars = [];

/** The axis as everything drawn along it needs it. */
export const axis = {
  /** Whether there is anything to draw. */
  get ready() {
    return scale !== null && width > 0;
  },
  get scale() {
    return scale;
  },
  get width() {
    return width;
  },
  /** How often the world changed: `{from, to, changes}`. */
  get bars() {
    return bars;
  },
  /** The pixel of an instant (text or milliseconds); of `null`, now, the right end. */
  x(time) {
    const at = time === null ? 1 : scale.position(typeof time === "string" ? Date.parse(time) : time);
    const [low, high] = inView();
    return ((at - low) / (high - low)) * width;
  },
  /** The instant at a pixel, in milliseconds. */
  time(x) {
    const [low, high] = inView();
    return scale.time(Math.min(Math.max(low + (x / width) * (high - low), 0), 1));
  },
  /** Zooms by a factor about a pixel. */
  zoom(factor, x = width / 2) {
    const [low, high] = inView();
    const pivot = low + (x / width) * (high - low);
    look(pivot - (pivot - low) * factor, pivot + (high - pivot) * factor);
  },
  /** Shows what is some pixels further on. */
  pan(pixels) {
    const [low, high] = inView();
    const by = Math.min(Math.max((pixels / width) * (high - low), -low), 1 - high);
    look(low + by, high + by);
  },
  /** Brings an instant into view. */
  reveal(time) {
    const x = axis.x(time);
    if (x < 0) axis.pan(x - width / 4);
    else if (x > width) axis.pan(x - (width * 3) / 4);
  },
  /** Calls `tell` whenever what is drawn along the axis has to be drawn again. */
  on(tell) {
    tellers.add(tell);
  },
  /** Says how many pixels there are. */
  resize(pixels) {
    if (pixels === width) return;
    width = pixels;
    redraw();
    loadBars();
  },
};

function inView() {
  const { zoom } = store.state;
  if (zoom === null) return [0, 1];
  const low = scale.position(Date.parse(zoom.from));
  return [low, Math.max(scale.position(Date.parse(zoom.to)), low + 1e-6)];
}

function look(low, high) {
  const from = scale.time(Math.max(low, 0));
  const to = scale.time(Math.min(high, 1));
  if (low <= 0 && high >= 1) store.set({ zoom: null });
  else if (to - from >= 1000) {
    store.set({ zoom: { from: new Date(from).toISOString(), to: new Date(to).toISOString() } });
  }
}

const load = latest(async (signal) => {
  const { world, other, who } = store.state;
  if (!who) return;
  const worlds = [...new Set([world, other, "live"])].filter((each) => each !== null);
  const [own, ...others] = await Promise.all(worlds.map((each) => readStretches(each, signal).catch((error) => {
    if (each !== world) return [];
    throw error;
  })));
  if (world !== store.state.world) return;
  const stretches = mergeStretches([own, ...others].flat());
  scale = stretches.length === 0 ? null : makeScale(stretches);
  const iso = (time) => new Date(time).toISOString();
  store.set({ span: own.length === 0 ? null : { first: iso(own[0].from), last: iso(own.at(-1).to) } });
  redraw();
  await loadBars();
}, failed);

const loadBars = latest(async (signal) => {
  if (!axis.ready) return;
  const { world } = store.state;
  const [low, high] = [axis.time(0), axis.time(width)];
  const parts = scale.parts.filter((part) => part.to >= low && part.from <= high);
  const read = await Promise.all(parts.map(async (part) => {
    const [from, to] = [Math.max(part.from, low), Math.min(part.to, high)];
    const count = Math.max(Math.round((axis.x(to) - axis.x(from)) / BAR), 1);
    return to > from ? readBars(world, from, to, count, signal) : [];
  }));
  if (world !== store.state.world) return;
  bars = read.flat();
  redraw();
}, failed);

function redraw() {
  for (const tell of tellers) tell();
}

let waiting = null;

/** Keeps the axis in step with the world that is looked at. */
export function startAxis() {
  store.on(["who", "world", "other"], (_, changed) => {
    if (changed.has("world")) bars = [];
    load();
  });
  store.on(["zoom"], () => {
    if (!axis.ready) return;
    redraw();
    loadBars();
  });
  onChange(() => {
    waiting ??= setTimeout(() => {
      waiting = null;
      load();
    }, 1000);
  });
}

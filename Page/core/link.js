/**
 * What makes a view (which world, when, from where, coloured how), as an object and as the part of the address behind
 * `#`. The address follows the store, so it can be shared or kept as it stands at any time.
 * @module
 */
import { query } from "./api.js";
import { failed } from "./notice.js";
import { store } from "./store.js";

/**
 * A view: members of the state that differ from those of a fresh page, as JSON, and of a filter its query.
 * @typedef {object} View
 * @property {string} [world]
 * @property {string} [other]
 * @property {"side"|"swipe"|"difference"} [mode]
 * @property {string} [at]
 * @property {string|null} [otherAt]
 * @property {{from: string, to: string}} [zoom]
 * @property {object} [camera]
 * @property {{model: string, path: string}|null} [colour]
 * @property {{model: string, path: string}} [tall]
 * @property {Object<string, {shown: boolean, opacity: number}>} [layers]
 * @property {string[]} [selection]
 * @property {string} [panel]
 * @property {{label: string, query: string}} [filter]
 */

const fresh = {
  world: "live", other: null, mode: "single", at: null, otherAt: "same", zoom: null, camera: null,
  colour: undefined,  tall: null, layers: {}, selection: [], panel: null, filter: null,
};
/** The members of the state that make a view. */
export const viewKeys = Object.keys(fresh);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The view that is shown. @returns {View} */
export function currentView() {
  const view = {};
  for (const key of viewKeys) {
    const value = store.state[key];
    if (key === "filter") {
      if (value?.query) view.filter = { label: value.label, query: value.query };
    } else if (!same(value, fresh[key])) {
      view[key] = value;
    }
  }
  return structuredClone(view);
}

/**
 * Shows a view: what it does not name becomes as on a fresh page, but for the camera, which stays.
 * @param {View} view
 * @param {string[]} [keys]  only these members
 */
export function showView(view, keys = viewKeys) {
  const patch = { playing: false };
  for (const key of keys) {
    if (key === "filter" || (key === "camera" && !view.camera)) continue;
    const value = key in view ? view[key] : fresh[key];
    if (!same(value, store.state[key])) patch[key] = structuredClone(value);
  }
  store.set(patch);
  if (keys.includes("filter")) showFilter(view.filter ?? null).catch(failed);
}

async function showFilter(filter) {
  if (filter?.query === store.state.filter?.query) return;
  if (filter === null) {
    store.set({ filter: null });
    return;
  }
  const rows = await query(filter.query, { most: 100000 });
  const ids = new Set(rows.map((row) => row.$dtId ?? Object.values(row).find((each) => each?.$dtId)?.$dtId));
  store.set({ filter: { ...filter, ids } });
}

const readable = (text) => encodeURIComponent(text).replace(/%(3A|3B|2F|40|20)/g, (code) =>
  ({ "%3A": ":", "%3B": ";", "%2F": "/", "%40": "@", "%20": "+" })[code]);
const plain = (text) => decodeURIComponent(text.replaceAll("+", " "));
const isInstant = (text) => !Number.isNaN(Date.parse(text));
const list = (texts) => texts.map(readable).join(",");
const property = {
  write: (found) => (found ? list([found.model, found.path]) : "none"),
  read: ([model, path]) => (model === "none" ? null : model && path ? { model, path } : undefined),
};
const span = {
  write: ({ from: first, to }) => list([first, to]),
  read: ([first, to]) => (isInstant(first) && isInstant(to) ? { from: first, to } : undefined),
};
const word = { write: readable, read: ([text]) => text };

/** How each member is written behind `#`, and read from the pieces between commas. */
const forms = {
  world: word, other: word, mode: word, panel: word, zoom: span,
  at: { write: readable, read: ([text]) => (isInstant(text) ? text : undefined) },
  otherAt: { write: (at) => readable(at ?? "now"), read: ([text]) => (text === "now" ? null : text) },
  camera: {
    write: ({ lon, lat, distance, pitch, bearing }) => [
      lon.toFixed(6), lat.toFixed(6), distance.toFixed(1), pitch.toFixed(1), bearing.toFixed(1),
    ].map(Number).join(","),
    read: (texts) => {
      const [lon, lat, distance, pitch, bearing] = texts.map(Number);
      const isWhole = texts.length === 5 && texts.every((each) => each !== "" && Number.isFinite(Number(each)));
      return isWhole ? { lon, lat, distance, pitch, bearing } : undefined;
    },
  },
  colour: property,
  tall: property,
  layers: {
    write: (layers) => list(Object.entries(layers).map(([model, { shown, opacity }]) =>
      `${model}@${shown ? "" : "-"}${opacity}`)),
    read: (texts) => Object.fromEntries(texts.flatMap((text) => {
      const found = /^(.+)@(-?)([\d.]+)$/.exec(text);
      return found ? [[found[1], { shown: found[2] === "", opacity: Number(found[3]) }]] : [];
    })),
  },
  selection: { write: list, read: (texts) => texts },
  filter: {
    write: ({ label, query: text }) => list([label, text]),
    read: ([label, text]) => (text ? { label, query: text } : undefined),
  },
};

/** A view as it stands behind `#`; empty for that of a fresh page. */
export function viewToHash(view) {
  const there = viewKeys.filter((key) => view[key] !== undefined);
  return there.map((key) => `${key}=${forms[key].write(view[key])}`).join("&");
}

/** The view that stands behind `#`; what can't be read is left out. @returns {View} */
export function hashToView(hash) {
  const view = {};
  for (const part of hash.replace(/^#/, "").split("&")) {
    const [, key, value] = /^(\w+)=(.+)$/.exec(part) ?? [];
    if (!(key in fresh)) continue;
    try {
      const found = forms[key].read(value.split(",").map(plain));
      if (found !== undefined) view[key] = found;
    } catch {
      // An escape that was cut off: not worth a word.
    }
  }
  if (!["single", "side", "swipe", "difference"].includes(view.mode)) delete view.mode;
  return view;
}

/** The whole address of a view. */
export function linkTo(view = currentView()) {
  const hash = viewToHash(view);
  return location.origin + location.pathname + (hash === "" ? "" : `#${hash}`);
}

/** Shows the view that the address names and keeps the address in step from then on. */
export function startLink() {
  const shown = hashToView(location.hash);
  showView(shown, viewKeys.filter((key) => key !== "filter"));
  if (shown.filter) whenIn(() => showFilter(shown.filter).catch(failed));
  store.on(viewKeys, () => {
    timer ??= setTimeout(writeAddress, 250);
  });
  addEventListener("hashchange", () => showView(hashToView(location.hash)));
}

let timer = null;

/** Writes the view into the address at once. */
export function writeAddress() {
  clearTimeout(timer);
  timer = null;
  const hash = viewToHash(currentView());
  history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
}

/** Waits for somebody to be signed in. */
function whenIn(act) {
  const stop = store.on(["who"], ({ who }) => {
    if (who === null) return;
    stop();
    act();
  });
}

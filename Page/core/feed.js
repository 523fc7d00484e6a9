/** The change feed of what is looked at: tells changes as they come and goes on after a break. @module */
import { events, worldPath } from "./api.js";
import { store } from "./store.js";

const listeners = new Set();
/** How to stop following each world. @type {Map<string, AbortController>} */
const followed = new Map();

/**
 * Calls `tell(change, world)` for every change of the worlds that are looked at; and with a change of the kind `ready`
 * when one is looked at anew, for what changed just before is not told.
 * @returns {() => void} how to stop that
 */
export function onChange(tell) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Follows the worlds that the store names for as long as somebody is signed in. */
export function startFeed() {
  store.on(["who", "world", "other"], restart);
  restart(store.state);
}

function restart({ who, world, other }, changed = new Set()) {
  const wanted = new Set(who ? [world, other].filter((each) => each !== null) : []);
  for (const [each, controller] of followed) {
    if (wanted.has(each) && !changed.has("who")) continue;
    controller.abort();
    followed.delete(each);
  }
  if (!who) store.set({ connection: "closed" });
  for (const each of wanted) {
    if (followed.has(each)) continue;
    const controller = new AbortController();
    followed.set(each, controller);
    follow(each, controller.signal);
  }
}

let hasBegun = false;

async function follow(world, signal) {
  let position = null;
  let wait = 500;
  while (!signal.aborted) {
    try {
      for await (const each of events(worldPath(world, "feed"), { from: "now" }, signal, position)) {
        if (world === store.state.world) store.set({ connection: "open" });
        wait = 500;
        if (each.event === "change") tell(each.data, world);
        if ((each.event === "ready" && position === null && hasBegun) || each.event === "reset") {
          tell({ kind: "ready" }, world);
        }
        hasBegun = true;
        position = each.id ?? position;
        if (each.event === "closed") break;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401 || error.status === 403 || error.status === 404) break;
    }
    if (signal.aborted) return;
    if (world === store.state.world) store.set({ connection: "lost" });
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, 8000);
  }
  if (followed.get(world)?.signal === signal) followed.delete(world);
}

const anything = Symbol("anything");
let pending = false;
let touched = new Set();
let touchedLast = new Set();

/**
 * Whether what has changed in the store concerns these twins: it does not when nothing but other twins has changed.
 * @param {Set<string>} changed  as the store tells it
 * @param {string[]} ids
 */
export function concerns(changed, ids) {
  const isMore = [...changed].some((key) => key !== "revision");
  return isMore || touchedLast.has(anything) || ids.some((id) => touchedLast.has(id));
}

function tell(change, world) {
  for (const each of listeners) each(change, world);
  touched.add(change.twin ?? anything).add(change.target);
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => {
    pending = false;
    [touchedLast, touched] = [touched, new Set()];
    store.set({ revision: store.state.revision + 1 });
  });
}

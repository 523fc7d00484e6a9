/** The change feed of what is looked at: tells changes as they come and goes on after a break. @module */
import { events, worldPath } from "./api.js";
import { store } from "./store.js";

const listeners = new Set();
let controller = null;

/**
 * Calls `tell(change, world)` for every change of the worlds that are looked at.
 * @returns {() => void} how to stop that
 */
export function onChange(tell) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Follows the worlds that the store names for as long as somebody is signed in. */
export function startFeed() {
  store.on(["who", "world", "other"], restart);
  restart();
}

function restart() {
  controller?.abort();
  controller = null;
  const { who, world, other } = store.state;
  if (!who) {
    store.set({ connection: "closed" });
    return;
  }
  controller = new AbortController();
  follow(world, controller.signal, true);
  if (other && other !== world) follow(other, controller.signal, false);
}

async function follow(world, signal, isFirst) {
  let position = null;
  let wait = 500;
  while (!signal.aborted) {
    try {
      for await (const each of events(worldPath(world, "feed"), { from: "now" }, signal, position)) {
        if (isFirst) store.set({ connection: "open" });
        wait = 500;
        position = each.id ?? position;
        if (each.event === "change") tell(each.data, world);
        if (each.event === "closed") break;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401 || error.status === 403 || error.status === 404) return;
    }
    if (signal.aborted) return;
    if (isFirst) store.set({ connection: "lost" });
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, 8000);
  }
}

let pending = false;

function tell(change, world) {
  for (const each of listeners) each(change, world);
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => {
    pending = false;
    store.set({ revision: store.state.revision + 1 });
  });
}

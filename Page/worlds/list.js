/** Which worlds there are. @module */
import { get, worldPath } from "../core/api.js";
import { onChange } from "../core/feed.js";
import { words } from "../core/i18n.js";
import { failed, notice } from "../core/notice.js";
import { latest, store } from "../core/store.js";

const T = words({
  gone: [(name) => `The world “${name}” is gone.`, (name) => `세계 “${name}”이(가) 없어졌습니다.`],
  live: ["live", "실제"],
});

/** Dashes of the branches; with the five colours of forks, twenty worlds look different. */
const DASHES = ["", "7 4", "2 4", "12 3 2 3"];

/** A world of the list by its name. */
export function worldNamed(name) {
  return store.state.worlds.find((each) => each.name === name);
}

/** What a world is called on the page: its label, or else its name. */
export function nameOfWorld(name) {
  return name === "live" ? T.live : worldNamed(name)?.label || name;
}

/** The colour (a number of `--world-n`) and dash of a world: the same as long as it is there. */
export function lookOf(name) {
  const index = forksByAge().findIndex((each) => each.name === name);
  if (index < 0) return { colour: 0, dash: "" };
  return { colour: 1 + (index % 5), dash: DASHES[(index + 1) % DASHES.length] };
}

function forksByAge() {
  return store.state.worlds.filter((each) => each.parent)
    .sort((a, b) => a.created.localeCompare(b.created) || a.name.localeCompare(b.name));
}

/** Asks for the worlds; leaves those that are gone. */
export const loadWorlds = latest(async (signal) => {
  if (!store.state.who) return;
  const { items } = await get("/v1/worlds", { pageSize: 1000 }, { signal });
  // Where the parent's log can't be read, or was empty, a fork stands where it was made.
  for (const fork of items) if (fork.parent) fork.forkedAt ??= fork.created;
  store.set({ worlds: items });
  const names = new Set(items.map((each) => each.name));
  const { world, other } = store.state;
  if (!names.has(other) && (await isGone(other))) store.set({ other: null, mode: "single", otherAt: "same" });
  if (!names.has(world) && (await isGone(world))) {
    notice(T.gone(world));
    store.set({ world: "live", at: null });
  }
}, failed);

async function isGone(name) {
  if (name === null) return false;
  return get(worldPath(name)).then(() => false, (error) => error.status === 404);
}

/** Keeps the list of worlds in step with who is signed in and what happens. */
export function startList() {
  store.on(["who"], loadWorlds);
  onChange((change) => {
    if (["putWorld", "discardWorld", "ready"].includes(change.kind)) loadWorlds();
  });
  loadWorlds();
}

/** The models of a world, asked for once until they change. @module */
import { get, worldPath } from "./api.js";
import { Catalogue } from "./catalogue.js";
import { onChange } from "./feed.js";
import { store } from "./store.js";

const kept = new Map();

onChange((change, world) => {
  if (/Models?$/.test(change.kind)) kept.delete(world);
});

store.on(["who"], () => kept.clear());
store.on(["worlds"], ({ worlds }) => {
  const there = new Set(worlds.map((each) => each.name));
  for (const world of kept.keys()) if (!there.has(world)) kept.delete(world);
});

/**
 * The models of a world, asked for once until they change.
 * @param {string} [world]
 * @returns {Promise<Catalogue>}
 */
export function catalogue(world = store.state.world) {
  if (!kept.has(world)) {
    kept.set(world, loadCatalogue(world).catch((error) => {
      kept.delete(world);
      throw error;
    }));
  }
  return kept.get(world);
}

/**
 * What an editor of the twins of a model in a world needs to know.
 * @returns {Promise<import("./catalogue.js").Contents>}
 */
export async function contentsOf(world, model) {
  return (await catalogue(world)).editable(model);
}

/** The models of a world as of an instant, asked for anew. */
export async function loadCatalogue(world, at = null, signal) {
  const items = [];
  let cursor;
  do {
    const page = await get(worldPath(world, "models"), { definition: true, pageSize: 1000, cursor, at }, { signal });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return new Catalogue(items);
}

/** The value at a path of a twin, `undefined` where there is none. */
export function valueAt(twin, path) {
  return path.split(".").reduce((value, name) => value?.[name], twin);
}
